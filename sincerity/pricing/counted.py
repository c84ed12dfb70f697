"""Shortfall and placements, all counted goals at once: the highest counts that some point reaches, in the goals' order.

1. Goal by goal the relaxation's bound, rounded to a count, becomes the goal's level; it is held, and what the bound
   settles is taken out, before the next goal is looked at. No point is looked for yet.
2. One search asks for a point on all levels. Most of the time there is one: then every level is a proven optimum,
   since no point passes a bound and this one meets them all.
3. Otherwise the levels from the first broken bound on are taken off, and more where no point is on the others; those
   goals are left to be searched for one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from operator import mul

import numpy as np

from sincerity.allocation.goals import pick_weights
from sincerity.pricing.certificate import Bound
from sincerity.pricing.problem import PricePoint, PriceProblem, broken
from sincerity.pricing.programme import Aim
from sincerity.pricing.search import Face, Found, JointModel
from sincerity.settings import Goal

NEAR_WHOLE = 1e-3  # a bound this close above a count cuts nothing off it
SHARE, RETRY_SHARE = 0.5, 0.15  # of the seconds left: the search on all levels, and each on fewer of them
LARGEST_AIM = 200_000_000  # of goals searched for together: one placement stays far above the solver's tolerances


@dataclass(frozen=True)
class Level:
    """The count a goal is held at, the bound that names it, and the face before it was held."""

    goal: Goal
    count: int  # in the sense of an aim: more is better
    bound: Bound
    before: Face

    @property
    def whole(self) -> bool:
        """Whether rounding cut nothing off the bound."""
        return self.bound.value - self.bound.whole < NEAR_WHOLE


@dataclass
class CountedSearch:
    """The levels built so far. After ``run`` those that stand are proven, and ``point`` is on all of them."""

    model: JointModel
    point: PricePoint
    levels: list[Level] = field(default_factory=list)
    next_bound: Bound | None = None  # of the goal after the levels, where it is known
    searched: bool = False  # the point is said to be best for the aim that comes next

    def run(self, goals: tuple[Goal, ...], later: Aim | None, unit: int) -> None:
        """Prove as many of ``goals`` as time lets; ``later`` is what the point should be good for next."""
        if not self._build(goals):
            self._find_any()
        elif not self._on_levels(later, unit):
            self._back_to(next((n for n, level in enumerate(self.levels) if not level.whole), len(goals) - 1))
            self._find_any()
        if self.levels and not self._stands():
            self._back_to(0)

    def _build(self, goals: tuple[Goal, ...]) -> bool:
        """A level for every goal; False when time ran out."""
        for goal in goals:
            bound = self.model.bound(Aim.of(goal), self.model.seconds_left / 2)
            if bound is None:
                return False
            before = self.model.face
            self.model.settle(bound, bound.whole)
            self.levels.append(Level(goal, bound.whole, bound, before))
            self.model.hold(Aim.of(goal), bound.whole, bound.whole)
        return True

    def _back_to(self, number: int) -> None:
        """Take off every level from that of goal ``number`` on."""
        if number < len(self.levels):
            self.model.face, self.next_bound = self.levels[number].before, self.levels[number].bound
            del self.levels[number:]

    def _on_levels(self, later: Aim | None, unit: int) -> bool:
        """Whether a point on all levels is known; it is taken."""
        if self._stands():
            return True
        if later is None:
            return self._take(self.model.any_point(self._seconds(SHARE)))
        found = self.model.best(later, None, self._seconds(SHARE), unit)
        self.searched = found.finished and found.point is not None
        return self._take(found)

    def _find_any(self) -> None:
        """Take levels off until a point on the others is found."""
        while self.levels and not (self._stands() or self._take(self.model.any_point(self._seconds(RETRY_SHARE)))):
            self._back_to(len(self.levels) - 1)

    def _take(self, found: Found) -> bool:
        """Move on to the point that was found, when it keeps every rule and stands on all levels."""
        point = found.point
        if point is None or broken(self.model.problem, point) or not self.model.keeps_held(point):
            return False
        self.point = point
        return True

    def _stands(self) -> bool:
        return self.model.keeps_held(self.point)

    def _seconds(self, share: float) -> float:
        return self.model.seconds_left * share


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
