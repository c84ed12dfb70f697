"""A ladder of goals as one levelled (rank-maximal) matching: exact, without weights.

After Irving, Kavitha, Mehlhorn, Michail and Paluch, "Rank-maximal matchings", ACM TALG 2 (2006). For each level in
turn
    (1) admit the level's picks between vertices that were even at every level so far,
    (2) grow the matching to a maximum one; everybody matched stays matched,
    (3) call a vertex even when an alternating path of even length leads to it from a free vertex, odd when one of
        odd length does, else unreachable, and
    (4) drop the picks odd–odd and odd–unreachable, which no maximum matching uses.
The labels are the optimal duals: even 0, unreachable 1, odd 2 against 2 for each pick of this or an earlier level.
They count placements up to the level; differences between neighbouring levels are the duals of the level itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sincerity.allocation.instance import Instance, Ints
from sincerity.allocation.matching import NOBODY, Neighbours, augment, search

SCALE = 2  # the duals are halves, kept as integers
EVEN, UNREACHABLE, ODD, FIXED = 0, 1, 2, 3


@dataclass(frozen=True)
class Climb:
    """Where the ladder ends: the matching, the picks that optimal plans may still use, and the duals per level."""

    picks: Ints
    alive: np.ndarray  # (E,)
    must_buyer: np.ndarray  # (B,) matched in every optimal plan
    must_unit: np.ndarray  # (U,)
    buyer_duals: tuple[Ints, ...]  # per level (B,), in halves
    unit_duals: tuple[Ints, ...]


def climb(instance: Instance, levels: list[np.ndarray]) -> Climb:
    """The plans that are lexicographically best in the numbers of granted picks per level.

    ``levels`` are disjoint (E,) masks, best first. Kept picks stand apart with their buyer and unit (C3).
    """
    state = _State.begin(instance)
    buyer_labels, unit_labels = [np.zeros_like(state.buyer_label)], [np.zeros_like(state.unit_label)]
    for level in levels:
        if state.admit(level):
            state.grow()
        buyer_labels.append(state.buyer_label.copy())
        unit_labels.append(state.unit_label.copy())
    return Climb(
        picks=state.picks(),
        alive=state.alive | instance.pick_kept,
        must_buyer=~state.even_buyer,
        must_unit=~state.even_unit,
        buyer_duals=_differences(buyer_labels),
        unit_duals=_differences(unit_labels),
    )


def _differences(labels: list[Ints]) -> tuple[Ints, ...]:
    """Each level's labels minus those of the level before; the first one's stay. Labels of no level come first."""
    return tuple(np.diff(np.stack(labels), axis=0))


@dataclass
class _State:
    """The reduced graph and its matching between two levels."""

    instance: Instance
    by_unit: Ints  # picks sorted by unit
    alive: np.ndarray
    buyer_unit: Ints  # the matching
    unit_buyer: Ints
    even_buyer: np.ndarray
    even_unit: np.ndarray
    buyer_label: np.ndarray
    unit_label: np.ndarray

    @classmethod
    def begin(cls, instance: Instance) -> _State:
        kept = instance.pick_kept
        buyers, units = len(instance.buyer_ids), len(instance.unit_ids)
        buyer_label, unit_label = np.zeros(buyers, dtype=np.int8), np.zeros(units, dtype=np.int8)
        buyer_label[instance.pick_buyer[kept]] = FIXED
        unit_label[instance.pick_unit[kept]] = FIXED
        return cls(
            instance, np.argsort(instance.pick_unit, kind="stable"), np.zeros(len(kept), dtype=np.bool_),
            np.full(buyers, NOBODY), np.full(units, NOBODY),
            buyer_label == EVEN, unit_label == EVEN, buyer_label, unit_label,
        )

    def admit(self, level: np.ndarray) -> bool:
        """(1) False when the level brings nothing new, so that matching and labels stay."""
        instance = self.instance
        new = level & self.even_buyer[instance.pick_buyer] & self.even_unit[instance.pick_unit]
        self.alive |= new
        return bool(new.any())

    def grow(self) -> None:
        """(2) to (4) for the picks admitted so far."""
        instance = self.instance
        by_buyer = np.flatnonzero(self.alive)
        by_unit = self.by_unit[self.alive[self.by_unit]]
        from_units = Neighbours.of(instance.pick_unit[by_unit], instance.pick_buyer[by_unit], len(self.unit_buyer))
        from_buyers = Neighbours.of(instance.pick_buyer[by_buyer], instance.pick_unit[by_buyer], len(self.buyer_unit))
        seen_from_units = augment(from_units, self.unit_buyer, self.buyer_unit)
        free_buyers = np.flatnonzero((self.buyer_unit == NOBODY) & (np.diff(from_buyers.start) > 0))
        seen_from_buyers = search(from_buyers, self.unit_buyer, free_buyers)
        self.buyer_label = _labels(
            self.buyer_label, self.buyer_unit, seen_from_buyers.reached_here, seen_from_units.parent_of_far
        )
        self.unit_label = _labels(
            self.unit_label, self.unit_buyer, seen_from_units.reached_here, seen_from_buyers.parent_of_far
        )
        self.even_buyer &= self.buyer_label == EVEN
        self.even_unit &= self.unit_label == EVEN
        self.alive &= self.buyer_label[instance.pick_buyer] + self.unit_label[instance.pick_unit] == SCALE

    def picks(self) -> Ints:
        """The matching as ascending picks, kept ones included."""
        instance = self.instance
        matched = self.buyer_unit[instance.pick_buyer] == instance.pick_unit
        return np.flatnonzero((matched & self.alive) | instance.pick_kept)


def _labels(before: np.ndarray, mate: Ints, even: np.ndarray, odd_parent: Ints) -> np.ndarray:
    """(3) for one side. A free vertex is even, also one without edges; fixed ones stay apart."""
    label = np.where(even | (mate == NOBODY), EVEN, np.where(odd_parent != NOBODY, ODD, UNREACHABLE))
    return np.where(before == FIXED, FIXED, label).astype(np.int8)
