"""Files to articles: one module a format."""
