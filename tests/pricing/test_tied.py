"""Zones that only the list value ties: held against every combination of every zone's points."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from sincerity.pricing import solve, tied, zones
from sincerity.pricing.choice import Options, Tie, best_choice, best_mixture
from sincerity.pricing.problem import LIST_VALUE, PricePoint, broken, list_value_yuan, value_of
from sincerity.pricing.programme import NO_LIMIT
from sincerity.pricing.search import JointModel
from sincerity.pricing.solve import solve_jointly
from sincerity.pricing.start_plans import kept, prices_alone
from sincerity.pricing.zones import but_for_the_list_value, zones_of
from tests.pricing import random_launch
from tests.pricing.small import GOALS, every_point, problem

ZONES, ZONE_UNITS, STEPS = 3, 2, 3
SECONDS = 30.0


@pytest.fixture(autouse=True)
def every_zone_alone(monkeypatch):
    monkeypatch.setattr(zones, "FEWEST_UNITS", 1)
    monkeypatch.setattr(solve, "LARGEST_SEARCH_UNITS", 0)
    monkeypatch.setattr(solve, "FEWEST_TIED_ZONES", 2)


def zoned_problem(rng, slack):
    """Three zones of two units and three buyers each, and a list value near the middle."""
    units = ZONES * ZONE_UNITS
    first = np.sort(rng.integers(90, 110, (ZONES, ZONE_UNITS)), axis=1).ravel()
    totals = first[:, None] + np.cumsum(rng.integers(1, 6, (units, STEPS)), axis=1)
    picks = [
        (3 * zone + buyer, ZONE_UNITS * zone + int(unit), int(rng.integers(0, STEPS)))
        for zone in range(ZONES) for buyer in range(3)
        for unit in rng.choice(ZONE_UNITS, size=rng.integers(1, ZONE_UNITS + 1), replace=False)
    ]
    stack = [(2 * zone, 2 * zone + 1) for zone in range(ZONES) if rng.random() < 0.5]
    middle = int(totals[:, STEPS // 2].sum()) + int(rng.integers(-3, 8))
    return problem(
        totals, picks, rng.integers(0, 2, 3 * ZONES), stack=stack, value=(middle - slack, middle + slack)
    )


def best_by_trying(case):
    """The goals' values of the best combination of the zones' points whose list value is allowed; None without one."""
    signs = np.array([1 if goal.sense == "max" else -1 for goal in GOALS])
    each = []
    for zone in but_for_the_list_value(case):
        rows = {
            (list_value_yuan(zone.problem, point.steps), *(value_of(goal, zone.problem, point) for goal in GOALS))
            for point in every_point(zone.problem)
        }
        each.append(np.array(sorted(rows)).reshape(-1, 1 + len(GOALS)))
    places = np.meshgrid(*(range(len(rows)) for rows in each), indexing="ij")
    sums = sum(rows[place] for rows, place in zip(each, places, strict=True)).reshape(-1, 1 + len(GOALS))
    allowed = sums[(sums[:, 0] >= case.total_low_yuan) & (sums[:, 0] <= case.total_high_yuan), 1:]
    return max(map(tuple, (allowed * signs).tolist()), default=None)


def more_is_better(result):
    sign = 1 if result.sense == "max" else -1
    return sign * result.value, sign * result.bound


@pytest.mark.parametrize("seed", range(30))
def test_every_value_is_reached_every_bound_holds_and_proven_means_best(seed):
    rng = np.random.default_rng(seed)
    case = zoned_problem(rng, slack=int(rng.integers(0, 5)))
    start, expected = prices_alone(case, kept(case), 10), best_by_trying(case)
    if expected is None:
        assert start is None
        return
    assert len(zones_of(case)) == 1 and len(but_for_the_list_value(case)) >= ZONES
    plan = solve_jointly(case, GOALS, SECONDS, start)
    assert broken(case, plan.point) == ()
    for goal, result, best in zip(GOALS, plan.goals, expected, strict=True):
        assert result.value == value_of(goal, case, plan.point)
        value, bound = more_is_better(result)
        assert value <= best <= bound
        assert result.status == "feasible" or value == best
        if value < best:
            return


def test_most_of_the_small_cases_are_proven_to_the_last_goal():
    statuses = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        case = zoned_problem(rng, slack=int(rng.integers(0, 5)))
        start = prices_alone(case, kept(case), 10)
        if start is not None:
            statuses += [goal.status for goal in solve_jointly(case, GOALS, SECONDS, start).goals]
    assert len(statuses) > 30 and statuses.count("proven") / len(statuses) > 0.5


@pytest.fixture
def launch(monkeypatch):
    """Three zones of 20 units whose average price may move by 0.2 %."""
    monkeypatch.setattr(random_launch, "ZONE", 20)
    return random_launch.random_launch(120, 60, 5, zoned=True)


def planned(case, make_model=JointModel, seconds=SECONDS, goals=GOALS):
    return solve_jointly(
        case, goals, seconds, PricePoint(kept(case), case.base_step), unit_yuan=1_000, make_model=make_model
    )


def test_a_search_of_the_whole_ends_between_the_values_and_the_bounds(launch, monkeypatch):
    apart = planned(launch)
    monkeypatch.setattr(solve, "LARGEST_SEARCH_UNITS", 1_000)
    whole = planned(launch)
    assert len(but_for_the_list_value(launch)) == 3 and broken(launch, apart.point) == ()
    assert whole.status == "proven" and [goal.status for goal in apart.goals[:2]] == ["proven"] * 2
    for one, other in zip(apart.goals, whole.goals, strict=True):
        value, bound = more_is_better(one)
        best, _ = more_is_better(other)
        assert value <= best <= bound and bound - value <= 0.05 * abs(bound)
        if value < best:
            return


class BluntModel(JointModel):
    """Its zones' trees end before they have begun, and their bounds are those of the relaxation."""

    def corner_within(self, part, seconds):
        return None


