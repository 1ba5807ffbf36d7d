"""The list of articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from assistant.ui import components, notices
from assistant.ui.desk import desk
from assistant.ui.links import Place
from assistant.ui.pages import pages, spoken
from assistant.ui.safe import escaped
from assistant.ui.texts import Texts

if TYPE_CHECKING:
    from ingest.archive.catalog import ArticleSummary

_AT_ONCE = 50


def draw() -> None:
    """Draw the list, with a box that narrows it."""
    said = spoken()
    st.set_page_config(page_title=f"{said.articles} · On Record")
    st.html(f'<div class="onrecord-title"><h1>{escaped(said.articles)}</h1></div>')
    waiting = st.empty()
    for _ in desk().waited():
        waiting.empty()
    archive = desk().assistant().archive
    status = archive.status()
    if not status.articles:
        notices.no_articles()
        return
    if status.unembedded:
        notices.line(said.count(status.unembedded, said.waiting), quiet=True)
    words = st.text_input(
        said.find, key="find", type="search", placeholder=said.find, label_visibility="collapsed", live=True
    )
    wanted = (words or "").strip()
    limit = int(st.session_state.get("listed", _AT_ONCE))
    # One more than is shown tells whether there are more.
    found = archive.catalog.articles(containing=wanted, limit=limit + 1)
    if not found:
        notices.line(said.none_found.format(words=wanted), quiet=True)
        return
    chosen = components.listed({"entries": [_shown(each, said) for each in found[:limit]]}, key="articles-listed")
    if chosen:
        st.switch_page(pages().article, query_params={"id": chosen})
    if len(found) > limit:
        st.button(said.show_more, key="more", on_click=_show_more, args=(limit,))


def _show_more(limit: int) -> None:
    st.session_state["listed"] = limit + _AT_ONCE


def _shown(article: ArticleSummary, said: Texts) -> dict[str, Any]:
    statements = said.count(article.quotations, said.statement_count) if article.quotations else said.no_statements
    facts = (article.outlet, said.date(article.published), said.language(article.language), statements)
    return {
        "id": article.id,
        "address": Place(article.id).address,
        "title": article.title,
        "language": article.language,
        "meta": " · ".join(filter(None, facts)),
    }
