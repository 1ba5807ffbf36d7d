"""When statements were published: counted by day, month or year, drawn as a chart and written as a table."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.ui.safe import escaped
from assistant.ui.texts import Texts
from ingest.models import Kind

if TYPE_CHECKING:
    from ingest.archive.catalog import Statement

# So many bars still tell something on a telephone; beyond them, periods get longer.
_MOST_DAYS = 45
_MOST_MONTHS = 48
_MOST_YEARS = 80
# As the rules beside statements are whole, broken and dotted, bars are full, pale and empty, all in blue outlines.
_FILLS = {
    "light": {Kind.DIRECT: "#2743a6", Kind.MIXED: "#b4bfe6", Kind.INDIRECT: "#fcfcfd"},
    "dark": {Kind.DIRECT: "#a8bbff", Kind.MIXED: "#47507a", Kind.INDIRECT: "#121419"},
}


@dataclasses.dataclass(frozen=True, slots=True)
class Period:
    """A day, month or year in words, and how many statements of each kind it has."""

    label: str
    counts: Mapping[Kind, int]

    @property
    def total(self) -> int:
        """How many statements it has."""
        return sum(self.counts.values())


def periods(said: Iterable[Statement], texts: Texts) -> tuple[Period, ...]:
    """Return the periods from the first dated statement to the last, empty ones among them."""
    dated = [(date, each.quotation.kind) for each in said if (date := _date(each.published))]
    if not dated:
        return ()
    first, last = min(date for date, _ in dated), max(date for date, _ in dated)
    length = _length(first, last)
    counts: dict[datetime.date, Counter[Kind]] = {date: Counter() for date in _beginnings(first, last, length)}
    for date, kind in dated:
        counts.setdefault(_beginning(date, length), Counter())[kind] += 1
    return tuple(Period(_label(date, length, texts), counts[date]) for date in sorted(counts))


def _date(iso: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(iso)
    except ValueError:
        return None


def _length(first: datetime.date, last: datetime.date) -> str:
    if (last - first).days < _MOST_DAYS:
        return "day"
    months = 12 * (last.year - first.year) + last.month - first.month
    return "month" if months < _MOST_MONTHS else "year"


def _beginning(date: datetime.date, length: str) -> datetime.date:
    if length == "day":
        return date
    return date.replace(day=1) if length == "month" else date.replace(month=1, day=1)


def _beginnings(first: datetime.date, last: datetime.date, length: str) -> Iterator[datetime.date]:
    """Every period from first to last; of centuries, none but those that something was said in."""
    if length == "day":
        yield from (first + datetime.timedelta(days=n) for n in range((last - first).days + 1))
    elif length == "month":
        for n in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
            yield datetime.date(n // 12, n % 12 + 1, 1)
    elif last.year - first.year < _MOST_YEARS:
        yield from (datetime.date(year, 1, 1) for year in range(first.year, last.year + 1))


def _label(date: datetime.date, length: str, texts: Texts) -> str:
    if length == "day":
        return texts.date(date.isoformat())
    return texts.month(date.month, date.year) if length == "month" else str(date.year)


def described(counted: Sequence[Period], texts: Texts) -> str:
    """Return in words what the chart shows."""
    most = max(counted, key=lambda period: period.total)
    statements = texts.count(sum(period.total for period in counted), texts.statement_count)
    first, last = counted[0].label, counted[-1].label
    return texts.chart.format(statements=statements, first=first, last=last, n=most.total, most=most.label)


def chart(counted: Sequence[Period], texts: Texts, *, scheme: str) -> dict[str, Any]:
    """Return the chart as Vega-Lite draws it. Every word in it is ours, in the language of the interface.

    What Vega would say of marks and axes to a screen reader is English: `described` and the table speak instead. The
    numbers stand in the layer: data of a whole chart is converted by Streamlit, which loads pandas for that.
    """
    kinds = _kinds(counted)
    names = [texts.kinds[kind] for kind in kinds]
    values = [
        {"period": period.label, "kind": texts.kinds[kind], "order": order, "n": period.counts[kind]}
        for period in counted
        for order, kind in enumerate(kinds)
        if period.counts[kind]
    ]
    fills = _FILLS["dark" if scheme == "dark" else "light"]
    blue = fills[Kind.DIRECT]
    bars = {
        "data": {"values": values},
        "mark": {"type": "bar", "aria": False, "stroke": blue, "strokeWidth": 1.5,
                 "width": {"expr": "min(48, 0.8 * bandwidth('x'))"}},
        "encoding": {
            "x": {
                "field": "period",
                "type": "ordinal",
                "scale": {"domain": [period.label for period in counted]},
                "axis": {"aria": False, "title": None, "labelAngle": 0, "labelOverlap": "greedy", "ticks": False},
            },
            "y": {
                "field": "n",
                "type": "quantitative",
                "stack": "zero",
                "axis": {"aria": False, "title": None, "format": "d", "tickMinStep": 1, "tickCount": 4},
            },
            "order": {"field": "order", "type": "ordinal"},
            "fill": {
                "field": "kind",
                "type": "nominal",
                "scale": {"domain": names, "range": [fills[kind] for kind in kinds]},
                # Vega cuts a long legend off on a telephone; see `legend`.
                "legend": None,
            },
            "tooltip": [
                {"field": "period", "type": "nominal", "title": texts.period},
                {"field": "kind", "type": "nominal", "title": texts.over_time},
                {"field": "n", "type": "quantitative", "format": "d", "title": texts.total},
            ],
        },
    }  # fmt: skip
    return {"height": 200, "layer": [bars]}


def legend(counted: Sequence[Period], texts: Texts) -> str:
    """Return as HTML which kind of statement which bars stand for."""
    kinds = (f'<span class="{kind.value}">{escaped(texts.kinds[kind])}</span>' for kind in _kinds(counted))
    return f'<p class="onrecord-legend">{"".join(kinds)}</p>'


def table(counted: Sequence[Period], texts: Texts) -> str:
    """Return the numbers of the chart as an HTML table that opens when asked for."""
    kinds = _kinds(counted)
    head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in _columns(kinds, texts))
    rows = "".join(
        f'<tr><th scope="row">{escaped(period.label)}</th>'
        + "".join(f"<td>{number}</td>" for number in (*(period.counts[kind] for kind in kinds), period.total))
        + "</tr>"
        for period in counted
        if period.total
    )
    return (
        f'<details class="onrecord-numbers"><summary>{escaped(texts.as_numbers)}</summary>'
        f"<div><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _columns(kinds: Sequence[Kind], texts: Texts) -> Iterator[str]:
    yield texts.period
    yield from (texts.kinds[kind] for kind in kinds)
    yield texts.total


def _kinds(counted: Sequence[Period]) -> list[Kind]:
    return [kind for kind in Kind if any(period.counts[kind] for period in counted)]
