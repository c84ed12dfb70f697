"""Measures by hand, by brute force, and with ties that must move together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sincerity.calibration.measures import (
    auc,
    auc_within,
    brier,
    ks,
    lift,
    log_loss,
    mean_and_error,
    rate_range,
)

ORDERS = np.array([0.1, 0.4, 0.4, 0.8])
BOUGHT = np.array([False, True, False, True])


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 1.0])
def test_equal_forecasts_tell_nobody_apart(share):
    constant, bought = np.full(37, 0.3), np.arange(37) % 3 == 0
    assert auc(constant, bought) == 0.5
    assert ks(constant, bought) == pytest.approx(0, abs=1e-12)
    assert lift(constant, bought, share) == pytest.approx(1)


def test_four_buyers_by_hand():
    assert auc(ORDERS, BOUGHT) == pytest.approx(3.5 / 4)  # of four pairs three are right and one is a tie
    assert ks(ORDERS, BOUGHT) == pytest.approx(0.5)
    assert lift(ORDERS, BOUGHT, 0.25) == pytest.approx(2.0)
    assert lift(ORDERS, BOUGHT, 0.5) == pytest.approx(1.5)  # the second place is half a tie: 1.5 orders on 2 buyers
    assert brier(ORDERS, BOUGHT) == pytest.approx((0.01 + 0.36 + 0.16 + 0.04) / 4)
    assert log_loss(ORDERS, BOUGHT, 0.001) == pytest.approx(-np.log([0.9, 0.4, 0.6, 0.8]).mean())


def test_log_loss_holds_forecasts_off_certainty():
    assert log_loss(np.array([0.0]), np.array([True]), 0.01) == pytest.approx(-np.log(0.01))


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=30))
def test_auc_is_the_share_of_pairs_in_order(buyers):
    order = np.array([points for points, _ in buyers], dtype=float)
    bought = np.array([yes for _, yes in buyers])
    pairs = [(a > b) + 0.5 * (a == b) for a in order[bought] for b in order[~bought]]
    assert auc(order, bought) == pytest.approx(np.mean(pairs)) if pairs else np.isnan(auc(order, bought))


def test_auc_within_compares_no_two_launches():
    order = np.array([1.0, 2, 11, 12])
    bought = np.array([True, False, True, False])
    launch = np.array([0, 0, 1, 1])
    assert auc_within(order, bought, launch) == 0
    assert np.isnan(auc_within(order, np.array([True, True, False, False]), launch))


def test_ranges_of_rates_close_at_nobody_and_everybody():
    assert rate_range(0, 0, (0.05, 0.95)) == (0.0, 1.0)
    assert rate_range(0, 10, (0.05, 0.95))[0] == 0.0
    assert rate_range(10, 10, (0.05, 0.95))[1] == 1.0
    low, high = rate_range(30, 100, (0.05, 0.95))
    assert 0.22 < low < 0.3 < high < 0.38


def test_one_launch_has_no_error():
    mean, error = mean_and_error(np.array([0.5, np.nan]))
    assert mean == 0.5
    assert np.isnan(error)
    assert mean_and_error(np.array([1.0, 3.0])) == pytest.approx((2.0, 1.0))
