"""A face: what is known of the points still in question, and the core it leaves to be searched.

Goals that are settled stand as rows, and columns that a proven bound has settled stand at one of their limits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from sincerity.allocation.instance import Ints
from sincerity.pricing.certificate import Bound
from sincerity.pricing.implied import implied_limits, undisputed
from sincerity.pricing.problem import PricePoint
from sincerity.pricing.programme import NO_LIMIT, Aim, Programme, Rows, values_at


@dataclass(frozen=True)
class Held:
    """An aim that stands between two values from now on."""

    aim: Aim
    least: int
    most: int


@dataclass(frozen=True)
class Face:
    """Rows and the limits of the columns; the rows know what is ``held``, too."""

    rows: Rows
    low: Ints
    high: Ints
    held: tuple[Held, ...] = ()

    @staticmethod
    def of(programme: Programme) -> Face:
        """Every point of the programme."""
        return Face(programme.rows, programme.low, programme.high)

    def holding(self, programme: Programme, aim: Aim, least: int, most: int = NO_LIMIT) -> Face:
        """(Hg) the points whose ``aim`` stands between ``least`` and ``most``."""
        weights, constant = aim.vector(programme)
        low = -NO_LIMIT if least == -NO_LIMIT else least - constant
        high = NO_LIMIT if most == NO_LIMIT else most - constant
        rows = self.rows.and_row(weights, low, high)
        return replace(self, rows=rows, held=(*self.held, Held(aim, least, most)))

    def settled(self, programme: Programme, bound: Bound, wanted: int) -> Face:
        """The points that reach ``wanted``, as far as the prices of ``bound``, proven on this face, tell."""
        columns = bound.settled(wanted) & programme.whole
        low = np.where(columns & (bound.reduced > 0), self.high, self.low)
        high = np.where(columns & (bound.reduced < 0), self.low, self.high)
        return replace(self, low=low, high=high)

    def tightened(self) -> Face | None:
        """The same points between limits as narrow as the rows alone tell; None when there is none."""
        limits = implied_limits(self.rows, self.low, self.high)
        return replace(self, low=limits[0], high=limits[1]) if limits else None

    def lean(self) -> Face:
        """The same points without the rows that the limits alone keep."""
        least, most = self.rows.reach(self.low, self.high)
        said = (least < self.rows.low) | (most > self.rows.high)
        matrix = sp.csr_array(self.rows.matrix[said])
        return replace(self, rows=Rows(matrix, self.rows.low[said], self.rows.high[said]))

    def within(self, low: Ints, high: Ints) -> Face:
        """The points whose columns stand between these limits too."""
        return replace(self, low=np.maximum(self.low, low), high=np.minimum(self.high, high))

    def contains(self, programme: Programme, point: PricePoint) -> bool:
        """Whether the point lies on the face: nothing that was held or settled has cut it off."""
        values = values_at(programme, point)
        sums = self.rows.matrix @ values
        within = (values >= self.low) & (values <= self.high)
        return bool(within.all() and (sums >= self.rows.low).all() and (sums <= self.rows.high).all())


@dataclass(frozen=True)
class Core:
    """What a face leaves open for a goal: its free columns and the rows that still say something about them."""

    columns: Ints  # (m,) positions of the free columns
    said: Ints  # (r,) positions of the rows
    rows: Rows  # over the free columns
    low: Ints  # (m,)
    high: Ints  # (m,)
    settled: Ints  # (n,) values of the others, 0 where free


def core_of(face: Face, weights: Ints) -> Core | None:
    """The core of a face for weights·v; None when a row cannot be kept whatever the free columns are."""
    if (face.low > face.high).any():
        return None
    low, high = undisputed(face.rows, face.low, face.high, weights)
    least, most = face.rows.reach(low, high)
    if (least > face.rows.high).any() or (most < face.rows.low).any():
        return None
    columns = np.flatnonzero(low < high)
    settled = np.where(low == high, low, 0)
    said = np.flatnonzero((least < face.rows.low) | (most > face.rows.high))
    already = face.rows.matrix[said] @ settled
    bottom, top = face.rows.low[said], face.rows.high[said]
    rows = Rows(
        sp.csr_array(face.rows.matrix[said][:, columns]),
        np.where(bottom == -NO_LIMIT, bottom, bottom - already), np.where(top == NO_LIMIT, top, top - already),
    )
    return Core(columns, said, rows, low[columns], high[columns], settled)
