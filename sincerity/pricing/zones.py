"""A joint problem split where nothing ties one part to another: each zone is a problem of its own, solved exactly.

Two units are in one zone when a buyer picked both, when the stack order ties them, or when a bound counts both:
a layout's minimum or maximum ties the layout, a bound on all layouts or a list value (P3) ties everything.
Every goal is a sum over units or picks, so the best points of the zones together are a best point of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from sincerity.allocation.instance import Instance, Ints
from sincerity.pricing.problem import PricePoint, PriceProblem, picked_and_stacked, reachable_steps
from sincerity.pricing.programme import NO_LIMIT

FEWEST_UNITS = 60  # smaller zones go together: every search has its fixed cost

_OF_BUYER = ("buyer_ids", "grade", "score", "priority_rank", "quota")
_OF_UNIT = ("unit_ids", "unit_layout", "step_total_yuan")
_OF_PICK = ("pick_rank", "pick_top_step", "pick_kept", "pick_tie", "previous_pick")
_STEPS = ("step_mills", "low_step", "high_step", "base_step", "base_total_yuan")


@dataclass(frozen=True)
class Zone:
    """A part of a problem, and where its picks and units stand in the whole."""

    problem: PriceProblem
    picks: Ints
    units: Ints

    def part_of(self, point: PricePoint) -> PricePoint:
        """The point of the whole as far as it concerns the zone."""
        return PricePoint(np.flatnonzero(np.isin(self.picks, point.picks)), point.steps[self.units])


def zones_of(problem: PriceProblem) -> tuple[Zone, ...]:
    """The problem's zones, small ones together; the whole problem alone where one rule counts everything."""
    zone_of_unit = _zone_of_unit(problem)
    return tuple(_zone(problem, zone_of_unit == zone) for zone in range(int(zone_of_unit.max(initial=0)) + 1))


def but_for_the_list_value(problem: PriceProblem) -> tuple[Zone, ...]:
    """The zones that nothing but a list value (P3) ties; no zone's problem asks for one."""
    return zones_of(replace(problem, total_low_yuan=0, total_high_yuan=NO_LIMIT))


def merged(zones: tuple[Zone, ...], points: tuple[PricePoint, ...]) -> PricePoint:
    """One point of the whole from a point of every zone."""
    steps = np.zeros(sum(len(zone.units) for zone in zones), dtype=np.int64)
    for zone, point in zip(zones, points, strict=True):
        steps[zone.units] = point.steps
    picks = [zone.picks[point.picks] for zone, point in zip(zones, points, strict=True)]
    return PricePoint(np.sort(np.concatenate(picks)), steps)


def _zone_of_unit(problem: PriceProblem) -> Ints:
    """(U,) number of each unit's zone, 0 … zones − 1."""
    instance, units = problem.instance, len(problem.base_step)
    if instance.all_min or instance.all_max < units or _value_binds(problem):
        return np.zeros(units, dtype=np.int64)
    picked, stacked = picked_and_stacked(problem)
    bounded = np.flatnonzero(_bounded_layouts(instance)[instance.unit_layout])
    counted = sp.csr_array(
        (np.ones(len(bounded), dtype=np.int8), (instance.unit_layout[bounded], bounded)),
        shape=(len(instance.layouts), units),
    )
    ties = sp.block_array([[stacked, picked.T, counted.T], [picked, None, None], [counted, None, None]])
    _, component = connected_components(ties, directed=False)
    return _batched(component[:units])


def _batched(component: Ints) -> Ints:
    """(U,) zones of ``FEWEST_UNITS`` or more, from whole components in the order of their first unit."""
    _, first, number, sizes = np.unique(component, return_index=True, return_inverse=True, return_counts=True)
    order = np.argsort(first)
    before = np.cumsum(sizes[order]) - sizes[order]
    zone = np.empty(len(order), dtype=np.int64)
    zone[order] = before // FEWEST_UNITS
    return np.unique(zone[number], return_inverse=True)[1].ravel()


def _value_binds(problem: PriceProblem) -> bool:
    low, high = reachable_steps(problem)
    if (low > high).any():
        return True
    every = np.arange(len(low))
    least, most = int(problem.totals[every, low].sum()), int(problem.totals[every, high].sum())
    return bool(least < problem.total_low_yuan or most > problem.total_high_yuan)


def _bounded_layouts(instance: Instance) -> np.ndarray:
    """(L,) whether a minimum or maximum of the layout can bind."""
    units = np.bincount(instance.unit_layout, minlength=len(instance.layouts))
    return (instance.layout_min > 0) | (instance.layout_max < units)


def _zone(problem: PriceProblem, here: np.ndarray) -> Zone:
    """The part with the units where ``here`` (U,) is true."""
    instance = problem.instance
    units, picks = np.flatnonzero(here), np.flatnonzero(here[instance.pick_unit])
    buyers = np.unique(instance.pick_buyer[picks])
    there = np.bincount(instance.unit_layout[units], minlength=len(instance.layouts)) > 0
    part = replace(
        instance,
        **{name: getattr(instance, name)[buyers] for name in _OF_BUYER},
        **{name: getattr(instance, name)[units] for name in _OF_UNIT},
        **{name: getattr(instance, name)[picks] for name in _OF_PICK},
        pick_buyer=np.searchsorted(buyers, instance.pick_buyer[picks]),
        pick_unit=np.searchsorted(units, instance.pick_unit[picks]),
        layout_min=np.where(there, instance.layout_min, 0),
    )
    pairs = here[problem.stack_lower]
    whole = bool(here.all())
    return Zone(
        replace(
            problem, instance=part, **{name: getattr(problem, name)[units] for name in _STEPS},
            stack_lower=np.searchsorted(units, problem.stack_lower[pairs]),
            stack_upper=np.searchsorted(units, problem.stack_upper[pairs]),
            stack_need=problem.stack_need[pairs],
            total_low_yuan=problem.total_low_yuan if whole else 0,
            total_high_yuan=problem.total_high_yuan if whole else NO_LIMIT,
        ),
        picks, units,
    )
