"""What each policy costs: all of them solved for the same instance and laid side by side."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sincerity.allocation.envy import envied_picks
from sincerity.allocation.instance import Instance, Plan
from sincerity.allocation.solve import solve
from sincerity.allocation.standing import standing
from sincerity.domain import FRONTIER, GRADES
from sincerity.settings import Policy


def frontier(
    instance: Instance,
    policies: Mapping[str, Policy],
    time_limit_s: float,
    solved: Mapping[str, Plan] | None = None,
) -> pd.DataFrame:
    """One FRONTIER row per policy, in the order of ``policies``; plans already in ``solved`` are not solved again.

    ``justified_envy`` counts pairs as ``allocation.envy`` does; ``list_value_yuan`` is the total price of the placed
    units; ``layout_shortfall`` the units missing below the minima of the layouts and of all together.
    """
    known = solved or {}
    plans = {
        name: known[name] if name in known else solve(instance, policy, time_limit_s)
        for name, policy in policies.items()
    }
    return FRONTIER.frame([_row(instance, name, plan) for name, plan in plans.items()])


def _row(instance: Instance, name: str, plan: Plan) -> dict[str, object]:
    buyer, unit = instance.pick_buyer[plan.picks], instance.pick_unit[plan.picks]
    placed_by_grade = np.bincount(instance.grade[buyer], minlength=len(GRADES))
    by_layout = np.bincount(instance.unit_layout[unit], minlength=len(instance.layouts))
    missing = np.maximum(instance.layout_min - by_layout, 0).sum() + max(instance.all_min - len(unit), 0)
    return {
        "policy": name,
        "placed": len(plan.picks),
        "first_choices": (instance.pick_rank[plan.picks] == 1).sum(),
        "placed_a": placed_by_grade[0],
        "placed_b": placed_by_grade[1],
        "justified_envy": len(envied_picks(standing(instance, plan))),
        "score_sum": instance.score[buyer].sum(),
        "list_value_yuan": instance.step_total_yuan[unit, 0].sum(),
        "layout_shortfall": missing,
        "status": plan.status,
    }
