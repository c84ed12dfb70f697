"""Where every pick stands once a plan is made: granted or not, wanted still, and its place in the policy's order.

The *policy's order* ranks the picks on one unit against each other, from the goals alone, in their order:
a "placed" goal puts the picks it counts before those it does not count, "moves" puts a pick of the previous
plan before a new one, "score" puts more points before fewer, "priority" the buyer first in priority. Picks no goal
tells apart share a place; the keyed hash then decides between them. Without goals (strict order) the buyers'
priority alone decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np
import numpy.typing as npt

from sincerity.allocation.instance import GoalResult, Instance, Ints, Plan
from sincerity.domain import GRADES

Bools = npt.NDArray[np.bool_]

_DECIDING = ("placed", "moves", "score", "priority")
_NO_LEVELS = np.zeros((0, 0), dtype=np.int64)


@dataclass(frozen=True)
class Criterion:
    """One step of the policy's order: ``key`` per pick, smaller goes first.

    ``kind`` is level, moves, score, priority or draw. ``levels`` is the table by (grade, choice rank) behind a
    level; empty for the other kinds.
    """

    kind: str
    key: Ints
    levels: Ints


@dataclass(frozen=True)
class Standing:
    """A plan seen from its picks."""

    instance: Instance
    granted: Bools  # (E,)
    criteria: tuple[Criterion, ...]

    @cached_property
    def holder_pick(self) -> Ints:
        """The granted pick of each unit, −1 where nobody holds it."""
        holders = np.full(len(self.instance.unit_ids), -1, dtype=np.int64)
        picks = np.flatnonzero(self.granted)
        holders[self.instance.pick_unit[picks]] = picks
        return holders

    @cached_property
    def rival(self) -> Ints:
        """For each pick the pick that was granted its unit, −1 where nobody holds the unit."""
        return self.holder_pick[self.instance.pick_unit]

    @cached_property
    def wanted(self) -> Bools:
        """Picks not granted that the buyer would rather have than what the plan gives.

        A kept unit uses up one of the buyer's places whatever its choice rank: the decision settled it.
        """
        instance = self.instance
        kept = np.bincount(instance.pick_buyer[self.granted & instance.pick_kept], minlength=len(instance.buyer_ids))
        open_places = (instance.quota - kept)[instance.pick_buyer]
        return ~self.granted & (better_grants(instance, self.granted & ~instance.pick_kept) < open_places)

    @cached_property
    def place(self) -> Ints:
        """Dense place of each pick in the policy's order, 0 first; equal where no goal tells picks apart."""
        keys = np.column_stack([criterion.key for criterion in self.criteria])
        return np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def standing(instance: Instance, plan: Plan) -> Standing:
    """Where the picks of ``instance`` stand under ``plan``."""
    granted = np.zeros(len(instance.pick_buyer), dtype=bool)
    granted[plan.picks] = True
    return Standing(instance, granted, _criteria(instance, plan))


def better_grants(instance: Instance, granted: Bools) -> Ints:
    """For each pick the number of granted picks of the same buyer with a lower choice rank."""
    order = np.lexsort((instance.pick_rank, instance.pick_buyer))
    buyer, rank = instance.pick_buyer[order], instance.pick_rank[order]
    before = np.concatenate(([0], np.cumsum(granted[order])))
    buyer_start = np.searchsorted(buyer, buyer, side="left")
    step = int(rank.max(initial=0)) + 1
    rank_start = np.searchsorted(buyer * step + rank, buyer * step + rank, side="left")
    counts = np.empty(len(order), dtype=np.int64)
    counts[order] = before[rank_start] - before[buyer_start]
    return counts


def level_table(goals: Sequence[GoalResult], top_rank: int) -> Ints:
    """Level of a pick by (grade, choice rank): picks that the earlier "placed" goals count have lower levels."""
    placed = [goal for goal in goals if goal.goal == "placed" and goal.sense == "max"]
    cells = [(grade, rank) for grade in range(len(GRADES)) for rank in range(top_rank + 1)]
    passed_over = {
        (grade, rank): tuple(not _counts(goal, GRADES[grade], rank) for goal in placed) for grade, rank in cells
    }
    number = {vector: level for level, vector in enumerate(sorted(set(passed_over.values())))}
    return np.array([number[passed_over[cell]] for cell in cells], dtype=np.int64).reshape(len(GRADES), top_rank + 1)


def _counts(goal: GoalResult, grade: str, rank: int) -> bool:
    return (not goal.grades or grade in goal.grades) and (not goal.choices or rank in goal.choices)


def _criteria(instance: Instance, plan: Plan) -> tuple[Criterion, ...]:
    if plan.path == "serial":
        return (Criterion("priority", instance.pick_buyer, _NO_LEVELS),)
    groups = [(kind, tuple(members)) for kind, members in groupby(plan.goals, key=lambda result: result.goal)]
    named = tuple(_criterion(instance, kind, members) for kind, members in groups if kind in _DECIDING)
    return named or (Criterion("draw", np.zeros_like(instance.pick_buyer), _NO_LEVELS),)


def _criterion(instance: Instance, kind: str, goals: Sequence[GoalResult]) -> Criterion:
    buyer = instance.pick_buyer
    if kind == "moves":
        return Criterion("moves", (~instance.previous_pick).astype(np.int64), _NO_LEVELS)
    if kind == "score":
        return Criterion("score", -instance.score[buyer], _NO_LEVELS)
    if kind == "priority":
        return Criterion("priority", buyer, _NO_LEVELS)
    levels = level_table(goals, int(instance.pick_rank.max(initial=1)))
    return Criterion("level", levels[instance.grade[buyer], instance.pick_rank], levels)
