"""What changed against the previous plan: who moves, from where to where, and why."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.domain import MOVES


def moves(
    allocation: pd.DataFrame,
    previous: pd.DataFrame | None,
    refusals: pd.DataFrame,
    scores: pd.DataFrame,
) -> pd.DataFrame:
    """A MOVES row for every buyer whose units differ between two ALLOCATION tables, by priority, then buyer.

    ``from_unit_id`` names the units given up, ``to_unit_id`` those gained (several only with a quota above one).
    ``reason``: newly_placed when nothing was given up; pick_withdrawn when the buyer no longer names the old unit;
    better_choice when the new unit stands higher on the buyer's list; else why the old pick was refused. Without
    a previous plan nothing moves.
    """
    if previous is None:
        return MOVES.empty()
    pairs = previous[["buyer_id", "unit_id"]].merge(
        allocation[["buyer_id", "unit_id"]], how="outer", on=["buyer_id", "unit_id"], indicator=True
    )
    lost = _with_reasons(pairs[pairs["_merge"] == "left_only"], refusals)
    gained = pairs[pairs["_merge"] == "right_only"]
    changed = pd.DataFrame({
        "from_unit_id": _joined(lost, "unit_id"),
        "to_unit_id": _joined(gained, "unit_id"),
        "reason": lost.sort_values("unit_id").groupby("buyer_id")["reason"].first(),
    }).rename_axis("buyer_id").reset_index()
    changed = changed.fillna({"from_unit_id": "", "to_unit_id": "", "reason": "newly_placed"})
    rank = changed["buyer_id"].map(scores.set_index("buyer_id")["priority_rank"])
    return MOVES.frame(changed.assign(rank=rank).sort_values(["rank", "buyer_id"]))


def _with_reasons(lost: pd.DataFrame, refusals: pd.DataFrame) -> pd.DataFrame:
    known = lost.merge(refusals[["buyer_id", "unit_id", "reason"]], how="left", on=["buyer_id", "unit_id"])
    reason = known["reason"].fillna("pick_withdrawn")
    return known.assign(reason=np.where(reason == "placed_higher", "better_choice", reason))


def _joined(pairs: pd.DataFrame, column: str) -> pd.Series:
    return pairs.sort_values(column).groupby("buyer_id")[column].agg(" ".join)
