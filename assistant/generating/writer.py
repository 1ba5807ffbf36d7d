"""The chat model as a writer of drafts: it writes prose with numbers, or chooses sentences; one call an answer."""

from __future__ import annotations

import dataclasses
import json
import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from assistant.drafts import DraftSentence, Evidence
from assistant.generating import prompts
from assistant.generating.costs import tokens
from assistant.generating.failures import Failure, failed
from assistant.generating.models import Chosen, chat_model, traced
from assistant.generating.prose import Beat, drafted
from assistant.models import Usage
from assistant.quotecheck.words import words_of
from ingest.errors import ModelFailed
from ingest.languages import language_of
from ingest.models import Span
from ingest.sentences import sentences

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

# An answer has fewer sentences, and never the same one twice in a row of three: else the model does not stop.
_MOST_SENTENCES = 60
_CHOSEN = 3
_LONGEST_SENTENCE = 450
_SELECTION_TOKENS = 120
_REWRITTEN_TOKENS = 200
_LONGEST_QUESTION = 300
# What may not fail again, and how many seconds a reader is kept waiting for that.
_PASSING = frozenset({Failure.UNREACHABLE.value, Failure.RATE.value, Failure.OVERLOADED.value})
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0
# How a server says that there would be more of an answer.
_CUT_OFF = {"length": Failure.ENDLESS, "content_filter": Failure.FILTERED}


@dataclasses.dataclass(frozen=True, slots=True)
class Declined:
    """The model says that the evidence does not answer the question."""


Piece = DraftSentence | Evidence | Declined | Beat


class _Selected(BaseModel):
    ids: list[int]


class Writing:
    """An answer being written: its pieces as they come, and what they have cost so far.

    A piece is a sentence with what it cites, or a stretch of the evidence chosen as it stands. Raises ModelFailed, also
    after some pieces. Closing it ends the request.
    """

    def __init__(self, pieces: Iterator[Piece], meter: _Meter) -> None:
        self._pieces = pieces
        self._meter = meter

    def __iter__(self) -> Iterator[Piece]:
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
        self._model: BaseChatModel | None = None

    @property
    def mode(self) -> str:
        """How the model is asked: "prose" or "select"."""
        if self.chosen.mode in ("prose", "select"):
            return self.chosen.mode
        if self.chosen.is_openai:
            return "prose"
        return found if (found := self._suited()) in ("prose", "select") else "select"

    def written(self, question: str, evidence: Sequence[Evidence], *, language: str) -> Writing:
        """Ask for an answer in `language` from the evidence."""
        meter = _Meter(self.chosen)
        ask = self._prose if self.mode == "prose" else self._selection
        return Writing(ask(question, evidence, language, meter), meter)

    def rewritten(self, question: str, history: Sequence[str]) -> tuple[str, Usage]:
        """Return a question as it can be understood without the earlier ones, and what that cost.

        It stays as it is where the model adds a name or a number that nobody brought up, or changes the language.
        Raises ModelFailed.
        """
        meter = _Meter(self.chosen)
        asked = prompts.rewriting(question, history)
        text = "".join(self._chunks(asked, meter, max_tokens=_REWRITTEN_TOKENS))
        text = re.sub(r"<think>.*?(?:</think>|\Z)", " ", text, flags=re.S).strip().strip('"“”«» ')
        return (text if _is_rewriting(text, question, history) else question), meter.usage

    def completed(self, asked: Sequence[tuple[str, str]], **stated: Any) -> tuple[str, Usage, list[float]]:
        """Return what the model replies to messages, what it cost and when each part came, in seconds.

        A reply that would be longer than it may be is cut there. Raises ModelFailed.
        """
        meter = _Meter(self.chosen)
        started, arrived, parts = time.perf_counter(), list[float](), list[str]()
        try:
            for part in filter(None, self._chunks(asked, meter, **stated)):
                parts.append(part)
                arrived.append(time.perf_counter() - started)
        except ModelFailed as error:
            if error.failure != Failure.ENDLESS or not parts:
                raise
        return "".join(parts), meter.usage, arrived

    def _prose(
        self, question: str, evidence: Sequence[Evidence], language: str, meter: _Meter
    ) -> Iterator[Piece]:  # fmt: skip
        asked, given = prompts.messages(question, evidence, language=language, most=self.chosen.context)
        count, before = 0, list[str]()
        chunks = self._chunks(asked, meter)
        try:
            for sentence in drafted(chunks, language=language):
                if sentence is None:
                    yield Declined()
                    return
                if isinstance(sentence, Beat):
                    # Whoever waits can be interrupted.
                    yield sentence
                    continue
                count += 1
                before = [*before[-2:], sentence.text]
                if count > _MOST_SENTENCES or (len(before) == 3 and len(set(before)) == 1):
                    raise ModelFailed(Failure.ENDLESS.value)
                # What was not given cannot be cited.
                cited = tuple(number if number < given else len(evidence) + number for number in sentence.evidence)
                yield DraftSentence(sentence.text, cited)
        finally:
            chunks.close()
        if not count:
            raise ModelFailed(Failure.EMPTY.value)

    def _selection(
        self, question: str, evidence: Sequence[Evidence], language: str, meter: _Meter
    ) -> Iterator[Piece]:  # fmt: skip
        del language
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
        text = ""
        for chunk in self._chunks(
            asked, meter, extra_body={"response_format": form}, max_tokens=_SELECTION_TOKENS
        ):  # fmt: skip
            text += chunk
            yield Beat()
        ids = [number for number in _ids(text) if 0 <= number <= given]
        if not any(ids):
            yield Declined()
            return
        for number in list(dict.fromkeys(filter(None, ids)))[:_CHOSEN]:
            yield choices[number - 1]

    def _chunks(
        self, asked: Sequence[tuple[str, str]], meter: _Meter, **stated: Any
    ) -> Generator[str, None, None]:  # fmt: skip
        """The text of the reply as it arrives, "" while it is waited for. Raises ModelFailed.

        What fails before the first part, and may not fail again, is asked again after a short wait: the one that the
        server asks for, else half a second, doubled each time.
        """
        meter.read("".join(text for _, text in asked))
        for attempt in range(self.chosen.retries + 1):
            has_begun = False
            try:
                for part in self._stream(asked, meter, **stated):
                    has_begun = True
                    yield part
            except ModelFailed as error:
                wait = error.wait if error.wait is not None else _FIRST_WAIT * 2**attempt
                is_last = has_begun or attempt == self.chosen.retries
                if is_last or error.failure not in _PASSING or wait > _LONGEST_WAIT:
                    raise
            else:
                return
            until = time.monotonic() + wait
            while (left := until - time.monotonic()) > 0:
                yield ""
                time.sleep(min(left, 0.1))

    def _stream(
        self, asked: Sequence[tuple[str, str]], meter: _Meter, **stated: Any
    ) -> Generator[str, None, None]:  # fmt: skip
        """The text of one request's reply. Raises ModelFailed with nothing in it that the provider wrote."""
        until = time.monotonic() + self.chosen.deadline
        stream: Iterator[Any] | None = None
        has_begun, ended_by = False, ""
        try:
            with traced(enabled=self.chosen.tracing):
                if self._model is None:
                    self._model = chat_model(self.chosen)
                stream = iter(self._model.stream(list(asked), **stated))
            while True:
                # Each part in a context of its own: else a tracer of the environment would see the request.
                with traced(enabled=self.chosen.tracing):
                    chunk = next(stream, None)
                if chunk is None:
                    break
                meter.add(chunk)
                # What it cost comes behind the end.
                ended_by = chunk.response_metadata.get("finish_reason") or ended_by
                if chunk.text:
                    has_begun = True
                    yield chunk.text
                if time.monotonic() > until:
                    raise ModelFailed(Failure.ENDLESS.value if has_begun else Failure.TIMEOUT.value)
            if ended_by in _CUT_OFF:
                raise ModelFailed(_CUT_OFF[ended_by].value)
            if has_begun and not ended_by:
                # A server that dies ends the stream like one that is done.
                raise ModelFailed(Failure.BROKEN.value)
        except GeneratorExit:
            raise
        except Exception as error:
            raise failed(error, has_begun=has_begun) from None
        finally:
            close = getattr(stream, "close", None)
            if close is not None:
                close()


