"""What a buyer's giving way was good for: how many buyers the plan would lose if the pick were granted.

The gain of a pick given up is exact: the programme is solved again with that pick kept, and the first goal
that ends worse tells by how many placements (or units of a layout's minimum) it does. Goals after it are not
counted, nor are points, moves and ties: a pick given up for those alone has gain 0. Solving again costs what
solving costs, so it is done for the picks first in priority, as many as ``PICKS_SOLVED`` allows for the way the
plan was solved; the picks beyond also show 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from sincerity.allocation.instance import Instance, Ints, Plan
from sincerity.allocation.solve import solve
from sincerity.settings import Policy

PICKS_SOLVED: Mapping[str, int] = {"levelled": 100_000, "lp_sequence": 6_000, "reference": 1_000, "serial": 0}
"""By the plan's path: how many picks may pass through the solver again, number of re-solves × size."""
COUNTED_GOALS = ("layout_shortfall", "placed")


def count_gains(instance: Instance, plan: Plan, policy: Policy, given_up: Ints, time_limit_s: float) -> Ints:
    """For every pick of ``instance`` the gain of giving it up; 0 for picks not in ``given_up``.

    ``given_up`` holds indices of eligible picks in ascending, that is priority, order.
    """
    gains = np.zeros(len(instance.pick_buyer), dtype=np.int64)
    affordable = PICKS_SOLVED[plan.path] // max(len(instance.pick_buyer), 1)
    for pick in given_up[:affordable]:
        gains[pick] = _loss(plan, solve(_granting(instance, int(pick)), policy, time_limit_s))
    return gains


def _granting(instance: Instance, pick: int) -> Instance:
    kept = instance.pick_kept.copy()
    kept[pick] = True
    return replace(instance, pick_kept=kept)


def _loss(plan: Plan, forced: Plan) -> int:
    """By how much the first counted goal that differs ends worse; never negative."""
    losses = (
        (now.value - then.value) * (1 if now.sense == "max" else -1)
        for now, then in zip(plan.goals, forced.goals, strict=True)
        if now.goal in COUNTED_GOALS
    )
    return max(next((loss for loss in losses if loss), 0), 0)
