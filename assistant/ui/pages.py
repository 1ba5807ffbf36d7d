"""The pages of the app and the addresses they have."""

from __future__ import annotations

import dataclasses

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from assistant.ui.texts import Texts, texts


@dataclasses.dataclass(frozen=True, slots=True)
class Pages:
    """Every page there is; the article page is reached by links alone."""

    chat: StreamlitPage
    articles: StreamlitPage
    article: StreamlitPage

    @property
    def all(self) -> list[StreamlitPage]:
        """The pages, the first one at /."""
        return [self.chat, self.articles, self.article]


def pages() -> Pages:
    """Return the pages, titled in the visitor's language."""
    said = spoken()
    return Pages(
        chat=st.Page(_chat, title="On Record", url_path="chat", default=True),
        articles=st.Page(_articles, title=said.articles, url_path="articles"),
        article=st.Page(_article, title=said.articles, url_path="article", visibility="hidden"),
    )


def spoken() -> Texts:
    """Return the texts in the language of the visitor's browser."""
    return texts(st.context.locale)


def _chat() -> None:
    from assistant.ui import chat

    chat.draw()


def _articles() -> None:
    from assistant.ui import articles

    articles.draw()


def _article() -> None:
    from assistant.ui import article

    article.draw()
