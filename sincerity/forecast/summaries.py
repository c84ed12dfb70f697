"""The simulated days as tables: totals by every cut, the absorption curve, every unit and every buyer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from sincerity.domain import (
    ABSORPTION_CURVE,
    FORECAST_BUYERS,
    FORECAST_CHANGE,
    FORECAST_GRADES,
    FORECAST_TOTALS,
    FORECAST_UNITS,
    GRADES,
)
from sincerity.forecast.assumptions import CHOICES
from sincerity.forecast.eve import Days
from sincerity.forecast.ranges import ranges, share_inside
from sincerity.forecast.scene import SUBSTITUTE, UNDECIDED, Ints

WAVES = 3


def forecast_totals(days: Days) -> pd.DataFrame:
    """FORECAST_TOTALS: units sold and revenue in total, by layout, building, floor band and price band."""
    return pd.concat([_totals(days, scope, member) for scope, member in _cuts(days)], ignore_index=True)


def absorption_curve(days: Days) -> pd.DataFrame:
    """ABSORPTION_CURVE at evenly spread calling positions, 0 and the last one included."""
    last = days.scene.buyers
    at = np.unique(np.linspace(0, last, days.conduct.given.curve_points + 1).round().astype(np.int64))
    step = np.searchsorted(at, days.sales.position)
    sold = _counts(days, step, len(at)).cumsum(axis=1)
    return ABSORPTION_CURVE.frame({"position": at, **ranges(sold, "sold")})


def forecast_units(days: Days) -> pd.DataFrame:
    """FORECAST_UNITS: chance to sell, the wave in which most of its sales fall, and the buyer who takes it most often.

    Waves are thirds of the invited buyers; sales to those who named no unit fall into the last. Of equal waves the
    earlier counts, of equal buyers the one with priority.
    """
    sales, scene = days.sales, days.scene
    sold = np.bincount(sales.unit, minlength=scene.units)
    third = np.minimum((WAVES * sales.position - 1) // max(1, scene.invited), WAVES - 1)
    by_wave = np.bincount(sales.unit * WAVES + third, minlength=scene.units * WAVES).reshape(-1, WAVES)
    positions = np.bincount(sales.unit, weights=sales.position, minlength=scene.units)
    buyer, times = _most_frequent_buyer(days)
    return FORECAST_UNITS.frame({
        "unit_id": scene.unit_ids,
        "chance_to_sell": sold / sales.runs,
        "wave": np.where(sold > 0, by_wave.argmax(axis=1) + 1, 0),
        "expected_position": _mean(positions, sold),
        "likely_buyer_id": np.where(times > 0, np.append(scene.buyer_ids, "")[buyer], ""),
        "likely_buyer_chance": times / sales.runs,
    })


def forecast_buyers(days: Days) -> pd.DataFrame:
    """FORECAST_BUYERS in the order of priority, those who named no unit last."""
    sales, scene = days.sales, days.scene
    kinds = np.bincount(sales.buyer * len(CHOICES) + sales.kind, minlength=scene.buyers * len(CHOICES))
    share = kinds.reshape(scene.buyers, len(CHOICES)) / sales.runs
    picks, other = share[:, :SUBSTITUTE].sum(axis=1), share[:, SUBSTITUTE] + share[:, UNDECIDED]
    return FORECAST_BUYERS.frame({
        "buyer_id": scene.buyer_ids,
        "grade": np.array(GRADES)[scene.grade],
        "chance_to_come": days.draws.came,
        "chance_first_choice": share[:, 0],
        "chance_pick": picks,
        "chance_substitute": other,
        "chance_nothing": 1 - picks - other,
        "expected_position": _expected_positions(days),
    })


def forecast_grades(days: Days) -> pd.DataFrame:
    """FORECAST_GRADES: orders by the buyers' grade."""
    orders = _counts(days, days.scene.grade[days.sales.buyer], len(GRADES))
    invited = np.bincount(days.scene.grade, minlength=len(GRADES))
    return FORECAST_GRADES.frame({
        "grade": GRADES, "buyers": invited, **ranges(orders, "orders"), "orders_days_inside": share_inside(orders),
    })


