"""What every plan must keep, C1–C4, counted in integers from the plan alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sincerity.allocation.instance import Instance, Ints


@dataclass(frozen=True)
class LayoutGroup:
    """One layout, or all together (``layout`` = −1), with its picks, its number of units and its bounds."""

    layout: int
    picks: Ints
    units: int
    low: int
    high: int


def layout_groups(instance: Instance) -> tuple[LayoutGroup, ...]:
    """Every layout in order, then all layouts together."""
    layout_of_pick = instance.unit_layout[instance.pick_unit]
    units = np.bincount(instance.unit_layout, minlength=len(instance.layouts))
    single = [
        LayoutGroup(
            layout, np.flatnonzero(layout_of_pick == layout), int(units[layout]),
            int(instance.layout_min[layout]), int(instance.layout_max[layout]),
        )
        for layout in range(len(instance.layouts))
    ]
    every = np.arange(len(instance.pick_buyer))
    return (*single, LayoutGroup(-1, every, len(instance.unit_ids), instance.all_min, instance.all_max))


def broken(instance: Instance, picks: Ints) -> tuple[str, ...]:
    """The labels of the rules the plan breaks, in order; empty for a feasible plan."""
    per_unit = np.bincount(instance.pick_unit[picks], minlength=len(instance.unit_ids))
    per_buyer = np.bincount(instance.pick_buyer[picks], minlength=len(instance.buyer_ids))
    per_layout = np.bincount(instance.unit_layout[instance.pick_unit[picks]], minlength=len(instance.layouts))
    checks = {
        "C1": bool((per_unit <= 1).all()),
        "C2": bool((per_buyer <= instance.quota).all()),
        "C3": bool(np.isin(np.flatnonzero(instance.pick_kept), picks).all()),
        "C4": bool((per_layout <= instance.layout_max).all()) and len(picks) <= instance.all_max,
    }
    return tuple(label for label, holds in checks.items() if not holds)
