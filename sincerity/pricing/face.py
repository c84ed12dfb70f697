"""A face: what is known of the points still in question, and the core it leaves to be searched.

Goals that are settled stand as rows, and columns that a proven bound has settled stand at one of their limits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from sincerity.allocation.instance import Ints
from sincerity.pricing.certificate import Bound
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
    """Rows, of which the last are those of what is held, and the limits of the columns."""

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
        high = NO_LIMIT if most == NO_LIMIT else most - constant
        rows = self.rows.and_row(weights, least - constant, high)
        return replace(self, rows=rows, held=(*self.held, Held(aim, least, most)))

    def settled(self, programme: Programme, bound: Bound, wanted: int) -> Face:
        """The points that reach ``wanted``, as far as the prices of ``bound``, proven on this face, tell."""
        columns = bound.settled(wanted) & programme.whole
        low = np.where(columns & (bound.reduced > 0), self.high, self.low)
        high = np.where(columns & (bound.reduced < 0), self.low, self.high)
        return replace(self, low=low, high=high)

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
    """What a face leaves open: its free columns and the rows that still say something about them."""

    columns: Ints  # (m,) positions of the free columns
    rows: Rows  # over the free columns
    low: Ints  # (m,)
    high: Ints  # (m,)
    settled: Ints  # (n,) values of the others, 0 where free


def core_of(face: Face) -> Core | None:
    """The core of a face; None when a row cannot be kept whatever the free columns are."""
    if (face.low > face.high).any():
        return None
    columns = np.flatnonzero(face.low < face.high)
    settled = np.where(face.low == face.high, face.low, 0)
    already = face.rows.matrix @ settled
    matrix = sp.csr_array(face.rows.matrix[:, columns])
    up, down = matrix.maximum(0), matrix.minimum(0)
    low, high = face.low[columns], face.high[columns]
    least, most = already + up @ low + down @ high, already + up @ high + down @ low
    if (least > face.rows.high).any() or (most < face.rows.low).any():
        return None
    said = (least < face.rows.low) | (most > face.rows.high)
    open_low, open_high = face.rows.low[said] == -NO_LIMIT, face.rows.high[said] == NO_LIMIT
    rows = Rows(
        sp.csr_array(matrix[said]),
        np.where(open_low, -NO_LIMIT, face.rows.low[said] - already[said]),
        np.where(open_high, NO_LIMIT, face.rows.high[said] - already[said]),
    )
    return Core(columns, rows, low, high, settled)
