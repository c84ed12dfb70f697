"""The summary of a batch: one workbook, one row per launch, each with links to its own report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from sincerity.domain.batch import BATCH_STATUSES, LaunchLine
from sincerity.reports.table_sheet import A3, column_widths, write_header, write_heading
from sincerity.reports.view import CellValue, ColumnKind, ColumnView, TableView
from sincerity.reports.workbook_styles import Styles
from sincerity.reports.workbook_text import excel_text
from sincerity.texts import text

CREATED = datetime(2000, 1, 1)
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
FILLS = {"unproven": "#FCF0D6", "problems": "#F8B4AE", "failed": "#F8B4AE", "busy": "#FCF0D6"}
LINKS = ("report", "control_sheet", "problems_file")
COLUMNS: tuple[tuple[str, ColumnKind, int], ...] = (
    ("folder", "text", 18), ("name", "text", 24), ("status", "text", 12), ("round", "int", 7), ("policy", "text", 14),
    ("buyers_placed", "int", 9), ("buyers_with_pick", "int", 11), ("placement_rate", "percent", 9),
    ("first_choices", "int", 9), ("placed", "int", 9), ("first_choice_rate", "percent", 9),
    ("errors", "int", 7), ("warnings", "int", 7), ("seconds", "number", 8), ("what", "long_text", 60),
    ("report", "text", 10), ("control_sheet", "text", 10), ("problems_file", "text", 10),
)


def write_batch_summary(lines: Sequence[LaunchLine], path: Path, lang: str) -> None:
    """``lines`` as a workbook at ``path``; its links are relative to the folder it lies in."""
    table = batch_table(lines, lang)
    with Workbook(str(path), OPTIONS) as workbook:
        workbook.set_properties({"title": excel_text(table.title), "created": CREATED})
        sheet = workbook.add_worksheet(text("batch.sheet", lang))
        _write(sheet, table, lines, Styles(workbook, lang))


def batch_table(lines: Sequence[LaunchLine], lang: str) -> TableView:
    """The summary's table: a row per line, in their order."""
    columns = tuple(
        ColumnView(key, text(f"batch.column.{key}", lang), kind, width) for key, kind, width in COLUMNS)
    return TableView(
        "batch", text("batch.title", lang), status_counts(lines, lang), columns,
        tuple(_row(line, lang) for line in lines),
    )


def status_counts(lines: Sequence[LaunchLine], lang: str) -> str:
    """How many launches there are, and how many of each status."""
    counts = Counter(line.status for line in lines)
    said = [text(f"batch.count.{status}", lang, count=counts[status]) for status in BATCH_STATUSES if counts[status]]
    return text("batch.counts", lang, launches=len(lines), said=text("batch.comma", lang).join(said))


def _row(line: LaunchLine, lang: str) -> tuple[CellValue, ...]:
    shown = {
        **vars(line),
        "status": text(f"batch.status.{line.status}", lang),
        "placement_rate": _rate(line.buyers_placed, line.buyers_with_pick),
        "first_choice_rate": _rate(line.first_choices, line.placed),
        "seconds": round(line.seconds, 1),
        **{key: text("batch.open", lang) if getattr(line, key) else "" for key in LINKS},
    }
    return tuple(shown[key] for key, _, _ in COLUMNS)


def _rate(numerator: int | None, denominator: int | None) -> float | None:
    return numerator / denominator if numerator is not None and denominator else None


def _write(sheet: Worksheet, table: TableView, lines: Sequence[LaunchLine], styles: Styles) -> None:
    widths = column_widths(table)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    header = write_heading(sheet, 0, table, widths, styles)
    write_header(sheet, header, table.columns, widths, styles)
    for row, (line, values) in enumerate(zip(lines, table.rows, strict=True), header + 1):
        _write_row(sheet, row, line, values, table.columns, styles)
    last = header + max(len(lines), 1)
    sheet.freeze_panes(header + 1, 1)
    sheet.autofilter(header, 0, last, len(widths) - 1)
    sheet.set_landscape()
    sheet.set_paper(A3)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header)


def _write_row(
    sheet: Worksheet, row: int, line: LaunchLine, values: Sequence[CellValue], columns: Sequence[ColumnView],
    styles: Styles,
) -> None:
    link = styles.get(font_color="#1F4E9E", underline=1, bottom=1, bottom_color="#C9D1DA")
    for place, (column, value) in enumerate(zip(columns, values, strict=True)):
        style = styles.body(column.kind)
        if column.key == "status" and line.status in FILLS:
            style = styles.get(bg_color=FILLS[line.status], bold=True, bottom=1, bottom_color="#C9D1DA")
        if value is None or value == "":
            sheet.write_blank(row, place, None, style)
        elif column.key in LINKS:
            target = getattr(line, column.key).replace("%", "%25").replace("#", "%23")
            sheet.write_url(row, place, f"external:{target}", link, excel_text(str(value)))
        elif isinstance(value, str):
            sheet.write_string(row, place, excel_text(value), style)
        else:
            sheet.write_number(row, place, value, style)
