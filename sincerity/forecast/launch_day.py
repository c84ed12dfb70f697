"""The launch day, many times at once: every buyer who comes ready to buy, in every run, goes down the own offers.

Calling buyers one by one, each taking the best offer still free, is a serial dictatorship; it ends like deferred
acceptance in which every unit prefers whoever is called earlier, and that needs no waiting for one's turn:

    1  every (buyer, run) without a unit asks for the best offer not yet lost;
    2  a unit goes to the earliest called of those who ask and the one who holds it;
    3  the others, the former holder among them, go on to their next offer; repeat from 1.

All runs take each step together, so there are a few dozen steps instead of one per buyer. Online nobody waits for a
turn: a unit clicked first stays with its buyer, so in step 2 a holder is never displaced, and a buyer who is not
ready for an offer lets a click pass.

After the call, on a steered day, those ready for it are led on to what is left (``leftovers.py``).

What holds run by run, since every buyer goes by a list fixed before the day (the same random numbers): one more
buyer leaves every unit sold that was sold without them, and adds one sale at most; one unit fewer on sale never
gives more sales. Called one by one, with a given set of substitutes, this is a theorem; when substitutes are worked
out anew it need not hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sincerity.forecast.draws import Draws
from sincerity.forecast.leftovers import taken
from sincerity.forecast.orders import Places
from sincerity.forecast.scene import UNDECIDED, Scene

MOST_PLACES = 2_000_000  # buyers × runs gone through together: bounds the memory, changes no result

_END = np.iinfo(np.int8).max  # the kind that closes a row of offers
_NOBODY = -1

Index = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Sales:
    """Every sale of every run, by run and unit: entry i is one unit sold to one buyer in one run."""

    runs: int
    run: Index
    buyer: Index
    unit: Index
    kind: npt.NDArray[np.int8]  # of the offer taken, place in CHOICES
    position: Index  # 1 = called first


@dataclass(frozen=True)
class _Lists:
    """Every row of offers laid end to end, each closed by one ``_END``."""

    unit: Index
    kind: npt.NDArray[np.int8]
    width: int


@dataclass(frozen=True)
class _Ready:
    """(buyer, run) pairs of some runs that come ready to buy: by run, the last called first, so that of two pairs of
    one run the higher number is called earlier."""

    run: Index
    buyer: Index
    position: Index  # 0 = called first
    depth: npt.NDArray[np.int8]
    at: Index  # the offer looked at, as a place in the lists


def launch_days(scene: Scene, draws: Draws, order: Places, online: bool = False) -> Sales:
    """The sales of all runs when buyers are called in ``order``.

    ``online`` everybody clicks the best offer first, in the order of arrival; who loses it clicks the next.
    """
    lists = _lists(scene)
    together = max(1, MOST_PLACES // max(1, scene.buyers))
    called, led = [], []
    for first in range(0, draws.runs, together):
        ready = _ready(scene, draws, order, slice(first, first + together), lists.width)
        holder = np.full(min(together, draws.runs - first) * scene.units, _NOBODY, dtype=np.int32)
        for asking in _rounds(lists, ready, holder, scene.units, online):
            ready.at[asking] += 1
        called.append(_sold(lists, ready, holder, scene.units, first))
        led.append(_led_on(scene, ready, holder, first))
    return Sales(draws.runs, *(np.concatenate(part) for part in zip(*called, *led, strict=True)))


def _lists(scene: Scene) -> _Lists:
    rows, width = scene.unit.shape
    unit, kind = np.zeros((rows, width + 1), dtype=np.int32), np.full((rows, width + 1), _END, dtype=np.int8)
    unit[:, :width], kind[:, :width] = scene.unit, scene.kind
    kind[:, :width][scene.unit == scene.units] = _END
    return _Lists(unit.ravel(), kind.ravel(), width + 1)


def _ready(scene: Scene, draws: Draws, order: Places, runs: slice, width: int) -> _Ready:
    """Who comes ready to buy in ``runs``, all looking at their first offer."""
    depth = draws.depth[:, runs]
    called = np.broadcast_to(order[runs] if len(order) > 1 else order, depth.T.shape)[:, ::-1]
    of_place = depth.T[np.arange(depth.shape[1])[:, None], called]
    run, place = np.nonzero(of_place)
    buyer = called[run, place].astype(np.int32)
    row = buyer + scene.buyers * draws.follows[:, runs][buyer, run]
    position = (scene.buyers - 1 - place).astype(np.int32)
    return _Ready(run.astype(np.int32), buyer, position, of_place[run, place], (row * width).astype(np.int32))


def _rounds(lists: _Lists, ready: _Ready, holder: Index, units: int, online: bool) -> Iterator[Index]:
    """Settles who holds which unit; gives after every round the pairs that must go on to their next offer."""
    cells = ready.run.astype(np.int64) * units
    pending = np.arange(len(ready.run), dtype=np.int32)
    while len(pending):
        here = ready.at[pending]
        asks = lists.kind[here] < ready.depth[pending]
        pair, cell = pending[asks], cells[pending[asks]] + lists.unit[here[asks]]
        before = holder[cell]
        stronger = before == _NOBODY if online else pair > before
        holder[cell[stronger]] = pair[stronger]  # ascending: where several ask, the earliest called is written last
        won = holder[cell] == pair
        displaced = before[won & (before != _NOBODY)]
        asks[asks] = won
        pending = np.sort(np.concatenate([pending[~asks], displaced]))
        yield pending
        pending = pending[lists.kind[ready.at[pending]] != _END]


def _sold(lists: _Lists, ready: _Ready, holder: Index, units: int, first: int) -> tuple[npt.NDArray, ...]:
    """Run, buyer, unit, kind and position of what is held in the end; ``first`` is the number of the first run."""
    cell = np.flatnonzero(holder != _NOBODY)
    pair = holder[cell]
    unit = (cell % max(1, units)).astype(np.int32)
    run = ready.run[pair] + np.int32(first)
    return run, ready.buyer[pair], unit, lists.kind[ready.at[pair]], ready.position[pair] + np.int32(1)


def _led_on(scene: Scene, ready: _Ready, holder: Index, first: int) -> tuple[npt.NDArray, ...]:
    """What is sold after the call to those who left their list with nothing, as ``_sold``; in nobody's turn, so all
    have the last position."""
    way = scene.leading
    if way is None:
        nothing = np.zeros(0, dtype=np.int32)
        return nothing, nothing, nothing, nothing.astype(np.int8), nothing
    waits = (ready.depth > UNDECIDED) & way.led[ready.buyer]
    waits[holder[holder != _NOBODY]] = False
    pair = np.flatnonzero(waits)[::-1]
    run, buyer = ready.run[pair], ready.buyer[pair]
    unit = taken(way, holder.reshape(-1, max(1, scene.units))[:, : scene.units] == _NOBODY, run, buyer)
    got = np.flatnonzero(unit >= 0)
    got = got[np.lexsort((unit[got], run[got]))]
    last = np.full(len(got), scene.buyers, dtype=np.int32)
    kind = np.full(len(got), UNDECIDED, dtype=np.int8)
    return run[got] + np.int32(first), buyer[got], unit[got].astype(np.int32), kind, last
