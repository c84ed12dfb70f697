"""The rows of large tables, put into a workbook as sheet XML in one go.

A writer that is called once per cell needs about ten microseconds for each; a large launch has a million cells.
So the workbook is laid out with a single empty *pattern row* for each table, its cells formatted, and this module
replaces that row by the table's own rows, column by column, in the same formats.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, repeat
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape

from xlsxwriter.utility import xl_col_to_name

from sincerity.reports.view import CellValue, ColumnView, TableView
from sincerity.reports.workbook_text import display_width, excel_text

ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # of every part, so that equal reports give equal files
EPOCH = datetime(1899, 12, 30)  # day 0 of Excel's calendar, as it counts from March 1900 on
FIRST_EXCEL_YEAR = 1901
LINE_POINTS, MOST_POINTS = 13.5, 409  # height of a line of text, and the most Excel allows a row
_ESCAPE_LIKE = re.compile(r"(_x[0-9a-fA-F]{4}_)")
_STYLE = re.compile(r'<c r="[A-Z]+\d+" s="(\d+)"/>')
_DIMENSION = re.compile(r'<dimension ref="[^"]*"/>')


@dataclass(frozen=True)
class Poured:
    """A table whose first row stands at ``row`` (0-based) of the sheet with this number (1-based).

    ``widths`` of its columns, in characters, decide how many lines a long text takes.
    """

    sheet_no: int
    row: int
    table: TableView
    widths: Sequence[float]


def pour(laid_out: BinaryIO, poured: Iterable[Poured], path: Path) -> None:
    """The workbook ``laid_out`` at ``path``, each pattern row replaced by the rows of its table."""
    by_part: dict[str, list[Poured]] = {}
    for each in poured:
        by_part.setdefault(f"xl/worksheets/sheet{each.sheet_no}.xml", []).append(each)
    with zipfile.ZipFile(laid_out) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name in by_part:
                part = _filled(part.decode("utf-8"), by_part[name]).encode("utf-8")
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, part)


def _filled(sheet: str, poured: Sequence[Poured]) -> str:
    last_row, widest = 0, 0
    for each in poured:
        pattern = re.search(rf'<row r="{each.row + 1}"[^>]*>.*?</row>', sheet)
        if pattern is None:
            raise ValueError(f"sheet {each.sheet_no} has no pattern row {each.row + 1}")
        rows = _rows(each, _STYLE.findall(pattern[0]))
        sheet = sheet[: pattern.start()] + rows + sheet[pattern.end() :]
        last_row, widest = each.row + len(each.table.rows), max(widest, len(each.table.columns))
    corner = f"{xl_col_to_name(widest - 1)}{last_row}"
    return _DIMENSION.sub(f'<dimension ref="A1:{corner}"/>', sheet, count=1)


def _rows(poured: Poured, styles: Sequence[str]) -> str:
    """The table's rows as ``<row>`` elements."""
    table = poured.table
    numbers = [str(number) for number in range(poured.row + 1, poured.row + 1 + len(table.rows))]
    values = list(zip(*table.rows, strict=True))
    columns = [
        _cells(column, place, table.columns, given, numbers, style)
        for place, (column, given, style) in enumerate(zip(table.columns, values, styles, strict=True))
    ]
    starts = map('<row r="{}"{}>'.format, numbers, _heights(poured, values))
    parts = chain.from_iterable(columns)
    return "".join(map("".join, zip(starts, *parts, repeat("</row>", len(table.rows)), strict=True)))


def _heights(poured: Poured, values: Sequence[Sequence[CellValue]]) -> list[str]:
    """Each row's height attributes: as many lines as its longest wrapped text takes."""
    lines = [1] * len(poured.table.rows)
    for column, width, given in zip(poured.table.columns, poured.widths, values, strict=True):
        if column.kind == "long_text":
            needed = {text: lines_of(text, width) for text in set(given)}
            lines = list(map(max, lines, map(needed.__getitem__, given)))
    return [f' ht="{row_points(count):g}" customHeight="1"' for count in lines]


def row_points(lines: int) -> float:
    """The height of a row that holds so many lines of text."""
    return min(LINE_POINTS * lines + 2, MOST_POINTS)


def lines_of(text: CellValue, width: float) -> int:
    """How many lines ``text`` takes, wrapped in a column of that width."""
    if not isinstance(text, str):
        return 1
    return sum(max(-(-display_width(line) // int(width - 2)), 1) for line in text.split("\n"))


def _cells(
    column: ColumnView,
    place: int,
    columns: Sequence[ColumnView],
    values: Sequence[CellValue],
    numbers: Sequence[str],
    style: str,
) -> tuple[Iterable[str], ...]:
    """The column's cells, top to bottom, in parts that stand one after the other: place, row number, the rest."""
    start = repeat(f'<c r="{xl_col_to_name(place)}', len(values))
    if column.sum_of:
        first, last = (xl_col_to_name(_place(key, columns)) for key in column.sum_of)
        sums = (
            f'" s="{style}"><f>SUM({first}{row}:{last}{row})</f><v>{value}</v></c>'
            for row, value in zip(numbers, values, strict=True)
        )
        return start, numbers, sums
    content = {value: f'" s="{style}"{cell_content(value)}' for value in set(values)}
    return start, numbers, map(content.__getitem__, values)


def cell_content(value: CellValue) -> str:
    """What follows a cell's place and style: type and value, by the value's own type."""
    if value is None or value == "":
        return "/>"
    if isinstance(value, datetime) and value.year >= FIRST_EXCEL_YEAR:
        return f"><v>{(value - EPOCH).total_seconds() / 86_400:.16G}</v></c>"
    if isinstance(value, str | datetime):
        text = _ESCAPE_LIKE.sub(r"_x005F\1", escape(excel_text(str(value))))
        return f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f"><v>{value:.16G}</v></c>"


def _place(key: str, columns: Sequence[ColumnView]) -> int:
    return next(place for place, column in enumerate(columns) if column.key == key)
