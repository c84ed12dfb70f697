"""Forecast and fact side by side, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from sincerity.beyond_the_round import household_outcomes
from sincerity.domain import FORECAST_GRADES, FORECAST_TOTALS, FORECAST_UNITS, OUTCOMES
from sincerity.forecast.review import review_tables
from sincerity.known import known_at
from tests import cases

TABLES = {
    "units": pd.DataFrame({"unit_id": ["u1", "u2", "u3"], "layout": ["2BR", "2BR", "3BR"], "building": "1"}),
    "scores": pd.DataFrame({"buyer_id": ["anna", "bo", "cai"], "grade": ["A", "B", "B"]}),
    "forecast_totals": FORECAST_TOTALS.frame(pd.DataFrame(
        [("all", "", 3, 0, 1, 1, 0.9, 1.0, 0, 0, 0, 1), ("layout", "2BR", 2, 0, 1, 2, 1.0, 1.0, 0, 0, 0, 1),
         ("layout", "3BR", 1, 0, 0, 0, 0.9, 0.1, 0, 0, 0, 1), ("building", "1", 3, 2, 3, 3, 0.8, 2.5, 0, 0, 0, 1),
         ("floor_band", "1-1", 3, 0, 0, 0, 1.0, 0.0, 0, 0, 0, 1)], columns=FORECAST_TOTALS.names)),
    "forecast_grades": FORECAST_GRADES.frame({
        "grade": ["A", "B"], "buyers": [1, 2], "orders_p10": [0, 1], "orders_p50": [0, 1], "orders_p90": [0, 2],
        "orders_days_inside": [1.0, 0.85]}),
    "forecast_units": FORECAST_UNITS.frame({
        "unit_id": ["u1", "u2", "u3"], "chance_to_sell": [0.9, 0.5, 0.2], "wave": [1, 1, 3],
        "expected_position": [1.0, 2.0, 3.0], "likely_buyer_id": ["anna", "bo", "cai"],
        "likely_buyer_chance": [0.8, 0.3, 0.1]}),
}


def outcomes(*rows):
    return pd.DataFrame(rows, columns=["buyer_id", "status", "unit_id"])


def test_hits_and_errors_by_every_cut():
    happened = outcomes(("anna", "bought", "u1"), ("bo", "bought", "u3"), ("cai", "no_show", ""))
    review = review_tables(TABLES, happened)["forecast_review"].set_index(["scope", "member"])
    assert review.loc[("all", ""), ["actual", "inside", "error"]].tolist() == [2, False, -0.5]
    assert review.loc[("layout", "2BR"), ["actual", "inside", "error"]].tolist() == [1, True, 0.0]
    assert review.loc[("layout", "3BR"), ["actual", "inside"]].tolist() == [1, False]
    assert review.loc[("building", "1"), ["actual", "inside", "error"]].tolist() == [2, True, 0.5]
    assert review.loc[("grade", "A"), ["actual", "inside"]].tolist() == [1, False]
    assert review.loc[("grade", "B"), ["actual", "inside"]].tolist() == [1, True]
    assert review["forecast_days_inside"].to_dict() == {
        ("all", ""): 0.9, ("layout", "2BR"): 1.0, ("layout", "3BR"): 0.9, ("building", "1"): 0.8,
        ("grade", "A"): 1.0, ("grade", "B"): 0.85}
    assert "floor_band" not in review.index.get_level_values("scope")


def test_the_rates_of_the_forecast_are_its_error_and_the_share_inside():
    happened = outcomes(("anna", "bought", "u1"), ("bo", "bought", "u3"), ("cai", "no_show", ""))
    rates = review_tables(TABLES, happened)["forecast_kpis"].set_index("kpi")
    assert rates.loc["forecast_error"].tolist() == [-1, 2]  # one forecast, two sold
    assert rates.loc["forecast_inside"].tolist() == [3, 6]  # 2BR, building 1 and grade B


def test_nothing_sold_has_no_relative_error():
    review = review_tables(TABLES, outcomes(("anna", "no_show", "")))["forecast_review"]
    assert review["actual"].tolist() == [0] * 6
    assert np.isnan(review["error"]).all()


def test_unit_by_unit_with_two_claims_on_one():
    happened = outcomes(("bo", "bought", "u1"), ("anna", "bought", "u1"), ("cai", "bought", "u3"))
    units = review_tables(TABLES, happened)["unit_review"].set_index("unit_id")
    assert units.loc["u1", ["sold", "buyer_id", "claims", "as_expected", "buyer_as_expected"]].tolist() == [
        True, "anna", 2, True, True]
    assert units.loc["u2", ["sold", "buyer_id", "claims", "as_expected"]].tolist() == [False, "", 0, False]
    assert units.loc["u3", ["sold", "as_expected", "buyer_as_expected", "buyer_grade"]].tolist() == [
        True, False, True, "B"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_a_household_bought_when_one_of_it_did_and_other_launches_do_not_count(order):
    launch = cases.five_by_four()
    rows = [
        {"buyer_id": "anna", "status": "no_show", "at": datetime(2026, 11, 28)},
        {"buyer_id": "anna-2", "status": "bought", "unit_id": "1-101", "launch_id": "5x4"},
        {"buyer_id": "bo", "status": "bought", "unit_id": "1-102", "launch_id": "another"},
    ]
    known, _ = known_at(launch, 3)
    members = known.buyers["members"].where(known.buyers["buyer_id"] != "anna", "anna anna-2")
    known = replace(known, buyers=known.buyers.assign(members=members))
    own = replace(launch, outcomes=cases.table(OUTCOMES, [rows[place] for place in order]))
    found = household_outcomes(own, known)
    assert found[["buyer_id", "status"]].to_numpy().tolist() == [["anna", "bought"]]
