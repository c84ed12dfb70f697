"""Checks of the price table, from the published tables and the price settings alone: no solver, no model.

Each check gives a mask over the rows of one table: True where the row is at fault. In rounds without a price plan
(no goals of one) there is nothing to hold the prices to, but that they are those of the units table.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.allocation.audit.bounds import Bounds, bounds_of
from sincerity.allocation.audit.evidence import (
    Evidence,
    Mask,
    keeps_left_out,
    over_quota,
    positions,
    units_given_twice,
)

CENT = 0.005
YUAN = 0.51
HALF = 0.5  # values are whole: a bound is passed only by more than this


def price_total(e: Evidence) -> Mask:
    """Prices: the total is not price × area, half up to the yuan."""
    prices = e.tables["prices"]
    return (prices["total_yuan"] - prices["price_yuan_per_m2"] * prices["area_m2"]).abs() > YUAN


def price_of_unit(e: Evidence) -> Mask:
    """Prices: no such unit, or area, base price, base total or (frozen) price are not the unit's."""
    prices = e.tables["prices"]
    unit = e.units.reindex(prices["unit_id"])
    facts = ("area_m2", "base_price_yuan_per_m2", "base_total_yuan")
    off = [prices[name].to_numpy() != unit[name].to_numpy() for name in facts]
    frozen = (prices["reason"] == "frozen").to_numpy()
    off.append(frozen & (prices["price_yuan_per_m2"].to_numpy() != unit["price_yuan_per_m2"].to_numpy()))
    return np.logical_or.reduce(off)


def price_within_band(e: Evidence) -> Mask:
    """Prices: outside the unit's band, of which the lower edge may be passed by less than one quotation unit."""
    prices, rules = e.tables["prices"], e.parameters["price"]
    base, price = prices["base_price_yuan_per_m2"], prices["price_yuan_per_m2"]
    unit = rules["round_yuan"] / (1 if rules["round_to"] == "price" else prices["area_m2"])
    low, high = base * (1 + prices["band_low"]) - unit, base * (1 + prices["band_high"])
    return planned(e) & ((price > high + CENT) | (price < low - CENT))


def price_band_as_set(e: Evidence) -> Mask:
    """Prices: the band shown is not the one in the settings."""
    prices, rules = e.tables["prices"], e.parameters["price"]
    unit = e.units.reindex(prices["unit_id"])
    low = np.full(len(prices), float(e.parameters["band_low"]))
    high = np.full(len(prices), float(e.parameters["band_high"]))
    for band in rules["bands"]:
        named = (
            prices["unit_id"].isin(band["units"]).to_numpy()
            | ((unit["layout"] == band["layout"]).to_numpy() & (band["layout"] != ""))
            | ((unit["building"] == band["building"]).to_numpy() & (band["building"] != ""))
        )
        low[named], high[named] = band["low"], band["high"]
    return (prices["band_low"] != low) | (prices["band_high"] != high)


def price_rounded(e: Evidence) -> Mask:
    """Prices: not rounded as they are quoted. Locked prices stand as they were locked."""
    prices, rules = e.tables["prices"], e.parameters["price"]
    quoted = prices["price_yuan_per_m2" if rules["round_to"] == "price" else "total_yuan"]
    return planned(e) & ~prices["locked"] & ((quoted % rules["round_yuan"]).abs() > 0)


def price_locked(e: Evidence) -> Mask:
    """Prices: a locked price is not kept to the cent, or a unit is locked that the settings do not lock."""
    prices = e.tables["prices"]
    locked = {lock["unit_id"]: lock["price_yuan_per_m2"] for lock in e.parameters["price"]["locked"]}
    wanted = prices["unit_id"].map(pd.Series(locked, dtype="float64"))
    changed = (prices["price_yuan_per_m2"] - wanted).abs() > CENT
    return planned(e) & (changed | (prices["locked"] != wanted.notna()))


def price_list_value(e: Evidence) -> Mask:
    """Prices: the list value misses its target by more than the tolerance; every row is at fault then."""
    prices, rules = e.tables["prices"], e.parameters["price"]
    target = prices["base_total_yuan"].sum()
    if rules["total_list_value_yuan"] is not None:
        target = rules["total_list_value_yuan"]
    elif rules["average_yuan_per_m2"] is not None:
        target = rules["average_yuan_per_m2"] * prices["area_m2"].sum()
    missed = abs(prices["total_yuan"].sum() - target) > target * rules["average_tolerance"] + 1
    return planned(e) & missed


