"""The best point of a face, and the proof: a tree of cases whose every end is settled in whole numbers.

1. The relaxation's corner of a case is bounded by its duals (``certificate``). A case whose bound stays below what is
   wanted, a better value by ``unit`` than that of the best point known, is done; so is one whose relaxation is shown
   to be empty.
2. Where the corner is whole, it is a point. Otherwise points are looked for near it, at the third corner and at every
   eighth after it, ever wider while none is found; and on the whole face when the tree has grown old, with as many
   nodes as it has cases.
3. What the bound settles is taken out, and a column on which the corner is split makes two cases of it: of the steps
   that are split alike (a stack moves together) those that move most money, and the middle one of them; a pick only
   where no step is split.

No solver's word is taken: not that a point is allowed or best, nor that there is none. A case that nothing is proven of
stays open, and so does what time leaves; the bound then is the highest of the open cases.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from sincerity.allocation.instance import Ints
from sincerity.pricing.certificate import Bound
from sincerity.pricing.face import Face
from sincerity.pricing.problem import PricePoint
from sincerity.pricing.programme import NO_LIMIT, Aim
from sincerity.pricing.relaxation import Corner
from sincerity.pricing.search import JointModel

EVERY, FIRST = 8, 2  # cases from one search near a corner to the next, and before the first: there less is split
NEAREST, WIDER = 30, 1.5  # units of the first search near a corner, and times as many after one that found nothing
NODES = 64  # of a search near a corner
OLD = 256  # cases after which, and after twice as many each time, the whole face is searched
DECIMALS = 6  # values that agree so far are split alike


@dataclass(frozen=True)
class Found:
    """The best point known, what no point of the face passes, and what the first corner proved of the face."""

    point: PricePoint | None
    bound: int
    root: Bound | None


def best_point(
    model: JointModel, aim: Aim, start: PricePoint | None, unit: int, share: float, least: int = -NO_LIMIT
) -> Found:
    """The best point for ``aim`` on the model's face, no worse than ``start``, to within less than ``unit``.

    Without a ``start``, one that is worth ``least`` at least; there is none where the bound is below that.

    It is proven to be so where the bound is less than ``unit`` above its value. The first corner may take half of the
    model's seconds, the tree a ``share`` of those left then.
    """
    corner = model.corner(aim, model.seconds_left / 2)
    if corner is None:
        return Found(start, NO_LIMIT, None)
    wanted = least if start is None else aim.value(model.problem, start) + unit
    tree = Tree(model, aim, unit, model.seconds_left * (1 - share), start, wanted)
    tree.treat(model.face, corner)
    tree.grow()
    bound = tree.bound if corner.bound is None else min(tree.bound, corner.bound.whole)
    return Found(tree.point, bound, corner.bound)


@dataclass(frozen=True)
class Case:
    """A part of the face and a bound of it."""

    part: Face
    bound: int


@dataclass
class Tree:
    """The cases still open, the best point so far, and the seconds at which to stop."""

    model: JointModel
    aim: Aim
    unit: int
    until: float
    point: PricePoint | None
    wanted: int  # the least value that would be better
    open: list[Case] = field(default_factory=list)
    undecided: int = -NO_LIMIT  # bound of the cases of which nothing was proven
    corners: int = 0
    width: float = NEAREST  # units of the next search near a corner

    @property
    def bound(self) -> int:
        """No point of the face is above it."""
        return max([self.wanted - 1, self.undecided, *(case.bound for case in self.open)])

    def grow(self) -> None:
        """Settle case after case, the last one opened first, until none is left or time ran out."""
        while self.open and self.model.seconds_left > self.until:
            case = self.open.pop()
            if case.bound < self.wanted:
                continue
            corner = self.model.corner_within(case.part, self._seconds)
            if corner is None:
                self.undecided = max(self.undecided, case.bound)
            else:
                self.treat(case.part, corner)

    def treat(self, part: Face, corner: Corner) -> None:
        """Take the points at the corner and near it, and open the cases that are left."""
        bound = corner.bound
        if bound is None or bound.whole < self.wanted:
            return
        point = self.model.point_at(corner)
        if point is not None:
            self._take(point)
        elif self.corners % EVERY == FIRST:
            near = self.model.around(part, corner, int(self.width))
            if near is not None and not self._look_on(near, bound.whole, NODES):
                self.width *= WIDER
        self.corners += 1
        if self.corners >= OLD and self.corners.bit_count() == 1:
            self._look_on(self.model.face, max(self.bound, bound.whole), self.corners)
        if bound.whole >= self.wanted:
            self._split(part, corner, bound)

    def _look_on(self, part: Face, bound: int, nodes: int) -> bool:
        """Look for a point that is better, and for none better still than a ``bound`` asks; whether one was found."""
        if self.wanted > -NO_LIMIT:
            part = part.holding(self.model.programme, self.aim, self.wanted - self.unit + 1)
        point = self.model.point_on(part, self.aim, bound - self.unit + 1, nodes, self._seconds)
        self._take(point)
        return point is not None

    def _split(self, part: Face, corner: Corner, bound: Bound) -> None:
        column = self._column(corner)
        if column is None:
            self.undecided = max(self.undecided, bound.whole)
            return
        if self.wanted > -NO_LIMIT:
            part = part.settled(self.model.programme, bound, self.wanted)
        if not self.open:
            left = self.model.narrowed(part)
            if left is None:
                return
            part = left
        cases = [replace(part, high=_with(part.high, column, 0)), replace(part, low=_with(part.low, column, 1))]
        if corner.values[column] < 0.5:
            cases.reverse()  # the nearer one is looked at first
        self.open += [Case(each, bound.whole) for each in cases if (each.low <= each.high).all()]

    def _column(self, corner: Corner) -> int | None:
        """The column to make two cases of; None where every one is whole."""
        programme = self.model.programme
        away, steps = corner.split(programme.whole), programme.step.ravel()
        split = steps[away[steps] > 0]
        if not len(split):
            return int(away.argmax()) if away.any() else None
        values, alike = np.unique(corner.values[split].round(DECIMALS), return_inverse=True)
        money = np.bincount(alike, programme.money[split])
        group = split[alike == np.argmax(money * np.minimum(values, 1 - values))]
        return int(group[len(group) // 2])

    def _take(self, point: PricePoint | None) -> None:
        """Move on to a point that is better."""
        if point is None:
            return
        wanted = self.aim.value(self.model.problem, point) + self.unit
        if wanted > self.wanted:
            self.point, self.wanted = point, wanted

    @property
    def _seconds(self) -> float:
        return self.model.seconds_left - self.until


def _with(limits: Ints, column: int, value: int) -> Ints:
    changed = limits.copy()
    changed[column] = value
    return changed
