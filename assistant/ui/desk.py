"""The assistant that all visitors of the server share, loaded behind the first page."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

import streamlit as st

from ingest.errors import OnRecordError

if TYPE_CHECKING:
    from assistant.answering import Assistant

# The first page is drawn and sent before the libraries take the processor.
_HEAD_START = 0.2


class Desk:
    """Opens the assistant once. While there is no archive every call tries again, so that a new one is noticed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._assistant: Assistant | None = None
        self._catalog: Hashable = None
        self._warming: threading.Thread | None = None

    @property
    def is_open(self) -> bool:
        """Whether the assistant can be had without waiting."""
        return self._assistant is not None

    @property
    def is_warming(self) -> bool:
        """Whether the libraries are being loaded."""
        return self._warming is not None and self._warming.is_alive()

    def assistant(self) -> Assistant:
        """Return the assistant, opening it first where need be. Raises OnRecordError.

        An archive that was deleted and made anew is another file under the same name: it is opened again.
        """
        with self._lock:
            if self._assistant is not None and self._assistant.archive.catalog.identity() != self._catalog:
                self._assistant = None
            if self._assistant is None:
                opened = _opened()
                self._catalog, self._assistant = opened.archive.catalog.identity(), opened
            return self._assistant

    def warm(self) -> None:
        """Load what the first question needs, in the background; once."""
        with self._lock:
            if self._warming is None:
                self._warming = threading.Thread(target=self._warm, name="onrecord-warm", daemon=True)
                self._warming.start()

    def waited(self) -> Iterator[None]:
        """Yield now and then until the libraries are loaded, so that whoever waits can be interrupted."""
        while self.is_warming and not self.is_open:
            time.sleep(0.05)
            yield

    def _warm(self) -> None:
        time.sleep(_HEAD_START)
        try:
            one = self.assistant()
            # The page that waited for the archive is completed before the model takes the processor.
            time.sleep(_HEAD_START)
            one.retriever.found("…", language="en", limit=1)
            one.model.prepare()
        except OnRecordError as error:
            logging.getLogger(__name__).info("%s", error)


@st.cache_resource(show_spinner=False)
def desk() -> Desk:
    """Return the one desk of this server."""
    return Desk()


def _opened() -> Assistant:
    from pydantic import ValidationError

    from assistant.settings import Settings
    from assistant.wiring import assistant
    from ingest.settings import described

    try:
        settings = Settings()
    except ValidationError as error:
        raise described(error) from error
    return assistant(settings)


def archive_exists() -> bool:
    """Whether anything was ever added to the archive that the settings name."""
    from assistant.settings import Settings

    settings = Settings()
    return bool(settings.servers.catalog) or (settings.archive / "catalog.sqlite").is_file()
