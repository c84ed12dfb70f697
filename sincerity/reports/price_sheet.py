"""The price table as a sheet that counts: totals are price × area, sums and averages are formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from sincerity.reports.poured_rows import Poured, lines_of, row_points
from sincerity.reports.table_sheet import A3, column_widths, set_up_print, write_header, write_heading
from sincerity.reports.view import CellValue, Report, TableView
from sincerity.reports.wording import Words
from sincerity.reports.workbook_styles import Styles
from sincerity.reports.workbook_text import excel_text

PRODUCTS = {"price_base_total": "price_base", "total_yuan": "price_yuan_per_m2"}  # total → its price
AREA = "area_m2"


def write_price_sheet(sheet: Worksheet, table: TableView, report: Report, styles: Styles) -> list[Poured]:
    """The price table on an empty ``sheet``, its sums and averages in the last row; nothing is left to be poured."""
    widths = column_widths(table)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    header_row = write_heading(sheet, 0, table, widths, styles)
    write_header(sheet, header_row, table.columns, widths, styles)
    places = {column.key: place for place, column in enumerate(table.columns)}
    for row, values in enumerate(table.rows, header_row + 1):
        sheet.set_row(row, row_points(max(map(lines_of, values, widths))))
        _write_unit(sheet, row, values, table, places, styles)
    last = header_row + len(table.rows)
    _write_sums(sheet, header_row + 1, last, table, places, styles)
    set_up_print(sheet, report, A3)
    sheet.freeze_panes(header_row + 1, 1)
    sheet.autofilter(header_row, 0, last, len(widths) - 1)
    sheet.repeat_rows(header_row)
    return []


def _write_unit(
    sheet: Worksheet, row: int, values: Sequence[CellValue], table: TableView, places: Mapping[str, int],
    styles: Styles,
) -> None:
    for place, (column, value) in enumerate(zip(table.columns, values, strict=True)):
        if column.key in PRODUCTS:
            price, area = xl_rowcol_to_cell(row, places[PRODUCTS[column.key]]), xl_rowcol_to_cell(row, places[AREA])
            sheet.write_formula(row, place, f"=ROUND({price}*{area},0)", styles.body(column.kind), value)
        elif isinstance(value, str):
            sheet.write_string(row, place, excel_text(value), styles.body(column.kind))
        else:
            sheet.write(row, place, value, styles.body(column.kind))


def _write_sums(
    sheet: Worksheet, first: int, last: int, table: TableView, places: Mapping[str, int], styles: Styles
) -> None:
    """Σ area and Σ totals; each average price is its Σ total ÷ Σ area."""
    def column(key: str) -> str:
        return f"{xl_rowcol_to_cell(first, places[key])}:{xl_rowcol_to_cell(last, places[key])}"

    sums = {key: sum(row[places[key]] for row in table.rows) for key in (AREA, *PRODUCTS)}  # type: ignore[misc]
    sheet.write_string(last + 1, 0, Words(styles.lang)("price_sum"), styles.total())
    for key, value in sums.items():
        sheet.write_formula(last + 1, places[key], f"=SUM({column(key)})", styles.total(), value)
    for total, price in PRODUCTS.items():
        average = f"=SUM({column(total)})/SUM({column(AREA)})"
        sheet.write_formula(last + 1, places[price], average, styles.total(), sums[total] / sums[AREA])
