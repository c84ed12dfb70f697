"""Who comes before whom by the policy's steps, who justly envies whom, and who could gain without a loser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from sincerity.allocation.audit.evidence import GRADE_ORDER, Evidence, positions


def policy_places(evidence: Evidence) -> np.ndarray:
    """(picks,) dense place of each pick by the policy's steps, 0 first; equal where no step tells picks apart."""
    picks = evidence.picks
    if evidence.parameters["method"] == "serial":
        return picks["priority_rank"].to_numpy()
    keys = [key for step in evidence.parameters["steps"] for key in _step_keys(evidence, step)]
    if not keys:
        return np.zeros(len(picks), dtype=np.int64)
    return pd.DataFrame(dict(enumerate(keys))).groupby(list(range(len(keys))), sort=True).ngroup().to_numpy()


def counted(picks: pd.DataFrame, grades: list[str], choices: list[int]) -> np.ndarray:
    """Which of the picks a goal restricted to ``grades`` and ``choices`` counts; an empty list restricts nothing."""
    by_grade = picks["grade_no"].isin([GRADE_ORDER.index(grade) for grade in grades]) if grades else True
    by_choice = picks["choice_rank"].isin(choices) if choices else True
    return np.broadcast_to(np.asarray(by_grade & by_choice), len(picks))


def _step_keys(evidence: Evidence, step: Mapping[str, Any]) -> list[np.ndarray]:
    picks = evidence.picks
    if "ladder" in step:
        return [picks[{"grade": "grade_no", "choice": "choice_rank"}[axis]].to_numpy() for axis in step["ladder"]]
    if step["goal"] == "placed":
        return [~counted(picks, step.get("grades", []), step.get("choices", []))]
    if step["goal"] == "moves" and evidence.had_previous:
        return [positions(evidence.previous, picks) < 0]
    by_buyer = {"score": -picks["score"], "priority": picks["priority_rank"]}
    return [by_buyer[step["goal"]].to_numpy()] if step["goal"] in by_buyer else []


def envious_picks(evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    """Positions of picks whose buyer ranks strictly before the unit's holder and prefers the unit.

    The second array says which of these pairs a decision settled: the holder's unit is kept. (A buyer whose own
    unit is kept wants no other: see ``Evidence.wanted``.)
    """
    picks = evidence.picks
    rival = picks["holder_pick"].to_numpy()
    rank = picks["priority_rank"].to_numpy()
    envious = np.flatnonzero(evidence.wanted & (rival >= 0) & (rank < rank[rival]))
    return envious, picks["keep"].to_numpy()[rival[envious]]


def improvable_units(evidence: Evidence) -> list[str]:
    """Units of a cycle or chain of moves in which every mover gains, nobody loses, and no bound is broken; [] if none.

    Nodes are units. An arc v → u says that v's holder would rather have u. A cycle of arcs lets all its holders
    gain. A chain ends at a free unit and begins at a unit given up, or at a buyer with nothing: then its layout
    must have room and no minimum may be missed by more. Kept units stay where they are.
    """
    graph = _WishGraph(evidence)
    return graph.cycle() or graph.chain()


class _WishGraph:
    """Arcs between units as index arrays; node ``nothing`` stands for all buyers who would take a unit more."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.unit_ids = evidence.units.index.to_numpy()
        self.nothing = len(self.unit_ids)
        self.layout = evidence.units["layout"].to_numpy()
        self.available = (evidence.units["status"] == "available").to_numpy()
        self.held = evidence.units.index.isin(evidence.holders.index)
        self.start, self.end = self._arcs()

    def _arcs(self) -> tuple[np.ndarray, np.ndarray]:
        picks = self.evidence.picks
        rival = picks["holder_pick"].to_numpy()
        settled = (rival >= 0) & picks["keep"].to_numpy()[rival]
        wished = picks[self.evidence.wanted & ~settled][["buyer_id", "unit_id", "choice_rank"]]
        own = picks[picks["granted"] & ~picks["keep"]][["buyer_id", "unit_id", "choice_rank"]]
        pairs = wished.merge(own, how="left", on="buyer_id", suffixes=("", "_own"))
        places = picks.loc[picks["granted"]].groupby("buyer_id").size().reindex(pairs["buyer_id"]).fillna(0).to_numpy()
        spare = pairs[places < self.evidence.parameters["quota"]]
        trade = pairs[pairs["choice_rank_own"] > pairs["choice_rank"]]
        index = self.evidence.units.index
        start = np.concatenate([index.get_indexer(trade["unit_id_own"]), np.full(len(spare), self.nothing)])
        return start, np.concatenate([index.get_indexer(trade["unit_id"]), index.get_indexer(spare["unit_id"])])

    def cycle(self) -> list[str]:
        """Units of one group of holders who could trade among themselves."""
        size = self.nothing + 1
        arcs = coo_array((np.ones(len(self.start)), (self.start, self.end)), shape=(size, size)).tocsr()
        _, group = connected_components(arcs, directed=True, connection="strong")
        members = np.flatnonzero(np.bincount(group)[group] > 1)
        return sorted(self.unit_ids[members[group[members] == group[members[0]]]]) if len(members) else []

    def chain(self) -> list[str]:
        """The first unit of a chain that some bound allows, with a free unit of the layout it ends in."""
        for layout in sorted(set(self.layout)):
            ends = np.flatnonzero(self.available & ~self.held & (self.layout == layout))
            begins = [node for node in self._reaching(ends) if self._allowed(node, layout)]
            if begins:
                first = "" if begins[0] == self.nothing else str(self.unit_ids[begins[0]])
                return [first, layout]
        return []

    def _reaching(self, ends: np.ndarray) -> np.ndarray:
        """Nodes from which arcs lead to one of ``ends``, these left out."""
        source, size = self.nothing + 1, self.nothing + 2
        start = np.concatenate([self.end, np.full(len(ends), source)])
        arcs = coo_array((np.ones(len(start)), (start, np.concatenate([self.start, ends]))), shape=(size, size))
        reached = breadth_first_order(arcs.tocsr(), source, return_predecessors=False)
        return np.setdiff1d(reached, np.append(ends, source))

    def _allowed(self, begin: int, layout: str) -> bool:
        """Whether one unit more of ``layout``, and one less of what ``begin`` gives up, breaks nothing."""
        if begin != self.nothing and self.layout[begin] == layout:
            return True
        bounds = self.evidence.bounds
        if bounds.room(layout) <= 0:
            return False
        if begin == self.nothing:
            return bounds.room("") > 0
        return bounds.above_minimum(self.layout[begin]) > 0 or bounds.above_minimum(layout) < 0
