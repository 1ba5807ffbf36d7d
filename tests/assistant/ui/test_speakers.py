"""What the browser is given of speakers, their statements and when these were published; and their files."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.answering import Assistant
from assistant.quotecheck.tables import cell
from assistant.ui import exports, speakers, timeline
from assistant.ui.links import Whose, whose
from assistant.ui.speakers import Filter
from assistant.ui.texts import ENGLISH, FRENCH
from ingest.archive.catalog import Appearance, Catalog, KnownSpeaker, Statement
from ingest.models import Kind, Quotation, Span, SpeakerKind

RUIZ = KnownSpeaker((1, 2), ("person:ana ruiz", "person:ruiz"), "Ana Ruiz", SpeakerKind.PERSON,
                    ("Ana Ruiz", "A. <Ruiz>"), ("capitaine",), 3)  # fmt: skip


def statement(
    published: str, kind: Kind = Kind.DIRECT, *, text: str = "Le port rouvre", article: str = "a"
) -> Statement:
    quotation = Quotation(Span(1, 1 + len(text)), kind, speaker="Ana Ruiz", confidence=0.9)
    return Statement(article, 1, 0, quotation, text, "Le port", "Ouest", published, "fr")


@pytest.mark.parametrize(
    ("published", "labels"),
    [
        pytest.param(["2024-03-01", "2024-03-03"], ["1er mars 2024", "2 mars 2024", "3 mars 2024"], id="days"),
        pytest.param(["2023-11-30", "2024-01-15"], ["novembre 2023", "décembre 2023", "janvier 2024"], id="months"),
        pytest.param(["2015-10-02", "2020-01-01"], ["2015", "2016", "2017", "2018", "2019", "2020"], id="years"),
        pytest.param(["0001-01-01", "2020-01-01"], ["1", "2020"], id="ages-without-the-empty-years"),
        pytest.param(["", "soon"], [], id="no-dates"),
    ],
)
def test_periods_are_as_long_as_the_time_between_the_statements(published: list[str], labels: list[str]) -> None:
    counted = timeline.periods([statement(date) for date in published], FRENCH)
    assert [period.label for period in counted] == labels


def test_the_chart_has_the_numbers_of_the_table_and_no_words_but_ours() -> None:
    said = [statement("2024-03-01"), statement("2024-03-01", Kind.INDIRECT), statement("2024-03-02"), statement("")]
    counted = timeline.periods(said, FRENCH)
    assert [period.counts for period in counted] == [
        Counter({Kind.DIRECT: 1, Kind.INDIRECT: 1}), Counter({Kind.DIRECT: 1}),
    ]  # fmt: skip
    spec = timeline.chart(counted, FRENCH, scheme="dark")
    (bars,) = spec["layer"]
    assert sum(value["n"] for value in bars["data"]["values"]) == 3
    assert {value["kind"] for value in bars["data"]["values"]} == {"verbatim", "rapporté, non verbatim"}
    assert "data" not in spec
    assert timeline.described(counted, FRENCH).startswith("Diagramme à barres, 1er mars 2024 – 2 mars 2024 : 3 décl")
    assert '<th scope="row">1er mars 2024</th><td>1</td><td>1</td><td>2</td>' in timeline.table(counted, FRENCH)


@pytest.mark.parametrize(
    ("chosen", "taken"),
    [
        pytest.param({}, "abc", id="nothing-chosen"),
        pytest.param({"kinds": ["direct"]}, "ac", id="by-kind"),
        pytest.param({"kinds": []}, "", id="no-kind"),
        pytest.param({"article": "b"}, "b", id="by-article"),
        pytest.param({"from": "2024-02-01"}, "b", id="from-a-day-leaves-out-what-has-no-date"),
        pytest.param({"to": "2024-01-31"}, "a", id="to-a-day"),
        pytest.param({"article": None, "kinds": 7, "from": None}, "abc", id="not-what-a-browser-would-say"),
    ],
)
def test_statements_are_narrowed_by_article_kind_and_date(chosen: dict[str, Any], taken: str) -> None:
    said = [
        statement("2024-01-01", article="a"),
        statement("2024-03-01", Kind.INDIRECT, article="b"),
        statement("", article="c"),
    ]
    assert "".join(each.article_id for each in said if Filter.of(chosen).takes(each)) == taken


def test_there_is_nothing_to_choose_where_all_statements_are_alike() -> None:
    drawn = speakers.narrowing([statement("2024-01-01"), statement("2024-01-01")], ENGLISH)
    assert len(drawn["kinds"]) == len(drawn["articles"]) == 1
    assert drawn["first"] == drawn["last"] == "2024-01-01"


def test_descriptions_in_the_readers_language_come_first() -> None:
    appearances = [
        Appearance(1, "Ana Ruiz", ("captain", "Captain"), "Times", "en"),
        Appearance(1, "Ana Ruiz", ("captain",), "Times", "en"),
        Appearance(2, "Ruiz", ("capitaine",), "Ouest", "fr"),
    ]
    assert speakers.roles(appearances, "fr", most=5) == [("capitaine", "fr"), ("captain", "en")]
    entry = speakers.entry(RUIZ, appearances, FRENCH)
    assert (entry["meta"], entry["described"], entry["describedIn"]) == (
        "3 déclarations · Times · Ouest", "capitaine", "fr",
    )  # fmt: skip


def test_other_names_of_a_speaker_are_text() -> None:
    lines = speakers.about(RUIZ, [Appearance(1, "Ana Ruiz", ("<i>{names}</i>",), "", "fr")], ENGLISH)
    assert lines == [
        '<p class="onrecord-line quiet">Described as: <span lang="fr">&lt;i&gt;{names}&lt;/i&gt;</span></p>',
        '<p class="onrecord-line quiet">Also written: <b>A. &lt;Ruiz&gt;</b></p>',
    ]


def test_marks_stand_only_round_what_is_verbatim() -> None:
    said = [(4, statement("2024-03-01")), (7, statement("2024-03-01", Kind.INDIRECT))]
    (group,) = speakers.grouped(said, dataclasses.replace(RUIZ, name="Ana María Ruiz"), FRENCH)
    assert [line["text"] for line in group["lines"]] == ["« Le port rouvre »", "Le port rouvre"]
    assert [line["citations"][0]["number"] for line in group["lines"]] == [4, 7]
    assert group["lines"][0]["speaker"] == "ici : Ana Ruiz"
    assert group["source"] == "Ouest · 1er mars 2024"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\u00a0=1", "＝1", "\u200b=1", "\ufeff+1"]
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"
    (row,) = csv.DictReader(io.StringIO(exports.as_csv([statement("", text=text)]).decode("utf-8-sig"), newline=""))
    assert row["text"] == f"'{text}"
    assert row["start"] == "1"


def test_files_hold_what_the_command_line_prints() -> None:
    record = json.loads(exports.as_json(RUIZ, [statement("2024-03-01")]))
    assert (record["name"], record["said"][0]["text"]) == ("Ana Ruiz", "Le port rouvre")
    assert exports.file_name(dataclasses.replace(RUIZ, name="../Игорь Ёлкин"), "csv") == "igor-elkin.csv"
    assert exports.file_name(dataclasses.replace(RUIZ, name="!!"), "json") == "speaker.json"


def test_addresses_of_speakers_lead_back_to_them() -> None:
    assert whose({"name": "  Ana\tRuiz ", "in": "a"}) == Whose("Ana Ruiz", article_id="a")
    assert whose({}).parameters == {}
    assert Whose("Ana & Ruiz", key="k").address == "speakers?name=Ana+%26+Ruiz&key=k"


def test_a_speaker_is_found_by_key_by_article_or_by_any_name(over: Callable[..., Assistant]) -> None:
    catalog: Catalog = over(
        {"id": "a", "lang": "fr", "text": "«Le port rouvre», a déclaré la capitaine Ana Ruiz."},
        {"id": "b", "lang": "fr", "text": "«Le port ferme», a déclaré Ana_Ruiz Delgado."},
    ).archive.catalog
    (ana,) = speakers.found(Whose("Ana Ruiz", article_id="a"), catalog)
    assert ana.name == "Ana Ruiz"
    assert speakers.found(Whose("somebody", key=ana.keys[0]), catalog) == (ana,)
    assert speakers.found(Whose("", key="person:gone"), catalog) == ()
    assert speakers.found(Whose("Ana Ruiz", key="person:gone", article_id="gone"), catalog)
    assert ana in speakers.looked_up("rui", catalog)
    assert speakers.looked_up("%", catalog) == []
    assert [each.roles for each in catalog.appearances(ana.ids)] == [("la capitaine",)]


def test_the_archive_of_the_sample_lists_its_busiest_speaker(seed_archive: Path) -> None:
    catalog = Catalog.opened(seed_archive)
    try:
        (found,) = speakers.found(Whose("Конашенков"), catalog)
        assert speakers.looked_up("konach", catalog)[0] == found == catalog.known_speakers(most=1)[0]
    finally:
        catalog.close()