def price_stack_order(e: Evidence) -> Mask:
    """Prices: the unit above, next in the stack, is cheaper per m² than the tolerance allows, though not at base."""
    prices, rules = e.tables["prices"], e.parameters["price"]
    place = e.units[["building", "section", "room", "floor"]].reindex(prices["unit_id"]).reset_index()
    rows = place.assign(
        price=prices["price_yuan_per_m2"].to_numpy(), base=prices["base_price_yuan_per_m2"].to_numpy(),
        at=np.arange(len(prices)),
    )
    rows = rows[(rows["room"] != "") & ~rows["unit_id"].isin(rules["stack_exceptions"])]
    rows = rows.sort_values(["building", "section", "room", "floor", "unit_id"], kind="stable")
    above = rows.groupby(["building", "section", "room"])[["floor", "price", "base"]].shift(-1)
    allowed = 1 + rules["stack_tolerance"]
    kept_at_base = rows["base"] <= above["base"] * allowed
    fault = (rows["floor"] < above["floor"]) & kept_at_base & (rows["price"] > above["price"] * allowed + CENT)
    out = np.zeros(len(prices), dtype=bool)
    out[rows["at"].to_numpy()[fault.to_numpy()]] = True
    return planned(e) & out & bool(rules["stack_order"])


def price_unit_once(e: Evidence) -> Mask:
    """(C1) price placements: the unit was given before."""
    return units_given_twice(e.tables["price_placements"])


def price_quota(e: Evidence) -> Mask:
    """(C2) price placements: the buyer has the quota's number of units already."""
    return over_quota(e, e.tables["price_placements"])


def price_keeps(e: Evidence) -> Mask:
    """(C3) decisions: a kept pair that the price plan does not place, though no published collision explains it."""
    return keeps_left_out(e, e.tables["price_placements"]) & has_plan(e)


def price_layout_maximum(e: Evidence) -> Mask:
    """(C4) targets: the price plan places more units than the maximum."""
    return (_bounds(e).placed_by_target() > e.tables["targets"]["max_units"]) & has_plan(e)


def price_placement(e: Evidence) -> Mask:
    """Price placements: no such pick, ruled out, not the unit's price, or above the buyer's ceiling."""
    placed = e.tables["price_placements"]
    pick = positions(e.tables["demand"], placed)
    of_pick = e.picks.reindex(pick).reset_index(drop=True)
    kept = e.decided(placed, "keep")
    blocked = ~of_pick["true_reason"].isin(["", "price_above_ceiling"]).to_numpy()
    too_dear = placed["total_yuan"].to_numpy() > of_pick["ceiling_yuan"].to_numpy(float)
    price = placed["unit_id"].map(_by_unit(e)["total_yuan"]).to_numpy(float)
    return (pick < 0) | (price != placed["total_yuan"].to_numpy()) | ((blocked | too_dear) & ~kept)


def price_placement_facts(e: Evidence) -> Mask:
    """Price placements: choice, ceiling, grade or kept mark is not that of pick, buyer and decisions."""
    placed = e.tables["price_placements"]
    of_pick = e.picks.reindex(positions(e.tables["demand"], placed)).reset_index(drop=True)
    ceiling = of_pick["ceiling_yuan"].fillna(-1) != placed["ceiling_yuan"].reset_index(drop=True).fillna(-1)
    grade = e.scores["grade"].reindex(placed["buyer_id"]).astype("str").to_numpy() != placed["grade"].astype("str")
    rank = of_pick["choice_rank"].to_numpy() != placed["choice_rank"].to_numpy()
    return ceiling.to_numpy() | grade.to_numpy() | rank | (placed["kept"].to_numpy() != e.decided(placed, "keep"))


def price_holder(e: Evidence) -> Mask:
    """Prices: whom the plan places here is not whom its placements name."""
    holder = e.tables["price_placements"].drop_duplicates("unit_id").set_index("unit_id")["buyer_id"]
    prices = e.tables["prices"]
    return planned(e) & (prices["buyer_id"] != prices["unit_id"].map(holder).astype("str").fillna(""))


