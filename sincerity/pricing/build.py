"""The launch's tables as one joint problem of prices and placements, and what stands against planning with it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sincerity.allocation.build import build_instance
from sincerity.allocation.demand import demand_table
from sincerity.allocation.instance import Instance, Ints
from sincerity.domain import GRADES, Known
from sincerity.pricing.problem import BASIS_POINTS, PriceProblem
from sincerity.pricing.steps import AREA_PARTS, UnitSteps, area_parts, thousandths, unit_steps
from sincerity.settings import Goal, Settings

_STACK = ["building", "section", "room"]


@dataclass(frozen=True)
class PriceTask:
    """The problem with the tables it came from.

    ``units``: QUOTED_UNITS of the units to be priced, in the order of the problem; ``demand``: DEMAND with every pick
    that is granted at its unit's lowest price eligible; ``steps`` of the units.
    """

    problem: PriceProblem
    units: pd.DataFrame
    demand: pd.DataFrame
    steps: UnitSteps


def build_task(known: Known, scores: pd.DataFrame, settings: Settings) -> PriceTask:
    """The joint problem of the round's known facts and SCORES."""
    every = unit_steps(known.units, settings)
    lowest = replace(known, units=known.units.assign(total_yuan=every.totals[:, 0]))
    demand = demand_table(lowest, scores, settings)
    instance = build_instance(demand, scores, lowest, settings)
    place = pd.Index(known.units["unit_id"]).get_indexer(pd.Index(instance.unit_ids))
    units = known.units.iloc[place].reset_index(drop=True)
    steps = UnitSteps(**{name: values[place] for name, values in vars(every).items()})
    high = np.where(steps.locked, 0, settings.price.steps - 1)
    lower, upper = stack_neighbours(units, settings)
    joint = replace(
        instance, step_total_yuan=steps.totals, pick_top_step=_top_steps(instance, demand, steps.totals, high)
    )
    target_low, target_high = list_value_range(units, settings)
    problem = PriceProblem(
        instance=joint,
        step_mills=steps.mills,
        low_step=np.zeros(len(units), dtype=np.int64),
        high_step=high,
        base_step=steps.base_step,
        base_total_yuan=units["base_total_yuan"].to_numpy(np.int64),
        stack_lower=lower,
        stack_upper=upper,
        stack_need=_need(steps.mills, lower, upper, settings.price.stack_tolerance),
        total_low_yuan=target_low,
        total_high_yuan=target_high,
    )
    return PriceTask(problem, units, demand, steps)


def expand_goals(settings: Settings, instance: Instance) -> tuple[Goal, ...]:
    """The goals in order, one per grade present where a ladder stands; the shortfall only where there is a minimum."""
    present = np.unique(instance.grade[instance.pick_buyer]).tolist()
    goals: list[Goal] = []
    for step in settings.price.goals:
        if "ladder" in step:
            goals += [Goal("placed", "max", (GRADES[grade],)) for grade in present]
        elif step["goal"] != "layout_shortfall" or instance.layout_min.any() or instance.all_min:
            goals.append(Goal(str(step["goal"]), str(step["sense"]), tuple(step.get("grades", ()))))  # type: ignore[arg-type]
    return tuple(goals)


def list_value_range(units: pd.DataFrame, settings: Settings) -> tuple[int, int]:
    """The least and the greatest list value of ``units`` that keep the target average, or the target list value."""
    rules = settings.price
    target = float(units["base_total_yuan"].sum())
    if rules.total_list_value_yuan is not None:
        target = rules.total_list_value_yuan
    elif rules.average_yuan_per_m2 is not None:
        target = rules.average_yuan_per_m2 * int(area_parts(units).sum()) / AREA_PARTS
    tolerance = rules.average_tolerance
    return int(np.ceil(target * (1 - tolerance) - 1e-6)), int(np.floor(target * (1 + tolerance) + 1e-6))


def stack_neighbours(units: pd.DataFrame, settings: Settings) -> tuple[Ints, Ints]:
    """Positions of every two units that follow each other in a stack and must keep the order: the lower, the upper.

    A stack is one room of one section of a building, floor above floor. Exceptions are left out, so their neighbours
    follow each other; two units whose base prices already stand the other way round keep no order between them.
    """
    nothing = np.zeros(0, dtype=np.int64)
    if not settings.price.stack_order or units.empty:
        return nothing, nothing
    ordered = units[~units["unit_id"].isin(settings.price.stack_exceptions) & (units["room"] != "")]
    ordered = ordered.sort_values([*_STACK, "floor", "unit_id"], kind="stable")
    lower, upper = ordered.index.to_numpy(np.int64)[:-1], ordered.index.to_numpy(np.int64)[1:]
    stack = units.groupby(_STACK, sort=False).ngroup().to_numpy()
    floor, base = units["floor"].to_numpy(), thousandths(units["base_price_yuan_per_m2"])
    follows = (stack[lower] == stack[upper]) & (floor[lower] < floor[upper])
    as_base = base[lower] * BASIS_POINTS <= base[upper] * _allowed(settings.price.stack_tolerance)
    return lower[follows & as_base], upper[follows & as_base]


def _need(mills: Ints, lower: Ints, upper: Ints, tolerance: float) -> Ints:
    """(P, S) lowest step of the upper unit at which the lower may stand at each of its own; S where none is enough."""
    dearest = mills[upper] * _allowed(tolerance)
    return (mills[lower][:, :, None] * BASIS_POINTS > dearest[:, None, :]).sum(axis=2)


def _allowed(tolerance: float) -> int:
    return BASIS_POINTS + round(tolerance * BASIS_POINTS)


def _top_steps(instance: Instance, demand: pd.DataFrame, totals: Ints, high: Ints) -> Ints:
    """(E,) highest step whose total the pick's ceiling reaches; the highest of all for kept picks."""
    pairs = pd.MultiIndex.from_arrays(
        [instance.buyer_ids[instance.pick_buyer], instance.unit_ids[instance.pick_unit]]
    )
    ceilings = demand.set_index(["buyer_id", "unit_id"])["ceiling_yuan"].reindex(pairs).to_numpy(float)
    reached = (totals[instance.pick_unit] <= np.nan_to_num(ceilings, nan=np.inf)[:, None]).sum(axis=1) - 1
    top = high[instance.pick_unit]
    return np.where(instance.pick_kept, top, np.minimum(reached, top))
