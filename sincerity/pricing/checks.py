"""What stands against a price plan, told before anything is solved."""

from __future__ import annotations

import numpy as np

from sincerity.domain import Known
from sincerity.pricing.build import PriceTask
from sincerity.pricing.problem import list_value_yuan, reachable_steps
from sincerity.pricing.steps import AREA_PARTS, area_parts
from sincerity.problems import Problem
from sincerity.settings import Settings


def setting_problems(known: Known, settings: Settings) -> tuple[Problem, ...]:
    """Units, layouts and buildings that ``[price]`` names and the launch does not have."""
    rules, units = settings.price, known.units
    named = {
        "unit": ([*rules.stack_exceptions, *(lock.unit_id for lock in rules.locked),
                  *(unit for band in rules.bands for unit in band.units)], units["unit_id"]),
        "layout": ([band.layout for band in rules.bands if band.layout], units["layout"]),
        "building": ([band.building for band in rules.bands if band.building], units["building"]),
    }
    return tuple(
        Problem("error", f"price_{kind}_unknown", value=name)
        for kind, (names, known_names) in named.items()
        for name in sorted(set(names) - set(known_names))
    )


def task_problems(task: PriceTask, settings: Settings) -> tuple[Problem, ...]:
    """Locked prices outside their band, a stack order or an average nothing reaches, ceilings below every price."""
    faults = _locked_outside(task)
    if faults:
        return tuple(faults)
    problem = task.problem
    low, high = reachable_steps(problem)
    impossible = np.flatnonzero(low > high)
    if len(impossible):
        faults += [
            Problem("error", "price_stack_impossible", value=str(problem.instance.unit_ids[u])) for u in impossible[:1]
        ]
    elif len(low):
        faults += _average_unreachable(task, list_value_yuan(problem, low), list_value_yuan(problem, high), settings)
    return (*faults, *_nobody_accepts(task))


def _locked_outside(task: PriceTask) -> list[Problem]:
    units, steps = task.units, task.steps
    base, price = units["base_price_yuan_per_m2"].to_numpy(float), steps.mills[:, 0] / 1_000
    low, high = base * (1 + steps.low_share), base * (1 + steps.high_share)
    outside = np.flatnonzero(steps.locked & ((price < low - 0.005) | (price > high + 0.005)))
    return [
        Problem("error", "price_locked_outside_band", value=f"{price[u]:,.2f}", parts={
            "unit": units["unit_id"].iloc[u], "low": f"{low[u]:,.2f}", "high": f"{high[u]:,.2f}",
        })
        for u in outside
    ]


def _average_unreachable(task: PriceTask, least: int, most: int, settings: Settings) -> list[Problem]:
    problem = task.problem
    if problem.total_low_yuan <= most and problem.total_high_yuan >= least:
        return []
    area = int(area_parts(task.units).sum()) / AREA_PARTS
    if settings.price.total_list_value_yuan is not None:
        code, per = "price_list_value_unreachable", 1.0
    else:
        code, per = "price_average_unreachable", area
    wanted = (problem.total_low_yuan + problem.total_high_yuan) / 2 / per
    return [Problem("error", code, value=f"{wanted:,.0f}", parts={
        "low": f"{least / per:,.0f}", "high": f"{most / per:,.0f}", "units": len(task.units),
    })]


def _nobody_accepts(task: PriceTask) -> list[Problem]:
    too_dear = task.demand["reason"] == "price_above_ceiling"
    if task.demand["eligible"].any() or not too_dear.any():
        return []
    return [Problem("warning", "price_ceilings_below_all", parts={"picks": int(too_dear.sum())})]
