"""What a plan says of itself when time runs out or the fast ways cannot prove their answer."""

from dataclasses import replace

import numpy as np
import pytest

from sincerity.allocation import certificate, faces, rules
from sincerity.allocation.goals import expand, goal_value
from sincerity.allocation.model import solve_reference
from sincerity.allocation.serial import serial_picks
from sincerity.allocation.solve import by_faces, solve
from tests.allocation.random_instances import herding_instance, tiny_instance
from tests.allocation.shipped_policies import shipped_policies

POLICIES = shipped_policies()


def bounded(seed: int):
    instance = herding_instance(60, 30, seed)
    return replace(instance, layout_min=np.array([0, 9, 0, 0]), layout_max=np.array([3, 30, 30, 30]))


def optimal_until(monkeypatch, call: int, outcome):
    """Lets ``call`` linear programmes through, then answers with ``outcome``."""
    genuine, calls = faces.optimise, []

    def optimise(*arguments):
        calls.append(arguments)
        return genuine(*arguments) if len(calls) <= call else outcome()

    monkeypatch.setattr(faces, "optimise", optimise)


def out_of_time():
    raise TimeoutError


@pytest.mark.parametrize("solved", [0, 1, 4])
def test_out_of_time_keeps_what_is_proven_and_bounds_the_rest(monkeypatch, solved):
    instance = bounded(1)
    exact = solve(instance, POLICIES["sincerity_first"], 60.0)
    optimal_until(monkeypatch, solved, out_of_time)
    plan = solve(instance, POLICIES["sincerity_first"], 60.0)
    statuses = [result.status for result in plan.goals]
    proven = statuses.count("proven")
    assert plan.status == "feasible"
    assert proven >= solved and statuses == ["proven"] * proven + ["feasible"] * (len(statuses) - proven)
    assert [result.value for result in plan.goals[:proven]] == [result.value for result in exact.goals[:proven]]
    assert rules.broken(instance, plan.picks) == ()
    for result, goal in zip(plan.goals, expand(POLICIES["sincerity_first"], instance), strict=True):
        assert result.value == goal_value(goal, instance, plan.picks)
        assert result.value <= result.bound if result.sense == "max" else result.value >= result.bound


def test_no_time_at_all_still_gives_a_plan_and_never_calls_it_proven():
    instance = bounded(2)
    plan = solve(instance, POLICIES["most_sales"], 0.0)
    assert plan.status == "feasible"
    assert rules.broken(instance, plan.picks) == ()
    assert len(plan.picks) >= len(serial_picks(instance)) > 0


def test_an_unproven_answer_goes_to_the_reference_model(monkeypatch):
    instance = bounded(3)
    exact = solve(instance, POLICIES["first_choice_first"], 60.0)
    optimal_until(monkeypatch, 2, lambda: None)
    plan = solve(instance, POLICIES["first_choice_first"], 60.0)
    assert (plan.path, plan.status) == ("reference", "proven")
    assert [result.value for result in plan.goals] == [result.value for result in exact.goals]


def test_a_certificate_that_fails_goes_to_the_reference_model(monkeypatch):
    instance = bounded(4)
    monkeypatch.setattr(certificate, "holds", lambda *arguments: False)
    assert solve(instance, POLICIES["sincerity_first"], 60.0).path == "reference"


def test_reference_model_without_time_returns_the_fallback_as_feasible():
    instance = tiny_instance(2)
    goals = expand(POLICIES["sincerity_first"], instance)
    fallback = serial_picks(instance)
    plan = solve_reference(instance, goals, 0.0, "sincerity_first", fallback)
    assert plan.picks.tolist() == fallback.tolist()
    assert plan.status == "feasible"
    exact = by_faces(instance, goals, 60.0).picks
    for result, goal in zip(plan.goals, goals, strict=True):
        value = goal_value(goal, instance, fallback)
        assert result.value == value
        if result.status == "proven":
            assert value == result.bound
    assert goal_value(goals[0], instance, exact) <= plan.goals[0].bound


def test_a_solver_that_lies_is_not_believed(monkeypatch):
    instance = bounded(5)
    genuine = faces._solve

    def lying(*arguments):
        values, duals, seconds = genuine(*arguments)
        granted = np.flatnonzero(values)
        values[granted[:1]] = 0
        return values, duals, seconds

    monkeypatch.setattr(faces, "_solve", lying)
    face = faces.whole_face(instance)
    weights = faces.column_weights(expand(POLICIES["most_sales"], instance)[1], instance)
    assert faces.optimise(face, weights, 60.0) is None


def test_open_prices_are_refused_not_ignored():
    instance = bounded(6)
    open_prices = replace(instance, step_total_yuan=np.repeat(instance.step_total_yuan, 7, axis=1))
    with pytest.raises(ValueError, match="7 price steps"):
        solve(open_prices, POLICIES["sincerity_first"], 60.0)
