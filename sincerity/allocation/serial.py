"""Strict order: in priority order each buyer takes the best unit still free; nobody is overtaken.

The rule is sequential by nature, so one plain pass over the picks follows it (10 ms for 70,000 picks). A buyer
passes over a unit only when it is taken, when its layout is full, or when all units that may go have gone; whoever
takes it ranks before: there is no justified envy except towards kept decisions (C3), which are honoured first.
"""

from __future__ import annotations

import numpy as np

from sincerity.allocation.instance import Instance, Ints


def serial_picks(instance: Instance) -> Ints:
    """The granted picks, ascending. Kept picks first, then buyers by priority, each up to the quota (C1–C4)."""
    return completed(instance, np.flatnonzero(instance.pick_kept))


def completed(instance: Instance, kept: Ints) -> Ints:
    """``kept`` with every further pick that still fits, taken in strict order, ascending."""
    kept_layouts = instance.unit_layout[instance.pick_unit[kept]]
    unit_free = np.ones(len(instance.unit_ids), dtype=np.bool_)
    unit_free[instance.pick_unit[kept]] = False
    quota = instance.quota - np.bincount(instance.pick_buyer[kept], minlength=len(instance.quota))
    room = instance.layout_max - np.bincount(kept_layouts, minlength=len(instance.layouts))
    granted = _take_turns(instance, unit_free.tolist(), quota.tolist(), room.tolist(), instance.all_max - len(kept))
    return np.sort(np.concatenate([kept, np.array(granted, dtype=np.int64)]))


def _take_turns(instance: Instance, unit_free: list, quota: list, room: list, room_in_all: int) -> list[int]:
    granted: list[int] = []
    buyers, units = instance.pick_buyer.tolist(), instance.pick_unit.tolist()
    layouts = instance.unit_layout.tolist()
    for pick, (buyer, unit) in enumerate(zip(buyers, units, strict=True)):
        if room_in_all <= len(granted):
            break
        layout = layouts[unit]
        if unit_free[unit] and quota[buyer] > 0 and room[layout] > 0:
            unit_free[unit] = False
            quota[buyer] -= 1
            room[layout] -= 1
            granted.append(pick)
    return granted
