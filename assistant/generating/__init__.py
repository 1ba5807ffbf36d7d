"""Drafts by a chat model: what it is asked, how its answer is read, what it costs, how it fails."""