class _Meter:
    """Counts tokens: those that the server counted, else an estimate."""

    def __init__(self, chosen: Chosen) -> None:
        self._chosen = chosen
        self._estimated_in = self._written = 0
        self._counted: tuple[int, int, int] | None = None

    def read(self, text: str) -> None:
        self._estimated_in += tokens(text)

    def add(self, chunk: Any) -> None:
        self._written += len(chunk.text) // 3 + bool(chunk.text)
        if (usage := chunk.usage_metadata) is not None:
            cached = (usage.get("input_token_details") or {}).get("cache_read") or 0
            before = self._counted or (0, 0, 0)
            # Servers tell the whole at the end; some tell what is new with each part.
            self._counted = (
                max(before[0], usage.get("input_tokens") or 0),
                max(before[1], cached),
                before[2] + (usage.get("output_tokens") or 0),
            )

    @property
    def usage(self) -> Usage:
        read, cached, written = self._counted or (self._estimated_in, 0, self._written)
        price = self._chosen.prices
        cost = round(price.cost(read, cached, written), 8) if price else None
        return Usage(self._chosen.name, read, cached, written, cost, estimated=self._counted is None)


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
    visible = re.sub(r"<think>.*?(?:</think>|\Z)", " ", text, flags=re.S)
    if not visible.strip():
        raise ModelFailed(Failure.EMPTY.value)
    for found in (*re.findall(r"\{[^{}]*\}", visible), *re.findall(r"\[[\d,\s]*\]", visible)):
        try:
            stated = json.loads(found)
            return _Selected.model_validate(stated if isinstance(stated, dict) else {"ids": stated}).ids
        except (ValueError, ValidationError):
            continue
    raise ModelFailed(Failure.FORMAT.value)


def _is_rewriting(text: str, question: str, history: Sequence[str]) -> bool:
    """Whether a text is the question said in full, and nothing else."""
    if (
        not text
        or "\n" in text
        or len(text) > max(_LONGEST_QUESTION, 2 * len(question))
        or re.search(r"https?:|www\.|[<>{}\[\]]", text)
    ):
        return False
    known = {key for each in (question, *history) for key in words_of(each).keys}
    stems = {key[:5] for key in known}
    for word in re.findall(r"[^\W_]+", text[1:]):
        if (word[0].isupper() or word[0].isdigit()) and words_of(word).keys[0][:5] not in stems:
            return False
    spoken = language_of(question, default="")
    return not spoken or len(question.split()) < 4 or language_of(text, default=spoken) == spoken
