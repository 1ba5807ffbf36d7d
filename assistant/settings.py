"""Settings of the assistant: those of the archive, and its own."""

from __future__ import annotations

from pydantic import Field

import ingest.settings


class Settings(ingest.settings.Settings):
    """What can be set about answering."""

    longest_question: int = Field(default=2000, ge=50, le=20000)
    answer_sentences: int = Field(default=4, ge=1, le=10)
