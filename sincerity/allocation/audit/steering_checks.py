"""Checks of the substitutes: free units only, none exclusive to two buyers, within every ceiling, none forgotten."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.allocation.audit.evidence import PAIR, Evidence, Mask, positions


def steering_buyers(e: Evidence) -> Mask:
    """Steering: the buyer has a unit, is not active, has no pick, or the unit lost is not the best pick."""
    steering, losers = e.tables["steering"], _losers(e)
    return steering["buyer_id"].map(losers["unit_id"]).astype("str").fillna("") != steering["from_unit_id"]


def steering_units(e: Evidence) -> Mask:
    """Steering: the unit is not free, a pick of the buyer, forbidden, or offered to the buyer twice."""
    steering = e.tables["steering"]
    own = positions(e.tables["demand"], steering) >= 0
    free = steering["unit_id"].isin(_free_units(e).index)
    return ~free | own | e.decided(steering, "forbid") | steering.duplicated(PAIR)


def steering_exclusive(e: Evidence) -> Mask:
    """Steering: option 1 given to two buyers, an option twice or out of range, or a unit shared by too many."""
    steering = e.tables["steering"]
    first = steering["option_no"] == 1
    twice = first & steering[first].duplicated("unit_id").reindex(steering.index, fill_value=False)
    shared = steering[~first].groupby("unit_id").cumcount().reindex(steering.index, fill_value=0)
    crowded = ~first & (shared >= e.parameters["steering"]["buyers_per_shared_unit"])
    without_second = (steering["option_no"] == 3) & ~steering["buyer_id"].isin(
        steering.loc[steering["option_no"] == 2, "buyer_id"]
    )
    again = steering.duplicated(["buyer_id", "option_no"])
    return twice | crowded | again | ~steering["option_no"].isin([1, 2, 3]) | without_second


def steering_price(e: Evidence) -> Mask:
    """Steering: the unit costs more than the buyer's ceiling."""
    steering = e.tables["steering"]
    ceiling = steering["buyer_id"].map(_losers(e)["ceiling_yuan"])
    return steering["unit_id"].map(e.units["total_yuan"]) > ceiling


def steering_gaps(e: Evidence) -> Mask:
    """Steering: price, gaps or marks are not the differences between the two units."""
    steering = e.tables["steering"]
    new, lost = e.units.reindex(steering["unit_id"]), e.units.reindex(steering["from_unit_id"])
    new, lost = new.reset_index(drop=True), lost.reset_index(drop=True)
    wrong = [
        steering["total_yuan"] != new["total_yuan"],
        steering["price_gap_yuan"] != new["total_yuan"] - lost["total_yuan"],
        (steering["area_gap_m2"] - (new["area_m2"] - lost["area_m2"])).abs() > 0.005001,
        steering["floor_gap"] != new["floor"] - lost["floor"],
        steering["same_layout"] != (new["layout"] == lost["layout"]),
        steering["same_building"] != (new["building"] == lost["building"]),
    ]
    marks = {"layout": ~steering["same_layout"], "building": ~steering["same_building"]}
    named = [steering["gives_up"].str.contains(rf"\b{code}\b") != mark for code, mark in marks.items()]
    return np.logical_or.reduce([*wrong, *named])


def steering_complete(e: Evidence) -> Mask:
    """Buyers: left without a unit and without option 1, though a unit nobody is sent to first lies within reach."""
    steering, losers = e.tables["steering"], _losers(e)
    first = steering[steering["option_no"] == 1]
    left = _free_units(e).drop(first["unit_id"], errors="ignore")
    without = losers[~losers.index.isin(first["buyer_id"])]
    reachable = np.searchsorted(np.sort(left["total_yuan"]), without["ceiling_yuan"], side="right")
    forgotten = without.index[reachable > _excluded_counts(e, without, left)]
    return e.tables["buyers"]["buyer_id"].isin(forgotten)


def _excluded_counts(e: Evidence, without: pd.DataFrame, left: pd.DataFrame) -> np.ndarray:
    """For each buyer of ``without`` how many affordable units of ``left`` are own picks or forbidden."""
    decisions = e.tables["decisions"]
    pairs = pd.concat([e.tables["demand"][PAIR], decisions.loc[decisions["decision"] == "forbid", PAIR]])
    pairs = pairs.drop_duplicates()
    affordable = pairs["unit_id"].map(left["total_yuan"]) <= pairs["buyer_id"].map(without["ceiling_yuan"])
    return pairs[affordable].groupby("buyer_id").size().reindex(without.index).fillna(0).to_numpy()


def _free_units(e: Evidence) -> pd.DataFrame:
    return e.units[(e.units["status"] == "available") & ~e.units.index.isin(e.tables["allocation"]["unit_id"])]


def _losers(e: Evidence) -> pd.DataFrame:
    """Active buyers with picks and without a unit: best pick lost (``unit_id``) and ceiling, by buyer id."""
    picks = e.picks[~e.picks["buyer_id"].isin(e.tables["allocation"]["buyer_id"]) & e.picks["active"]]
    best = picks.sort_values(["choice_rank", "unit_id"]).drop_duplicates("buyer_id").set_index("buyer_id")
    stated = picks.groupby("buyer_id")["ceiling_yuan"].max().reindex(best.index)
    budget = e.buyers["budget_yuan"].reindex(best.index)
    fallback = best["unit_total_yuan"] * (1 + e.parameters["steering"]["price_above_lost"])
    return best[["unit_id"]].assign(ceiling_yuan=stated.fillna(budget).fillna(fallback))


STEERING_CHECKS = (
    ("steering_buyers", "steering", steering_buyers),
    ("steering_units", "steering", steering_units),
    ("steering_exclusive", "steering", steering_exclusive),
    ("steering_price", "steering", steering_price),
    ("steering_gaps", "steering", steering_gaps),
    ("steering_complete", "buyers", steering_complete),
)
