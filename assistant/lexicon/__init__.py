"""What the assistant knows of languages, as data: how questions about speakers are asked, roles, and its own phrases."""
