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
    speakers: StreamlitPage
    check: StreamlitPage
    conversations: StreamlitPage
    article: StreamlitPage

    @property
    def all(self) -> list[StreamlitPage]:
        """The pages, the first one at /."""
        return [self.chat, self.speakers, self.articles, self.check, self.conversations, self.article]


def pages() -> Pages:
    """Return the pages, titled in the visitor's language."""
    said = spoken()
    return Pages(
        chat=st.Page(_chat, title="On Record", url_path="chat", default=True),
        articles=st.Page(_articles, title=said.articles, url_path="articles"),
        speakers=st.Page(_speakers, title=said.speakers, url_path="speakers"),
        check=st.Page(_check, title=said.check_title, url_path="check"),
        conversations=st.Page(_conversations, title=said.conversations, url_path="conversations"),
        article=st.Page(_article, title=said.articles, url_path="article", visibility="hidden"),
    )


def spoken() -> Texts:
    """Return the texts in the language of the visitor's browser."""
    return texts(st.context.locale)


def asked_of(page: str, *own: str) -> dict[str, str]:
    """Return the query parameters of this page, whose `own` ones are these.

    Streamlit goes back to a page with the parameters of the one that was left: then the page's last ones are meant.
    """
    given, key = st.query_params.to_dict(), f"asked-of-{page}"
    if given and not given.keys() & set(own) and key in st.session_state:
        given = st.session_state[key]
        st.query_params.from_dict(given)
    st.session_state[key] = given
    return given


def _chat() -> None:
    from assistant.ui import chat

    chat.draw()


def _articles() -> None:
    from assistant.ui import articles

    articles.draw()


def _speakers() -> None:
    from assistant.ui import speakers

    speakers.draw()


def _check() -> None:
    from assistant.ui import check

    check.draw()


def _conversations() -> None:
    from assistant.ui import conversations

    conversations.draw()


def _article() -> None:
    from assistant.ui import article

    article.draw()
