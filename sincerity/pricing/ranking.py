"""The order of goals: the least that makes a plan better in one, and what one may still give up for the next."""

from __future__ import annotations

from sincerity.pricing.placing import COUNTED
from sincerity.settings import Goal

TO_SPARE = 8  # part of a goal's unit that is left to later ones: without it a face may be too thin to find a point on


def unit_of(goal: Goal, unit_yuan: int) -> int:
    """The least difference that makes one plan better than another in ``goal``."""
    return 1 if goal.goal in COUNTED else unit_yuan


def least_to_hold(value: int, bound: int, unit: int, start: int) -> int:
    """What later goals must leave of a ``value``: enough to prove the goal by its bound, and what the start has."""
    return min(value, max(bound - unit // TO_SPARE, start))
