"""Checks of the price table, from the published tables and the price settings alone: no solver, no model.

Each check gives a mask over the rows of one table: True where the row is at fault. In rounds without a price plan
(no goals of one) there is nothing to hold the prices to, but that they are those of the units table.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.allocation.audit.evidence import Evidence, Mask, positions

CENT = 0.005
YUAN = 0.51


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


def price_placement(e: Evidence) -> Mask:
    """Price placements: no such pick, unit or buyer given twice, not its price, or above the buyer's ceiling."""
    placed, prices = e.tables["price_placements"], e.tables["prices"].drop_duplicates("unit_id").set_index("unit_id")
    pick = positions(e.tables["demand"], placed)
    ceilings = e.tables["demand"]["ceiling_yuan"].to_numpy()
    ceiling = np.where(pick >= 0, ceilings[pick] if len(ceilings) else np.nan, np.nan)
    price = placed["unit_id"].map(prices["total_yuan"]).to_numpy(float)
    kept = e.decided(placed, "keep")
    return (
        (pick < 0)
        | (price != placed["total_yuan"].to_numpy())
        | ((price > ceiling) & ~kept)
        | placed.duplicated("unit_id").to_numpy()
        | (placed.groupby("buyer_id").cumcount() >= e.parameters["quota"]).to_numpy()
        | (placed["unit_id"].map(prices["buyer_id"]) != placed["buyer_id"]).to_numpy()
        | (e.decided(placed, "forbid") & ~kept)
    )


def price_goal_values(e: Evidence) -> Mask:
    """Price goals: the value is not what prices and placements give (the shortfall is not derived here)."""
    goals, placed, prices = e.tables["price_goals"], e.tables["price_placements"], e.tables["prices"]
    by_grade = e.scores["grade"].reindex(placed["buyer_id"]).astype("str")
    found = pd.Series(np.nan, index=goals.index)
    revenue, deviation = goals["goal"] == "revenue", goals["goal"] == "deviation"
    found[revenue] = placed["total_yuan"].sum()
    found[deviation] = (prices["total_yuan"] - prices["base_total_yuan"]).abs().sum()
    counts = goals["grades"].map(by_grade.value_counts()).fillna(0)
    found = found.mask(goals["goal"] == "placed", counts.where(goals["grades"] != "", len(placed)))
    return found.notna() & (found != goals["value"])


def planned(e: Evidence) -> Mask:
    """Prices: rows that a plan chose."""
    return (e.tables["prices"]["reason"] != "frozen").to_numpy()


PRICE_CHECKS = (
    ("price_total", "prices", price_total),
    ("price_of_unit", "prices", price_of_unit),
    ("price_band_as_set", "prices", price_band_as_set),
    ("price_within_band", "prices", price_within_band),
    ("price_rounded", "prices", price_rounded),
    ("price_locked", "prices", price_locked),
    ("price_list_value", "prices", price_list_value),
    ("price_stack_order", "prices", price_stack_order),
    ("price_placement", "price_placements", price_placement),
    ("price_goal_values", "price_goals", price_goal_values),
)
