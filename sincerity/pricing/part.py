"""One zone of a tied problem: its programme, the points known of it, and what it can reach at given prices."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sincerity.pricing.choice import Mixture
from sincerity.pricing.problem import PricePoint, broken
from sincerity.pricing.programme import NO_LIMIT, Aim
from sincerity.pricing.search import JointModel
from sincerity.pricing.tree import best_point
from sincerity.pricing.ways import ways_near_best
from sincerity.pricing.zones import Zone


@dataclass(frozen=True)
class Priced:
    """What a zone can reach for an aim, as proven, and a point where one was found.

    ``bound`` is ``NO_LIMIT`` where time ran out before anything was proven.
    """

    bound: int
    point: PricePoint | None


@dataclass
class Part:
    """A zone, its programme, and the points known of it with what they add to every measure."""

    zone: Zone
    model: JointModel
    measures: tuple[Aim, ...]
    points: list[PricePoint] = field(default_factory=list)
    values: list[list[int]] = field(default_factory=list)

    def add(self, point: PricePoint | None) -> bool:
        """Whether ``point`` is a new one that keeps the zone's rules; it is known from here on."""
        if point is None or any(_same(point, each) for each in self.points) or broken(self.zone.problem, point):
            return False
        self.points.append(point)
        self.values.append([measure.value(self.zone.problem, point) for measure in self.measures])
        return True

    def on_face(self) -> list[tuple[PricePoint, list[int]]]:
        """The known points that give up nothing held, with their values."""
        known = zip(self.points, self.values, strict=True)
        return [(point, values) for point, values in known if self.model.keeps_held(point)]

    def price(self, aim: Aim, unit: int, searching: bool) -> Priced:
        """What the zone can reach for ``aim``, to within less than ``unit`` when ``searching`` and time lets."""
        if searching:
            best = max((point for point, _ in self.on_face()), key=lambda point: aim.value(self.zone.problem, point))
            found = best_point(self.model, aim, best, unit, 1.0)
            bound, point = found.bound, found.point
        else:
            corner = self.model.corner(aim, self.model.seconds_left)
            bound = NO_LIMIT if corner is None or corner.bound is None else corner.bound.whole
            point = None if corner is None else self.model.point_at(corner)
        return Priced(bound, point)

    def ways(self, aim: Aim, counts: tuple[Aim, ...], least: int) -> tuple[PricePoint, ...] | None:
        """Its ways near its best (``ways_near_best``); they are known from here on."""
        found = ways_near_best(self.model, aim, counts, least)
        for point in found or ():
            self.add(point)
        return found


@dataclass(frozen=True)
class Round:
    """One look at every zone at a mixture's prices.

    No plan is worth more than ``scaled`` over ``factor``, the zones' bounds less ``sides``; ``scaled`` is ``NO_LIMIT``
    where time ran out.
    """

    mixture: Mixture
    aim: Aim
    factor: int
    sides: int
    priced: tuple[Priced, ...]

    @property
    def scaled(self) -> int:
        """What no plan is above, times ``factor``."""
        known = self.priced and all(each.bound < NO_LIMIT for each in self.priced)
        return sum(each.bound for each in self.priced) - self.sides if known else NO_LIMIT

    @property
    def bound(self) -> int:
        """What no plan is above."""
        return self.scaled // self.factor if self.scaled < NO_LIMIT else NO_LIMIT


def _same(one: PricePoint, other: PricePoint) -> bool:
    return np.array_equal(one.picks, other.picks) and np.array_equal(one.steps, other.steps)
