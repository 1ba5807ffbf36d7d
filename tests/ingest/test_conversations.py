"""Conversations in the catalog: kept, found, rated, forgotten with the articles whose words they hold."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.archive.archive import Archive
from ingest.archive.records import WITHDRAWN, RatingRecord, Spent, TurnRecord
from ingest.archive.sql.conversations import without_headlines
from ingest.errors import ArchiveUnusable, UnknownConversation
from tests.conftest import Run
from tests.ingest.conftest import Put

pytestmark = pytest.mark.both_catalogs

FIRST = "Le pont rouvre\n\n«Le pont est sûr», a déclaré la maire de Nîmes, Ana Ruiz. Il rouvre demain."


def begun(archive: Archive, id_: str = "c", owner: str = "me", title: str = "Le pont") -> str:
    archive.catalog.begin_conversation(id_, owner=owner, title=title, language="fr")
    return id_


def test_a_conversation_comes_back_as_it_was_put(archive: Archive, put: Put) -> None:
    put("a", FIRST)
    begun(archive)
    turns = [
        TurnRecord(0, "Qui ? \0 \x01", '{"sort": "é\0"}', "", True, "2026-01-01T00:00:00+00:00"),
        TurnRecord(1, "Et ?", "", "nothing"),
    ]
    for turn in turns:
        archive.catalog.put_turn("c", turn, words="Ana Ruiz", titles={"a": "Le pont rouvre"})
    held = archive.catalog.turns_of("c")
    assert held[0] == turns[0]
    assert (held[1].question, held[1].problem) == ("Et ?", "nothing")
    assert held[1].asked_at
    assert archive.catalog.conversation("c").turns == 2


def test_a_question_asked_otherwise_takes_those_after_it_away(archive: Archive) -> None:
    begun(archive)
    for number in range(4):
        archive.catalog.put_turn("c", TurnRecord(number, f"q{number}"), words="", titles={})
    archive.catalog.rate(RatingRecord("c", 3, True))
    archive.catalog.put_turn("c", TurnRecord(1, "other"), words="", titles={})
    assert [turn.question for turn in archive.catalog.turns_of("c")] == ["q0", "other"]
    assert archive.catalog.ratings() == []


def test_what_is_listed_is_the_owners_latest_first_and_goes_on_where_it_ended(archive: Archive) -> None:
    for number in range(5):
        begun(archive, f"c{number}", owner="me" if number % 2 == 0 else "other")
        time.sleep(0.002)
    archive.catalog.put_turn("c0", TurnRecord(0, "again"), words="", titles={})
    assert [each.id for each in archive.catalog.conversations_of("me")] == ["c0", "c4", "c2"]
    assert len(archive.catalog.conversations_of()) == 5
    first = archive.catalog.conversations_of("me", limit=2)
    rest = archive.catalog.conversations_of("me", limit=2, before=first[-1].updated_at)
    assert [each.id for each in (*first, *rest)] == ["c0", "c4", "c2"]
    assert archive.catalog.conversations_of("nobody") == []


@pytest.mark.parametrize(
    ("words", "found"),
    [("ruiz", True), ("NIMES", True), ("Nîmes pont", True), ("gare", False), ("100%", False), ("%", False),
     ("_", False), ("!", False), ("' OR 1=1 --", False), ("", True), ("Le Pont", True)],
)  # fmt: skip
def test_conversations_are_found_by_all_their_words(archive: Archive, words: str, found: bool) -> None:
    begun(archive)
    archive.catalog.put_turn("c", TurnRecord(0, "Que dit Ruiz ?"), words="À Nîmes", titles={})
    assert bool(archive.catalog.conversations_of("me", words=words)) is found


def test_a_conversation_is_renamed_rated_and_deleted_with_all_of_it(archive: Archive, put: Put) -> None:
    put("a", FIRST)
    put("b", FIRST)
    begun(archive)
    archive.catalog.put_turn("c", TurnRecord(0, "q"), words="", titles={"a": "", "b": ""})
    archive.catalog.rename_conversation("c", "Autre titre")
    assert archive.catalog.conversation("c").title == "Autre titre"
    archive.catalog.rate(RatingRecord("c", 0, False, ("missing",), "la note"))
    archive.catalog.rate(RatingRecord("c", 0, True))
    (rating,) = archive.catalog.ratings("c")
    assert (rating.is_good, rating.reasons, rating.note) == (True, (), "")
    archive.catalog.delete_conversation("c")
    with archive.catalog.reading() as connection:
        for table in ("conversations", "turns", "turn_articles", "ratings"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0


def test_what_is_not_there_is_a_line(archive: Archive) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: archive.catalog.conversation("no"),
        lambda: archive.catalog.rename_conversation("no", "x"),
        lambda: archive.catalog.delete_conversation("no"),
        lambda: archive.catalog.put_turn("no", TurnRecord(0, "q"), words="", titles={}),
        lambda: archive.catalog.rate(RatingRecord("no", 0, True)),
    ]
    for attempt in attempts:
        with pytest.raises(UnknownConversation):
            attempt()


def test_the_words_of_a_withdrawn_article_go_and_the_questions_stay(archive: Archive, put: Put) -> None:
    put("a", FIRST)
    put("b", FIRST)
    begun(archive)
    reply = json.dumps({"sort": "answer", "reply": "Le pont est sûr"})
    archive.catalog.put_turn("c", TurnRecord(0, "Et le pont ?", reply), words="Le pont est sûr", titles={"a": ""})
    archive.catalog.put_turn("c", TurnRecord(1, "Et la gare ?", "kept"), words="gare", titles={"b": ""})
    archive.catalog.keep_answer("key", reply, article_ids={"a"})
    archive.catalog.remove("a")
    first, second = archive.catalog.turns_of("c")
    assert (first.question, first.reply, first.problem) == ("Et le pont ?", "", WITHDRAWN)
    assert second.reply == "kept"
    assert archive.catalog.kept_answer("key") == ""
    assert archive.catalog.conversations_of("me", words="sûr") == []


@pytest.mark.sqlite_alone
def test_no_file_holds_a_withdrawn_articles_words_that_a_reply_held(archive: Archive, put: Put) -> None:
    put("a", FIRST.replace("sûr", "zibeliné"))
    begun(archive)
    reply = json.dumps({"sort": "answer", "reply": "Le pont est zibeliné"}, ensure_ascii=False)
    archive.catalog.put_turn("c", TurnRecord(0, "Et le pont ?", reply), words="zibeliné", titles={"a": ""})
    archive.catalog.keep_answer("key", reply, article_ids={"a"})
    wanted = ("zibeliné".encode(), b"zibeline")
    files = [path for path in archive.folder.rglob("*") if path.is_file()]
    assert any(each in path.read_bytes() for path in files for each in wanted)
    archive.catalog.remove("a")
    archive.erase()
    files = [path for path in archive.folder.rglob("*") if path.is_file()]
    assert not any(each in path.read_bytes() for path in files for each in wanted)


def test_a_reply_that_was_on_its_way_when_its_article_was_withdrawn_is_not_kept(archive: Archive, put: Put) -> None:
    put("a", FIRST, title="Le pont de Nîmes rouvre")
    put("b", FIRST)
    begun(archive)
    archive.catalog.remove("a")
    question = "Et « Le pont de Nîmes rouvre » ?"
    told = archive.catalog.put_turn(
        "c", TurnRecord(0, question, "sûr"), words="sûr", titles={"a": "Le pont de Nîmes rouvre", "b": "B"}
    )
    (held,) = archive.catalog.turns_of("c")
    assert (told.reply, told.problem) == (held.reply, held.problem) == ("", WITHDRAWN)
    assert held.question == "Et « […] » ?"
    assert archive.catalog.conversations_of("me", words="sûr") == []
    archive.catalog.keep_answer("key", "sûr", article_ids={"a", "b"})
    assert archive.catalog.kept_answer("key") == ""


def test_a_headline_that_was_asked_about_goes_with_its_article(archive: Archive, put: Put) -> None:
    headline = "Élections : le maire de Nîmes s’explique"
    put("a", FIRST, title=headline)
    begun(archive, "c", title=headline)
    begun(archive, "cut", title=f"Que sait-on de {headline[:20]}…")
    begun(archive, "other", title="Le maire de Nîmes s’explique sur les élections")
    catalog = archive.catalog
    catalog.put_turn("c", TurnRecord(0, headline, "no reply cites it"), words="x", titles={})
    catalog.put_turn("c", TurnRecord(1, f"Pourquoi {headline.upper().replace('’', chr(39))} ?"), words="", titles={})
    catalog.put_turn("other", TurnRecord(0, "Le maire s’explique ?", "kept"), words="kept", titles={})
    catalog.remove("a")
    assert [turn.question for turn in catalog.turns_of("c")] == ["[…]", "Pourquoi […] ?"]
    titles = {each.id: each.title for each in catalog.conversations_of("me")}
    assert titles == {
        "c": "[…]", "cut": "Que sait-on de […]", "other": "Le maire de Nîmes s’explique sur les élections"
    }  # fmt: skip
    assert catalog.turns_of("other")[0].reply == "kept"
    assert [each.id for each in catalog.conversations_of("me", words="explique elections")] == ["other"]


@pytest.mark.parametrize(
    ("text", "headline", "left"),
    [
        pytest.param("Syria", "Syria", "[…]", id="a-short-one-alone"),
        pytest.param("“Syria”?", "Syria", "[…]", id="a-short-one-between-marks"),
        pytest.param("What is said of Syria?", "Syria", "What is said of Syria?", id="a-short-one-among-words"),
        pytest.param("The port\n of  Varn reopens", "The port of Varn reopens", "[…]", id="other-spaces"),
        pytest.param("The port of V…", "The port of Varn reopens", "[…]", id="cut-off"),
        pytest.param("The port…", "The port of Varn reopens", "The port…", id="too-little-of-it"),
        pytest.param("“a.b(c)*[d]+ and” e", "a.b(c)*[d]+ and", "“[…]” e", id="signs"),
        pytest.param("Is climate change real?", "Climate change", "Is climate change real?", id="an-expression"),
        pytest.param("Was the press released?", "Press release", "Was the press released?", id="part-of-a-word"),
        pytest.param(
            "Why did the port of Varn reopen after nine days?",
            "The port of Varn reopen after nine days",
            "Why did […]?",
            id="a-long-one-among-words",
        ),
        pytest.param("", "x", "", id="nothing"),
        pytest.param("x", "", "x", id="no-headline"),
    ],
)
def test_a_headline_is_left_out_of_a_question(text: str, headline: str, left: str) -> None:
    assert without_headlines(text, [headline]) == left


@pytest.mark.sqlite_alone
def test_no_file_holds_a_withdrawn_articles_headline_that_was_asked_about(archive: Archive, put: Put) -> None:
    headline = "La zibeline du grenier de Nîmes"
    put("a", FIRST, title=headline)
    begun(archive, title=headline)
    archive.catalog.put_turn("c", TurnRecord(0, headline, "r"), words="", titles={})
    archive.catalog.remove("a")
    archive.erase()
    files = [path for path in archive.folder.rglob("*") if path.is_file()]
    assert not any(b"zibeline" in path.read_bytes() for path in files)


@pytest.mark.parametrize(
    ("title", "words"),
    [("Élections à Paris", "élections"), ("Élections à Paris", "ELECTIONS paris"), ("Выборы в Москве", "выборы"),
     ("Straße", "strasse"), ("L’OTAN", "l'otan")],
)  # fmt: skip
def test_a_conversation_is_found_by_its_title_in_any_script(archive: Archive, title: str, words: str) -> None:
    begun(archive, title="x")
    archive.catalog.rename_conversation("c", title)
    assert [each.id for each in archive.catalog.conversations_of("me", words=words)] == ["c"]


@pytest.mark.sqlite_alone
def test_what_is_only_kept_for_later_does_not_wait_long_for_another_writer(archive: Archive) -> None:
    other = sqlite3.connect(archive.folder / "catalog.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    with pytest.raises(ArchiveUnusable):
        archive.catalog.keep_answer("k", "one", article_ids=())
    assert time.monotonic() - started < 10
    other.execute("ROLLBACK")
    other.close()
    archive.catalog.keep_answer("k", "one", article_ids=())
    assert archive.catalog.kept_answer("k") == "one"


def test_kept_answers_and_spending_are_counted(archive: Archive) -> None:
    catalog = archive.catalog
    assert catalog.kept_answer("k") == ""
    catalog.keep_answer("k", "one", article_ids=())
    catalog.keep_answer("k", "two", article_ids=())
    assert catalog.kept_answer("k") == "two"
    assert catalog.spent_today() == Spent()
    catalog.note_spending("m", Spent(1, 100, 40, 20, 0.5))
    catalog.note_spending("m", Spent(1, 100, 40, 20, 0.25))
    catalog.note_spending("other", Spent(1, 1, 0, 1, 0.0))
    assert catalog.spent_today() == Spent(3, 201, 80, 41, 0.75)


def test_a_conversation_changes_no_answer_that_was_kept(archive: Archive, put: Put) -> None:
    put("a", FIRST)
    before = archive.catalog.fingerprint()
    begun(archive)
    archive.catalog.put_turn("c", TurnRecord(0, "q"), words="", titles={})
    assert archive.catalog.fingerprint() == before


@pytest.mark.sqlite_alone
def test_several_chats_write_at_once(archive: Archive, put: Put) -> None:
    import concurrent.futures

    put("a", FIRST)
    for number in range(4):
        begun(archive, f"c{number}")

    def chat(number: int) -> None:
        own = Archive.opened(archive.folder, model="hashed")
        for turn in range(15):
            own.catalog.put_turn(f"c{number}", TurnRecord(turn, "q" * 200), words="w", titles={"a": ""})
        own.close()

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(chat, range(4)))
    assert [archive.catalog.conversation(f"c{number}").turns for number in range(4)] == [15] * 4


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("version", ["1", "2"])
def test_an_archive_of_an_earlier_format_takes_conversations(run: Run, seed_archive_copy: Path, version: str) -> None:
    with sqlite3.connect(seed_archive_copy / "catalog.sqlite") as old:
        for table in ("ratings", "turn_articles", "turns", "conversations", "kept_answers", "spending"):
            old.execute(f"DROP TABLE {table}")
        if version == "1":
            old.execute("DROP INDEX versions_by_publication")
            old.execute("ALTER TABLE versions DROP COLUMN delta")
            old.execute("ALTER TABLE versions DROP COLUMN recorded_at")
        old.execute(f"UPDATE meta SET value = '{version}' WHERE key = 'schema_version'")
    old.close()
    assert run("assistant", "conversations", "list", archive=seed_archive_copy).code == 0
    asked = run("assistant", "ask", "What did Konachenkov say?", "--json", archive=seed_archive_copy)
    assert len(asked.json["sentences"]) == 5
    with sqlite3.connect(seed_archive_copy / "catalog.sqlite") as new:
        assert new.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone() == ("3",)
        assert new.execute("SELECT count(*) FROM turns").fetchone() == (0,)
    new.close()
