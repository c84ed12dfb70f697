"""The hand-outs as workbooks: one for every consultant, in it one sheet for every buyer of the consultant's.

A sheet holds one buyer's rows and nobody else's. A large launch has thousands of them, so a workbook is laid out once
with one pattern sheet, and every buyer's sheet is poured from the pattern.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from sincerity.domain import RoundResult
from sincerity.reports.facade import natural_key
from sincerity.reports.hand_outs import hand_out_rows, pick_columns
from sincerity.reports.lookup import Lookup
from sincerity.reports.many_sheets import listing_sheets
from sincerity.reports.poured_rows import ZIP_TIME, cell_content
from sincerity.reports.view import ColumnView
from sincerity.reports.view_tables import cells
from sincerity.reports.wording import Words
from sincerity.reports.workbook import CREATED, OPTIONS
from sincerity.reports.workbook_styles import Styles
from sincerity.reports.workbook_text import SheetNames, display_width, excel_text

FOLDER = "hand_outs"
BUYER_ROW, HEADER_ROW = 1, 4  # 0-based; the buyer's rows follow the header
A4 = 9  # Excel's paper code
POINTS, ROW_POINTS, LINE_POINTS = 12, 24, 17  # print for a buyer to read at a table: letters, rows, lines of the header
LABEL_SHARE = 0.7  # of a column's width in characters that a label in such letters fills
_NAME_CHARACTERS = 40
_STYLE = re.compile(r'<c r="[A-Z]+\d+" s="(\d+)"')


class Pattern(NamedTuple):
    """A sheet's XML around what differs from buyer to buyer, and the styles of the cells that do."""

    before_buyer: str
    between: str
    after_rows: str
    buyer_style: str
    row_styles: tuple[str, ...]


def write_hand_outs(result: RoundResult, lang: str, folder: Path) -> None:
    """One workbook per consultant in ``folder``/hand_outs, buyers by priority; none where nothing is handed out."""
    lookup = Lookup(result, Words(lang))
    rows, columns = hand_out_rows(lookup), pick_columns(lookup)
    if rows.empty:
        return
    (folder / FOLDER).mkdir(parents=True)
    by_consultant = dict(tuple(rows.groupby("consultant", sort=False)))
    for number, consultant in enumerate(sorted(by_consultant, key=lambda name: (name == "", natural_key(name), name))):
        name = consultant or lookup.words("no_consultant")
        path = folder / FOLDER / f"{number + 1:02d} {_file_name(name)}.xlsx"
        _write_book(by_consultant[consultant], columns, lookup, name, path)


def _write_book(
    rows: pd.DataFrame, columns: tuple[ColumnView, ...], lookup: Lookup, consultant: str, path: Path
) -> None:
    buyers = rows.drop_duplicates("buyer_id")
    laid_out, claimed = BytesIO(), SheetNames()
    names = [
        claimed.claim(f"{who} {buyer_id}") for who, buyer_id in zip(buyers["who"], buyers["buyer_id"], strict=True)
    ]
    with Workbook(laid_out, OPTIONS) as workbook:
        workbook.set_properties({"title": excel_text(_title(lookup))[:255], "created": CREATED})
        _lay_out(workbook.add_worksheet(names[0]), columns, lookup, Styles(workbook, lookup.words.lang, POINTS))
    said = [
        lookup.words("hand_out.buyer", buyer=who, buyer_id=buyer_id, consultant=consultant)
        for who, buyer_id in zip(buyers["who"], buyers["buyer_id"], strict=True)
    ]
    lines = _row_lines(rows, columns)
    of_buyer = rows.groupby("buyer_id", sort=False).indices
    _pour(laid_out, path, names, said, ([lines[place] for place in of_buyer[buyer]] for buyer in buyers["buyer_id"]))


