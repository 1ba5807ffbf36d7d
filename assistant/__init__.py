"""Questions in, verified answers out: understanding, retrieval, writing, citations, and the app."""
