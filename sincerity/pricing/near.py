"""Points near a split corner: what the relaxation decided stays, and only the units around the split are searched.

A corner of the relaxation is mostly whole. Where it is split, a unit stands between two steps or a pick is half
granted, and those units with their nearest neighbours, by buyers who picked both and by the order of a stack, are a
small programme of their own (a relaxation-enforced neighbourhood, Berthold 2014). What it finds is no more than a
point: nothing here proves anything.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import dijkstra

from sincerity.allocation.instance import Ints
from sincerity.pricing.face import Face
from sincerity.pricing.problem import PriceProblem, picked_and_stacked
from sincerity.pricing.programme import ABSENT, Programme
from sincerity.pricing.relaxation import Corner

FEWEST_UNITS = 30  # in a launch where that is much a search of the whole is as quick
MARGIN = 1.2  # units searched for one that is split, at least
LARGEST_SHARE = 1 / 3  # of the units, at most: beyond it the search is as hard as that of the whole


class Neighbourhood:
    """Which units lie near which, and the columns of each."""

    def __init__(self, programme: Programme) -> None:
        problem = programme.problem
        self._programme = programme
        self._units = len(problem.base_step)
        self._near = _neighbours(problem)
        self._unit_of = _unit_of_column(programme)

    def around(self, face: Face, corner: Corner, width: int) -> Face | None:
        """The part of the face that agrees with the corner but for the ``width`` units nearest to where it is split.

        As many more as are split themselves; None where nothing is, or more than can be searched.
        """
        split = corner.split(self._programme.whole) > 0
        touched = np.unique(self._unit_of[split & (self._unit_of != ABSENT)])
        least, most = int(MARGIN * len(touched)), int(LARGEST_SHARE * self._units)
        if not len(touched) or max(least, FEWEST_UNITS) > most:
            return None
        far = dijkstra(self._near, unweighted=True, indices=touched, min_only=True)
        nearest = np.argsort(far, kind="stable")[: max(least, min(width, most))]
        decided = np.rint(corner.values).astype(np.int64)
        free = np.isin(self._unit_of, [ABSENT, *nearest])
        return face.within(np.where(free, face.low, decided), np.where(free, face.high, decided))


def _neighbours(problem: PriceProblem) -> sp.csr_array:
    """(U, U) units that one buyer picked or that stand next to each other in a stack."""
    picked, stacked = (each.astype(float) for each in picked_and_stacked(problem))
    return sp.csr_array(picked.T @ picked + stacked + stacked.T)


def _unit_of_column(programme: Programme) -> Ints:
    """(n,) the unit a column speaks of; ABSENT for a group's."""
    unit_of = np.full(len(programme.low), ABSENT, dtype=np.int64)
    unit_of[programme.pick] = programme.problem.instance.pick_unit
    for columns in (programme.step, programme.placed):
        unit, step = np.nonzero(columns != ABSENT)
        unit_of[columns[unit, step]] = unit
    return unit_of
