"""The rivals against hand cases and brute force, so that the model is not held against straw men."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from sincerity.calibration.rivals import (
    base_rate,
    isotonic,
    logistic_line,
    opinion,
    platt,
    points_as_percent,
    pool_adjacent_violators,
)
from tests.calibration.pasts import past, simulated


def test_pooling_by_hand():
    found = pool_adjacent_violators(np.array([0.1, 0.5, 0.3, 0.2, 0.9]), np.array([1.0, 1, 1, 2, 1]))
    assert found == pytest.approx([0.1, 0.3, 0.3, 0.3, 0.9])


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 9)), min_size=1, max_size=25))
def test_pooled_steps_never_fall_and_keep_the_total(steps):
    values = np.array([value for value, _ in steps])
    weights = np.array([float(weight) for _, weight in steps])
    found = pool_adjacent_violators(values, weights)
    assert (np.diff(found) >= -1e-12).all()
    assert found @ weights == pytest.approx(values @ weights)


def test_no_rising_sequence_is_closer_than_the_pooled_one():
    rng = np.random.default_rng(1)
    values, weights = rng.random(6), rng.integers(1, 5, 6).astype(float)
    found = pool_adjacent_violators(values, weights)
    distance = ((found - values) ** 2) @ weights
    others = np.sort(rng.random((20_000, 6)), axis=1)
    assert distance <= (((others - values) ** 2) @ weights).min()


def test_the_logistic_line_is_the_likeliest():
    rng = np.random.default_rng(2)
    x = np.linspace(-3, 3, 40)
    trials = rng.integers(1, 20, 40).astype(float)
    yes = rng.binomial(trials.astype(int), expit(-0.5 + 0.8 * x)).astype(float)
    best = minimize(lambda t: -(yes * log_expit(t[0] + t[1] * x)
                                + (trials - yes) * log_expit(-t[0] - t[1] * x)).sum(), [0, 0])
    assert logistic_line(x, trials, yes) == pytest.approx(best.x, abs=1e-3)


def test_platt_stays_finite_where_one_border_divides_all():
    history = past([10] * 20 + [90] * 20, [0] * 20 + [1] * 20, [0] * 40)
    chances = platt(history)(past([10, 90], [0, 1], [0, 0]))
    assert 0 < chances[0] < 0.1
    assert 0.9 < chances[1] < 1


def test_base_and_points_say_what_their_names_say():
    history, new = simulated(3), past([0, 40, 100], [0, 0, 1], [0, 0, 0])
    assert set(base_rate(history)(new)) == {(history.bought.sum() + 0.5) / (len(history.bought) + 1)}
    assert points_as_percent(history)(new).tolist() == [0.0, 0.4, 1.0]


def test_isotonic_and_platt_rise_with_points():
    history, ladder = simulated(4), past(np.arange(101), np.zeros(101), np.zeros(101))
    for rival in (isotonic, platt):
        assert (np.diff(rival(history)(ladder)) >= 0).all()


def test_the_consultants_opinion_is_used_only_where_it_was_kept():
    kept = past([50] * 4, [1, 0, 0, 0], [0] * 4, opinion=["A", "A", "B", ""])
    new = past([50, 50, 50], [0, 0, 0], [0, 0, 0], opinion=["A", "B", "C"])
    chances = opinion(kept)(new)
    assert chances[0] > chances[1]
    assert chances[2] == kept.bought.mean()
    assert np.isnan(opinion(kept)(past([50], [0], [0]))).all()
