"""Drift by hand, under no change, and with too few buyers to tell."""

from __future__ import annotations

import numpy as np
import pytest

from sincerity.calibration.drift import added, drift_between, psi, psi_noise
from sincerity.calibration.rules import calibration_rules

RULES = calibration_rules()


def verdict_of(now, past):
    return drift_between({"grade": now}, {"grade": past}, RULES)["verdict"].iloc[0]


def test_index_by_hand_with_half_a_buyer_added():
    p, q = np.array([10.5, 30.5]) / 41, np.array([20.5, 20.5]) / 41
    assert psi(np.array([10.0, 30]), np.array([20.0, 20])) == pytest.approx(((p - q) * np.log(p / q)).sum())


def test_equal_shares_are_steady_and_a_turned_launch_is_strong():
    assert verdict_of({"A": 100, "B": 300}, {"A": 1_000, "B": 3_000}) == "steady"
    assert verdict_of({"A": 300, "B": 100}, {"A": 1_000, "B": 3_000}) == "strong"
    assert verdict_of({"A": 160, "B": 240}, {"A": 1_000, "B": 3_000}) == "shifted"


def test_few_buyers_are_too_few_to_tell_unless_the_shift_exceeds_their_noise():
    assert verdict_of({"A": 2, "B": 3}, {"A": 1_000, "B": 3_000}) == "too_few"
    assert verdict_of({"A": 0, "B": 0}, {"A": 1_000, "B": 3_000}) == "too_few"
    assert verdict_of({"A": 5, "B": 0}, {"A": 100, "B": 3_000}) == "strong"


def test_without_change_the_index_exceeds_its_noise_one_time_in_twenty():
    rng = np.random.default_rng(1)
    shares = np.array([0.15, 0.25, 0.35, 0.25])
    over = [
        psi(rng.multinomial(300, shares).astype(float), rng.multinomial(2_000, shares).astype(float))
        > psi_noise(300, 2_000, 4, 0.95)
        for _ in range(2_000)
    ]
    assert 0.03 < np.mean(over) < 0.07


def test_only_what_both_know_is_compared_grades_first():
    now = {"visit_days": {"0": 5}, "grade": {"A": 5}, "new": {"0": 1}}
    found = drift_between(now, {"grade": {"A": 9}, "visit_days": {"0": 9}, "old": {"0": 1}}, RULES)
    assert found["subject"].tolist() == ["grade", "visit_days"]


def test_references_add_up():
    assert added([{"grade": {"A": 1}}, {"grade": {"A": 2, "B": 3}}]) == {"grade": {"A": 3, "B": 3}}
