"""The command line of the assistant: ask, search, check."""

from __future__ import annotations

import dataclasses
import datetime
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ingest.commands import ARCHIVE, JSON, fail, json_lines, print_json, remark, say
from ingest.errors import OnRecordError, UnusableQuestion

if TYPE_CHECKING:
    from assistant.answering import Assistant
    from assistant.conversations import Conversations
    from assistant.generating.models import Chosen
    from assistant.generating.selftest import Trial
    from assistant.models import Citation, Match, QuoteCheck, Reply
    from assistant.settings import Settings

app = typer.Typer(
    help="Ask what the articles say, and who says it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

JSONL = typer.Option(
    None, "--jsonl", metavar="FILE", help="Read many inputs, one JSON object a line; - is standard input."
)


@app.callback()
def _root() -> None:
    """Ask what the articles say, and who says it."""


@app.command()
def ask(
    question: str = typer.Argument(None, metavar="QUESTION", help="In any language."),
    archive: Path = ARCHIVE,
    any_time: bool = typer.Option(
        False, "--any-time", help='Do not let "last week" or "in 2015" limit or order what is looked for.'
    ),
    extract: bool = typer.Option(False, "--extract", help="Answer in the articles' own words, without a chat model."),
    as_json: bool = JSON,
    jsonl: Path = JSONL,
) -> None:
    """Answer a question from the articles, every sentence cited."""
    _one_input(question, jsonl)
    assistant = _assistant(archive)
    from assistant.records import reply_record

    if jsonl is not None:
        assistant.model.prepare()
        _each(
            jsonl,
            lambda line: reply_record(
                assistant.ask(
                    _words(line, "question"),
                    history=_history(line),
                    today=_day(line),
                    any_time=any_time,
                    extracted=extract,
                )
            ),
        )
        return
    reply = assistant.ask(question, any_time=any_time, extracted=extract)
    if as_json:
        print_json(reply_record(reply))
    else:
        _print_reply(reply)


@app.command()
def search(
    query: str = typer.Argument(None, metavar="QUERY", help="In any language."),
    k: int = typer.Option(10, "-k", min=1, max=1000, help="How many articles."),
    archive: Path = ARCHIVE,
    as_json: bool = JSON,
    jsonl: Path = JSONL,
) -> None:
    """Rank the articles for a query."""
    _one_input(query, jsonl)
    assistant = _assistant(archive)
    from assistant.retrieval import as_record, ranked

    def result(line: dict[str, Any]) -> dict[str, Any]:
        words = " ".join(_words(line, "question").split())
        if not any(c.isalnum() for c in words):
            raise UnusableQuestion("the query is empty")
        found = ranked(assistant.retriever, words, limit=k)
        return {
            "ranked": list(found.article_ids),
            "score": None if found.score is None else round(found.score, 4),
            "passages": [as_record(each) for each in found.passages],
        }

    if jsonl is not None:
        _each(jsonl, result)
        return
    record = {"question": query, **result({"question": query})}
    if as_json:
        print_json(record)
        return
    for passage in record["passages"]:
        say(f"{passage['score']:.3f}  {passage['article_id']}  {_shortened(passage['text'], 160)}")


@app.command()
def check(
    quotation: str = typer.Argument(None, metavar="QUOTATION", help="The words, as pasted."),
    speaker: str = typer.Option(
        "", "--speaker", metavar="NAME", help="Who is said to have said them: a name or a role."
    ),
    language: str = typer.Option(None, "--language", metavar="CODE", help="To explain in: en, fr, es, de or ru."),
    archive: Path = ARCHIVE,
    as_json: bool = JSON,
    jsonl: Path = JSONL,
    table: Path = typer.Option(
        None, "--csv", metavar="FILE", help="Check a CSV (or .jsonl) with the columns quotation and speaker."
    ),
    out: Path = typer.Option(
        None, "--out", metavar="FILE", help="With --csv: write the verdicts there, not to stdout."
    ),
) -> None:
    """Tell whether a quotation was said, by whom and what was changed."""
    _one_of(quotation, jsonl, table)
    assistant = _assistant(archive)
    from assistant.records import check_record

    if table is not None:
        _check_table(assistant, table, out, language)
    elif jsonl is not None:
        _each(
            jsonl,
            lambda line: check_record(
                assistant.check(
                    str(line.get("quotation") or ""), speaker=str(line.get("speaker") or ""), language=language
                )
            ),
        )
    else:
        checked = assistant.check(quotation, speaker=speaker, language=language)
        if as_json:
            print_json(check_record(checked))
        else:
            _print_check(checked)


@app.command()
def speakers(
    name: str = typer.Argument(
        None, metavar="NAME", help="A name in any spelling, or a role; without one, all speakers."
    ),
    archive: Path = ARCHIVE,
    as_json: bool = JSON,
) -> None:
    """List the speakers, or every statement of one, in order."""
    from assistant.records import speaker_record, statement_record
    from assistant.speakers import meant
    from ingest.commands import archive_opened, settings

    catalog = archive_opened(settings(archive)).catalog
    if name is None:
        known = [speaker for speaker in catalog.known_speakers() if speaker.statements]
        if as_json:
            print_json([speaker_record(speaker) for speaker in known])
        else:
            for speaker in known:
                say(speaker.statements, speaker.name)
        return
    found = meant(name, catalog).speakers
    if not found:
        raise OnRecordError(f"{name}: no such speaker in the articles")
    if len(found) > 1:
        raise OnRecordError(f"{name}: several speakers fit: {', '.join(speaker.name for speaker in found)}")
    said = [statement for statement in catalog.statements(found[0].ids) if not statement.quotation.nested]
    if as_json:
        print_json({**speaker_record(found[0]), "said": [statement_record(statement) for statement in said]})
        return
    say(f"{found[0].name}: {len(said)}")
    for statement in said:
        kind = statement.quotation.kind.value
        where = f"{statement.article_id}:{statement.quotation.span.start}-{statement.quotation.span.end}"
        print()
        say(" ".join(statement.text.split()), wrapped=100)
        say(f"    {kind}; {statement.title} · {where}")


@app.command()
def model(archive: Path = ARCHIVE, as_json: bool = JSON) -> None:
    """Try the configured chat model: whether it answers, streams, cites, and how it is best asked.

    What is found is kept in the archive, where there is one, for a mode of "auto", and so is what the trial took, also
    one that failed.
    """
    from assistant.generating import selftest
    from assistant.generating.writer import ChatWriter
    from assistant.wiring import chat_model

    stated = _settings(archive)
    chosen = chat_model(stated)
    if chosen is None:
        raise OnRecordError("no chat model is configured: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of yours")
    trial = selftest.tried(ChatWriter(chosen), tell=lambda what: remark(f"Trying: {what}"))
    _keep(archive, trial, chosen)
    if as_json:
        print_json(dataclasses.asdict(trial))
    elif not trial.failure:
        _print_trial(trial)
    if trial.failure:
        fail(trial.advice)
    elif not trial.suited:
        fail("the model answers, and neither cites nor selects: answers stay in the articles' own words")


def _keep(archive: Path | None, trial: Trial, chosen: Chosen) -> None:
    from assistant.wiring import UNSUITED, suited_fact
    from ingest.archive.records import Spent
    from ingest.commands import archive_opened, settings

    if trial.failure and not (trial.used and trial.used.calls):
        return
    try:
        catalog = archive_opened(settings(archive)).catalog
        if not trial.failure:
            # A model that could not be tried stays what it was.
            catalog.set_meta(suited_fact(chosen), trial.suited or UNSUITED)
        if (used := trial.used) is not None:
            spent = Spent(used.calls, used.input, used.cached, used.output, used.cost or 0.0)
            catalog.note_spending(used.model, spent)
    except OnRecordError as error:
        remark(f"Not kept: {error}")


def _print_trial(trial: Trial) -> None:
    def told(is_so: bool) -> str:
        return "yes" if is_so else "no"

    first = f", first part after {trial.first_part:.2f} s" if trial.first_part is not None else ""
    pace = f", {trial.tokens_per_second} parts a second" if trial.tokens_per_second is not None else ""
    say(f"{trial.model} at {trial.place}")
    if trial.served:
        say(f"  serves     {', '.join(trial.served[:8])}{' …' if len(trial.served) > 8 else ''}")
    say(f"  answers    {told(trial.answers)}")
    say(f"  streams    {told(trial.streams)}{first}{pace}")
    say(f"  counts     {told(trial.counts_tokens)} (tokens)")
    say(f"  prose      {trial.cites} of {trial.of} cited rightly; refuses: {told(trial.refuses_prose)}")
    say(f"  selection  {trial.selects} of {trial.of} chosen rightly; refuses: {told(trial.refuses_selection)}")
    say(f"  suited     {trial.suited or 'neither'}")
    if (used := trial.used) is not None:
        cost = f", ${used.cost:.4f}" if used.cost is not None else ""
        say(f"  took       {used.calls} requests, {used.input + used.output} tokens{cost}")


conversations_app = typer.Typer(
    help="The conversations of the chat: list, search, rename, delete, export.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
app.add_typer(conversations_app, name="conversations")
ID = typer.Argument(..., metavar="ID")
# Ids that earlier versions made may begin like an option.
_ANY_ID = {"ignore_unknown_options": True}


@conversations_app.command("list")
def list_conversations(
    words: str = typer.Option("", "--words", help="Only those that hold all of these words."),
    limit: int = typer.Option(50, "-n", min=1, max=100_000, help="How many."),
    archive: Path = ARCHIVE,
    as_json: bool = JSON,
) -> None:
    """List conversations, latest first."""
    found = _conversations(archive).listed(words=words, limit=limit)
    if as_json:
        # Who began one is nobody else's to know.
        print_json([{k: v for k, v in dataclasses.asdict(each).items() if k != "owner"} for each in found])
        return
    for each in found:
        say(each.id, each.updated_at[:16].replace("T", " "), each.turns, each.title)


@conversations_app.command("export", context_settings=_ANY_ID)
def export_conversation(
    id_: str = ID,
    form: str = typer.Option("markdown", "--format", help="markdown or json."),
    out: Path = typer.Option(None, "--out", metavar="FILE", help="Write there, not to stdout."),
    archive: Path = ARCHIVE,
) -> None:
    """Print a conversation with its quotations and references."""
    from assistant.conversations import exported_json, exported_markdown

    if form not in ("markdown", "json"):
        raise typer.BadParameter("--format is markdown or json")
    stored = _conversations(archive)
    one, turns = stored.conversation(id_), stored.turns(id_)
    text = exported_json(one, turns) if form == "json" else exported_markdown(one, turns)
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OnRecordError(f"{out}: {error.strerror or error}") from error


@conversations_app.command("rename", context_settings=_ANY_ID)
def rename_conversation(
    id_: str = ID, title: str = typer.Argument(..., metavar="TITLE"), archive: Path = ARCHIVE
) -> None:  # fmt: skip
    """Give a conversation another title."""
    _conversations(archive).rename(id_, title)


@conversations_app.command("delete", context_settings=_ANY_ID)
def delete_conversation(id_: str = ID, archive: Path = ARCHIVE) -> None:
    """Delete a conversation with its replies and ratings."""
    _conversations(archive).delete(id_)


@app.command()
def feedback(archive: Path = ARCHIVE, as_json: bool = JSON) -> None:
    """Print what readers thought of replies: as CSV, or as JSON."""
    from assistant.conversations import rated

    rows = list(rated(_conversations(archive)))
    if as_json:
        print_json(rows)
        return
    from assistant.quotecheck.tables import as_csv

    sys.stdout.write(as_csv([{k: str(v) for k, v in row.items()} for row in rows]))


def _conversations(archive: Path | None) -> Conversations:
    from assistant.conversations import Conversations
    from ingest.commands import archive_opened, settings

    return Conversations(archive_opened(settings(archive)).catalog)


def _settings(archive: Path | None) -> Settings:
    from pydantic import ValidationError

    from assistant.settings import Settings
    from ingest.settings import described

    try:
        return Settings() if archive is None else Settings(archive=archive)
    except ValidationError as error:
        raise described(error) from None


def _assistant(archive: Path | None) -> Assistant:
    from assistant.wiring import assistant

    return assistant(_settings(archive))


def _one_input(words: str | None, jsonl: Path | None) -> None:
    if (words is None) == (jsonl is None):
        raise typer.BadParameter("give one question, or --jsonl FILE")


def _one_of(quotation: str | None, *files: Path | None) -> None:
    if sum(each is not None for each in (quotation, *files)) != 1:
        raise typer.BadParameter("give one quotation, --jsonl FILE or --csv FILE")


def _check_table(assistant: Assistant, table: Path, out: Path | None, language: str | None) -> None:
    """The rows of a table with their verdicts, in order; a row that cannot be checked keeps its place and says why."""
    from assistant.quotecheck import tables

    try:
        rows = tables.rows(table.read_bytes(), name=str(table))
    except OSError as error:
        raise OnRecordError(f"{table}: {error.strerror or error}") from error
    checked, failed = [], 0
    for number, row in enumerate(rows, 1):
        quotation, speaker = tables.claim_of(row)
        try:
            checked.append(tables.with_verdict(row, assistant.check(quotation, speaker=speaker, language=language)))
        except OnRecordError as error:
            failed += 1
            checked.append(tables.with_verdict(row, None, str(error)))
        if out is not None and number % 100 == 0:
            remark(f"Checked: {number} of {len(rows)}")
    as_lines = (out or table).suffix.lower() in (".jsonl", ".ndjson")
    written = tables.as_jsonl(checked) if as_lines else tables.as_csv(checked)
    if out is None:
        sys.stdout.write(written)
    else:
        try:
            # A spreadsheet takes a CSV without this mark for another encoding.
            out.write_text(written, encoding="utf-8" if as_lines else "utf-8-sig", newline="")
        except OSError as error:
            raise OnRecordError(f"{out}: {error.strerror or error}") from error
    if failed:
        fail(f"{failed} of the quotations could not be checked")


def _print_check(check: QuoteCheck) -> None:
    from assistant.phrases import kind
    from assistant.quotecheck.explaining import verdict_name

    say(f"{verdict_name(check.verdict, check.language).upper()} ({check.confidence:.2f})")
    say(check.explanation, wrapped=100)
    for match in check.matches:
        print()
        say(" ".join(_marked_difference(match).split()), wrapped=100)
        whose = ", ".join(filter(None, [match.speaker, kind(match.kind, check.language) if match.kind else ""]))
        say(f"    {whose or '—'}; {match.title} · {match.article_id}:{match.span.start}-{match.span.end}")
        say(f"    {' '.join(match.reference.split())}")


def _marked_difference(match: Match) -> str:
    """The printed words, with [-claimed-] and {+printed+} where they differ."""
    parts = []
    for each in match.difference:
        if each.operation.value == "equal":
            parts.append(each.printed)
        else:
            parts.append("".join([f"[-{each.claimed}-]" if each.claimed else "",
                                  f"{{+{each.printed}+}}" if each.printed else ""]))  # fmt: skip
    return " ".join(" ".join(parts or [match.text]).split())


def _each(jsonl: Path, result: Any) -> None:
    """One result a line, in order. An input that cannot be used gets a line that says so, and the exit code 1."""
    failed = 0
    for number, line in enumerate(json_lines(jsonl), 1):
        id_ = line.get("id", number)
        try:
            record = result(line)
        except OnRecordError as error:
            failed += 1
            record = {"answered": False, "ranked": [], "citations": [], "error": str(error)}
        print_json({"id": id_, **record}, pretty=False)
    if failed:
        fail(f"{failed} of the inputs could not be used")


def _words(line: dict[str, Any], field: str) -> str:
    words = line.get(field)
    if not isinstance(words, str):
        raise UnusableQuestion(f'"{field}" is no text')
    return words


def _history(line: dict[str, Any]) -> list[str]:
    history = line.get("history") or []
    if not isinstance(history, list) or not all(isinstance(each, str) for each in history):
        raise UnusableQuestion('"history" is no list of texts')
    return history


def _day(line: dict[str, Any]) -> datetime.date | None:
    """The day that a line says it was asked on, for "last week"."""
    if (stated := line.get("today")) is None:
        return None
    try:
        return datetime.date.fromisoformat(stated)
    except (TypeError, ValueError):
        raise UnusableQuestion('"today" is no date like 2026-03-01') from None


def _print_reply(reply: Reply) -> None:
    from assistant.conversations import is_of_model, made, remarks
    from assistant.models import Answer
    from assistant.phrases import kind, phrase
    from assistant.records import nearest_heading

    if reply.notice:
        remark(reply.notice)
    for each in reply.filters:
        remark(f"{each.text}; {phrase('any_time_option', reply.language)}")
    if reply.understood:
        remark(phrase("understood_as", reply.language, question=reply.understood))
    if reply.check is not None:
        _print_check(reply.check)
        return
    if isinstance(reply, Answer):
        citations = {c.number: c for c in reply.citations}
        if reply.opening:
            say(reply.opening)
        for sentence in reply.sentences:
            marks = "".join(f"[{n}]" for n in sentence.citations)
            print()
            label = "" if sentence.verified else f" ({phrase('not_verified', reply.language)})"
            say(f"{' '.join(sentence.text.split())}{label} {marks}", wrapped=100)
            for n in sentence.citations:
                one = citations[n]
                whose = f"{one.speaker}, {kind(one.kind, reply.language)}; " if one.speaker and one.kind else ""
                say(f"    {whose}{_place(one)}")
        if is_of_model(reply):
            remark(f"{made(reply)}.")
        for line in remarks(reply):
            remark(line)
        return
    say(reply.text)
    if reply.nearest:
        print()
        say(nearest_heading(reply))
        for one in reply.nearest:
            say(" ".join(one.text.split()), wrapped=100)
            say(f"    {_place(one)}")


def _place(citation: Citation) -> str:
    origin = ", ".join(filter(None, [citation.outlet, citation.published]))
    where = f"{citation.article_id}:{citation.span.start}-{citation.span.end}"
    return f"{citation.title}{f' ({origin})' if origin else ''} · {where}"


def _shortened(text: str, width: int) -> str:
    return textwrap.shorten(" ".join(text.split()), width, placeholder=" …")
