"""Ranges as pictures, drawn for a phone's width: the absorption curve with its band, levers as dots on bars, and what
happened as a diamond beside its forecast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from sincerity.reports.svg import FONTS, INK, LINE, QUIET, escape, fit, text_mark

WIDTH, CURVE_HEIGHT = 380, 250
LEFT, RIGHT, TOP, BOTTOM = 40, 12, 26, 40
ROW, HEAD, SIDE = 44, 30, 10
BAND, MIDDLE, LOSS = "#c9d8ea", "#1f4e86", "#9c1c27"


@dataclass(frozen=True)
class Curve:
    """Units sold against buyers called: P10, P50 and P90 at each position, and the words around them."""

    positions: tuple[int, ...]
    low: tuple[int, ...]
    middle: tuple[int, ...]
    high: tuple[int, ...]
    title: str
    described: str
    x_label: str
    y_label: str
    band_label: str


@dataclass(frozen=True)
class RangeRow:
    """One bar: its label, P10, P50 and P90."""

    label: str
    low: int
    middle: int
    high: int


@dataclass(frozen=True)
class FactRow:
    """One forecast beside what happened; ``words`` say both."""

    label: str
    low: int
    middle: int
    high: int
    actual: int
    inside: bool
    words: str


def draw_curve(curve: Curve, lang: str) -> str:
    """The curve as SVG; its description is its accessible name."""
    return _document(WIDTH, CURVE_HEIGHT, f"{curve.title}. {curve.described}", lang, _curve_marks(curve))


def draw_ranges(rows: Sequence[RangeRow], name: str, lang: str) -> str:
    """One bar per row around a line at zero."""
    return _document(WIDTH, HEAD + ROW * len(rows) + 8, name, lang, _range_marks(rows))


def draw_facts(rows: Sequence[FactRow], name: str, lang: str) -> str:
    """One bar per row from zero: the forecast's range, a stroke at its middle, a diamond at the fact."""
    return _document(WIDTH, ROW * len(rows) + 24, name, lang, _fact_marks(rows))


def _curve_marks(curve: Curve) -> Iterator[str]:
    wide, tall = WIDTH - LEFT - RIGHT, CURVE_HEIGHT - TOP - BOTTOM
    last, most = max(curve.positions[-1], 1), _round_up(max(curve.high))

    def points(values: Sequence[int]) -> list[str]:
        return [f"{LEFT + wide * x / last:.1f},{TOP + tall * (1 - y / most):.1f}"
                for x, y in zip(curve.positions, values, strict=True)]

    for part in range(5):
        y = TOP + tall * (1 - part / 4)
        yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{LINE}" stroke-width="0.5"/>'
        yield text_mark(LEFT - 6, y + 4, f"{most * part / 4:,.0f}", 12, QUIET, anchor="end")
    yield f'<polygon points="{" ".join(points(curve.low) + points(curve.high)[::-1])}" fill="{BAND}"/>'
    line = " ".join(points(curve.middle))
    yield f'<polyline points="{line}" fill="none" stroke="{MIDDLE}" stroke-width="2.5"/>'
    for part in range(3):
        anchor = ("start", "middle", "end")[part]
        yield text_mark(LEFT + wide * part / 2, CURVE_HEIGHT - 22, f"{last * part / 2:,.0f}", 12, QUIET, anchor=anchor)
    yield text_mark(LEFT, 15, curve.y_label, 12, INK)
    yield text_mark(WIDTH - RIGHT, CURVE_HEIGHT - 5, curve.x_label, 12, INK, anchor="end")
    yield f'<rect x="{LEFT + 8}" y="{TOP + 6}" width="18" height="11" fill="{BAND}"/>'
    yield text_mark(LEFT + 32, TOP + 16, curve.band_label, 12, INK)


def _range_marks(rows: Sequence[RangeRow]) -> Iterator[str]:
    reach = _round_up(max((max(abs(row.low), abs(row.high)) for row in rows), default=1))
    centre, half = WIDTH / 2, WIDTH / 2 - 34
    bottom = HEAD + ROW * len(rows)
    yield f'<path d="M{centre} {HEAD - 8}V{bottom}" stroke="{LINE}"/>'
    for share, words in ((-1, f"−{reach:,}"), (0, "0"), (1, f"+{reach:,}")):
        yield text_mark(centre + share * half, 14, words, 12, QUIET, anchor="middle")
    for number, row in enumerate(rows):
        y = HEAD + number * ROW
        low, middle, high = (centre + half * value / reach for value in (row.low, row.middle, row.high))
        colour = LOSS if row.middle < 0 else MIDDLE
        yield text_mark(8, y + 12, fit(row.label, WIDTH - 150, 12), 12, INK)
        words = f"{_signed(row.middle)} ({_signed(row.low)} … {_signed(row.high)})"
        yield text_mark(WIDTH - 8, y + 12, words, 12, colour, anchor="end", weight=600)
        yield f'<path d="M{low:.1f} {y + 25}H{high:.1f}" stroke="{colour}" stroke-width="4" stroke-linecap="round"/>'
        yield f'<circle cx="{middle:.1f}" cy="{y + 25}" r="6" fill="{colour}" stroke="#ffffff" stroke-width="1.5"/>'


def _fact_marks(rows: Sequence[FactRow]) -> Iterator[str]:
    reach = _round_up(max(max(row.high, row.actual) for row in rows))
    wide, bottom = WIDTH - 2 * SIDE, ROW * len(rows)
    for part in (0, 1, 2):
        x = SIDE + wide * part / 2
        yield f'<path d="M{x:.1f} 18V{bottom + 4}" stroke="{LINE}" stroke-width="0.5"/>'
        anchor = ("start", "middle", "end")[part]
        yield text_mark(x, bottom + 18, f"{reach * part / 2:,.0f}", 12, QUIET, anchor=anchor)
    for number, row in enumerate(rows):
        y = number * ROW
        places = (row.low, row.middle, row.high, row.actual)
        low, middle, high, actual = (SIDE + wide * place / reach for place in places)
        colour = MIDDLE if row.inside else LOSS
        yield text_mark(SIDE + 4, y + 14, fit(row.label, WIDTH - 190, 12), 12, INK)
        yield text_mark(WIDTH - SIDE - 4, y + 14, row.words, 12, colour, anchor="end", weight=600)
        yield f'<rect x="{low:.1f}" y="{y + 22}" width="{max(high - low, 1):.1f}" height="14" rx="3" fill="{BAND}"/>'
        yield f'<path d="M{middle:.1f} {y + 22}v14" stroke="{INK}" stroke-width="2"/>'
        yield (f'<path d="M{actual:.1f} {y + 21}l8 8 -8 8 -8 -8z" fill="{colour}" stroke="#ffffff" '
               'stroke-width="1.5"/>')


def _signed(number: int) -> str:
    return f"{number:+,}".replace("-", "−") if number else "0"


def _round_up(number: int) -> int:
    """The next of 4, 8, 12, 16, 20, 24, 32 and ten times these …, so that quarters are whole."""
    step = 4
    while number > 8 * step:
        step *= 10
    return next(step * factor for factor in (1, 2, 3, 4, 5, 6, 8) if number <= step * factor)


def _document(width: int, height: int, name: str, lang: str, marks: Iterator[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" aria-label={quoteattr(escape(name))} lang="{lang}" font-family="{FONTS}">'
    )
    return "\n".join((head, *marks, "</svg>\n"))
