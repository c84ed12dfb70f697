"""Zones: what ties two units, and that the zones' plans together are the plan of the whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sincerity.pricing import solve, zones
from sincerity.pricing.problem import PricePoint, broken, reachable_steps, value_of
from sincerity.pricing.solve import solve_jointly
from sincerity.pricing.zones import merged, zones_of
from sincerity.settings import Goal
from tests.pricing.random_launch import random_launch
from tests.pricing.small import GOALS, best_values, problem, random_problem

TOTALS = [[90, 100, 110]] * 6
APART = [(0, 0, 1), (0, 1, 1), (1, 2, 2), (2, 2, 0), (3, 4, 1)]  # buyer, unit, highest step


@pytest.fixture(autouse=True)
def every_zone_alone(monkeypatch):
    monkeypatch.setattr(zones, "FEWEST_UNITS", 1)


def units_of(case):
    return [zone.units.tolist() for zone in zones_of(case)]


def test_a_buyer_a_stack_a_bounded_layout_or_a_list_value_ties_units():
    apart = problem(TOTALS, APART, [0, 0, 1, 1])
    assert units_of(apart) == [[0, 1], [2], [3], [4], [5]]
    assert units_of(problem(TOTALS, APART, [0, 0, 1, 1], stack=[(2, 3)])) == [[0, 1], [2, 3], [4], [5]]
    one_layout = problem(TOTALS, APART, [0, 0, 1, 1], layouts=[1, 1, 1, 0, 1, 0], layout_min=1)
    assert units_of(one_layout) == [[0, 1], [2], [3, 5], [4]]
    assert units_of(replace(apart, total_high_yuan=659)) == [[0, 1, 2, 3, 4, 5]]
    assert units_of(replace(apart, total_high_yuan=660)) == units_of(apart)
    all_together = replace(apart, instance=replace(apart.instance, all_min=2))
    assert units_of(all_together) == [[0, 1, 2, 3, 4, 5]]


def test_a_layout_minimum_is_asked_of_its_own_zone_alone():
    case = problem(TOTALS, APART, [0, 0, 1, 1], layouts=[1, 1, 1, 0, 1, 0], layout_min=2)
    assert [zone.problem.instance.layout_min.tolist() for zone in zones_of(case)] == [[0, 0], [0, 0], [2, 0], [0, 0]]


def test_small_zones_go_together_and_none_is_split(monkeypatch):
    monkeypatch.setattr(zones, "FEWEST_UNITS", 3)
    assert units_of(problem(TOTALS, APART, [0, 0, 1, 1])) == [[0, 1, 2], [3, 4, 5]]


def test_a_point_falls_apart_and_comes_together_again():
    case = problem(TOTALS, APART, [0, 0, 1, 1])
    point = PricePoint(np.array([1, 3, 4]), np.array([0, 1, 0, 2, 1, 0]))
    parts = zones_of(case)
    again = merged(parts, tuple(zone.part_of(point) for zone in parts))
    assert again.picks.tolist() == [1, 3, 4] and again.steps.tolist() == [0, 1, 0, 2, 1, 0]


@pytest.mark.parametrize("seed", range(12))
def test_zones_together_are_as_good_as_trying_everything(seed):
    rng = np.random.default_rng(900 + seed)
    case = replace(random_problem(rng, buyers=4), total_low_yuan=0, total_high_yuan=10**12)
    low, high = reachable_steps(case)
    if (low > high).any():
        assert best_values(case, GOALS) is None
        return
    start = PricePoint(np.zeros(0, dtype=np.int64), low)
    plan = solve_jointly(case, (Goal("layout_shortfall", "min"), *GOALS), 20, start)
    assert not broken(case, plan.point) and plan.status == "proven"
    assert tuple(goal.value for goal in plan.goals) == best_values(case, (Goal("layout_shortfall", "min"), *GOALS))
    for result in plan.goals:
        assert result.value == value_of(Goal(result.goal, result.sense, result.grades), case, plan.point)


def test_a_zoned_launch_is_split_and_reaches_what_the_whole_reaches(monkeypatch):
    case = random_launch(120, 80, 3, zoned=True, stack=True, average=False)
    monkeypatch.setattr(zones, "FEWEST_UNITS", 20)
    assert len(zones_of(case)) > 1
    start = PricePoint(np.zeros(0, dtype=np.int64), case.base_step)
    apart = solve_jointly(case, GOALS, 60, start)
    monkeypatch.setattr(solve, "zones_of", lambda problem: ())
    whole = solve_jointly(case, GOALS, 60, start)
    assert [goal.value for goal in apart.goals] == [goal.value for goal in whole.goals]
    assert apart.status == whole.status == "proven"