class BlindModel(JointModel):
    """Never finds a point of a zone but at whole corners."""

    def point_on(self, part, aim, enough, nodes, seconds):
        return None


def test_without_trees_the_bounds_stay_above_what_can_be_reached(launch):
    honest, blunt = planned(launch), planned(launch, BluntModel)
    for one, other in zip(honest.goals, blunt.goals, strict=True):
        value, bound = more_is_better(other)
        best, _ = more_is_better(one)
        assert value <= best <= bound
        if value < best:
            assert other.status == "feasible"
            return


def test_zones_need_no_search_near_their_corners(launch):
    honest, blind = planned(launch, goals=GOALS[:2]), planned(launch, BlindModel, goals=GOALS[:2])
    assert [goal.value for goal in blind.goals] == [goal.value for goal in honest.goals]


def test_a_choice_that_gives_up_an_earlier_goal_is_not_taken(launch, monkeypatch):
    honest = planned(launch)
    monkeypatch.setattr(tied, "best_choice", lambda options, wanted, ties, seconds: best_choice(
        options, wanted, ties[:1], seconds
    ))
    plan = planned(launch)
    assert broken(launch, plan.point) == () and plan.goals[0].value == honest.goals[0].value > 0


@pytest.mark.parametrize("seconds", [0.0, 1e-6])
def test_without_time_the_start_stays_and_only_what_cannot_be_better_is_proven(launch, seconds):
    plan = planned(launch, seconds=seconds)
    assert plan.point.steps.tolist() == launch.base_step.tolist() and not len(plan.point.picks)
    *others, deviation = plan.goals
    assert {goal.status for goal in others} == {"feasible"} == {plan.status}
    assert (deviation.goal, deviation.value, deviation.status) == ("deviation", 0, "proven")  # it is never below 0


def test_the_list_value_is_counted_as_every_goal_is(launch):
    case = replace(launch, total_low_yuan=0, total_high_yuan=NO_LIMIT)
    assert value_of(LIST_VALUE, case, PricePoint(kept(case), case.base_step)) == int(case.base_total_yuan.sum())


@pytest.mark.parametrize("seconds", [0.02, 0.1, 0.5])
def test_time_that_ends_anywhere_leaves_a_plan_that_keeps_every_rule(launch, seconds):
    plan = planned(launch, seconds=seconds)
    assert broken(launch, plan.point) == ()
    for goal, result in zip(GOALS, plan.goals, strict=True):
        assert result.value == value_of(goal, launch, plan.point)
        value, bound = more_is_better(result)
        assert value <= bound


@pytest.mark.parametrize("seed", range(20))
def test_the_choice_is_the_best_of_all_and_the_mixture_no_worse(seed):
    rng = np.random.default_rng(seed)
    zone = np.sort(np.append(np.arange(4), rng.integers(0, 4, 8)))
    values = rng.integers(-50, 50, (len(zone), 3)) * [1, 1_000, 1]
    ties = (Tie(1, -40_000, 60_000), Tie(2, -20, NO_LIMIT))
    combinations = np.array(list(product(*(np.flatnonzero(zone == z) for z in range(4)))))
    sums = values[combinations].sum(axis=1)
    kept_rules = (sums[:, 1] >= -40_000) & (sums[:, 1] <= 60_000) & (sums[:, 2] >= -20)
    taken, _ = best_choice(Options(zone, values), (0,), ties, 10)
    mixture = best_mixture(Options(zone, values), (0,), ties, 10)
    if not kept_rules.any():
        assert taken is None
        return
    best = int(sums[kept_rules, 0].max())
    assert zone[taken].tolist() == [0, 1, 2, 3]
    assert values[taken].sum(axis=0).tolist() in sums[kept_rules].tolist() and values[taken, 0].sum() == best
    assert mixture.value >= best - 1e-6
    at_prices = values[:, 0] + values[:, 1:] @ np.array(mixture.prices)
    sides = sum(
        price * (tie.low if price > 0 else tie.high)
        for price, tie in zip(mixture.prices, ties, strict=True) if abs(price) > 1e-9
    )
    reach = sum(at_prices[zone == z].max() for z in range(4)) - sides
    assert reach == pytest.approx(mixture.value)
