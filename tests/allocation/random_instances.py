"""Random allocation problems for tests and benches: picks herd on few units, ties and bounds are common."""

from __future__ import annotations

import numpy as np

from sincerity.allocation.instance import Instance


def herding_instance(
    buyers: int, units: int, seed: int, picks_each: tuple[int, int] = (3, 5), herding: float = 0.7, layouts: int = 4
) -> Instance:
    """An instance without bounds, keeps or previous plan; popularity of units falls with rank to ``herding``."""
    rng = np.random.default_rng(seed)
    popularity = 1.0 / np.arange(1, units + 1) ** herding
    wanted = rng.integers(picks_each[0], picks_each[1] + 1, buyers)
    drawn = rng.choice(units, size=(buyers, picks_each[1] * 3), p=popularity / popularity.sum())
    buyer, unit, rank = _distinct_picks(drawn, wanted)
    score = np.sort(rng.integers(0, 101, buyers))[::-1].astype(np.int64)
    grade = np.searchsorted([-75, -50, -25, -10], -score, side="left").astype(np.int64)
    return Instance(
        buyer_ids=np.array([f"b{i}" for i in range(buyers)], dtype=object),
        unit_ids=np.array([f"u{i}" for i in range(units)], dtype=object),
        layouts=tuple(f"L{i}" for i in range(layouts)),
        grade=grade,
        score=score,
        priority_rank=np.arange(1, buyers + 1),
        quota=np.ones(buyers, dtype=np.int64),
        unit_layout=rng.integers(0, layouts, units),
        step_total_yuan=np.full((units, 1), 2_000_000, dtype=np.int64),
        pick_buyer=buyer,
        pick_unit=unit,
        pick_rank=rank,
        pick_top_step=np.zeros(len(buyer), dtype=np.int64),
        pick_kept=np.zeros(len(buyer), dtype=np.bool_),
        pick_tie=rng.integers(0, 2**20, len(buyer)),
        layout_min=np.zeros(layouts, dtype=np.int64),
        layout_max=np.full(layouts, units, dtype=np.int64),
        all_min=0,
        all_max=units,
        previous_pick=np.zeros(len(buyer), dtype=np.bool_),
        had_previous=False,
    )


def _distinct_picks(drawn: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each row's first ``wanted`` distinct units as picks ranked from 1."""
    order = np.argsort(drawn, axis=1, kind="stable")
    ascending = np.take_along_axis(drawn, order, axis=1)
    repeated = np.zeros(drawn.shape, dtype=np.bool_)
    np.put_along_axis(repeated, order[:, 1:], ascending[:, 1:] == ascending[:, :-1], axis=1)
    position = np.cumsum(~repeated, axis=1)
    chosen = ~repeated & (position <= wanted[:, None])
    buyer = np.nonzero(chosen)[0].astype(np.int64)
    return buyer, drawn[chosen].astype(np.int64), position[chosen].astype(np.int64)


def tiny_instance(seed: int) -> Instance:
    """Up to five buyers and four units; every second one with layout bounds or a quota of 2, some with keeps."""
    rng = np.random.default_rng(seed)
    buyers, units, layouts = int(rng.integers(1, 6)), int(rng.integers(1, 5)), int(rng.integers(1, 4))
    wanted = rng.integers(1, min(units, 3) + 1, buyers)
    drawn = np.argsort(rng.random((buyers, units)), axis=1)
    buyer, unit, rank = _distinct_picks(drawn, wanted)
    bounded = seed % 4 == 1
    quota = np.where(seed % 4 == 3, rng.integers(1, 3, buyers), 1)
    layout = rng.integers(0, layouts, units)
    kept = _keeps_within_rules(rng.random(len(buyer)) < (0.15 if seed % 3 == 0 else 0.0), buyer, unit, quota)
    kept_by_layout = np.bincount(layout[unit[kept]], minlength=layouts)
    high = np.maximum(rng.integers(0, 3, layouts), kept_by_layout)
    return Instance(
        buyer_ids=np.array([f"b{i}" for i in range(buyers)], dtype=object),
        unit_ids=np.array([f"u{i}" for i in range(units)], dtype=object),
        layouts=tuple(f"L{i}" for i in range(layouts)),
        grade=np.sort(rng.integers(0, 5 if seed % 2 else 2, buyers)),
        score=np.sort(rng.integers(0, 101 if seed % 5 else 3, buyers))[::-1].astype(np.int64),
        priority_rank=np.arange(1, buyers + 1) * (1 + seed % 2),
        quota=quota.astype(np.int64),
        unit_layout=layout,
        step_total_yuan=np.full((units, 1), 2_000_000, dtype=np.int64),
        pick_buyer=buyer,
        pick_unit=unit,
        pick_rank=rank,
        pick_top_step=np.zeros(len(buyer), dtype=np.int64),
        pick_kept=kept,
        pick_tie=rng.integers(0, 2**20 if seed % 7 else 3, len(buyer)),
        layout_min=rng.integers(0, 3, layouts) if bounded else np.zeros(layouts, dtype=np.int64),
        layout_max=high if bounded else np.full(layouts, units, dtype=np.int64),
        all_min=int(rng.integers(0, units + 1)) if bounded and seed % 8 == 1 else 0,
        all_max=max(int(rng.integers(1, units + 1)), int(kept.sum())) if bounded and seed % 16 < 8 else units,
        previous_pick=rng.random(len(buyer)) < 0.3,
        had_previous=seed % 3 == 1,
    )


def _keeps_within_rules(drawn: np.ndarray, buyer: np.ndarray, unit: np.ndarray, quota: np.ndarray) -> np.ndarray:
    """The drawn keeps without those that would take a unit twice or pass a buyer's quota."""
    kept = np.zeros(len(drawn), dtype=np.bool_)
    for pick in np.flatnonzero(drawn):
        mine, its = kept & (buyer == buyer[pick]), kept & (unit == unit[pick])
        kept[pick] = mine.sum() < quota[buyer[pick]] and not its.any()
    return kept
