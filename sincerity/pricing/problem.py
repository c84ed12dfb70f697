"""Prices and placements as one problem in arrays, and what a point of it is worth, counted in integers.

Sets        u ∈ U units to be priced, k ∈ {0 … S−1} price steps, e ∈ E picks accepted at the lowest step at least
            (l, h) ∈ P pairs of units in a stack, h the next one above l
Data        T_uk total price, p_uk price per m², top_e highest step the buyer of e accepts, need_pk lowest step of h
            at which l may stand at step k (S: none)

A point is a set of granted picks and one step for every unit. Every test of a point is in integers: no tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from sincerity.allocation import rules
from sincerity.allocation.goals import goal_value
from sincerity.allocation.instance import Instance, Ints
from sincerity.settings import Goal

MILLS = 1_000  # thousandths of a yuan in one yuan: a whole total can be told by its price per m²
BASIS_POINTS = 10_000
LIST_VALUE = Goal("list_value", "max")  # Σ_u T, placed or not; what ties zones to each other, never a goal of its own


@dataclass(frozen=True)
class PriceProblem:
    """One joint problem. ``instance`` holds C1–C5, the step totals T and the picks' top steps."""

    instance: Instance
    step_mills: Ints  # (U, S) price per m² in thousandths of a yuan, ascending
    low_step: Ints  # (U,) lowest step the unit may take
    high_step: Ints  # (U,) highest step the unit may take
    base_step: Ints  # (U,) step nearest to the base price
    base_total_yuan: Ints  # (U,) total at the base price
    stack_lower: Ints  # (P,)
    stack_upper: Ints  # (P,)
    stack_need: Ints  # (P, S)
    total_low_yuan: int  # least list value of all units together
    total_high_yuan: int

    @property
    def totals(self) -> Ints:
        """(U, S) T_uk."""
        return self.instance.step_total_yuan


@dataclass(frozen=True)
class PricePoint:
    """Granted picks, ascending, and the step of every unit."""

    picks: Ints
    steps: Ints


def unit_totals(problem: PriceProblem, steps: Ints) -> Ints:
    """(U,) total price of every unit at its step."""
    return problem.totals[np.arange(len(steps)), steps]


def list_value_yuan(problem: PriceProblem, steps: Ints) -> int:
    """Σ_u T at the given steps, placed or not."""
    return int(unit_totals(problem, steps).sum())


def value_of(goal: Goal, problem: PriceProblem, point: PricePoint) -> int:
    """What the point reaches of a goal."""
    if goal.goal == "revenue":
        return int(unit_totals(problem, point.steps)[problem.instance.pick_unit[point.picks]].sum())
    if goal.goal == LIST_VALUE.goal:
        return list_value_yuan(problem, point.steps)
    if goal.goal == "deviation":
        return int(np.abs(unit_totals(problem, point.steps) - problem.base_total_yuan).sum())
    return goal_value(goal, problem.instance, point.picks)


def at_least_as_good(goal: Goal, value: float, other: float) -> bool:
    """Whether ``value`` is no worse than ``other`` in the goal's sense."""
    return value >= other if goal.sense == "max" else value <= other


def broken(problem: PriceProblem, point: PricePoint) -> tuple[str, ...]:
    """Labels of the rules the point breaks: C1–C4, P1 step in its box, P2 accepted, P3 list value, P4 stack order."""
    buyer_top = problem.instance.pick_top_step[point.picks]
    taken = point.steps[problem.instance.pick_unit[point.picks]]
    below = point.steps[problem.stack_lower]
    needed = problem.stack_need[np.arange(len(below)), below]
    in_box = (point.steps >= problem.low_step) & (point.steps <= problem.high_step)
    checks = {
        "P1": bool(in_box.all()),
        "P2": bool((taken <= buyer_top).all()),
        "P3": problem.total_low_yuan <= list_value_yuan(problem, point.steps) <= problem.total_high_yuan,
        "P4": bool((point.steps[problem.stack_upper] >= needed).all()),
    }
    return (*rules.broken(problem.instance, point.picks), *(label for label, holds in checks.items() if not holds))


def picked_and_stacked(problem: PriceProblem) -> tuple[sp.csr_array, sp.csr_array]:
    """(B, U) the units every buyer picked, and (U, U) from a unit to the next one above it in its stack; 1 where so."""
    instance, units = problem.instance, len(problem.base_step)
    picked = sp.csr_array(
        (np.ones(len(instance.pick_unit), dtype=np.int8), (instance.pick_buyer, instance.pick_unit)),
        shape=(len(instance.buyer_ids), units),
    )
    stacked = sp.csr_array(
        (np.ones(len(problem.stack_lower), dtype=np.int8), (problem.stack_lower, problem.stack_upper)),
        shape=(units, units),
    )
    return picked, stacked


def reachable_steps(problem: PriceProblem) -> tuple[Ints, Ints]:
    """(U,), (U,) the lowest and the highest step of every unit that the boxes and the stack order allow.

    Both are points that keep P1 and P4 where any does, because the order compares two neighbours at a time: the
    steps that keep it are closed under taking the lower, and the higher, of two everywhere.
    """
    low, high = problem.low_step.copy(), problem.high_step.copy()
    pairs = np.arange(len(problem.stack_lower))
    for _ in pairs:
        need = problem.stack_need[pairs, low[problem.stack_lower]]
        raised = low.copy()
        np.maximum.at(raised, problem.stack_upper, need)
        held = high.copy()
        allowed = (problem.stack_need <= high[problem.stack_upper][:, None]).sum(axis=1) - 1
        np.minimum.at(held, problem.stack_lower, allowed)
        settled = (raised == low).all() and (held == high).all()
        low, high = raised, held
        if settled or (low > high).any():
            break
    return low, high
