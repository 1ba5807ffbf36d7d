"""A turn is filled in by one run of the script at a time, and a model is asked once."""

from __future__ import annotations

import pytest

from assistant.models import Answer, Citation, Mode, Progress, Sentence
from assistant.ui.turns import DrawnTurn
from ingest.models import Span

SHOWN = Answer(
    "?", "en", (Sentence("The port reopens.", (1,), Mode.GENERATED),), (Citation(1, "a", 1, Span(0, 3), "The"),)
)
WRITING, GROWN = Progress(None, is_writing=True), Progress(SHOWN, is_writing=True)


@pytest.fixture
def turn() -> DrawnTurn:
    return DrawnTurn(0, "?")


def test_a_turn_that_no_model_was_asked_about_goes_to_the_next_run(turn: DrawnTurn) -> None:
    assert turn.taken("first", stopped="Stopped.")
    assert turn.grown("first", Progress(None))
    assert turn.taken("second", stopped="Stopped.")
    assert not turn.grown("first", WRITING)
    turn.failed("first", "no")
    turn.left("first", stopped="Stopped.")
    assert not turn.is_done
    assert turn.grown("second", WRITING)
    assert turn.grown("second", Progress(SHOWN, is_last=True))
    turn.left("second", stopped="Stopped.")
    assert (turn.is_done, turn.reply, turn.problem) == (True, SHOWN, "")


def test_a_turn_that_grows_ends_as_it_stands_when_another_run_comes_to_it(turn: DrawnTurn) -> None:
    assert turn.taken("first", stopped="Stopped.")
    assert turn.grown("first", GROWN)
    assert not turn.is_done
    assert not turn.taken("second", stopped="Stopped.")
    assert not turn.grown("first", Progress(None, is_last=True))
    turn.left("first", stopped="Stopped.")
    assert turn.is_done
    assert isinstance(turn.reply, Answer)
    assert turn.reply.stopped


def test_where_nothing_was_shown_yet_a_line_says_that_it_was_stopped(turn: DrawnTurn) -> None:
    assert turn.taken("first", stopped="Stopped.")
    assert turn.grown("first", WRITING)
    turn.left("first", stopped="Stopped.")
    assert (turn.reply, turn.problem, turn.is_done) == (None, "Stopped.", True)


def test_what_was_withdrawn_is_not_filled_in_again(turn: DrawnTurn) -> None:
    assert turn.taken("first", stopped="Stopped.")
    assert turn.grown("first", GROWN)
    turn.withdraw("[…]", "Withdrawn.")
    assert not turn.grown("first", GROWN)
    assert (turn.question, turn.reply, turn.problem) == ("[…]", None, "Withdrawn.")
