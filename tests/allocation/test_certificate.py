"""The certificate accepts what is best and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from sincerity.allocation import certificate
from sincerity.allocation.certificate import Certificate
from sincerity.allocation.goals import expand, goal_value
from sincerity.allocation.solve import solve
from tests.allocation.brute_force import every_plan
from tests.allocation.random_instances import herding_instance, tiny_instance
from tests.allocation.shipped_policies import shipped_policies

POLICIES = shipped_policies()
PARTS = ("buyers", "units", "layout_max", "layout_min")


@pytest.fixture(scope="module")
def solved():
    instance = herding_instance(60, 30, 3)
    bounded = replace(instance, layout_min=np.array([0, 9, 0, 0]), layout_max=np.array([3, 30, 30, 30]), all_max=20)
    return {
        "levelled": (instance, solve(instance, POLICIES["sincerity_first"], 10.0)),
        "lp_sequence": (bounded, solve(bounded, POLICIES["most_sales"], 10.0)),
    }


@pytest.mark.parametrize("path", ["levelled", "lp_sequence"])
def test_every_tampered_dual_is_rejected(solved, path):
    instance, plan = solved[path]
    assert plan.path == path
    assert certificate.holds(instance, plan.picks, plan.certificate)
    rng = np.random.default_rng(0)
    tampered = 0
    for goal in range(len(plan.certificate.duals)):
        for part in PARTS:
            values = getattr(plan.certificate.duals[goal], part)
            for at in rng.choice(len(values), size=min(3, len(values)), replace=False):
                for change in (-1, 1):
                    forged = _forged(plan.certificate, goal, part, at, change)
                    if _changes_the_bound(instance, part, at):
                        assert not certificate.holds(instance, plan.picks, forged), (goal, part, at, change)
                        tampered += 1
    assert tampered > 200


def _changes_the_bound(instance, part: str, at: int) -> bool:
    """A minimum of 0 adds nothing to the bound, so a dual on it may be anything that keeps its sign."""
    return part != "layout_min" or bool(np.append(instance.layout_min, instance.all_min)[at])


def _forged(genuine: Certificate, goal: int, part: str, at: int, change: int) -> Certificate:
    values = np.array(getattr(genuine.duals[goal], part), dtype=np.int64)
    values[at] += change
    duals = list(genuine.duals)
    duals[goal] = replace(duals[goal], **{part: values})
    return Certificate(genuine.goals, tuple(duals))


@pytest.mark.parametrize("policy", ["sincerity_first", "first_choice_first", "most_sales"])
def test_no_other_plan_passes_with_the_best_plans_certificate(policy):
    refused = 0
    for seed in range(40):
        instance = tiny_instance(seed)
        plan = solve(instance, POLICIES[policy], 10.0)
        best = [result.value for result in plan.goals]
        for row in every_plan(instance):
            picks = np.flatnonzero(row)
            passes = certificate.holds(instance, picks, plan.certificate)
            assert passes == (_values(instance, policy, picks) == best), seed
            refused += not passes
    assert refused > 500


def _values(instance, policy, picks) -> list[int]:
    return [goal_value(goal, instance, picks) for goal in expand(POLICIES[policy], instance)]


def test_a_plan_that_breaks_a_rule_is_refused(solved):
    instance, plan = solved["levelled"]
    rival = next(pick for pick in range(len(instance.pick_buyer)) if pick not in plan.picks)
    assert not certificate.holds(instance, np.sort(np.append(plan.picks, rival)), plan.certificate)
    assert not certificate.holds(instance, plan.picks[1:], plan.certificate)


def test_missing_duals_are_refused(solved):
    instance, plan = solved["levelled"]
    short = Certificate(plan.certificate.goals, plan.certificate.duals[:-1])
    assert not certificate.holds(instance, plan.picks, short)
