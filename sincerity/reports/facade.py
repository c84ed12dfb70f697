"""The buildings as they stand: sections side by side, floors from the top down, rooms as stacks.

Only the units' own words decide where they stand. A place nobody released stays empty; two units that
claim one place both keep a column, so no unit is ever lost.
"""

from __future__ import annotations

import re

import pandas as pd

from sincerity.reports.view import FacadeBuilding, FacadeSection

_DIGITS = re.compile(r"(\d+)")
NaturalKey = tuple[tuple[int, int, str], ...]


def facade(units: pd.DataFrame) -> tuple[FacadeBuilding, ...]:
    """The buildings of ``units`` (QUOTED_UNITS) in natural order.

    All sections of a building carry the building's floors, so that one floor is one line across them. A room
    is a column: its number without the floor (``1203`` on floor 12 is ``03``), read from ``room`` or else
    from the end of ``unit_id``. Units that give no room take columns in the order of their ids on the floor.
    """
    placed = _with_places(units)
    names = sorted(placed["building"].unique(), key=natural_key)
    groups = dict(tuple(placed.groupby("building", sort=False)))
    return tuple(_building(name, groups[name]) for name in names)


def natural_key(text: str) -> NaturalKey:
    """A sort key that puts 2 before 10 and ``1#`` before ``A座``; equal only for equal numbers and letters."""
    parts = (part for part in _DIGITS.split(text) if part)
    return tuple((0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts)


def _with_places(units: pd.DataFrame) -> pd.DataFrame:
    """Units with ``column`` (room label) and ``twin`` (0 for the first unit in a place, 1 for the next …)."""
    placed = units[["unit_id", "building", "section", "floor"]].copy()
    placed["column"] = [
        _room_label(room, unit_id, floor)
        for room, unit_id, floor in zip(units["room"], units["unit_id"], units["floor"], strict=True)
    ]
    placed = placed.sort_values("unit_id", key=lambda ids: ids.map(natural_key), kind="stable")
    placed["twin"] = placed.groupby(["building", "section", "floor", "column"]).cumcount()
    return placed


def _room_label(room: str, unit_id: str, floor: int) -> str:
    """The stack a unit belongs to: ``03`` for room ``1203`` or unit ``1-2-1203`` on floor 12; "" when unknown."""
    pattern = re.compile(rf"(?:^|[^\d])0*{abs(floor)}(\d\d)$")
    if room:
        full = pattern.search(room)
        return full[1] if full else room
    tail = pattern.search(unit_id)
    return tail[1] if tail else ""


def _building(name: str, units: pd.DataFrame) -> FacadeBuilding:
    floors = tuple(sorted((int(floor) for floor in units["floor"].unique()), reverse=True))
    sections = dict(tuple(units.groupby("section", sort=False)))
    return FacadeBuilding(
        name=name,
        sections=tuple(_section(key, sections[key], floors) for key in sorted(sections, key=natural_key)),
    )


def _section(name: str, units: pd.DataFrame, floors: tuple[int, ...]) -> FacadeSection:
    places = list(zip(units["column"], units["twin"], strict=True))
    columns = sorted(set(places), key=lambda place: (natural_key(place[0]), place[1]))
    where = {
        (int(floor), *place): unit_id
        for floor, place, unit_id in zip(units["floor"], places, units["unit_id"], strict=True)
    }
    return FacadeSection(
        name=name,
        rooms=tuple(room for room, _ in columns),
        floors=floors,
        unit_ids=tuple(tuple(where.get((floor, *column)) for column in columns) for floor in floors),
    )
