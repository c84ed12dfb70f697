"""Which picks of the round can be granted at all, and why the others cannot.

A ceiling is the most a buyer accepts for a unit. The most specific statement governs: the ceiling named with the
pick, else the price level the buyer accepts for it (``below`` means less than the lower edge of the band), else the
buyer's budget; without any of them the buyer has stated no ceiling.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.domain import DEMAND, Known
from sincerity.settings import Settings

ACCEPTED_TOTAL = {"low": "low_total_yuan", "base": "base_total_yuan", "high": "high_total_yuan"}


def demand_table(known: Known, buyers: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """DEMAND: every pick of the round, and every kept pair, with its ceiling, eligibility and reason.

    ``buyers`` is the SCORES frame: an active buyer is one it holds and whose state is ``active``. A kept pair that
    is no pick stands after the buyer's last choice. Kept pairs are always eligible (C3). Rows by buyer and choice.
    """
    decisions = known.decisions.groupby(["buyer_id", "unit_id"])["decision"].agg(set)
    pairs = _pairs(known.picks, decisions.index[decisions.map(lambda said: "keep" in said).astype(bool)])
    named = pairs.merge(_unit_facts(known.units), on="unit_id").merge(_buyer_facts(known.buyers, buyers), on="buyer_id")
    said = pd.MultiIndex.from_frame(named[["buyer_id", "unit_id"]])
    forbidden = said.isin(decisions.index[decisions.map(lambda said: "forbid" in said).astype(bool)])
    named["ceiling_yuan"] = _ceiling_yuan(named)
    named["reason"] = np.where(named["kept"], "", _reason(named, forbidden))
    named["eligible"] = named["reason"] == ""
    return DEMAND.frame(named.sort_values(["buyer_id", "choice_rank", "unit_id"]))


def _pairs(picks: pd.DataFrame, kept: pd.Index) -> pd.DataFrame:
    pairs = picks[["buyer_id", "unit_id", "choice_rank", "max_total_yuan", "accepts"]].copy()
    pairs["kept"] = pd.MultiIndex.from_frame(pairs[["buyer_id", "unit_id"]]).isin(kept)
    picked = pd.MultiIndex.from_frame(pairs[["buyer_id", "unit_id"]])
    added = kept.difference(picked).to_frame(index=False)
    if added.empty:
        return pairs
    last = picks.groupby("buyer_id")["choice_rank"].max()
    added["choice_rank"] = (
        added["buyer_id"].map(last).fillna(0).astype("int64") + added.groupby("buyer_id").cumcount() + 1
    )
    return pd.concat([pairs, added.assign(max_total_yuan=np.nan, accepts="", kept=True)], ignore_index=True)


def _unit_facts(units: pd.DataFrame) -> pd.DataFrame:
    return units[["unit_id", "status", "total_yuan", *ACCEPTED_TOTAL.values()]]


def _buyer_facts(known_buyers: pd.DataFrame, scored: pd.DataFrame) -> pd.DataFrame:
    facts = known_buyers[["buyer_id", "budget_yuan"]].copy()
    facts["active"] = (known_buyers["state"] == "active") & known_buyers["buyer_id"].isin(scored["buyer_id"])
    return facts


def _ceiling_yuan(named: pd.DataFrame) -> pd.Series:
    by_level = named["budget_yuan"].mask(named["accepts"] == "below", named["low_total_yuan"] - 1.0)
    for level, total in ACCEPTED_TOTAL.items():
        by_level = by_level.mask(named["accepts"] == level, named[total].astype("float64"))
    return named["max_total_yuan"].fillna(by_level)


def _reason(named: pd.DataFrame, forbidden: np.ndarray) -> np.ndarray:
    return np.select(
        [
            ~named["active"],
            named["status"] == "sold",
            named["status"] == "held",
            forbidden,
            named["total_yuan"] > named["ceiling_yuan"],
        ],
        ["buyer_inactive", "unit_sold", "unit_held", "forbidden", "price_above_ceiling"],
        default="",
    )
