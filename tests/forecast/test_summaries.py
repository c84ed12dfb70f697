"""Summaries where every run differs: changes run by run, and quantiles that are values which occurred."""

from __future__ import annotations

import numpy as np
import pytest

from sincerity.forecast.eve import Conduct, simulate
from sincerity.forecast.ranges import ranges
from sincerity.forecast.summaries import forecast_change
from sincerity.forecasting import planned_eve
from sincerity.known import known_at
from sincerity.scoring.score import score_buyers
from tests import cases
from tests.forecast.days import certain

CHANGING = certain(show=dict.fromkeys("ABCDU", 0.5))


@pytest.fixture(scope="module")
def days():
    """Five-by-four on days of which none is like the next."""
    launch = cases.five_by_four()
    known, _ = known_at(launch, 3)
    eve = planned_eve(known, score_buyers(known, launch.settings).buyers, launch.settings, "sincerity_first")
    return simulate(eve, Conduct(CHANGING, "ballot", 400, "5x4"))


def test_a_round_like_the_one_before_changes_nothing_on_any_day(days):
    assert len(np.unique(days.sold)) > 3
    change = forecast_change(days, days)
    assert (change[["change_p10", "change_p50", "change_p90"]] == 0).all(axis=None)


@pytest.mark.parametrize(("by_run", "found"), [([0, 10], [0, 0, 10]), ([3], [3, 3, 3]), (range(1, 11), [1, 5, 9])])
def test_p10_p50_and_p90_are_values_that_occurred(by_run, found):
    assert [row.item() for row in ranges(list(by_run), "sold").values()] == found
