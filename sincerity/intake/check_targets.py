"""Targets and decisions: possible each by itself, and not against one another."""

from __future__ import annotations

import pandas as pd

from sincerity.domain import Launch
from sincerity.intake.pointing import amounts, hint_parts, most_like, point
from sincerity.problems import Problem


def unknown_layouts(launch: Launch) -> list[Problem]:
    """Targets for a layout that no unit has."""
    if launch.units.empty:
        return []
    bad = launch.targets[(launch.targets["layout"] != "") & ~launch.targets["layout"].isin(launch.units["layout"])]
    known = sorted(set(launch.units["layout"]) - {""})
    return point(launch, "targets", "layout", "error", "unknown_layout", bad, {
        **hint_parts(most_like(list(bad["layout"]), known)), "known": " | ".join(known[:12])})


def targets_twice(launch: Launch) -> list[Problem]:
    """Two rows for one layout."""
    again = launch.targets.duplicated("layout")
    first = launch.targets.groupby("layout")["source_row"].transform("first")[again]
    return point(launch, "targets", "layout", "error", "target_twice", launch.targets[again], {"first": first})


def targets_crossed(launch: Launch) -> list[Problem]:
    """Minima above maxima, and minima above the number of units there are."""
    targets, units = launch.targets, launch.units
    crossed = targets[targets["min_units"] > targets["max_units"]]
    for_sale = units[units["status"] == "available"]
    stock = targets["layout"].map(for_sale["layout"].value_counts()).fillna(0)
    stock = stock.where(targets["layout"] != "", len(for_sale))
    known = targets["layout"].isin(units["layout"]) | (targets["layout"] == "")
    above = (targets["min_units"] > stock) & known & ~units.empty
    return point(launch, "targets", "min_units", "error", "min_above_max", crossed, {
        "maximum": amounts(crossed["max_units"])}) + point(
        launch, "targets", "min_units", "warning", "min_above_stock", targets[above], {
            "stock": amounts(stock[above])})


def keep_and_forbid(launch: Launch) -> list[Problem]:
    """A pair that is both kept and forbidden, or stands twice."""
    pair = ["buyer_id", "unit_id"]
    decisions = _complete(launch)
    again = decisions.duplicated(pair)
    first = decisions.groupby(pair)[["decision", "source_row"]].transform("first")[again]
    same = first["decision"] == decisions["decision"][again]
    parts = {"buyer": decisions["buyer_id"][again], "unit": decisions["unit_id"][again], "first": first["source_row"]}
    return [
        problem for code, rows in (("decision_twice", same), ("keep_and_forbid", ~same))
        for problem in point(launch, "decisions", "decision", "error", code, decisions[again][rows],
                             {name: part[rows] for name, part in parts.items()})
    ]


def kept_twice(launch: Launch) -> list[Problem]:
    """A unit kept for two buyers."""
    kept = _kept(launch)
    again = kept.duplicated("unit_id")
    first = kept.groupby("unit_id")[["buyer_id", "source_row"]].transform("first")[again]
    return point(launch, "decisions", "unit_id", "error", "unit_kept_twice", kept[again], {
        "other": first["buyer_id"], "first": first["source_row"]})


def keeps_above_quota(launch: Launch) -> list[Problem]:
    """A buyer for whom more units are kept than the launch allows one buyer."""
    kept = _kept(launch)
    number = kept.groupby("buyer_id").cumcount() + 1
    above = kept[number > launch.settings.quota]
    return point(launch, "decisions", "buyer_id", "error", "keeps_above_quota", above, {
        "count": number[above.index], "quota": str(launch.settings.quota)})


def keeps_that_cannot_hold(launch: Launch) -> list[Problem]:
    """Units kept for a buyer who never named them, or that are held or sold."""
    kept = _kept(launch)
    kept = kept[kept["unit_id"].isin(launch.units["unit_id"]) & kept["buyer_id"].isin(launch.buyers["buyer_id"])]
    picked = pd.MultiIndex.from_frame(launch.picks[["buyer_id", "unit_id"]])
    unnamed = ~pd.MultiIndex.from_frame(kept[["buyer_id", "unit_id"]]).isin(picked)
    status = kept["unit_id"].map(launch.units.drop_duplicates("unit_id").set_index("unit_id")["status"])
    problems = point(launch, "decisions", "unit_id", "warning", "keep_not_picked", kept[unnamed], {
        "buyer": kept["buyer_id"][unnamed]})
    for word in ("held", "sold"):
        bad = kept[status == word]
        problems += point(launch, "decisions", "unit_id", "error", f"keep_on_{word}", bad, {"buyer": bad["buyer_id"]})
    return problems


def keeps_for_the_gone(launch: Launch) -> list[Problem]:
    """Units kept for buyers who are no longer active."""
    kept = _kept(launch)
    state = kept["buyer_id"].map(launch.buyers.drop_duplicates("buyer_id").set_index("buyer_id")["state"])
    bad = kept[state.notna() & (state != "active")]
    return point(launch, "decisions", "buyer_id", "warning", "keep_for_inactive", bad, {"unit": bad["unit_id"]})


def _complete(launch: Launch) -> pd.DataFrame:
    decisions = launch.decisions
    return decisions[(decisions["buyer_id"] != "") & (decisions["unit_id"] != "") & (decisions["decision"] != "")]


def _kept(launch: Launch) -> pd.DataFrame:
    kept = _complete(launch)
    return kept[(kept["decision"] == "keep") & ~kept.duplicated(["buyer_id", "unit_id", "decision"])]
