"""Which prices a unit may take: its band in equal steps, each rounded as it will be quoted.

Rounding comes first, so that whatever is planned with these prices holds for the prices people see. A price is
rounded down to the quotation unit: it never passes the band's upper edge, a buyer who accepts an edge accepts its
quoted price, and the lowest price lies below the lower edge by less than one quotation unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sincerity.allocation.instance import Ints
from sincerity.prices import PRICE_DECIMALS
from sincerity.pricing.problem import BASIS_POINTS, MILLS
from sincerity.settings import Settings

AREA_PARTS = 100  # areas are whole hundredths of a m²


@dataclass(frozen=True)
class UnitSteps:
    """The steps of every unit, in the order of the units given. All arrays (U,) or (U, S), prices ascending."""

    mills: Ints  # (U, S) price per m² in thousandths of a yuan, to compare prices by
    prices: np.ndarray  # (U, S) price per m² in yuan as it is written: price × area, half up, is the total
    totals: Ints  # (U, S) total price in yuan
    locked: np.ndarray  # (U,) the price is settled: all steps are equal and only step 0 is used
    base_step: Ints  # (U,) step whose total is nearest to the base total, the lower of two
    low_share: np.ndarray  # (U,) lower edge of the unit's band
    high_share: np.ndarray  # (U,)


def unit_steps(units: pd.DataFrame, settings: Settings) -> UnitSteps:
    """The steps of ``units`` (QUOTED_UNITS)."""
    low, high = unit_bands(units, settings)
    points = _basis_points(low)[:, None] + np.rint(
        (_basis_points(high) - _basis_points(low))[:, None] * np.linspace(0, 1, settings.price.steps)
    ).astype(np.int64)
    area = area_parts(units)
    mills, totals, prices = _rounded_down(thousandths(units["base_price_yuan_per_m2"]), points, area, settings)
    settled = units["unit_id"].map(
        pd.Series({lock.unit_id: lock.price_yuan_per_m2 for lock in settings.price.locked}, dtype="float64")
    )
    locked = settled.notna().to_numpy()
    mills[locked] = thousandths(settled[locked])[:, None]
    totals[locked], prices[locked] = total_of(mills[locked], area[locked]), mills[locked] / MILLS
    gap = np.abs(totals - units["base_total_yuan"].to_numpy()[:, None])
    return UnitSteps(mills, prices, totals, locked, gap.argmin(axis=1), low, high)


def _rounded_down(base_mills: Ints, points: Ints, area: Ints, settings: Settings) -> tuple[Ints, Ints, np.ndarray]:
    """(U, S) prices in thousandths, totals, and prices as they are written, of bases moved by basis ``points``."""
    exact = base_mills[:, None] * (BASIS_POINTS + points)  # thousandths of a yuan × basis points
    if settings.price.round_to == "price":
        unit = settings.price.round_yuan * MILLS
        mills = exact // (BASIS_POINTS * unit) * unit
        return mills, total_of(mills, area), mills / MILLS
    wide, unit = area[:, None], settings.price.round_yuan
    totals = exact * wide // (BASIS_POINTS * MILLS * AREA_PARTS * unit) * unit
    mills = (totals * MILLS * AREA_PARTS * 2 + wide) // (2 * wide)
    return mills, totals, np.round(totals * AREA_PARTS / wide, PRICE_DECIMALS)


def unit_bands(units: pd.DataFrame, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """The edges of every unit's band; of several bands that name a unit, the last in the settings counts."""
    low, high = np.full(len(units), settings.band_low), np.full(len(units), settings.band_high)
    for band in settings.price.bands:
        named = (
            units["unit_id"].isin(band.units)
            | ((units["layout"] == band.layout) & (band.layout != ""))
            | ((units["building"] == band.building) & (band.building != ""))
        ).to_numpy()
        low[named], high[named] = band.low, band.high
    return low, high


def total_of(mills: Ints, area: Ints) -> Ints:
    """(U, S) price × area, half up to the yuan."""
    yuan = MILLS * AREA_PARTS
    return (mills * area[:, None] + yuan // 2) // yuan


def thousandths(prices: pd.Series) -> Ints:
    """Prices in whole thousandths of a yuan."""
    return np.rint(prices.to_numpy(float) * MILLS).astype(np.int64)


def area_parts(units: pd.DataFrame) -> Ints:
    """Areas in whole hundredths of a m²."""
    return np.rint(units["area_m2"].to_numpy(float) * AREA_PARTS).astype(np.int64)


def _basis_points(shares: np.ndarray) -> Ints:
    return np.rint(shares * BASIS_POINTS).astype(np.int64)
