"""Conversations: kept in the catalog, listed, searched, renamed, deleted, rated and exported with their sources."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import secrets
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from assistant.models import Abstention, Answer, Citation, Hand, Mode, Reply
from assistant.phrases import kind, phrase, spoken
from assistant.records import reply_record
from ingest.archive.records import WITHDRAWN, ConversationRecord, RatingRecord, TurnRecord
from ingest.errors import OnRecordError, UnknownConversation

if TYPE_CHECKING:
    from ingest.archive.catalog import Catalog

REASONS = ("wrong_speaker", "wrong_words", "not_answered", "missing", "other")
LONGEST_NOTE, LONGEST_TITLE, MOST_TURNS = 2000, 80, 1000


@dataclasses.dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation and what came of it: a reply, or a line on why there is none."""

    number: int
    question: str
    reply: Reply | None = None
    problem: str = ""
    any_time: bool = False
    asked_at: str = ""


class Conversations:
    """The conversations in a catalog. An owner is an opaque key; whoever knows a conversation's id may read it."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def begun(self, owner: str, question: str, *, language: str = "en") -> ConversationRecord:
        """Begin a conversation, with its first question for a title."""
        title = _shortened(question, LONGEST_TITLE)
        # Nothing that a command line would take for an option.
        id_ = secrets.token_hex(16)
        return self._catalog.begin_conversation(id_, owner=owner, title=title, language=language)

    def conversation(self, id_: str) -> ConversationRecord:
        """Return a conversation. Raises UnknownConversation."""
        return self._catalog.conversation(id_)

    def turns(self, id_: str) -> list[Turn]:
        """Return the turns of a conversation in order. A reply that cannot be read any more is a problem in a line."""
        language = self._catalog.conversation(id_).language
        return [_turn(record, language) for record in self._catalog.turns_of(id_)]

    def put(self, id_: str, turn: Turn, *, owner: str) -> Turn:
        """Store a turn in the place of the one of its number; those after it are forgotten.

        Returns the turn as it is kept: without the reply where an article that it cites was withdrawn meanwhile.
        """
        language = self._owned(id_, owner).language
        if turn.number >= MOST_TURNS:
            raise OnRecordError(f"the conversation has {MOST_TURNS} questions; begin another")
        record = TurnRecord(
            turn.number,
            turn.question,
            stored(turn.reply) if turn.reply else "",
            turn.problem,
            turn.any_time,
            turn.asked_at,
        )
        kept = self._catalog.put_turn(id_, record, words=_words(turn.reply), titles=titles(turn.reply))
        return turn if kept is record else _turn(kept, language)

    def listed(
        self, owner: str = "", *, words: str = "", limit: int = 50, before: str = ""
    ) -> list[ConversationRecord]:  # fmt: skip
        """Return the conversations of an owner, latest first: those that hold all `words` in title, questions, replies.

        "" is everybody's. `before` is the time of the last one of the page before.
        """
        return self._catalog.conversations_of(owner, words=words, limit=limit, before=before)

    def rename(self, id_: str, title: str, *, owner: str = "") -> None:
        """Give a conversation another title. `owner` "" is whoever keeps the archive."""
        title = _shortened(title, LONGEST_TITLE)
        if not title:
            raise OnRecordError("a conversation needs a title")
        self._as_keeper(id_, owner)
        self._catalog.rename_conversation(id_, title)

    def delete(self, id_: str, *, owner: str = "") -> None:
        """Forget a conversation. `owner` "" is whoever keeps the archive."""
        self._as_keeper(id_, owner)
        self._catalog.delete_conversation(id_)

    def copied(self, id_: str, owner: str) -> ConversationRecord:
        """Return a copy of a conversation for another owner, to go on from."""
        first = self.conversation(id_)
        copy = self.begun(owner, first.title, language=first.language)
        for turn in self.turns(id_):
            self.put(copy.id, turn, owner=owner)
        return copy

    def rate(
        self, id_: str, number: int, *, is_good: bool, reasons: Sequence[str] = (), note: str = "", owner: str = ""
    ) -> None:  # fmt: skip
        """Store what a reader thinks of a reply."""
        self._as_keeper(id_, owner)
        known = tuple(each for each in REASONS if each in reasons)
        self._catalog.rate(RatingRecord(id_, number, is_good, known, note.strip()[:LONGEST_NOTE]))

    def ratings(self, id_: str = "") -> list[RatingRecord]:
        """Return what readers thought of the replies of a conversation, or of all."""
        return self._catalog.ratings(id_)

    def _as_keeper(self, id_: str, owner: str) -> None:
        if owner:
            self._owned(id_, owner)

    def _owned(self, id_: str, owner: str) -> ConversationRecord:
        found = self._catalog.conversation(id_)
        if found.owner != owner:
            raise UnknownConversation(
                "this conversation is somebody else's: it can be read, and gone on from in a copy"
            )
        return found


def rated(conversations: Conversations) -> Iterator[dict[str, Any]]:
    """Yield what readers thought of replies, oldest first, each with the question and the reply."""
    for rating in conversations.ratings():
        try:
            turns = {turn.number: turn for turn in conversations.turns(rating.conversation_id)}
        except UnknownConversation:
            continue
        turn = turns.get(rating.number)
        yield {
            "conversation": rating.conversation_id,
            "number": rating.number,
            "rated_at": rating.rated_at,
            "good": rating.is_good,
            "reasons": " ".join(rating.reasons),
            "note": rating.note,
            "question": turn.question if turn else "",
            "reply": turn.reply.text if turn and turn.reply else "",
        }


@functools.cache
def _replies() -> TypeAdapter[Reply]:
    return TypeAdapter(Answer | Abstention)


def stored(reply: Reply) -> str:
    """Return a reply as JSON that loses nothing."""
    sort = "answer" if isinstance(reply, Answer) else "abstention"
    return json.dumps({"sort": sort, "reply": _replies().dump_python(reply, mode="json")}, ensure_ascii=False)


def reply_of(text: str) -> Reply | None:
    """Return the reply that was stored so; None where there is none, or none that this version can read."""
    if not text:
        return None
    try:
        record = json.loads(text)
        sort = Answer if record["sort"] == "answer" else Abstention
        return TypeAdapter[Reply](sort).validate_python(record["reply"])
    except (ValueError, ValidationError, KeyError, TypeError):
        return None


def titles(reply: Reply | None) -> dict[str, str]:
    """Return the articles whose words a reply holds: their titles by id."""
    if reply is None:
        return {}
    compared = {each.article_id: each.title for each in (reply.check.matches if reply.check else ())}
    return compared | {each.article_id: each.title for each in _citations(reply)}


def exported_json(conversation: ConversationRecord, turns: Sequence[Turn]) -> str:
    """Return a conversation as one JSON document, each reply as `ask --json` prints it."""
    record = {
        "id": conversation.id,
        "title": conversation.title,
        "language": conversation.language,
        "created_at": conversation.created_at,
        "updated_at": conversation.updated_at,
        "turns": [
            {
                "number": turn.number,
                "question": turn.question,
                "asked_at": turn.asked_at,
                "reply": reply_record(turn.reply) if turn.reply else None,
                "problem": turn.problem or None,
            }
            for turn in turns
        ],
    }
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def exported_markdown(conversation: ConversationRecord, turns: Sequence[Turn]) -> str:
    """Return a conversation as Markdown with its quotations and references; no text in it forms links or markup."""
    lines = [f"# {_escaped(conversation.title)}", "", conversation.created_at[:10]]
    for turn in turns:
        lines += ["", f"## {_escaped(turn.question)}", ""]
        lines += _markdown(turn.reply) if turn.reply else [_escaped(turn.problem)]
    return "\n".join(lines) + "\n"


def _markdown(reply: Reply) -> Iterator[str]:
    language = reply.language
    if isinstance(reply, Abstention):
        yield _escaped(reply.text)
        if reply.nearest:
            yield from ("", f"{_escaped(phrase('nearest', language))}:", "")
        for each in reply.nearest:
            yield f"- {_escaped(each.text)} \\[{each.number}\\]"
    else:
        yield f"*{_escaped(made(reply))}*"
        yield ""
        if reply.opening:
            yield from (_escaped(reply.opening), "")
        for sentence in reply.sentences:
            label = "" if sentence.verified else f" *({_escaped(phrase('not_verified', language))})*"
            marks = "".join(rf"\[{n}\]" for n in sentence.citations)
            yield f"- {_escaped(sentence.text)}{label} {marks}"
        for line in remarks(reply):
            yield from ("", f"*{_escaped(line)}*")
    if cited := _citations(reply):
        yield ""
    for each in cited:
        yield f"\\[{each.number}\\] {_reference(each, language)}  "


def made(reply: Answer) -> str:
    """Return in words how an answer was made: by extraction, by a model that wrote, or by one that chose."""
    language = spoken(reply.language)
    if reply.hand is Hand.CHOSE:
        return phrase("chosen_by_model", language, model=reply.model)
    if any(each.mode is Mode.GENERATED for each in reply.sentences):
        # What earlier versions kept names its model with what it cost, if at all.
        name = reply.model or (reply.usage.model if reply.usage else "")
        return phrase("made_by_model", language, model=name) if name else phrase("made_by_some_model", language)
    return phrase("made_by_extraction", language)


def is_of_model(reply: Reply) -> bool:
    """Tell whether a model was asked for an answer, or should have been: then it is to be said who wrote it."""
    if not isinstance(reply, Answer) or reply.check is not None:
        return False
    return bool(reply.hand or reply.usage or reply.fallback or reply.mode is Mode.GENERATED)


def remarks(reply: Answer) -> list[str]:
    """Return in words what else is to know of an answer: what was left out and why, and who had to complete it."""
    language = spoken(reply.language)
    lines = [reply.fallback] if reply.fallback else []
    if reply.stopped:
        lines.append(phrase("was_stopped", language))
    if reply.left_out:
        reasons = "; ".join(dict.fromkeys(phrase(f"left_out_{each.value}", language) for each in reply.left_out))
        count = len(reply.left_out)
        lines.append(phrase(f"left_out_{'one' if count == 1 else 'many'}", language, count=count, reasons=reasons))
    return lines


def _reference(citation: Citation, language: str) -> str:
    whose = f"{citation.speaker}, {kind(citation.kind, language)}: " if citation.speaker and citation.kind else ""
    origin = ", ".join(filter(None, [citation.outlet, citation.published]))
    place = f"{citation.article_id}, {citation.version}, {citation.span.start}–{citation.span.end}"
    words = " ".join(citation.text.split())
    return _escaped(f"{whose}{citation.title}{f' ({origin})' if origin else ''}: “{words}” ({place})")


def _escaped(text: str) -> str:
    """Text that Markdown takes for nothing but words."""
    plain = " ".join(text.split())
    plain = re.sub(r"([\\`*_{}\[\]<>()#+!|~&$=-])", r"\\\1", plain)
    # Bare addresses become links by themselves in most readers.
    plain = re.sub(r"(?i)\b(https?|ftp|mailto|javascript|data):", "\\1\u200b:", plain)
    plain = re.sub(r"(?i)\bwww\.", "www\u200b.", plain).replace("@", "\u200b@")
    return re.sub(r"^(\d+)\.", r"\1\\.", plain)


def _words(reply: Reply | None) -> str:
    if reply is None:
        return ""
    if isinstance(reply, Abstention):
        return reply.text
    return " ".join([reply.opening, *(each.text for each in reply.sentences)])


def _citations(reply: Reply) -> tuple[Citation, ...]:
    return reply.citations if isinstance(reply, Answer) else reply.nearest


def _turn(record: TurnRecord, language: str) -> Turn:
    reply = reply_of(record.reply)
    problem = record.problem
    if problem == WITHDRAWN:
        problem = phrase("reply_withdrawn", language)
    elif record.reply and reply is None:
        problem = phrase("reply_unreadable", language)
    return Turn(record.number, record.question, reply, problem, record.any_time, record.asked_at)


def _shortened(text: str, longest: int) -> str:
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
