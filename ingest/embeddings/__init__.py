"""Texts to vectors, behind LangChain's `Embeddings`, and the language means that make languages comparable."""
