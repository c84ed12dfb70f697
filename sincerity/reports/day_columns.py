"""Counts by day, one small row of columns for each person, all over the same days. Drawn for a phone's width."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sincerity.reports.bar_charts import EDGE, HEAD, RANKS, WIDTH, WORDS, picture
from sincerity.reports.svg import INK, LINE, QUIET, text_mark, text_width

LEGEND, ROW, TALL, FOOT = 22, 58, 32, 22
WIDEST_DAY = 16.0  # pixels
FIRST, AGAIN = RANKS[0].fill, RANKS[2].fill


@dataclass(frozen=True)
class DayRow:
    """One person's days: label, what is said at the end, and for each day with any all views and first ones among
    them. ``scale`` is the count that fills the row's height."""

    label: str
    said: str
    counts: tuple[tuple[date, int, int], ...]
    scale: int
    strong: bool = False


@dataclass(frozen=True)
class DayChart:
    """Rows over the days from ``first_day`` to ``last_day``, both included."""

    title: str
    described: str
    first_day: date
    last_day: date
    rows: tuple[DayRow, ...]
    first_label: str
    again_label: str


def draw_days(chart: DayChart, lang: str) -> str:
    """The chart as SVG."""
    marks = [text_mark(EDGE, 16, chart.title, 14, INK, weight=600, room=WIDTH - 2 * EDGE), *_legend(chart)]
    top = HEAD + LEGEND
    for number, row in enumerate(chart.rows):
        marks += _row(row, chart, top + ROW * number)
    bottom = top + ROW * len(chart.rows)
    marks += _days(chart, bottom + 14)
    return picture(bottom + FOOT, f"{chart.title}. {chart.described}", lang, marks)


def _legend(chart: DayChart) -> Iterator[str]:
    x = float(EDGE)
    for label, fill in ((chart.first_label, FIRST), (chart.again_label, AGAIN)):
        yield f'<rect x="{x:.1f}" y="{HEAD}" width="16" height="12" fill="{fill}"/>'
        yield text_mark(x + 21, HEAD + 11, label, 12, INK)
        x += 33 + text_width(label, 12)


def _row(row: DayRow, chart: DayChart, y: int) -> Iterator[str]:
    weight = 700 if row.strong else 400
    yield text_mark(WIDTH - EDGE, y + 13, row.said, WORDS, INK, anchor="end", weight=weight)
    left = WIDTH - 2 * EDGE - text_width(row.said, WORDS) - 10
    yield text_mark(EDGE, y + 13, row.label, WORDS, INK, weight=weight, room=left)
    ground, step = y + 20 + TALL, _day_width(chart)
    yield f'<path d="M{EDGE} {ground}H{WIDTH - EDGE}" stroke="{LINE}" stroke-width="0.5"/>'
    for day, seen, first in row.counts:
        x = EDGE + step * (day - chart.first_day).days
        tall, dark = (TALL * count / max(row.scale, 1) for count in (seen, first))
        shape = f'x="{x:.1f}" width="{max(step - 1, 1):.1f}"'
        yield f'<rect {shape} y="{ground - tall:.1f}" height="{tall:.1f}" fill="{AGAIN}"/>'
        if first:
            yield f'<rect {shape} y="{ground - dark:.1f}" height="{dark:.1f}" fill="{FIRST}"/>'


def _days(chart: DayChart, y: int) -> Iterator[str]:
    """The first, the middle and the last day below the columns, as many as find room."""
    span = (chart.last_day - chart.first_day).days
    width = _day_width(chart) * (span + 1)
    wanted = 1 + (width > 90) + (width > 200)
    for number in range(wanted):
        share = number / max(wanted - 1, 1)
        day = chart.first_day + timedelta(days=round(span * share))
        anchor = "start" if number == 0 else "end" if number == wanted - 1 else "middle"
        yield text_mark(EDGE + width * share, y, f"{day:%m-%d}", 12, QUIET, anchor=anchor)


def _day_width(chart: DayChart) -> float:
    days = (chart.last_day - chart.first_day).days + 1
    return min(WIDEST_DAY, (WIDTH - 2 * EDGE) / days)
