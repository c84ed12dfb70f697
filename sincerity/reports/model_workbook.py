"""The study of past launches as a workbook: a summary sheet and one sheet per table, printable, dates fixed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from sincerity.reports.model_view import ModelReport
from sincerity.reports.view import CellValue, ColumnView, TableView
from sincerity.reports.workbook_styles import Styles
from sincerity.reports.workbook_text import SheetNames, display_width, excel_text
from sincerity.texts import text

CREATED = datetime(2000, 1, 1)
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
SUMMARY_WIDTHS = (22, 18, 70)
NUMBER = "#,##0.0##"
WIDEST, MARGIN = 30, 3
ROW_POINTS, SENTENCE_CHARACTERS = 15, 105


def write_model_workbook(report: ModelReport, path: Path) -> None:
    """``report`` at ``path``, an existing file replaced; equal reports give equal bytes."""
    with Workbook(str(path), OPTIONS) as workbook:
        workbook.set_properties({"title": excel_text(report.title)[:255], "created": CREATED})
        styles, names = Styles(workbook, report.lang), SheetNames()
        _summary(workbook.add_worksheet(names.claim(text("model.summary_sheet", report.lang))), report, styles)
        for table in report.tables:
            if table.rows:
                _table(workbook.add_worksheet(names.claim(table.title)), table, styles)


def _summary(sheet: Worksheet, report: ModelReport, styles: Styles) -> None:
    for place, width in enumerate(SUMMARY_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, excel_text(report.title), styles.title())
    under = " · ".join(filter(None, (report.subtitle, report.synthetic_note)))
    row = _sentences(sheet, 1, (under, report.headline), styles)
    for fact in report.facts:
        for place, words in enumerate((fact.label, fact.value, fact.detail)):
            sheet.write_string(row, place, excel_text(words), styles.body("text"))
        row += 1
    for heading, sentences in (("doubts", report.doubts), ("cannot_know", report.limits)):
        sheet.write_string(row + 1, 0, text(f"model.{heading}", report.lang), styles.get(bold=True))
        shown = sentences or (text("model.no_doubts", report.lang),)
        row = _sentences(sheet, row + 2, shown, styles)
    _set_up_print(sheet)


def _sentences(sheet: Worksheet, row: int, sentences: tuple[str, ...], styles: Styles) -> int:
    """One merged row per sentence; the row after the last."""
    style = styles.get(text_wrap=True)
    for number, sentence in enumerate(sentences, row):
        sheet.merge_range(number, 0, number, len(SUMMARY_WIDTHS) - 1, excel_text(sentence), style)
        sheet.set_row(number, ROW_POINTS * (1 + display_width(sentence) // SENTENCE_CHARACTERS))
    return row + len(sentences)


def _table(sheet: Worksheet, table: TableView, styles: Styles) -> None:
    sheet.write_string(0, 0, excel_text(table.title), styles.title())
    sheet.write_string(1, 0, excel_text(table.note), styles.get(font_size=9))
    for place, column in enumerate(table.columns):
        texts = [row[place] for row in table.rows if isinstance(row[place], str)]
        widest = max((display_width(str(words)) for words in (column.label, *texts)), default=0)
        sheet.set_column(place, place, min(max(widest + MARGIN, 9), WIDEST))
        sheet.write_string(2, place, excel_text(column.label), styles.header())
        for number, row in enumerate(table.rows, 3):
            _write(sheet, number, place, row[place], column, styles)
    sheet.freeze_panes(3, 1)
    sheet.autofilter(2, 0, 2 + len(table.rows), len(table.columns) - 1)
    _set_up_print(sheet)


def _write(sheet: Worksheet, row: int, place: int, value: CellValue, column: ColumnView, styles: Styles) -> None:
    style = styles.get(num_format=NUMBER) if column.kind == "number" else styles.body(column.kind)
    if value is None:
        sheet.write_blank(row, place, None, style)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, place, value, style)
    elif isinstance(value, str):
        sheet.write_string(row, place, excel_text(value), style)
    else:
        sheet.write_number(row, place, value, style)


def _set_up_print(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