def forecast_change(now: Days, before: Days) -> pd.DataFrame:
    """FORECAST_CHANGE, run by run: in total and by every layout on sale in either round."""
    layouts = sorted({*now.units["layout"], *before.units["layout"]})
    sold_now, sold_before = (np.column_stack([days.sold, _by_layout(days, layouts)]) for days in (now, before))
    return FORECAST_CHANGE.frame({
        "scope": ["all", *("layout" for _ in layouts)],
        "member": ["", *layouts],
        "round_before": before.eve.known.round,
        "sold_p50_before": ranges(sold_before, "sold")["sold_p50"],
        "sold_p50": ranges(sold_now, "sold")["sold_p50"],
        **ranges(sold_now - sold_before, "change"),
    })


def _cuts(days: Days) -> Iterator[tuple[str, npt.NDArray]]:
    """Every way to cut the stock: scope, and the member each unit belongs to."""
    units, given = days.units, days.conduct.given
    yield "all", np.full(len(units), "", dtype=object)
    yield "layout", units["layout"].to_numpy(object)
    yield "building", units["building"].to_numpy(object)
    yield "floor_band", _equal_height(units["floor"].to_numpy(), given.floor_bands)
    yield "price_band", _equal_count(units["total_yuan"].to_numpy(), given.price_bands)


def _equal_height(floors: Ints, bands: int) -> npt.NDArray:
    low, high = floors.min(initial=10**6), floors.max(initial=0)
    return _named_bands(floors, np.minimum((floors - low) * bands // max(1, high - low + 1), bands - 1))


def _equal_count(totals: Ints, bands: int) -> npt.NDArray:
    edges = np.quantile(totals, np.arange(1, bands) / bands, method="inverted_cdf") if len(totals) else totals
    return _named_bands(totals, np.searchsorted(edges, totals))


def _named_bands(values: Ints, band: Ints) -> npt.NDArray:
    """``low-high`` of the values that fall into each band."""
    by_band = pd.Series(values).groupby(band)
    low, high = by_band.transform("min").astype(str), by_band.transform("max").astype(str)
    return (low + "-" + high).to_numpy(object)


def _totals(days: Days, scope: str, member: npt.NDArray) -> pd.DataFrame:
    """One row per member; bands from low to high, names by their own order."""
    names = sorted(set(member), key=_band_first)
    code = pd.Index(names).get_indexer(member)
    sold = _counts(days, code[days.sales.unit], len(names))
    revenue = _counts(days, code[days.sales.unit], len(names), days.scene.total_yuan[days.sales.unit])
    return FORECAST_TOTALS.frame({
        "scope": [scope] * len(names),
        "member": names,
        "units": np.bincount(code, minlength=len(names)),
        **ranges(sold, "sold"),
        "sold_days_inside": share_inside(sold),
        "sold_mean": sold.mean(axis=0),
        **ranges(revenue, "revenue", "_yuan"),
        "revenue_days_inside": share_inside(revenue),
    })


def _band_first(name: str) -> tuple[int, str]:
    low = name.split("-")[0]
    return (int(low) if low.isdecimal() and "-" in name else 0, name)


def _counts(days: Days, member: Ints, members: int, weights: Ints | None = None) -> npt.NDArray:
    """Sales (or their ``weights``) per run and member, (runs, members)."""
    cell = days.sales.run.astype(np.int64) * members + member
    return np.bincount(cell, weights=weights, minlength=days.sales.runs * members).reshape(days.sales.runs, members)


def _by_layout(days: Days, layouts: list[str]) -> npt.NDArray:
    return _counts(days, pd.Index(layouts).get_indexer(days.units["layout"])[days.sales.unit], len(layouts))


def _mean(sums: npt.NDArray, counts: npt.NDArray) -> npt.NDArray:
    return np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)


def _most_frequent_buyer(days: Days) -> tuple[npt.NDArray, npt.NDArray]:
    """Per unit the buyer (B where nobody) and in how many runs they take it."""
    sales, scene = days.sales, days.scene
    pair, times = np.unique(sales.unit.astype(np.int64) * scene.buyers + sales.buyer, return_counts=True)
    unit, buyer = pair // max(1, scene.buyers), pair % max(1, scene.buyers)
    best = np.lexsort((buyer, -times, unit))
    first = best[np.unique(unit[best], return_index=True)[1]]
    who, how_often = np.full(scene.units, scene.buyers), np.zeros(scene.units)
    who[unit[first]], how_often[unit[first]] = buyer[first], times[first]
    return who, how_often


def _expected_positions(days: Days) -> npt.NDArray:
    """Mean calling position of every buyer, whether they come or not."""
    total, position = np.zeros(days.scene.buyers, dtype=np.int64), np.arange(1, days.scene.buyers + 1)
    for called in days.order:
        total[called] += position
    return total / len(days.order)
