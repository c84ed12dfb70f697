"""The launch's earlier rounds, judged again by what they knew: for trends, changes of picks and rates by round."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sincerity.allocation.build import build_instance
from sincerity.allocation.collisions import hard_problems
from sincerity.allocation.demand import demand_table
from sincerity.allocation.explain import allocation_table
from sincerity.allocation.solve import solve
from sincerity.charts.picks import pick_changes
from sincerity.domain import ALLOCATION, ROUND_KPIS, Known, Launch, Scores
from sincerity.known import known_at
from sincerity.kpi import LAUNCH_DAY, PLAN_KPIS, churn_kpi, kpis, launch_day_kpis
from sincerity.scoring.score import score_buyers
from sincerity.settings import Settings


@dataclass(frozen=True)
class EarlierRound:
    """One earlier round: what it knew, how it scored its buyers, what they named and were given, and its rates."""

    known: Known
    scores: Scores
    demand: pd.DataFrame  # DEMAND
    allocation: pd.DataFrame | None  # ALLOCATION under today's policy; None where its rulings contradict one another
    kpis: pd.DataFrame  # KPIS


def earlier_rounds(launch: Launch, known: Known) -> tuple[EarlierRound, ...]:
    """The launch's rounds before ``known``, oldest first, each by what it knew at its own cutoff.

    Their plans are solved anew under today's policy; they serve the rates alone.
    """
    numbers = sorted(plan.number for plan in launch.settings.rounds if plan.number < known.round)
    return tuple(_judged_again(launch, number, known) for number in numbers)


def rates_by_round(
    earlier: tuple[EarlierRound, ...], known: Known, rates: pd.DataFrame, outcomes: pd.DataFrame
) -> pd.DataFrame:
    """ROUND_KPIS of the earlier rounds, of this one (``rates``, KPIS) and of the launch day where it has outcomes."""
    parts, before = [], None
    for now, of_round in [*((round_.known, round_.kpis) for round_ in earlier), (known, rates)]:
        parts.append(of_round.assign(round=now.round))
        if before is not None:
            parts.append(churn_kpi(before, pick_changes(before, now), now).assign(round=now.round))
        before = now
    parts.append(launch_day_kpis(known, outcomes).assign(round=LAUNCH_DAY))
    return ROUND_KPIS.frame(pd.concat(parts, ignore_index=True))


def _judged_again(launch: Launch, number: int, now: Known) -> EarlierRound:
    before, _ = known_at(launch, number, now.cutoff)
    scores = score_buyers(before, launch.settings)
    demand = demand_table(before, scores.buyers, launch.settings)
    allocation = _planned(before, scores.buyers, demand, launch.settings)
    return EarlierRound(before, scores, demand, allocation, _kpis(before, scores.buyers, demand, allocation))


def _planned(known: Known, scores: pd.DataFrame, demand: pd.DataFrame, settings: Settings) -> pd.DataFrame | None:
    instance = build_instance(demand, scores, known, settings)
    if hard_problems(instance):
        return None
    plan = solve(instance, settings.policies[settings.policy], settings.time_limit_s)
    return allocation_table(instance, plan, scores, demand)


def _kpis(
    known: Known, scores: pd.DataFrame, demand: pd.DataFrame, allocation: pd.DataFrame | None
) -> pd.DataFrame:
    """KPIS of the round; those of the plan are left out where there is none."""
    if allocation is not None:
        return kpis(known, demand, allocation, scores)
    rates = kpis(known, demand, ALLOCATION.empty(), scores)
    return rates[~rates["kpi"].isin(PLAN_KPIS)]
