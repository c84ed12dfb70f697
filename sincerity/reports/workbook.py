"""The control sheet: one workbook with the grid, the reviews, the work lists and the record of the run.

The same report gives the same bytes: the workbook's dates are fixed and its strings are plain text, never
formulas or links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from sincerity.reports.control_grid import building_label, units_of, write_grid
from sincerity.reports.formatting import count_text
from sincerity.reports.poured_rows import Poured, pour
from sincerity.reports.price_sheet import write_price_sheet
from sincerity.reports.sheet_charts import has_chart, insert_chart, space_beside
from sincerity.reports.summary_sheet import Entry, write_summary
from sincerity.reports.table_sheet import write_tables
from sincerity.reports.view import FacadeBuilding, FloweringChart, Report, TableView
from sincerity.reports.wave_sheet import write_waves
from sincerity.reports.wording import Words
from sincerity.reports.workbook_styles import Styles
from sincerity.reports.workbook_text import SheetNames, excel_text

CREATED = datetime(2000, 1, 1)
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
CHARTS = (  # of the method: those of the round
    "chart_index", "buyer_register", "answer_tally", "unit_picks", "scoring_standard", "feedback_shares",
    "pick_feedback", "showflat_views", "pick_moves", "pick_changes", "hand_outs",
)
TABLES = ("units_flat", "conflicts", "waiting_list", "steering", "refusals", "sincerity")
FORECAST = (
    "forecast_review", "forecast_totals", "levers", "ballot", "unit_review", "forecast_grades", "forecast_units",
    "forecast_buyers", "absorption_curve", "forecast_basis",
)
CHANGES = (
    "moves", "decision_costs", "rulings", "changes_buyers", "changes_picks", "changes_units", "changes_targets",
    "deadlines",
)
CHANCES = ("expected_orders", "chances", "drift")
PRICES = ("base_check", "prices", "price_variants", "price_goals", "price_band", "price_lost", "price_acceptance")
RECORD = (
    *PRICES, *CHANGES, *FORECAST, *CHANCES, "kpi", "frontier", "goals", "targets", "collisions", "decisions", "flags",
    "late_entries",
)
NAMED_WHEN_EMPTY = ("moves", "targets", "collisions", "decisions", "flags", "late_entries")
LEFT_OUT_WHEN_EMPTY = frozenset((*PRICES, *CHANGES, *FORECAST, *CHANCES, *NAMED_WHEN_EMPTY))
TAB_COLOURS = {"grid": "#23405C", "conflicts": "#D9982B", "work_list": "#4A7BA6"}


class Sheet(NamedTuple):
    """One sheet to come: what kind it is, its line in the contents, and what lays it out."""

    kind: str
    entry: Entry
    lay_out: Callable[[Worksheet, int], list[Poured]]


def write_control_sheet(report: Report, path: Path) -> None:
    """``report`` as an Excel workbook at ``path``, an existing file replaced."""
    laid_out, poured = BytesIO(), []
    with Workbook(laid_out, OPTIONS) as workbook:
        workbook.set_properties({"title": excel_text(report.title)[:255], "created": CREATED})
        styles, names, words = Styles(workbook, report.lang), SheetNames(), Words(report.lang)
        summary = workbook.add_worksheet(names.claim(words("sheet.summary")))
        sheets = list(_sheets(report, styles, names))
        write_summary(summary, report, [sheet.entry for sheet in sheets], _left_out(report), styles)
        for sheet_no, sheet in enumerate(sheets, 2):
            worksheet = workbook.add_worksheet(sheet.entry.name)
            worksheet.set_tab_color(TAB_COLOURS.get(sheet.kind, "#C9D1DA"))
            poured += sheet.lay_out(worksheet, sheet_no)
    pour(laid_out, poured, path)


def _sheets(report: Report, styles: Styles, names: SheetNames) -> Iterator[Sheet]:
    """All sheets after the summary, in order."""
    words, tables = Words(report.lang), report.tables

    def table(kind: str, name: str, *shown: TableView) -> Sheet:
        size = words("summary.rows", rows=count_text(len(shown[0].rows)))
        entry = Entry(names.claim(name), shown[0].note, size)
        if kind == "prices":
            return Sheet(kind, entry, lambda sheet, _: write_price_sheet(sheet, shown[0], report, styles))
        return Sheet(kind, entry, lambda sheet, number: write_tables(sheet, number, shown, report, styles))

    def drawn(key: str) -> Sheet:
        plain = table(key, words(f"sheet.{key}"), tables[key])
        if not has_chart(tables[key]):
            return plain

        def lay_out(sheet: Worksheet, number: int) -> list[Poured]:
            poured = write_tables(sheet, number, (tables[key],), report, styles, space_beside(tables[key]))
            insert_chart(styles.workbook, sheet, tables[key], poured[0].row, report.lang)
            return poured

        return plain._replace(lay_out=lay_out)

    for building in report.facade:
        yield _grid(building, report, styles, names)
    if report.absorption is not None:
        yield _waves(report.absorption.waves, report, styles, names)
    for key in (*(key for key in CHARTS if key in tables), *TABLES):
        yield drawn(key)
    for consultant, work_list in report.work_lists.items():
        name = words("sheet.work_list", consultant=consultant or words("no_consultant"))
        yield table("work_list", name, work_list)
    for key in RECORD:
        if tables[key].rows or key not in LEFT_OUT_WHEN_EMPTY:
            yield table(key, words(f"sheet.{key}"), tables[key])
    yield table("audit", words("sheet.audit"), tables["audit"], tables["settings"])
    yield table("inputs", words("sheet.inputs"), tables["inputs"])


def _waves(chart: FloweringChart, report: Report, styles: Styles, names: SheetNames) -> Sheet:
    words = Words(report.lang)
    size = words("summary.units", units=count_text(len(chart.cells)))
    entry = Entry(names.claim(words("sheet.waves")), chart.subtitle, size)

    def lay_out(sheet: Worksheet, number: int) -> list[Poured]:
        write_waves(sheet, chart, report, styles)
        return []

    return Sheet("grid", entry, lay_out)


def _grid(building: FacadeBuilding, report: Report, styles: Styles, names: SheetNames) -> Sheet:
    words, label = Words(report.lang), building_label(building, report)
    size = words("summary.units", units=count_text(len(units_of(building))))
    entry = Entry(names.claim(words("sheet.grid", building=label)), words("sheet.grid_title", building=label), size)

    def lay_out(sheet: Worksheet, number: int) -> list[Poured]:
        write_grid(sheet, building, report, styles)
        return []

    return Sheet("grid", entry, lay_out)


def _left_out(report: Report) -> list[str]:
    return [report.tables[key].title for key in NAMED_WHEN_EMPTY if not report.tables[key].rows]
