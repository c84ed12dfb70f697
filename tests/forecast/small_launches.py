"""Small launches put through intake's own tables to the eve of the launch day, and their simulated days."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pandas as pd

from sincerity import domain
from sincerity.allocation.demand import demand_table
from sincerity.domain import ALLOCATION, STEERING
from sincerity.forecast.eve import Eve
from sincerity.forecast.undecided import undecided_offers
from sincerity.keyed_hash import household_number, pair_number, unit_keys
from sincerity.known import known_at
from tests import cases
from tests.forecast.exact import Guest, SmallLaunch

REGISTERED = datetime(2026, 10, 10)


def eve_of(launch: SmallLaunch) -> Eve:
    """The eve of ``launch``: couples joined, ceilings applied, rulings kept; grades, plan and substitutes as given."""
    settings = cases.settings()
    told = domain.Launch(
        settings=settings, units=_units(launch), buyers=_buyers(launch), picks=_picks(launch),
        touchpoints=domain.TOUCHPOINTS.empty(), answers=domain.ANSWERS.empty(), targets=domain.TARGETS.empty(),
        decisions=cases.table(domain.DECISIONS, [
            {"unit_id": unit, "buyer_id": name, "decision": "keep", "by": "Lin", "reason": "owner"}
            for unit, name in launch.kept.items()]),
        outcomes=domain.OUTCOMES.empty(),
    )
    known, _ = known_at(told, 3)
    price = dict(zip(known.units["unit_id"], known.units["total_yuan"], strict=True))
    if price != dict(launch.units):
        raise ValueError(f"the launch asks other prices than it states: {price}")
    scores = pd.DataFrame({
        "buyer_id": [guest.name for guest in launch.guests],
        "grade": [guest.grade for guest in launch.guests],
        "score": [guest.points for guest in launch.guests],
        "priority_rank": range(1, len(launch.guests) + 1),
    })
    demand = demand_table(known, scores, settings)
    return Eve(known, scores, demand, _plan(launch), _steering(launch), _wishes(launch))


def as_settled(launch: SmallLaunch, eve: Eve, looks: int, seed: str) -> SmallLaunch:
    """``launch`` with what was settled on the eve by hash: what those who named nothing look at, and where everybody
    looks first when led on."""
    found = undecided_offers(eve.known, eve.demand, looks, seed).sort_values("look_no")
    listed = found.groupby("buyer_id")["unit_id"].agg(tuple).to_dict()
    hashes = pair_number(seed, [""] * len(eve.known.units), unit_keys(eve.known.units).tolist()).tolist()
    place = dict(zip(eve.known.units["unit_id"], hashes, strict=True))
    keys = household_number(seed, eve.known.buyers["household_key"]).tolist()
    start = dict(zip(eve.known.buyers["buyer_id"], keys, strict=True))
    return replace(launch, guests=tuple(
        replace(guest, looks=listed.get(guest.name, ()), led_to=_led_to(launch, guest, place, start[guest.name]))
        for guest in launch.guests))


def _led_to(launch: SmallLaunch, guest: Guest, place: dict[str, int], start: int) -> tuple[str, ...]:
    """Units nobody holds or keeps, not named by ``guest``, within the wish, along the ring from ``start``."""
    if guest.wish_yuan is None:
        return ()
    shut = {*launch.held, *launch.kept, *guest.picks}
    units = [unit for unit, total in launch.units.items() if unit not in shut and total <= guest.wish_yuan]
    return tuple(sorted(units, key=lambda unit: (place[unit] < start, place[unit])))


def _units(launch: SmallLaunch) -> pd.DataFrame:
    return cases.table(domain.UNITS, [
        {"unit_id": unit, "building": "1", "section": "1", "floor": floor, "room": "01", "layout": "2BR",
         "area_m2": 100.0, "base_price_yuan_per_m2": total / 100,
         "status": "held" if unit in launch.held else "available"}
        for floor, (unit, total) in enumerate(launch.units.items(), 1)
    ])


def _members(guest: Guest) -> list[str]:
    return [guest.name, f"{guest.name}-2"] if guest.couple else [guest.name]


def _buyers(launch: SmallLaunch) -> pd.DataFrame:
    return cases.table(domain.BUYERS, [
        {"buyer_id": member, "phone": f"1380000{9_001 - number}", "registered_on": REGISTERED, "commitment": "card",
         "queue_no": "" if guest.queue is None else f"No. {guest.queue}"}
        for number, guest in enumerate(launch.guests) for member in _members(guest)
    ])


def _picks(launch: SmallLaunch) -> pd.DataFrame:
    return cases.table(domain.PICKS, [
        {"round": 3, "buyer_id": member, "choice_rank": rank, "unit_id": unit, "recorded_at": datetime(2026, 11, 19),
         "max_total_yuan": guest.ceiling_yuan if guest.ceiling_yuan < 1e9 else float("nan")}
        for guest in launch.guests for member in _members(guest) for rank, unit in enumerate(guest.picks, 1)
    ])


def _plan(launch: SmallLaunch) -> pd.DataFrame:
    planned = [guest for guest in launch.guests if guest.planned]
    return ALLOCATION.empty().reindex(range(len(planned))).assign(
        buyer_id=[guest.name for guest in planned], unit_id=[guest.planned for guest in planned], kept=False)


def _wishes(launch: SmallLaunch) -> pd.DataFrame:
    """Half of them wish for any layout, half for the one there is."""
    led = [(guest.name, "2BR" if number % 2 else "", guest.wish_yuan)
           for number, guest in enumerate(launch.guests) if guest.wish_yuan is not None]
    return pd.DataFrame(led, columns=["buyer_id", "layout", "ceiling_yuan"])


def _steering(launch: SmallLaunch) -> pd.DataFrame:
    rows = [(guest.name, number, unit) for guest in launch.guests for number, unit in enumerate(guest.substitutes, 1)]
    offered = pd.DataFrame(rows, columns=["buyer_id", "option_no", "unit_id"])
    return STEERING.empty().reindex(range(len(rows))).assign(**offered)
