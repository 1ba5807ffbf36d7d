"""The page of conversations: the visitor's own, latest first, to be found, renamed, exported and deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from assistant.conversations import Conversations, Turn, exported_json, exported_markdown
from assistant.ui import notices
from assistant.ui.desk import desk
from assistant.ui.pages import pages, spoken
from assistant.ui.safe import escaped, md_label
from assistant.ui.visitor import owner
from ingest.archive.records import ConversationRecord
from ingest.errors import OnRecordError

_LISTED = 50


def draw() -> None:
    """Draw the list."""
    said = spoken()
    st.html(f'<div class="onrecord-title"><h1>{escaped(said.conversations)}</h1></div>')
    for _ in desk().waited():
        st.empty()
    stored = Conversations(desk().assistant().archive.catalog)
    words = st.text_input(said.search_conversations, key="conversation-words", max_chars=200)
    limit = int(st.session_state.get("conversations-shown", _LISTED))
    found = stored.listed(owner(), words=words or "", limit=limit + 1)
    if not found:
        notices.line(said.none_found if words else said.no_conversations, quiet=True)
    with st.container(key="conversations"):
        for each in found[:limit]:
            _draw_one(stored, each)
    if len(found) > limit:
        st.button("…", key="more-conversations", on_click=_show_more, args=(limit,))


def _show_more(limit: int) -> None:
    st.session_state["conversations-shown"] = limit + _LISTED


def _draw_one(stored: Conversations, one: ConversationRecord) -> None:
    said = spoken()
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, key=f"conversation-{one.id}"):
        st.page_link(pages().chat, label=md_label(one.title, limit=90), query_params={"conversation": one.id})
        st.space("stretch")
        st.caption(said.date(one.updated_at[:10]))
        with st.popover("⋯", help=said.manage):
            title = st.text_input(said.title, value=one.title, max_chars=80, key=f"title-{one.id}")
            if st.button(said.rename, key=f"rename-{one.id}") and title.strip() and title != one.title:
                _done(lambda: stored.rename(one.id, title, owner=owner()))
            name = f"conversation-{one.created_at[:10]}"
            for label, ending, export in (
                (said.export_markdown, "md", exported_markdown),
                (said.export_json, "json", exported_json),
            ):
                st.download_button(
                    label,
                    # Made when it is asked for: a list of exports is slow to draw.
                    data=partial(_exported, stored, one, export),
                    file_name=f"{name}.{ending}",
                    key=f"export-{ending}-{one.id}",
                    on_click="ignore",
                )
            sure = st.checkbox(said.delete, key=f"sure-{one.id}")
            if sure and st.button(said.delete_sure, key=f"delete-{one.id}", type="primary"):
                if st.session_state.get("conversation") == one.id:
                    st.session_state.pop("conversation", None)
                    st.session_state["turns"] = []
                _done(lambda: stored.delete(one.id, owner=owner()))


def _exported(
    stored: Conversations, one: ConversationRecord, export: Callable[[ConversationRecord, Sequence[Turn]], str]
) -> str:  # fmt: skip
    return export(one, stored.turns(one.id))


def _done(action: Callable[[], None]) -> None:
    try:
        action()
    except OnRecordError as error:
        notices.line(str(error))
    else:
        st.rerun()
