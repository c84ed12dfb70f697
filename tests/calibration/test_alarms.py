"""Alarms that speak when they should, keep quiet when they should, and say when there are too few to tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit

from sincerity.calibration.alarms import (
    consultant_points,
    item_strengths,
    leaks,
    order_alarms,
    slope_alarms,
    slope_within,
)
from sincerity.calibration.backtest import leave_one_out
from sincerity.calibration.rules import calibration_rules
from sincerity.scoring.chance import draw_chances, fit
from tests.calibration.pasts import past, simulated

RULES = replace(calibration_rules(), chance_draws=400)


def test_sound_history_raises_no_alarm():
    history = simulated(1)
    assert [*leaks(history, RULES), *order_alarms(history, RULES), *slope_alarms(history, RULES)] == []


def test_reversed_data_rings_slope_and_order_while_chances_still_rise():
    history = simulated(2)
    turned = replace(history, bought=~history.bought)
    (slope,) = slope_alarms(turned, RULES)
    assert (slope.kind, slope.loud) == ("slope_reversed", True)
    assert slope.value < 0
    assert [(alarm.subject, alarm.loud) for alarm in order_alarms(turned, RULES)] == [
        ("AB", True), ("BC", True), ("CD", True)]
    assert (np.diff(draw_chances(fit(turned.counts()), 100, 1), axis=1) >= 0).all()


def test_points_without_meaning_are_called_unclear():
    rng = np.random.default_rng(11)
    history = past(rng.integers(0, 101, 400), np.arange(400) % 4 == 0, np.repeat([0, 1], 200))
    (alarm,) = slope_alarms(history, RULES)
    assert alarm.kind in ("slope_unclear", "slope_reversed")
    assert abs(alarm.value) < 0.2


def test_the_slope_is_taken_inside_launches():
    """Good launches have buyers of few points here; inside each, points still help."""
    rng = np.random.default_rng(3)
    scores = np.concatenate([rng.integers(0, 50, 2_000), rng.integers(50, 101, 2_000)])
    launch = np.repeat([0, 1], 2_000)
    line = np.where(launch == 0, 2.0, -4.5) + 0.5 * scores / 10 - 0.5
    history = past(scores, rng.random(4_000) < expit(line), launch)
    slope, error = slope_within(history)
    assert slope == pytest.approx(0.5, abs=3 * error)
    assert error < 0.05


def test_a_wrong_order_of_few_buyers_is_too_few_to_tell():
    history = past([80, 80, 60, 60, 60], [0, 0, 1, 0, 0], [0] * 5)
    (alarm,) = order_alarms(history, RULES)
    assert (alarm.subject, alarm.loud) == ("AB", False)
    assert alarm.value == pytest.approx(1 / 3)


@pytest.mark.parametrize("direction", [1.0, -1.0])
def test_a_column_written_after_the_launch_is_questioned(direction):
    history = simulated(4, size=200)
    rng = np.random.default_rng(5)
    written = direction * (history.bought + 0.4 * rng.standard_normal(len(history.bought)))
    found = list(leaks(replace(history, columns={"queue_no": written, "channel": rng.random(1_000)}), RULES))
    assert [alarm.subject for alarm in found] == ["queue_no"]
    assert found[0].value > 0.8


def test_a_column_mostly_empty_does_not_stop_the_question():
    history = simulated(4, size=100)
    column = np.where(history.bought, 1.0, np.nan)
    assert [alarm.subject for alarm in leaks(replace(history, columns={"paid": column}), RULES)] == ["paid"]


def test_the_consultant_who_pads_records_is_named_and_nobody_else():
    history = simulated(6, launches=6, size=300, tau=0.2)
    rng = np.random.default_rng(7)
    consultant = rng.choice(["Wu", "Xu", "Yao"], len(history.score)).astype(object)
    consultant[:5] = "Zhu"
    padded = np.where(consultant == "Yao", np.minimum(history.score + 35, 100), history.score)
    told = replace(history, score=padded, consultant=consultant)
    rows = consultant_points(told, leave_one_out(told, RULES).chance, RULES)
    assert {row.consultant: row.verdict for row in rows} == {
        "Yao": "inflated", "Wu": "in_line", "Xu": "in_line", "Zhu": "too_few"}
    assert rows[0].consultant == "Yao"
    assert sum(row.promised for row in rows) == pytest.approx(history.bought.sum(), rel=1e-6)


def test_a_launch_that_ran_badly_for_all_accuses_nobody():
    history = simulated(8, launches=4, size=300, tau=0.0)
    consultant = np.array(["Wu", "Xu", "Yao", "Zhu"], dtype=object)[history.launch]
    bought = history.bought & ~((history.launch == 3) & (np.arange(1_200) % 2 == 0))
    told = replace(history, consultant=consultant, bought=bought)
    rows = consultant_points(told, leave_one_out(told, RULES).chance, RULES)
    assert {row.verdict for row in rows} == {"in_line"}


def test_an_item_alone_is_measured_by_its_points():
    rng = np.random.default_rng(9)
    calls, visits = rng.integers(0, 51, 2_000), rng.integers(0, 51, 2_000)
    bought = rng.random(2_000) < expit(logit(0.3) + (visits - 25) / 8)
    history = past(calls + visits, bought, np.repeat([0, 1], 1_000), calls=calls)
    about_calls, about_visits = item_strengths(history)
    assert about_calls.auc == pytest.approx(0.5, abs=0.05)
    assert about_visits.auc > 0.75
