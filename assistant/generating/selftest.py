"""What the configured model can do: whether it answers, streams and keeps to the form, and how it is best asked."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

from assistant.drafts import DraftSentence, Evidence
from assistant.generating.failures import Failure
from assistant.generating.models import OPENAI, served
from assistant.generating.prose import Forget
from assistant.generating.writer import ChatWriter, Declined
from assistant.models import Usage
from ingest.errors import ModelFailed
from ingest.models import Article, Paragraph, Span

# Made up: no model can know it by heart.
_TEXTS = (
    "The harbour of Varn reopened on Monday after nine days of repairs.",
    "Forty ships had waited outside the breakwater, and three of them turned back to Osk.",
    "The repairs cost eleven million crowns, twice what the town had planned.",
)
# A question, and the number of the sentence that answers it.
_QUESTIONS = (
    ("When did the harbour of Varn reopen?", 0),
    ("How many ships had waited?", 1),
    ("What did the repairs cost?", 2),
)
_SHORT = "Reply with one short sentence about the sea."
# None of them: what is no number of a piece.
_NONE = -1
_ABSENT = "Who won the chess championship in Lima?"
# What a model itself is at fault for counts as a wrong answer; whatever else fails says nothing of what it can do.
_ITS_OWN = frozenset(
    {Failure.EMPTY, Failure.FORMAT, Failure.ENDLESS, Failure.BROKEN, Failure.FILTERED, Failure.CONTEXT}
)

# What to look at, by the failure; {model} and {place} stand for where it is asked.
ADVICE = {
    "key": "{place} does not accept the key; look at OPENAI_API_KEY",
    "model": "{place} does not know {model}; look at ONRECORD_CHAT_MODEL",
    "package": "{model} is asked by a package that is not installed: pip install {package}",
    "unreachable": "{place} cannot be reached; look at OPENAI_BASE_URL and whether the server runs",
    "timeout": "{model} takes too long; look at ONRECORD_CHAT_TIMEOUT",
    "rate": "{model} at {place} does not answer: the service asks to wait",
    "quota": "{model} at {place} does not answer: the quota is used up",
    "overloaded": "{model} at {place} does not answer: the service has trouble",
    "context": "{model} at {place} does not answer: the prompt is too long for it",
    "request": "{model} at {place} does not answer: the service does not take the request; "
    "look at ONRECORD_CHAT_EFFORT, ONRECORD_CHAT_TEMPERATURE and ONRECORD_CHAT_STREAM_USAGE",
    "filtered": "{model} at {place} does not answer: the service withholds the answer",
    "empty": "{model} at {place} does not answer: it wrote nothing",
    "format": "{model} at {place} does not answer: it does not speak OpenAI's format",
    "endless": "{model} at {place} does not answer: it does not stop",
    "broken": "{model} at {place} does not answer: it breaks off",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Trial:
    """What a model did. `suited` is "prose", "select" or "" for neither; times in seconds.

    `failure` is why the trial ended before anything was known of what suits it; `used` is what it took until then.
    """

    model: str
    place: str
    served: tuple[str, ...] = ()
    answers: bool = False
    streams: bool = False
    first_part: float | None = None
    tokens_per_second: float | None = None
    counts_tokens: bool = False
    cites: int = 0
    selects: int = 0
    of: int = len(_QUESTIONS)
    refuses_prose: bool = False
    refuses_selection: bool = False
    suited: str = ""
    failure: str = ""
    package: str = ""
    used: Usage | None = None

    @property
    def advice(self) -> str:
        """What to look at where the model does not answer; "" where it does."""
        return (
            ADVICE[self.failure].format(model=self.model, place=self.place, package=self.package)
            if self.failure
            else ""
        )


def evidence() -> tuple[Evidence, ...]:
    """Return the made-up evidence that a model is tried on."""
    pieces = []
    for number, text in enumerate(_TEXTS):
        article = Article(f"selftest-{number}", text, language="en", paragraphs=(Paragraph(Span(0, len(text))),))
        pieces.append(Evidence(article, Span(0, len(text))))
    return tuple(pieces)


def tried(writer: ChatWriter, *, tell: Callable[[str], None] = lambda _: None) -> Trial:
    """Try the model in every way it may be asked. `tell` hears what is being tried."""
    chosen = writer.chosen
    found = Trial(chosen.name, chosen.place, package=chosen.package)
    if chosen.provider == OPENAI:
        tell("models")
        try:
            found = dataclasses.replace(found, served=tuple(served(chosen))[:50])
        except ModelFailed as error:
            if error.failure in ("key", "unreachable", "timeout"):
                return dataclasses.replace(found, failure=error.failure)
    tell("a short answer")
    found = _timed(writer, found)
    if found.failure:
        return found
    tell("prose")
    prose = _tried(writer, "prose")
    found = dataclasses.replace(found, failure=prose.failure, used=_sum(found.used, *prose.used))
    if found.failure:
        return found
    tell("selection")
    select = _tried(writer, "select")
    found = dataclasses.replace(found, failure=select.failure, used=_sum(found.used, *select.used))
    if found.failure:
        return found
    if prose.right == len(_QUESTIONS) and prose.refuses:
        suited = "prose"
    else:
        chooses = select.right == len(_QUESTIONS) or (select.right >= len(_QUESTIONS) - 1 and select.refuses)
        suited = "select" if chooses else "prose" if prose.right >= len(_QUESTIONS) - 1 else ""
    return dataclasses.replace(
        found,
        cites=prose.right,
        selects=select.right,
        refuses_prose=prose.refuses,
        refuses_selection=select.refuses,
        suited=suited,
    )


def _timed(writer: ChatWriter, found: Trial) -> Trial:
    """What a short answer shows: whether one comes, and how fast."""
    asking = writer.replied([("user", _SHORT)], max_tokens=60)
    started, arrived, parts, failure = time.perf_counter(), list[float](), list[str](), ""
    try:
        for part in filter(None, asking):
            parts.append(part)
            arrived.append(time.perf_counter() - started)
    except ModelFailed as error:
        # An answer that would be longer than it may be is one.
        failure = "" if error.failure == Failure.ENDLESS and parts else error.failure
    spent = arrived[-1] - arrived[0] if len(arrived) > 1 else 0.0
    return dataclasses.replace(
        found,
        answers=bool("".join(parts).strip()),
        streams=len(arrived) > 2,
        first_part=round(arrived[0], 3) if arrived else None,
        tokens_per_second=round(len(arrived) / spent, 1) if spent > 0 else None,
        counts_tokens=not asking.usage.estimated,
        failure=failure,
        used=asking.usage,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Score:
    """How many questions were answered from the right sentence, and whether one that has no answer was refused.

    Nothing was asked behind a `failure` that is none of the model's own.
    """

    right: int
    refuses: bool
    used: tuple[Usage, ...]
    failure: str = ""


def _tried(writer: ChatWriter, mode: str) -> _Score:
    asked = ChatWriter(dataclasses.replace(writer.chosen, mode=mode))
    right, refuses, used = 0, False, list[Usage]()
    for question, number in (*_QUESTIONS, (_ABSENT, _NONE)):
        cited, usage, failure = _cited(asked, question)
        used.append(usage)
        if failure:
            return _Score(right, refuses, tuple(used), failure)
        if number == _NONE:
            refuses = cited == [_NONE]
        else:
            right += cited[:1] == [number]
    return _Score(right, refuses, tuple(used))


def _cited(writer: ChatWriter, question: str) -> tuple[list[int], Usage, str]:
    """Which pieces of the evidence an answer rests on, `_NONE` where the model says that none answers; what it took.

    Last comes the failure, where that is none of the model's own.
    """
    given = evidence()
    cited = list[int]()
    writing = writer.written(question, given, language="en")
    try:
        for piece in writing:
            if isinstance(piece, Forget):
                cited.clear()
            elif isinstance(piece, Declined):
                cited.append(_NONE)
            elif isinstance(piece, DraftSentence):
                cited += piece.evidence
            elif isinstance(piece, Evidence):
                cited += [number for number, each in enumerate(given) if each.article.id == piece.article.id]
    except ModelFailed as error:
        if error.failure not in _ITS_OWN:
            return cited, writing.usage, error.failure
    return cited, writing.usage, ""


def _sum(*stated: Usage | None) -> Usage:
    parts = [each for each in stated if each is not None]
    costs = [each.cost for each in parts if each.cost is not None]
    return Usage(
        parts[0].model,
        sum(each.input for each in parts),
        sum(each.cached for each in parts),
        sum(each.output for each in parts),
        round(sum(costs), 8) if costs else None,
        sum(each.calls for each in parts),
        estimated=any(each.estimated for each in parts),
    )
