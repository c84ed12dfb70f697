"""The exact plan for one instance and one policy, by the fastest way that proves it."""

from __future__ import annotations

import numpy as np

from sincerity.allocation import rules
from sincerity.allocation.goals import expand, goal_value
from sincerity.allocation.instance import GoalResult, Instance, Plan
from sincerity.allocation.model import solve_reference
from sincerity.allocation.serial import serial_picks
from sincerity.settings import Goal, Policy


def solve(instance: Instance, policy: Policy, time_limit_s: float) -> Plan:
    """The plan. ValueError when kept decisions break the rules: ``collisions.hard_problems`` says so beforehand."""
    _refuse_colliding_decisions(instance)
    serial = serial_picks(instance)
    if policy.method == "serial":
        return _by_strict_order(instance, policy, serial)
    return solve_reference(instance, expand(policy, instance), time_limit_s, policy.name, serial)


def _by_strict_order(instance: Instance, policy: Policy, picks: np.ndarray) -> Plan:
    """The order leaves exactly one plan, so what it yields is its own bound."""
    placed = Goal("placed", "max")
    value = goal_value(placed, instance, picks)
    result = GoalResult(placed.goal, placed.sense, placed.grades, placed.choices, value, float(value), "proven")
    return Plan(policy.name, picks, (result,), "proven", "serial")


def _refuse_colliding_decisions(instance: Instance) -> None:
    broken = rules.broken(instance, np.flatnonzero(instance.pick_kept))
    if broken:
        raise ValueError(f"kept decisions break {', '.join(broken)}")
