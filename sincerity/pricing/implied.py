"""What rows imply of the columns in them: limits that no point passes, and columns that nothing keeps from an end.

Both are the usual first steps of a solver (Savelsbergh, 1994), done here in whole numbers, so that what they take away
needs no proof of its own, and so that a solver is never told more than is still in question.
"""

from __future__ import annotations

import numpy as np

from sincerity.allocation.instance import Ints
from sincerity.pricing.programme import NO_LIMIT, Bools, Rows

ROUNDS = 3  # of looking for undisputed columns


def implied_limits(rows: Rows, low: Ints, high: Ints) -> tuple[Ints, Ints] | None:
    """(n,), (n,) limits that every whole point between ``low`` and ``high`` keeps; None when the rows leave none."""
    low, high = low.copy(), high.copy()
    row, column, weight = every = _entries(rows)
    while len(row):
        least, most = rows.reach(low, high)
        above = np.where(rows.high == NO_LIMIT, NO_LIMIT, rows.high - least)
        below = np.where(rows.low == -NO_LIMIT, NO_LIMIT, most - rows.low)
        if (above < 0).any() or (below < 0).any():
            return None
        upward, size, range_ = weight > 0, np.abs(weight), (high - low)[column]
        rise = np.where(upward, above[row], below[row]) // size  # from the low limit, the others at their best
        fall = np.where(upward, below[row], above[row]) // size
        before = low.copy(), high.copy()
        np.minimum.at(high, column[rise < range_], (before[0][column] + rise)[rise < range_])
        np.maximum.at(low, column[fall < range_], (before[1][column] - fall)[fall < range_])
        if (low > high).any():
            return None
        changed = (low > before[0]) | (high < before[1])
        touched = _marked(every[0][changed[every[1]]], len(rows.low))
        row, column, weight = (part[touched[every[0]]] for part in every)  # the others imply what they did
    return low, high


def undisputed(rows: Rows, low: Ints, high: Ints, weights: Ints) -> tuple[Ints, Ints]:
    """(n,), (n,) limits with a column at one of its ends where no row and no weight speaks against that end.

    Some best point of weights·v has them there, if there is a point at all. Few follow from others, so it ends early.
    """
    row, column, weight = _entries(rows)
    for _ in range(ROUNDS):
        free = low < high
        row, column, weight = (part[free[column]] for part in (row, column, weight))
        least, most = rows.reach(low, high)
        capped, floored = (most > rows.high)[row], (least < rows.low)[row]
        may_rise = ~_marked(column[np.where(weight > 0, capped, floored)], len(low))
        may_fall = ~_marked(column[np.where(weight > 0, floored, capped)], len(low))
        falls = free & may_fall & (weights <= 0)
        rises = free & may_rise & (weights >= 0) & ~falls
        if not falls.any() and not rises.any():
            break
        low, high = np.where(rises, high, low), np.where(falls, low, high)
    return low, high


def _entries(rows: Rows) -> tuple[Ints, Ints, Ints]:
    """(N,) each: row, column and weight of every entry."""
    matrix = rows.matrix
    return rows.row_of_entry, matrix.indices, matrix.data


def _marked(places: Ints, number: int) -> Bools:
    marked = np.zeros(number, dtype=np.bool_)
    marked[places] = True
    return marked
