"""Dates in running text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dates import Day, days


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("vendredi 2 octobre, le président", [Day(10, 2)]),
        ("le 1er août 2015", [Day(8, 1, 2015)]),
        ("On October 2nd, 2015", [Day(10, 2, 2015)]),
        ("on Oct. 3", [Day(10, 3)]),
        ("2 de octubre de 2015", [Day(10, 2, 2015)]),
        ("am 2. März 2015", [Day(3, 2, 2015)]),
        ("2 октября 2015 года", [Day(10, 2, 2015)]),
        ("2015-10-02 and 03.10.2015", [Day(10, 2, 2015), Day(10, 3, 2015)]),
        ("in March 2020", [Day(3, None, 2020)]),
        ("31 février, 32 mai, 13.13.2013", []),
        ("he may 5 times, or march on", [Day(5, 5)]),
        ("no date at all", []),
    ],
)
def test_dates_are_read_as_stated(text: str, stated: list[Day]) -> None:
    assert [day for _, day in days(text)] == stated


def test_what_is_left_open_fits_anything() -> None:
    assert Day(10, 2).fits(Day(10, 2, 2015))
    assert Day(10, None, 2015).fits(Day(10, 2))
    assert not Day(10, 2, 2014).fits(Day(10, 2, 2015))
    assert not Day(10, 2).fits(Day(10, 3))


@given(st.text())
def test_spans_lie_inside_any_text(text: str) -> None:
    for span, _ in days(text):
        assert span.of(text).strip()
