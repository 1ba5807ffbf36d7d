"""Names as they are heard."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ingest.hearing import heard_likeness, skeleton_of_sound, skeletons
from ingest.speakers import likeness, sound

SURE = 0.8
NAMES = tomllib.loads((Path(__file__).parents[1] / "data" / "names.toml").read_text(encoding="utf-8"))
SPELLINGS = [(name, spelling) for name, spellings in NAMES.items() for spelling in spellings]


@pytest.mark.parametrize("spelling", NAMES["Igor Konachenkov"])
def test_a_name_is_heard_in_any_script(spelling: str) -> None:
    assert max(heard_likeness(spelling, "Igor Konachenkov"), likeness(spelling, "Igor Konachenkov")) >= SURE


def test_full_names_of_the_news_are_heard_as_theirs_and_as_nobody_elses() -> None:
    found = {
        (name, spelling): {each for each in NAMES if heard_likeness(spelling, each) >= SURE}
        for name, spelling in SPELLINGS
    }
    assert [key for key, names in found.items() if names and key[0] not in names] == []
    assert sum(names == {name} for (name, _), names in found.items()) >= 0.87 * len(SPELLINGS)
    assert sum(bool(names - {name}) for (name, _), names in found.items()) <= 1


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        pytest.param("Меркель", "Meghan Markle", id="cyrillic"),
        pytest.param("马克龙", "Robert Malley", id="chinese"),
        pytest.param("بوتين", "Hakan Fidan", id="arabic"),
        pytest.param("פידאן", "Vladimir Putin", id="hebrew"),
        pytest.param("김정은", "Kim Jong-il", id="korean"),
        pytest.param("كيم جونغ أون", "Kim Jong-il", id="one-word-for-each"),
        pytest.param("プーチン", "Pedro Sanchez", id="japanese"),
        pytest.param("谁赢了比赛", "Simon Shelby", id="chinese-words"),
        pytest.param("報告", "Paul Gao", id="chinese-word"),
        pytest.param("Μακρόν", "Igor Makarov", id="greek"),
        pytest.param("Markle", "Angela Merkel", id="latin"),
        pytest.param("", "Igor Konachenkov", id="nobody-asked"),
        pytest.param("!?", "Igor Konachenkov", id="no-letters"),
    ],
)
def test_another_name_is_not_heard(asked: str, name: str) -> None:
    assert heard_likeness(asked, name) < SURE


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        pytest.param("习近平", "Xi Jinping", id="chinese-in-one-piece"),
        pytest.param("伊戈尔科纳申科夫", "Igor Konachenkov", id="transcribed-in-one-piece"),
        pytest.param("문재인", "Moon Jae-in", id="korean-in-one-piece"),
        pytest.param("\u200fكوناشينكوف\u200f", "Igor Konachenkov", id="marks-of-direction"),
        pytest.param("کوناشن\u200cکوف", "Igor Konachenkov", id="zero-width"),
        pytest.param("Konaszenkowa", "Igor Konachenkov", id="genitive"),
    ],
)
def test_what_a_script_adds_to_a_name_or_leaves_out_does_not_count(asked: str, name: str) -> None:
    assert max(heard_likeness(asked, name), likeness(asked, name)) >= SURE


def test_names_are_looked_up_by_the_consonants_that_scripts_share() -> None:
    assert skeletons("科纳申科夫") == skeletons("Konaszenkow") == (skeleton_of_sound(sound("konachenkov")),)
