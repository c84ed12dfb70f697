"""The control sheet: one workbook with the grid, the reviews, the work lists and the record of the run.

The same report gives the same bytes: the workbook's dates are fixed and its strings are plain text, never
formulas or links. Sheets are written row by row and flushed, so memory does not grow with the launch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from sincerity.reports.control_grid import building_label, units_of, write_grid
from sincerity.reports.formatting import count_text
from sincerity.reports.summary_sheet import Entry, write_summary
from sincerity.reports.table_sheet import write_table, write_tables
from sincerity.reports.view import FacadeBuilding, Report, TableView
from sincerity.reports.wording import Words
from sincerity.reports.workbook_styles import Styles
from sincerity.reports.workbook_text import SheetNames, excel_text

CREATED = datetime(2000, 1, 1)
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
TABLES = ("units_flat", "conflicts", "waiting_list", "steering", "refusals", "sincerity")
RECORD = ("moves", "kpi", "frontier", "goals", "targets", "collisions", "decisions", "flags", "late_entries")
LEFT_OUT_WHEN_EMPTY = ("moves", "targets", "collisions", "decisions", "flags", "late_entries")
TAB_COLOURS = {"grid": "#23405C", "conflicts": "#D9982B", "work_list": "#4A7BA6"}


class Sheet(NamedTuple):
    """One sheet to come: what kind it is, its name and line in the contents, and what writes it."""

    kind: str
    entry: Entry
    write: Callable[[Worksheet], None]


def write_control_sheet(report: Report, path: Path) -> None:
    """``report`` as an Excel workbook at ``path``, an existing file replaced."""
    with Workbook(str(path), OPTIONS) as workbook:
        workbook.set_properties({"title": excel_text(report.title)[:255], "created": CREATED})
        styles, names, words = Styles(workbook, report.lang), SheetNames(), Words(report.lang)
        summary = workbook.add_worksheet(names.claim(words("sheet.summary")))
        sheets = list(_sheets(report, styles, names))
        write_summary(summary, report, [sheet.entry for sheet in sheets], _left_out(report), styles)
        for sheet in sheets:
            worksheet = workbook.add_worksheet(sheet.entry.name)
            worksheet.set_tab_color(TAB_COLOURS.get(sheet.kind, "#C9D1DA"))
            sheet.write(worksheet)


def _sheets(report: Report, styles: Styles, names: SheetNames) -> Iterator[Sheet]:
    """All sheets after the summary, in order."""
    for building in report.facade:
        yield _grid(building, report, styles, names)
    for key in TABLES:
        yield _table(key, report.tables[key], report, styles, names)
    for consultant, table in report.work_lists.items():
        yield _work_list(consultant, table, report, styles, names)
    for key in RECORD:
        if report.tables[key].rows or key not in LEFT_OUT_WHEN_EMPTY:
            yield _table(key, report.tables[key], report, styles, names)
    yield _audit_and_settings(report, styles, names)
    yield _table("inputs", report.tables["inputs"], report, styles, names)


def _grid(building: FacadeBuilding, report: Report, styles: Styles, names: SheetNames) -> Sheet:
    words, label = Words(report.lang), building_label(building, report)
    size = words("summary.units", units=count_text(len(units_of(building))))
    entry = Entry(names.claim(words("sheet.grid", building=label)), words("sheet.grid_title", building=label), size)
    return Sheet("grid", entry, lambda sheet: write_grid(sheet, building, report, styles))


def _table(key: str, table: TableView, report: Report, styles: Styles, names: SheetNames) -> Sheet:
    entry = _entry(Words(report.lang)(f"sheet.{key}"), table, report, names)
    return Sheet(key, entry, lambda sheet: write_table(sheet, table, report, styles))


def _work_list(consultant: str, table: TableView, report: Report, styles: Styles, names: SheetNames) -> Sheet:
    words = Words(report.lang)
    wanted = words("sheet.work_list", consultant=consultant or words("no_consultant"))
    entry = _entry(wanted, table, report, names)
    return Sheet("work_list", entry, lambda sheet: write_table(sheet, table, report, styles))


def _audit_and_settings(report: Report, styles: Styles, names: SheetNames) -> Sheet:
    tables = (report.tables["audit"], report.tables["settings"])
    entry = _entry(Words(report.lang)("sheet.audit"), tables[0], report, names)
    return Sheet("audit", entry, lambda sheet: write_tables(sheet, tables, report, styles))


def _entry(wanted: str, table: TableView, report: Report, names: SheetNames) -> Entry:
    size = Words(report.lang)("summary.rows", rows=count_text(len(table.rows)))
    return Entry(names.claim(wanted), table.note, size)


def _left_out(report: Report) -> list[str]:
    return [report.tables[key].title for key in LEFT_OUT_WHEN_EMPTY if not report.tables[key].rows]