def _lay_out(sheet, columns: tuple[ColumnView, ...], lookup: Lookup, styles: Styles) -> None:
    """The pattern: title, an empty line for the buyer, what the figures mean, the header, one empty row."""
    words, last = lookup.words, len(columns) - 1
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(HEADER_ROW, place, excel_text(column.label), styles.header())
        sheet.write_blank(HEADER_ROW + 1, place, None, styles.body(column.kind))
    sheet.set_default_row(ROW_POINTS)
    sheet.set_row(0, 32)
    sheet.write_string(0, 0, excel_text(_title(lookup)), styles.title())
    sheet.write_blank(BUYER_ROW, 0, None, styles.get(bold=True, font_size=POINTS + 2))
    sheet.set_row(2, 3 * LINE_POINTS)
    note = [words("hand_out.note"), lookup.result.settings.synthetic * words("synthetic")]
    sheet.merge_range(2, 0, 2, last, excel_text("\n".join(filter(None, note))), styles.note())
    sheet.set_row(HEADER_ROW, 4 + LINE_POINTS * max(
        -(-display_width(column.label) // int(LABEL_SHARE * column.width)) for column in columns))
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.5)
    sheet.fit_to_pages(1, 1)
    sheet.hide_gridlines(2)


def _pour(
    laid_out: BytesIO, path: Path, names: Sequence[str], said: Sequence[str], lines: Iterator[list[list[str]]]
) -> None:
    with zipfile.ZipFile(laid_out) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        pattern = _pattern(source.read("xl/worksheets/sheet1.xml").decode("utf-8"))
        for name in source.namelist():
            if not name.startswith("xl/worksheets/sheet"):
                part = listing_sheets(name, source.read(name).decode("utf-8"), names)
                _put(target, name, part.encode("utf-8"))
        for number, (line, rows) in enumerate(zip(said, lines, strict=True), 1):
            _put(target, f"xl/worksheets/sheet{number}.xml", _sheet(pattern, number, line, rows).encode("utf-8"))


def _pattern(sheet: str) -> Pattern:
    buyer = re.search(rf'<c r="A{BUYER_ROW + 1}" s="(\d+)"/>', sheet)
    row = re.search(rf'<row r="{HEADER_ROW + 2}"[^>]*>.*?</row>', sheet)
    if buyer is None or row is None:
        raise ValueError("the hand-out's pattern lacks the buyer's line or row")
    return Pattern(
        sheet[: buyer.start()], sheet[buyer.end() : row.start()], sheet[row.end() :], buyer[1],
        tuple(_STYLE.findall(row[0])),
    )


def _sheet(pattern: Pattern, number: int, said: str, rows: list[list[str]]) -> str:
    before = pattern.before_buyer if number == 1 else pattern.before_buyer.replace(' tabSelected="1"', "", 1)
    poured = []
    for row_no, contents in enumerate(rows, HEADER_ROW + 2):
        row = "".join(
            f'<c r="{xl_col_to_name(place)}{row_no}" s="{style}"{content}'
            for place, (style, content) in enumerate(zip(pattern.row_styles, contents, strict=True))
        )
        poured.append(f'<row r="{row_no}">{row}</row>')
    buyer = f'<c r="A{BUYER_ROW + 1}" s="{pattern.buyer_style}"{cell_content(said)}'
    return "".join([before, buyer, pattern.between, *poured, pattern.after_rows])


def _row_lines(rows: pd.DataFrame, columns: Sequence[ColumnView]) -> list[list[str]]:
    """Every row as what follows each of its cells' place and style."""
    return [list(row) for row in zip(*(map(cell_content, cells(rows[column.key])) for column in columns), strict=True)]


def _put(target: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, ZIP_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    target.writestr(entry, content)


def _title(lookup: Lookup) -> str:
    return lookup.words("hand_out.title", launch=lookup.result.settings.name)


def _file_name(name: str) -> str:
    """A person's name as part of a file's name that every system accepts."""
    return re.sub(r"[^\w-]+", "_", name)[:_NAME_CHARACTERS].strip("_") or "_"
