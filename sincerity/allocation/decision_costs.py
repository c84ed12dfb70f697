"""What decisions cost, goal by goal: the same input solved with them and without them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from sincerity.allocation.build import build_instance
from sincerity.allocation.demand import demand_table
from sincerity.allocation.instance import GoalResult, Plan
from sincerity.allocation.solve import solve
from sincerity.domain import Known
from sincerity.domain.rulings import DECISION_COSTS
from sincerity.settings import Settings

Key = tuple[str, tuple[str, ...], tuple[int, ...]]


def decision_costs(
    plan: Plan, known: Known, newest: pd.DataFrame, scores: pd.DataFrame, settings: Settings,
    previous: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """DECISION_COSTS of ``plan``: scope ``all`` against no decision at all, ``newest`` against all but the last ones.

    Empty without decisions; ``newest`` (buyer_id, unit_id) is left out when empty.
    Both sides count moves against the same ``previous`` plan (ALLOCATION).
    """
    if known.decisions.empty:
        return DECISION_COSTS.empty()
    rows: list[dict[str, object]] = []
    for scope, held in _scopes(known.decisions, newest):
        without = _plan_under(held, known, scores, settings, previous)
        rows += _rows(scope, without, plan)
    return DECISION_COSTS.frame(rows)


def _scopes(decisions: pd.DataFrame, newest: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each scope with the decisions that stay when those of the scope are left out."""
    yield "all", decisions.iloc[:0]
    pairs = pd.MultiIndex.from_frame(newest[["buyer_id", "unit_id"]])
    last = pd.MultiIndex.from_frame(decisions[["buyer_id", "unit_id"]]).isin(pairs)
    if last.any():
        yield "newest", decisions[~last]


def _plan_under(
    decisions: pd.DataFrame, known: Known, scores: pd.DataFrame, settings: Settings, previous: pd.DataFrame | None
) -> Plan:
    lighter = replace(known, decisions=decisions)
    demand = demand_table(lighter, scores, settings)
    instance = build_instance(demand, scores, lighter, settings, previous)
    return solve(instance, settings.policies[settings.policy], settings.time_limit_s)


def _rows(scope: str, without: Plan, plan: Plan) -> list[dict[str, object]]:
    """One row per goal of either plan, in the order of the policy; a goal one side lacks counts nothing there."""
    before, after = _by_key(without), _by_key(plan)
    return [
        {
            "scope": scope,
            "goal_no": number,
            "goal": goal.goal,
            "grades": " ".join(goal.grades),
            "choices": " ".join(map(str, goal.choices)),
            "sense": goal.sense,
            "before": before[key].value if key in before else 0,
            "after": after[key].value if key in after else 0,
            "status": "proven" if without.status == plan.status == "proven" else "feasible",
        }
        for number, (key, goal) in enumerate(_merged(without.goals, plan.goals), 1)
    ]


def _by_key(plan: Plan) -> dict[Key, GoalResult]:
    return {_key(goal): goal for goal in plan.goals}


def _key(goal: GoalResult) -> Key:
    return goal.goal, goal.grades, goal.choices


def _merged(before: tuple[GoalResult, ...], after: tuple[GoalResult, ...]) -> list[tuple[Key, GoalResult]]:
    """The goals of both lists in an order that keeps the order of each."""
    merged = [(_key(goal), goal) for goal in before]
    place = 0
    for goal in after:
        keys = [key for key, _ in merged]
        if _key(goal) in keys:
            place = keys.index(_key(goal)) + 1
        else:
            merged.insert(place, (_key(goal), goal))
            place += 1
    return merged
