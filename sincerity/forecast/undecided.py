"""Buyers who named no unit: some come all the same and buy one that is still free.

Each of them looks at a few units of the layout they told us (any layout where they told none) within their budget,
after everybody who named a unit has been called. Which ones is settled on a ring: all units of the launch and all
households stand on it by their keyed hash, and a household looks at the units that follow it. So the list of one
household never depends on the others, and a unit taken off sale only shortens the lists it stood on.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.domain import Known
from sincerity.keyed_hash import household_number, pair_number, unit_keys


def undecided_offers(known: Known, demand: pd.DataFrame, looks: int, seed: str) -> pd.DataFrame:
    """Offers of the active buyers without any pick: ``buyer_id``, ``unit_id``, ``look_no`` from 1."""
    buyers = _without_picks(known, demand)
    parts = [_looks(members, known.units, layout, looks, seed) for layout, members in buyers.groupby("layout")]
    if not parts:
        return pd.DataFrame({"buyer_id": [], "unit_id": [], "look_no": []}).astype({"look_no": "int64"})
    return pd.concat(parts, ignore_index=True)


def undecided_wishes(known: Known, demand: pd.DataFrame) -> pd.DataFrame:
    """What the same buyers can be led to: ``buyer_id``, ``layout`` ("": any), ``ceiling_yuan`` (no budget: none)."""
    buyers = _without_picks(known, demand)
    return buyers[["buyer_id", "layout"]].assign(ceiling_yuan=buyers["budget_yuan"].fillna(np.inf))


def _without_picks(known: Known, demand: pd.DataFrame) -> pd.DataFrame:
    """Active buyers without any pick: ``buyer_id``, ``household_key``, ``budget_yuan``, ``layout`` they wish for."""
    buyers = known.buyers[(known.buyers["state"] == "active") & ~known.buyers["buyer_id"].isin(demand["buyer_id"])]
    return buyers[["buyer_id", "household_key", "budget_yuan"]].assign(
        layout=buyers["buyer_id"].map(_wished_layouts(known)).astype(object).fillna("").astype("str")
    )


def _wished_layouts(known: Known) -> pd.Series:
    """By buyer id the layout last named in an answer."""
    answer = known.answers["answer"].str.strip()
    named = known.answers.assign(answer=answer)[answer.isin(known.units["layout"])]
    newest = named.sort_values(["recorded_at", "answer"], kind="stable", na_position="first")
    return newest.drop_duplicates("buyer_id", keep="last").set_index("buyer_id")["answer"]


def _looks(buyers: pd.DataFrame, units: pd.DataFrame, layout: str, looks: int, seed: str) -> pd.DataFrame:
    """The first ``looks`` units on the ring behind each buyer; of these the ones on sale within the budget."""
    stock = units[units["layout"] == layout] if layout else units
    place = pair_number(seed, [""] * len(stock), unit_keys(stock).tolist())
    ring, places = stock.iloc[np.argsort(place)], np.sort(place)
    start = np.searchsorted(places, household_number(seed, buyers["household_key"]))
    ahead = np.arange(min(looks, len(ring)))
    unit = (start[:, None] + ahead) % max(1, len(ring))
    budget = buyers["budget_yuan"].fillna(np.inf).to_numpy()[:, None]
    fits = (ring["total_yuan"].to_numpy()[unit] <= budget) & (ring["status"] == "available").to_numpy()[unit]
    row, look = np.nonzero(fits)
    return pd.DataFrame({
        "buyer_id": buyers["buyer_id"].to_numpy(object)[row],
        "unit_id": ring["unit_id"].to_numpy(object)[unit[row, look]],
        "look_no": look + 1,
    })
