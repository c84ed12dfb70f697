"""The first sheet: the headline, the figures, what to know, and where everything stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from xlsxwriter.worksheet import Worksheet

from sincerity.reports.table_sheet import A4, set_up_print
from sincerity.reports.view import Report
from sincerity.reports.wording import Words
from sincerity.reports.workbook_styles import ALARM, LINE, NAVY, QUIET, Styles
from sincerity.reports.workbook_text import display_width, excel_text

WIDTHS = (30, 14, 92)  # label, figure, what it counts
LINE_POINTS = 14.5


class Entry(NamedTuple):
    """One sheet in the list of contents."""

    name: str
    title: str
    size: str


def write_summary(
    sheet: Worksheet, report: Report, contents: Sequence[Entry], left_out: Sequence[str], styles: Styles
) -> None:
    """The summary on an empty ``sheet``; ``left_out`` names tables that are empty and have no sheet."""
    for place, width in enumerate(WIDTHS):
        sheet.set_column(place, place, width)
    row = _write_top(sheet, report, styles)
    row = _write_facts(sheet, row, report, styles)
    row = _write_notices(sheet, row, report, styles)
    row = _write_contents(sheet, row, report, contents, left_out, styles)
    set_up_print(sheet, report, A4, pages_tall=1)
    sheet.print_area(0, 0, row - 1, len(WIDTHS) - 1)


def _write_top(sheet: Worksheet, report: Report, styles: Styles) -> int:
    sheet.set_row(0, 34)
    sheet.write_string(0, 0, excel_text(report.title), styles.get(font_size=20, bold=True, font_color=NAVY))
    sheet.write_string(1, 0, excel_text(report.subtitle), styles.get(font_color=QUIET))
    sheet.write_string(2, 0, excel_text(report.synthetic_note), styles.get(font_color=ALARM, bold=True))
    _write_wide(sheet, 3, report.headline, 13, styles.get(font_size=13, bold=True, text_wrap=True))
    below = (*((report.round_purpose,) if report.round_purpose else ()), *report.since)
    for row, sentence in enumerate(below, 4):
        _write_wide(sheet, row, sentence, 10, styles.get(text_wrap=True, valign="top"))
    return 5 + len(below)


def _write_facts(sheet: Worksheet, row: int, report: Report, styles: Styles) -> int:
    row = _write_heading(sheet, row, Words(report.lang)("summary.facts"), styles)
    label = styles.get(bottom=1, bottom_color=LINE)
    value = styles.get(bottom=1, bottom_color=LINE, bold=True, align="right", font_size=12, font_color=NAVY)
    detail = styles.get(bottom=1, bottom_color=LINE, font_color=QUIET, indent=1)
    for fact in report.facts:
        sheet.set_row(row, 19)
        for place, (text, style) in enumerate(((fact.label, label), (fact.value, value), (fact.detail, detail))):
            sheet.write_string(row, place, excel_text(text), style)
        row += 1
    return row + 1


def _write_notices(sheet: Worksheet, row: int, report: Report, styles: Styles) -> int:
    words = Words(report.lang)
    row = _write_heading(sheet, row, words("summary.notices"), styles)
    for notice in report.notices or (words("summary.no_notices"),):
        _write_wide(sheet, row, f"• {notice}", 10, styles.get(text_wrap=True, valign="top", align="left"))
        row += 1
    return row + 1


def _write_contents(
    sheet: Worksheet, row: int, report: Report, contents: Sequence[Entry], left_out: Sequence[str], styles: Styles
) -> int:
    words = Words(report.lang)
    row = _write_heading(sheet, row, words("summary.sheets"), styles)
    link, quiet = styles.get(font_color="#2B5C8A", underline=1), styles.get(font_color=QUIET)
    size = styles.get(font_color=QUIET, align="right")
    for entry in contents:
        target = "internal:'" + entry.name.replace("'", "''") + "'!A1"
        sheet.write_url(row, 0, target, link, excel_text(entry.name))
        sheet.write_string(row, 1, excel_text(entry.size), size)
        lines = max(-(-display_width(entry.title) // (WIDTHS[2] - 4)), 1)
        sheet.set_row(row, min(LINE_POINTS * lines, 409))
        sheet.write_string(row, 2, excel_text(entry.title), styles.get(font_color=QUIET, indent=1, text_wrap=True))
        row += 1
    if left_out:
        said = words("summary.left_out", tables=words("list_comma").join(left_out))
        sheet.write_string(row, 0, excel_text(said), quiet)
        row += 1
    return row


def _write_heading(sheet: Worksheet, row: int, text: str, styles: Styles) -> int:
    style = styles.get(bold=True, font_size=12, font_color=NAVY, bottom=2, bottom_color=NAVY)
    sheet.set_row(row, 22)
    sheet.write_string(row, 0, text, style)
    for place in range(1, len(WIDTHS)):
        sheet.write_blank(row, place, None, style)
    return row + 1


def _write_wide(sheet: Worksheet, row: int, text: str, font_size: int, style) -> None:
    """A text across all columns, its row as high as its lines."""
    per_line = int(sum(WIDTHS) * 10 / font_size)
    lines = sum(max(-(-display_width(part) // per_line), 1) for part in text.split("\n"))
    sheet.set_row(row, min(LINE_POINTS * font_size / 10 * lines + 4, 409))
    sheet.merge_range(row, 0, row, len(WIDTHS) - 1, excel_text(text), style)
