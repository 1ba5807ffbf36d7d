"""Conversations of the chat: their questions and replies, what they cite, what readers thought of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Label, delete, exists, func, insert, select, update

from ingest.archive.records import WITHDRAWN, ConversationRecord, RatingRecord, TurnRecord
from ingest.archive.sql import tables
from ingest.archive.sql.database import Database, now
from ingest.errors import UnknownConversation
from ingest.folding import bare


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

    def put_turn(self, id_: str, turn: TurnRecord, *, words: str, article_ids: Collection[str]) -> None:
        """Record a turn in the place of the one of its number, and forget those after it.

        `words` are what it can be found by, `article_ids` the articles whose words its reply holds.
        """
        t, at = tables.turns, now()
        with self.writing() as connection:
            known = connection.execute(
                update(tables.conversations).where(tables.conversations.c.id == id_).values(updated_at=at)
            ).rowcount
            if not known:
                raise UnknownConversation("no such conversation; it may have been deleted")
            connection.execute(delete(t).where(t.c.conversation_id == id_, t.c.number >= turn.number))
            connection.execute(
                insert(t).values(
                    conversation_id=id_, number=turn.number, question=turn.question, any_time=turn.any_time,
                    asked_at=turn.asked_at or at, reply=turn.reply, problem=turn.problem,
                    searched=bare(f"{turn.question} {words}"),
                )
            )  # fmt: skip
            rows = [
                {"conversation_id": id_, "number": turn.number, "article_id": each} for each in sorted(set(article_ids))
            ]
            if rows:
                connection.execute(insert(tables.turn_articles), rows)

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
        for word in bare(words).split()[:_MOST_WORDS]:
            like = f"%{word.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
            inside = exists().where(t.c.conversation_id == c.c.id, t.c.searched.like(like, escape="!"))
            query = query.where(inside | func.lower(c.c.title).like(like, escape="!"))
        with self.reading() as connection:
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


def forget_replies_citing(connection: Connection, article_id: str) -> None:
    """Forget what replies say that hold words of an article; the questions stay."""
    t, a = tables.turns, tables.turn_articles
    found: Sequence[tuple[str, int]] = [
        (row.conversation_id, row.number) for row in connection.execute(select(a).where(a.c.article_id == article_id))
    ]
    for id_, number in found:
        this = (t.c.conversation_id == id_, t.c.number == number)
        question = connection.scalar(select(t.c.question).where(*this)) or ""
        connection.execute(update(t).where(*this).values(reply="", problem=WITHDRAWN, searched=bare(question)))
        connection.execute(delete(a).where(a.c.conversation_id == id_, a.c.number == number))
