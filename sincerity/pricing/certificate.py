"""What the duals of a relaxation prove, worked out in whole numbers without a solver: weak duality.

For any duals π, with a sign that fits each row's closed side, and columns v between their limits,

    c·v = (c − Aᵀπ)·v + π·A·v ≤ Σ_j max((c − Aᵀπ)_j low_j, (c − Aᵀπ)_j high_j) + Σ_r (π_r > 0 ? π_r high_r : π_r low_r)

so whatever the solver did, the right side bounds every point. Wrong duals only make it weaker. The duals are rounded to
multiples of 2^-bits and everything after that is exact. A whole column that would have to leave its better limit at a
price that pulls the bound below a wanted value stays there in every point that reaches the value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sincerity.allocation.instance import Ints
from sincerity.pricing.programme import NO_LIMIT, Bools, Rows

MOST_BITS = 50
WORD_BITS = 61
LARGEST = 2.0**58


@dataclass(frozen=True)
class Bound:
    """No point's value is above ``scaled`` / 2^``bits``; ``reduced`` (n,) are the columns' prices on that scale."""

    scaled: int
    bits: int
    reduced: Ints

    @property
    def whole(self) -> int:
        """The largest whole number that the bound allows."""
        return self.scaled >> self.bits

    def settled(self, wanted: int) -> Bools:
        """(n,) columns that cannot leave the limit their price favours in a point that reaches ``wanted``."""
        return np.abs(self.reduced) > self.scaled - (wanted << self.bits)


def proven_bound(
    rows: Rows, low: Ints, high: Ints, weights: Ints, constant: int, duals: npt.NDArray[np.float64]
) -> Bound:
    """The bound of weights·v + constant that ``duals`` (R,) prove for whole columns between ``low`` and ``high``."""
    usable = np.where(((duals > 0) & (rows.high == NO_LIMIT)) | ((duals < 0) & (rows.low == -NO_LIMIT)), 0.0, duals)
    heaviest = max(float(np.abs(weights).max(initial=0)), 1.0)
    entries, sizes = rows.by_column
    largest = float((sizes @ np.abs(usable)).max(initial=0.0))
    if not largest <= LARGEST:  # too large to count with, or no number at all: no duals are duals, too
        usable, largest = np.zeros_like(usable), 0.0
    bits = int(min(MOST_BITS, WORD_BITS - np.ceil(np.log2(max(largest, heaviest))) - 2))
    price = np.rint(usable * 2.0**bits).astype(np.int64)
    reduced = (weights << bits) - entries @ price
    rated = np.flatnonzero(price)
    sides = np.where(price[rated] > 0, rows.high[rated], rows.low[rated])
    free = np.flatnonzero(reduced)
    ends = np.where(reduced[free] > 0, high[free], low[free])
    return Bound((constant << bits) + _product(price[rated], sides) + _product(reduced[free], ends), bits, reduced)


def _product(one: Ints, other: Ints) -> int:
    one, other = one[other != 0], other[other != 0]
    return sum(a * b for a, b in zip(one.tolist(), other.tolist(), strict=True))
