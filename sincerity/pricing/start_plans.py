"""Two plans anyone would make by hand, from the joint programme with most of it fixed; the joint plan starts from them.

Base prices: nobody's price moves, the goals choose the placements. Allocate first, price later: those placements stay,
and prices then move inside the band as far as every placed buyer still accepts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sincerity.allocation.instance import Ints
from sincerity.pricing.placing import placed_at
from sincerity.pricing.problem import PricePoint, PriceProblem, broken, list_value_yuan, reachable_steps
from sincerity.pricing.programme import NO_LIMIT
from sincerity.pricing.search import DEVIATION, JointModel
from sincerity.pricing.solve import PricePlan, better, solve_jointly
from sincerity.pricing.tree import best_point
from sincerity.settings import Goal


@dataclass(frozen=True)
class StartPlans:
    """``at_base`` keeps base prices, whatever the average asks; ``priced_later`` and ``start`` keep every rule."""

    at_base: PricePlan
    priced_later: PricePlan | None  # None: no prices around those placements that keep every rule were found
    start: PricePoint | None  # None: no prices that keep every rule were found


def start_plans(
    problem: PriceProblem, goals: tuple[Goal, ...], time_limit_s: float, unit_yuan: int = 1
) -> StartPlans:
    """Both plans and the better of those that keep every rule."""
    share = time_limit_s / 2
    at_base = base_price_plan(problem, goals, share, unit_yuan)
    later = price_later_plan(problem, goals, at_base.point, share, unit_yuan)
    points = [plan.point for plan in (at_base, later) if plan is not None and not broken(problem, plan.point)]
    start = points[0] if points else prices_alone(problem, kept(problem), share)
    for point in points[1:]:
        if better(problem, goals, point, points[0]):
            start = point
    return StartPlans(at_base, later, start)


def base_price_plan(
    problem: PriceProblem, goals: tuple[Goal, ...], time_limit_s: float, unit_yuan: int = 1
) -> PricePlan:
    """The best placements at base prices."""
    base = problem.base_step
    none = np.zeros(0, dtype=np.int64)
    fixed = replace(
        problem, low_step=base, high_step=base, total_low_yuan=0, total_high_yuan=NO_LIMIT,
        stack_lower=none, stack_upper=none, stack_need=problem.stack_need[:0],
    )
    return solve_jointly(fixed, goals, time_limit_s, placed_at(fixed, base, goals), unit_yuan=unit_yuan)


def kept(problem: PriceProblem) -> Ints:
    """The picks that decisions keep."""
    return np.flatnonzero(problem.instance.pick_kept)


def price_later_plan(
    problem: PriceProblem, goals: tuple[Goal, ...], placed: PricePoint, time_limit_s: float, unit_yuan: int = 1
) -> PricePlan | None:
    """The best prices around the placements of ``placed``; None when none keep every rule."""
    fixed = with_placements(problem, placed)
    every = np.arange(len(placed.picks))
    start = prices_alone(fixed, every, time_limit_s / 2)
    if start is None:
        return None
    plan = solve_jointly(fixed, goals, time_limit_s / 2, start, unit_yuan=unit_yuan)
    return replace(plan, point=PricePoint(placed.picks[plan.point.picks], plan.point.steps))


def with_placements(problem: PriceProblem, placed: PricePoint) -> PriceProblem:
    """The problem with no pick but those placed, all of them kept at prices their buyers accept."""
    instance, picks = problem.instance, placed.picks
    of_pick = ("pick_buyer", "pick_unit", "pick_rank", "pick_top_step", "pick_tie", "previous_pick")
    high = problem.high_step.copy()
    np.minimum.at(high, instance.pick_unit[picks], instance.pick_top_step[picks])
    only = {name: getattr(instance, name)[picks] for name in of_pick}
    return replace(
        problem, high_step=high,
        instance=replace(instance, **only, pick_kept=np.ones(len(picks), dtype=np.bool_)),
    )


def prices_alone(problem: PriceProblem, picks: Ints, time_limit_s: float) -> PricePoint | None:
    """A point with ``picks`` placed that keeps every rule; None when there is none or none was found in time.

    Prices rise from the lowest, the upper units of a stack first, until the list value is reached; where it is missed
    between two steps, the solver looks for prices.
    """
    low, high = reachable_steps(problem)
    if (low > high).any():
        return None
    order = np.argsort(-_height(problem), kind="stable")
    unit = np.repeat(order, (high - low)[order])
    step = np.concatenate([np.arange(low[u] + 1, high[u] + 1) for u in order] or [low]).astype(np.int64)
    rise = np.cumsum(problem.totals[unit, step] - problem.totals[unit, step - 1])
    value = list_value_yuan(problem, low)
    raised = 0 if value >= problem.total_low_yuan else int(np.searchsorted(rise, problem.total_low_yuan - value)) + 1
    steps = low.copy()
    np.maximum.at(steps, unit[:raised], step[:raised])
    point = PricePoint(picks, steps)
    if not broken(problem, point):
        return point
    any_will_do = NO_LIMIT  # as a unit: no point is better by so much than the first one found
    return best_point(JointModel(problem, time_limit_s), DEVIATION, None, any_will_do, 1.0).point


def _height(problem: PriceProblem) -> Ints:
    """(U,) how many units of its stack stand below each unit, at least as far as the order ties them."""
    height = np.zeros(len(problem.base_step), dtype=np.int64)
    for _ in problem.stack_lower:
        raised = height.copy()
        np.maximum.at(raised, problem.stack_upper, height[problem.stack_lower] + 1)
        if (raised == height).all():
            break
        height = raised
    return height
