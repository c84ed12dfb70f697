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
