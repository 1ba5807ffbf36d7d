"""An earlier version of an article is marked as corrected since, with what changed."""

from __future__ import annotations

from typing import Any

from assistant.corrections import changes, still_stand
from assistant.ui.texts import Texts
from ingest.models import Article, Span

# A rewritten article is read in its latest version, not as a list of changes.
_MOST = 40


def shown(old: Article, latest: Article, recorded_at: str, cited: Span | None, said: Texts) -> dict[str, Any] | None:
    """Return what the browser needs to tell of a correction; None where `old` is the latest version.

    `recorded_at` is when the latest version came into the archive, "" where that is not known.
    """
    if old.version == latest.version:
        return None
    date = said.date(recorded_at[:10])
    standing = ""
    if cited is not None:
        standing = said.words_stand if still_stand(cited.of(old.text), latest) else said.words_changed
    return {
        "title": said.corrected_on.format(date=date) if date else said.corrected,
        "standing": standing,
        "was": said.was_printed,
        "now": said.is_printed,
        "interface": said.code,
        "language": latest.language,
        "paragraphs": [
            [{"before": piece.before, "after": piece.after} for piece in pieces]
            for pieces in changes(old, latest)[:_MOST]
        ],
    }
