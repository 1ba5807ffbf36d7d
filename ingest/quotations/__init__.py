"""Who said what in one article: marks, cues, clauses, cast and attribution."""
