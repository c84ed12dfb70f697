"""Excel's own charts beside the tables they draw: live, so they follow whoever sorts or corrects the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from sincerity.reports.bar_charts import FEEDBACK, RANKS
from sincerity.reports.table_sheet import Space
from sincerity.reports.view import CellValue, TableView
from sincerity.reports.workbook_styles import FONTS, INK
from sincerity.reports.workbook_text import excel_text

WIDTH_PX, ROW_PX, LEAST_PX, MOST_PX, COLUMN_CHART_PX = 600, 24, 300, 1_600, 380
EXCEL_ROW_PX, EXCEL_COLUMN_PX, EXCEL_COLUMN_CHARACTERS = 20, 64, 9
PATTERNS = ("wide_upward_diagonal", "light_vertical", "small_grid", "dark_horizontal", "wide_downward_diagonal",
            "large_confetti", "dotted_diamond", "horizontal_brick")
PAINTS = ("#173a63", "#3a6ea8", "#a5c4e2", "#d58f2a", "#74121d", "#7a9a5b", "#5d6168", "#b9a7d1")


@dataclass(frozen=True)
class SheetChart:
    """Which columns of a table are drawn: bars (lying) or columns (standing), one on the other or as shares of 100%."""

    kind: str  # bar, column
    subtype: str  # stacked, percent_stacked, "" for side by side
    categories: tuple[str, ...]
    series: tuple[str, ...]  # keys of columns; one that ends with "." stands for all that begin so
    most_rows: int = 10_000
    paints: tuple[str, ...] = PAINTS


CHARTS: Mapping[str, SheetChart] = {
    "answer_tally": SheetChart("bar", "", ("question", "answer"), ("answer_share",), paints=PAINTS[1:2]),
    "unit_picks": SheetChart(
        "bar", "stacked", ("unit_id",), ("first", "second", "third", "later"), 20, tuple(tone.fill for tone in RANKS)
    ),
    "feedback_shares": SheetChart(
        "bar", "percent_stacked", ("feedback_group",), ("high", "base", "low", "below", "unsaid"),
        paints=tuple(tone.fill for tone in FEEDBACK),
    ),
    "showflat_views": SheetChart("column", "stacked", ("day",), ("consultant.",)),
}


def has_chart(table: TableView) -> bool:
    """Whether a chart stands beside the table."""
    return table.key in CHARTS and bool(table.rows)


def space_beside(table: TableView) -> Space:
    """The room its chart takes."""
    columns = -(-WIDTH_PX // EXCEL_COLUMN_PX)
    return Space(columns, columns * EXCEL_COLUMN_CHARACTERS, _height_px(table) // EXCEL_ROW_PX + 1)


def insert_chart(workbook: Workbook, sheet: Worksheet, table: TableView, first_row: int, lang: str) -> None:
    """The chart of ``table``, whose rows begin at ``first_row`` (0-based), to the right of its header."""
    drawn, keys = CHARTS[table.key], [column.key for column in table.columns]
    rows = table.rows[: drawn.most_rows]
    last_row = first_row + len(rows) - 1
    chart = workbook.add_chart({"type": drawn.kind, **({"subtype": drawn.subtype} if drawn.subtype else {})})
    places = [keys.index(key) for key in drawn.categories]
    for number, place in enumerate(_places(drawn.series, keys)):
        chart.add_series({
            "name": [sheet.get_name(), first_row - 1, place],
            "name_data": [excel_text(table.columns[place].label)],
            "categories": [sheet.get_name(), first_row, places[0], last_row, places[-1]],
            "values": [sheet.get_name(), first_row, place, last_row, place],
            "values_data": _column(rows, place),
            "gap": 45,
            **({"overlap": 100} if drawn.subtype else {}),
            **_paint(drawn.paints, number),
        })
    _lay_out(chart, table, drawn, lang)
    sheet.insert_chart(first_row - 1, len(keys), chart, {"x_offset": 16, "object_position": 2})


def _places(series: Sequence[str], keys: Sequence[str]) -> list[int]:
    return [
        place for place, key in enumerate(keys)
        if key in series or any(name.endswith(".") and key.startswith(name) for name in series)
    ]


def _column(rows: Sequence[tuple[CellValue, ...]], place: int) -> list[CellValue]:
    return [row[place] if row[place] is not None else "" for row in rows]


def _paint(paints: Sequence[str], number: int) -> dict[str, object]:
    """A plain colour; from the second time round the paints a pattern, so that no two series look alike."""
    colour = paints[number % len(paints)]
    border = {"border": {"color": "#5d6168", "width": 0.5}}
    if number < len(paints):
        return {"fill": {"color": colour}, **border}
    pattern = PATTERNS[(number // len(paints) - 1) % len(PATTERNS)]
    return {"pattern": {"pattern": pattern, "fg_color": colour, "bg_color": "#ffffff"}, **border}


def _lay_out(chart, table: TableView, drawn: SheetChart, lang: str) -> None:
    font = {"name": FONTS[lang], "size": 9, "color": INK}
    chart.set_title({"name": excel_text(table.title), "name_font": font | {"size": 12, "bold": True}})
    chart.set_legend({"position": "bottom", "font": font} if drawn.subtype else {"none": True})
    counted = {
        "num_font": font, "num_format": "0%" if drawn.subtype != "stacked" else "0",
        "major_gridlines": {"visible": True, "line": {"color": "#d5d8dc", "width": 0.5}},
    }
    if drawn.kind == "bar":  # its y axis holds the categories, from the bottom up unless reversed
        chart.set_y_axis({"num_font": font, "reverse": True, "major_gridlines": {"visible": False}})
        chart.set_x_axis(counted)
    else:
        chart.set_x_axis({"num_font": font, "num_format": "mm-dd", "date_axis": True})
        chart.set_y_axis(counted)
    chart.set_size({"width": WIDTH_PX, "height": _height_px(table)})


def _height_px(table: TableView) -> int:
    drawn = CHARTS[table.key]
    if drawn.kind == "column":
        return COLUMN_CHART_PX
    return min(max(ROW_PX * min(len(table.rows), drawn.most_rows) + 120, LEAST_PX), MOST_PX)
