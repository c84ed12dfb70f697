"""The frontier of revenue against placed buyers: its ends by trying everything, and nothing on it that falls."""

from __future__ import annotations

import numpy as np
import pytest

from sincerity.pricing import what_if
from sincerity.pricing.problem import broken, value_of
from sincerity.pricing.solve import PricePlan
from sincerity.pricing.what_if import PLACED, REVENUE, frontier
from tests.pricing.small import best_values, every_point, random_problem


def values(case, plan):
    return value_of(PLACED, case, plan.point), value_of(REVENUE, case, plan.point)


@pytest.mark.parametrize("seed", range(8))
def test_the_ends_are_the_best_there_are_and_revenue_rises_between_them(seed):
    case = random_problem(np.random.default_rng(300 + seed), buyers=4)
    start = next(every_point(case), None)
    if start is None:
        pytest.skip("no prices keep every rule")
    plans = list(frontier(case, PricePlan(start, ()), 2, 60).values())
    assert values(case, plans[0]) == best_values(case, (PLACED, REVENUE))
    assert values(case, plans[-1])[1] == best_values(case, (REVENUE, PLACED))[0]
    placed, revenue = zip(*(values(case, plan) for plan in plans), strict=True)
    assert list(placed) == sorted(placed, reverse=True)
    assert list(revenue) == sorted(set(revenue))
    assert not any(broken(case, plan.point) for plan in plans)


def test_a_search_that_time_cut_short_is_left_out_where_it_brings_nothing(monkeypatch):
    case = random_problem(np.random.default_rng(300), buyers=4)
    points = sorted(every_point(case), key=lambda point: value_of(REVENUE, case, point))
    poor, rich = PricePlan(points[0], ()), PricePlan(points[-1], ())
    found = iter([rich, poor, poor, poor])
    monkeypatch.setattr(what_if, "solve_jointly", lambda *given, **named: next(found))
    assert list(frontier(case, poor, 2, 60).values()) == [rich]
