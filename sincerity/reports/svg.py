"""The marks of the flowering chart: clean SVG, text as text, the same bytes for the same chart.

``draw_building`` is one building on its own. Colours come from the theme and stand beside class names
(``fill-``, ``on-`` and ``hatch-`` with the tone), so that a page may repaint them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape as escape_markup
from xml.sax.saxutils import quoteattr

from sincerity.reports.chart_settings import Tone, chart_settings
from sincerity.reports.view import ChartCell, FacadeBuilding, FacadeSection, FloweringChart

FONTS = (
    "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','Hiragino Sans GB',"
    "'WenQuanYi Micro Hei','SimHei','Helvetica Neue',Arial,sans-serif"
)
INK, QUIET, LINE = "#1f2328", "#5d6168", "#8a8d92"
CELL_W, CELL_H, STEP_X, STEP_Y = 44, 28, 46, 30
FLOOR_W, SECTION_GAP, ROOMS_H, SECTIONS_H, FOOT_H = 36, 16, 20, 20, 34
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def draw_building(chart: FloweringChart, building: FacadeBuilding, prefix: str) -> str:
    """One building, without title and legend. ``prefix`` keeps its pattern ids apart from others' in a page."""
    name = chart.labels[f"building {building.name}"]
    body = building_marks(chart, building, 0, 0, prefix)
    return document(chart, building_width(building), building_height(building), body, prefix, name)


def fit(text: str, width_px: float, size_px: float) -> str:
    """``text`` cut with an ellipsis where it would not fit; Chinese characters count as full squares."""
    if text_width(text, size_px) <= width_px:
        return text
    kept = len(text)
    while kept and text_width(text[:kept] + "…", size_px) > width_px:
        kept -= 1
    return text[:kept].rstrip() + "…"


def escape(text: str) -> str:
    """``text`` as XML character data; characters XML cannot hold become the replacement character."""
    return escape_markup(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text))


def text_width(text: str, size_px: float) -> float:
    """About how wide ``text`` is drawn."""
    wide = sum(unicodedata.east_asian_width(letter) in "WFA" for letter in text)
    return size_px * (wide + 0.56 * (len(text) - wide))


def building_width(building: FacadeBuilding) -> int:
    """Width of the drawn building in pixels."""
    columns = sum(len(section.rooms) for section in building.sections)
    return FLOOR_W + columns * STEP_X + (len(building.sections) - 1) * SECTION_GAP


def building_height(building: FacadeBuilding) -> int:
    """Height of the drawn building in pixels."""
    return _head_height(building) + len(building.sections[0].floors) * STEP_Y + FOOT_H


def _head_height(building: FacadeBuilding) -> int:
    return ROOMS_H + SECTIONS_H * any(section.name for section in building.sections)


def building_marks(
    chart: FloweringChart, building: FacadeBuilding, x: int, y: int, prefix: str
) -> Iterator[str]:
    """The building with its upper left corner at (x, y): section and room names, cells, floors, ground, name."""
    left, roof = x + FLOOR_W, y + _head_height(building)
    for section in building.sections:
        yield from _section(chart, section, left, roof, prefix)
        left += len(section.rooms) * STEP_X + SECTION_GAP
    for line, floor in enumerate(building.sections[0].floors):
        label = f"{floor}{chart.labels['floor']}"
        yield text_mark(x + FLOOR_W - 7, roof + line * STEP_Y + 19, label, 11, QUIET, anchor="end")
    ground, right = y + building_height(building) - FOOT_H + 3, x + building_width(building) - 2
    yield f'<path d="M{x + FLOOR_W} {ground}H{right}" stroke="{INK}" stroke-width="1.5"/>'
    centre, room = (x + FLOOR_W + right) / 2, right - x
    yield text_mark(centre, ground + 22, chart.labels[f"building {building.name}"], 16, INK, "middle", 700, room)


