"""Chart 3.1 from day to day: which pick each buyer gave up for which, since the run before of the same round."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from sincerity.domain import PICK_MOVES, Known

_REFUSALS_TOLD = (  # what the run before said of a pick, where it may be why the buyer gave it up
    "taken", "given_up_for_others", "layout_full", "price_above_ceiling", "unit_held", "unit_sold", "forbidden",
)
_OFF_SALE = {"sold": "unit_sold", "held": "unit_held"}


def pick_moves(before: Mapping[str, pd.DataFrame] | None, known: Known, demand: pd.DataFrame, today: date
               ) -> pd.DataFrame:
    """PICK_MOVES from the tables of the run ``before`` to the picks in ``demand``; empty without such a run.

    What a buyer dropped is paired with what the buyer newly names, best choices first; a unit that only changed its
    rank stands on both sides. Rows by buyer, best choice now first. ``today`` is the day of the facts.
    """
    if before is None:
        return PICK_MOVES.empty()
    ranks = _ranks(before["demand"], "from_rank").join(_ranks(demand, "to_rank"), how="outer").fillna(0).reset_index()
    moved = pd.concat([_swapped(ranks), _reordered(ranks)], ignore_index=True)
    old, new = moved["from_rank"], moved["to_rank"]
    same = moved["from_unit_id"] == moved["to_unit_id"]
    change = np.select(
        [old == 0, new == 0, same & (new < old), same], ["named", "dropped", "moved_up", "moved_down"], "swapped"
    )
    moved = moved.assign(change=change, changed_on=_days(moved, known, today))
    moved = moved.assign(reason=_reasons(moved, before["refusals"], known), last=new == 0)
    return PICK_MOVES.frame(moved.sort_values(["buyer_id", "last", "to_rank", "from_rank"], kind="stable"))


def _ranks(demand: pd.DataFrame, name: str) -> pd.DataFrame:
    return demand.set_index(["buyer_id", "unit_id"])[["choice_rank"]].rename(columns={"choice_rank": name})


def _swapped(ranks: pd.DataFrame) -> pd.DataFrame:
    """Units dropped beside units newly named, in the order of their ranks; "" and 0 on the side that has none left."""
    sides = [
        _numbered(ranks[ranks[other] == 0], side) for side, other in (("from", "to_rank"), ("to", "from_rank"))
    ]
    pairs = sides[0].merge(sides[1], how="outer", on=["buyer_id", "pair_no"])
    return pairs.fillna({"from_unit_id": "", "to_unit_id": "", "from_rank": 0, "to_rank": 0})


def _numbered(rows: pd.DataFrame, side: str) -> pd.DataFrame:
    rank = f"{side}_rank"
    rows = rows.sort_values(["buyer_id", rank, "unit_id"], kind="stable")[["buyer_id", "unit_id", rank]]
    return rows.assign(pair_no=rows.groupby("buyer_id").cumcount()).rename(columns={"unit_id": f"{side}_unit_id"})


def _reordered(ranks: pd.DataFrame) -> pd.DataFrame:
    both = ranks[(ranks["from_rank"] > 0) & (ranks["to_rank"] > 0) & (ranks["from_rank"] != ranks["to_rank"])]
    return both.assign(from_unit_id=both["unit_id"], to_unit_id=both["unit_id"]).drop(columns="unit_id")


def _days(moved: pd.DataFrame, known: Known, today: date) -> pd.Series:
    """The day the pick of now was entered; today for a dropped one, and where the entry has no date."""
    entered = known.picks.set_index(["buyer_id", "unit_id"])["recorded_at"].dt.normalize()
    places = pd.MultiIndex.from_frame(moved[["buyer_id", "to_unit_id"]])
    return pd.Series(entered.reindex(places).to_numpy(), index=moved.index).fillna(pd.Timestamp(today))


def _reasons(moved: pd.DataFrame, refusals: pd.DataFrame, known: Known) -> pd.Series:
    """What is known of why the old pick was given up: the buyer left, the unit left, or the last plan refused it."""
    state = moved["buyer_id"].map(known.buyers.set_index("buyer_id")["state"])
    status = moved["from_unit_id"].map(known.units.set_index("unit_id")["status"]).map(_OFF_SALE)
    told = refusals[refusals["reason"].isin(_REFUSALS_TOLD)].set_index(["buyer_id", "unit_id"])["reason"]
    places = pd.MultiIndex.from_frame(moved[["buyer_id", "from_unit_id"]])
    refused = pd.Series(told.reindex(places).to_numpy(), index=moved.index)
    left = (moved["to_rank"] == 0) & state.notna() & (state != "active")
    reason = status.where(status.notna(), refused).mask(left, "buyer_inactive").astype(object)
    stays = moved["change"].isin(["moved_up", "named"])
    return reason.where(reason.notna() & ~stays, "")
