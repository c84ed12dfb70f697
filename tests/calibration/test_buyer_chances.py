"""Chances of a round: the prior where nothing was measured, whole percent, and one buyer as in a batch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from sincerity.calibration.buyer_chances import round_chances, similar, whole_percent
from sincerity.calibration.rules import calibration_rules
from sincerity.calibration.study import fitted_model, study
from sincerity.domain import SCORE_LINES, SCORES, FittedModel, PastLaunch, Scores
from tests.calibration.pasts import simulated

RULES = calibration_rules()
TABLE = {10: 6, 25: 11, 37: 17, 50: 28, 62: 42, 75: 57, 85: 67}


def scores_of(points: list[int], reasons: list[str] | None = None) -> Scores:
    count = len(points)
    grade = np.select([np.array(points) >= bound for bound in (75, 50, 25)], ["A", "B", "C"], "D")
    frame = SCORES.frame({
        "buyer_id": [f"b{i}" for i in range(count)], "score": points, "raw_points": points,
        "available_points": [100] * count, "absolute_grade": grade, "percentile": [50.0] * count,
        "percentile_grade": grade, "grade": grade, "grade_reason": reasons or ["points"] * count,
        "grade_gap": [False] * count, "priority_rank": range(1, count + 1), "committed_on": [pd.NaT] * count,
        "registered_on": [pd.NaT] * count, "trend": ["unknown"] * count, "next_grade": [""] * count,
    })
    return Scores(frame, SCORE_LINES.empty(), pd.DataFrame(), pd.DataFrame())


@pytest.fixture(scope="module")
def model() -> FittedModel:
    past = simulated(1, launches=4, size=250)
    accounts = tuple(PastLaunch(name, None, None, 250, 60) for name in past.launches)
    found = study(past, accounts, [{"grade": {"A": 60, "D": 190}}] * 4, replace(RULES, chance_draws=200))
    return fitted_model(found, "four", 1, date(2026, 11, 21), "test")


def test_without_history_every_chance_is_the_prior_and_says_so():
    tables = round_chances(scores_of(list(TABLE)), None)
    chances = tables["chances"]
    assert chances["chance_percent"].tolist() == pytest.approx(list(TABLE.values()), abs=1)
    assert set(chances["basis"]) == set(tables["expected_orders"]["basis"]) == {"prior"}
    assert set(chances["launches"]) == set(chances["similar_buyers"]) == {0}
    assert tables["drift"].empty
    assert tables["expected_orders"]["widest_cause"].iloc[0] == "unmeasured"


def test_one_buyer_alone_has_the_chance_of_the_batch(model):
    points = [0, 17, 50, 83, 100]
    for chosen in (None, model):
        batch = round_chances(scores_of(points), chosen)["chances"]
        for place, score in enumerate(points):
            alone = round_chances(scores_of([score]), chosen)["chances"]
            pd.testing.assert_frame_equal(
                alone.drop(columns="buyer_id"), batch.iloc[[place]].drop(columns="buyer_id").reset_index(drop=True))


def test_a_measured_chance_tells_what_it_rests_on(model):
    tables = round_chances(scores_of(list(range(101))), model)
    chances = tables["chances"]
    assert set(chances["basis"]) == {"measured"}
    assert (chances["launches"].iloc[0], chances["past_buyers"].iloc[0]) == (4, 1_000)
    near = np.abs(np.arange(101) - 50) <= 5
    assert chances["similar_buyers"].iloc[50] == model.seen[near].sum()
    assert chances["similar_bought"].iloc[50] == model.bought[near].sum()
    assert chances["chance_percent"].is_monotonic_increasing
    assert chances["chance_percent"].between(1, 99).all()
    assert (chances["low_percent"] <= chances["chance_percent"]).all()
    assert (chances["chance_percent"] <= chances["high_percent"]).all()
    assert tables["expected_orders"]["verdict"].iloc[0] == model.verdict


def test_a_chance_is_never_none_and_never_certain():
    assert whole_percent([0.0, 0.004, 0.005, 0.015, 0.995, 1.0]).tolist() == [1, 1, 1, 2, 99, 99]


def test_similar_scores_stop_at_the_ends():
    assert similar(np.ones(101, dtype=np.int64), 5)[[0, 4, 50, 100]].tolist() == [6, 10, 11, 6]


def test_buyers_who_are_gone_have_no_chance_and_count_nowhere():
    tables = round_chances(scores_of([80, 80, 10], ["points", "gave_up", "no_scored_event"]), None)
    assert tables["chances"]["buyer_id"].tolist() == ["b0", "b2"]
    assert tables["expected_orders"]["buyers"].tolist() == [2, 1, 1]


def test_grades_expectations_add_up_and_the_range_holds_the_mean(model):
    for chosen in (None, model):
        orders = round_chances(scores_of([5, 30, 30, 60, 90, 95] * 20), chosen)["expected_orders"].set_index("scope")
        assert orders.at["all", "expected"] == pytest.approx(orders["expected"].drop("all").sum(), abs=0.3)
        assert (orders["low"] <= orders["expected"]).all()
        assert (orders["expected"] <= orders["high"]).all()


def test_few_buyers_are_chance_many_are_launches(model):
    few = round_chances(scores_of([50, 50]), model)["expected_orders"]
    many = round_chances(scores_of([50] * 2_000), model)["expected_orders"]
    assert few["widest_cause"].iloc[0] == "chance"
    assert many["widest_cause"].iloc[0] in ("launches_differ", "few_launches")


def test_a_launch_without_buyers_expects_nothing():
    tables = round_chances(scores_of([]), None)
    assert tables["chances"].empty
    assert tables["expected_orders"][["buyers", "expected", "low", "high"]].iloc[0].tolist() == [0, 0, 0, 0]
