"""Shortfall and placements, all counted goals at once: the highest counts that some point reaches, in the goals' order.

1. Goal by goal the relaxation's bound, rounded to a count, becomes the goal's level; it is held, and what the bound
   settles is taken out, before the next goal is looked at. No point is looked for yet.
2. One search asks for a point on all levels. Most of the time there is one: then every level is a proven optimum,
   since no point passes a bound and this one meets them all.
3. Otherwise the levels are taken off from the last until some point is found; the goal just taken off does not reach
   its level. A second search, presolve off, must find the same; then its level goes down by one, and on with 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sincerity.pricing.certificate import Bound
from sincerity.pricing.problem import PricePoint, broken
from sincerity.pricing.programme import Aim
from sincerity.pricing.search import Face, Found, JointModel
from sincerity.settings import Goal

SHARE = 0.3  # of the seconds left, for one search


@dataclass(frozen=True)
class Level:
    """The count a goal is held at, the bound that names it, and the face before it was held."""

    goal: Goal
    count: int  # in the sense of an aim: more is better
    bound: Bound
    before: Face


@dataclass
class CountedSearch:
    """The levels built so far. After ``run`` those that stand are proven, and ``point`` is on all of them."""

    model: JointModel
    point: PricePoint
    levels: list[Level] = field(default_factory=list)
    searched: bool = False  # the point is said to be best for the aim that comes next

    def run(self, goals: tuple[Goal, ...], later: Aim | None, unit: int) -> None:
        """Prove as many of ``goals`` as time lets; ``later`` is what the point should be good for next."""
        while self._build(goals):
            found = self._on_levels(later, unit)
            if found or not self._lower():
                break
        if self.levels and not self._stands():
            self.levels, self.model.face = [], self.levels[0].before

    def _build(self, goals: tuple[Goal, ...]) -> bool:
        """A level for every goal; False when time ran out."""
        for goal in goals[len(self.levels) :]:
            bound = self.model.bound(Aim.of(goal), self.model.seconds_left / 2)
            if bound is None:
                self._find_any()
                return False
            self._push(goal, bound.whole, bound)
        return True

    def _push(self, goal: Goal, count: int, bound: Bound) -> None:
        self.levels.append(Level(goal, count, bound, self.model.face))
        self.model.settle(bound, count)
        self.model.hold(Aim.of(goal), count, count)

    def _on_levels(self, later: Aim | None, unit: int) -> bool:
        """Whether a point on all levels is known; it is taken."""
        if self._stands():
            return True
        if later is None:
            return self._take(self.model.any_point(self._seconds()))
        found = self.model.best(later, None, self._seconds(), unit)
        self.searched = found.finished and found.point is not None
        return self._take(found)

    def _find_any(self) -> None:
        """Take levels off until a point on the others is found."""
        while self.levels and not (self._stands() or self._take(self.model.any_point(self._seconds()))):
            self.model.face = self.levels.pop().before

    def _lower(self) -> bool:
        """Take off levels that no point is on, and put the last of them one lower; False when time ran out."""
        while self.levels:
            top = self.levels.pop()
            self.model.face = top.before
            if self._stands() or self._take(self.model.any_point(self._seconds())):
                asked = self.model.strictly_better(Aim.of(top.goal), top.count, top.bound, self._seconds())
                if asked.finished and asked.point is None:
                    self._push(top.goal, top.count - 1, top.bound)
                    return True
                if not self._take(asked):
                    return False
                self._push(top.goal, top.count, top.bound)
                return True
        return False

    def _take(self, found: Found) -> bool:
        """Move on to the point that was found, when it keeps every rule and stands on all levels."""
        point = found.point
        if point is None or broken(self.model.problem, point) or not self.model.keeps_held(point):
            return False
        self.point = point
        return True

    def _stands(self) -> bool:
        return self.model.keeps_held(self.point)

    def _seconds(self) -> float:
        return self.model.seconds_left * SHARE
