"""Launches for the drawing tests: buildings of any shape with a chosen number of willing buyers per unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sincerity import domain
from sincerity.domain import RoundResult
from tests.reports.result import five_by_four_result, frame


def launch(
    willing: Mapping[str, int],
    status: Mapping[str, str] | None = None,
    refused: Mapping[str, int] | None = None,
    name: str = "云栖府",
    synthetic: bool = True,
) -> RoundResult:
    """A round over the units of ``willing`` (``building-section-floor-room`` → willing buyers); ``refused`` names
    more buyers who will not pay the price."""
    given = five_by_four_result()
    units = [_unit(unit_id, (status or {}).get(unit_id, "available")) for unit_id in willing]
    picks = [
        {"buyer_id": f"{unit_id}/{eligible}/{number}", "unit_id": unit_id, "choice_rank": 1, "eligible": eligible}
        for counts, eligible in ((willing, True), (refused or {}, False))
        for unit_id, count in counts.items()
        for number in range(count)
    ]
    tables = {
        **given.tables,
        "units": frame(domain.QUOTED_UNITS, units),
        "demand": frame(domain.DEMAND, picks),
    }
    return replace(given, tables=tables, settings=replace(given.settings, name=name, synthetic=synthetic))


def tower(buildings: int = 1, sections: int = 1, floors: int = 3, rooms: int = 2) -> dict[str, int]:
    """Unit ids of a block with 0, 1, 2 … 6 willing buyers in turn."""
    ids = [
        f"{building}-{section}-{floor}-{room:02d}"
        for building in range(1, buildings + 1)
        for section in range(1, sections + 1)
        for floor in range(1, floors + 1)
        for room in range(1, rooms + 1)
    ]
    return {unit_id: number % 7 for number, unit_id in enumerate(ids)}


def _unit(unit_id: str, status: str) -> dict:
    building, section, floor, room = unit_id.split("-")
    return {"unit_id": unit_id, "building": building, "section": section, "floor": int(floor), "room": room,
            "layout": "三房108", "bedrooms": 3, "area_m2": 108.0, "status": status, "total_yuan": 2_700_000,
            "base_price_yuan_per_m2": 25_000, "price_yuan_per_m2": 25_000, "low_total_yuan": 2_619_000,
            "base_total_yuan": 2_700_000, "high_total_yuan": 2_781_000}
