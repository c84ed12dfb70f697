"""The chance model against its stated prior, its own derivatives, and launches simulated from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from scipy.special import expit

from sincerity.scoring import chance


@pytest.mark.parametrize(
    ("score", "mean"), [(10, 0.06), (25, 0.11), (37, 0.17), (50, 0.28), (62, 0.42), (75, 0.57), (85, 0.67)]
)
def test_without_history_the_chances_are_the_prior_table(score, mean):
    assert chance.draw_chances(chance.prior(), 20_000, seed=1)[:, score].mean() == pytest.approx(mean, abs=0.01)


def test_basis_rises_by_width_over_ten_in_every_piece_and_is_zero_at_fifty():
    found = chance.basis([0, 25, 50, 75, 100])
    assert found.tolist() == [[-2.5, -2.5, 0, 0], [0, -2.5, 0, 0], [0, 0, 0, 0], [0, 0, 2.5, 0], [0, 0, 2.5, 2.5]]


def _simulated(rng, launches=4, size=300, slopes=(0.5, 0.6, 0.7, 0.4), tau=0.5):
    scores = rng.integers(0, 101, launches * size)
    launch = np.repeat(np.arange(launches), size)
    line = -1.2 + rng.normal(0, tau, launches)[launch] + chance.basis(scores) @ np.array(slopes)
    return scores, rng.random(len(scores)) < expit(line), launch


def test_gradient_and_hessian_are_the_derivatives_of_the_log_posterior():
    rng = np.random.default_rng(4)
    past = chance.history(*_simulated(rng, launches=3, size=80))
    mean, precision = chance._prior_precision(3, 0.5)
    theta = mean + 0.3 * rng.standard_normal(len(mean))
    _, gradient, hessian = chance._log_posterior(theta, past, mean, precision)
    numeric = approx_fprime(theta, lambda t: chance._log_posterior(t, past, mean, precision)[0], 1e-6)
    curvature = np.array([
        approx_fprime(theta, lambda t, i=i: chance._log_posterior(t, past, mean, precision)[1][i], 1e-6)
        for i in range(len(theta))
    ])
    assert gradient == pytest.approx(numeric, rel=1e-3, abs=1e-2)
    assert -hessian == pytest.approx(curvature, rel=1e-3, abs=1e-2)


def test_evidence_agrees_with_brute_force_integration_when_only_the_level_is_free(monkeypatch):
    """With all slopes pinned and no launch effect the integral has one dimension and can be done by summing."""
    monkeypatch.setattr(chance, "SLOPE_SD", 1e-4)
    monkeypatch.setattr(chance, "PIECE_SD", 1e-4)
    scores = np.array([20] * 40 + [60] * 40)
    bought = np.array([1] * 4 + [0] * 36 + [1] * 17 + [0] * 23)
    log_evidence, mode, covariance = chance._laplace(chance.history(scores, bought, np.zeros(80)), 1e-4)
    grid = np.linspace(-6, 4, 20_001)
    line = grid[:, None] + (chance.basis([20, 60]) @ np.exp(np.full(4, chance.SLOPE_MEAN)))
    log_density = (np.array([4, 17]) * np.log(expit(line)) + np.array([36, 23]) * np.log(expit(-line))).sum(axis=1)
    log_density -= 0.5 * (grid - chance.LEVEL_MEAN) ** 2 + 0.5 * np.log(2 * np.pi)
    density = np.exp(log_density)
    step = grid[1] - grid[0]
    assert log_evidence == pytest.approx(np.log(density.sum() * step), abs=0.01)
    assert mode[0] == pytest.approx(grid[density.argmax()], abs=1e-3)
    spread = np.sqrt((density * (grid - (density * grid).sum() / density.sum()) ** 2).sum() / density.sum())
    assert np.sqrt(covariance[0, 0]) == pytest.approx(spread, rel=0.02)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, 0.0, -1.0]))
def test_chances_rise_with_points_whatever_the_data_say(seed, direction):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 101, 400)
    bought = rng.random(400) < expit(direction * (scores - 50) / 12)
    drawn = chance.draw_chances(chance.fit(chance.history(scores, bought, rng.integers(0, 3, 400))), 200, seed=3)
    assert (np.diff(drawn, axis=1) >= 0).all()


def test_order_of_buyers_and_equal_seeds_change_nothing():
    rng = np.random.default_rng(9)
    scores, bought, launch = _simulated(rng)
    mixed = rng.permutation(len(scores))
    one = chance.fit(chance.history(scores, bought, launch))
    other = chance.fit(chance.history(scores[mixed], bought[mixed], launch[mixed]))
    assert np.array_equal(chance.draw_chances(one, 50, seed=5), chance.draw_chances(other, 50, seed=5))


def test_half_points_are_refused():
    with pytest.raises(ValueError, match="whole numbers"):
        chance.history([50.5], [1], ["a"])


def test_the_range_of_a_new_launch_total_holds_the_truth_about_nine_times_in_ten():
    """200 histories of four launches from the model itself; a fifth launch's total against its 90 % range."""
    rng = np.random.default_rng(20261121)
    hits = 0
    for trial in range(200):
        level = rng.normal(chance.LEVEL_MEAN, chance.LEVEL_SD)
        common = rng.normal(chance.SLOPE_MEAN, chance.SLOPE_SD)
        slopes = np.exp(common + rng.normal(0, chance.PIECE_SD, chance.PIECES))
        tau = np.exp(rng.normal(chance.LOG_TAU_MEAN, chance.LOG_TAU_SD))
        scores = rng.integers(0, 101, 5 * 150)
        launch = np.repeat(np.arange(5), 150)
        line = level + rng.normal(0, tau, 5)[launch] + chance.basis(scores) @ slopes
        bought = rng.random(len(scores)) < expit(line)
        old, new = launch < 4, launch == 4
        model = chance.fit(chance.history(scores[old], bought[old], launch[old]))
        chances = chance.draw_chances(model, 400, seed=trial)[:, scores[new]]
        totals = (rng.random(chances.shape) < chances).sum(axis=1)
        low, high = np.quantile(totals, [0.05, 0.95])
        hits += low <= bought[new].sum() <= high
    assert 0.85 <= hits / 200 <= 0.97, hits


