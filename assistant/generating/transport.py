"""Messages to the chat model and its reply as it arrives: bounded in time and length, counted, asked again, cut off."""

from __future__ import annotations

import contextvars
import dataclasses
import queue
import re
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.generating.connection import Connection
from assistant.generating.costs import tokens
from assistant.generating.failures import Failure, failed
from assistant.generating.models import OPENAI, Chosen, chat_model, traced
from assistant.models import Usage
from ingest.errors import ModelFailed

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

# What may not fail again, and how many seconds a reader is kept waiting for that.
_PASSING = frozenset({Failure.UNREACHABLE.value, Failure.RATE.value, Failure.OVERLOADED.value})
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0
# Whoever waits hears so often that nothing came; so long is waited for a request that was cut to end.
_BEAT, _PARTING = 0.1, 1.0
# A reply has at most so many characters for each token it may have, and may have so many whatever is set.
_CHARACTERS_A_TOKEN, _LEAST_BOUND = 8, 4000
# How a server says that there would be more of an answer.
_ENDINGS = ("finish_reason", "stop_reason", "done_reason", "stopReason", "status")
_GOING_ON = ("queued", "in_progress")
_CUT_OFF = {
    "length": Failure.ENDLESS, "max_tokens": Failure.ENDLESS, "incomplete": Failure.ENDLESS,
    "content_filter": Failure.FILTERED, "refusal": Failure.FILTERED, "safety": Failure.FILTERED,
}  # fmt: skip
_HALF = re.compile("[\ud800-\udfff]")


class Transport:
    """Asks the chosen model."""

    def __init__(self, chosen: Chosen) -> None:
        self._chosen = chosen
        self._model: BaseChatModel | None = None

    def reply(
        self, asked: Sequence[tuple[str, str]], meter: Meter, **stated: Any
    ) -> Generator[str, None, None]:  # fmt: skip
        """Yield the text of the reply as it arrives, "" while it is waited for. Raises ModelFailed.

        What fails before the first part, and may not fail again, is asked again after a short wait: the one that the
        server asks for, else half a second, doubled each time. Closing the iterator ends the request.
        """
        for attempt in range(self._chosen.retries + 1):
            try:
                yield from self._streamed(asked, meter, **stated)
            except ModelFailed as error:
                wait = error.wait if error.wait is not None else _FIRST_WAIT * 2**attempt
                is_last = meter.has_begun or attempt == self._chosen.retries
                if is_last or error.failure not in _PASSING or wait > _LONGEST_WAIT:
                    raise
            else:
                return
            until = time.monotonic() + wait
            while (left := until - time.monotonic()) > 0:
                yield ""
                time.sleep(min(left, _BEAT))

    def _streamed(
        self, asked: Sequence[tuple[str, str]], meter: Meter, **stated: Any
    ) -> Generator[str, None, None]:  # fmt: skip
        """The text of one request's reply. Raises ModelFailed with nothing in it that the provider wrote.

        It is read in a thread of its own: nothing that a server does, or does not do, keeps whoever waits.
        """
        chosen = self._chosen
        try:
            if self._model is None:
                self._model = chat_model(chosen)
        except Exception as error:
            raise failed(error) from None
        reading = _Reading(self._model, list(asked), stated, chosen)
        meter.ask("".join(text for _, text in asked))
        until = time.monotonic() + chosen.deadline
        has_text, ended_by, half = False, "", ""
        reading.start()
        try:
            while True:
                # Also parts without text, and a slow reader of ours, take time.
                if time.monotonic() > until:
                    raise ModelFailed(Failure.ENDLESS.value if has_text else Failure.TIMEOUT.value)
                try:
                    part = reading.parts.get(timeout=_BEAT)
                except queue.Empty:
                    if time.monotonic() - reading.heard_at > chosen.timeout:
                        raise ModelFailed(Failure.TIMEOUT.value) from None
                    yield ""
                    continue
                if part is None:
                    break
                if isinstance(part, BaseException):
                    raise part
                meter.add(part.text, part.usage)
                # What it cost comes behind the end.
                ended_by = part.ended_by or ended_by
                text, half = _whole(half + part.text)
                has_text = has_text or bool(part.text)
                yield text
            if half:
                yield "\ufffd"
            if ended_by in _CUT_OFF:
                raise ModelFailed(_CUT_OFF[ended_by].value)
            if has_text and not ended_by and chosen.provider == OPENAI:
                # A server that dies ends the stream like one that is done.
                raise ModelFailed(Failure.BROKEN.value)
        except Exception as error:
            raise failed(error, has_begun=meter.has_begun) from None
        finally:
            reading.stop()


