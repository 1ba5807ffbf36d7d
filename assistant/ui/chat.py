"""The chat: questions, replies as they grow, and the drawer behind every citation."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
from collections.abc import Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from assistant import conversations
from assistant.conversations import Conversations
from assistant.models import Answer, QuoteCheck
from assistant.ui import check, components, notices, source
from assistant.ui.desk import desk
from assistant.ui.pages import asked_of, pages, spoken
from assistant.ui.safe import escaped, md_label
from assistant.ui.texts import Texts
from assistant.ui.turns import DrawnTurn, cited, earlier_questions, shown, whose
from assistant.ui.visitor import owner
from ingest.errors import OnRecordError

LONGEST_QUESTION = 2000
# Fifty turns take a browser seconds to redraw at every click; twenty go unnoticed.
_DRAWN_AT_ONCE = 20
_LONGEST_SUGGESTION = 100


def draw() -> None:
    """Draw the conversation so far and answer what was just asked."""
    said = spoken()
    _open_linked(said)
    turns = _turns()
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


def _turns() -> list[DrawnTurn]:
    turns: list[DrawnTurn] = st.session_state.setdefault("turns", [])
    return turns


def _ask(turns: list[DrawnTurn], question: str, *, any_time: bool = False) -> None:
    number = turns[-1].number + 1 if turns else 0
    extracted = bool(st.session_state.get("without-model"))
    turns.append(DrawnTurn(number=number, question=question.strip(), any_time=any_time, extracted=extracted))


def _open_linked(said: Texts) -> None:
    """Take up the conversation that the address names; it is the visitor's own, or goes on in a copy."""
    if st.session_state.get("ask") and st.query_params.get("conversation") == st.session_state.get("left", ""):
        # Asked so soon behind a new beginning that the browser still has the address of the one that was left.
        st.query_params.clear()
        return
    asked = asked_of("chat", "conversation").get("conversation", "")
    if not asked or asked == st.session_state.get("conversation"):
        return
    for _ in desk().waited():
        st.empty()
    try:
        stored = _stored()
        one, turns = stored.conversation(asked), stored.turns(asked)
    except OnRecordError as error:
        notices.line(str(error))
        return
    is_own = one.owner == owner()
    st.session_state["turns"] = [DrawnTurn(t.number, t.question, t.reply, t.problem, t.any_time) for t in turns]
    for turn in _turns():
        # A page that was loaded again before there was anything to show asks again; a reader of it does not.
        is_waited_for = is_own and turn is _turns()[-1]
        turn.is_placed = True
        turn.problem = turn.problem or ("" if turn.reply or is_waited_for else said.stopped)
    st.session_state["conversation"] = one.id
    st.session_state["is-copy-of"] = "" if is_own else one.id
    st.session_state.pop("earliest", None)


def _stored() -> Conversations:
    return Conversations(desk().assistant().archive.catalog)


def _store(turn: DrawnTurn, said: Texts) -> None:
    """Keep a turn as it is now; where that fails the answer is shown all the same, and a line says so."""
    st.session_state.pop("not-stored", None)
    reply = turn.reply
    if turn.is_growing and isinstance(reply, Answer):
        # As it stands if nobody comes back for the rest.
        reply = dataclasses.replace(reply, stopped=True)
    try:
        id_ = _place(turn, said)
        told = conversations.Turn(turn.number, turn.question, reply, turn.problem, turn.any_time)
        kept = _stored().put(id_, told, owner=owner())
        if reply is not None and kept.reply is None:
            turn.withdraw(kept.question, kept.problem)
    except OnRecordError as error:
        st.session_state["not-stored"] = str(error)
        return
    if st.query_params.get("conversation") != id_:
        st.query_params["conversation"] = id_
    st.session_state["asked-of-chat"] = {"conversation": id_}


def _place(turn: DrawnTurn, said: Texts) -> str:
    """The conversation that a turn is kept in: the one that is open, or a copy where that is somebody else's."""
    stored, me = _stored(), owner()
    id_ = st.session_state.get("conversation")
    if id_ is None:
        id_ = stored.begun(me, _turns()[0].question, language=said.code).id
    elif st.session_state.pop("is-copy-of", "") or _goes_on_elsewhere(turn, stored.conversation(id_).turns):
        # What stands after the turn that is asked now does not belong to the copy.
        id_ = stored.copied(id_, me).id
    st.session_state["conversation"] = id_
    turn.is_placed = True
    return str(id_)


def _goes_on_elsewhere(turn: DrawnTurn, kept: int) -> bool:
    """Whether another window has gone on with this conversation: what was asked there stays."""
    return not turn.is_placed and not turn.anew and kept > turn.number


