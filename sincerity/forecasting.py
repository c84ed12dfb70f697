"""From a round's plan to its forecast: what is known on the eve, how the day is run, and the round before it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sincerity.allocation.build import build_instance
from sincerity.allocation.collisions import hard_problems
from sincerity.allocation.demand import demand_table
from sincerity.allocation.explain import allocation_table
from sincerity.allocation.solve import solve
from sincerity.allocation.standby import standby_substitutes
from sincerity.allocation.steer import losing_buyers, substitutes
from sincerity.allocation.steering_rules import steering_rules
from sincerity.domain import ALLOCATION, FittedModel, Known, Launch
from sincerity.earlier_rounds import EarlierRound
from sincerity.forecast.assumptions import assumptions
from sincerity.forecast.draws import seed_number
from sincerity.forecast.eve import Conduct, Eve, runs_within, simulate
from sincerity.forecast.forecast import forecast_tables
from sincerity.forecast.undecided import undecided_wishes
from sincerity.scoring.chance import draw_chances
from sincerity.settings import Settings


def round_forecast(
    launch: Launch,
    known: Known,
    scores: pd.DataFrame,
    demand: pd.DataFrame,
    allocation: pd.DataFrame,
    steering: pd.DataFrame,
    before: EarlierRound | None,
) -> Mapping[str, pd.DataFrame]:
    """The published tables of the forecast; the change is against ``before``, the round before as it was planned with
    what it knew, simulated in the same way. A round in which nobody named a unit has no forecast."""
    settings = launch.settings
    conduct = conduct_of(settings, len(scores), launch.chance_model)
    days = simulate(eve_of(known, scores, demand, allocation, steering), conduct)
    if before is None or before.allocation is None or before.known.picks.empty:
        return forecast_tables(days, None)
    eve_before = _steered_eve(before.known, before.scores.buyers, before.demand, before.allocation)
    return forecast_tables(days, simulate(eve_before, conduct))


def conduct_of(settings: Settings, buyers: int, model: FittedModel | None) -> Conduct:
    """How the launch's day is run and simulated; chances from ``model`` where there is one."""
    given = assumptions()
    runs = runs_within(settings.forecast_runs, buyers, given)
    chances = draw_chances(model.posterior, runs, seed_number(settings.seed, "model")) if model else None
    return Conduct(given, settings.calling_order, runs, settings.seed, chances)


def eve_of(
    known: Known, scores: pd.DataFrame, demand: pd.DataFrame, allocation: pd.DataFrame, steering: pd.DataFrame
) -> Eve:
    """The eve of the launch day, substitutes held ready for the holders included."""
    standby = standby_substitutes(demand, allocation, scores, known)
    prepared = pd.concat([steering, standby], ignore_index=True)
    return Eve(known, scores, demand, allocation, prepared, _wishes(known, scores, demand))


def _wishes(known: Known, scores: pd.DataFrame, demand: pd.DataFrame) -> pd.DataFrame:
    """What every active buyer is led on to: the layout of the best pick within the ceiling of the substitutes, or what
    those who named none told us."""
    named = losing_buyers(demand, ALLOCATION.empty(), scores, known.buyers, known.units, steering_rules())
    wishes = [named[["buyer_id", "layout", "ceiling_yuan"]], undecided_wishes(known, demand)]
    return pd.concat(wishes, ignore_index=True)


def planned_eve(known: Known, scores: pd.DataFrame, settings: Settings, policy: str) -> Eve | None:
    """The eve after planning ``known`` under ``policy``; None where rulings contradict each other."""
    demand = demand_table(known, scores, settings)
    instance = build_instance(demand, scores, known, settings)
    if hard_problems(instance):
        return None
    plan = solve(instance, settings.policies[policy], settings.time_limit_s)
    return _steered_eve(known, scores, demand, allocation_table(instance, plan, scores, demand))


def _steered_eve(known: Known, scores: pd.DataFrame, demand: pd.DataFrame, allocation: pd.DataFrame) -> Eve:
    steering = substitutes(demand, allocation, scores, known.buyers, known.units, known.decisions)
    return eve_of(known, scores, demand, allocation, steering)
