"""What a round says about prices, by round: the base check, the price plan, or the prices as they are frozen.

    round 1   acceptance by group → base-price check
    round 2   acceptance, price band, lost buyers → start plans → joint plan → what-if
    round 3   the prices people are told, as given
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sincerity.domain import PRICE_TABLES, PRICES, Known
from sincerity.pricing.acceptance import acceptance, base_check, price_band, price_lost
from sincerity.pricing.build import PriceTask, build_task, expand_goals
from sincerity.pricing.checks import no_start, task_problems
from sincerity.pricing.solve import PricePlan, solve_jointly
from sincerity.pricing.start_plans import start_plans
from sincerity.pricing.statements import unread_answers
from sincerity.pricing.steps import unit_bands
from sincerity.pricing.table import goal_table, placement_table, price_table
from sincerity.pricing.what_if import frontier, variants_table
from sincerity.problems import Problem, has_errors
from sincerity.settings import Settings

BASE_CHECK_ROUND, PLAN_ROUND, FROZEN_ROUND = 1, 2, 3
SHARES = {"starts": 0.15, "joint": 0.65, "frontier": 0.2}  # of the time limit; the frontier also gets what is unused

Tables = Mapping[str, pd.DataFrame]
Problems = tuple[Problem, ...]


@dataclass(frozen=True)
class PriceFindings:
    """PRICE_TABLES by name (those of other rounds empty), and what a person must know; errors leave the plan out."""

    tables: Tables
    problems: Problems


def price_findings(known: Known, demand: pd.DataFrame, scores: pd.DataFrame, settings: Settings) -> PriceFindings:
    """The price tables of the round; ``demand`` is DEMAND, ``scores`` SCORES."""
    empty = {schema.name: schema.empty() for schema in PRICE_TABLES}
    if known.round == FROZEN_ROUND:
        return PriceFindings({**empty, "prices": frozen_prices(known, settings)}, ())
    shown = {"price_acceptance": acceptance(known, demand, settings, settings.price.shares_shown)}
    unread = unread_answers(known, settings)
    if known.round == BASE_CHECK_ROUND:
        return PriceFindings({**empty, **shown, "base_check": base_check(known, demand, settings)}, unread)
    band = {"price_band": price_band(known, demand), "price_lost": price_lost(known, demand, scores)}
    plan, problems = price_plan(known, scores, settings)
    return PriceFindings({**empty, **shown, **band, **plan}, (*unread, *problems))


def price_plan(known: Known, scores: pd.DataFrame, settings: Settings) -> tuple[Tables, Problems]:
    """The joint plan's tables, or the problems that stand against planning."""
    task = build_task(known, scores, settings)
    problems = task_problems(task, settings)
    if has_errors(problems) or task.units.empty:
        return {}, problems
    goals = expand_goals(settings, task.problem.instance)
    limit = settings.price.time_limit_s
    unit = settings.price.proof_yuan
    starts = start_plans(task.problem, goals, limit * SHARES["starts"], unit)
    if starts.start is None:
        return {}, (*problems, no_start(settings))
    plan = solve_jointly(task.problem, goals, limit * SHARES["joint"], starts.start, unit_yuan=unit)
    later = {} if starts.priced_later is None else {"priced_later": starts.priced_later}
    compared = {"base_table": starts.at_base, **later, "joint": plan}
    points = settings.price.frontier_points
    left = limit * (SHARES["joint"] + SHARES["frontier"]) - plan.seconds
    trade = frontier(task.problem, plan, points, left, unit) if points else {}
    return _plan_tables(task, plan, {**compared, **trade}), (*problems, *_not_proven(plan))


def frozen_prices(known: Known, settings: Settings) -> pd.DataFrame:
    """PRICES as the units table gives them; nothing is planned any more."""
    units = known.units
    low, high = unit_bands(units, settings)
    change = np.round(units["price_yuan_per_m2"] / units["base_price_yuan_per_m2"] - 1, 6)
    given = units.assign(
        step=0, change=change, band_low=low, band_high=high, locked=False, buyer_id="", willing=0, willing_buyers="",
        lost_at_next=0, lost_buyers="", reason="frozen",
    )
    return PRICES.frame(given)


def _plan_tables(task: PriceTask, plan: PricePlan, compared: dict[str, PricePlan]) -> Tables:
    return {
        "prices": price_table(task, plan.point),
        "price_placements": placement_table(task, plan.point),
        "price_goals": goal_table(plan),
        "price_variants": variants_table(task, compared),
    }


def _not_proven(plan: PricePlan) -> Problems:
    open_goals = [goal for goal in plan.goals if goal.status != "proven"]
    if not open_goals:
        return ()
    first = open_goals[0]
    gap = abs(first.bound - first.value) / max(abs(first.value), 1)
    return (Problem("warning", "price_plan_not_proven", parts={
        "goals": len(open_goals), "all": len(plan.goals), "value": f"{first.value:,}", "bound": f"{first.bound:,.0f}",
        "gap": f"{gap:.2%}" if gap < float("inf") else "∞",
    }),)
