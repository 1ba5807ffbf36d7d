"""What stands round every page: the masthead, the styles, the language of the document."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from assistant.ui import components
from assistant.ui.pages import Pages, spoken
from assistant.ui.visitor import visitor


def draw(pages: Pages) -> None:
    """Draw the masthead."""
    said = spoken()
    st.html(f"<style>{components.asset('app.css')}</style>")
    with st.container(key="masthead", horizontal=True, vertical_alignment="center", wrap=False):
        with st.container(key="wordmark", width="content"):
            st.page_link(pages.chat, label="On Record")
        st.space("stretch")
        st.page_link(pages.speakers, label=said.speakers)
        st.page_link(pages.articles, label=said.articles)
        st.page_link(pages.check, label=said.check)
        st.page_link(pages.conversations, label=said.conversations)
    components.page(said.code, visitor=visitor())


def body(page: StreamlitPage, pages: Pages) -> DeltaGenerator:
    """Return the place for a page: one column to read, wider where an article has its ledger beside it."""
    return st.container(key="wide" if page is pages.article else "column")
