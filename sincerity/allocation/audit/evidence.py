"""What the published tables say about each other, joined once for all checks.

Nothing here comes from the model: no solver, no instance, no goal code. Whatever a table claims that others can
tell is derived again from those others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from sincerity.allocation.audit.bounds import Bounds, bounds_of

Mask: TypeAlias = np.ndarray | pd.Series
PAIR = ["buyer_id", "unit_id"]
GRADE_ORDER = ("A", "B", "C", "D", "U")


@dataclass(frozen=True)
class Evidence:
    """The tables of a round by name and the parameters the plan was made under (``audit_parameters``)."""

    tables: Mapping[str, pd.DataFrame]
    parameters: Mapping[str, Any]

    @cached_property
    def units(self) -> pd.DataFrame:
        """QUOTED_UNITS by unit id."""
        return self.tables["units"].drop_duplicates("unit_id").set_index("unit_id")

    @cached_property
    def buyers(self) -> pd.DataFrame:
        """PUBLISHED_BUYERS by buyer id."""
        return self.tables["buyers"].drop_duplicates("buyer_id").set_index("buyer_id")

    @cached_property
    def scores(self) -> pd.DataFrame:
        """SCORES by buyer id, with ``grade_no`` (0 = A)."""
        scores = self.tables["scores"].drop_duplicates("buyer_id").set_index("buyer_id")
        return scores.assign(grade_no=scores["grade"].map({g: i for i, g in enumerate(GRADE_ORDER)}).fillna(4))

    @cached_property
    def placements(self) -> pd.DataFrame:
        """ALLOCATION rows with the position of their pick in ``picks`` (``pick``, −1 where there is none)."""
        allocation = self.tables["allocation"]
        return allocation.assign(pick=positions(self.tables["demand"], allocation))

    @cached_property
    def holders(self) -> pd.DataFrame:
        """Placements by unit id, the first where a unit was given twice."""
        return self.placements.drop_duplicates("unit_id").set_index("unit_id")

    @cached_property
    def picks(self) -> pd.DataFrame:
        """DEMAND rows in their order, with what the other tables say of buyer, unit, decisions and placements."""
        demand = self.tables["demand"]
        unit, score = self.units.reindex(demand["unit_id"]), self.scores.reindex(demand["buyer_id"])
        state = self.buyers["state"].reindex(demand["buyer_id"])
        facts = demand.assign(
            status=unit["status"].to_numpy(),
            unit_total_yuan=unit["total_yuan"].to_numpy(),
            layout=unit["layout"].to_numpy(),
            active=((state == "active").to_numpy() & score["score"].notna().to_numpy()),
            grade_no=score["grade_no"].fillna(4).to_numpy(dtype=np.int64),
            score=score["score"].fillna(0).to_numpy(dtype=np.int64),
            priority_rank=score["priority_rank"].fillna(len(self.scores) + 1).to_numpy(dtype=np.int64),
            keep=self.decided(demand, "keep"),
            forbid=self.decided(demand, "forbid"),
            granted=positions(self.tables["allocation"], demand) >= 0,
            holder=self.holders["buyer_id"].reindex(demand["unit_id"]).astype("str").fillna("").to_numpy(),
            holder_pick=self.holders["pick"].reindex(demand["unit_id"]).fillna(-1).to_numpy(dtype=np.int64),
        )
        return facts.assign(true_reason=_true_reason(facts))

    @cached_property
    def can_be_granted(self) -> np.ndarray:
        """(picks,) whether nothing but other buyers stands against the pick."""
        return (self.picks["true_reason"] == "").to_numpy()

    @cached_property
    def wanted(self) -> np.ndarray:
        """(picks,) eligible picks the buyer prefers to what the plan gives; kept units use up places of the quota."""
        picks = self.picks
        granted, kept = picks["granted"], picks["keep"]
        counts = picks.assign(own=granted & ~kept, kept_here=granted & kept)
        kept_places = counts.groupby("buyer_id")["kept_here"].transform("sum")
        by_choice = counts.groupby(["buyer_id", "choice_rank"])["own"].sum()
        before = by_choice.groupby(level=0).cumsum() - by_choice
        better = before.reindex(pd.MultiIndex.from_frame(picks[["buyer_id", "choice_rank"]])).to_numpy()
        return self.can_be_granted & ~granted.to_numpy() & (better < self.parameters["quota"] - kept_places.to_numpy())

    @cached_property
    def bounds(self) -> Bounds:
        """The targets and how far the placements are from them."""
        layouts = self.tables["allocation"]["unit_id"].map(self.units["layout"])
        return bounds_of(self.tables["targets"], layouts)

    @cached_property
    def had_previous(self) -> bool:
        """Whether the plan knew one before it."""
        return bool((self.tables["goals"]["goal"] == "moves").any() or len(self.tables["moves"]))

    @cached_property
    def previous(self) -> pd.DataFrame:
        """The pairs of the plan before, as far as the moves tell: unmoved placements and units moved from."""
        gained, lost = self.moved("to_unit_id"), self.moved("from_unit_id")
        placed = self.tables["allocation"][PAIR]
        return pd.concat([placed[positions(gained, placed) < 0], lost]) if self.had_previous else placed.head(0)

    def moved(self, column: str) -> pd.DataFrame:
        """Pairs (buyer, unit) of one column of the moves."""
        moves = self.tables["moves"]
        pairs = moves.assign(unit_id=moves[column].astype("str").str.split()).explode("unit_id")[PAIR]
        return pairs.dropna().astype("str")

    def decided(self, pairs: pd.DataFrame, decision: str) -> np.ndarray:
        """Whether a decision of that kind names each of ``pairs``."""
        decisions = self.tables["decisions"]
        return positions(decisions[decisions["decision"] == decision], pairs) >= 0


def positions(frame: pd.DataFrame, pairs: pd.DataFrame) -> np.ndarray:
    """For each of ``pairs`` the position of the first row of ``frame`` with that buyer and unit, −1 where none is."""
    row_of = pd.Series(np.arange(len(frame)), index=pd.MultiIndex.from_frame(frame[PAIR]))
    row_of = row_of[~row_of.index.duplicated()]
    at = row_of.index.get_indexer(pd.MultiIndex.from_frame(pairs[PAIR]))
    return np.where(at >= 0, row_of.to_numpy()[at] if len(row_of) else -1, -1)


def _true_reason(picks: pd.DataFrame) -> np.ndarray:
    return np.select(
        [
            picks["keep"],
            ~picks["active"],
            picks["status"] == "sold",
            picks["status"] != "available",
            picks["forbid"],
            picks["unit_total_yuan"] > picks["ceiling_yuan"],
        ],
        ["", "buyer_inactive", "unit_sold", "unit_held", "forbidden", "price_above_ceiling"],
        default="",
    )


def units_given_twice(placed: pd.DataFrame) -> Mask:
    """(C1) rows of ``placed`` whose unit was given before."""
    return placed.duplicated("unit_id")


def over_quota(e: Evidence, placed: pd.DataFrame) -> Mask:
    """(C2) rows of ``placed`` whose buyer has the quota's number of units already."""
    return placed.groupby("buyer_id").cumcount() >= e.parameters["quota"]


def keeps_left_out(e: Evidence, placed: pd.DataFrame) -> Mask:
    """(C3) decisions whose kept pair is not in ``placed``, though no published collision explains it."""
    decisions, collisions = e.tables["decisions"], e.tables["collisions"]
    collides = positions(collisions[collisions["member"] == "keep"], decisions) >= 0
    return (decisions["decision"] == "keep") & ~(positions(placed, decisions) >= 0) & ~collides
