"""Among equally good plans the one nearest to yesterday's: checked against every plan there is."""

from dataclasses import replace

import numpy as np
import pytest

from sincerity.allocation.solve import solve
from tests.allocation.brute_force import best_plans
from tests.allocation.random_instances import tiny_instance
from tests.allocation.shipped_policies import shipped_policies

POLICIES = shipped_policies()
WITH_MOVES = ("sincerity_first", "first_choice_first")


def before_moves(plan) -> list[tuple]:
    """The goals that come before the moves, with their values."""
    named = [(goal.goal, goal.grades, goal.choices, goal.value) for goal in plan.goals]
    places = [number for number, goal in enumerate(plan.goals) if goal.goal == "moves"]
    return named[: places[0]] if places else named[:-2]  # without it only score and tie come after


@pytest.mark.parametrize("policy", WITH_MOVES)
@pytest.mark.parametrize("seed", range(0, 60, 2))
def test_nearest_plan_is_as_good_as_a_fresh_one_and_moves_no_more_than_possible(seed, policy):
    instance = replace(tiny_instance(seed), had_previous=True)
    fresh = solve(replace(instance, had_previous=False), POLICIES[policy], 20)
    nearest = solve(instance, POLICIES[policy], 20)
    assert before_moves(nearest) == before_moves(fresh)
    plans, _ = best_plans(instance, policy)
    best_kept = int((plans @ instance.previous_pick).max())
    assert int(np.sum(instance.previous_pick[nearest.picks])) == best_kept


@pytest.mark.parametrize("policy", WITH_MOVES)
@pytest.mark.parametrize("seed", range(0, 30, 2))
def test_a_plan_solved_again_against_itself_moves_nobody(seed, policy):
    instance = tiny_instance(seed)
    first = solve(replace(instance, had_previous=False), POLICIES[policy], 20)
    granted = np.zeros(len(instance.pick_buyer), dtype=np.bool_)
    granted[first.picks] = True
    again = solve(replace(instance, previous_pick=granted, had_previous=True), POLICIES[policy], 20)
    assert again.picks.tolist() == first.picks.tolist()
