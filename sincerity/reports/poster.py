"""The flowering chart as one picture: title, note, legend, and all buildings standing on common ground lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sincerity.reports.svg import (
    INK,
    LINE,
    QUIET,
    building_height,
    building_marks,
    building_width,
    document,
    text_mark,
    text_width,
    tile,
    tone_for,
)
from sincerity.reports.view import FacadeBuilding, FloweringChart, LegendItem

MARGIN, BUILDING_GAP, ROW_GAP, LEGEND_TOP, LEGEND_STEP = 48, 40, 26, 112, 30
MIN_WIDTH, ASPECT = 1_080, 1.5

Row = list[FacadeBuilding]


@dataclass(frozen=True)
class _LegendPlace:
    """A legend entry (None: the closing line of totals) and where it stands."""

    item: LegendItem | None
    label: str
    x: float
    line: int


def draw_svg(chart: FloweringChart) -> str:
    """All buildings on one picture, in rows that bring it closest to a landscape page."""
    rows = _best_rows(chart.buildings)
    width = max(MIN_WIDTH, _block_width(rows) + 2 * MARGIN)
    legend = _legend_places(chart, width)
    top = LEGEND_TOP + (legend[-1].line + 1) * LEGEND_STEP + ROW_GAP
    height = top + _block_height(rows) + MARGIN
    body = [
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *_head(chart, width),
        *_legend(chart, legend),
        *_stand(chart, rows, width, top),
    ]
    return document(chart, width, height, body, "chart", chart.title)


def _best_rows(buildings: tuple[FacadeBuilding, ...]) -> list[Row]:
    widths = [building_width(building) + BUILDING_GAP for building in buildings]
    limits = sorted({sum(widths[:count]) for count in range(1, len(widths) + 1)}) or [0]
    options = [_rows(buildings, limit) for limit in limits]
    return min(options, key=lambda rows: abs(_block_width(rows) / _block_height(rows) - ASPECT))


def _rows(buildings: Iterable[FacadeBuilding], limit: int) -> list[Row]:
    rows: list[Row] = [[]]
    for building in buildings:
        if rows[-1] and _row_width([*rows[-1], building]) > limit:
            rows.append([])
        rows[-1].append(building)
    return rows


def _stand(chart: FloweringChart, rows: list[Row], width: int, top: int) -> Iterator[str]:
    """Every building on its row's ground, the block of rows centred."""
    left = (width - _block_width(rows)) // 2
    for row in rows:
        ground, x = top + _row_height(row), left
        for building in row:
            yield from building_marks(chart, building, x, ground - building_height(building), "chart")
            x += building_width(building) + BUILDING_GAP
        top = ground + ROW_GAP


def _row_width(row: Row) -> int:
    return sum(building_width(building) + BUILDING_GAP for building in row)


def _row_height(row: Row) -> int:
    return max((building_height(building) for building in row), default=0)


def _block_width(rows: list[Row]) -> int:
    return max(_row_width(row) for row in rows) - BUILDING_GAP


def _block_height(rows: list[Row]) -> int:
    return max(1, sum(_row_height(row) + ROW_GAP for row in rows) - ROW_GAP)


def _head(chart: FloweringChart, width: int) -> Iterator[str]:
    right, note = width - MARGIN, chart.labels["synthetic"]
    note_w = round(text_width(note, 13)) + 24 if note else 0
    yield text_mark(MARGIN, 62, chart.title, 28, INK, weight=700, room=right - MARGIN - note_w - 24)
    yield text_mark(MARGIN, 90, chart.subtitle, 14, QUIET, room=right - MARGIN)
    if note:
        yield f'<rect x="{right - note_w}" y="40" width="{note_w}" height="28" rx="14" fill="none" stroke="{LINE}"/>'
        yield text_mark(right - note_w / 2, 59, note, 13, QUIET, anchor="middle")


def _legend_places(chart: FloweringChart, width: int) -> list[_LegendPlace]:
    """The entries from left to right, on as many lines as they need."""
    entries = [(item, f"{item.label} · {item.units} {chart.labels['units']}") for item in chart.legend]
    places: list[_LegendPlace] = []
    x, line = float(MARGIN), 0
    for item, label in [*entries, (None, chart.labels["legend"])]:
        needed = text_width(label, 13) + (38 if item else 0)
        if x > MARGIN and x + needed > width - MARGIN:
            x, line = float(MARGIN), line + 1
        places.append(_LegendPlace(item, label, x, line))
        x += needed + 22
    return places


def _legend(chart: FloweringChart, places: list[_LegendPlace]) -> Iterator[str]:
    for place in places:
        x, y = place.x, LEGEND_TOP + place.line * LEGEND_STEP
        if place.item is None:
            yield text_mark(x, y + 15, place.label, 13, QUIET)
            continue
        yield from tile(chart, place.item.band, x, y, 30, 20, "chart")
        ink = tone_for(chart, place.item.band).text
        yield text_mark(x + 15, y + 14.5, place.item.letter, 12, ink, anchor="middle", weight=700)
        yield text_mark(x + 38, y + 15, place.label, 13, INK)
