"""Charts 1.3, 2.3 and 3.1: who names which unit in what order, at what price, and what changed since last round."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.domain import PICK_CHANGES, PICK_FEEDBACK, UNIT_PICKS, Known

RANKS = ("first", "second", "third", "later")
EDGES = ("high", "base", "low")  # of the price band, dearest first
_SERIOUS = ("A", "B")


def unit_picks(demand: pd.DataFrame, units: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """UNIT_PICKS: for every unit the active buyers who name it first, second, third or later; units in their order."""
    named = demand[demand["reason"] != "buyer_inactive"]
    place = np.minimum(named["choice_rank"].to_numpy(), len(RANKS)) - 1
    rank = pd.Series(np.array(RANKS, dtype=object)[place], index=named.index)
    counts = pd.crosstab(named["unit_id"], rank).reindex(index=units["unit_id"], columns=list(RANKS), fill_value=0)
    grade = named["buyer_id"].map(scores.set_index("buyer_id")["grade"])
    serious = named.loc[grade.isin(_SERIOUS), "unit_id"].value_counts()
    return UNIT_PICKS.frame(counts.rename_axis(index="unit_id", columns=None).assign(
        buyers=counts.sum(axis=1),
        serious_buyers=serious.reindex(counts.index, fill_value=0),
    ).reset_index())


def pick_feedback(demand: pd.DataFrame, units: pd.DataFrame, objections: pd.DataFrame) -> pd.DataFrame:
    """PICK_FEEDBACK: the highest edge of the band each pick's buyer accepts, and the buyer's objection.

    What the buyer said of the price governs; else the highest edge whose total is within the ceiling. Rows by unit in
    the order of ``units``, then by choice and buyer.
    """
    named = demand[demand["reason"] != "buyer_inactive"]
    totals = units.set_index("unit_id")[[f"{edge}_total_yuan" for edge in EDGES]]
    named = named.join(totals, on="unit_id").join(objections, on="buyer_id")
    ceiling = named["ceiling_yuan"]
    within = [(named[f"{edge}_total_yuan"] <= ceiling) for edge in EDGES]
    by_ceiling = np.select([*within, ceiling.notna()], [*EDGES, "below"], "")
    stated = named["accepts"] != ""
    place = pd.Index(units["unit_id"]).get_indexer(named["unit_id"])
    feedback = named.assign(
        edge=np.where(stated, named["accepts"], by_ceiling),
        basis=np.select([stated, ceiling.notna()], ["accepts", "ceiling"], ""),
        objection_no=named["objection_no"].fillna(0),
        objection=named["objection"].fillna(""),
        place=place,
    )
    return PICK_FEEDBACK.frame(feedback.sort_values(["place", "choice_rank", "buyer_id"], kind="stable"))


def pick_changes(before: Known | None, now: Known) -> pd.DataFrame:
    """PICK_CHANGES from the round ``before`` to ``now``; empty in the first round.

    A pick whose rank stays the same is no change. Rows by buyer, first the units named now in their order.
    """
    if before is None:
        return PICK_CHANGES.empty()
    ranks = _ranks(before, "from").join(_ranks(now, "to"), how="outer")
    recorded_at = ranks["to_recorded_at"].fillna(ranks["from_recorded_at"])
    changed = ranks[["from_rank", "to_rank"]].fillna(0).astype("int64").assign(
        recorded_at=recorded_at.mask(ranks["to_rank"].isna())
    )
    old, new = changed["from_rank"], changed["to_rank"]
    changed["change"] = np.select(
        [old == 0, new == 0, new < old, new > old], ["named", "dropped", "moved_up", "moved_down"], ""
    )
    changed["gone"] = new == 0
    changed = changed[changed["change"] != ""].assign(from_round=before.round, to_round=now.round).reset_index()
    return PICK_CHANGES.frame(
        changed.sort_values(["buyer_id", "gone", "to_rank", "from_rank", "unit_id"], kind="stable")
    )


def _ranks(known: Known, prefix: str) -> pd.DataFrame:
    return known.picks.set_index(["buyer_id", "unit_id"])[["choice_rank", "recorded_at"]].rename(
        columns={"choice_rank": f"{prefix}_rank", "recorded_at": f"{prefix}_recorded_at"}
    )
