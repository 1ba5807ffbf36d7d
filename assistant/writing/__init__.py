"""Writing drafts: from the articles' own words, or by a chat model. A draft is no answer until it is verified."""
