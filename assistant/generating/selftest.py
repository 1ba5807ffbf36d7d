"""What the configured model can do: whether it answers, streams and keeps to the form, and how it is best asked."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from assistant.drafts import DraftSentence, Evidence
from assistant.generating.models import OPENAI, served
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
_ABSENT = "Who won the chess championship in Lima?"

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

    `used` is what the trial took of it, as far as its requests were answered.
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
    try:
        text, usage, arrived = writer.completed([("user", _SHORT)], max_tokens=60)
    except ModelFailed as error:
        return dataclasses.replace(found, failure=error.failure)
    spent = arrived[-1] - arrived[0] if len(arrived) > 1 else 0.0
    found = dataclasses.replace(
        found,
        answers=bool(text.strip()),
        streams=len(arrived) > 2,
        first_part=round(arrived[0], 3) if arrived else None,
        tokens_per_second=round(len(arrived) / spent, 1) if spent > 0 else None,
        counts_tokens=not usage.estimated,
    )
    tell("prose")
    prose = _tried(writer, "prose")
    tell("selection")
    select = _tried(writer, "select")
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
        used=_sum([usage, *prose.used, *select.used]),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Score:
    """How many questions were answered from the right sentence, and whether one that has no answer was refused."""

    right: int
    refuses: bool
    used: tuple[Usage, ...]


def _tried(writer: ChatWriter, mode: str) -> _Score:
    asked = ChatWriter(dataclasses.replace(writer.chosen, mode=mode))
    answers = [_cited(asked, question) for question, _ in _QUESTIONS]
    refusal, used = _cited(asked, _ABSENT)
    right = sum(cited[:1] == [number] for (cited, _), (_, number) in zip(answers, _QUESTIONS, strict=True))
    return _Score(right, refusal == [-1], (*(each for _, each in answers), used))


def _cited(writer: ChatWriter, question: str) -> tuple[list[int], Usage]:
    """Which pieces of the evidence an answer rests on, -1 where the model says that none answers; and what it took."""
    given = evidence()
    cited = list[int]()
    writing = writer.written(question, given, language="en")
    try:
        for piece in writing:
            if isinstance(piece, Declined):
                cited.append(-1)
            elif isinstance(piece, DraftSentence):
                cited += piece.evidence
            elif isinstance(piece, Evidence):
                cited += [number for number, each in enumerate(given) if each.article.id == piece.article.id]
    except ModelFailed:
        pass
    return cited, writing.usage


def _sum(parts: Sequence[Usage]) -> Usage:
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