def _section(chart: FloweringChart, section: FacadeSection, left: int, roof: int, prefix: str) -> Iterator[str]:
    width = len(section.rooms) * STEP_X - 2
    if section.name:
        label = chart.labels[f"section {section.name}"]
        yield text_mark(left + width / 2, roof - 25, label, 12, INK, "middle", 600, width)
    for column, room in enumerate(section.rooms):
        if room:
            yield text_mark(left + column * STEP_X + CELL_W / 2, roof - 7, room, 11, QUIET, "middle", room=CELL_W)
    for line, floor in enumerate(section.unit_ids):
        for column, unit_id in enumerate(floor):
            if unit_id is not None:
                x, y = left + column * STEP_X, roof + line * STEP_Y
                yield from _cell(chart, chart.cells[unit_id], x, y, prefix)


def _cell(chart: FloweringChart, cell: ChartCell, x: int, y: int, prefix: str) -> Iterator[str]:
    name = chart_settings().tone_of(cell.band)
    ink = tone_for(chart, cell.band).text
    yield f'<g class="cell" data-unit={quoteattr(_NOT_XML.sub("", cell.unit_id))}><title>{escape(cell.title)}</title>'
    yield from tile(chart, cell.band, x, y, CELL_W, CELL_H, prefix)
    yield f'<text class="on-{name}" x="{x + 4}" y="{y + 13}" font-size="10.5" fill="{ink}">{escape(cell.letter)}</text>'
    yield (
        f'<text class="on-{name}" x="{x + 25}" y="{y + 20}" font-size="15" font-weight="600" text-anchor="middle"'
        f' fill="{ink}">{escape(cell.text)}</text></g>'
    )


def tile(
    chart: FloweringChart, band: str, x: float, y: float, width: int, height: int, prefix: str
) -> Iterator[str]:
    """A rounded field in the band's colour, hatched where the theme says so."""
    name, tone = chart_settings().tone_of(band), tone_for(chart, band)
    shape = f'x="{_number(x)}" y="{_number(y)}" width="{width}" height="{height}" rx="3"'
    yield f'<rect class="fill-{name}" {shape} fill="{tone.fill}"/>'
    if tone.hatch:
        yield f'<rect {shape} fill="url(#{prefix}-{name})"/>'


def tone_for(chart: FloweringChart, band: str) -> Tone:
    """The paint of ``band`` in the chart's theme."""
    rules = chart_settings()
    return rules.themes[chart.theme][rules.tone_of(band)]


def _hatches(chart: FloweringChart, prefix: str) -> str:
    patterns = [
        f'<pattern id="{prefix}-{name}" width="7" height="7" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate(45)"><path class="hatch-{name}" d="M0 0V7" stroke="{tone.hatch}"'
        ' stroke-width="4"/></pattern>'
        for name, tone in chart_settings().themes[chart.theme].items()
        if tone.hatch
    ]
    return f"<defs>{''.join(patterns)}</defs>"


def document(
    chart: FloweringChart, width: int, height: int, body: Iterable[str], prefix: str, name: str
) -> str:
    """``body`` as one SVG image called ``name``, with the hatch patterns it may use."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" aria-label={quoteattr(_NOT_XML.sub("", name))} lang="{chart.labels["lang"]}"'
        f' font-family="{FONTS}">'
    )
    return "\n".join((head, _hatches(chart, prefix), *body, "</svg>\n"))


def text_mark(
    x: float,
    y: float,
    words: str,
    size: float,
    fill: str,
    anchor: str = "start",
    weight: int = 400,
    room: float = float("inf"),
) -> str:
    """A line of text; where it is cut to ``room`` pixels the whole of it stands in its title."""
    shown = fit(words, room, size)
    title = f"<title>{escape(words)}</title>" if shown != words else ""
    style = f' text-anchor="{anchor}"' * (anchor != "start") + f' font-weight="{weight}"' * (weight != 400)
    place = f'x="{_number(x)}" y="{_number(y)}" font-size="{_number(size)}"'
    return f'<text {place}{style} fill="{fill}">{title}{escape(shown)}</text>'


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
