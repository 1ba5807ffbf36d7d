"""The components, drawn by the browser from data: their scripts and styles are files in `assets`.

Each takes plain values, builds text nodes from them and never reads markup, so that an article cannot act on the page.
Styles are not isolated: inside a shadow root the focus would not come back from the drawer to the citation.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

_ASSETS = Path(__file__).parent / "assets"


@dataclasses.dataclass(frozen=True, slots=True)
class Chosen:
    """What was just chosen of cited lines: the number of the citation whose source, speaker or article is asked for.

    `any_time` is set where the question is to be asked again without the time it names.
    """

    source: int | None = None
    speaker: int | None = None
    article: int | None = None
    any_time: bool = False


def turn(data: Mapping[str, Any], *, key: str, on_choice: Callable[[], None] | None = None) -> Chosen:
    """Draw a question with its reply. `on_choice` is called at the beginning of the next run; see `chosen_of`."""
    told = on_choice or _nothing
    chosen = _mounted(
        "onrecord_turn", "turn cited", key, data, on_cite_change=told, on_speaker_change=told, on_any_time_change=told
    )
    return _chosen(chosen)


def chosen_of(key: str) -> Chosen:
    """Return what was chosen of the turn drawn under this key, though it is not drawn any more."""
    return _chosen(st.session_state[key])


def _chosen(state: Any) -> Chosen:
    return Chosen(_number(state.get("cite")), _number(state.get("speaker")), any_time=bool(state.get("any_time")))


def verdict(data: Mapping[str, Any], *, key: str) -> Chosen:
    """Draw the check of a quotation with the words it was compared with."""
    chosen = _mounted(
        "onrecord_verdict", "verdict cited", key, data, on_cite_change=_nothing, on_speaker_change=_nothing
    )
    return Chosen(source=_number(chosen.cite), speaker=_number(chosen.speaker))


def statements(data: Mapping[str, Any], *, key: str) -> Chosen:
    """Draw a speaker's statements under the articles they stand in."""
    chosen = _mounted(
        "onrecord_statements", "statements cited", key, data, on_cite_change=_nothing, on_article_change=_nothing
    )
    return Chosen(source=_number(chosen.cite), article=_number(chosen.article))


def filters(data: Mapping[str, Any], *, key: str) -> Mapping[str, Any]:
    """Draw what narrows a list of statements. Returns what is chosen: article, kinds, from, to."""
    chosen = _mounted("onrecord_filters", "filters", key, data, tag="form", on_chosen_change=_nothing).chosen
    return chosen if isinstance(chosen, Mapping) else {}


def source(data: Mapping[str, Any], *, key: str) -> bool:
    """Draw an article with cited words lit, in view and in focus. Tells whether its page was just asked for."""
    return bool(_mounted("onrecord_source", "published source", key, data, on_open_change=_nothing).open)


def article(data: Mapping[str, Any], *, key: str) -> int | None:
    """Draw an article beside its ledger; choosing a statement lights its words.

    Returns the position of the statement whose speaker was just chosen.
    """
    return _number(_mounted("onrecord_article", "published article", key, data, on_speaker_change=_nothing).speaker)


def listed(data: Mapping[str, Any], *, key: str) -> str | None:
    """Draw a list of articles or speakers. Returns the id of the one that was just chosen."""
    chosen = _mounted("onrecord_list", "listed", key, data, tag="ul", on_open_change=_nothing).open
    return str(chosen) if chosen else None


def page(code: str, *, visitor: str) -> None:
    """Say in the document which language the interface speaks, and keep the visitor's key in the browser."""
    _mounted("onrecord_page", "page", "page-language", {"language": code, "visitor": visitor})


@functools.cache
def asset(name: str) -> str:
    """Return the text of a file of `assets`."""
    return (_ASSETS / name).read_text(encoding="utf-8")


_SHEETS = {
    "onrecord_turn": ("evidence.css", "turn.css"),
    "onrecord_statements": ("evidence.css", "statements.css"),
    "onrecord_verdict": ("evidence.css", "verdict.css"),
    "onrecord_filters": ("filters.css",),
    "onrecord_source": ("published.css", "corrected.css", "source.css"),
    "onrecord_article": ("published.css", "corrected.css", "article.css"),
    "onrecord_list": ("list.css",),
}
_SCRIPTS = {
    "onrecord_turn": ("evidence.js",),
    "onrecord_statements": ("evidence.js",),
    "onrecord_verdict": ("evidence.js",),
    "onrecord_source": ("corrected.js",),
    "onrecord_article": ("corrected.js",),
}


def _mounted(name: str, classes: str, key: str, data: Mapping[str, Any], *, tag: str = "div", **callbacks: Any) -> Any:
    # Declared at every call: a server that restarts within one process (as in tests) forgets what was declared before.
    declared = st.components.v2.component(
        name,
        html=f'<{tag} class="{classes}"></{tag}>',
        css="\n".join(map(asset, _SHEETS.get(name, ()))) or None,
        js="".join(map(asset, ("dom.js", *_SCRIPTS.get(name, ()), f"{name.removeprefix('onrecord_')}.js"))),
        isolate_styles=False,
    )
    return declared(key=key, data=data, **callbacks)


def _number(chosen: object) -> int | None:
    return int(chosen) if isinstance(chosen, (int, float)) else None


def _nothing() -> None:
    """A trigger is only kept where something listens."""
