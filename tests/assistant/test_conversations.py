"""Conversations as they are kept: nothing of a reply is lost, and no text of one acts where it is exported."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from sqlalchemy import event

from assistant.answering import Assistant
from assistant.conversations import (
    LONGEST_TITLE,
    Conversations,
    Turn,
    exported_json,
    exported_markdown,
    made,
    rated,
    reply_of,
    stored,
    titles,
)
from assistant.models import Abstention, Answer, Citation, Hand, Mode, Omission, Reply, Sentence, Usage
from assistant.quotecheck.tables import as_csv
from assistant.records import reply_record
from ingest.archive.catalog import Catalog
from ingest.archive.records import ConversationRecord
from ingest.errors import OnRecordError, UnknownConversation
from ingest.models import Kind, Span
from tests.conftest import Run

QUESTIONS = (
    "What did Konachenkov say?",
    "Quand la vidéoconférence a-t-elle eu lieu ?",
    "Did Konachenkov say “la plupart de ces propositions pourraient être acceptées”?",
    "Who won the football world cup in Brazil?",
)


@pytest.fixture
def conversations(seed_archive: Path, tmp_path: Path) -> Iterator[Conversations]:
    folder = Path(shutil.copytree(seed_archive, tmp_path / "copy"))
    catalog = Catalog.opened(folder)
    yield Conversations(catalog)
    catalog.close()


SEED = "000_58d039704cceb878"


def written(article_id: str = "a") -> Answer:
    """An answer of a model with all that one can have."""
    citation = Citation(
        1, article_id, 2, Span(3, 9), "<b>mots</b>", title="Le *titre* [x](http://evil.test)", outlet="Le Large",
        published="2025-01-02", language="fr", speaker="A. Ruiz", kind=Kind.DIRECT,
    )  # fmt: skip
    return Answer(
        question="Qui ?", language="fr", opening="",
        sentences=(
            Sentence("Elle l’a dit.", (1,), Mode.GENERATED),
            Sentence("Elle viendrait.", (1,), Mode.GENERATED, verified=False),
            Sentence("«mots»", (1,)),
        ),
        citations=(citation,), mode=Mode.GENERATED, left_out=(Omission.DATE, Omission.DATE), understood="Qui donc ?",
        usage=Usage("modèle", 10, 2, 3, 0.01), stopped=True, model="modèle", hand=Hand.WROTE,
    )  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_reply_is_read_again_as_it_was(on_seed: Assistant, question: str) -> None:
    reply = on_seed.ask(question)
    again = reply_of(stored(reply))
    assert again == reply
    assert again is not None
    assert reply_record(again) == reply_record(reply)


def test_an_answer_of_a_model_is_read_again_as_it_was() -> None:
    assert reply_of(stored(written())) == written()


def test_an_answer_that_an_earlier_version_kept_is_read_and_said_to_be_a_models() -> None:
    record = json.loads(stored(written()))
    for name in ("model", "hand"):
        del record["reply"][name]
    kept = reply_of(json.dumps(record))
    assert isinstance(kept, Answer)
    assert made(kept) == "Écrit par modèle, chaque phrase comparée aux articles"
    # What was stopped did not name its model.
    assert made(dataclasses.replace(kept, usage=None)) == "Écrit par un modèle, chaque phrase comparée aux articles"
    printed = tuple(each for each in kept.sentences if each.mode is Mode.EXTRACTED)
    assert made(dataclasses.replace(kept, sentences=printed, mode=Mode.EXTRACTED)) == "Dans les mots des articles"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"sort": "answer"}', '{"sort": "answer", "reply": {"question": 1}}', '"x"']
)
def test_what_cannot_be_read_is_no_reply(text: str) -> None:
    assert reply_of(text) is None


def test_turns_go_in_and_come_out_with_the_articles_they_hold_words_of(
    conversations: Conversations, on_seed: Assistant
) -> None:
    one = conversations.begun("me", QUESTIONS[0])
    for number, question in enumerate(QUESTIONS):
        reply = on_seed.ask(question)
        conversations.put(one.id, Turn(number, question, reply), owner="me")
        assert titles(reply).keys() == {SEED}
    conversations.put(one.id, Turn(4, "?", None, "the question is empty"), owner="me")
    turns = conversations.turns(one.id)
    assert [turn.question for turn in turns] == [*QUESTIONS, "?"]
    assert [type(turn.reply) for turn in turns] == [Answer, Answer, type(turns[2].reply), Abstention, type(None)]
    assert turns[2].reply is not None
    assert turns[2].reply.check is not None
    assert turns[4].problem == "the question is empty"


def test_a_conversation_is_its_owners_and_can_be_read_and_copied_by_whoever_knows_it(
    conversations: Conversations,
) -> None:
    one = conversations.begun("me", "Qui ?", language="fr")
    conversations.put(one.id, Turn(0, "Qui ?", written(SEED)), owner="me")
    attempts: list[Callable[[], object]] = [
        lambda: conversations.put(one.id, Turn(1, "x"), owner="other"),
        lambda: conversations.put(one.id, Turn(1, "x"), owner=""),
        lambda: conversations.rename(one.id, "x", owner="other"),
        lambda: conversations.delete(one.id, owner="other"),
        lambda: conversations.rate(one.id, 0, is_good=True, owner="other"),
    ]
    for attempt in attempts:
        with pytest.raises(UnknownConversation):
            attempt()
    copy = conversations.copied(one.id, "other")
    conversations.put(copy.id, Turn(1, "Et ?"), owner="other")
    assert len(conversations.turns(one.id)) == 1
    assert conversations.turns(copy.id)[0].reply == written(SEED)
    assert [each.id for each in conversations.listed("other")] == [copy.id]
    conversations.delete(one.id, owner="me")
    assert len(conversations.turns(copy.id)) == 2


def test_titles_are_short_plain_and_never_empty(conversations: Conversations) -> None:
    one = conversations.begun("me", "a\nb\t\x00c " * 100)
    assert len(one.title) == LONGEST_TITLE
    assert one.title.isprintable()
    with pytest.raises(OnRecordError):
        conversations.rename(one.id, " \n ", owner="me")
    conversations.rename(one.id, "  Un   titre ", owner="me")
    assert conversations.conversation(one.id).title == "Un titre"


def test_a_reply_of_another_version_is_a_line(conversations: Conversations) -> None:
    one = conversations.begun("me", "Qui ?", language="fr")
    conversations.put(one.id, Turn(0, "Qui ?", written(SEED)), owner="me")
    with conversations._catalog.writing() as connection:
        connection.exec_driver_sql('UPDATE turns SET reply = \'{"sort": "poem"}\'')
    (turn,) = conversations.turns(one.id)
    assert turn.reply is None
    assert turn.problem


def test_ratings_come_with_what_was_rated(conversations: Conversations) -> None:
    one = conversations.begun("me", "Qui ?")
    conversations.put(one.id, Turn(0, "=HYPERLINK(1)", written(SEED)), owner="me")
    conversations.rate(one.id, 0, is_good=False, reasons=("missing", "nonsense"), note=" +1 \n", owner="me")
    (row,) = rated(conversations)
    assert (row["question"], row["good"], row["reasons"], row["note"]) == ("=HYPERLINK(1)", False, "missing", "+1")


def test_no_id_looks_like_an_option_and_one_of_an_earlier_version_that_does_is_still_read(
    run: Run, conversations: Conversations, tmp_path: Path
) -> None:
    assert all(conversations.begun("me", "Qui ?").id.isalnum() for _ in range(50))
    conversations._catalog.begin_conversation("-Ab-_x", owner="me", title="Titre d’avant", language="fr")
    exported = run("assistant", "conversations", "export", "-Ab-_x", "--format", "json", archive=tmp_path / "copy")
    assert exported.json["title"] == "Titre d’avant"
    assert run("assistant", "conversations", "export", "x", "--fromat", "json", archive=tmp_path / "copy").code == 2
    assert run("assistant", "conversations", "delete", "-Ab-_x", archive=tmp_path / "copy").code == 0


@pytest.mark.parametrize("note", [" =1+1", "＝1+1", "\u00a0@SUM(A1)", "\u200b=1"])
def test_no_cell_of_the_feedback_is_a_formula(note: str) -> None:
    (row,) = csv.DictReader(io.StringIO(as_csv([{"note": note, "question": note}]), newline=""))
    assert row == {"note": f"'{note}", "question": f"'{note}"}


def test_a_conversation_is_looked_up_once_for_all_its_turns(conversations: Conversations) -> None:
    one = conversations.begun("me", "Qui ?")
    for number in range(10):
        conversations.put(one.id, Turn(number, "Qui ?"), owner="me")
    asked = list[str]()
    with conversations._catalog.reading() as connection:
        engine = connection.engine

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    assert len(conversations.turns(one.id)) == 10
    assert sum("SELECT" in statement for statement in asked) == 2


RECORD = ConversationRecord("id", "secret-owner", "Un titre", "fr", "2026-01-01T00:00", "2026-01-01T00:00", 1)


def test_the_export_as_json_holds_each_reply_as_it_is_printed() -> None:
    told = json.loads(exported_json(RECORD, [Turn(0, "Qui ?", written()), Turn(1, "Et ?", None, "nothing")]))
    assert told["turns"][0]["reply"] == json.loads(json.dumps(reply_record(written())))
    assert told["turns"][1] == {"number": 1, "question": "Et ?", "asked_at": "", "reply": None, "problem": "nothing"}
    assert "secret-owner" not in json.dumps(told)


def test_the_export_as_markdown_has_the_quotations_who_wrote_and_where_they_stand() -> None:
    text = exported_markdown(RECORD, [Turn(0, "Qui ?", written())])
    shown = MarkdownIt().render(text)
    assert "«mots»" in shown
    assert "modèle" in shown
    assert "a, 2, 3–9" in shown
    assert "&lt;b&gt;mots&lt;/b&gt;" in shown
    assert "secret-owner" not in text


def active(markdown: str) -> list[str]:
    """What of a text acts where it is shown: links, images, markup, code."""
    found = []
    for token in MarkdownIt("commonmark", {"html": True}).parse(markdown):
        for each in (token, *(token.children or ())):
            if each.type in ("link_open", "image", "html_inline", "html_block", "code_inline", "fence", "code_block"):
                found.append(each.type)
    return found


_PIECES = st.lists(
    st.sampled_from(
        ["![x](http://a.test/x.png)", "[x](javascript:1)", "<img src=x>", "<script>", "http://a.test", "`x`", "```",
         "~~~", "    x", "\n\n", "# x", "1. x", "- x", "> x", "|", "[1]: http://a.test", "\\", "*", "_", "&lt;",
         "a@b.test", "<http://a.test>", "www.a.test", "\t", "$x$"]
    ) | st.text(max_size=5)
)  # fmt: skip


@given(_PIECES.map("".join))
def test_nothing_in_an_exported_conversation_acts(text: str) -> None:
    citation = Citation(1, text, 1, Span(0, 1), text, text, text, text, "fr", text, Kind.DIRECT)
    answer = Answer(
        question=text, language="fr", opening=text, sentences=(Sentence(text, (1,), Mode.GENERATED),),
        citations=(citation,), mode=Mode.GENERATED, fallback=text, usage=Usage(text),
    )  # fmt: skip
    replies: list[Reply | None] = [answer, None]
    turns = [Turn(number, text, reply, "" if reply else text) for number, reply in enumerate(replies)]
    record = ConversationRecord("i", "o", text, "fr", "2026-01-01", "2026-01-01", 1)
    assert active(exported_markdown(record, turns)) == []


def test_the_command_line_keeps_conversations(
    run: Run, conversations: Conversations, on_seed: Assistant, tmp_path: Path
) -> None:
    archive = tmp_path / "copy"
    one = conversations.begun("me", QUESTIONS[0])
    conversations.put(one.id, Turn(0, QUESTIONS[0], on_seed.ask(QUESTIONS[0])), owner="me")
    conversations.rate(one.id, 0, is_good=False, reasons=("missing",), note="=1+1", owner="me")

    def ran(*words: Any) -> Any:
        done = run("assistant", *words, archive=archive)
        assert "Traceback" not in done.err
        return done

    (listed,) = ran("conversations", "list", "--json").json
    assert (listed["id"], listed["turns"], "owner" in listed) == (one.id, 1, False)
    assert one.id in ran("conversations", "list", "--words", "konachenkov propositions").out
    assert ran("conversations", "list", "--words", "zibeline").out == ""
    assert "la plupart de ces propositions" in ran("conversations", "export", one.id).out
    exported = ran("conversations", "export", one.id, "--format", "json", "--out", tmp_path / "out.json")
    assert exported.code == 0
    assert len(json.loads((tmp_path / "out.json").read_text("utf-8"))["turns"][0]["reply"]["sentences"]) == 5
    (row,) = csv.DictReader(io.StringIO(ran("feedback").out))
    assert (row["question"], row["reasons"], row["note"]) == (QUESTIONS[0], "missing", "'=1+1")
    assert ran("conversations", "rename", one.id, "Un titre").code == 0
    assert ran("conversations", "delete", one.id).code == 0
    gone = ran("conversations", "export", one.id)
    assert gone.code == 1
    assert "no such conversation" in gone.err
    assert ran("conversations", "export", one.id, "--format", "pdf").code == 2
