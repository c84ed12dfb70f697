"""Units: one to a place, and areas and prices that fit their layout and the price band."""

from __future__ import annotations

import pandas as pd

from sincerity.domain import Launch
from sincerity.intake.aliases import key
from sincerity.intake.pointing import amounts, point, point_at_column
from sincerity.problems import Problem, Severity

AREA_GAP = 0.30  # share of the layout's median area beyond which a unit's area is doubted
PRICE_GAP = 0.40  # share of the layout's median price beyond which a unit's price is doubted
FEWEST_UNITS = 5  # layouts with fewer units have no telling median
PLACE = ["building", "section", "floor", "room"]
SPELLED = (("units", "layout"), ("units", "building"), ("buyers", "consultant"), ("buyers", "channel"))


def two_in_one_place(launch: Launch) -> list[Problem]:
    """Two units with the same building, section, floor and room."""
    units = launch.units[(launch.units["room"] != "") & (launch.units["floor"] != 0)]
    again = units.duplicated(PLACE) & ~units.duplicated("unit_id")
    first = units.groupby(PLACE)[["unit_id", "source_row"]].transform("first")[again]
    return point(launch, "units", "unit_id", "error", "two_in_one_place", units[again], {
        "other": first["unit_id"], "first": first["source_row"]})


def odd_areas(launch: Launch) -> list[Problem]:
    """Areas far from the median of their layout."""
    return _far_from_median(launch, "area_m2", AREA_GAP, "area_odd", "warning")


def odd_prices(launch: Launch) -> list[Problem]:
    """Base prices far from the median of their layout."""
    return _far_from_median(launch, "base_price_yuan_per_m2", PRICE_GAP, "price_odd", "warning")


def price_outside_band(launch: Launch) -> list[Problem]:
    """Execution prices outside the price band around the base price."""
    units, settings = launch.units, launch.settings
    share = units["price_yuan_per_m2"] / units["base_price_yuan_per_m2"] - 1
    outside = (share < settings.band_low - 1e-9) | (share > settings.band_high + 1e-9)
    bad = units[outside]
    return point(launch, "units", "price_yuan_per_m2", "warning", "price_outside_band", bad, {
        "base": amounts(bad["base_price_yuan_per_m2"]), "share": [f"{s:+.1%}" for s in share[outside]],
        "low": f"{settings.band_low:+.1%}", "high": f"{settings.band_high:+.1%}"})


def layout_with_two_room_counts(launch: Launch) -> list[Problem]:
    """One layout name with different numbers of bedrooms."""
    units = launch.units[launch.units["bedrooms"].notna() & (launch.units["layout"] != "")]
    usual = units.groupby("layout")["bedrooms"].transform(lambda rooms: rooms.mode().iloc[0])
    other = units["bedrooms"] != usual
    return point(launch, "units", "bedrooms", "warning", "layout_two_room_counts", units[other], {
        "layout": units["layout"][other], "usual": amounts(usual[other])})


def spelled_twice(launch: Launch) -> list[Problem]:
    """Layouts, buildings, consultants and channels written in two ways that only differ in spaces, case or marks."""
    problems = []
    for table, field in SPELLED:
        frame = getattr(launch, table)
        names = frame[field].value_counts(sort=False)
        forms: dict[str, list[str]] = {}
        for name in sorted((n for n in names.index if n), key=lambda n: (-names[n], n)):
            forms.setdefault(key(name), []).append(name)
        for usual, *others in forms.values():
            for other in others:
                first = int(frame.loc[frame[field] == other, "source_row"].min())
                problems += point(
                    launch, table, field, "warning", "spelled_twice", frame[frame["source_row"] == first],
                    {"usual": usual, "count": str(names[other]), "usual_count": str(names[usual])})
    return problems


def nothing_for_sale(launch: Launch) -> list[Problem]:
    """No unit is available."""
    if launch.units.empty or launch.units["status"].isin(["available", ""]).any():
        return []
    return [point_at_column(launch, "units", "status", "error", "nothing_for_sale", count=len(launch.units))]


def _far_from_median(launch: Launch, field: str, gap: float, code: str, severity: Severity) -> list[Problem]:
    units = launch.units[launch.units[field].notna() & (launch.units["layout"] != "")]
    by_layout = units.groupby("layout")[field]
    median = by_layout.transform("median")
    far = ((units[field] / median - 1).abs() > gap) & (by_layout.transform("size") >= FEWEST_UNITS)
    parts: dict[str, pd.Series | list[str]] = {"layout": units["layout"][far], "median": amounts(median[far])}
    return point(launch, "units", field, severity, code, units[far], parts)  # type: ignore[arg-type]
