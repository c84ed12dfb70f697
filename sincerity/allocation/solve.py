"""The exact plan for one instance and one policy, by the fastest way that proves it.

    strict order             one pass in priority order
    ladder, no side bounds   levelled matching, then the last goals on the face it leaves
    other goals and bounds   a linear programme per goal, each on the face the goals before leave
    anything else            the reference model
A plan of the two middle ways is returned only with a certificate that holds; otherwise the reference model decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sincerity.allocation import certificate, faces, rules
from sincerity.allocation.certificate import Certificate, GoalDuals
from sincerity.allocation.goals import expand, goal_value, loose_bound
from sincerity.allocation.instance import GoalResult, Instance, Ints, Plan
from sincerity.allocation.ladder import leading_levels, level_duals
from sincerity.allocation.levelled import climb
from sincerity.allocation.model import solve_reference
from sincerity.allocation.serial import completed, serial_picks
from sincerity.settings import Goal, Policy


def solve(instance: Instance, policy: Policy, time_limit_s: float) -> Plan:
    """The plan, its goals proven or, after ``time_limit_s``, with a bound each.

    ValueError when kept decisions break C1, C2 or C4 (``collisions.hard_problems`` tells the user beforehand), and
    when units have more than one price step: here prices are given.
    """
    _refuse_open_prices(instance)
    _refuse_colliding_decisions(instance)
    if policy.method == "serial":
        return _in_strict_order(instance, policy)
    goals = expand(policy, instance)
    found = by_faces(instance, goals, time_limit_s)
    holds = certificate.holds(instance, found.picks, found.certificate)
    if holds and (found.out_of_time or found.certificate.goals == goals):
        return _certified(instance, policy, goals, found)
    return solve_reference(
        instance, goals, time_limit_s - found.seconds, policy.name, completed(instance, found.picks)
    )


@dataclass(frozen=True)
class Found:
    """A plan by the fast ways, and the certificate for the goals they came to solve."""

    picks: Ints
    path: str
    seconds: float  # spent in the solver
    certificate: Certificate
    out_of_time: bool = False


def by_faces(instance: Instance, goals: tuple[Goal, ...], time_limit_s: float, levelled: bool = True) -> Found:
    """Goal after goal on ever smaller faces; ``levelled=False`` leaves the matching out and uses programmes alone.

    Stops early, with a certificate for the goals before, when time runs out or a goal could not be proven.
    """
    levels = leading_levels(goals, instance) if levelled and _matching_suffices(instance) else []
    ladder = climb(instance, levels)
    face = faces.narrowed(faces.whole_face(instance), ladder)
    picks, duals, seconds = ladder.picks, level_duals(ladder, instance), 0.0
    path = "levelled" if levels else "lp_sequence"
    for goal in goals[len(levels) :]:
        weights = faces.column_weights(goal, instance)
        if not faces.leaves_a_choice(face, weights):
            duals.append(_goal_duals(instance, np.zeros(len(face.tight), dtype=np.int64)))
            continue
        try:
            stage = faces.optimise(face, weights, time_limit_s - seconds)
        except TimeoutError:
            return Found(picks, path, time_limit_s, Certificate(goals[: len(duals)], tuple(duals)), out_of_time=True)
        if stage is None:
            break
        picks, face, seconds = stage.picks, stage.face, seconds + stage.seconds
        duals.append(_goal_duals(instance, stage.duals))
    return Found(picks, path, seconds, Certificate(goals[: len(duals)], tuple(duals)))


def _refuse_open_prices(instance: Instance) -> None:
    steps = instance.step_total_yuan.shape[1]
    if steps != 1:
        raise ValueError(f"prices must be given, but units have {steps} price steps")


def _refuse_colliding_decisions(instance: Instance) -> None:
    broken = rules.broken(instance, np.flatnonzero(instance.pick_kept))
    if broken:
        raise ValueError(f"kept decisions break {', '.join(broken)}")


def _matching_suffices(instance: Instance) -> bool:
    return not instance.has_layout_bounds and bool((instance.quota == 1).all())


def _goal_duals(instance: Instance, by_row: Ints) -> GoalDuals:
    rows = faces.Rows.of(instance)
    return GoalDuals(1, *(by_row[part] for part in (rows.buyers, rows.units, rows.layout_max, rows.layout_min)))


def _certified(instance: Instance, policy: Policy, goals: tuple[Goal, ...], found: Found) -> Plan:
    """Goals of the certificate are proven; those time did not reach keep a bound nobody had to search for."""
    proven = len(found.certificate.goals)
    picks = found.picks if proven == len(goals) else completed(instance, found.picks)
    results = [_result(goal, goal_value(goal, instance, picks)) for goal in goals]
    results[proven:] = [
        replace(result, bound=loose_bound(goal, instance), status="feasible")
        for goal, result in zip(goals[proven:], results[proven:], strict=True)
    ]
    status = "proven" if proven == len(goals) else "feasible"
    return Plan(policy.name, picks, tuple(results), status, found.path, found.certificate)


def _in_strict_order(instance: Instance, policy: Policy) -> Plan:
    """The order leaves exactly one plan, so what it yields is its own bound."""
    picks = serial_picks(instance)
    placed = Goal("placed", "max")
    return Plan(policy.name, picks, (_result(placed, goal_value(placed, instance, picks)),), "proven", "serial")


def _result(goal: Goal, value: int) -> GoalResult:
    return GoalResult(goal.goal, goal.sense, goal.grades, goal.choices, value, float(value), "proven")
