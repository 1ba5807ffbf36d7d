"""The chat model as a writer of drafts: it writes prose with numbers, or chooses sentences; one call an answer."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from assistant.drafts import DraftSentence, Evidence
from assistant.generating import prompts, thoughts
from assistant.generating.failures import Failure
from assistant.generating.models import OPENAI, Chosen
from assistant.generating.prose import Beat, Forget, drafted
from assistant.generating.rewriting import is_rewriting
from assistant.generating.transport import Meter, Transport
from assistant.models import Usage
from ingest.errors import ModelFailed
from ingest.models import Span
from ingest.sentences import sentences

# An answer has fewer sentences, and never the same one twice in a row of three: else the model does not stop.
_MOST_SENTENCES = 60
_CHOSEN = 3
_LONGEST_SENTENCE = 450
_SELECTION_TOKENS = 120
_REWRITTEN_TOKENS = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Declined:
    """The model says that the evidence does not answer the question."""


Piece = DraftSentence | Evidence | Declined | Beat | Forget


class _Selected(BaseModel):
    ids: list[int]


T = TypeVar("T")


class Asking(Generic[T]):
    """Something that a model is asked for: what comes of it, bit by bit, and what that has cost so far.

    Raises ModelFailed, also after some of it. Closing it ends the request.
    """

    def __init__(self, pieces: Iterator[T], meter: Meter) -> None:
        self._pieces = pieces
        self._meter = meter

    def __iter__(self) -> Iterator[T]:
        return self._pieces

    def close(self) -> None:
        """Stop asking."""
        close: Callable[[], None] | None = getattr(self._pieces, "close", None)
        if close is not None:
            close()

    @property
    def usage(self) -> Usage:
        """What the model was used for so far; estimated where the server does not say."""
        return self._meter.usage


class ChatWriter:
    """Asks the chosen model. `suited` tells which way of asking suits a model of whom that is not known ("auto")."""

    def __init__(self, chosen: Chosen, *, suited: Callable[[], str] = lambda: "") -> None:
        self.chosen = chosen
        self._suited = suited
        self._transport = Transport(chosen)
        self._habit = thoughts.Habit()

    @property
    def mode(self) -> str:
        """How the model is asked: "prose" or "select"."""
        if self.chosen.mode in ("prose", "select"):
            return self.chosen.mode
        if self.chosen.is_openai:
            return "prose"
        return found if (found := self._suited()) in ("prose", "select") else "select"

    def written(self, question: str, evidence: Sequence[Evidence], *, language: str) -> Asking[Piece]:
        """Ask for an answer in `language` from the evidence.

        A piece is a sentence with what it cites, or a stretch of the evidence chosen as it stands. `Forget` takes back
        all pieces before it.
        """
        meter = Meter(self.chosen)
        if self.mode == "prose":
            return Asking(self._prose(question, evidence, language, meter), meter)
        return Asking(self._selection(question, evidence, meter), meter)

    def rewritten(self, question: str, history: Sequence[str]) -> Asking[str | Beat]:
        """Ask for a question as it can be understood without the earlier ones: the last piece.

        It stays as it is where the model says something that nobody brought up, or changes the language.
        """
        meter = Meter(self.chosen)
        return Asking(self._rewriting(question, history, meter), meter)

    def _rewriting(self, question: str, history: Sequence[str], meter: Meter) -> Iterator[str | Beat]:
        chunks = self._transport.reply(prompts.rewriting(question, history), meter, **self._at_most(_REWRITTEN_TOKENS))
        parts = list[str]()
        with contextlib.closing(chunks):
            for chunk in chunks:
                parts.append(chunk)
                yield Beat()
        text = thoughts.without("".join(parts)).strip('"“”«» ')
        yield text if is_rewriting(text, question, history) else question

    def replied(self, asked: Sequence[tuple[str, str]], **stated: Any) -> Asking[str]:
        """Ask for whatever the model replies to messages: its parts, "" while they are waited for."""
        meter = Meter(self.chosen)
        return Asking(self._transport.reply(asked, meter, **stated), meter)

    def _prose(
        self, question: str, evidence: Sequence[Evidence], language: str, meter: Meter
    ) -> Iterator[Piece]:  # fmt: skip
        asked, given = prompts.messages(question, evidence, language=language, most=self.chosen.context)
        count, before = 0, list[str]()
        chunks = self._transport.reply(asked, meter)
        try:
            for sentence in drafted(chunks, language=language, habit=self._habit):
                if sentence is None:
                    yield Declined()
                    return
                if isinstance(sentence, Beat):
                    # Whoever waits can be interrupted.
                    yield sentence
                    continue
                if isinstance(sentence, Forget):
                    count, before = 0, []
                    yield sentence
                    continue
                count += 1
                before = [*before[-2:], sentence.text]
                if count > _MOST_SENTENCES or (len(before) == 3 and len(set(before)) == 1):
                    raise ModelFailed(Failure.ENDLESS.value)
                # What was not given cannot be cited.
                cited = tuple(number if number < given else len(evidence) + number for number in sentence.evidence)
                yield DraftSentence(sentence.text, cited)
        except ModelFailed:
            raise
        except Exception:
            # Whatever it was that could not be read, it was no answer.
            raise ModelFailed(Failure.FORMAT.value) from None
        finally:
            chunks.close()
        if not count:
            raise ModelFailed(Failure.EMPTY.value)

    def _selection(self, question: str, evidence: Sequence[Evidence], meter: Meter) -> Iterator[Piece]:
        choices = list(_choices(evidence))
        asked, given = prompts.selection(question, [each.text for each in choices], most=self.chosen.context)
        ids_schema: dict[str, Any] = {"type": "array", "items": {"type": "integer", "enum": list(range(given + 1))}}
        if not self.chosen.is_openai:
            # OpenAI's strict schemas know no bound of a list.
            ids_schema["maxItems"] = _CHOSEN
        schema = {
            "type": "object",
            "properties": {"ids": ids_schema},
            "required": ["ids"],
            "additionalProperties": False,
        }
        form = {"type": "json_schema", "json_schema": {"name": "sentences", "strict": True, "schema": schema}}
        # As a parameter of LangChain's it would be parsed there, where a slip of the model is an error of its own.
        stated = self._at_most(_SELECTION_TOKENS)
        if self.chosen.provider == OPENAI:
            stated["extra_body"] = {"response_format": form}
        chunks, text = self._transport.reply(asked, meter, **stated), ""
        try:
            for chunk in chunks:
                text += chunk
                yield Beat()
        finally:
            chunks.close()
        ids = list(dict.fromkeys(_ids(text)))
        found = [number for number in ids if 0 < number <= given]
        if not found:
            if 0 not in ids:
                # It chose, and nothing that it was given.
                raise ModelFailed(Failure.FORMAT.value)
            yield Declined()
        for number in found[:_CHOSEN]:
            yield choices[number - 1]

    def _at_most(self, count: int) -> dict[str, Any]:
        """The parameter by which a reply is kept short; each provider has its own for it."""
        return {"max_tokens": count} if self.chosen.provider == OPENAI else {}


def _choices(evidence: Sequence[Evidence]) -> Iterator[Evidence]:
    """The sentences of the evidence, each once."""
    seen = set[tuple[str, Span]]()
    for each in evidence:
        article = each.article
        for span in sentences(article.text, article.language, within=each.span, longest=_LONGEST_SENTENCE):
            if (article.id, span) not in seen:
                seen.add((article.id, span))
                yield dataclasses.replace(each, span=span)


def _ids(text: str) -> list[int]:
    """The numbers chosen, from JSON, also where words stand around it. Raises ModelFailed where there are none."""
    visible = thoughts.without(text)
    if not visible.strip():
        raise ModelFailed(Failure.EMPTY.value)
    for found in (*re.findall(r"\{[^{}]*\}", visible), *re.findall(r"\[[\d,\s]*\]", visible)):
        try:
            stated = json.loads(found)
            return _Selected.model_validate(stated if isinstance(stated, dict) else {"ids": stated}).ids
        except (ValueError, ValidationError):
            continue
    raise ModelFailed(Failure.FORMAT.value)
