"""Conversations of the chat: their questions and replies, what they cite, what readers thought of them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, Label, delete, exists, func, insert, select, update

from ingest.archive.records import WITHDRAWN, ConversationRecord, RatingRecord, TurnRecord
from ingest.archive.sql import tables
from ingest.archive.sql.database import Database, contains, now
from ingest.archive.sql.versions import unknown
from ingest.errors import UnknownConversation
from ingest.folding import bare, fold


class Conversations(Database):
    """Conversations by id, newest first. Raises UnknownConversation where there is none of that id."""

    def begin_conversation(self, id_: str, *, owner: str, title: str, language: str) -> ConversationRecord:
        """Record a conversation without a turn yet."""
        at = now()
        begun = ConversationRecord(id_, owner, title, language, at, at)
        with self.writing() as connection:
            values = {
                "id": id_,
                "owner": owner,
                "title": title,
                "language": language,
                "created_at": at,
                "updated_at": at,
            }
            connection.execute(insert(tables.conversations).values(**values))
        return begun

    def conversation(self, id_: str) -> ConversationRecord:
        """Return a conversation."""
        c = tables.conversations
        with self.reading() as connection:
            row = connection.execute(select(c, _count()).where(c.c.id == id_)).one_or_none()
        if row is None:
            raise UnknownConversation("no such conversation; it may have been deleted")
        return ConversationRecord(**row._asdict())

    def turns_of(self, id_: str) -> list[TurnRecord]:
        """Return the turns of a conversation in order."""
        t = tables.turns
        with self.reading() as connection:
            rows = connection.execute(select(t).where(t.c.conversation_id == id_).order_by(t.c.number))
            return [
                TurnRecord(row.number, row.question, row.reply, row.problem, row.any_time, row.asked_at) for row in rows
            ]

    def put_turn(self, id_: str, turn: TurnRecord, *, words: str, titles: Mapping[str, str]) -> TurnRecord:
        """Record a turn in the place of the one of its number, and forget those after it. Returns what was recorded.

        `words` are what it can be found by, `titles` the articles whose words its reply holds, by id. Where one was
        withdrawn while the reply was on its way, what is recorded holds neither its words nor its title.
        """
        t, at = tables.turns, now()
        with self.writing() as connection:
            known = connection.execute(
                update(tables.conversations).where(tables.conversations.c.id == id_).values(updated_at=at)
            ).rowcount
            if not known:
                raise UnknownConversation("no such conversation; it may have been deleted")
            if gone := unknown(connection, titles):
                question = without_headlines(turn.question, [titles[each] for each in gone])
                turn = dataclasses.replace(turn, question=question, reply="", problem=WITHDRAWN)
                words, titles = "", {}
            connection.execute(delete(t).where(t.c.conversation_id == id_, t.c.number >= turn.number))
            connection.execute(
                insert(t).values(
                    conversation_id=id_, number=turn.number, question=turn.question, any_time=turn.any_time,
                    asked_at=turn.asked_at or at, reply=turn.reply, problem=turn.problem,
                    searched=bare(f"{turn.question} {words}"),
                )
            )  # fmt: skip
            rows = [{"conversation_id": id_, "number": turn.number, "article_id": each} for each in sorted(titles)]
            if rows:
                connection.execute(insert(tables.turn_articles), rows)
        return turn

    def conversations_of(
        self, owner: str = "", *, words: str = "", limit: int = 50, before: str = ""
    ) -> list[ConversationRecord]:
        """Return the conversations of an owner ("" for everybody's), latest first.

        With `words`, those whose title, questions or replies hold all of them; `before` is the time to go on from.
        """
        c, t = tables.conversations, tables.turns
        query = select(c, _count()).order_by(c.c.updated_at.desc(), c.c.id).limit(limit)
        if owner:
            query = query.where(c.c.owner == owner)
        if before:
            query = query.where(c.c.updated_at < before)
        with self.reading() as connection:
            for word in bare(words).split()[:_MOST_WORDS]:
                inside = exists().where(t.c.conversation_id == c.c.id, _holding(word))
                query = query.where(inside | contains(connection, c.c.title, word))
            return [ConversationRecord(**row._asdict()) for row in connection.execute(query)]

    def rename_conversation(self, id_: str, title: str) -> None:
        """Give a conversation another title."""
        c = tables.conversations
        with self.writing() as connection:
            if not connection.execute(update(c).where(c.c.id == id_).values(title=title)).rowcount:
                raise UnknownConversation("no such conversation; it may have been deleted")

    def delete_conversation(self, id_: str) -> None:
        """Forget a conversation with all that belongs to it."""
        c = tables.conversations
        with self.writing() as connection:
            if not connection.execute(delete(c).where(c.c.id == id_)).rowcount:
                raise UnknownConversation("no such conversation; it may have been deleted")

    def rate(self, rating: RatingRecord) -> None:
        """Record what a reader thought of a reply, in the place of what was thought before."""
        r, t = tables.ratings, tables.turns
        this = (r.c.conversation_id == rating.conversation_id, r.c.number == rating.number)
        with self.writing() as connection:
            turn = select(t.c.number).where(t.c.conversation_id == rating.conversation_id, t.c.number == rating.number)
            if connection.scalar(turn) is None:
                raise UnknownConversation("no such answer; the conversation may have been deleted")
            connection.execute(delete(r).where(*this))
            connection.execute(
                insert(r).values(
                    conversation_id=rating.conversation_id, number=rating.number, is_good=rating.is_good,
                    reasons=list(rating.reasons), note=rating.note, rated_at=rating.rated_at or now(),
                )
            )  # fmt: skip

    def ratings(self, conversation_id: str = "") -> list[RatingRecord]:
        """Return what readers thought, of one conversation or of all, oldest first."""
        r = tables.ratings
        query = select(r).order_by(r.c.rated_at, r.c.conversation_id, r.c.number)
        if conversation_id:
            query = query.where(r.c.conversation_id == conversation_id)
        with self.reading() as connection:
            return [
                RatingRecord(
                    row.conversation_id, row.number, row.is_good, tuple(row.reasons), row.note, row.rated_at
                )
                for row in connection.execute(query)
            ]  # fmt: skip


# A search for more words than these finds nothing that fewer do not.
_MOST_WORDS = 12


def _count() -> Label[int]:
    t = tables.turns
    return (
        select(func.count()).where(t.c.conversation_id == tables.conversations.c.id).scalar_subquery().label("turns")
    )  # fmt: skip


def _holding(letters: str) -> ColumnElement[bool]:
    """The condition that the words of a turn have these bare letters in them."""
    like = letters.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return tables.turns.c.searched.like(f"%{like}%", escape="!")


def forget_replies_citing(connection: Connection, article_id: str, headlines: Sequence[str]) -> None:
    """Forget what replies say that hold words of an article, and its headlines where they were asked about.

    The questions stay, with a mark in the place of a headline: the app itself proposes headlines as questions.
    """
    c, t, a = tables.conversations, tables.turns, tables.turn_articles
    asked: dict[tuple[str, int], str] = {}
    columns = select(t.c.conversation_id, t.c.number, t.c.question)
    cites = (a.c.conversation_id == t.c.conversation_id) & (a.c.number == t.c.number)
    for row in connection.execute(columns.where(exists().where(cites, a.c.article_id == article_id))):
        asked[row.conversation_id, row.number] = without_headlines(row.question, headlines)
    for letters in sorted({bare(headline)[:_LEAST_CUT] for headline in headlines if headline.strip()}):
        for row in connection.execute(columns.where(_holding(letters))):
            if (question := without_headlines(row.question, headlines)) != row.question:
                asked[row.conversation_id, row.number] = question
        titled = connection.execute(select(c.c.id, c.c.title).where(contains(connection, c.c.title, letters))).all()
        for id_, said in titled:
            if (title := without_headlines(said, headlines)) != said:
                connection.execute(update(c).where(c.c.id == id_).values(title=title))
    for (id_, number), question in asked.items():
        this = (t.c.conversation_id == id_, t.c.number == number)
        gone = {"question": question, "reply": "", "problem": WITHDRAWN, "searched": bare(question)}
        connection.execute(update(t).where(*this).values(**gone))
        connection.execute(delete(a).where(a.c.conversation_id == id_, a.c.number == number))


# What stands where a headline was, in any language: words were left out.
_LEFT_OUT = "[…]"
# A headline of fewer letters is an expression like any other ("climate change") unless it is all that is asked, as in
# the questions that the app proposes, or stands between quotation marks.
_LEAST_HEADLINE = 30


def without_headlines(text: str, headlines: Iterable[str]) -> str:
    """Return a question or a title with a mark in the place of each of these headlines, also of one that is cut off.

    >>> without_headlines("Why “The Harbour of Varn Reopens”?", ["The harbour of Varn reopens"])
    'Why “[…]”?'
    """
    for headline in sorted(headlines, key=len, reverse=True):
        words = fold(headline).split()
        if not words:
            continue
        spaced = r"\s+".join(map(re.escape, words))
        pattern = rf"(?<!\w){spaced}(?!\w)"
        if len(bare(headline)) < _LEAST_HEADLINE:
            pattern = rf"\A\W*{pattern}\W*\Z|(?<=[\"«“„]){pattern}(?=[\"»”“])|(?<=[\"«“„]\s){pattern}(?=\s[\"»”“])"
        text = _replaced(pattern, text)
        if text.endswith("…"):
            kept, whole = fold(text[:-1]).casefold(), " ".join(words).casefold()
            for length in range(min(len(whole), len(kept)), _LEAST_CUT - 1, -1):
                if kept.endswith(whole[:length]) and len(kept) == len(text) - 1:
                    text = text[: len(kept) - length] + _LEFT_OUT
                    break
    return text


# The beginning of a headline that was cut off at the end of a title has so many letters.
_LEAST_CUT = 12


def _replaced(pattern: str, text: str) -> str:
    kept, end = list[str](), 0
    for match in re.finditer(pattern, fold(text), re.IGNORECASE):
        kept += [text[end : match.start()], _LEFT_OUT]
        end = match.end()
    return "".join([*kept, text[end:]])
