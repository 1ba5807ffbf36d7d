"""Checking a quotation: was it said, by whom, and what was changed."""