def price_willing(e: Evidence) -> Mask:
    """Prices: the buyers who accept the price, or their number, are not what the picks give."""
    prices, picks = e.tables["prices"], e.picks
    price = picks["unit_id"].map(_by_unit(e)["total_yuan"])
    asked = picks["true_reason"].isin(["", "price_above_ceiling"]) & price.notna()
    willing = picks[asked & (picks["keep"] | ~(price > picks["ceiling_yuan"]))].sort_values("buyer_id")
    of_unit = willing.groupby("unit_id")["buyer_id"].agg(["size", " ".join])
    number, ids = (prices["unit_id"].map(of_unit[name]) for name in ("size", "join"))
    off = (prices["willing"] != number.fillna(0)) | (prices["willing_buyers"] != ids.astype("str").fillna(""))
    return planned(e) & off


def price_variant_row(e: Evidence) -> Mask:
    """Price variants: the figures of the chosen way are not those of the plan."""
    table, placed, prices = e.tables["price_variants"], e.tables["price_placements"], e.tables["prices"]
    grades = placed["grade"].astype("str").value_counts()
    found = {
        "placed": len(placed),
        "placed_a": grades.get("A", 0),
        "placed_b": grades.get("B", 0),
        "revenue_yuan": placed["total_yuan"].sum(),
        "list_value_yuan": prices["total_yuan"].sum(),
        "moved_units": (prices["total_yuan"] != prices["base_total_yuan"]).sum(),
    }
    return (table["variant"] == "joint") & np.logical_or.reduce([table[name] != found[name] for name in found])


def price_goal_values(e: Evidence) -> Mask:
    """(C5) price goals: the value is not what prices, placements and targets give."""
    goals, placed, prices = e.tables["price_goals"], e.tables["price_placements"], e.tables["prices"]
    by_grade = e.scores["grade"].reindex(placed["buyer_id"]).astype("str")
    counts = goals["grades"].map(by_grade.value_counts()).fillna(0)
    found = {
        "layout_shortfall": _bounds(e).shortfall_by_target().sum(),
        "placed": counts.where(goals["grades"] != "", len(placed)),
        "revenue": placed["total_yuan"].sum(),
        "deviation": (prices["total_yuan"] - prices["base_total_yuan"]).abs().sum(),
    }
    wrong = [(goals["goal"] == goal) & (goals["value"] != value) for goal, value in found.items()]
    return np.logical_or.reduce(wrong) | ~goals["goal"].isin(list(found))


def price_goal_status(e: Evidence) -> Mask:
    """Price goals: the value is better than its bound. (A proof may rest on a search: the bound need not meet it.)"""
    goals = e.tables["price_goals"]
    slack = (goals["bound"] - goals["value"]).where(goals["sense"] == "max", goals["value"] - goals["bound"])
    return slack < -HALF


def planned(e: Evidence) -> Mask:
    """Prices: rows that a plan chose."""
    return (e.tables["prices"]["reason"] != "frozen").to_numpy()


def has_plan(e: Evidence) -> bool:
    """Whether the round has a price plan."""
    return not e.tables["price_goals"].empty


def _bounds(e: Evidence) -> Bounds:
    """The targets and how far the placements of the price plan are from them."""
    return bounds_of(e.tables["targets"], e.tables["price_placements"]["unit_id"].map(e.units["layout"]))


def _by_unit(e: Evidence) -> pd.DataFrame:
    return e.tables["prices"].drop_duplicates("unit_id").set_index("unit_id")


PRICE_CHECKS = (
    ("price_total", "prices", price_total),
    ("price_of_unit", "prices", price_of_unit),
    ("price_band_as_set", "prices", price_band_as_set),
    ("price_within_band", "prices", price_within_band),
    ("price_rounded", "prices", price_rounded),
    ("price_locked", "prices", price_locked),
    ("price_list_value", "prices", price_list_value),
    ("price_stack_order", "prices", price_stack_order),
    ("price_unit_once", "price_placements", price_unit_once),
    ("price_quota", "price_placements", price_quota),
    ("price_keeps", "decisions", price_keeps),
    ("price_layout_maximum", "targets", price_layout_maximum),
    ("price_placement", "price_placements", price_placement),
    ("price_placement_facts", "price_placements", price_placement_facts),
    ("price_holder", "prices", price_holder),
    ("price_willing", "prices", price_willing),
    ("price_variant_row", "price_variants", price_variant_row),
    ("price_goal_values", "price_goals", price_goal_values),
    ("price_goal_status", "price_goals", price_goal_status),
)
