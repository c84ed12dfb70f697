"""Back-tests that see nothing of the launch they forecast, and verdicts that follow from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sincerity.calibration.backtest import BASE, MODEL, forward, leave_one_out, paired
from sincerity.calibration.rules import calibration_rules
from sincerity.calibration.study import calibration_rows, grade_rows
from sincerity.calibration.verdict import verdict
from tests.calibration.pasts import past, simulated

RULES = replace(calibration_rules(), chance_draws=400)


def with_flipped_outcomes(history, launch: int):
    return replace(history, bought=np.where(history.launch == launch, ~history.bought, history.bought))


def test_a_launch_does_not_see_its_own_outcomes():
    history = simulated(1, launches=3, size=120)
    history = replace(history, blocked=(0, 10, 20))
    for way in (leave_one_out, forward):
        as_it_was, flipped = way(history, RULES), way(with_flipped_outcomes(history, 2), RULES)
        here = history.launch == 2
        assert np.array_equal(as_it_was.chance[here], flipped.chance[here])
        assert as_it_was.tests[-1].log_loss[MODEL] != flipped.tests[-1].log_loss[MODEL]


def test_launches_that_turned_many_away_are_forecast_like_the_others():
    """Of six launches two served a quarter of those ready: their totals lie inside as often, and at no other level."""
    history = simulated(4, launches=6, size=800, tau=0.15)
    turned = history.bought & (history.launch < 2) & (np.random.default_rng(1).random(len(history.bought)) > 0.25)
    scarce = replace(history.rows(~turned), blocked=tuple(np.bincount(history.launch[turned], minlength=6).tolist()))
    test = leave_one_out(scarce, RULES)
    assert test.hits >= 5
    assert [one.expected / one.bought for one in test.tests] == pytest.approx([1] * 6, abs=0.4)
    unaware = leave_one_out(replace(scarce, blocked=()), RULES)
    assert min(one.expected / one.bought for one in unaware.tests[:2]) > 2


def test_forward_sees_only_earlier_launches():
    history = simulated(2, launches=3, size=120)
    later_flipped = with_flipped_outcomes(history, 2)
    here = history.launch == 1
    assert np.array_equal(forward(history, RULES).chance[here], forward(later_flipped, RULES).chance[here])
    left_out, with_later_flipped = leave_one_out(history, RULES), leave_one_out(later_flipped, RULES)
    assert not np.array_equal(left_out.chance[here], with_later_flipped.chance[here])
    assert np.isnan(forward(history, RULES).chance[history.launch == 0]).all()


def test_the_model_beats_base_and_points_where_it_is_true_and_the_verdict_says_ready():
    history = simulated(3, launches=8, size=300, tau=0.3)
    test = leave_one_out(history, RULES)
    difference, error = paired(test, MODEL, BASE)
    assert difference < -2 * error
    assert test.methods["points"].against_model[0] < 0
    assert test.methods[BASE].skill == 0
    assert test.methods[MODEL].skill > 0.05
    found = verdict(history, test, (), RULES)
    assert (found.answer, found.reasons) == ("ready", ())


def test_too_little_history_says_what_is_missing():
    history = past([10, 60, 20, 80], [0, 1, 0, 1], [0, 0, 0, 0])
    found = verdict(history, leave_one_out(history, RULES), (), RULES)
    assert found.answer == "not_enough"
    assert found.reasons == (("few_launches", 1, 2), ("few_orders", 2, 50))


def test_noise_is_no_better_than_the_base_rate_and_may_be_used_with_care_at_most():
    rng = np.random.default_rng(5)
    scores = rng.integers(0, 101, 1_200)
    history = past(scores, rng.random(1_200) < 0.3, np.repeat(np.arange(6), 200))
    found = verdict(history, leave_one_out(history, RULES), (), RULES)
    assert found.answer == "with_care"
    assert "no_better_than_base" in [code for code, _, _ in found.reasons]


def test_one_launch_is_not_tested():
    history = simulated(6, launches=1, size=50)
    test = leave_one_out(history, RULES)
    assert test.tests == ()
    assert test.methods == {}
    assert np.isnan(test.chance).all()


def test_grades_and_tenths_count_every_buyer_once():
    history = simulated(7, launches=3, size=200)
    chance = leave_one_out(history, RULES).chance
    grades, tenths = grade_rows(chance, history, RULES), calibration_rows(chance, history, RULES)
    assert sum(row.buyers for row in grades) == sum(row.buyers for row in tenths) == 600
    assert sum(row.bought for row in grades) == history.bought.sum()
    assert [row.name for row in grades] == ["A", "B", "C", "D"]
    assert grades[-1].orders_so_far == 1.0
    assert all(row.low <= row.bought / row.buyers <= row.high for row in (*grades, *tenths))


def test_a_forecast_on_the_border_of_two_tenths_belongs_to_the_higher():
    history = past([10, 20, 30], [0, 0, 1], [0, 0, 0])
    rows = calibration_rows(np.array([0.1, 0.0999, 1.0]), history, RULES)
    assert [(row.name, row.buyers) for row in rows] == [("0-10%", 1), ("10-20%", 1), ("90-100%", 1)]


@pytest.mark.parametrize("seed", [1, 2])
def test_row_order_changes_nothing(seed):
    history = simulated(8, launches=3, size=100)
    mixed = np.random.default_rng(seed).permutation(300)
    shuffled = replace(history.rows(np.ones(300, dtype=bool)), **{
        name: getattr(history, name)[mixed]
        for name in ("launch", "score", "bought", "grade", "consultant", "opinion", "values")
    })
    ours, theirs = leave_one_out(history, RULES), leave_one_out(shuffled, RULES)
    assert [test.expected for test in ours.tests] == [test.expected for test in theirs.tests]
    assert np.array_equal(ours.chance[mixed], theirs.chance)