def _welcome(said: Texts) -> None:
    """What there is to ask, drawn before the archive is open and completed when it is."""
    st.html(
        f'<div class="onrecord-hero"><h1>{escaped(said.promise_before)}<span><mark>{escaped(said.promise_lit)}</mark>'
        f"{escaped(said.promise_after)}</span></h1><p>{escaped(said.lead)}</p></div>"
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


def _conversation(said: Texts, turns: Sequence[DrawnTurn]) -> None:
    """The latest turns, the one that waits for its reply among them."""
    earliest = max(0, min(st.session_state.get("earliest", len(turns)), len(turns) - _DRAWN_AT_ONCE))
    if earliest:
        label = said.count(earliest, said.show_earlier)
        st.button(label, key="earlier", type="tertiary", on_click=_show_earlier, args=(earliest,))
    # A place for each turn, so that one that was waited for stands where it will stand from now on.
    places = [(turn, st.empty()) for turn in turns[earliest:]]
    progress = st.empty()
    for turn, place in places:
        run = object()
        if turn.is_done:
            pass
        elif not turn.taken(run, stopped=said.stopped):
            # The run before was at it; it ends as it stands.
            _store(turn, said)
        else:
            with place:
                components.turn(shown(turn, said) | {"isLast": True}, key=f"asked-{turn.number}")
            with progress.container():
                _answer(said, turn, run, turns, place)
            progress.empty()
        with place.container(gap=None):
            _drawn(turn.number)
    if why := st.session_state.get("not-stored"):
        notices.line(said.not_stored.format(why=why), quiet=True)
    if st.session_state.get("is-copy-of"):
        notices.line(said.copy_of, quiet=True)
    with st.container(key="after", horizontal=True, vertical_alignment="center"):
        st.button(said.new_conversation, key="new", on_click=_begin_anew)
        if desk().is_open and desk().assistant().writer is not None:
            st.checkbox(said.without_model, key="without-model")


def _show_earlier(earliest: int) -> None:
    st.session_state["earliest"] = max(0, earliest - _DRAWN_AT_ONCE)


def _begin_anew() -> None:
    st.session_state["turns"] = []
    st.session_state["left"] = st.session_state.get("conversation")
    for name in ("earliest", "conversation", "is-copy-of", "asked-of-chat", "not-stored"):
        st.session_state.pop(name, None)
    st.query_params.clear()


def _answer(said: Texts, turn: DrawnTurn, run: object, turns: Sequence[DrawnTurn], place: DeltaGenerator) -> None:
    """Fill in a turn, shown as it grows, while this run holds it. The status tells a first visitor why it is slow."""
    shared = desk()
    earlier = earlier_questions(each for each in turns if each.number < turn.number)
    _store(turn, said)
    stop = st.empty()
    with st.status(said.searching if shared.is_open else said.opening_archive, type="compact") as status:
        # A component is drawn anew under a key of its own: one of a run cannot be drawn twice.
        beat, drawn, has_begun, is_offered, is_said = st.empty(), 0, False, False, False
        try:
            growing = shared.assistant().replies(
                turn.question, history=earlier, language=said.code, any_time=turn.any_time,
                extracted=turn.extracted, anew=turn.anew,
            )  # fmt: skip
            with contextlib.closing(growing):
                for progress in growing:
                    is_new = progress.reply is not None and progress.reply != turn.reply
                    if not turn.grown(run, progress):
                        break
                    if progress.is_writing and not is_offered:
                        stop.button(said.stop, key=f"stop-{turn.number}", on_click=_stop, args=(turn.number,))
                        is_offered = True
                    if is_new:
                        with place:
                            key = f"grown-{turn.number}-{drawn}"
                            data = shown(turn, said) | {"isLast": False}
                            components.turn(data, key=key, on_choice=partial(_choose, turn.number, key))
                            drawn += 1
                    if progress.is_last:
                        # It is all there; storing it may take a moment.
                        stop.empty()
                        break
                    if has_begun and progress.is_writing and not is_said:
                        status.update(label=said.writing)
                        is_said = True
                    # At first the question alone is looked at.
                    has_begun = True
                    if is_new and "not-stored" not in st.session_state:
                        _store(turn, said)
                    # An element that is sent is where Streamlit looks whether the visitor wants something else.
                    beat.empty()
        except OnRecordError as error:
            turn.failed(run, str(error))
        except Exception as error:
            # Not the traceback: what a provider says may hold a key.
            logging.getLogger(__name__).error("a question was not answered: %s", type(error).__name__)
            turn.failed(run, said.unexpected)
        finally:
            # The visitor stopped it, or went on.
            turn.left(run, stopped=said.stopped)
        status.update(state="complete")
    _store(turn, said)


def _stop(number: int) -> None:
    """The visitor has read enough: what is shown of the turn stays."""
    turn = next((turn for turn in _turns() if turn.number == number), None)
    if turn is not None and not turn.is_done:
        said = spoken()
        turn.end(stopped=said.stopped)
        _store(turn, said)


def _choose(number: int, key: str) -> None:
    """Keep what was chosen of a turn that was growing: it is followed when the turn is drawn as it stands."""
    st.session_state["chosen"] = number, components.chosen_of(key)


@st.fragment
def _drawn(number: int) -> None:
    """A turn of its own: opening a source redraws nothing else."""
    turn = next((turn for turn in _turns() if turn.number == number), None)
    if turn is None:
        return
    said = spoken()
    is_last = turn is _turns()[-1]
    chosen = components.turn(shown(turn, said) | {"isLast": is_last}, key=f"turn-{number}")
    if st.session_state.get("chosen", (None,))[0] == number:
        _, chosen = st.session_state.pop("chosen")
    if chosen.any_time:
        _ask(_turns(), turn.question, any_time=True)
        st.rerun()
    by_number = {citation.number: citation for citation in cited(turn.reply)}
    if (spoken_by := by_number.get(chosen.speaker or 0)) is not None:
        st.switch_page(pages().speakers, query_params=whose(spoken_by).parameters)
    if (citation := by_number.get(chosen.source or 0)) is not None:
        source.open_drawer(citation)
    if turn.reply is not None and turn.reply.check is not None:
        _draw_check(turn.reply.check, number, said, is_last=is_last)
    if turn.is_done:
        _draw_actions(turn, said)


def _draw_actions(turn: DrawnTurn, said: Texts) -> None:
    """What can be done with a turn: rate its reply, ask again, ask otherwise."""
    number = turn.number
    later = _turns()[-1].number - number
    warned = said.count(later, said.later_go) if later else None
    with st.container(horizontal=True, vertical_alignment="center", key=f"actions-{number}"):
        # A conversation is rated by whoever asked.
        is_own = "conversation" in st.session_state and not st.session_state.get("is-copy-of")
        if turn.reply is not None and is_own:
            thumb = st.feedback("thumbs", key=f"thumb-{number}")
            if thumb is not None:
                _rate(number, said, is_good=thumb == 1)
        if warned is None:
            if st.button(said.regenerate, key=f"again-{number}", type="tertiary"):
                _replace(number, turn.question)
        else:
            with st.popover(said.regenerate, type="tertiary"):
                st.write(warned)
                if st.button(said.regenerate, key=f"again-{number}"):
                    _replace(number, turn.question)
        with st.popover(said.edit, type="tertiary"):
            edited = st.text_area(said.edit, value=turn.question, max_chars=LONGEST_QUESTION, key=f"edit-{number}")
            if warned is not None:
                st.write(warned)
            if st.button(said.save, key=f"save-{number}") and edited.strip():
                _replace(number, edited.strip())


def _replace(number: int, question: str) -> None:
    """Ask in the place of a turn; those after it go."""
    turns = _turns()
    kept = [turn for turn in turns if turn.number < number]
    extracted = bool(st.session_state.get("without-model"))
    st.session_state["turns"] = [*kept, DrawnTurn(number=number, question=question, extracted=extracted, anew=True)]
    st.rerun()


def _rate(number: int, said: Texts, *, is_good: bool) -> None:
    """Store what the visitor thinks; of a bad reply also why."""
    reasons, note = list[str](), ""
    if not is_good:
        names = {f"reason_{each}": each for each in conversations.REASONS}
        chosen = st.pills(
            said.why_bad, list(names), format_func=lambda name: getattr(said, name), selection_mode="multi",
            key=f"why-{number}",
        )  # fmt: skip
        note = st.text_input(said.note, max_chars=conversations.LONGEST_NOTE, key=f"note-{number}") or ""
        reasons = [names[each] for each in chosen]
    rating = (is_good, tuple(reasons), note)
    if st.session_state.get(f"rated-{number}") == (st.session_state["conversation"], rating):
        st.caption(said.rated)
        return
    try:
        _stored().rate(
            st.session_state["conversation"], number, is_good=is_good, reasons=reasons, note=note, owner=owner()
        )
    except OnRecordError as error:
        notices.line(str(error), quiet=True)
    else:
        st.session_state[f"rated-{number}"] = (st.session_state["conversation"], rating)
        st.caption(said.rated)


def _draw_check(found: QuoteCheck, number: int, said: Texts, *, is_last: bool) -> None:
    """The verdict on a quotation as the page of checks shows it, and the way there."""
    with st.container(key=f"checked-{number}"):
        check.draw_verdict(found, key=f"verdict-{number}", is_last_turn=is_last)
        asked = check.Asked(found.quotation, found.claimed_speaker or "")
        if asked.parameters:
            st.page_link(pages().check, label=said.check_there, query_params=asked.parameters)
