"""Excel's own charts: beside their tables, over the table's own cells, with the figures stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest

from sincerity.reports.sheet_charts import CHARTS, PATTERNS
from sincerity.reports.view import ColumnView, Report, TableView
from sincerity.reports.viewmodel import build_report
from sincerity.reports.workbook import write_control_sheet
from tests.reports.result import five_by_four_result

UNITS, CONSULTANTS = 30, 11


def table(key: str, columns: list[str], rows: list[tuple]) -> TableView:
    return TableView(key, f"T {key}", "note", tuple(ColumnView(name, name) for name in columns), tuple(rows))


def report_with_charts() -> Report:
    report = build_report(five_by_four_result(), "en")
    people = [f"consultant.{number}" for number in range(CONSULTANTS)]
    more = (
        table("unit_picks", ["unit_id", "first", "second", "third", "later"],
              [(f"1-{n}", 40 - n, 3, 2, 1) for n in range(UNITS)]),
        table("showflat_views", ["day", "views_all", "views_first", *people],
              [(datetime(2026, 11, day), 9, 4, *range(CONSULTANTS)) for day in (1, 2, 5)]),
        table("answer_tally", ["question", "answer", "answer_buyers", "answer_share", "answered"],
              [("Why?", "Because", 3, 0.75, 4)]),
        table("feedback_shares", ["feedback_group", "picks", "high", "base", "low", "below", "unsaid"], []),
    )
    return replace(report, tables={**report.tables, **{each.key: each for each in more}})


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("charts") / "control_sheet.xlsx"
    write_control_sheet(report_with_charts(), path)
    return openpyxl.load_workbook(path)


def sheet_of(book, key: str):
    return next(sheet for sheet in book if sheet["A1"].value == f"T {key}")


def test_the_units_named_most_are_stacked_by_rank_over_the_tables_own_cells(book):
    sheet = sheet_of(book, "unit_picks")
    (chart,) = sheet._charts
    assert (chart.type, chart.grouping, chart.overlap) == ("bar", "stacked", 100)
    assert [series.val.numRef.f for series in chart.series] == [
        f"'1.3 Picks per unit'!${column}$4:${column}$23" for column in "BCDE"]
    assert chart.series[0].cat.strRef.f == "'1.3 Picks per unit'!$A$4:$A$23"
    stored = [float(point.v) for point in chart.series[0].val.numRef.numCache.pt]
    assert stored == [sheet[f"B{row}"].value for row in range(4, 24)] == [40.0 - n for n in range(20)]
    assert chart.anchor._from.col == 5  # right of the table's five columns


def test_every_consultant_is_a_series_and_none_looks_like_another(book):
    (chart,) = sheet_of(book, "showflat_views")._charts
    assert [series.val.numRef.f.split("!")[1] for series in chart.series][:2] == ["$D$4:$D$6", "$E$4:$E$6"]
    assert len(chart.series) == CONSULTANTS
    looks = set()
    for series in chart.series:
        paint = series.graphicalProperties
        colour = (paint.solidFill or paint.pattFill.fgClr).srgbClr
        looks.add((str(getattr(colour, "val", colour)), paint.pattFill.prst if paint.pattFill else ""))
    assert len(looks) == CONSULTANTS and len(PATTERNS) * 8 > 60


def test_questions_and_answers_name_the_bars_together(book):
    (chart,) = sheet_of(book, "answer_tally")._charts
    assert [series.val.numRef.f.split("!")[1] for series in chart.series] == ["$D$4"]
    assert chart.legend is None


def test_a_table_without_rows_has_no_chart_and_others_none_either(book):
    assert not sheet_of(book, "feedback_shares")._charts
    assert not any(sheet._charts for sheet in book if sheet["A1"].value not in {f"T {key}" for key in CHARTS})


def test_the_print_holds_the_whole_chart(book):
    sheet = sheet_of(book, "answer_tally")
    (chart,) = sheet._charts
    last = openpyxl.utils.cell.range_boundaries(sheet.print_area.split("!")[1].replace("$", ""))
    height_px = chart.anchor._ext.height if hasattr(chart.anchor, "_ext") else chart.height
    assert last[2] >= 5 + 9 and last[3] >= 3 + 300 // 20 and height_px


def test_the_same_table_gives_the_same_workbook(tmp_path):
    for name in ("one", "two"):
        write_control_sheet(report_with_charts(), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
