"""Among equally good plans the one nearest to yesterday's: checked against every plan there is."""

from dataclasses import replace

import numpy as np
import pytest

from sincerity.allocation.goals import expand
from sincerity.allocation.model import solve_reference
from sincerity.allocation.serial import serial_picks
from sincerity.allocation.solve import solve
from tests.allocation.brute_force import best_plans
from tests.allocation.random_instances import tiny_instance
from tests.allocation.shipped_policies import shipped_policies

POLICIES = shipped_policies()
WITH_MOVES = [name for name, policy in POLICIES.items() if policy.method == "goals"]
AFTER_MOVES = ("moves", "score", "priority", "tie")


def by_fast_ways(instance, policy):
    return solve(instance, policy, 20)


def by_reference_model(instance, policy):
    return solve_reference(instance, expand(policy, instance), 20, policy.name, serial_picks(instance))


def before_moves(plan) -> list[tuple]:
    """The goals that come before the moves, with their values."""
    return [(goal.goal, goal.grades, goal.choices, goal.value) for goal in plan.goals if goal.goal not in AFTER_MOVES]


def test_every_shipped_policy_that_optimises_counts_the_moves_after_the_ladder():
    assert sorted({*POLICIES} - {*WITH_MOVES}) == ["strict_order"]
    for name in WITH_MOVES:
        assert tuple(step["goal"] for step in POLICIES[name].steps[-4:]) == AFTER_MOVES


@pytest.mark.parametrize("way", [by_fast_ways, by_reference_model])
@pytest.mark.parametrize("policy", WITH_MOVES)
def test_nearest_plan_is_as_good_as_a_fresh_one_and_moves_no_more_than_possible(policy, way):
    for seed in range(0, 120, 2) if way is by_fast_ways else range(0, 24, 2):
        instance = replace(tiny_instance(seed), had_previous=True)
        fresh = way(replace(instance, had_previous=False), POLICIES[policy])
        nearest = way(instance, POLICIES[policy])
        assert before_moves(nearest) == before_moves(fresh), seed
        plans, _ = best_plans(instance, policy)
        best_kept = int((plans @ instance.previous_pick).max())
        assert int(np.sum(instance.previous_pick[nearest.picks])) == best_kept, seed


@pytest.mark.parametrize("policy", POLICIES)
def test_a_plan_solved_again_against_itself_moves_nobody(policy):
    for seed in range(0, 60, 2):
        instance = tiny_instance(seed)
        first = solve(replace(instance, had_previous=False), POLICIES[policy], 20)
        granted = np.zeros(len(instance.pick_buyer), dtype=np.bool_)
        granted[first.picks] = True
        again = solve(replace(instance, previous_pick=granted, had_previous=True), POLICIES[policy], 20)
        assert again.picks.tolist() == first.picks.tolist(), seed


@pytest.mark.parametrize("seed", range(0, 60, 2))
def test_strict_order_leaves_one_plan_whatever_stood_before(seed):
    instance = tiny_instance(seed)
    plans = [solve(replace(instance, had_previous=told), POLICIES["strict_order"], 20) for told in (False, True)]
    assert plans[0].picks.tolist() == plans[1].picks.tolist()
