"""One table of the report as one sheet: title, note, frozen header, filters, print set-up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from sincerity.reports.view import CellValue, ColumnView, Report, TableView
from sincerity.reports.wording import Words
from sincerity.reports.workbook_styles import Styles
from sincerity.reports.workbook_text import display_width, excel_text

A3, A4 = 8, 9  # Excel's paper codes
A4_CHARACTERS = 150  # columns wider than this in all go on A3
NOTE_CHARACTERS = 130  # a note takes the columns that are this wide together
MEASURED_ROWS = 2_000  # rows whose texts decide a column's width
WIDEST_TEXT = 30
HEADER_LIMIT = 200  # Excel allows 255 characters in a page header, codes included

Writer = Callable[[int, int, CellValue, Format], object]


def write_table(sheet: Worksheet, table: TableView, report: Report, styles: Styles) -> None:
    """``table`` on an empty ``sheet``."""
    widths = column_widths(table)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    header_row = write_heading(sheet, 0, table, widths, styles)
    last_row = write_rows(sheet, header_row, table, widths, styles)
    sheet.freeze_panes(header_row + 1, 0)
    sheet.autofilter(header_row, 0, last_row, len(table.columns) - 1)
    set_up_print(sheet, report, A3 if sum(widths) > A4_CHARACTERS else A4)
    sheet.repeat_rows(header_row)
    sheet.print_area(0, 0, last_row, len(table.columns) - 1)


def write_tables(sheet: Worksheet, tables: Sequence[TableView], report: Report, styles: Styles) -> None:
    """Small tables of the same shape, one below the other on an empty ``sheet``."""
    every = [column_widths(table) for table in tables]
    widths = [max(width) for width in zip(*every, strict=True)]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    row = 0
    for table in tables:
        header_row = write_heading(sheet, row, table, widths, styles)
        row = write_rows(sheet, header_row, table, widths, styles) + 2
    set_up_print(sheet, report, A4)
    sheet.print_area(0, 0, row - 2, len(widths) - 1)


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


def write_rows(
    sheet: Worksheet, header_row: int, table: TableView, widths: Sequence[float], styles: Styles
) -> int:
    """Header and rows; the last row written. A table without rows says so."""
    sheet.set_row(header_row, 15 * _header_lines(table.columns, widths) + 4)
    for place, column in enumerate(table.columns):
        label = styles.fill_in_header() if column.fill_in else styles.header()
        sheet.write_string(header_row, place, excel_text(column.label), label)
    writers = [_writer(sheet, column, table.columns) for column in table.columns]
    formats = [_format(column, styles) for column in table.columns]
    cells = tuple(zip(range(len(writers)), writers, formats, strict=True))
    row = header_row
    for row, values in enumerate(table.rows, header_row + 1):
        for (place, write, style), value in zip(cells, values, strict=True):
            write(row, place, value, style)
    if not table.rows:
        row = header_row + 1
        sheet.write_string(row, 0, Words(styles.lang)("summary.nothing"), styles.note())
    _add_choices(sheet, header_row + 1, row, table.columns)
    return row


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


def column_widths(table: TableView) -> list[float]:
    """A width for each column, in characters: what its texts need, within bounds, and never less than its share."""
    return [_width(table, place, column) for place, column in enumerate(table.columns)]


def write_value(sheet: Worksheet, row: int, place: int, value: CellValue, style: Format) -> None:
    """A ready value with the type Excel should see; outside text is never a formula or a link."""
    if isinstance(value, str):
        sheet.write_string(row, place, excel_text(value), style)
    elif isinstance(value, datetime):
        _write_moment(sheet, row, place, value, style)
    elif value is None:
        sheet.write_blank(row, place, None, style)
    else:
        sheet.write_number(row, place, value, style)


def _write_moment(sheet: Worksheet, row: int, place: int, moment: datetime, style: Format) -> None:
    """A date Excel can hold as a date, an older one as text."""
    if moment.year < 1900:
        sheet.write_string(row, place, moment.isoformat(" "), style)
    else:
        sheet.write_datetime(row, place, moment, style)


def _writer(sheet: Worksheet, column: ColumnView, columns: Sequence[ColumnView]) -> Writer:
    """How the values of ``column`` are written."""
    if column.sum_of:
        first, last = (_place(key, columns) for key in column.sum_of)

        def write_sum(row: int, place: int, value: CellValue, style: Format) -> None:
            span = f"{xl_rowcol_to_cell(row, first)}:{xl_rowcol_to_cell(row, last)}"
            sheet.write_formula(row, place, f"=SUM({span})", style, value)

        return write_sum
    if column.fill_in:
        return sheet.write_blank

    def write(row: int, place: int, value: CellValue, style: Format) -> None:
        write_value(sheet, row, place, value, style)

    return write


def _format(column: ColumnView, styles: Styles) -> Format:
    if column.sum_of:
        return styles.total()
    return styles.fill_in() if column.fill_in else styles.body(column.kind)


def _add_choices(sheet: Worksheet, first_row: int, last_row: int, columns: Sequence[ColumnView]) -> None:
    for place, column in enumerate(columns):
        if column.choices and last_row >= first_row:
            sheet.data_validation(
                first_row, place, last_row, place, {"validate": "list", "source": list(column.choices)}
            )


def _width(table: TableView, place: int, column: ColumnView) -> float:
    label = max(display_width(part) for part in column.label.replace("（", "\n（").split("\n"))
    least = max(column.width, min(label, 14) + 2)
    if column.kind != "text":
        return least
    texts = (row[place] for row in islice(table.rows, MEASURED_ROWS))
    widest = max((display_width(text) for text in texts if isinstance(text, str)), default=0)
    return max(least, min(widest + 2, WIDEST_TEXT))


def _header_lines(columns: Sequence[ColumnView], widths: Sequence[float]) -> int:
    return max(-(-display_width(c.label) // int(width - 1)) for c, width in zip(columns, widths, strict=True))


def _columns_within(widths: Sequence[float], characters: float) -> int:
    """The last column of the first ones that are together at most ``characters`` wide, at least the first."""
    total = 0.0
    for place, width in enumerate(widths):
        total += width
        if total > characters:
            return max(place - 1, 0)
    return len(widths) - 1


def _place(key: str, columns: Sequence[ColumnView]) -> int:
    return next(place for place, column in enumerate(columns) if column.key == key)


def _page_text(text: str) -> str:
    """Outside text in a page header: its ampersands are no codes."""
    return excel_text(text)[:HEADER_LIMIT].replace("&", "&&")
