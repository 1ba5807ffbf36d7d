"""Articles in: reading, quotations and speakers, passages, embeddings, and the archive that keeps them."""
