"""Whom a question means."""

from __future__ import annotations

import pytest

from assistant.speakers import named
from ingest.models import SpeakerKind
from ingest.roles import concepts, is_role, says_all
from ingest.speakers import Decisions, SpeakerRecord, identities, likeness, speaker_key


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Konachenkov", "Igor Konachenkov"),
        ("Konashenkov", "Igor Konachenkov"),
        ("Конашенков", "Igor Konachenkov"),
        ("Konaschenkow", "Igor Konachenkov"),
        ("I. Konachenkov", "Igor Konachenkov"),
        ("General Konashenkov", "Igor Konachenkov"),
        ("Konachnekov", "Igor Konachenkov"),
        ("Путин", "Vladimir Poutine"),
        ("Putin", "Wladimir Putin"),
        ("Zelenskyy", "Volodymyr Zelensky"),
        ("Assad", "Bachar el-Assad"),
        ("bachar al assad", "Bachar el-Assad"),
        ("Francois Hollande", "François Hollande"),
        ("Mme Le Guen", "Anne Le Guen"),
    ],
)
def test_a_name_is_found_in_any_spelling(asked: str, name: str) -> None:
    assert likeness(asked, name) >= 0.8


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Macron", "Igor Konachenkov"),
        ("Jean Dupont", "Paul Dupont"),
        ("Claire Martin", "Paul Martin"),
        ("Merkel", "Meghan Markle"),
        ("Draghi", "Eric Draitser"),
        ("Kim", "Tim Cook"),
    ],
)
def test_another_name_is_another_name(asked: str, name: str) -> None:
    assert likeness(asked, name) < 0.8


@pytest.mark.parametrize(
    ("asked", "description", "fits"),
    [
        ("the spokesman", "le porte-parole du ministère russe de la Défense", True),
        ("the defence spokesman", "le porte-parole du ministère russe de la Défense", True),
        ("представитель Минобороны", "le porte-parole du ministère de la Défense", True),
        ("der Sprecher des Verteidigungsministeriums", "porte-parole du ministère de la Défense", True),
        ("the ministry", "le porte-parole du ministère russe de la Défense", False),
        ("the mayor of Lyon", "maire de Lyon", True),
        ("the mayor of Paris", "maire de Lyon", False),
        ("le président", "the American president", True),
        ("", "maire de Lyon", False),
    ],
)
def test_a_role_is_found_in_any_language(asked: str, description: str, fits: bool) -> None:
    assert says_all(description, asked) is fits


def test_a_description_is_its_concepts_in_order() -> None:
    assert concepts("le porte-parole du ministère russe de la Défense") == (
        "spokesperson", "ministry", "russian", "defence",
    )  # fmt: skip
    assert is_role("the defence spokesman")
    assert not is_role("Konachenkov")
    assert named("Igor Konachenkov")
    assert not named("the spokesman")


def _record(number: int, name: str, *, roles: tuple[str, ...] = (), gender: str = "") -> SpeakerRecord:
    key = speaker_key(name, SpeakerKind.PERSON, article_id="x")
    return SpeakerRecord(number, key, name, SpeakerKind.PERSON, gender, (name,), roles, 1)


def _grouped(*records: SpeakerRecord, decisions: Decisions | None = None) -> list[set[str]]:
    return [{record.name for record in group} for group in identities(records, decisions or Decisions())]


@pytest.mark.parametrize(
    "other",
    ["I. Konachenkov", "General Konashenkov", "Конашенков", "Konachenkov"],
)
def test_a_distinctive_surname_is_the_one_bearer_on_record(other: str) -> None:
    assert len(_grouped(_record(1, "Igor Konachenkov"), _record(2, other))) == 1


def test_spellings_of_one_full_name_share_a_key() -> None:
    keys = {speaker_key(name, SpeakerKind.PERSON, article_id="x") for name in ("Igor Konachenkov", "Игорь Конашенков")}
    assert len(keys) == 1


def test_two_people_of_one_surname_stay_two_and_the_role_says_whose_the_bare_surname_is() -> None:
    paul, claire = (
        _record(1, "Paul Martin", roles=("the coach",)),
        _record(2, "Claire Martin", roles=("maire de Lyon",)),
    )
    bare = _record(3, "Martin", roles=("the mayor",))
    assert _grouped(paul, claire, bare) == [{"Paul Martin"}, {"Claire Martin", "Martin"}]
    assert _grouped(paul, claire, _record(3, "Martin")) == [{"Paul Martin"}, {"Claire Martin"}, {"Martin"}]


def test_gender_keeps_people_apart() -> None:
    assert len(_grouped(_record(1, "Anna Konstantinova", gender="f"), _record(2, "Konstantinova", gender="m"))) == 2


def test_what_is_decided_by_hand_holds() -> None:
    paul, bare = _record(1, "Paul Konstantinov"), _record(2, "Konstantinov")
    pair = frozenset((paul.key, bare.key))
    assert len(_grouped(paul, bare)) == 1
    assert len(_grouped(paul, bare, decisions=Decisions(parted=frozenset({pair})))) == 2
    anna = _record(3, "Anna Petrova")
    joined = Decisions(joined=frozenset({frozenset((paul.key, anna.key))}))
    assert {"Paul Konstantinov", "Anna Petrova", "Konstantinov"} in _grouped(paul, bare, anna, decisions=joined)


def test_the_order_of_the_records_changes_nothing() -> None:
    records = [_record(1, "Igor Konachenkov"), _record(2, "I. Konachenkov"), _record(3, "Oleg Konachenkov"),
               _record(4, "Konashenkov")]  # fmt: skip
    groups = {frozenset(g) for g in _grouped(*records)}
    assert groups == {frozenset(g) for g in _grouped(*reversed(records))}


def test_somebody_without_a_name_is_a_person_of_one_article() -> None:
    keys = {speaker_key("un diplomate", SpeakerKind.UNNAMED, article_id=id_) for id_ in ("a", "b")}
    assert len(keys) == 2
