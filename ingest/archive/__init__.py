"""The archive: a catalog that is the truth, vectors derived from it, and the search over both."""
