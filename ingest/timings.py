"""Where the time of one request goes, by the names of its stages."""

from __future__ import annotations

import contextlib
import contextvars
import time
from collections.abc import Iterator, Mapping

_measuring: contextvars.ContextVar[_Clock | None] = contextvars.ContextVar("measuring", default=None)


@contextlib.contextmanager
def measured() -> Iterator[Mapping[str, float]]:
    """Give the seconds that each stage inside the block takes, by its name; filled in as they end."""
    clock = _Clock()
    token = _measuring.set(clock)
    try:
        yield clock.seconds
    finally:
        _measuring.reset(token)


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
    """Count the block's time for the stage `name`, where somebody measures; what stages inside it take is theirs."""
    clock = _measuring.get()
    if clock is None:
        yield
        return
    clock.turn_to(name)
    try:
        yield
    finally:
        clock.turn_back()


class _Clock:
    """One stage runs at a time: the innermost that was entered."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._entered: list[str] = []
        self._since = time.perf_counter()

    def turn_to(self, name: str) -> None:
        self._count()
        self._entered.append(name)

    def turn_back(self) -> None:
        self._count()
        self._entered.pop()

    def _count(self) -> None:
        now = time.perf_counter()
        if self._entered:
            self.seconds[self._entered[-1]] = self.seconds.get(self._entered[-1], 0.0) + now - self._since
        self._since = now
