"""Charts 1.3, 2.3 and 3.1: who names which unit in what order, at what price, and what changed since last round."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.domain import FEEDBACK_SHARES, PICK_CHANGES, PICK_FEEDBACK, PICK_LEVELS, UNIT_PICKS, Known

RANKS = ("first", "second", "third", "later")
EDGES = ("high", "base", "low")  # of the price band, dearest first
UNSAID = "unsaid"
_SERIOUS = ("A", "B")


def unit_picks(demand: pd.DataFrame, units: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """UNIT_PICKS: for every unit the active buyers who name it first, second, third or later; units in their order."""
    named = demand[demand["reason"] != "buyer_inactive"]
    place = np.minimum(named["choice_rank"].to_numpy(), len(RANKS)) - 1
    rank = pd.Series(np.array(RANKS, dtype=object)[place], index=named.index)
    counts = pd.crosstab(named["unit_id"], rank).reindex(index=units["unit_id"], columns=list(RANKS), fill_value=0)
    grade = named["buyer_id"].map(scores.set_index("buyer_id")["grade"])
    serious = named.loc[grade.isin(_SERIOUS), "unit_id"].value_counts()
    rows = counts.rename_axis(index="unit_id", columns=None).assign(
        buyers=counts.sum(axis=1),
        serious_buyers=serious.reindex(counts.index, fill_value=0),
    ).reset_index()
    hottest = rows.sort_values(["buyers", "first"], ascending=False, kind="stable").index
    return UNIT_PICKS.frame(rows.assign(place=pd.Series(range(1, len(rows) + 1), index=hottest)))


def pick_levels(picks: pd.DataFrame, units: pd.DataFrame, bounds: tuple[int, ...]) -> pd.DataFrame:
    """PICK_LEVELS of UNIT_PICKS: units on sale from each of ``bounds`` (ascending, the first 0) up to the next."""
    on_sale = units.loc[units["status"] == "available", "unit_id"]
    named_by = picks.loc[picks["unit_id"].isin(on_sale), "buyers"]
    level = np.searchsorted(bounds, named_by.to_numpy(), side="right") - 1
    return PICK_LEVELS.frame(pd.DataFrame({
        "at_least": bounds,
        "at_most": [*(bound - 1.0 for bound in bounds[1:]), np.nan],
        "units": np.bincount(level, minlength=len(bounds)),
    }))


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


def feedback_shares(feedback: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """FEEDBACK_SHARES of PICK_FEEDBACK: all picks, then those of each layout in the order of its name."""
    layout = feedback["unit_id"].map(units.set_index("unit_id")["layout"])
    edge = feedback["edge"].where(feedback["edge"] != "", UNSAID)
    parts = [
        pd.crosstab([pd.Series(scope, index=edge.index, name="scope"), name.rename("name")], edge)
        for scope, name in (("all", pd.Series("", index=edge.index)), ("layout", layout))
    ]
    counts = pd.concat(parts).reindex(columns=[*EDGES, "below", UNSAID]).fillna(0).rename_axis(columns=None)
    accepting = counts[list(EDGES)].cumsum(axis=1).add_prefix("accept_")
    return FEEDBACK_SHARES.frame(counts.assign(picks=counts.sum(axis=1)).join(accepting).reset_index())


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
