"""The script of the app, run without a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from assistant.models import Abstention, Reason
from assistant.ui.turns import DrawnTurn

SCRIPT = Path(__file__).parents[3] / "streamlit_app.py"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setenv("ONRECORD_ARCHIVE", str(tmp_path / "archive"))
    st.cache_resource.clear()
    yield AppTest.from_file(SCRIPT, default_timeout=30)
    st.cache_resource.clear()


def turns(count: int) -> list[DrawnTurn]:
    reply = Abstention("?", "en", Reason.NOT_IN_ARTICLES, "The articles do not answer this.")
    return [DrawnTurn(number, f"Question {number}?", reply) for number in range(count)]


def drawn(app: AppTest) -> int:
    """How many turns are on the page."""
    return sum("turn" in element.proto.component_name for element in app.get("bidi_component"))


def test_without_an_archive_the_page_says_how_to_make_one(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert [code.value for code in app.code] == ["python -m ingest add seeds/"]
    assert app.chat_input[0].proto.max_chars == 2000


def test_a_question_without_an_archive_gets_a_line_and_stays(app: AppTest) -> None:
    app.run()
    app.chat_input[0].set_value("What did Konachenkov say?").run()
    assert not app.exception
    turn = app.session_state["turns"][0]
    assert turn.question == "What did Konachenkov say?"
    assert "no archive here yet" in turn.problem


def test_a_setting_that_cannot_be_is_named_in_a_line(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_PASSAGE_SIZE", "tiny")
    app.run()
    assert not app.exception
    assert any("ONRECORD_PASSAGE_SIZE" in element.proto.body for element in app.get("html"))


def test_a_long_conversation_is_drawn_from_its_end(app: AppTest) -> None:
    app.session_state["turns"] = turns(45)
    app.run()
    assert drawn(app) == 20
    assert app.button(key="earlier").label == "Show 25 earlier questions"
    app.button(key="earlier").click().run()
    assert drawn(app) == 40
    app.button(key="earlier").click().run()
    assert drawn(app) == 45
    assert all(button.key != "earlier" for button in app.button)


def test_a_new_conversation_forgets_the_old_one(app: AppTest) -> None:
    app.session_state["turns"] = turns(2)
    app.run()
    app.button(key="new").click().run()
    assert not app.exception
    assert app.session_state["turns"] == []
    assert drawn(app) == 0


def test_a_question_right_behind_a_new_beginning_is_its_first(app: AppTest, seed_archive: Path, tmp_path: Path) -> None:
    shutil.copytree(seed_archive, tmp_path / "archive")
    app.run()
    app.chat_input[0].set_value("What did Konachenkov say?").run()
    address = app.session_state["conversation"]
    app.button(key="new").click().run()
    # The browser sends the address that it has, and was not told of the new one yet.
    app.query_params["conversation"] = address
    app.chat_input[0].set_value("What did Draitser say?").run()
    assert not app.exception
    assert [turn.question for turn in app.session_state["turns"]] == ["What did Draitser say?"]
    assert app.session_state["conversation"] != address
    app.button(key="new").click().run()
    app.query_params["conversation"] = address
    app.run()
    assert [turn.question for turn in app.session_state["turns"]] == ["What did Konachenkov say?"]
