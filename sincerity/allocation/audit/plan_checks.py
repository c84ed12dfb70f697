"""Checks of the plan itself: C1–C5, every placement's right to its unit, goal values, and the rules of the policy.

Each check gives a mask over the rows of one table: True where the row is at fault.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sincerity.allocation.audit.evidence import (
    GRADE_ORDER,
    Evidence,
    Mask,
    keeps_left_out,
    over_quota,
    positions,
    units_given_twice,
)
from sincerity.allocation.audit.order import counted, envious_picks, improvable_units


def unit_once(e: Evidence) -> Mask:
    """(C1) allocation: the unit was given before."""
    return units_given_twice(e.tables["allocation"])


def quota(e: Evidence) -> Mask:
    """(C2) allocation: the buyer has the quota's number of units already."""
    return over_quota(e, e.tables["allocation"])


def keeps_honoured(e: Evidence) -> Mask:
    """(C3) decisions: a kept pair that is not in the plan, though no published collision explains it."""
    return keeps_left_out(e, e.tables["allocation"])


def layout_maximum(e: Evidence) -> Mask:
    """(C4) targets: more units placed than the maximum."""
    return e.bounds.placed_by_target() > e.tables["targets"]["max_units"]


def shortfall(e: Evidence) -> Mask:
    """(C5) targets: placed or shortfall is not what the placements give."""
    targets = e.tables["targets"]
    return (targets["placed"] != e.bounds.placed_by_target()) | (
        targets["shortfall"] != e.bounds.shortfall_by_target()
    )


def pick_exists(e: Evidence) -> Mask:
    """Allocation: no such pick, or not with this choice rank."""
    pick = e.placements["pick"].to_numpy()
    if not len(e.picks):
        return np.ones(len(pick), dtype=bool)
    return (pick < 0) | (e.picks["choice_rank"].to_numpy()[pick] != e.placements["choice_rank"])


def unit_available(e: Evidence) -> Mask:
    """Allocation: the unit is not for sale and no decision keeps it for the buyer."""
    status = e.placements["unit_id"].map(e.units["status"])
    return (status != "available") & ~e.decided(e.placements, "keep")


def buyer_active(e: Evidence) -> Mask:
    """Allocation: the buyer is unknown or gone and no decision keeps the unit."""
    state = e.placements["buyer_id"].map(e.buyers["state"])
    return (state != "active") & ~e.decided(e.placements, "keep")


def not_forbidden(e: Evidence) -> Mask:
    """Allocation: a decision forbids the pair."""
    return e.decided(e.placements, "forbid") & ~e.decided(e.placements, "keep")


def price_accepted(e: Evidence) -> Mask:
    """Allocation: the price is above the buyer's ceiling for the unit."""
    pick = e.placements["pick"].to_numpy()
    ceiling = np.where(pick >= 0, e.picks["ceiling_yuan"].to_numpy()[pick] if len(e.picks) else np.nan, np.nan)
    price = e.placements["unit_id"].map(e.units["total_yuan"]).to_numpy(dtype=np.float64)
    return (price > ceiling) & ~e.decided(e.placements, "keep")


def placement_facts(e: Evidence) -> Mask:
    """Allocation: price, grade, score, priority or kept mark is not that of unit, buyer and decisions."""
    placed = e.placements
    score = e.scores.reindex(placed["buyer_id"])
    known = score["score"].notna().to_numpy()
    named = ("grade", "score", "priority_rank")
    copied = [(placed[name].to_numpy() != score[name].to_numpy()) & known for name in named]
    price = placed["total_yuan"] != placed["unit_id"].map(e.units["total_yuan"])
    return np.logical_or.reduce([*copied, price, placed["kept"].to_numpy() != e.decided(placed, "keep")])


def demand_facts(e: Evidence) -> Mask:
    """Demand: eligible, reason, price or kept mark is not what units, buyers and decisions give."""
    picks = e.picks
    return (
        (picks["reason"] != picks["true_reason"])
        | (picks["eligible"] != (picks["true_reason"] == ""))
        | (picks["total_yuan"] != picks["unit_total_yuan"])
        | (picks["kept"] != picks["keep"])
    )


def unit_totals(e: Evidence) -> Mask:
    """Units: a total is not price × area, half up to the yuan, at its edge of the band."""
    units, low, high = e.tables["units"], e.parameters["band_low"], e.parameters["band_high"]
    base, price = units["base_price_yuan_per_m2"], units["price_yuan_per_m2"]
    exact = {
        "total_yuan": price,
        "low_total_yuan": base * (1 + low),
        "base_total_yuan": base,
        "high_total_yuan": base * (1 + high),
    }
    off = [(units[name] - units["area_m2"] * per_m2).abs() > 0.51 for name, per_m2 in exact.items()]
    return np.logical_or.reduce(off)


