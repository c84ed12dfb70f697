"""Joint problems the size of a launch: towers of stacks, ceilings around the base price, herding or zoned demand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sincerity.pricing.problem import BASIS_POINTS, PriceProblem
from tests.allocation.random_instances import herding_instance

FLOORS, STEPS, ZONE = 20, 7, 60
WILLING, SPREAD = 0.01, 0.03  # buyers' ceilings beside the base price: mean and standard deviation
FLOOR_RISE_YUAN, BAND_POINTS = 60, 300
AREAS = (8_900, 11_000, 13_000, 14_300)  # hundredths of a m²
TOLERANCE = 0.002
ANY_YUAN = 10**15


def random_launch(
    buyers: int, units: int, seed: int, zoned: bool = False, stack: bool = True, average: bool = True
) -> PriceProblem:
    """Base prices rise by the floor; the average may move by 0.2 %. Zoned: each buyer picks within 60 units."""
    rng = np.random.default_rng(seed)
    floor, tower = np.arange(units) % FLOORS, np.arange(units) // FLOORS
    towers = int(tower.max()) + 1
    base = rng.integers(180, 260, towers)[tower] * 100 + floor * FLOOR_RISE_YUAN
    area = rng.choice(AREAS, towers)[tower]
    points = np.linspace(-BAND_POINTS, BAND_POINTS, STEPS).round().astype(np.int64)
    price = base[:, None] * (BASIS_POINTS + points) // BASIS_POINTS
    totals = (price * area[:, None] + 50) // 100
    instance = herding_instance(buyers, units, seed, picks_each=(1, 4))
    unit = rng.permutation(units)[instance.pick_unit]
    if zoned:
        unit = rng.integers(0, -(-units // ZONE), buyers)[instance.pick_buyer] * ZONE + unit % ZONE
        unit = np.minimum(unit, units - 1)
    willing = rng.normal(WILLING, SPREAD, buyers)[instance.pick_buyer] + rng.normal(0, SPREAD / 3, len(unit))
    top = (totals[unit] <= (totals[unit, STEPS // 2] * (1 + willing))[:, None]).sum(axis=1) - 1
    _, first = np.unique(np.stack([instance.pick_buyer, unit]), axis=1, return_index=True)
    kept = np.intersect1d(np.flatnonzero(top >= 0), first)
    of_pick = ("pick_buyer", "pick_rank", "pick_kept", "pick_tie", "previous_pick")
    instance = replace(
        instance, step_total_yuan=totals, pick_unit=unit[kept], pick_top_step=top[kept],
        **{name: getattr(instance, name)[kept] for name in of_pick},
    )
    lower = np.arange(units - 1)[(tower[1:] == tower[:-1]) & stack]
    need = (price[lower][:, :, None] > price[lower + 1][:, None, :]).sum(axis=2)
    value = int(totals[:, STEPS // 2].sum())
    share = TOLERANCE if average else 0
    return PriceProblem(
        instance=instance, step_mills=price * 1_000, low_step=np.zeros(units, dtype=np.int64),
        high_step=np.full(units, STEPS - 1), base_step=np.full(units, STEPS // 2),
        base_total_yuan=totals[:, STEPS // 2].copy(), stack_lower=lower, stack_upper=lower + 1, stack_need=need,
        total_low_yuan=int(value * (1 - share)) if average else 0,
        total_high_yuan=int(value * (1 + share)) if average else ANY_YUAN,
    )
