"""The drawer behind a citation: whose words these are, how that is known, and the article with the words lit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from assistant.models import Citation
from assistant.ui import components, corrected, notices
from assistant.ui.desk import desk
from assistant.ui.links import Place
from assistant.ui.pages import pages, spoken
from assistant.ui.texts import Texts
from assistant.ui.typesetting import Block, blocks
from ingest.models import Article, Kind, ParagraphKind, Reference, Span


def open_drawer(citation: Citation) -> None:
    """Open the drawer on a citation."""
    said = spoken()
    title = said.source.format(n=citation.number)
    st.dialog(title, width="small", position="right")(_draw)(citation)


def kind_of(citation: Citation) -> Kind | None:
    """Return how much of the cited words is verbatim.

    A cited sentence may hold more than the statement in it: what is verbatim in part is not called verbatim.
    """
    if citation.kind is Kind.DIRECT and not any(piece.covers(citation.span) for piece in citation.fragments):
        return Kind.MIXED
    return citation.kind


def _draw(citation: Citation) -> None:
    said = spoken()
    with notices.instead_of_errors():
        catalog = desk().assistant().archive.catalog
        article, latest = catalog.article(citation.article_id, citation.version), catalog.article(citation.article_id)
        drawn = shown(citation, article, said)
        recorded_at = catalog.recorded_at(latest.id)
        drawn["corrected"] = corrected.shown(article, latest, recorded_at, citation.span, said)
        if components.source(drawn, key="source"):
            st.switch_page(pages().article, query_params=place_of(citation).parameters)


def place_of(citation: Citation) -> Place:
    """Return where the cited words stand."""
    return Place(citation.article_id, citation.version, citation.span.start, citation.span.end)


def shown(citation: Citation, article: Article, said: Texts) -> dict[str, Any]:
    """Return what the browser needs to draw the drawer."""
    kind = kind_of(citation)
    return {
        "close": said.close,
        "open": said.open_article,
        "address": place_of(citation).address,
        "interface": said.code,
        "speaker": citation.speaker or (said.speaker_unknown if kind else ""),
        "kind": said.kinds[kind] if kind else "",
        "resolved": _resolved(citation, article, said),
        "explained": said.kinds_explained[kind] if kind else "",
        "heading": heading(article),
        "meta": meta(article, said),
        "language": article.language,
        "blocks": plain(blocks(article, _spans(citation))),
        "corrected": None,
    }


def _spans(citation: Citation) -> dict[str, Span]:
    spans = {"cited": citation.span}
    spans |= {f"verbatim-{n}": fragment for n, fragment in enumerate(citation.fragments)}
    if citation.reference in (Reference.PRONOUN, Reference.DESCRIPTION):
        named = {"named-at": citation.mention, "named-as": citation.antecedent}
        spans |= {name: span for name, span in named.items() if span}
    return spans


def _resolved(citation: Citation, article: Article, said: Texts) -> str:
    """Say whom a pronoun or a description stands for, and where the article names them."""
    if citation.mention is None or not citation.speaker:
        return ""
    if citation.reference not in (Reference.PRONOUN, Reference.DESCRIPTION):
        return ""
    mention = citation.mention.of(article.text)
    if mention.casefold() == citation.speaker.casefold():
        return ""
    form = said.named_by
    if citation.antecedent is not None:
        form = said.named_earlier if citation.antecedent.start < citation.mention.start else said.named_later
    return form.format(mention=mention, speaker=citation.speaker)


def heading(article: Article) -> str:
    """Return the title where the text itself does not show it."""
    shows_it = any(paragraph.kind is ParagraphKind.TITLE for paragraph in article.paragraphs)
    return "" if shows_it else article.title


def meta(article: Article, said: Texts) -> str:
    """Return where, when and in which language an article was published, as far as it says."""
    published = said.date(article.published.isoformat()) if article.published else ""
    return " · ".join(filter(None, (article.outlet, published, article.author, said.language(article.language))))


def plain(cut: Sequence[Block]) -> list[Mapping[str, Any]]:
    """Return blocks as the browser takes them."""
    return [
        {
            "kind": block.kind.value if block.kind else "",
            "runs": [{"text": r.text, "within": r.within} for r in block.runs],
        }
        for block in cut
    ]
