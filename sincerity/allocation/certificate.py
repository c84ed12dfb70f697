"""A proof that a plan is best, checked without solving anything.

Lexicographic duality: give every constraint row r a vector of integers Y_r, one entry per goal. If
    Y_r ≥lex 0 for every row,   Σ_{r∋e} Y_r ≥lex W_e for every pick e that is not kept (and every shortfall),
    Σ_r c_r·Y_r + Σ_{e kept} (W_e − Σ_{r∋e} Y_r) = the plan's goal values,
then no plan is lexicographically better: ≥lex compares the first goal in which two vectors differ. The check takes
O(picks × goals) steps and shares nothing with the code that found the plan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sincerity.allocation import rules
from sincerity.allocation.goals import constant, goal_value, pick_weights
from sincerity.allocation.instance import Instance, Ints
from sincerity.settings import Goal


@dataclass(frozen=True)
class GoalDuals:
    """One goal's entries of Y, times ``scale``: per buyer, unit, layout maximum and layout minimum.

    The last two end with the bound on all layouts together.
    """

    scale: int
    buyers: Ints
    units: Ints
    layout_max: Ints
    layout_min: Ints


@dataclass(frozen=True)
class Certificate:
    """The goals in order with their duals."""

    goals: tuple[Goal, ...]
    duals: tuple[GoalDuals, ...]


def holds(instance: Instance, picks: Ints, certificate: Certificate) -> bool:
    """True when the certificate proves that ``picks`` is a lexicographically best plan for its goals."""
    if rules.broken(instance, picks) or len(certificate.goals) != len(certificate.duals):
        return False
    open_rows = _Undecided(len(instance.buyer_ids) + len(instance.unit_ids) + 2 * len(instance.layouts) + 2)
    open_columns = _Undecided(len(instance.pick_buyer) + len(instance.layouts) + 1)
    can_vary = np.append(~instance.pick_kept, np.ones(len(instance.layouts) + 1, dtype=np.bool_))
    for goal, duals in zip(certificate.goals, certificate.duals, strict=True):
        every = np.concatenate([duals.buyers, duals.units, duals.layout_max, duals.layout_min])
        gap = _gap(instance, goal, duals)
        if not open_rows.accept(every) or not open_columns.accept(np.where(can_vary, gap, 0)):
            return False
        if _bound(instance, goal, duals, gap) != duals.scale * goal_value(goal, instance, picks):
            return False
    return True


class _Undecided:
    """Vectors compared with 0 entry by entry, until their first entry that is not 0."""

    def __init__(self, count: int) -> None:
        self._open = np.ones(count, dtype=np.bool_)

    def accept(self, entries: Ints) -> bool:
        """The next entry of every vector; False when it makes one smaller than 0."""
        if (entries[self._open] < 0).any():
            return False
        self._open &= entries == 0
        return True


def _gap(instance: Instance, goal: Goal, duals: GoalDuals) -> Ints:
    """(columns,) Σ_{r∋e} Y_r − W_e of every pick, then of every shortfall."""
    sign = 1 if goal.sense == "max" else -1
    layout = instance.unit_layout[instance.pick_unit]
    bounds = duals.layout_max - duals.layout_min
    of_picks = (
        duals.buyers[instance.pick_buyer].astype(np.int64) + duals.units[instance.pick_unit]
        + bounds[layout] + bounds[-1] - duals.scale * sign * pick_weights(goal, instance)
    )
    missing = duals.scale * sign if goal.goal == "layout_shortfall" else 0
    return np.append(of_picks, -duals.layout_min - missing)


def _bound(instance: Instance, goal: Goal, duals: GoalDuals, gap: Ints) -> int:
    """The value no plan passes, times the scale, in the goal's own sense."""
    sign = 1 if goal.sense == "max" else -1
    high = np.append(instance.layout_max, instance.all_max)
    low = np.append(instance.layout_min, instance.all_min)
    filled = (
        int(instance.quota @ duals.buyers.astype(np.int64)) + int(duals.units.astype(np.int64).sum())
        + int(high @ duals.layout_max) - int(low @ duals.layout_min) - int(gap[: -len(high)][instance.pick_kept].sum())
    )
    return sign * filled + duals.scale * constant(goal, instance)
