"""Chances in the round's report: never without what they rest on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sincerity import domain
from sincerity.domain import RoundResult
from sincerity.reports.viewmodel import build_report
from tests.reports.result import five_by_four_result, frame


def result(basis: str = "prior", **order) -> RoundResult:
    seen = {"launches": 3, "past_buyers": 1_200} if basis == "measured" else {}
    similar = {"similar_buyers": 40, "similar_bought": 22} if basis == "measured" else {}
    chances = frame(domain.CHANCES, [
        {"buyer_id": "anna", "score": 84, "chance_percent": 66, "low_percent": 20, "high_percent": 95,
         "basis": basis, **seen, **similar},
        {"buyer_id": "bo", "score": 55, "chance_percent": 33, "low_percent": 8, "high_percent": 70,
         "basis": basis, **seen},
    ])
    orders = frame(domain.EXPECTED_ORDERS, [
        {"scope": "all", "buyers": 2, "expected": 1.0, "low": 0, "high": 2, "basis": basis, "similar_points": 5,
         "widest_cause": "unmeasured" if basis == "prior" else "few_launches", **order},
        {"scope": "A", "buyers": 1, "expected": 0.7, "low": 0, "high": 1, "basis": basis, "widest_cause": "chance"},
    ])
    drift = frame(domain.DRIFT, [
        {"subject": "grade", "psi": 0.31, "noise": 0.02, "buyers": 5, "past_buyers": 1_200, "verdict": "strong"},
        {"subject": "visit_days", "psi": 0.01, "noise": 0.3, "buyers": 5, "past_buyers": 1_200, "verdict": "too_few"},
    ] if basis == "measured" else [])
    made = five_by_four_result()
    tables = {**made.tables, "chances": chances, "expected_orders": orders, "drift": drift}
    return replace(made, tables=tables)


def column(report, table: str, key: str) -> list:
    view = report.tables[table]
    place = [each.key for each in view.columns].index(key)
    return [row[place] for row in view.rows]


@pytest.mark.parametrize(("lang", "label"), [
    ("zh", "经验值，非本地实测"), ("en", "experience, not measured here")])
def test_a_chance_nobody_measured_says_so_wherever_it_stands(lang, label):
    report = build_report(result(), lang)
    headers = {each.key: each.label for each in report.tables["sincerity"].columns}
    assert label in headers["chance_prior"]
    assert label in report.tables["chances"].note
    assert label in report.tables["expected_orders"].note
    assert any(label in notice for notice in report.notices)
    assert "chance_measured" not in headers


def test_the_assessment_shows_chance_and_range_and_nothing_for_buyers_without():
    report = build_report(result(), "en")
    assert column(report, "sincerity", "chance_prior") == [0.66, 0.33, None, None, None]
    assert column(report, "sincerity", "chance_range") == ["20%–95%", "8%–70%", "", "", ""]


def test_a_measured_chance_shows_launches_buyers_and_what_similar_buyers_did():
    report = build_report(result("measured", verdict="ready"), "en")
    assert "measured on 3 launches and 1,200 buyers" in report.tables["chances"].note
    assert "within 5 points" in report.tables["chances"].note
    assert column(report, "chances", "similar_share") == ["55% (22/40)", ""]
    assert column(report, "chances", "chance_measured") == [0.66, 0.33]
    assert not any("not measured here" in notice for notice in report.notices)


def test_orders_to_expect_say_why_the_range_is_wide():
    report = build_report(result("measured", verdict="with_care"), "en")
    assert "few launches have been seen" in report.tables["expected_orders"].note
    assert column(report, "expected_orders", "scope") == ["all", "grade A"]
    assert any("usable with care" in notice for notice in report.notices)


def test_strong_drift_is_a_notice_and_too_few_is_said():
    report = build_report(result("measured", verdict="ready"), "en")
    assert column(report, "drift", "drift_verdict") == ["strong shift", "too few to tell"]
    assert column(report, "drift", "drift_subject") == ["grades", "Visit days"]
    assert any("differ from those of the past (grades)" in notice for notice in report.notices)
