"""One article: the text as published, and the ledger of what is said in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from assistant.ui import components, corrected, notices, source
from assistant.ui.desk import desk
from assistant.ui.links import Place, Whose, place
from assistant.ui.pages import asked_of, pages, spoken
from assistant.ui.texts import Texts
from assistant.ui.typesetting import blocks
from ingest.errors import UnknownArticle
from ingest.models import Article, Quotation, Span


def draw() -> None:
    """Draw the article that the address names, with its words lit."""
    said, wanted = spoken(), place(asked_of("article", "id"))
    if not wanted.article_id:
        notices.line(said.no_article_named)
        return
    waiting = st.empty()
    for _ in desk().waited():
        waiting.empty()
    catalog = desk().assistant().archive.catalog
    try:
        latest = catalog.article(wanted.article_id)
    except UnknownArticle:
        notices.line(said.unknown_article.format(id=wanted.article_id[:80]))
        return
    article = _version(wanted, latest)
    st.set_page_config(page_title=f"{article.headline} · On Record")
    is_latest = article.version == latest.version
    said_here = catalog.ledger(article.id).quotations if is_latest else ()
    if not is_latest:
        notices.line(said.not_this_version, quiet=True)
        st.page_link(pages().article, label=said.latest_version, query_params={"id": article.id})
    cited = wanted.span(article)
    drawn = shown(article, said_here, cited, said)
    if not is_latest:
        drawn["corrected"] = corrected.shown(article, latest, catalog.recorded_at(latest.id), cited, said)
    chosen = components.article(drawn, key=f"article-{article.version}")
    if chosen is not None and 0 <= chosen < len(said_here) and said_here[chosen].speaker:
        st.switch_page(pages().speakers, query_params=_whose(said_here[chosen], article).parameters)


def _whose(quotation: Quotation, article: Article) -> Whose:
    return Whose(quotation.speaker or "", article_id=article.id)


def _version(wanted: Place, latest: Article) -> Article:
    """The version asked for; the latest where there is no such version."""
    if wanted.version is None or wanted.version == latest.version:
        return latest
    try:
        return desk().assistant().archive.catalog.article(wanted.article_id, wanted.version)
    except UnknownArticle:
        return latest


def shown(article: Article, said_here: Sequence[Quotation], linked: Span | None, said: Texts) -> dict[str, Any]:
    """Return what the browser needs to draw an article.

    The words of a link are those of a statement as a rule; where they are not, they are lit on their own.
    """
    spans = {f"said-{n}": quotation.span for n, quotation in enumerate(said_here)}
    lit = next((name for name, span in spans.items() if span == linked), "linked" if linked else "")
    for n, quotation in enumerate(said_here):
        spans |= {f"verbatim-{n}-{m}": fragment for m, fragment in enumerate(quotation.fragments)}
    if lit == "linked" and linked:
        spans["linked"] = linked
    return {
        "key": "onrecord",
        "interface": said.code,
        "heading": source.heading(article),
        "meta": source.meta(article, said),
        "language": article.language,
        "blocks": source.plain(blocks(article, spans)),
        "lit": lit,
        "ledgerTitle": said.who_speaks,
        "hint": said.light_hint,
        "notice": "",
        "corrected": None,
        "statements": [
            {
                "name": f"said-{n}",
                "speaker": quotation.speaker or said.speaker_unknown,
                "address": _whose(quotation, article).address if quotation.speaker else "",
                "allBy": said.all_by.format(speaker=quotation.speaker),
                "kind": quotation.kind.value,
                "label": said.kinds[quotation.kind],
                "text": quotation.span.of(article.text),
            }
            for n, quotation in enumerate(said_here)
        ],
    }
