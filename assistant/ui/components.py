"""The components, drawn by the browser from data: their scripts and styles are files in `assets`.

Each takes plain values, builds text nodes from them and never reads markup, so that an article cannot act on the page.
Styles are not isolated: inside a shadow root the focus would not come back from the drawer to the citation.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

_ASSETS = Path(__file__).parent / "assets"


def turn(data: Mapping[str, Any], *, key: str) -> int | None:
    """Draw a question with its reply. Returns the number of the citation that was just chosen."""
    chosen = _mounted("onrecord_turn", "turn", key, data, on_cite_change=_nothing).cite
    return int(chosen) if chosen else None


def source(data: Mapping[str, Any], *, key: str) -> bool:
    """Draw an article with cited words lit, in view and in focus. Tells whether its page was just asked for."""
    return bool(_mounted("onrecord_source", "published source", key, data, on_open_change=_nothing).open)


def article(data: Mapping[str, Any], *, key: str) -> None:
    """Draw an article beside its ledger; choosing a statement lights its words."""
    _mounted("onrecord_article", "published article", key, data)


def listed(data: Mapping[str, Any], *, key: str) -> str | None:
    """Draw a list of articles. Returns the id of the one that was just chosen."""
    chosen = _mounted("onrecord_list", "listed", key, data, tag="ul", on_open_change=_nothing).open
    return str(chosen) if chosen else None


def page_language(code: str) -> None:
    """Say in the document which language the interface speaks."""
    _mounted("onrecord_page", "page", "page-language", {"language": code})


@functools.cache
def asset(name: str) -> str:
    """Return the text of a file of `assets`."""
    return (_ASSETS / name).read_text(encoding="utf-8")


_SHEETS = {
    "onrecord_turn": ("turn.css",),
    "onrecord_source": ("published.css", "source.css"),
    "onrecord_article": ("published.css", "article.css"),
    "onrecord_list": ("list.css",),
}


def _mounted(name: str, classes: str, key: str, data: Mapping[str, Any], *, tag: str = "div", **callbacks: Any) -> Any:
    # Declared at every call: a server that restarts within one process (as in tests) forgets what was declared before.
    declared = st.components.v2.component(
        name,
        html=f'<{tag} class="{classes}"></{tag}>',
        css="\n".join(map(asset, _SHEETS.get(name, ()))) or None,
        js=asset("dom.js") + asset(f"{name.removeprefix('onrecord_')}.js"),
        isolate_styles=False,
    )
    return declared(key=key, data=data, **callbacks)


def _nothing() -> None:
    """A trigger is only kept where something listens."""