def price_in_band(e: Evidence) -> Mask:
    """Units: the price is outside the band (a warning: prices may be set so)."""
    units = e.tables["units"]
    return (units["total_yuan"] < units["low_total_yuan"]) | (units["total_yuan"] > units["high_total_yuan"])


def goal_values(e: Evidence) -> Mask:
    """Goals: the value is not what the placements give (the tie number cannot be derived without the seed)."""
    found = pd.Series([goal["found"] for goal in derived_goals(e)], dtype="float64")
    return found.notna() & (found != e.tables["goals"]["value"])


def goal_list(e: Evidence) -> Mask:
    """Goals: the goals are not those of the policy's steps in their order, or one is numbered wrongly."""
    goals = e.tables["goals"]
    claimed = list(goals[["goal", "sense", "grades", "choices"]].itertuples(index=False, name=None))
    due = _due_goals(e)
    wrong = [number >= len(due) or due[number] != goal for number, goal in enumerate(claimed)]
    if len(claimed) < len(due):
        wrong = [True] * len(claimed)
    return np.array(wrong, dtype=bool) | (goals["goal_no"].to_numpy() != np.arange(1, len(goals) + 1))


def goal_status(e: Evidence) -> Mask:
    """Goals: called proven though the bound leaves room, or better than its bound, or not the run's status."""
    goals = e.tables["goals"]
    slack = (goals["bound"] - goals["value"]).where(goals["sense"] == "max", goals["value"] - goals["bound"])
    all_proven = (goals["status"] == "proven").all()
    return ((goals["status"] == "proven") & (slack.abs() > 1e-6)) | (slack < -1e-6) | (
        all_proven != (e.parameters["status"] == "proven")
    )


def derived_goals(e: Evidence) -> list[dict[str, Any]]:
    """Every claimed goal with the value the tables give it (``found``; None where they cannot tell)."""
    return [_derived_goal(e, goal) for goal in e.tables["goals"].to_dict("records")]


def _derived_goal(e: Evidence, goal: Mapping[str, Any]) -> dict[str, Any]:
    grades, choices = goal["grades"].split(), [int(rank) for rank in goal["choices"].split()]
    found: int | None = None
    if goal["goal"] == "layout_shortfall":
        found = int(e.bounds.shortfall_by_target().sum())
    elif goal["goal"] in _PICK_WEIGHTS:
        found = int(_PICK_WEIGHTS[goal["goal"]](e)[counted(e.picks, grades, choices)].sum())
    named = {name: goal[name] for name in ("goal_no", "goal", "grades", "choices", "sense", "status")}
    return {**named, "claimed": int(goal["value"]), "found": found}


def _moved_away(e: Evidence) -> np.ndarray:
    """(picks,) whether the previous plan granted the pick, it could be granted still, and this plan does not."""
    return e.can_be_granted & ~e.picks["granted"].to_numpy() & (positions(e.previous, e.picks) >= 0)


def _priority_times_earliness(e: Evidence) -> np.ndarray:
    """(picks,) of granted picks the priority rank times how early the choice is, 1 for the last choice there is."""
    last = e.picks.loc[e.can_be_granted, "choice_rank"].to_numpy().max(initial=0)
    return (e.picks["granted"] * e.picks["priority_rank"] * (last + 1 - e.picks["choice_rank"])).to_numpy()


_PICK_WEIGHTS: Mapping[str, Callable[[Evidence], np.ndarray]] = {
    "placed": lambda e: e.picks["granted"].to_numpy(),
    "score": lambda e: (e.picks["granted"] * e.picks["score"]).to_numpy(),
    "moves": _moved_away,
    "priority": _priority_times_earliness,
}


def _due_goals(e: Evidence) -> list[tuple[str, str, str, str]]:
    if e.parameters["method"] == "serial":
        return [("placed", "max", "", "")]
    return [goal for step in e.parameters["steps"] for goal in _goals_of_step(e, step)]


