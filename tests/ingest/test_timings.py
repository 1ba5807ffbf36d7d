"""Where the time of a request goes."""

from __future__ import annotations

import threading
import time

import pytest

from ingest.timings import measured, stage


def test_a_stage_is_counted_without_the_stages_inside_it() -> None:
    with measured() as seconds, stage("writing"):
        time.sleep(0.02)
        with stage("embedding"):
            time.sleep(0.05)
        time.sleep(0.02)
    assert seconds["writing"] == pytest.approx(0.04, abs=0.02)
    assert seconds["embedding"] == pytest.approx(0.05, abs=0.02)


def test_a_stage_entered_twice_is_counted_together() -> None:
    with measured() as seconds:
        for _ in range(3):
            with stage("words"):
                time.sleep(0.01)
    assert seconds["words"] >= 0.03


def test_a_stage_that_fails_is_counted_and_ends() -> None:
    with measured() as seconds:
        with pytest.raises(ValueError, match="no"), stage("vectors"):
            raise ValueError("no")
        with stage("words"):
            pass
    assert set(seconds) == {"vectors", "words"}


def test_threads_measure_each_for_themselves() -> None:
    found: dict[str, set[str]] = {}

    def request(name: str) -> None:
        with measured() as seconds:
            with stage(name):
                time.sleep(0.01)
            found[name] = set(seconds)

    threads = [threading.Thread(target=request, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"first": {"first"}, "second": {"second"}}


def test_nothing_is_counted_where_nobody_measures() -> None:
    with stage("words"):
        pass
    with measured() as seconds:
        pass
    assert not seconds
