"""Plans are exact: brute force agrees on small instances, two ways of solving agree on larger ones."""


import numpy as np
import pytest

from sincerity.allocation import certificate
from sincerity.allocation.goals import expand, goal_value
from sincerity.allocation.model import solve_reference
from sincerity.allocation.serial import serial_picks
from sincerity.allocation.solve import by_faces, solve
from tests.allocation.brute_force import best_plans, criteria_values
from tests.allocation.random_instances import herding_instance, tiny_instance
from tests.allocation.shipped_policies import shipped_policies

POLICIES = shipped_policies()
TINY = 2_000
LIMIT_S = 60.0


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("block", range(8))
def test_brute_force_finds_nothing_better_in_2000_tiny_instances(policy, block):
    for seed in range(block * TINY // 8, (block + 1) * TINY // 8):
        instance = tiny_instance(seed)
        plan = solve(instance, POLICIES[policy], LIMIT_S)
        best, values = best_plans(instance, policy)
        granted = np.isin(np.arange(len(instance.pick_buyer)), plan.picks)
        assert (best == granted).all(axis=1).any(), (seed, criteria_values(instance, policy, plan.picks), values)
        assert plan.status == "proven"
        assert plan.path in ("levelled", "lp_sequence", "serial")


@pytest.mark.parametrize("policy", [name for name, policy in POLICIES.items() if policy.method == "goals"])
def test_reference_model_agrees_with_brute_force(policy):
    for seed in range(40, 64):
        instance = tiny_instance(seed)
        goals = expand(POLICIES[policy], instance)
        plan = solve_reference(instance, goals, LIMIT_S, policy, serial_picks(instance))
        best, _ = best_plans(instance, policy)
        granted = np.isin(np.arange(len(instance.pick_buyer)), plan.picks)
        assert (best == granted).all(axis=1).any(), seed
        assert {result.status for result in plan.goals} == {"proven"}
        assert [result.value for result in plan.goals] == [goal_value(goal, instance, plan.picks) for goal in goals]


@pytest.mark.parametrize("block", range(8))
def test_matching_and_programmes_agree_on_200_larger_instances(block):
    names = [name for name, policy in POLICIES.items() if policy.method == "goals"]
    for seed in range(block * 25, (block + 1) * 25):
        instance = herding_instance(300, 150, seed, herding=0.3 + seed % 5 / 4)
        goals = expand(POLICIES[names[seed % 3]], instance)
        matched = by_faces(instance, goals, LIMIT_S)
        programmed = by_faces(instance, goals, LIMIT_S, levelled=False)
        assert (matched.path, programmed.path) == ("levelled", "lp_sequence")
        assert matched.picks.tolist() == programmed.picks.tolist(), seed
        for found in (matched, programmed):
            assert certificate.holds(instance, found.picks, found.certificate)


def test_reference_model_agrees_with_the_matching_on_a_middling_instance():
    instance = herding_instance(60, 30, 5)
    goals = expand(POLICIES["sincerity_first"], instance)
    reference = solve_reference(instance, goals, LIMIT_S, "sincerity_first", serial_picks(instance))
    assert reference.picks.tolist() == by_faces(instance, goals, LIMIT_S).picks.tolist()
    assert reference.status == "proven"
