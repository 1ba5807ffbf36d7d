"""How a run tells what it does: a bar with an estimate on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.commands import remark

if TYPE_CHECKING:
    from ingest.pipeline import Progress

_STEPS = {"read": "Reading", "embed": "Embedding passages", "publish": "Publishing the vector index"}
_LINE_EVERY = 10.0


@contextlib.contextmanager
def shown(*, quiet: bool) -> Iterator[Progress]:
    """Give what shows the progress of a run on standard error; `quiet` shows nothing."""
    if quiet or not sys.stderr.isatty():
        last, pace = {"at": time.monotonic()}, _Pace()

        def lines(step: str, done: int, total: int | None) -> None:
            speed = pace.of(step, done)
            if not quiet and time.monotonic() - last["at"] > _LINE_EVERY:
                last["at"] = time.monotonic()
                rest = (total or done) - done
                left = f", {speed:.1f} a second, {duration(rest / speed)} left" if speed and rest else ""
                remark(f"{_STEPS[step]}: {done}" + (f" of {total}" if total else "") + left)

        yield lines
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description:28}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=False) as bars:
        tasks, pace = {}, _Pace()

        def bar(step: str, done: int, total: int | None) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(_STEPS[step], total=total, speed="")
            speed = pace.of(step, done)
            bars.update(tasks[step], completed=done, total=total, speed=f"{speed:.1f}/s" if speed else "")

        yield bar


class _Pace:
    """How fast a step goes, from its second report on: before the first embedding, the model is loaded."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[float, int]] = {}

    def of(self, step: str, done: int) -> float:
        """Return how many a second are done, 0.0 where that is not known."""
        now = time.monotonic()
        since, before = self._first.setdefault(step, (now, done))
        return (done - before) / (now - since) if now > since and done > before else 0.0


def duration(seconds: float) -> str:
    """Say a time as people do."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"
