"""The rates of five-by-four, round by round and on launch day, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from sincerity import domain
from sincerity.earlier_rounds import earlier_rounds
from sincerity.known import known_at
from sincerity.kpi import forecast_kpis, launch_day_kpis
from sincerity.round import work_out
from sincerity.settings import RoundPlan
from tests import cases
from tests.charts.test_picks import two_rounds


def rates(frame, number=None) -> dict[str, tuple[int, int]]:
    rows = frame if number is None else frame[frame["round"] == number]
    return {kpi: (n, d) for kpi, n, d in zip(rows["kpi"], rows["numerator"], rows["denominator"], strict=True)}


def outcomes(*rows: tuple[str, str, str]):
    return cases.table(domain.OUTCOMES, [
        {"buyer_id": buyer, "status": status, "unit_id": unit} for buyer, status, unit in rows
    ])


@pytest.fixture(scope="module")
def known():
    return known_at(cases.five_by_four(), 3)[0]


def test_launch_day(known):
    seen = outcomes(
        ("anna", "bought", "1-101"), ("bo", "blocked", ""), ("cai", "no_show", ""), ("dan", "bought", "1-201"),
    )
    assert rates(launch_day_kpis(known, seen)) == {"show_up": (3, 4), "redemption": (1, 3), "absorption": (2, 4)}


def test_a_unit_marked_sold_since_was_released_and_a_strange_one_was_not(known):
    sold = replace(known, units=known.units.assign(
        status=known.units["status"].where(known.units["unit_id"] != "1-101", "sold")))
    seen = outcomes(("anna", "bought", "1-101"), ("bo", "bought", "9-999"))
    assert rates(launch_day_kpis(sold, seen))["absorption"] == (1, 4)


def test_no_outcomes_no_launch_day(known):
    assert launch_day_kpis(known, domain.OUTCOMES.empty()).empty


def test_rates_by_round_are_those_each_round_had():
    launch = two_rounds()
    table = work_out(launch, 3).result.tables["round_kpis"]
    alone = work_out(launch, 2).result.tables
    assert rates(table, 2) == rates(alone["kpis"])
    assert rates(table, 3) == rates(work_out(launch, 3).result.tables["kpis"]) | {"intention_churn": (4, 5)}
    assert set(table["round"]) == {2, 3}


def test_launch_day_stands_apart_and_only_for_this_launch_and_today():
    launch = replace(two_rounds(), outcomes=outcomes(("anna", "bought", "1-101")))
    assert rates(work_out(launch, 3).result.tables["round_kpis"], 0)["absorption"] == (1, 4)
    other = replace(launch, outcomes=launch.outcomes.assign(launch_id="last-year"))
    assert 0 not in set(work_out(other, 3).result.tables["round_kpis"]["round"])
    assert 0 not in set(work_out(launch, 3, datetime(2026, 11, 19)).result.tables["round_kpis"]["round"])


def test_contradicting_rulings_of_an_earlier_round_leave_out_its_plan_s_rates():
    launch = two_rounds()
    kept = cases.table(domain.DECISIONS, [
        {"buyer_id": buyer, "unit_id": "1-101", "decision": "keep", "decided_at": datetime(2026, 11, 1)}
        for buyer in ("anna", "bo")
    ])
    rounds = (RoundPlan(2, datetime(2026, 11, 10)), RoundPlan(3, cases.CUTOFF))
    launch = replace(launch, decisions=kept, settings=replace(launch.settings, rounds=rounds))
    earlier, = earlier_rounds(launch, known_at(launch, 3)[0])
    assert set(rates(earlier.kpis)) == {
        "visit", "repeat_visit", "showflat", "subscription", "loaded_unit", "conflict", "uncovered_unit"}


def test_forecast_error_and_the_share_inside_the_range():
    review = domain.FORECAST_REVIEW.frame([
        {"scope": scope, "member": member, "forecast_p10": 80, "forecast_p50": middle, "forecast_p90": 110,
         "forecast_days_inside": 0.8, "actual": actual, "inside": inside, "error": middle / actual - 1}
        for scope, member, middle, actual, inside in
        [("all", "", 90, 120, False), ("layout", "M", 60, 80, True), ("layout", "L", 30, 40, True)]
    ])
    assert rates(forecast_kpis(review)) == {"forecast_error": (-30, 120), "forecast_inside": (2, 3)}
    assert forecast_kpis(domain.FORECAST_REVIEW.empty()).empty
