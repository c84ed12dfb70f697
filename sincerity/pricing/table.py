"""The price plan as tables: what every unit costs and why, who is placed, how far each goal came.

Reasons. A placed unit could be dearer, and is not because of
    locked          its price is settled
    holder_limit    the next step is above what its buyer accepts
    band_edge       it stands at the upper edge of its band
    stack           the next step would make it dearer than the unit above
    average         the next step would lift the list value above its target
    goals           another goal comes first
An unplaced unit stands at ``base``, or off it because a step back would break ``stack`` or ``average``, or ``goals``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.allocation.instance import Instance, Ints
from sincerity.domain import GRADES, PRICE_GOALS, PRICE_PLACEMENTS, PRICES
from sincerity.pricing.build import PriceTask
from sincerity.pricing.problem import PricePoint, PriceProblem, list_value_yuan, unit_totals
from sincerity.pricing.solve import PricePlan

_AS_BUILT = ["building", "section", "floor", "room", "unit_id"]


def price_table(task: PriceTask, point: PricePoint) -> pd.DataFrame:
    """PRICES of the plan, by building, section, floor and room."""
    problem, units = task.problem, task.units
    instance, steps = problem.instance, point.steps
    price = task.steps.prices[np.arange(len(steps)), steps]
    holder = np.full(len(steps), "", dtype=object)
    holder[instance.pick_unit[point.picks]] = instance.buyer_ids[instance.pick_buyer[point.picks]]
    here = steps[instance.pick_unit]
    count = len(steps)
    could_rise = (steps < problem.high_step) & ~task.steps.locked
    willing = instance.pick_top_step >= here
    lost = (instance.pick_top_step == here) & ~instance.pick_kept & could_rise[instance.pick_unit]
    table = units[["unit_id", "area_m2", "base_price_yuan_per_m2", "base_total_yuan"]].assign(
        step=np.where(task.steps.locked, 0, steps + 1),
        change=np.round(price / units["base_price_yuan_per_m2"].to_numpy() - 1, 6),
        price_yuan_per_m2=price,
        total_yuan=unit_totals(problem, steps),
        band_low=task.steps.low_share,
        band_high=task.steps.high_share,
        locked=task.steps.locked,
        buyer_id=holder,
        willing=np.bincount(instance.pick_unit[willing], minlength=count),
        willing_buyers=_buyers_at(instance, willing),
        lost_at_next=np.bincount(instance.pick_unit[lost], minlength=count),
        lost_buyers=_buyers_at(instance, lost),
        reason=reasons(task, point),
    )
    return PRICES.frame(table.loc[units.sort_values(_AS_BUILT, kind="stable").index])


def reasons(task: PriceTask, point: PricePoint) -> np.ndarray:
    """(U,) why every unit stands where it stands."""
    problem, steps = task.problem, point.steps
    placed = np.zeros(len(steps), dtype=bool)
    unit = problem.instance.pick_unit[point.picks]
    placed[unit] = True
    limit = problem.high_step.copy()
    limit[unit] = np.minimum(limit[unit], problem.instance.pick_top_step[point.picks])
    towards = np.where(placed, 1, np.sign(problem.base_step - steps))
    other = np.clip(steps + towards, 0, problem.high_step)
    moved = list_value_yuan(problem, steps) - unit_totals(problem, steps) + unit_totals(problem, other)
    off_average = (moved < problem.total_low_yuan) | (moved > problem.total_high_yuan)
    return np.select(
        [
            task.steps.locked,
            placed & (steps >= problem.high_step),
            placed & (steps >= limit),
            ~placed & (towards == 0),
            _breaks_stack(problem, steps, other),
            off_average,
        ],
        ["locked", "band_edge", "holder_limit", "base", "stack", "average"],
        "goals",
    )


def placement_table(task: PriceTask, point: PricePoint) -> pd.DataFrame:
    """PRICE_PLACEMENTS of the plan."""
    instance, picks = task.problem.instance, point.picks
    rows = pd.DataFrame({
        "buyer_id": instance.buyer_ids[instance.pick_buyer[picks]],
        "unit_id": instance.unit_ids[instance.pick_unit[picks]],
        "choice_rank": instance.pick_rank[picks],
        "grade": np.array(GRADES, dtype=object)[instance.grade[instance.pick_buyer[picks]]],
        "total_yuan": unit_totals(task.problem, point.steps)[instance.pick_unit[picks]],
        "kept": instance.pick_kept[picks],
    })
    ceilings = task.demand[["buyer_id", "unit_id", "ceiling_yuan"]]
    return PRICE_PLACEMENTS.frame(rows.merge(ceilings, on=["buyer_id", "unit_id"], how="left")) if len(rows) else (
        PRICE_PLACEMENTS.empty())


def goal_table(plan: PricePlan) -> pd.DataFrame:
    """PRICE_GOALS of the plan."""
    return PRICE_GOALS.frame([
        {"goal_no": number, "goal": goal.goal, "grades": " ".join(goal.grades), "sense": goal.sense,
         "value": goal.value, "bound": goal.bound, "status": goal.status}
        for number, goal in enumerate(plan.goals, 1)
    ])


def _buyers_at(instance: Instance, picks: np.ndarray) -> np.ndarray:
    """(U,) ids of the buyers of the ``picks`` (a mask) at each unit, in the order of their ids, between spaces."""
    rows = pd.DataFrame({"unit": instance.pick_unit[picks], "buyer": instance.buyer_ids[instance.pick_buyer[picks]]})
    ids = rows.sort_values(["unit", "buyer"]).groupby("unit")["buyer"].agg(" ".join)
    return ids.reindex(range(len(instance.unit_ids)), fill_value="").to_numpy()


def _breaks_stack(problem: PriceProblem, steps: Ints, other: Ints) -> np.ndarray:
    """(U,) whether moving the unit alone to its other step breaks the order with a neighbour."""
    pairs, lower, upper = np.arange(len(problem.stack_lower)), problem.stack_lower, problem.stack_upper
    breaks = np.zeros(len(steps), dtype=bool)
    np.logical_or.at(breaks, lower, problem.stack_need[pairs, other[lower]] > steps[upper])
    np.logical_or.at(breaks, upper, problem.stack_need[pairs, steps[lower]] > other[upper])
    return breaks
