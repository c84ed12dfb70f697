"""The model's view and workbook: rounded as they are read, doubts first, and outside text stays text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from sincerity.calibration.generic_table import accounts_of, references_of
from sincerity.calibration.rules import calibration_rules
from sincerity.calibration.study import study
from sincerity.calibration.study_tables import model_study
from sincerity.domain.study import ModelStudy
from sincerity.reports.model_view import model_report
from sincerity.reports.model_workbook import write_model_workbook
from tests.calibration.pasts import simulated

HOSTILE = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def shown() -> ModelStudy:
    rules = replace(calibration_rules(), chance_draws=200)
    past = simulated(1, launches=3, size=150, consultant=[HOSTILE, "Xu"] * 225)
    return model_study(
        study(past, accounts_of(past), references_of(past), rules), "three", 4, date(2026, 11, 21), "1.0", False, rules)


def test_the_workbook_holds_every_table_and_no_formula(shown, tmp_path):
    for lang in ("zh", "en"):
        report, path = model_report(shown, lang), tmp_path / f"{lang}.xlsx"
        write_model_workbook(report, path)
        book = openpyxl.load_workbook(path)
        assert len(book.sheetnames) == 1 + sum(bool(table.rows) for table in report.tables)
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert HOSTILE in [cell.value for cell in cells]
        assert all(cell.data_type != "f" for cell in cells)


def test_equal_reports_give_equal_bytes(shown, tmp_path):
    paths = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for path in paths:
        write_model_workbook(model_report(shown, "en"), path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_facts_and_doubts_say_what_the_study_found(shown):
    report = model_report(shown, "en")
    facts = {fact.key: (fact.value, fact.detail) for fact in report.facts}
    accounts = shown.tables["accounts"]
    assert facts["launches"] == ("3", "newest: L2")
    assert facts["buyers"][0] == f"{accounts['buyers'].sum():,}" == "450"
    assert facts["bought"][0] == str(accounts["bought"].sum())
    assert facts["hits"][0].endswith(" / 3")
    assert report.subtitle == "Version 4 · made on 2026-11-21 · sincerity 1.0"
    assert report.verdict == "with_care"
    assert "3 launches, fewer than 5." in report.doubts


def test_the_methods_table_pairs_every_difference_with_its_error(shown):
    methods = next(table for table in model_report(shown, "en").tables if table.key == "method_tests")
    names = [column.key for column in methods.columns]
    rows = {(row[0], row[1]): dict(zip(names, row, strict=True)) for row in methods.rows}
    assert rows["one left out", "our model"]["model_gain"] == "—"
    assert " ± " in rows["one left out", "points as percent"]["model_gain"]
    assert {way for way, _ in rows} == {"one left out", "forward"}


def test_a_single_launch_says_that_nothing_was_tested():
    rules = replace(calibration_rules(), chance_draws=100)
    past = simulated(2, launches=1, size=60)
    found = model_study(
        study(past, accounts_of(past), references_of(past), rules), "one", 0, date(2026, 11, 21), "1.0", True, rules)
    report = model_report(found, "en")
    assert report.headline == "Not enough history. A single launch cannot be tested."
    assert report.reliability == ""
    assert report.synthetic_note
    assert "—" in next(table for table in report.tables if table.key == "proposal").note
