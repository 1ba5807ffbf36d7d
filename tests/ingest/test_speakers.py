from __future__ import annotations

import pytest

from ingest.models import SpeakerKind
from ingest.speakers import Decisions, SpeakerRecord, identities, likeness, name_key, name_words, speaker_key

SAME_NAMES = [
    pytest.param("Igor Konachenkov", "Игорь Конашенков", id="french-and-russian"),
    pytest.param("Igor Konachenkov", "Igor Konashenkov", id="french-and-english"),
    pytest.param("Igor Konachenkov", "Igor Konaschenkow", id="french-and-german"),
    pytest.param("François Hollande", "Francois HOLLANDE", id="accents-and-case"),
    pytest.param("Ursula von der Leyen", "Урсула фон дер Ляйен", id="german-and-russian"),
]


@pytest.mark.parametrize(("one", "other"), SAME_NAMES)
def test_a_name_is_recognised_in_another_spelling(one: str, other: str) -> None:
    assert likeness(other, one) >= 0.8
    assert likeness(one, other) >= 0.8


@pytest.mark.parametrize(("one", "other"), SAME_NAMES[:4])
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("asked", "name", "found"),
    [
        pytest.param("Konachenkov", "Igor Konachenkov", True, id="surname-alone"),
        pytest.param("konachenkof", "Igor Konachenkov", True, id="typing-error"),
        pytest.param("general Konachenkov", "Igor Konachenkov", True, id="title"),
        pytest.param("I. Konachenkov", "Igor Konachenkov", True, id="initial"),
        pytest.param("Konachenkov Igor", "Igor Konachenkov", True, id="surname-first"),
        pytest.param("Olga Konachenkov", "Igor Konachenkov", False, id="another-given-name"),
        pytest.param("Barack Obama", "Igor Konachenkov", False, id="somebody-else"),
        pytest.param("Martin", "Pierre Marchand", False, id="like-beginning"),
        pytest.param("", "Igor Konachenkov", False, id="nobody-asked"),
        pytest.param("Igor", "", False, id="nobody-named"),
        pytest.param("!!!", "Igor Konachenkov", False, id="no-letters"),
    ],
)
def test_who_is_asked_for_is_found_and_nobody_else(asked: str, name: str, found: bool) -> None:
    assert (likeness(asked, name) >= 0.8) is found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("George Bush", "Barbara Bush", id="given-names"),
        pytest.param("Kim Jong-un", "Kim Jong-il", id="last-syllable"),
        pytest.param("Igor Konachenkov", "Ivan Konachenkov", id="like-given-names"),
        pytest.param("Jean Martin", "Jeanne Martin", id="masculine-and-feminine"),
        pytest.param("Ana Ruiz", "Ana Ríos", id="surnames"),
    ],
)
def test_two_people_who_share_a_part_of_their_names_are_told_apart(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_titles_and_articles_are_no_part_of_a_name_unless_they_are_all_of_it() -> None:
    assert name_words("le général Igor Konachenkov") == ("igor", "konachenkov")
    assert name_words("le président") != ()


def test_somebody_without_a_name_is_a_person_of_one_article_only() -> None:
    first = speaker_key("un diplomate", SpeakerKind.UNNAMED, article_id="a")
    assert first == speaker_key("Un diplomate", SpeakerKind.UNNAMED, article_id="a")
    assert first != speaker_key("un diplomate", SpeakerKind.UNNAMED, article_id="b")


def record(id_: int, name: str, gender: str = "", role: str = "") -> SpeakerRecord:
    kind = SpeakerKind.PERSON
    key = speaker_key(name, kind, article_id="a")
    return SpeakerRecord(id_, key, name, kind, gender, (name,), (role,) if role else (), 1)


@pytest.mark.parametrize(
    ("people", "groups"),
    [
        pytest.param([record(1, "Igor Konachenkov"), record(2, "I. Konachenkov")], [{1, 2}], id="initial"),
        pytest.param([record(1, "Igor Konachenkov"), record(2, "Konachenkov")], [{1, 2}], id="rare-surname"),
        pytest.param([record(1, "Paul Martin"), record(2, "Anne Martin")], [{1}, {2}], id="given-names"),
        pytest.param([record(1, "Jean Martin"), record(2, "Jeanne Martin")], [{1}, {2}], id="masculine-and-feminine"),
        pytest.param([record(1, "Paul Roy"), record(2, "Anne Roy"), record(3, "Roy")], [{1}, {2}, {3}], id="undecided"),
        pytest.param([record(1, "Paul Konachenkov", "m"), record(2, "Konachenkov", "f")], [{1}, {2}], id="gender"),
        pytest.param(
            [record(1, "Paul Roy", role="le maire"), record(2, "Anne Roy", role="la juge"),
             record(3, "Roy", role="the mayor")], [{1, 3}, {2}], id="role",
        ),
    ],
)  # fmt: skip
def test_keys_are_joined_only_where_they_can_be_but_one_person(
    people: list[SpeakerRecord], groups: list[set[int]]
) -> None:
    assert [{each.id for each in group} for group in identities(people, Decisions())] == groups


def test_a_decision_by_hand_outweighs_the_rule() -> None:
    one, other = record(1, "Igor Konachenkov"), record(2, "Konachenkov")
    pair = frozenset((one.key, other.key))
    assert len(identities([one, other], Decisions(parted=[pair]))) == 2
    stranger = record(3, "Barack Obama")
    assert len(identities([one, stranger], Decisions(joined=[frozenset((one.key, stranger.key))]))) == 1
