"""The chat: questions, replies, and the drawer behind every citation."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any

import streamlit as st

from assistant import understanding
from assistant.models import Abstention, Answer, Citation, Mode, QuoteCheck, Reply
from assistant.phrases import kind as kind_in_words
from assistant.phrases import phrase
from assistant.ui import check, components, notices, source
from assistant.ui.desk import desk
from assistant.ui.links import Whose
from assistant.ui.pages import pages, spoken
from assistant.ui.safe import escaped, md_label
from assistant.ui.texts import Texts
from ingest.errors import OnRecordError

LONGEST_QUESTION = 2000
# Fifty turns take a browser seconds to redraw at every click; twenty go unnoticed.
_DRAWN_AT_ONCE = 20
_LONGEST_SUGGESTION = 100


@dataclasses.dataclass(slots=True)
class Turn:
    """A question of this conversation and what came of it: a reply, or one line on why there is none.

    `any_time` is set where it is asked again without the time that it names.
    """

    number: int
    question: str
    reply: Reply | None = None
    problem: str = ""
    any_time: bool = False

    @property
    def is_done(self) -> bool:
        """Whether nothing more will come."""
        return self.reply is not None or bool(self.problem)


def draw() -> None:
    """Draw the conversation so far and answer what was just asked."""
    said, turns = spoken(), _turns()
    welcome = st.empty()
    conversation = st.container(key="conversation", gap=None)
    # Down there, the box does not make the page run to the end of a long answer before anybody has read its beginning.
    with st.bottom:
        question = st.chat_input(said.ask, key="ask", max_chars=LONGEST_QUESTION)
    if question:
        _ask(turns, question)
    if question := st.session_state.pop("suggested", None):
        _ask(turns, question)
    if not turns:
        with welcome.container(key="welcome"):
            _welcome(said)
        return
    with conversation:
        st.html('<h1 class="onrecord-unseen">On Record</h1>')
        _conversation(said, turns)


def _turns() -> list[Turn]:
    turns: list[Turn] = st.session_state.setdefault("turns", [])
    return turns


def _ask(turns: list[Turn], question: str, *, any_time: bool = False) -> None:
    number = turns[-1].number + 1 if turns else 0
    turns.append(Turn(number=number, question=question.strip(), any_time=any_time))


def earlier_questions(turns: Iterable[Turn]) -> list[str]:
    """Return the questions of these turns as the next one leans on them: no time that was taken away comes back."""
    asked = (understanding.timeless(turn.question) if turn.any_time else turn.question for turn in turns)
    return [question for question in asked if question]


def _welcome(said: Texts) -> None:
    """What there is to ask, drawn before the archive is open and completed when it is."""
    st.html(
        f'<div class="onrecord-hero"><h1>{escaped(said.promise_before)}<mark>{escaped(said.promise_lit)}</mark>'
        f"{escaped(said.promise_after)}</h1><p>{escaped(said.lead)}</p></div>"
    )
    holdings, suggestions = st.empty(), st.empty()
    for _ in desk().waited():
        # An element that is sent is where Streamlit looks whether something was asked in the meantime.
        holdings.empty()
    with notices.instead_of_errors():
        one = desk().assistant()
        status = one.archive.status()
        if not status.articles:
            notices.no_articles()
            return
        with holdings:
            notices.line(_holdings(said, status.articles, status.quotations, status.speakers), quiet=True)
        with suggestions:
            st.pills(
                said.try_asking,
                one.suggestions(said.code),
                format_func=partial(md_label, limit=_LONGEST_SUGGESTION),
                key="suggestion",
                on_change=_take_suggestion,
            )


def _holdings(said: Texts, articles: int, statements: int, speakers: int) -> str:
    return said.holds.format(
        statements=said.count(statements, said.statement_count),
        speakers=said.count(speakers, said.speaker_count),
        articles=said.count(articles, said.article_count),
    )


def _take_suggestion() -> None:
    st.session_state["suggested"] = st.session_state["suggestion"]
    st.session_state["suggestion"] = None


def _conversation(said: Texts, turns: Sequence[Turn]) -> None:
    """The latest turns, the one that waits for its reply among them."""
    earliest = max(0, min(st.session_state.get("earliest", len(turns)), len(turns) - _DRAWN_AT_ONCE))
    if earliest:
        label = said.count(earliest, said.show_earlier)
        st.button(label, key="earlier", type="tertiary", on_click=_show_earlier, args=(earliest,))
    # A place for each turn, so that one that was waited for stands where it will stand from now on.
    places = [(turn, st.empty()) for turn in turns[earliest:]]
    progress = st.empty()
    for turn, place in places:
        if not turn.is_done:
            with place:
                components.turn(shown(turn, said) | {"isLast": True}, key=f"asked-{turn.number}")
            with progress:
                _answer(said, turn, turns)
            progress.empty()
        with place.container(gap=None):
            _drawn(turn.number)
    with st.container(key="after", horizontal=True):
        st.button(said.new_conversation, key="new", on_click=_begin_anew)


def _show_earlier(earliest: int) -> None:
    st.session_state["earliest"] = max(0, earliest - _DRAWN_AT_ONCE)


def _begin_anew() -> None:
    st.session_state["turns"] = []
    st.session_state.pop("earliest", None)


def _answer(said: Texts, turn: Turn, turns: Sequence[Turn]) -> None:
    """Fill in a turn. The status tells a first visitor why it takes longer."""
    shared = desk()
    earlier = earlier_questions(each for each in turns if each.number < turn.number)
    with st.status(said.searching if shared.is_open else said.opening_archive, type="compact") as status:
        try:
            turn.reply = shared.assistant().ask(
                turn.question, history=earlier, language=said.code, any_time=turn.any_time
            )
        except OnRecordError as error:
            turn.problem = str(error)
        except Exception:
            logging.getLogger(__name__).exception("a question was not answered")
            turn.problem = said.unexpected
        status.update(state="complete")


@st.fragment
def _drawn(number: int) -> None:
    """A turn of its own: opening a source redraws nothing else."""
    turn = next((turn for turn in _turns() if turn.number == number), None)
    if turn is None:
        return
    said = spoken()
    is_last = turn is _turns()[-1]
    chosen = components.turn(shown(turn, said) | {"isLast": is_last}, key=f"turn-{number}")
    if chosen.any_time:
        _ask(_turns(), turn.question, any_time=True)
        st.rerun()
    if turn.reply is not None and turn.reply.notice:
        st.caption(turn.reply.notice)
    by_number = {citation.number: citation for citation in _citations(turn.reply)}
    if (spoken_by := by_number.get(chosen.speaker or 0)) is not None:
        st.switch_page(pages().speakers, query_params=_whose(spoken_by).parameters)
    if (citation := by_number.get(chosen.source or 0)) is not None:
        source.open_drawer(citation)
    if turn.reply is not None and turn.reply.check is not None:
        _draw_check(turn.reply.check, number, said, is_last=is_last)


def _draw_check(found: QuoteCheck, number: int, said: Texts, *, is_last: bool) -> None:
    """The verdict on a quotation as the page of checks shows it, and the way there."""
    with st.container(key=f"checked-{number}"):
        check.draw_verdict(found, key=f"verdict-{number}", is_last_turn=is_last)
        asked = check.Asked(found.quotation, found.claimed_speaker or "")
        if asked.parameters:
            st.page_link(pages().check, label=said.check_there, query_params=asked.parameters)


def _whose(citation: Citation) -> Whose:
    return Whose(citation.speaker or "", article_id=citation.article_id)


def _citations(reply: Reply | None) -> tuple[Citation, ...]:
    if reply is None:
        return ()
    return reply.citations if isinstance(reply, Answer) else reply.nearest


def shown(turn: Turn, said: Texts) -> dict[str, Any]:
    """Return what the browser needs to draw a turn."""
    return {
        "question": turn.question,
        "questionLabel": said.question_label,
        "conversationLabel": said.conversation,
        "language": turn.reply.language if turn.reply else "",
        "problem": turn.problem,
        "filters": [each.text for each in turn.reply.filters] if turn.reply else [],
        "anyTime": phrase("any_time", turn.reply.language) if turn.reply else "",
        "reply": _shown_reply(turn.reply, said) if turn.reply else None,
    }


def _shown_reply(reply: Reply, said: Texts) -> dict[str, Any]:
    if reply.check is not None:
        # What the verdict itself shows.
        return {"kind": "check", "language": reply.language, "opening": "", "nearest": [], "nearestLabel": "",
                "groups": [], "prose": False}  # fmt: skip
    if isinstance(reply, Abstention):
        lines = [_line(c.text, (c,), said, reply.language) for c in reply.nearest]
        return {
            "kind": "abstention",
            "language": reply.language,
            "opening": reply.text,
            "nearest": list(_by_article(lines, reply.nearest, said)),
            "nearestLabel": phrase("nearest", reply.language),
            "groups": [],
            "prose": False,
        }
    by_number = {c.number: c for c in reply.citations}
    cited = [tuple(by_number[n] for n in sentence.citations) for sentence in reply.sentences]
    lines = [
        _line(sentence.text, citations, said, reply.language)
        for sentence, citations in zip(reply.sentences, cited, strict=True)
    ]
    return {
        "kind": "answer",
        "language": reply.language,
        "opening": reply.opening,
        "nearest": [],
        "nearestLabel": "",
        "groups": list(_by_article(lines, [citations[0] for citations in cited], said)),
        "prose": reply.mode is Mode.GENERATED,
    }


def _by_article(
    lines: Iterable[Mapping[str, Any]], citations: Sequence[Citation], said: Texts
) -> Iterator[dict[str, Any]]:
    """Put neighbouring lines of one article together, under its title."""
    paired = zip(citations, lines, strict=True)
    for _, together in groupby(paired, key=lambda pair: (pair[0].article_id, pair[0].version)):
        members = list(together)
        first = members[0][0]
        yield {
            "title": first.title,
            "language": first.language,
            "source": " · ".join(filter(None, (first.outlet, said.date(first.published)))),
            "lines": [line for _, line in members],
        }


def _line(text: str, citations: Sequence[Citation], said: Texts, language: str) -> dict[str, Any]:
    first = citations[0]
    kind = source.kind_of(first)
    return {
        "text": text,
        "language": first.language,
        "kind": kind.value if kind else "plain",
        "speaker": first.speaker or (said.speaker_unknown if kind else ""),
        "address": _whose(first).address if kind and first.speaker else "",
        "allBy": said.all_by.format(speaker=first.speaker),
        "label": kind_in_words(kind, language) if kind else "",
        "citations": [
            {"number": c.number, "title": c.title, "label": said.source_label.format(n=c.number, title=c.title)}
            for c in citations
        ],
    }
