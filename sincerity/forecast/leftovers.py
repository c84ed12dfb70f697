"""After the call: who is ready for a unit neither named nor prepared is led to one that is still free.

Whoever has left their list with nothing, the earliest called first, goes to the first unit of their wish that is
free, looking along a ring from a place of their own: all units stand on it by their keyed hash, and a household starts
where its own hash falls. So what one household looks at never depends on the others.

Units are bits: one row of words says what is free in a run, another what a buyer may take. Turn by turn, the next
buyer of every run takes the first bit of both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sincerity.keyed_hash import household_number, pair_number, unit_keys

Words = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

_BITS = 64
_ROWS_TOGETHER = 2_000
_WORDS_TOGETHER = 4_000_000
_ONE = np.uint64(1)


@dataclass(frozen=True)
class Leading:
    """What every buyer can be led to. Bits are places on the ring, the first of a word its lowest."""

    ring: Ints  # (U,) unit at each place
    start: Ints  # (B,) place from which the buyer looks
    open_to: Words  # (B, W) the units the buyer would go to; none: the buyer is not led

    @property
    def led(self) -> npt.NDArray[np.bool_]:
        """Who is led to anything at all, (B,)."""
        return _has_bit(self.open_to)


def leading(
    wishes: pd.DataFrame, closed: pd.DataFrame, buyers: pd.DataFrame, units: pd.DataFrame, seed: str
) -> Leading:
    """How ``buyers`` are led among ``units``, both in the order of the scene.

    ``wishes``: ``buyer_id``, ``layout`` ("": any) and ``ceiling_yuan`` of those to be led. ``closed``: pairs
    ``buyer_id``, ``unit_id`` never to be offered; where the buyer is "" the unit is offered to nobody.
    """
    place = pair_number(seed, [""] * len(units), unit_keys(units).tolist())
    ring = np.argsort(place, kind="stable")
    start = np.searchsorted(place[ring], household_number(seed, buyers["household_key"]))
    wished = wishes.set_index("buyer_id").reindex(buyers["buyer_id"])
    rows = [_as_words(block) for block in _open(wished, closed, units.iloc[ring])]
    words = -(-len(units) // _BITS)
    return Leading(ring, start, np.concatenate([np.zeros((0, words), dtype=np.uint64), *rows]))


def _open(wished: pd.DataFrame, closed: pd.DataFrame, units: pd.DataFrame) -> Iterator[npt.NDArray[np.bool_]]:
    """Block by block of the buyers in ``wished``: which units each may be led to."""
    layout, ceiling = wished["layout"].to_numpy(object), wished["ceiling_yuan"].to_numpy(np.float64)
    row = pd.Index(wished.index).get_indexer(closed["buyer_id"])
    column = pd.Index(units["unit_id"]).get_indexer(closed["unit_id"])
    to_nobody = units["unit_id"].isin(closed.loc[closed["buyer_id"] == "", "unit_id"]).to_numpy()
    for first in range(0, len(wished), _ROWS_TOGETHER):
        some = slice(first, first + _ROWS_TOGETHER)
        fits = (units["total_yuan"].to_numpy() <= ceiling[some, None]) & ~to_nobody
        fits &= (layout[some, None] == "") | (layout[some, None] == units["layout"].to_numpy(object))
        here = (row >= first) & (row < first + _ROWS_TOGETHER) & (column >= 0)
        fits[row[here] - first, column[here]] = False
        yield fits


def _as_words(bits: npt.NDArray[np.bool_]) -> Words:
    padded = np.pad(bits, ((0, 0), (0, -bits.shape[1] % _BITS)))
    packed = np.ascontiguousarray(np.packbits(padded, axis=1, bitorder="little"))
    return packed.view("<u8").astype(np.uint64)


def taken(
    way: Leading, free: npt.NDArray[np.bool_], run: npt.NDArray[np.int32], buyer: npt.NDArray[np.int32]
) -> Ints:
    """The unit each of these (buyer, run) pairs takes, −1 where none is left for them.

    ``free`` (runs, U) says what is left in every run. Pairs of one run stand in the order in which they are led.
    """
    unit = np.full(len(run), -1)
    if not len(run):
        return unit
    left = _as_words(free[:, way.ring])
    behind = _as_words(np.triu(np.ones((len(way.ring) + 1, len(way.ring)), dtype=np.bool_)))
    some = np.concatenate([
        _has_bit(left[run[part]] & way.open_to[buyer[part]]) for part in _parts(len(run), left.shape[1])
    ])
    for pairs in _turns(np.flatnonzero(some), run):
        there = left[run[pairs]] & way.open_to[buyer[pairs]]
        ahead = there & behind[way.start[buyer[pairs]]]
        word, bit = _first_bit(np.where(_has_bit(ahead)[:, None], ahead, there))
        got = bit > 0
        left[run[pairs[got]], word[got]] ^= bit[got]
        unit[pairs[got]] = way.ring[word[got] * _BITS + np.bitwise_count(bit[got] - _ONE)]
    return unit


def _parts(pairs: int, words: int) -> Iterator[slice]:
    """Slices of ``pairs`` whose rows of ``words`` fit into memory together."""
    step = max(1, _WORDS_TOGETHER // words)
    yield from (slice(first, first + step) for first in range(0, pairs, step))


def _turns(pairs: Ints, run: npt.NDArray[np.int32]) -> Iterator[Ints]:
    """The first pair of every run, then the second of every run …"""
    of_run = np.argsort(run[pairs], kind="stable")
    sorted_runs = run[pairs][of_run]
    turn = np.empty(len(pairs), dtype=np.int64)
    turn[of_run] = np.arange(len(pairs)) - np.searchsorted(sorted_runs, sorted_runs)
    by_turn = np.argsort(turn, kind="stable")
    ends = np.bincount(turn).cumsum()
    yield from (pairs[part] for part in np.split(by_turn, ends[:-1]))


def _has_bit(rows: Words) -> npt.NDArray[np.bool_]:
    return np.asarray((rows != 0).any(axis=1))


def _first_bit(rows: Words) -> tuple[Ints, Words]:
    """Per row the first word with a bit, and its lowest bit alone; 0 where the row has none."""
    word = (rows != 0).argmax(axis=1)
    bits = rows[np.arange(len(rows)), word]
    return word, bits & (~bits + _ONE)
