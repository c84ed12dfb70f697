"""Bars for counts, drawn for a phone's width: one line of words above each bar, its parts from dark to light.

Colour never tells alone: parts stand in the order of the legend, carry their counts, and the last ones are hatched.
The same chart gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from sincerity.reports.chart_settings import Tone
from sincerity.reports.svg import FONTS, INK, LINE, QUIET, escape, fit, text_mark, text_width

WIDTH, EDGE = 360, 4
HEAD, LEGEND_LINE, ROW, BAR = 26, 20, 40, 16
WORDS, COUNTS = 12.5, 12.0  # sizes in pixels; above 11 when the drawing is shown 358 pixels wide
RANKS = (Tone("#173a63", "#ffffff"), Tone("#3a6ea8", "#ffffff"), Tone("#a5c4e2", INK), Tone("#e6eef6", INK))
FEEDBACK = (*RANKS[:3], Tone("#f2cfc2", INK, "#e0a48f"), Tone("#f0eee9", INK, "#cfcac0"))
PLAIN = (RANKS[1],)


@dataclass(frozen=True)
class Bar:
    """One bar: its label, what is said at its end, its parts, and the range of the truth where it is uncertain.

    ``whole`` is the count that fills the width, where the bar does not share the chart's scale.
    """

    label: str
    said: str
    parts: tuple[int, ...]
    likely: tuple[float, float] | None = None
    whole: int = 0
    strong: bool = False


@dataclass(frozen=True)
class BarChart:
    """Bars over one scale that ends at ``reach``. ``legend`` names the parts, none where there is but one."""

    title: str
    described: str
    bars: tuple[Bar, ...]
    reach: int
    tones: tuple[Tone, ...] = PLAIN
    legend: tuple[str, ...] = ()


def draw_bars(chart: BarChart, lang: str, prefix: str) -> str:
    """The chart as SVG; ``prefix`` keeps its pattern ids apart from others' in a page."""
    lines = _legend_lines(chart.legend)
    top = HEAD + LEGEND_LINE * len(lines)
    marks = [
        _patterns(chart.tones, prefix),
        text_mark(EDGE, 16, chart.title, 14, INK, weight=600, room=WIDTH - 2 * EDGE),
        *_legend(lines, chart.tones, prefix),
    ]
    for number, bar in enumerate(chart.bars):
        marks += _bar(bar, chart, top + ROW * number, prefix)
    return picture(top + ROW * len(chart.bars) + EDGE, f"{chart.title}. {chart.described}", lang, marks)


def picture(height: int, name: str, lang: str, marks: Sequence[str]) -> str:
    """``marks`` as one SVG image of the phone's width called ``name``."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        f' role="img" aria-label={quoteattr(escape(name))} lang="{lang}" font-family="{FONTS}">'
    )
    return "\n".join((head, *marks, "</svg>\n"))


def _bar(bar: Bar, chart: BarChart, y: int, prefix: str) -> Iterator[str]:
    room = WIDTH - 2 * EDGE
    weight = 700 if bar.strong else 400
    yield text_mark(WIDTH - EDGE, y + 13, bar.said, WORDS, INK, anchor="end", weight=weight)
    left = room - text_width(bar.said, WORDS) - 10
    yield text_mark(EDGE, y + 13, bar.label, WORDS, INK, weight=weight, room=left)
    yield f'<path d="M{EDGE} {y + 18 + BAR}H{WIDTH - EDGE}" stroke="{LINE}" stroke-width="0.5"/>'
    x, scale = float(EDGE), room / max(bar.whole or chart.reach, 1)
    for place, (part, tone) in enumerate(zip(bar.parts, chart.tones, strict=True)):
        width = scale * part
        if part:
            yield from _part(x, y + 18, width, tone, f"{prefix}-{place}")
            if chart.legend and text_width(f"{part:,}", COUNTS) + 4 <= width:
                yield text_mark(x + width / 2, y + 30, f"{part:,}", COUNTS, tone.text, anchor="middle")
        x += width
    if bar.likely is not None:
        low, high = (EDGE + scale * value for value in bar.likely)
        yield f'<path d="M{low:.1f} {y + 26}H{high:.1f}" stroke="#ffffff" stroke-width="5"/>'
        yield f'<path d="M{low:.1f} {y + 22}v8m0 -4H{high:.1f}m0 -4v8" stroke="{INK}" stroke-width="1.5" fill="none"/>'


def _part(x: float, y: float, width: float, tone: Tone, pattern: str, height: int = BAR) -> Iterator[str]:
    shape = f'x="{x:.1f}" y="{y:.1f}" width="{max(width - 1, 0.8):.1f}" height="{height}"'
    yield f'<rect {shape} fill="{tone.fill}" stroke="{QUIET}" stroke-width="0.5"/>'
    if tone.hatch:
        yield f'<rect {shape} fill="url(#{pattern})"/>'


def _patterns(tones: Sequence[Tone], prefix: str) -> str:
    hatched = [
        f'<pattern id="{prefix}-{place}" width="6" height="6" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate(45)"><path d="M0 0V6" stroke="{tone.hatch}" stroke-width="2"/></pattern>'
        for place, tone in enumerate(tones) if tone.hatch
    ]
    return f"<defs>{''.join(hatched)}</defs>" if hatched else ""


def _legend_lines(labels: Sequence[str]) -> list[list[tuple[int, str, float]]]:
    """The legend's entries, each with its place among the tones and its x, in lines no wider than the drawing."""
    lines: list[list[tuple[int, str, float]]] = []
    x = float(WIDTH)
    for place, label in enumerate(labels):
        width = 22 + text_width(label, COUNTS) + 12
        if x + width > WIDTH:
            lines.append([])
            x = float(EDGE)
        lines[-1].append((place, label, x))
        x += width
    return lines


def _legend(
    lines: Sequence[Sequence[tuple[int, str, float]]], tones: Sequence[Tone], prefix: str
) -> Iterator[str]:
    for number, line in enumerate(lines):
        y = HEAD + LEGEND_LINE * number
        for place, label, x in line:
            yield from _part(x, y, 17, tones[place], f"{prefix}-{place}", 12)
            yield text_mark(x + 21, y + 11, fit(label, WIDTH - x - 21, COUNTS), COUNTS, INK)
