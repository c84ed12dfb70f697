"""Ids: each buyer and unit once, and every row about one that exists."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from sincerity.domain import Launch
from sincerity.intake.pointing import hint_parts, most_like, point, point_at_column
from sincerity.problems import Problem

BUYER_TABLES = ("touchpoints", "picks", "answers", "decisions")
UNIT_TABLES = ("picks", "decisions")
SWAPPED_SHARE = 0.8  # of rows whose two ids would be known the other way round


def duplicate_units(launch: Launch) -> list[Problem]:
    """A unit id that stands twice; one question when the ids repeat because the building is missing from them."""
    again, first_rows = _again(launch.units, ["unit_id"])
    doubled = launch.units[launch.units["unit_id"].isin(again["unit_id"])]
    per_building = doubled.duplicated(["unit_id", "building"], keep=False)
    if len(again) > 1 and not per_building.any():
        example = again.iloc[0]
        return [point_at_column(
            launch, "units", "unit_id", "error", "unit_ids_lack_building", count=len(again),
            example=example["unit_id"], first=int(first_rows.iloc[0]), second=int(example["source_row"]))]
    return point(launch, "units", "unit_id", "error", "unit_twice", again, {"first": first_rows})


def duplicate_buyers(launch: Launch) -> list[Problem]:
    """A buyer id that stands twice."""
    again, first_rows = _again(launch.buyers, ["buyer_id"])
    return point(launch, "buyers", "buyer_id", "error", "buyer_twice", again, {"first": first_rows})


def swapped_ids(launch: Launch) -> list[Problem]:
    """Picks whose buyer column holds units and whose unit column holds buyers."""
    if not _are_swapped(launch):
        return []
    letter, header = launch.sources["picks"].columns["buyer_id"]
    return [point_at_column(
        launch, "picks", "unit_id", "error", "ids_swapped", other=f"{letter} “{header}”")]


def unknown_buyers(launch: Launch) -> list[Problem]:
    """Rows about a buyer that the buyers table does not have."""
    if launch.buyers.empty:
        return []
    return [
        problem for table, frame in _tables(launch, BUYER_TABLES)
        for problem in _unknown(launch, table, frame, "buyer_id", launch.buyers["buyer_id"], "unknown_buyer")
    ]


def unknown_units(launch: Launch) -> list[Problem]:
    """Rows about a unit that the units table does not have."""
    if launch.units.empty:
        return []
    return [
        problem for table, frame in _tables(launch, UNIT_TABLES)
        for problem in _unknown(launch, table, frame, "unit_id", launch.units["unit_id"], "unknown_unit")
    ]


def unknown_in_outcomes(launch: Launch) -> list[Problem]:
    """Outcomes of this very launch about unknown buyers or units; outcomes of other launches know their own."""
    own = launch.outcomes[launch.outcomes["launch_id"].isin(["", launch.settings.launch_id])]
    buyers = _unknown(launch, "outcomes", own, "buyer_id", launch.buyers["buyer_id"], "unknown_buyer")
    return buyers + _unknown(launch, "outcomes", own, "unit_id", launch.units["unit_id"], "unknown_unit")


def duplicate_outcomes(launch: Launch) -> list[Problem]:
    """A buyer with two outcomes of one launch, and a unit two buyers bought in one launch."""
    again, first_rows = _again(launch.outcomes, ["launch_id", "buyer_id"])
    bought = launch.outcomes[(launch.outcomes["status"] == "bought") & (launch.outcomes["unit_id"] != "")]
    sold_again, sold_first = _again(bought, ["launch_id", "unit_id"])
    return point(launch, "outcomes", "buyer_id", "error", "outcome_twice", again, {"first": first_rows}) + point(
        launch, "outcomes", "unit_id", "error", "unit_bought_twice", sold_again, {"first": sold_first})


def _again(frame: pd.DataFrame, columns: list[str]) -> tuple[pd.DataFrame, pd.Series]:
    """The rows whose ``columns`` (the last not blank) stood in an earlier row, and that first row's number."""
    given = frame[frame[columns[-1]] != ""]
    repeated = given.duplicated(columns)
    first_rows = given.groupby(columns)["source_row"].transform("min")
    return given[repeated], first_rows[repeated]


def _tables(launch: Launch, names: Iterable[str]) -> Iterable[tuple[str, pd.DataFrame]]:
    for name in names:
        if name != "picks" or not _are_swapped(launch):
            yield name, getattr(launch, name)


def _unknown(
    launch: Launch, table: str, frame: pd.DataFrame, field: str, known: pd.Series, code: str,
) -> list[Problem]:
    bad = frame[~frame[field].isin(known) & (frame[field] != "")]
    return point(launch, table, field, "error", code, bad, hint_parts(most_like(list(bad[field]), known)))


def _are_swapped(launch: Launch) -> bool:
    picks = launch.picks
    crossed = picks["buyer_id"].isin(launch.units["unit_id"]) & picks["unit_id"].isin(launch.buyers["buyer_id"])
    return len(picks) > 0 and crossed.mean() >= SWAPPED_SHARE
