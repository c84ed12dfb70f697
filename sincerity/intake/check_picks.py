"""Picks: one unit to a rank, on units that can be given, with ceilings that make sense."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.domain import Launch
from sincerity.intake.pointing import amounts, point, point_at_column
from sincerity.problems import Problem

LOW_CEILING, HIGH_CEILING = 0.5, 2.0  # ceilings outside these multiples of the unit's base total are doubted
UNIT_PRICE_RATIO = 0.1  # a median ceiling below this share of the total is a price per m², not a total
FEWEST_CEILINGS = 3
ONE_LIST = ["round", "buyer_id"]


def two_on_one_rank(launch: Launch) -> list[Problem]:
    """A buyer with two units on the same rank of one round."""
    picks = _ranked(launch)
    again = picks.duplicated([*ONE_LIST, "choice_rank"]) & ~picks.duplicated([*ONE_LIST, "unit_id"])
    first = picks.groupby([*ONE_LIST, "choice_rank"])[["unit_id", "source_row"]].transform("first")[again]
    return point(launch, "picks", "choice_rank", "error", "rank_twice", picks[again], {
        "buyer": picks["buyer_id"][again], "round": picks["round"][again], "other": first["unit_id"],
        "first": first["source_row"]})


def one_unit_twice(launch: Launch) -> list[Problem]:
    """A buyer who names the same unit twice in one round."""
    picks = launch.picks[(launch.picks["buyer_id"] != "") & (launch.picks["unit_id"] != "")]
    again = picks.duplicated([*ONE_LIST, "unit_id"])
    first = picks.groupby([*ONE_LIST, "unit_id"])["source_row"].transform("first")[again]
    return point(launch, "picks", "unit_id", "error", "pick_twice", picks[again], {
        "buyer": picks["buyer_id"][again], "round": picks["round"][again], "first": first})


def gaps_in_ranks(launch: Launch) -> list[Problem]:
    """Lists such as 1, 3: a rank was left out; the next ones move up. Lists with a faulty cell are left alone."""
    picks = _ranked(launch)
    faulty = launch.picks.loc[(launch.picks["choice_rank"] == 0) | (launch.picks["round"] == 0), "buyer_id"]
    picks = picks[~picks["buyer_id"].isin(faulty)].sort_values([*ONE_LIST, "choice_rank", "source_row"])
    before = picks.groupby(ONE_LIST)["choice_rank"].shift(fill_value=0)
    gap = picks[picks["choice_rank"] - before > 1].sort_values("source_row")
    return point(launch, "picks", "choice_rank", "info", "rank_gap", gap, {
        "buyer": gap["buyer_id"], "expected": before[gap.index] + 1})


def off_market(launch: Launch) -> list[Problem]:
    """Picks on units that are held or sold; they will be refused."""
    status = launch.units.drop_duplicates("unit_id").set_index("unit_id")["status"]
    of_pick = launch.picks["unit_id"].map(status)
    return [
        problem for word in ("held", "sold")
        for problem in point(launch, "picks", "unit_id", "warning", f"pick_on_{word}", launch.picks[of_pick == word])
    ]


def odd_ceilings(launch: Launch) -> list[Problem]:
    """Ceilings far from the unit's price; a whole column of them is a price per m²."""
    total = launch.units.drop_duplicates("unit_id").set_index("unit_id").eval("base_price_yuan_per_m2 * area_m2")
    picks = launch.picks.assign(total=launch.picks["unit_id"].map(total).astype("float64"))
    picks = picks[picks["max_total_yuan"].notna() & picks["total"].notna()]
    share = picks["max_total_yuan"] / picks["total"]
    if len(share) >= FEWEST_CEILINGS and np.median(share) < UNIT_PRICE_RATIO:
        median = amounts([float(np.median(picks["max_total_yuan"]))])[0]
        return [point_at_column(launch, "picks", "max_total_yuan", "error", "looks_like_unit_price", median=median)]
    problems = []
    for code, bad in (("ceiling_low", picks[share < LOW_CEILING]), ("ceiling_high", picks[share > HIGH_CEILING])):
        problems += point(launch, "picks", "max_total_yuan", "warning", code, bad, {
            "unit": bad["unit_id"], "total": amounts(bad["total"])})
    return problems


def rounds_not_planned(launch: Launch) -> list[Problem]:
    """Picks of a round the launch file does not plan: told once per round, at its first row."""
    planned = [plan.number for plan in launch.settings.rounds]
    picks = launch.picks[(launch.picks["round"] > 0) & ~launch.picks["round"].isin(planned)]
    first = picks[~picks.duplicated("round")]
    count = first["round"].map(picks["round"].value_counts())
    return point(launch, "picks", "round", "warning", "round_not_planned", first, {
        "count": count, "planned": " | ".join(map(str, planned))})


def _ranked(launch: Launch) -> pd.DataFrame:
    picks = launch.picks
    return picks[(picks["choice_rank"] > 0) & (picks["round"] > 0) & (picks["buyer_id"] != "")]
