"""The largest risks of the day, each with the units it puts at stake.

    crowded     more buyers name the layout first than it has units: ready buyers leave with nothing
    unwanted    fewer buyers name the layout first than it has units: units stay
    overpriced  buyers every one of whose picks is above what they accept
    unsteady    how far a poor day (P10) falls below the middle one
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sincerity.domain import RISKS
from sincerity.forecast.eve import Days
from sincerity.forecast.ranges import ranges

SHOWN = 3
OF_ONE_KIND = 2
WORTH_SAYING = 0.5  # units


def risks(days: Days) -> pd.DataFrame:
    """RISKS, largest first, at most two of one kind; those that put less than half a unit at stake are left out."""
    found = pd.concat([_by_layout(days), _overpriced(days), _unsteady(days)], ignore_index=True)
    found = found[found["at_stake"] >= WORTH_SAYING].sort_values(
        ["at_stake", "risk", "member"], ascending=[False, True, True], kind="stable"
    )
    found = found[found.groupby("risk").cumcount() < OF_ONE_KIND].head(SHOWN)
    return RISKS.frame(found.assign(risk_no=np.arange(1, len(found) + 1)))


def _by_layout(days: Days) -> pd.DataFrame:
    """A layout is crowded or unwanted, by its first names and its units."""
    layout = days.units["layout"]
    stock = layout.value_counts().sort_index()
    first = _first_layouts(days)
    named = first[first != ""].value_counts().reindex(stock.index, fill_value=0)
    sold = np.bincount(days.sales.unit, minlength=len(layout)) / days.sales.runs
    unsold = stock - pd.Series(sold).groupby(layout.to_numpy()).sum().reindex(stock.index, fill_value=0)
    left_out = pd.Series(_ready_without(days)).groupby(first.to_numpy()).sum().reindex(stock.index, fill_value=0)
    crowded = named > stock
    return pd.DataFrame({
        "risk": np.where(crowded, "crowded", "unwanted"),
        "member": stock.index,
        "names": named.to_numpy(),
        "units": stock.to_numpy(),
        "at_stake": np.where(crowded, left_out, unsold),
    })


def _first_layouts(days: Days) -> pd.Series:
    """Per invited buyer the layout of the best own pick at an accepted price; "" without one."""
    picks = days.eve.demand[days.eve.demand["eligible"]].sort_values(["choice_rank", "unit_id"])
    best = picks.drop_duplicates("buyer_id").set_index("buyer_id")["unit_id"]
    layout = days.units.set_index("unit_id")["layout"]
    return pd.Series(best.reindex(days.scene.buyer_ids).map(layout).astype(object).fillna("").to_numpy())


def _ready_without(days: Days) -> npt.NDArray[np.float64]:
    """Per buyer the share of runs in which they come ready to buy and leave without a unit."""
    ready = (days.draws.depth > days.scene.readiest[:, None]).mean(axis=1)
    return ready - np.bincount(days.sales.buyer, minlength=days.scene.buyers) / days.sales.runs


def _overpriced(days: Days) -> pd.DataFrame:
    """Buyers who named units and accept the price of none, with what their grades would have ordered."""
    demand = days.eve.demand
    priced_out = demand["reason"] == "price_above_ceiling"
    of_buyer = pd.DataFrame({"open": demand["eligible"], "over": priced_out}).groupby(demand["buyer_id"]).any()
    lost = of_buyer.index[of_buyer["over"] & ~of_buyer["open"]]
    grade = days.eve.scores.set_index("buyer_id")["grade"].reindex(lost).dropna()
    given = days.conduct.given
    stake = grade.map(given.show).astype(float) * grade.map(given.accept).astype(float)
    units = demand.loc[demand["buyer_id"].isin(grade.index), "unit_id"].nunique()
    return _one("overpriced", len(grade), units, float(stake.sum()))


def _unsteady(days: Days) -> pd.DataFrame:
    found = ranges(days.sold, "sold")
    return _one("unsteady", days.scene.buyers, int(found["sold_p10"]), float(found["sold_p50"] - found["sold_p10"]))


def _one(risk: str, names: int, units: int, at_stake: float) -> pd.DataFrame:
    return pd.DataFrame({"risk": [risk], "member": [""], "names": [names], "units": [units], "at_stake": [at_stake]})
