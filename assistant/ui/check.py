"""The check of a quotation, of one as it was pasted or of a file of them."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from assistant.models import Citation, Difference, Match, Operation, QuoteCheck, Verdict
from assistant.ui import components, notices, source
from assistant.ui.desk import desk
from assistant.ui.links import LONGEST_NAME, Whose
from assistant.ui.pages import pages, spoken
from assistant.ui.safe import escaped
from assistant.ui.texts import Texts
from ingest.errors import OnRecordError
from ingest.models import Ledger, Span

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

# A longer quotation is checked, but has no address: not every browser and server takes one of that length.
_LONGEST_IN_ADDRESS = 1500
_SHOWN = 5
_TONES = {Verdict.VERBATIM: "sound", Verdict.ABRIDGED: "care", Verdict.TRANSLATED: "care", Verdict.REPORTED: "care"}
_SIGNS = {"sound": "✓", "care": "≈", "wrong": "✕"}


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """A quotation to be checked and who is said to have said it."""

    quotation: str
    speaker: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """The query parameters that ask this; none where it is too long for an address."""
        named = {"q": self.quotation, "by": self.speaker}
        return {n: v for n, v in named.items() if v} if len(self.quotation) <= _LONGEST_IN_ADDRESS else {}


def draw() -> None:
    """Draw the form, the check of what was asked, and the place for a file."""
    said = spoken()
    st.set_page_config(page_title=f"{said.check_title} · On Record")
    st.html(
        f'<div class="onrecord-title"><h1>{escaped(said.check_title)}</h1></div>'
        f'<p class="onrecord-line quiet">{escaped(said.check_lead)}</p>'
    )
    asked = _asked(said)
    result = st.container()
    waiting = st.empty()
    for _ in desk().waited():
        waiting.empty()
    if desk().assistant().archive.catalog.is_empty():
        notices.no_articles()
        return
    if asked is not None:
        with result:
            _draw_asked(asked, said)
    _draw_many()


def _asked(said: Texts) -> Asked | None:
    """What the form asks; on arrival, what the address does."""
    if "checked" not in st.session_state:
        linked = Asked(st.query_params.get("q", ""), st.query_params.get("by", "")[:LONGEST_NAME])
        st.session_state["checked"] = linked if linked.quotation.strip() else None
        st.session_state["quotation"], st.session_state["claimed"] = linked.quotation, linked.speaker
    with st.form("check", border=False):
        quotation = st.text_area(said.quotation, key="quotation", height=130)
        speaker = st.text_input(said.claimed_speaker, key="claimed", max_chars=LONGEST_NAME)
        if st.form_submit_button(said.check_now, type="primary"):
            asked = Asked(quotation.strip(), (speaker or "").strip())
            st.session_state["checked"] = asked
            st.query_params.from_dict(asked.parameters)
    found: Asked | None = st.session_state["checked"]
    return found


def _draw_asked(asked: Asked, said: Texts) -> None:
    with notices.instead_of_errors():
        kept = st.session_state.get("check-kept")
        if kept is None or kept[:2] != (asked, said.code):
            with st.spinner(said.checking):
                check = desk().assistant().check(asked.quotation, speaker=asked.speaker, language=said.code)
            st.session_state["check-kept"] = kept = (asked, said.code, check)
        _draw_check(kept[2])


@st.fragment
def _draw_check(check: QuoteCheck) -> None:
    """A check of its own: opening a source redraws nothing else."""
    draw_verdict(check, key="verdict")


def draw_verdict(check: QuoteCheck, *, key: str, is_last_turn: bool = False) -> None:
    """Draw a check inside the fragment of whoever shows it, and open what is chosen there.

    As the last turn of a conversation it is brought into view together with its question.
    """
    chosen = components.verdict(shown(check, spoken()) | {"isLastTurn": is_last_turn}, key=key)
    by_number = dict(enumerate(check.matches[:_SHOWN], 1))
    if (match := by_number.get(chosen.speaker or 0)) is not None:
        st.switch_page(pages().speakers, query_params=_whose(match).parameters)
    if (match := by_number.get(chosen.source or 0)) is not None:
        ledger = desk().assistant().archive.catalog.ledger(match.article_id)
        source.open_drawer(citation(chosen.source or 0, match, ledger))


def _whose(match: Match) -> Whose:
    return Whose(match.speaker or "", article_id=match.article_id)


def citation(number: int, match: Match, ledger: Ledger) -> Citation:
    """Return matched words as the citation of that number; the ledger knows which of them are verbatim."""
    quotation = next((q for q in ledger.quotations if q.span.overlaps(match.span) and q.speaker == match.speaker), None)
    plain = Citation(
        number, match.article_id, match.version, match.span, match.text, title=match.title, outlet=match.outlet,
        published=match.published, language=match.language, speaker=match.speaker, kind=match.kind,
    )  # fmt: skip
    if quotation is None or match.kind is None:
        return plain
    return dataclasses.replace(
        plain, fragments=quotation.fragments, mention=quotation.mention, reference=quotation.reference,
        antecedent=quotation.antecedent,
    )  # fmt: skip


def shown(check: QuoteCheck, said: Texts) -> dict[str, Any]:
    """Return what the browser needs to draw a check."""
    from assistant.quotecheck.explaining import spoken as words_in
    from assistant.quotecheck.explaining import verdict_name

    tone = _TONES.get(check.verdict, "wrong")
    return {
        "tone": tone,
        "sign": _SIGNS[tone],
        "verdict": verdict_name(check.verdict, check.language),
        "language": words_in(check.language),
        "explanation": check.explanation,
        "interface": said.code,
        "open": said.open_source,
        "inContext": said.in_context,
        "missing": said.missing_words,
        "claimed": said.as_claimed,
        "original": said.as_printed,
        "same": said.as_printed,
        "differs": said.compared,
        "notPrinted": said.not_printed,
        "printed": said.printed_instead,
        "copy": said.copy_reference,
        "copied": said.copied,
        "selected": said.selected,
        "matches": [_match(number, match, check, said) for number, match in enumerate(check.matches[:_SHOWN], 1)],
    }


def _match(number: int, match: Match, check: QuoteCheck, said: Texts) -> dict[str, Any]:
    from assistant.quotecheck.explaining import change_name

    title = match.title or match.article_id
    translated = check.verdict is Verdict.TRANSLATED or _is_all_replaced(match.difference)
    speaker = match.speaker or (said.speaker_unknown if match.kind else "")
    return {
        "number": number,
        "label": " · ".join(filter(None, (speaker, title))),
        "title": title,
        "language": match.language,
        "source": " · ".join(filter(None, (match.outlet, said.date(match.published)))),
        "speaker": speaker,
        "address": _whose(match).address if match.speaker else "",
        "allBy": said.all_by.format(speaker=match.speaker),
        "kindLabel": said.kind_printed.format(kind=said.kinds[match.kind]) if match.kind else "",
        "citations": [{"number": number}],
        "claimed": check.quotation,
        "original": match.text if translated else "",
        "same": all(each.operation is Operation.EQUAL for each in match.difference),
        "difference": [
            {
                "operation": each.operation.value,
                "claimed": each.claimed,
                "printed": each.printed,
                "changes": ", ".join(change_name(change, said.code) for change in each.changes),
            }
            for each in match.difference
        ],
        "before": match.before,
        "after": match.after,
        "runs": [{"text": text, "role": role} for text, role in runs(match)],
        "reference": match.reference,
        "openLabel": said.source_label.format(n=number, title=title),
    }


def _is_all_replaced(difference: Sequence[Difference]) -> bool:
    """Words of another language have nothing in common with the printed ones: they are compared as a whole."""
    return len(difference) == 1 and difference[0].operation is Operation.REPLACE


def runs(match: Match) -> Iterator[tuple[str, str]]:
    """Yield the sentence of a match in runs: "printed" for the matched words, "missing" for lost ones, else ""."""
    sentence = match.sentence
    if sentence is None or not sentence.covers(match.span) or len(sentence) != len(match.whole_sentence):
        yield match.text, "printed"
        return
    matched = match.pieces or (match.span,)
    edges = {sentence.start, sentence.end}
    for span in (*matched, *match.missing):
        edges |= {edge for edge in (span.start, span.end) if sentence.start < edge < sentence.end}
    cuts = sorted(edges)
    for start, end in itertools.pairwise(cuts):
        role = "missing" if _within(start, match.missing) else "printed" if _within(start, matched) else ""
        yield match.whole_sentence[start - sentence.start : end - sentence.start], role


def _within(offset: int, spans: Sequence[Span]) -> bool:
    return any(span.start <= offset < span.end for span in spans)


@dataclasses.dataclass(slots=True)
class Batch:
    """The rows of a file and those that are checked so far: whatever interrupts it, nothing is lost."""

    digest: str
    name: str
    rows: list[dict[str, str]]
    checked: list[dict[str, str]] = dataclasses.field(default_factory=list)
    verdicts: Counter[str] = dataclasses.field(default_factory=Counter)

    @property
    def is_lines(self) -> bool:
        """Whether it is JSON lines, else a table."""
        return not self.name.lower().endswith(".csv")


@st.fragment
def _draw_many() -> None:
    """A file of quotations: its progress, then the same with the verdicts."""
    said = spoken()
    st.html(
        f'<div class="onrecord-title"><h2>{escaped(said.many_title)}</h2></div>'
        f'<p class="onrecord-line quiet">{escaped(said.many_lead)}</p>'
    )
    file = st.file_uploader(said.many_file, type=["csv", "jsonl"], key="quotations")
    # Places that are there in every run, like the speakers' ones.
    progress, result, download = (st.empty() for _ in range(3))
    if file is None:
        return
    with notices.instead_of_errors():
        batch = _batch(file.getvalue(), file.name)
        _check_rows(batch, progress, said)
        progress.empty()
        found = " · ".join(f"{name}: {number}" for name, number in batch.verdicts.most_common())
        with result:
            notices.line(f"{said.count(len(batch.rows), said.quotation_count)} · {found}")
        ending, mime = ("jsonl", "application/jsonl") if batch.is_lines else ("csv", "text/csv")
        download.download_button(
            said.many_result, written(batch), f"{batch.name.rpartition('.')[0]}-checked.{ending}", mime, key="many",
            on_click="ignore",
        )  # fmt: skip


def _batch(content: bytes, name: str) -> Batch:
    from assistant.quotecheck import tables

    digest = hashlib.sha256(content).hexdigest()
    kept: Batch | None = st.session_state.get("batch")
    if kept is None or (kept.digest, kept.name) != (digest, name):
        kept = Batch(digest, name, tables.rows(content, name=name))
        st.session_state["batch"] = kept
    return kept


def _check_rows(batch: Batch, place: DeltaGenerator, said: Texts) -> None:
    from assistant.quotecheck import tables
    from assistant.quotecheck.explaining import verdict_name

    one = desk().assistant()
    for row in batch.rows[len(batch.checked) :]:
        done = len(batch.checked)
        place.progress(done / len(batch.rows), said.many_progress.format(n=done, total=len(batch.rows)))
        quotation, speaker = tables.claim_of(row)
        try:
            check = one.check(quotation, speaker=speaker, language=said.code)
        except OnRecordError as error:
            batch.checked.append(tables.with_verdict(row, None, str(error)))
            batch.verdicts[said.unusable] += 1
        else:
            batch.checked.append(tables.with_verdict(row, check))
            batch.verdicts[verdict_name(check.verdict, said.code)] += 1


def written(batch: Batch) -> bytes:
    """Return the checked rows as a file of the sort they came in."""
    from assistant.quotecheck import tables

    if batch.is_lines:
        return tables.as_jsonl(batch.checked).encode()
    # By this mark spreadsheets tell UTF-8.
    return tables.as_csv(batch.checked).encode("utf-8-sig")