def _goals_of_step(e: Evidence, step: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    if "ladder" in step:
        axes = [{"grade": "grade_no", "choice": "choice_rank"}[axis] for axis in step["ladder"]]
        cells = e.picks.loc[e.can_be_granted, ["grade_no", "choice_rank"]].drop_duplicates().sort_values(axes)
        pairs = zip(cells["grade_no"].tolist(), cells["choice_rank"].tolist(), strict=True)
        return [("placed", "max", GRADE_ORDER[grade], str(rank)) for grade, rank in pairs]
    without = {"moves": not e.had_previous, "layout_shortfall": not (e.tables["targets"]["min_units"] > 0).any()}
    if without.get(step["goal"], False):
        return []
    grades, choices = step.get("grades", []), step.get("choices", [])
    return [(step["goal"], step["sense"], " ".join(grades), " ".join(map(str, choices)))]


def no_gain_without_loser(e: Evidence) -> Mask:
    """Allocation: a unit whose holder could gain while nobody loses, where the policy rules that out."""
    allocation = e.tables["allocation"]
    improvable = improvable_units(e) if _must_be_efficient(e) else []
    if not improvable:
        return np.zeros(len(allocation), dtype=bool)
    found = allocation["unit_id"].isin(improvable)
    return found if found.any() else np.ones(len(allocation), dtype=bool)


def nobody_overtaken(e: Evidence) -> Mask:
    """Demand: in strict order, a pick whose buyer justly envies the unit's holder."""
    envious, settled = envious_picks(e)
    mask = np.zeros(len(e.picks), dtype=bool)
    mask[envious[~settled]] = e.parameters["method"] == "serial"
    return mask


def _must_be_efficient(e: Evidence) -> bool:
    by_ladder = any("ladder" in step for step in e.parameters["steps"])
    return e.parameters["status"] == "proven" and (by_ladder or e.parameters["method"] == "serial")


def moves_end_in_plan(e: Evidence) -> Mask:
    """Moves: the new unit is not in the plan, the old one still is, or nothing changed."""
    moves = e.tables["moves"]
    allocation = e.tables["allocation"]
    gained, lost = e.moved("to_unit_id"), e.moved("from_unit_id")
    wrong = set(gained.loc[positions(allocation, gained) < 0, "buyer_id"])
    wrong |= set(lost.loc[positions(allocation, lost) >= 0, "buyer_id"])
    return moves["buyer_id"].isin(wrong) | (moves["from_unit_id"] == moves["to_unit_id"])


def frontier_row(e: Evidence) -> Mask:
    """Frontier: the chosen policy's figures are not those of the plan."""
    table = e.tables["frontier"]
    placed = e.tables["allocation"]
    by_grade = placed["grade"].value_counts()
    settled = envious_picks(e)[1]
    found = {
        "placed": len(placed),
        "first_choices": int((placed["choice_rank"] == 1).sum()),
        "placed_a": by_grade.get("A", 0),
        "placed_b": by_grade.get("B", 0),
        "justified_envy": int((~settled).sum()),
        "score_sum": placed["score"].sum(),
        "list_value_yuan": placed["total_yuan"].sum(),
        "layout_shortfall": e.bounds.shortfall_by_target().sum(),
        "status": e.parameters["status"],
    }
    differs = np.logical_or.reduce([table[name] != value for name, value in found.items()])
    return (table["policy"] == e.parameters["policy"]) & differs


def kpi_figures(e: Evidence) -> Mask:
    """Kpis: placement or first-choice rate is not what plan and demand give."""
    kpis, placed = e.tables["kpis"], e.tables["allocation"]
    found = {
        "placement": (placed["buyer_id"].nunique(), e.picks.loc[e.can_be_granted, "buyer_id"].nunique()),
        "first_choice": (int((placed["choice_rank"] == 1).sum()), len(placed)),
    }
    figures = pd.Series(list(zip(kpis["numerator"], kpis["denominator"], strict=True)), index=kpis.index, dtype=object)
    return kpis["kpi"].isin(list(found)) & (figures != kpis["kpi"].map(found))


PLAN_CHECKS = (
    ("unit_once", "allocation", unit_once),
    ("quota", "allocation", quota),
    ("keeps_honoured", "decisions", keeps_honoured),
    ("layout_maximum", "targets", layout_maximum),
    ("shortfall", "targets", shortfall),
    ("pick_exists", "allocation", pick_exists),
    ("unit_available", "allocation", unit_available),
    ("buyer_active", "allocation", buyer_active),
    ("not_forbidden", "allocation", not_forbidden),
    ("price_accepted", "allocation", price_accepted),
    ("placement_facts", "allocation", placement_facts),
    ("demand_facts", "demand", demand_facts),
    ("unit_totals", "units", unit_totals),
    ("goal_list", "goals", goal_list),
    ("goal_values", "goals", goal_values),
    ("goal_status", "goals", goal_status),
    ("no_gain_without_loser", "allocation", no_gain_without_loser),
    ("nobody_overtaken", "demand", nobody_overtaken),
    ("moves_end_in_plan", "moves", moves_end_in_plan),
    ("frontier_row", "frontier", frontier_row),
    ("kpi_figures", "kpis", kpi_figures),
)
