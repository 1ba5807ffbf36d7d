"""One line in place of what cannot be shown: no archive yet, an unusable one, a mistake of ours."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

import streamlit as st

from assistant.ui.desk import archive_exists
from assistant.ui.pages import spoken
from assistant.ui.safe import escaped
from ingest.errors import ArchiveUnusable, OnRecordError

ADD_SEEDS = "python -m ingest add seeds/"


@contextlib.contextmanager
def instead_of_errors() -> Iterator[None]:
    """Draw one line where drawing a page fails for a reason that we know."""
    try:
        yield
    except OnRecordError as error:
        if isinstance(error, ArchiveUnusable) and not archive_exists():
            no_articles()
        else:
            line(str(error))
    except Exception:
        # Nobody is shown a traceback: it goes to the log, with what the page was doing.
        logging.getLogger(__name__).exception("a page could not be drawn")
        line(spoken().unexpected)


def no_articles() -> None:
    """Say how articles come into the archive."""
    said = spoken()
    st.html(
        f'<div class="onrecord-title"><h2>{escaped(said.empty_title)}</h2></div>'
        f'<p class="onrecord-line">{escaped(said.empty_lead)}</p>'
    )
    st.code(ADD_SEEDS, language=None)
    st.button(said.empty_again, key="look-again")


def line(text: str, *, quiet: bool = False) -> None:
    """Draw one line of plain text."""
    st.html(f'<p class="onrecord-line{" quiet" if quiet else ""}">{escaped(" ".join(text.split()))}</p>')
