"""The best placements at given prices, by the exact paths of the allocation: prices fixed, it is a plain assignment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sincerity.allocation.instance import Ints
from sincerity.allocation.solve import solve
from sincerity.pricing.problem import PricePoint, PriceProblem
from sincerity.settings import Goal, Policy

COUNTED = ("layout_shortfall", "placed")  # goals that prices enter only by what buyers accept
OF_PICK = ("pick_buyer", "pick_unit", "pick_rank", "pick_top_step", "pick_kept", "pick_tie", "previous_pick")
SECONDS = 5.0


def placed_at(problem: PriceProblem, steps: Ints, goals: tuple[Goal, ...]) -> PricePoint:
    """The point with these steps whose placements are best for the counted ``goals``, in their order."""
    instance = problem.instance
    accepted = np.flatnonzero(instance.pick_top_step >= steps[instance.pick_unit])
    priced = replace(
        instance,
        **{name: getattr(instance, name)[accepted] for name in OF_PICK},
        step_total_yuan=problem.totals[np.arange(len(steps)), steps][:, None],
    )
    counted = tuple(
        {"goal": goal.goal, "sense": goal.sense, "grades": goal.grades} for goal in goals if goal.goal in COUNTED
    )
    plan = solve(priced, Policy("prices", "goals", counted, {}, {}), SECONDS)
    return PricePoint(accepted[plan.picks], steps)
