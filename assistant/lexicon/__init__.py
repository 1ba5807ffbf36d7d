"""What the assistant knows of languages, as data: how questions are asked, and its own phrases."""
