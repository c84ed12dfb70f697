"""One table of the report as one sheet: title, note, frozen header, filters, print set-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from sincerity.reports.poured_rows import Poured
from sincerity.reports.view import ColumnView, Report, TableView
from sincerity.reports.wording import Words
from sincerity.reports.workbook_styles import Styles
from sincerity.reports.workbook_text import cut_to, display_width, excel_text

A3, A4 = 8, 9  # Excel's paper codes
A4_CHARACTERS = 150  # columns wider than this in all go on A3
NOTE_CHARACTERS = 130  # a note takes the columns that are this wide together
MEASURED_ROWS = 2_000  # rows whose texts decide a column's width
WIDEST_TEXT = 30
GROUPS = {  # tables whose rows belong together, and the column that says which
    "conflicts": "unit_id", "waiting_list": "unit_id", "steering": "buyer_id", "refusals": "buyer_id",
    "work_list": "buyer_id",
}
SCREEN_ONLY = {"sincerity": 2}  # last columns that a print leaves out, so that the rest stays legible on A3
PRINTED_ROWS = {"late_entries": 100}  # long lists for the screen: a print takes their first rows and says so
TWO_PAGES_WIDE = {"sincerity": 6}  # tables too wide for one A3 page, and the first columns that the second repeats
HEADER_LIMIT = 119  # UTF-16 units; Excel allows 255 with the codes, and every ampersand counts twice


class Space(NamedTuple):
    """Room beside a table: columns of Excel's standard width, their width in characters, rows from the header on."""

    columns: int
    characters: int
    rows: int


NO_SPACE = Space(0, 0, 0)


def write_tables(
    sheet: Worksheet, sheet_no: int, tables: Sequence[TableView], report: Report, styles: Styles,
    beside: Space = NO_SPACE,
) -> list[Poured]:
    """``tables`` one below the other on an empty ``sheet``; their rows are laid out and still to be poured.

    ``beside`` them the print leaves room for a chart.
    """
    widths = [max(width) for width in zip(*(column_widths(table) for table in tables), strict=True)]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    poured, row = [], 0
    printed_rows = PRINTED_ROWS.get(tables[0].key, len(tables[0].rows))
    for table in _with_print_told(tables, printed_rows, styles):
        header_row = write_heading(sheet, row, table, widths, styles)
        write_header(sheet, header_row, table.columns, widths, styles)
        if table.rows:
            poured.append(Poured(sheet_no, header_row + 1, table, widths))
        row = lay_out_rows(sheet, header_row + 1, table, styles) + 2
    printed = len(widths) - SCREEN_ONLY.get(tables[0].key, 0)
    not_printed = max(len(tables[0].rows) - printed_rows, 0)
    last_printed = max(row - 2 - not_printed, header_row + beside.rows)
    set_up_print(sheet, report, A3 if sum(widths[:printed]) + beside.characters > A4_CHARACTERS else A4)
    sheet.print_area(0, 0, last_printed, printed - 1 + beside.columns)
    if tables[0].key in TWO_PAGES_WIDE:
        _print_on_two_pages(sheet, TWO_PAGES_WIDE[tables[0].key])
    if len(tables) == 1:
        sheet.freeze_panes(header_row + 1, 0)
        sheet.autofilter(header_row, 0, row - 2, len(widths) - 1)
        sheet.repeat_rows(header_row)
    return poured


