"""The launch day, many times at once: position after position one buyer per run is called and takes or leaves.

What holds run by run, since every buyer goes by a list fixed before the day (the same random numbers): one more
buyer leaves every unit sold that was sold without them, and adds one sale at most; one unit fewer on sale never
gives more sales. Called one by one, with a given set of substitutes, this is a theorem; when substitutes are worked
out anew it need not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sincerity.forecast.draws import Draws
from sincerity.forecast.orders import Places
from sincerity.forecast.scene import Ints, Scene


@dataclass(frozen=True)
class Sales:
    """Every sale of every run, in the order of calling: entry i is one unit sold to one buyer in one run."""

    runs: int
    run: Ints
    buyer: Ints
    unit: Ints
    kind: Ints  # of the offer taken, place in CHOICES
    position: Ints  # 1 = called first


def launch_days(scene: Scene, draws: Draws, order: Places, online: bool = False) -> Sales:
    """The sales of all runs when buyers are called in ``order``.

    ``online`` everybody clicks the best offer first, in the order of arrival; who loses it clicks the next.
    """
    looks = [slice(column, column + 1) for column in range(scene.unit.shape[1])] if online else [slice(None)]
    pending = draws.depth.copy()
    free = np.ones((draws.runs, scene.units + 1), dtype=np.bool_)
    free[:, scene.units] = False
    found = [_call(scene, draws, pending, free, order, position, offers)
             for offers in looks for position in range(scene.buyers)]
    return _collected(found, draws.runs)


def _call(
    scene: Scene,
    draws: Draws,
    pending: npt.NDArray[np.int8],
    free: npt.NDArray[np.bool_],
    order: Places,
    position: int,
    offers: slice,
) -> tuple[Ints, ...]:
    """Every run calls its buyer of ``position``: sales as (run, buyer, unit, kind, position). Marks what is taken."""
    called = np.broadcast_to(order[position], draws.runs)
    run = np.flatnonzero(pending[called, np.arange(draws.runs)])
    buyer = called[run]
    row = buyer + scene.buyers * draws.follows[buyer, run]
    unit, kind = scene.unit[row, offers], scene.kind[row, offers]
    takes = free[run[:, None], unit] & (kind < pending[buyer, run][:, None])
    best = takes.argmax(axis=1)
    each = np.arange(len(run))
    sold = np.flatnonzero(takes[each, best])
    run, buyer, best = run[sold], buyer[sold], best[sold]
    unit, kind = unit[sold, best], kind[sold, best]
    free[run, unit] = False
    pending[buyer, run] = 0
    return run, buyer, unit, kind, np.full(len(run), position + 1)


def _collected(found: Sequence[tuple[Ints, ...]], runs: int) -> Sales:
    if not found:
        return Sales(runs, *(np.empty(0, dtype=np.int64) for _ in range(5)))
    return Sales(runs, *(np.concatenate(part).astype(np.int64) for part in zip(*found, strict=True)))
