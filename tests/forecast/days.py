"""Launch days small enough to go through by hand, and a plain second way to go through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from sincerity.forecast.assumptions import CHOICES, Assumptions, assumptions
from sincerity.forecast.draws import Draws
from sincerity.forecast.scene import Scene

Offer = tuple[int, int]  # unit, kind
NO_KIND = len(CHOICES)


def scene(
    offers: Sequence[Sequence[Offer]], units: int, led: Sequence[Sequence[Offer]] | None = None, **facts
) -> Scene:
    """A scene from each buyer's offers in their own order and, where it differs, in the plan's order."""
    rows = [*offers, *(led or offers)]
    width = max((len(row) for row in rows), default=0) or 1
    unit = np.full((len(rows), width), units)
    kind = np.full((len(rows), width), NO_KIND)
    for number, row in enumerate(rows):
        for column, (one_unit, one_kind) in enumerate(row):
            unit[number, column], kind[number, column] = one_unit, one_kind
    buyers = len(offers)
    given = {
        "invited": buyers,
        "buyer_ids": np.array([f"b{number}" for number in range(buyers)], dtype=object),
        "buyer_keys": np.arange(1, buyers + 1, dtype=np.uint64),
        "grade": np.zeros(buyers, dtype=np.int64),
        "score": np.full(buyers, 80),
        "queue_place": np.arange(buyers),
        "unit_ids": np.array([f"u{number}" for number in range(units)], dtype=object),
        "total_yuan": np.arange(1, units + 1) * 1_000_000,
        "unit": unit,
        "kind": kind,
    }
    return Scene(**{**given, **facts})


def drawn(depth: np.ndarray, follows: np.ndarray | None = None, lots: np.ndarray | None = None) -> Draws:
    """Draws with what chance decided written down."""
    depth = np.asarray(depth, dtype=np.int8)
    return Draws(
        depth,
        np.zeros(depth.shape, dtype=bool) if follows is None else follows,
        np.zeros(depth.shape, dtype=np.float32) if lots is None else lots.astype(np.float32),
        (depth > 0).mean(axis=1),
    )


def all_patterns(buyers: int, depths: Sequence[int]) -> np.ndarray:
    """Every combination of what the buyers may be ready for, one per column."""
    return np.array(list(product(depths, repeat=buyers))).T


def by_hand(day: Scene, depth, follows, order, online: bool = False) -> dict[int, int]:
    """Buyer → unit on one day, told the slow way."""
    lists = []
    for buyer in range(day.buyers):
        row = buyer + day.buyers * int(follows[buyer])
        offers = zip(day.unit[row].tolist(), day.kind[row].tolist(), strict=True)
        lists.append([unit if kind < depth[buyer] else None for unit, kind in offers])
    if online:
        clicks = [(buyer, lists[buyer][column]) for column in range(day.unit.shape[1]) for buyer in order]
    else:
        clicks = [(buyer, unit) for buyer in order for unit in lists[buyer]]
    got: dict[int, int] = {}
    for buyer, unit in clicks:
        if unit is not None and buyer not in got and unit not in got.values():
            got[buyer] = unit
    return got


def certain(**changes) -> Assumptions:
    """Everybody comes and takes whatever is offered, own order first, no swing; who named nothing buys nothing;
    ``changes`` laid over."""
    sure = dict.fromkeys("ABCDU", 1.0)
    wanted = dict.fromkeys(CHOICES, 1.0) | {"undecided": 0.0}
    base = replace(
        assumptions(), show=sure, accept=sure, choice=wanted, follow_plan=0.0, effect_show=0.0, effect_accept=0.0
    )
    return replace(base, **changes)