def write_heading(sheet: Worksheet, row: int, table: TableView, widths: Sequence[float], styles: Styles) -> int:
    """Title and note from ``row`` on; the row of the header that follows."""
    last = _columns_within(widths, NOTE_CHARACTERS)
    sheet.set_row(row, 28)
    sheet.write_string(row, 0, excel_text(table.title), styles.title())
    lines = -(-display_width(table.note) // int(sum(widths[: last + 1]) * 1.1))
    sheet.set_row(row + 1, 13.5 * lines + 4)
    if last:
        sheet.merge_range(row + 1, 0, row + 1, last, excel_text(table.note), styles.note())
    else:
        sheet.write_string(row + 1, 0, excel_text(table.note), styles.note())
    return row + 2


def write_header(
    sheet: Worksheet, row: int, columns: Sequence[ColumnView], widths: Sequence[float], styles: Styles
) -> None:
    """The columns' labels, the ones people fill in set apart."""
    lines = max(-(-display_width(c.label) // int(width - 1)) for c, width in zip(columns, widths, strict=True))
    sheet.set_row(row, 15 * lines + 4)
    for place, column in enumerate(columns):
        style = styles.fill_in_header() if column.fill_in else styles.header()
        sheet.write_string(row, place, excel_text(column.label), style)


def lay_out_rows(sheet: Worksheet, row: int, table: TableView, styles: Styles) -> int:
    """One formatted empty row for all of the table's, and their drop-downs; the table's last row.

    A table without rows says so instead.
    """
    if not table.rows:
        sheet.write_string(row, 0, Words(styles.lang)("summary.nothing"), styles.note())
        return row
    last_row = row + len(table.rows) - 1
    for place, column in enumerate(table.columns):
        sheet.write_blank(row, place, None, _format(column, styles))
        if column.choices:
            choices = {"validate": "list", "source": list(column.choices)}
            sheet.data_validation(row, place, last_row, place, choices)
    if table.key in GROUPS:
        _part_groups(sheet, row, last_row, table, styles)
    return last_row


def _part_groups(sheet: Worksheet, row: int, last_row: int, table: TableView, styles: Styles) -> None:
    """A dark line above each row that begins a new group; it follows the rows when they are sorted or filtered."""
    place = [column.key for column in table.columns].index(GROUPS[table.key])
    above, own = xl_rowcol_to_cell(row - 1, place, col_abs=True), xl_rowcol_to_cell(row, place, col_abs=True)
    rule = {"type": "formula", "criteria": f"={own}<>{above}", "format": styles.group_start()}
    sheet.conditional_format(row, 0, last_row, len(table.columns) - 1, rule)


def set_up_print(sheet: Worksheet, report: Report, paper: int, pages_tall: int = 0) -> None:
    """Landscape, one page wide, launch and round above, cutoff and page number below."""
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.fit_to_pages(1, pages_tall)
    sheet.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
    sheet.set_header(f"&L&9{_page_text(report.title)}&R&9&A")
    note = f" · {report.synthetic_note}" if report.synthetic_note else ""
    sheet.set_footer(f"&L&8{_page_text(report.subtitle + note)}&R&8&P / &N")
    sheet.hide_gridlines(2)


def _with_print_told(tables: Sequence[TableView], printed_rows: int, styles: Styles) -> list[TableView]:
    """``tables``, the first one's note saying so where a print leaves rows out."""
    if len(tables[0].rows) <= printed_rows:
        return list(tables)
    told = Words(styles.lang)("first_rows_printed", rows=printed_rows)
    return [replace(tables[0], note=f"{tables[0].note}{told}"), *tables[1:]]


def _print_on_two_pages(sheet: Worksheet, repeated: int) -> None:
    """Two pages side by side, the second beginning with the columns that say whose row it is."""
    sheet.fit_to_pages(2, 0)
    sheet.repeat_columns(0, repeated - 1)
    sheet.print_across()


def column_widths(table: TableView) -> list[float]:
    """A width for each column, in characters: what its texts need, within bounds, and never less than its share."""
    return [_width(table, place, column) for place, column in enumerate(table.columns)]


def _format(column: ColumnView, styles: Styles) -> Format:
    if column.sum_of:
        return styles.total()
    return styles.fill_in() if column.fill_in else styles.body(column.kind)


def _width(table: TableView, place: int, column: ColumnView) -> float:
    lines = 2 if column.kind == "text" else 4
    label = -(-display_width(column.label) // lines)
    least = max(column.width, label + 3)
    if column.kind != "text":
        return least
    texts = (row[place] for row in islice(table.rows, MEASURED_ROWS))
    widest = max((display_width(text) for text in texts if isinstance(text, str)), default=0)
    return max(least, min(widest + 3, WIDEST_TEXT))


def _columns_within(widths: Sequence[float], characters: float) -> int:
    """The last column of the first ones that are together at most ``characters`` wide, at least the first."""
    total = 0.0
    for place, width in enumerate(widths):
        total += width
        if total > characters:
            return max(place - 1, 0)
    return len(widths) - 1


def _page_text(text: str) -> str:
    """Outside text in a page header: its ampersands are no codes."""
    return cut_to(excel_text(text), HEADER_LIMIT).replace("&", "&&")
