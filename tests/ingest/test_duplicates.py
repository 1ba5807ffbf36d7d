"""Copies of one report are linked, whatever was edited; articles on one subject are not."""

from __future__ import annotations

import datetime

import pytest

from ingest.archive.archive import Archive
from ingest.duplicates import Link, buckets, groups, wording
from ingest.reading import plain
from tests.ingest.conftest import Put

FERRY = (
    "The ferry between Brannoch and the islands will not sail until the end of the month, the harbour office said.",
    "A crack was found in the hull of the older of the two boats during an inspection on Sunday night.",
    "Divers looked at it for three hours and came back with photographs that nobody at the yard liked.",
    "The younger boat is too small for lorries, so milk and post go round by the bridge at Cairnmore.",
    "That road is forty miles longer and closes when the wind rises above sixty miles an hour.",
    "Shops on the islands have asked people to take only what they need for two days.",
    "The school stays open, though nine of its teachers live on the other side of the water.",
    "A crane from the shipyard at Lannick is expected on Thursday and the repair takes ten days at least.",
    "Passengers who have paid get their money back at the kiosk on the quay or by letter.",
    "The council meets on Wednesday to decide whether a third boat should be hired from the north.",
)
TRAM = (
    "Work on the second tram line starts in spring, a year later than the city had promised its suburbs.",
    "The delay comes from a well that nobody had drawn on any map, found under the old market hall.",
    "Archaeologists have since emptied it and counted four hundred jugs and a wooden wheel in it.",
    "The line will have eleven stops and cross the river on the bridge that cyclists use today.",
    "Drivers who use Garden Street will have to go round by the station for eighteen months.",
    "Traders there want to be paid for every day without customers, as those of the first line were.",
)
BLURB = (
    "Follow the storm with us all day: our reporters are on the coast, at the harbour and in the control room.",
    "Send us your photographs and we will show the best of them on this page every hour.",
    "The newest entry stands on top and older ones move down the page as the day goes on.",
)


def text(*sentences: str) -> str:
    """A page with a heading and a paragraph for every two sentences."""
    return "\n\n".join(" ".join(sentences[at : at + 2]) for at in range(0, len(sentences), 2))


def edited(sentences: tuple[str, ...], *, first: int, instead: tuple[str, ...]) -> tuple[str, ...]:
    """The same with every third sentence from `first` on replaced."""
    fresh = iter(instead)
    return tuple(next(fresh) if at % 3 == first else each for at, each in enumerate(sentences))


CUT = FERRY[:6]
NEW_HEAD = (TRAM[0].replace("tram", "boat"), *FERRY)
REPLACED = edited(FERRY, first=1, instead=TRAM)
SHUFFLED = tuple(reversed(FERRY))


@pytest.mark.parametrize(
    ("copy", "least"),
    [
        pytest.param(FERRY, 1.0, id="the-same-text"),
        pytest.param(NEW_HEAD, 0.9, id="another-beginning"),
        pytest.param(CUT, 0.95, id="cut-to-six-tenths"),
        pytest.param(REPLACED, 0.55, id="three-sentences-of-ten-replaced"),
        pytest.param(SHUFFLED, 0.75, id="the-other-way-round"),
        pytest.param(tuple(each.upper().replace(",", " –") for each in FERRY), 1.0, id="other-typography"),
    ],
)
def test_an_edited_copy_is_linked_to_its_report(
    archive: Archive, put: Put, copy: tuple[str, ...], least: float
) -> None:
    put("a", text(*FERRY), title="No ferry this month", outlet="The Sound")
    put("b", text(*TRAM), outlet="Coast Post")
    put("c", text(*copy), title="Islands cut off", outlet="Coast Post")
    (link,) = archive.catalog.copies()
    assert (link.first, link.second) == ("a", "c")
    assert least <= link.share <= 1.0
    assert archive.catalog.copies_of(["c", "b", "a", "nobody"]) == {"a": "a", "b": "b", "c": "a", "nobody": "nobody"}


SPEECH = tuple(f"“{sentence}”" for sentence in FERRY[:5])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param((FERRY, ""), (TRAM, ""), id="two-subjects"),
        pytest.param(((*BLURB, *FERRY[:3]), "Post"), ((*BLURB, *TRAM[:3]), "Post"), id="two-live-pages-of-an-outlet"),
        pytest.param(((*SPEECH, *FERRY[5:8]), "A"), ((*SPEECH, *TRAM[:3]), "B"), id="two-reports-of-one-speech"),
        pytest.param((FERRY[:1], ""), (FERRY[:1], ""), id="too-short-to-tell"),
    ],
)
def test_different_articles_are_not_linked_though_they_share_words(
    archive: Archive, put: Put, one: tuple[tuple[str, ...], str], other: tuple[tuple[str, ...], str]
) -> None:
    for id_, (sentences, outlet) in zip("ab", (one, other), strict=True):
        put(id_, text(*sentences), outlet=outlet, title=id_)
    assert archive.catalog.copies() == []


@pytest.mark.parametrize(("days", "linked"), [(1, 1), (7, 0)])
def test_what_is_half_the_same_a_week_later_is_a_series(
    archive: Archive, put: Put, days: int, linked: int
) -> None:  # fmt: skip
    monday = datetime.date(2024, 1, 1)
    put("a", text(*FERRY), published=monday, outlet="A")
    put("b", text(*REPLACED), published=monday + datetime.timedelta(days=days), outlet="B")
    assert len(archive.catalog.copies()) == linked


def test_copies_of_copies_are_one_group(archive: Archive, put: Put) -> None:
    for id_, sentences in {"x": FERRY[:7], "y": FERRY, "z": FERRY[3:]}.items():
        put(id_, text(*sentences), outlet=id_)
    assert set(archive.catalog.copies_of(["x", "y", "z"]).values()) == {"x"}
    assert archive.catalog.copies_of(["z"]) == {"z": "x"}


def test_a_correction_and_a_removal_are_followed(archive: Archive, put: Put) -> None:
    put("a", text(*FERRY))
    put("b", text(*FERRY))
    put("c", text(*FERRY))
    put("b", text(*TRAM))
    assert [(link.first, link.second) for link in archive.catalog.copies()] == [("a", "c")]
    archive.catalog.remove("a")
    assert archive.catalog.copies() == []
    put("a", text(*TRAM))
    assert [(link.first, link.second) for link in archive.catalog.copies()] == [("a", "b")]


def test_the_buckets_of_a_text_stay_what_they_are() -> None:
    # An archive keeps them: where a library makes others of the same words, copies are no longer found.
    words = wording(plain.article(text(*FERRY), id="a"), [])
    assert buckets(words)[:2] == [6769278943854147713, 6830172899211331503]
    assert len(set(buckets(words))) == 24


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        pytest.param([], {}, id="none"),
        pytest.param([("b", "c"), ("a", "b")], {"a": "a", "b": "a", "c": "a"}, id="a-chain"),
        pytest.param([("a", "d"), ("b", "c")], {"a": "a", "b": "b", "c": "b", "d": "a"}, id="two-groups"),
        pytest.param([("c", "d"), ("a", "b"), ("b", "d")], dict.fromkeys("abcd", "a"), id="two-groups-joined"),
    ],
)
def test_a_group_is_named_after_its_least_id(links: list[tuple[str, str]], expected: dict[str, str]) -> None:
    assert groups(Link(first, second, 1.0) for first, second in links) == expected
