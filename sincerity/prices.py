"""What a unit costs: its execution total and the totals at the edges and the middle of the price band.

Prices are whole 1/10,000 yuan per m², areas whole 1/100 m² and band edges whole basis points (finer digits are
rounded to these first), so every total is a product of integers and "half up to the yuan" is exact. A whole total
is told to the yuan by its price to four decimals, whatever the area.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sincerity.domain import QUOTED_UNITS
from sincerity.settings import Settings

Ints = npt.NDArray[np.int64]

PRICE_DECIMALS = 4
_PRICE_PARTS, _AREA_PARTS, _BASIS_POINTS = 10**PRICE_DECIMALS, 100, 10_000
_PARTS = _PRICE_PARTS * _AREA_PARTS  # in one yuan


def quote_units(units: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """``units`` with their totals as QUOTED_UNITS, rows in the order given; base price where no execution price is."""
    base = units["base_price_yuan_per_m2"]
    price = units["price_yuan_per_m2"].fillna(base)
    area = units["area_m2"]
    return QUOTED_UNITS.frame(
        units.assign(
            price_yuan_per_m2=price,
            total_yuan=total_yuan(price, area),
            low_total_yuan=total_yuan(base, area, settings.band_low),
            base_total_yuan=total_yuan(base, area),
            high_total_yuan=total_yuan(base, area, settings.band_high),
        )
    )


def total_yuan(price_yuan_per_m2: pd.Series, area_m2: pd.Series, step: float = 0.0) -> Ints:
    """price × area × (1 + step), rounded half up to the yuan; all prices and areas are positive."""
    factor = _BASIS_POINTS + round(step * _BASIS_POINTS)
    yuan, rest = np.divmod(_parts(price_yuan_per_m2, _PRICE_PARTS) * _parts(area_m2, _AREA_PARTS), _PARTS)
    whole, left = np.divmod(yuan * factor, _BASIS_POINTS)  # in two stages: the product of all three would overflow
    half = _PARTS * _BASIS_POINTS // 2
    return whole + (left * _PARTS + rest * factor + half) // (_PARTS * _BASIS_POINTS)


def _parts(numbers: pd.Series, in_one: int) -> Ints:
    return np.rint(numbers.to_numpy(float) * in_one).astype(np.int64)
