"""What stands against a price plan, told before anything is solved."""

from __future__ import annotations

import numpy as np

from sincerity.pricing.build import PriceTask
from sincerity.pricing.problem import MILLS, list_value_yuan, reachable_steps
from sincerity.pricing.steps import AREA_PARTS, area_parts
from sincerity.problems import Problem
from sincerity.settings import Settings

LAUNCH_FILE = "launch.toml"
CENT = 0.005


def task_problems(task: PriceTask, settings: Settings) -> tuple[Problem, ...]:
    """Locked prices outside their band, a stack order or an average nothing reaches; ceilings below every price and
    rounding that leaves a band one price are warnings."""
    faults = _locked_outside(task, settings)
    if faults:
        return tuple(faults)
    problem = task.problem
    low, high = reachable_steps(problem)
    impossible = np.flatnonzero(low > high)
    if len(impossible):
        first = str(problem.instance.unit_ids[impossible[0]])
        faults.append(Problem("error", "price_stack_impossible", LAUNCH_FILE, header="price.stack_order", value=first))
    elif len(low):
        faults += _average_unreachable(task, list_value_yuan(problem, low), list_value_yuan(problem, high), settings)
    return (*faults, *_one_price_left(task, settings), *_nobody_accepts(task))


def no_start(settings: Settings) -> Problem:
    """No prices were found though each rule alone can be kept."""
    return Problem("error", "price_no_start", LAUNCH_FILE, header="price.average_tolerance",
                   value=f"{settings.price.average_tolerance:g}")


def _locked_outside(task: PriceTask, settings: Settings) -> list[Problem]:
    units, steps = task.units, task.steps
    number_of = {lock.unit_id: number for number, lock in enumerate(settings.price.locked, 1)}
    base, price = units["base_price_yuan_per_m2"].to_numpy(float), steps.mills[:, 0] / MILLS
    low, high = base * (1 + steps.low_share), base * (1 + steps.high_share)
    outside = np.flatnonzero(steps.locked & ((price < low - CENT) | (price > high + CENT)))
    names = units["unit_id"].to_numpy()
    return [
        Problem(
            "error", "price_locked_outside_band", LAUNCH_FILE, value=f"{price[u]:,.2f}",
            header=f"price.locked[{number_of[names[u]]}].price_yuan_per_m2",
            parts={"unit": names[u], "low": f"{low[u]:,.2f}", "high": f"{high[u]:,.2f}"},
        )
        for u in outside
    ]


def _average_unreachable(task: PriceTask, least: int, most: int, settings: Settings) -> list[Problem]:
    problem, rules = task.problem, settings.price
    if problem.total_low_yuan <= most and problem.total_high_yuan >= least:
        return []
    area = int(area_parts(task.units).sum()) / AREA_PARTS
    key, code, per = "average_yuan_per_m2", "price_average_unreachable", area
    if rules.total_list_value_yuan is not None:
        key, code, per = "total_list_value_yuan", "price_list_value_unreachable", 1.0
    elif rules.average_yuan_per_m2 is None:
        code = "price_base_average_unreachable"
    wanted = (problem.total_low_yuan + problem.total_high_yuan) / 2 / per
    return [Problem("error", code, LAUNCH_FILE, header=f"price.{key}", value=f"{wanted:,.0f}", parts={
        "low": f"{least / per:,.0f}", "high": f"{most / per:,.0f}", "units": len(task.units),
    })]


def _one_price_left(task: PriceTask, settings: Settings) -> list[Problem]:
    steps = task.steps
    stuck = ~steps.locked & (steps.low_share < steps.high_share) & (steps.totals[:, 0] == steps.totals[:, -1])
    if not stuck.any():
        return []
    return [Problem("warning", "price_rounding_leaves_one", LAUNCH_FILE, header="price.round_yuan",
                    value=f"{settings.price.round_yuan:,}", parts={"units": int(stuck.sum()), "all": len(stuck)})]


def _nobody_accepts(task: PriceTask) -> list[Problem]:
    too_dear = task.demand["reason"] == "price_above_ceiling"
    if task.demand["eligible"].any() or not too_dear.any():
        return []
    return [Problem("warning", "price_ceilings_below_all", parts={"picks": int(too_dear.sum())})]
