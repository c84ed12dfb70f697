"""Small joint problems, and the answer by trying every price and every set of placements."""

from __future__ import annotations

from itertools import product

import numpy as np

from sincerity.allocation.instance import Instance
from sincerity.pricing.problem import PricePoint, PriceProblem, broken, value_of
from sincerity.settings import Goal

GOALS = (Goal("placed", "max", ("A",)), Goal("placed", "max", ("B",)), Goal("revenue", "max"), Goal("deviation", "min"))


def problem(
    totals,
    picks,
    grades,
    stack=(),
    value=(0, 10**12),
    base=None,
    layouts=None,
    layout_min=0,
    kept=(),
) -> PriceProblem:
    """``totals`` (U, S); ``picks`` as (buyer, unit, top step); ``stack`` as (lower, upper) by total price."""
    totals = np.array(totals, dtype=np.int64)
    units, steps = totals.shape
    b, u, top = (np.array(column, dtype=np.int64) for column in zip(*picks, strict=True))
    rank = np.array([sum(1 for x in b[:e] if x == b[e]) + 1 for e in range(len(b))])
    layout = np.zeros(units, dtype=np.int64) if layouts is None else np.array(layouts)
    count = layout.max() + 1
    minima = np.zeros(count, dtype=np.int64)
    minima[0] = layout_min
    instance = Instance(
        buyer_ids=np.array([f"b{i}" for i in range(len(grades))], dtype=object),
        unit_ids=np.array([f"u{i}" for i in range(units)], dtype=object),
        layouts=tuple(f"l{i}" for i in range(count)),
        grade=np.array(grades), score=np.zeros(len(grades), dtype=np.int64),
        priority_rank=np.arange(1, len(grades) + 1),
        quota=np.ones(len(grades), dtype=np.int64), unit_layout=layout, step_total_yuan=totals,
        pick_buyer=b, pick_unit=u, pick_rank=rank, pick_top_step=top,
        pick_kept=np.isin(np.arange(len(b)), kept), pick_tie=np.zeros(len(b), dtype=np.int64),
        layout_min=minima, layout_max=np.bincount(layout, minlength=count), all_min=0, all_max=units,
        previous_pick=np.zeros(len(b), dtype=np.bool_), had_previous=False,
    )
    lower, upper = (np.array([pair[i] for pair in stack], dtype=np.int64) for i in (0, 1))
    base = np.full(units, steps // 2) if base is None else np.array(base)
    return PriceProblem(
        instance=instance, step_mills=totals * 1_000,
        low_step=np.zeros(units, dtype=np.int64), high_step=np.full(units, steps - 1), base_step=base,
        base_total_yuan=totals[np.arange(units), base], stack_lower=lower, stack_upper=upper,
        stack_need=(totals[lower][:, :, None] > totals[upper][:, None, :]).sum(axis=2),
        total_low_yuan=value[0], total_high_yuan=value[1],
    )


def random_problem(rng: np.random.Generator, units=4, steps=3, buyers=5) -> PriceProblem:
    """A problem small enough for brute force, with a stack, an average and a layout minimum now and then."""
    first = rng.integers(90, 110, size=units)
    totals = first[:, None] + np.cumsum(rng.integers(0, 6, size=(units, steps)), axis=1)
    picks = [
        (b, int(u), int(rng.integers(0, steps)))
        for b in range(buyers)
        for u in rng.choice(units, size=rng.integers(1, 4), replace=False)
    ]
    middle = int(totals[:, steps // 2].sum())
    return problem(
        totals, picks, rng.integers(0, 2, size=buyers), stack=[(0, 1), (2, 3)] if rng.random() < 0.6 else (),
        value=(middle - 6, middle + 6) if rng.random() < 0.7 else (0, 10**12), layouts=[0, 0, 1, 1],
        layout_min=int(rng.integers(0, 3)),
    )


def every_point(problem: PriceProblem):
    """All points that keep every rule."""
    instance, (units, steps) = problem.instance, problem.totals.shape
    choices = [[-1, *np.flatnonzero(instance.pick_buyer == b).tolist()] for b in range(len(instance.buyer_ids))]
    plans = [np.array(sorted(e for e in plan if e >= 0), dtype=np.int64) for plan in product(*choices)]
    plans = [plan for plan in plans if len(set(instance.pick_unit[plan].tolist())) == len(plan)]
    for chosen in product(range(steps), repeat=units):
        at = np.array(chosen)
        if {"P1", "P3", "P4"} & set(broken(problem, PricePoint(plans[0][:0], at))):
            continue
        for plan in plans:
            point = PricePoint(plan, at)
            if not broken(problem, point):
                yield point


def best_values(problem: PriceProblem, goals) -> tuple[int, ...] | None:
    """The goals' values of the best point, in order; None when no point keeps the rules."""
    signs = [1 if goal.sense == "max" else -1 for goal in goals]
    found = (
        tuple(sign * value_of(goal, problem, point) for sign, goal in zip(signs, goals, strict=True))
        for point in every_point(problem)
    )
    best = max(found, default=None)
    return None if best is None else tuple(sign * value for sign, value in zip(signs, best, strict=True))
