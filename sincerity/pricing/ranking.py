"""The order of goals: what one may still give up for the next, and counted goals as one aim that keeps their order."""

from __future__ import annotations

from itertools import accumulate
from operator import mul

import numpy as np

from sincerity.allocation.goals import pick_weights
from sincerity.pricing.placing import COUNTED
from sincerity.pricing.problem import PriceProblem
from sincerity.pricing.programme import Aim
from sincerity.settings import Goal

TO_SPARE = 8  # part of a goal's unit that is left to later ones: without it a face may be too thin to find a point on
LARGEST_AIM = 200_000_000  # of goals searched for together: one placement stays far above the solver's tolerances


def leading_counts(goals: tuple[Goal, ...]) -> tuple[Goal, ...]:
    """The counted goals that stand first."""
    number = next((n for n, goal in enumerate(goals) if goal.goal not in COUNTED), len(goals))
    return goals[:number]


def unit_of(goal: Goal, unit_yuan: int) -> int:
    """The least difference that makes one plan better than another in ``goal``."""
    return 1 if goal.goal in COUNTED else unit_yuan


def least_to_hold(value: int, bound: int, unit: int, start: int) -> int:
    """What later goals must leave of a ``value``: enough to prove the goal by its bound, and what the start has."""
    return min(value, max(bound - unit // TO_SPARE, start))


def in_order(goals: tuple[Goal, ...], problem: PriceProblem) -> Aim:
    """The first of the counted ``goals`` as one aim, one step of a goal above all that the later ones reach together.

    As many as keep the aim below ``LARGEST_AIM``, one at least.
    """
    sizes = [1 + most_of(goal, problem) for goal in goals]
    together = max(1, sum(size <= LARGEST_AIM for size in accumulate(sizes, mul)))
    factors = list(accumulate(reversed(sizes[1:together]), mul, initial=1))[::-1]
    return Aim(tuple(
        (goal, factor if goal.sense == "max" else -factor)
        for goal, factor in zip(goals[:together], factors, strict=True)
    ))


def most_of(goal: Goal, problem: PriceProblem) -> int:
    """The largest value a counted goal could have."""
    instance = problem.instance
    if goal.goal == "layout_shortfall":
        return int(instance.layout_min.sum() + instance.all_min)
    buyers = np.unique(instance.pick_buyer[pick_weights(goal, instance) > 0])
    return min(len(instance.unit_ids), int(instance.quota[buyers].sum()))