def _turned_away(seed: int, served: float):
    """Ready buyers of three launches, of whom only a share found a unit: those who were not turned away, and all."""
    rng = np.random.default_rng(seed)
    scores, ready, launch = _simulated(rng, launches=3, size=4_000, tau=0.2)
    blocked = ready & (rng.random(len(ready)) > served)
    count = {str(number): int(blocked[launch == number].sum()) for number in range(3)}
    left = ~blocked
    return chance.history(scores, ready, launch), chance.history(scores[left], ready[left], launch[left], count)


def test_a_launch_that_turned_many_away_says_as_much_of_readiness_as_one_that_had_a_unit_for_all():
    """Three in ten of the ready are served: left out alone the others would take 1.2 logits off the level."""
    everybody, those_left = _turned_away(11, served=0.3)
    whole, found = (chance.draw_chances(chance.fit(past), 4_000, seed=2).mean(axis=0) for past in
                    (everybody, those_left))
    assert found == pytest.approx(whole, abs=0.03)
    biased = replace(those_left, blocked=np.zeros(3))
    assert chance.draw_chances(chance.fit(biased), 4_000, seed=2).mean(axis=0)[50] < whole[50] - 0.1


def test_the_derivatives_hold_where_buyers_were_turned_away():
    _, past = _turned_away(5, served=0.4)
    mean, precision = chance._prior_precision(3, 0.5)
    theta = mean + 0.2
    _, gradient, _ = chance._log_posterior(theta, past, mean, precision)
    numeric = approx_fprime(theta, lambda t: chance._log_posterior(t, past, mean, precision)[0], 1e-6)
    assert gradient == pytest.approx(numeric, rel=1e-3, abs=1e-1)


def test_among_those_served_the_odds_are_the_served_share_of_the_odds_of_being_ready():
    """Of 100 buyers half were ready; 30 of those ready were turned away, so 20 of the 70 others are ready."""
    past = chance.history([10] * 70, [1] * 20 + [0] * 50, ["a"] * 70, {"a": 30})
    assert past.log_served == pytest.approx([np.log(20 / 50)])
    found = chance.among_served(np.full((2, 101), 0.5), past)
    assert found[:, 10] == pytest.approx(2 / 7, abs=1e-4)
    nobody_away = chance.history([10], [0], ["a"])
    assert chance.among_served(np.full((2, 101), 0.5), nobody_away).tolist() == np.full((2, 101), 0.5).tolist()
    assert chance.history([10], [0], ["a"], {"a": 6}).log_served.tolist() == [0.0]
