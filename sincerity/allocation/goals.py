"""The goals of a policy for one instance, and what each of them counts.

Every goal is a constant plus a sum of integer weights over the granted picks, except the layout shortfall, which
counts units missing below the minima. All arithmetic here is in integers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from sincerity.allocation.instance import Instance, Ints
from sincerity.domain import GRADES
from sincerity.settings import Goal, Policy

GOAL_NAMES = ("layout_shortfall", "placed", "moves", "score", "priority", "tie")
LADDER_AXES = ("grade", "choice")


def expand(policy: Policy, instance: Instance) -> tuple[Goal, ...]:
    """The policy's goals in order, ladders written out.

    Left out, because no plan could change them: ladder steps without an eligible pick, the shortfall without a
    minimum, the moves without a previous plan. ValueError names a step that is no goal.
    """
    goals = (goal for step in policy.steps for goal in _step_goals(step, instance))
    return tuple(goal for goal in goals if _can_vary(goal, instance))


def counted(goal: Goal, instance: Instance) -> np.ndarray:
    """(E,) True for the picks whose grade and choice the goal counts."""
    inside = np.ones(len(instance.pick_buyer), dtype=np.bool_)
    if goal.grades:
        wanted = np.array([grade in goal.grades for grade in GRADES])
        inside &= wanted[instance.grade][instance.pick_buyer]
    if goal.choices:
        inside &= np.logical_or.reduce([instance.pick_rank == choice for choice in goal.choices])
    return inside


def pick_weights(goal: Goal, instance: Instance) -> Ints:
    """(E,) what granting each pick adds to the goal; 0 everywhere for the layout shortfall."""
    whole = {
        "layout_shortfall": lambda: np.zeros(len(instance.pick_buyer), dtype=np.int64),
        "placed": lambda: np.ones(len(instance.pick_buyer), dtype=np.int64),
        "moves": lambda: -instance.previous_pick.astype(np.int64),
        "score": lambda: instance.score[instance.pick_buyer],
        "priority": lambda: _priority_weights(instance),
        "tie": lambda: instance.pick_tie,
    }[goal.goal]()
    return np.where(counted(goal, instance), whole, 0)


def constant(goal: Goal, instance: Instance) -> int:
    """The goal's value when nothing is granted, shortfall aside."""
    return int((instance.previous_pick & counted(goal, instance)).sum()) if goal.goal == "moves" else 0


def goal_value(goal: Goal, instance: Instance, picks: Ints) -> int:
    """The goal's value for a plan that grants ``picks``."""
    if goal.goal == "layout_shortfall":
        return shortfall_units(instance, picks)
    return constant(goal, instance) + int(pick_weights(goal, instance)[picks].sum())


def loose_bound(goal: Goal, instance: Instance) -> float:
    """A value no plan passes, seen without solving: every buyer gets the best of the own picks; no goal is below 0."""
    if goal.sense == "min":
        return 0.0
    best = np.zeros(len(instance.buyer_ids), dtype=np.int64)
    np.maximum.at(best, instance.pick_buyer, pick_weights(goal, instance))
    return float(instance.quota @ best + constant(goal, instance))


def shortfall_units(instance: Instance, picks: Ints) -> int:
    """Units missing below the layout minima and below the minimum of all layouts together."""
    placed = np.bincount(instance.unit_layout[instance.pick_unit[picks]], minlength=len(instance.layouts))
    return int(np.maximum(instance.layout_min - placed, 0).sum()) + max(instance.all_min - len(picks), 0)


def _priority_weights(instance: Instance) -> Ints:
    """(E,) priority rank times how early the choice is (1 for the last choice there is).

    Smaller sums place those who come first in priority, and give them the earlier choices where others give way.
    """
    earliness = instance.pick_rank.max(initial=0) + 1 - instance.pick_rank
    return instance.priority_rank[instance.pick_buyer] * earliness


def _step_goals(step: Mapping[str, object], instance: Instance) -> Iterator[Goal]:
    if "ladder" in step:
        yield from _ladder(tuple(step["ladder"]), instance)  # type: ignore[arg-type]
        return
    if step.get("goal") not in GOAL_NAMES or step.get("sense") not in ("max", "min"):
        raise ValueError(f"no such goal: {dict(step)}; goals are {', '.join(GOAL_NAMES)} with sense max or min")
    yield Goal(step["goal"], step["sense"], tuple(step.get("grades", ())), tuple(step.get("choices", ())))  # type: ignore[arg-type]


def _ladder(axes: tuple[str, ...], instance: Instance) -> Iterator[Goal]:
    if sorted(axes) != sorted(LADDER_AXES):
        raise ValueError(f"a ladder runs over {' and '.join(LADDER_AXES)}, not over {axes}")
    ranks = instance.pick_rank.max(initial=0) + 1
    present = np.unique(instance.grade[instance.pick_buyer] * ranks + instance.pick_rank)
    steps = [divmod(code, ranks) for code in present.tolist()]
    for grade, rank in steps if axes == LADDER_AXES else sorted(steps, key=lambda step: step[::-1]):
        yield Goal("placed", "max", (GRADES[grade],), (rank,))


def _can_vary(goal: Goal, instance: Instance) -> bool:
    if goal.goal == "layout_shortfall":
        return bool(instance.layout_min.any() or instance.all_min)
    if goal.goal == "moves":
        return instance.had_previous
    return True