def _whole(text: str) -> tuple[str, str]:
    """A text without halves of characters, and the first half that may still get its other one.

    A server may cut between the two escapes that JSON writes an emoji in.
    """
    half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
    ready = text[: len(text) - len(half)]
    if _HALF.search(ready):
        ready = ready.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return ready, half


@dataclasses.dataclass(frozen=True, slots=True)
class _Part:
    text: str
    usage: Mapping[str, Any] | None
    ended_by: str


class _Reading:
    """A request whose reply a thread reads into `parts`: then None, or what went wrong."""

    def __init__(self, model: BaseChatModel, asked: Sequence[Any], stated: Mapping[str, Any], chosen: Chosen) -> None:
        self.parts: queue.SimpleQueue[_Part | BaseException | None] = queue.SimpleQueue()
        self.heard_at = time.monotonic()
        self._model, self._asked, self._stated = model, asked, stated
        self._tracing = chosen.tracing
        self._most = max(_LEAST_BOUND, _CHARACTERS_A_TOKEN * chosen.most_output)
        self._connection = Connection()
        self._is_stopped = False
        self._thread = threading.Thread(
            target=contextvars.copy_context().run, args=(self._read,), name="chat model", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the request, and its thread as soon as that lets it."""
        self._is_stopped = True
        self._connection.cut()
        self._thread.join(_PARTING)

    def _read(self) -> None:
        left = self._most
        try:
            with traced(enabled=self._tracing), self._connection.used():
                stream = self._model.stream(list(self._asked), **self._stated)
                try:
                    for chunk in stream:
                        if self._is_stopped:
                            return
                        self.heard_at = time.monotonic()
                        text = str(chunk.text)
                        told = chunk.response_metadata
                        ended_by = next((str(told[key]) for key in _ENDINGS if told.get(key)), "").lower()
                        ended_by = "" if ended_by in _GOING_ON else ended_by
                        usage = chunk.usage_metadata
                        self.parts.put(_Part(text[:left], dict(usage) if usage is not None else None, ended_by))
                        if len(text) > left:
                            raise ModelFailed(Failure.ENDLESS.value)
                        left -= len(text)
                finally:
                    close = getattr(stream, "close", None)
                    if close is not None:
                        close()
            self.parts.put(None)
        except BaseException as error:
            self.parts.put(error)


class Meter:
    """Counts requests and tokens: those that the server counted, else an estimate from the first part on."""

    def __init__(self, chosen: Chosen) -> None:
        self._chosen = chosen
        self._calls = self._prompt = self._written = 0
        self._counted: tuple[int, int, int] | None = None
        self.has_begun = False

    def ask(self, prompt: str) -> None:
        """Count a request."""
        self._calls += 1
        self._prompt = tokens(prompt)

    def add(self, text: str, usage: Mapping[str, Any] | None) -> None:
        """Count a part of the reply."""
        self.has_begun = True
        self._written += len(text) // 3 + bool(text)
        if usage is None:
            return
        told = (
            usage.get("input_tokens") or 0,
            (usage.get("input_token_details") or {}).get("cache_read") or 0,
            usage.get("output_tokens") or 0,
        )
        before = self._counted or (0, 0, 0)
        if self._chosen.provider == OPENAI:
            # Servers tell the whole at the end, some the whole so far with each part.
            self._counted = (max(before[0], told[0]), max(before[1], told[1]), max(before[2], told[2]))
        else:
            # LangChain's other packages tell what is new with each part.
            self._counted = (before[0] + told[0], before[1] + told[1], before[2] + told[2])

    @property
    def usage(self) -> Usage:
        """What the model was used for so far."""
        estimated = (self._prompt, 0, self._written) if self.has_begun else (0, 0, 0)
        read, cached, written = self._counted or estimated
        price = self._chosen.prices
        cost = round(price.cost(read, cached, written), 8) if price else None
        is_estimated = self.has_begun and self._counted is None
        return Usage(self._chosen.name, read, cached, written, cost, self._calls, estimated=is_estimated)
