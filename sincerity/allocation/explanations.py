"""All that the allocation stage says about its plan, table by table."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sincerity.allocation.explain import allocation_table, goals_table, refusals, target_results
from sincerity.allocation.frontier import frontier
from sincerity.allocation.instance import Instance, Plan
from sincerity.allocation.moves import moves
from sincerity.allocation.steer import substitutes
from sincerity.allocation.waiting import conflicts, waiting_list
from sincerity.domain import Known
from sincerity.settings import Settings


def explanations(
    instance: Instance,
    plan: Plan,
    demand: pd.DataFrame,
    scores: pd.DataFrame,
    known: Known,
    settings: Settings,
    previous: pd.DataFrame | None = None,
) -> Mapping[str, pd.DataFrame]:
    """The published tables that follow from a plan, by name. ``previous`` is the ALLOCATION of the plan before."""
    policy, seconds = settings.policies[plan.policy], settings.time_limit_s
    allocation = allocation_table(instance, plan, scores, demand)
    refused = refusals(instance, plan, scores, demand, policy, seconds)
    return {
        "allocation": allocation,
        "refusals": refused,
        "conflicts": conflicts(instance, plan, scores),
        "waiting_list": waiting_list(instance, plan, scores),
        "steering": substitutes(demand, allocation, scores, known.buyers, known.units, known.decisions),
        "moves": moves(allocation, previous, refused, scores),
        "frontier": frontier(instance, settings.policies, seconds, {plan.policy: plan}),
        "goals": goals_table(plan),
        "targets": target_results(known.targets, known.units, allocation),
    }
