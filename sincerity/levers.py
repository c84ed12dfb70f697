"""Levers side by side: the same launch days, met by other calling orders, policies, prices, steering and releases.

Every alternative is simulated with the random numbers of the present arrangement, so run r is the same day with the
same buyers in the same mood; what is published is the difference, day by day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pandas as pd

from sincerity.domain import ALLOCATION, LEVERS, Known, Launch
from sincerity.forecast.eve import Days, Eve, simulate
from sincerity.forecast.ranges import ranges
from sincerity.forecasting import conduct_of, planned_eve
from sincerity.settings import Settings

PRICE_LEVELS = {"low": "low_total_yuan", "base": "base_total_yuan", "high": "high_total_yuan"}

Plan = Callable[[Known, str], Eve | None]  # the eve after planning what is known under a policy
Alternative = tuple[str, str, Days]  # lever, choice, its days


def compare_levers(
    launch: Launch, known: Known, scores: pd.DataFrame, held_back: Sequence[tuple[str, ...]] = ()
) -> pd.DataFrame:
    """LEVERS: the present arrangement first, then every alternative.

    ``held_back`` are sets of unit ids to keep for a later release; without any, each building in turn is held back.
    Alternatives that cannot be planned (rulings on units held back contradict) are left out.
    """
    settings = launch.settings
    conduct = conduct_of(settings, len(scores), launch.chance_model)

    def plan(known: Known, policy: str) -> Eve | None:
        return planned_eve(known, scores, settings, policy)

    eve = plan(known, settings.policy)
    if eve is None:
        return LEVERS.empty()
    now = simulate(eve, conduct)
    rows = [_row("current", "", now, now)]
    rows += [_row(lever, choice, days, now) for lever, choice, days in _alternatives(now, plan, settings, held_back)]
    return LEVERS.frame(pd.DataFrame(rows))


def _alternatives(
    now: Days, plan: Plan, settings: Settings, held_back: Sequence[tuple[str, ...]]
) -> Iterator[Alternative]:
    eve, conduct = now.eve, now.conduct
    for order in conduct.given.orders:
        if order != conduct.order:
            yield "order", order, simulate(eve, replace(conduct, order=order), now)
    for policy in settings.policies:
        if policy != settings.policy:
            yield from _planned("policy", policy, plan(eve.known, policy), now)
    for level, total in PRICE_LEVELS.items():
        if (eve.known.units["total_yuan"] != eve.known.units[total]).any():
            yield from _planned("price", level, plan(_priced(eve.known, total), settings.policy), now)
    unplanned = replace(eve, plan=ALLOCATION.empty())
    yield "steering", "substitutes_only", simulate(unplanned, conduct, now)
    yield "steering", "none", simulate(eve.unsteered(), conduct, now)
    for name, units in _releases(eve.known, held_back):
        yield from _planned("release", name, plan(_without(eve.known, units), settings.policy), now)


def _planned(lever: str, choice: str, eve: Eve | None, now: Days) -> Iterator[Alternative]:
    if eve is not None:
        yield lever, choice, simulate(eve, now.conduct, now)


def _priced(known: Known, total: str) -> Known:
    return replace(known, units=known.units.assign(total_yuan=known.units[total]))


def _without(known: Known, unit_ids: Sequence[str]) -> Known:
    """``known`` with the units held back."""
    back = known.units["unit_id"].isin(unit_ids) & (known.units["status"] == "available")
    return replace(known, units=known.units.assign(status=known.units["status"].mask(back, "held")))


def _releases(known: Known, held_back: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, Sequence[str]]]:
    """What to hold back, by name: the sets given, else each building when there are several."""
    if held_back:
        yield from ((" ".join(units), units) for units in held_back)
        return
    on_sale = known.units[known.units["status"] == "available"]
    by_building = on_sale.groupby("building")["unit_id"].agg(tuple)
    if len(by_building) > 1:
        yield from by_building.items()


def _row(lever: str, choice: str, days: Days, now: Days) -> dict[str, object]:
    change = days.sold - now.sold
    money = ranges(days.revenue_yuan, "revenue", "_yuan")
    return {
        "lever": lever,
        "choice": choice,
        "units": days.scene.units,
        **ranges(days.sold, "sold"),
        "revenue_p50_yuan": money["revenue_p50_yuan"],
        **ranges(change, "sold_change"),
        "sold_change_mean": change.mean(),
        **ranges(days.revenue_yuan - now.revenue_yuan, "revenue_change", "_yuan"),
    }
