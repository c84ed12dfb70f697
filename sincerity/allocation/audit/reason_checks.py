"""Checks of what people are told: refusals, conflicts and waiting lists, each derived again from plan and demand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.allocation.audit.evidence import PAIR, Evidence, Mask, positions
from sincerity.allocation.audit.order import policy_places


def refusals_complete(e: Evidence) -> Mask:
    """Demand: a pick that was neither granted nor refused."""
    return ~e.picks["granted"] & (positions(e.tables["refusals"], e.picks) < 0)


def refusals_of_picks(e: Evidence) -> Mask:
    """Refusals: no such pick, a granted pick, a pick refused twice, or another choice rank."""
    refusals = e.tables["refusals"]
    pick = positions(e.picks, refusals)
    granted = positions(e.tables["allocation"], refusals) >= 0
    rank = refusals[PAIR].merge(e.picks[[*PAIR, "choice_rank"]].drop_duplicates(PAIR), how="left", on=PAIR)
    wrong_rank = rank["choice_rank"].to_numpy() != refusals["choice_rank"].to_numpy()
    return (pick < 0) | granted | refusals.duplicated(PAIR) | wrong_rank


def refusal_reasons(e: Evidence) -> Mask:
    """Refusals: the reason is not the one that plan, demand and policy give, or a gain stands where none can be."""
    refusals = e.tables["refusals"]
    due = e.picks[PAIR].assign(due=_due_reasons(e)).drop_duplicates(PAIR)
    reason = refusals[PAIR].merge(due, how="left", on=PAIR)["due"].to_numpy()
    gain = refusals["gain"]
    return (refusals["reason"] != reason) | (gain < 0) | ((gain > 0) & (refusals["reason"] != "given_up_for_others"))


def refusal_holders(e: Evidence) -> Mask:
    """Refusals: the buyer named as holding the unit, or that buyer's grade, rank or choice, is not the plan's."""
    refusals = e.tables["refusals"]
    holder = e.holders.reindex(refusals["unit_id"])
    nobody = holder["buyer_id"].isna().to_numpy()
    due = {
        "taken_by": np.where(nobody, "", holder["buyer_id"].astype("str").fillna("")),
        "taken_by_grade": np.where(nobody, "", holder["grade"].astype("str").fillna("")),
        "taken_by_priority_rank": holder["priority_rank"].fillna(0).to_numpy(),
        "taken_by_choice_rank": holder["choice_rank"].fillna(0).to_numpy(),
    }
    return np.logical_or.reduce([refusals[name].to_numpy() != value for name, value in due.items()])


def no_better_swap(e: Evidence) -> Mask:
    """Refusals: a buyer with room for a unit gave up one whose holder comes after: the goals could reach more."""
    refusals = e.tables["refusals"]
    served = e.tables["allocation"].groupby("buyer_id").size()
    room = refusals["buyer_id"].map(served).fillna(0) < e.parameters["quota"]
    proven_goals = e.parameters["status"] == "proven" and e.parameters["method"] == "goals"
    return (refusals["reason"] == "given_up_for_others") & room & proven_goals


def conflicts_complete(e: Evidence) -> Mask:
    """Units: two or more eligible contenders, but no conflict is published."""
    units = e.tables["units"]
    contested = _contenders(e).loc[lambda counts: counts["contenders"] >= 2].index
    return units["unit_id"].isin(contested) & ~units["unit_id"].isin(e.tables["conflicts"]["unit_id"])


def conflict_facts(e: Evidence) -> Mask:
    """Conflicts: contenders, winner or losers are not those of demand and plan, or a unit stands twice."""
    conflicts = e.tables["conflicts"]
    counts = _contenders(e).reindex(conflicts["unit_id"]).fillna(0)
    winner = e.holders.reindex(conflicts["unit_id"])
    due = {
        **dict(counts.items()),
        "winner_id": winner["buyer_id"].astype("str").fillna(""),
        "winner_grade": winner["grade"].astype("str").fillna(""),
        "winner_priority_rank": winner["priority_rank"].fillna(0),
        "winner_choice_rank": winner["choice_rank"].fillna(0),
    }
    wrong = [conflicts[name].to_numpy() != value.to_numpy() for name, value in due.items()]
    return np.logical_or.reduce([*wrong, conflicts["contenders"] < 2, conflicts.duplicated("unit_id")])


def conflict_reasons(e: Evidence) -> Mask:
    """Conflicts: the winner's reason does not follow from the policy."""
    conflicts = e.tables["conflicts"]
    due = pd.Series(_winner_reasons(e), index=e.picks.index)
    pick = e.holders["pick"].reindex(conflicts["unit_id"]).fillna(-1).astype(np.int64)
    reason = np.where(pick >= 0, due.reindex(pick).astype("str").fillna("").to_numpy(), "")
    return ~_compatible(conflicts["winner_reason"].to_numpy(dtype=object), reason)


def waiting_complete(e: Evidence) -> Mask:
    """Demand: an eligible pick on a contested unit, not granted, that stands on no waiting list."""
    contested = e.picks["unit_id"].isin(e.tables["conflicts"]["unit_id"])
    waits = e.can_be_granted & ~e.picks["granted"] & contested
    return waits & (positions(e.tables["waiting_list"], e.picks) < 0)


def waiting_facts(e: Evidence) -> Mask:
    """Waiting list: no such contender, or grade, rank, choice or unit held instead is not the published one."""
    waiting = e.tables["waiting_list"]
    pick = positions(e.picks, waiting)
    known = e.picks.assign(waits=e.can_be_granted & ~e.picks["granted"]).reset_index(drop=True).reindex(pick)
    score = e.scores.reindex(waiting["buyer_id"])
    instead = waiting["buyer_id"].map(_held_units(e)).astype("str").fillna("")
    wrong = [
        pick < 0,
        ~known["waits"].eq(True).to_numpy(),
        known["choice_rank"].to_numpy() != waiting["choice_rank"].to_numpy(),
        score["grade"].to_numpy() != waiting["grade"].to_numpy(),
        score["priority_rank"].to_numpy() != waiting["priority_rank"].to_numpy(),
        instead != waiting["placed_unit_id"],
        waiting.duplicated(PAIR).to_numpy(),
    ]
    return np.logical_or.reduce(wrong)


def waiting_order(e: Evidence) -> Mask:
    """Waiting list: positions are not 1 … n in the policy's order, equal places by priority."""
    waiting = e.tables["waiting_list"]
    places = np.append(policy_places(e), -1)[positions(e.picks, waiting)]
    listed = waiting.assign(place=places)
    due = listed.sort_values(["unit_id", "place", "priority_rank"], kind="stable")
    return (due.groupby("unit_id").cumcount() + 1).reindex(waiting.index) != waiting["position"]


def _due_reasons(e: Evidence) -> np.ndarray:
    picks, place = e.picks, policy_places(e)
    rival = picks["holder_pick"].to_numpy()
    held = (picks["holder"] != "").to_numpy()
    before = (rival < 0) | picks["keep"].to_numpy()[rival] | (place[rival] <= place)
    full = {layout: e.bounds.room(layout) <= 0 for layout in set(picks["layout"].dropna())}
    no_room = picks["layout"].map(full).fillna(False).astype(bool).to_numpy() | (e.bounds.room("") <= 0)
    return np.select(
        [~e.can_be_granted, ~e.wanted, held & before, ~held & no_room],
        [picks["true_reason"].to_numpy(dtype=object), "placed_higher", "taken", "layout_full"],
        default="given_up_for_others",
    )


def _contenders(e: Evidence) -> pd.DataFrame:
    """By unit: eligible contenders, those of first choice, and losers with and without a unit."""
    contenders = e.picks[e.can_be_granted]
    lost = ~contenders["granted"]
    placed = contenders["buyer_id"].isin(e.tables["allocation"]["buyer_id"])
    marks = pd.DataFrame({
        "unit_id": contenders["unit_id"],
        "contenders": 1,
        "first_choice_contenders": (contenders["choice_rank"] == 1).astype(np.int64),
        "losers_placed": (lost & placed).astype(np.int64),
        "losers_unplaced": (lost & ~placed).astype(np.int64),
    })
    return marks.groupby("unit_id").sum()


def _winner_reasons(e: Evidence) -> np.ndarray:
    """(picks,) for granted picks the class of the winner's reason: kept, only_left, more_placed or order."""
    picks, place = e.picks, policy_places(e)
    wanted = pd.DataFrame({"unit_id": picks["unit_id"], "place": place})[e.wanted]
    nearest = picks["unit_id"].map(wanted.groupby("unit_id")["place"].min())
    return np.select(
        [~picks["granted"], picks["keep"], nearest.isna(), nearest < place],
        ["", "kept", "only_left", "more_placed"],
        default="order",
    )


def _compatible(stated: np.ndarray, due: np.ndarray) -> np.ndarray:
    by_order = np.isin(stated.astype("str"), ["grade", "choice", "previous", "priority", "draw"])
    return (stated == due) | ((due == "order") & by_order)


def _held_units(e: Evidence) -> pd.Series:
    placed = e.tables["allocation"].sort_values(["buyer_id", "choice_rank"])
    return placed.groupby("buyer_id")["unit_id"].agg(" ".join)


REASON_CHECKS = (
    ("refusals_complete", "demand", refusals_complete),
    ("refusals_of_picks", "refusals", refusals_of_picks),
    ("refusal_reasons", "refusals", refusal_reasons),
    ("refusal_holders", "refusals", refusal_holders),
    ("no_better_swap", "refusals", no_better_swap),
    ("conflicts_complete", "units", conflicts_complete),
    ("conflict_facts", "conflicts", conflict_facts),
    ("conflict_reasons", "conflicts", conflict_reasons),
    ("waiting_complete", "demand", waiting_complete),
    ("waiting_facts", "waiting_list", waiting_facts),
    ("waiting_order", "waiting_list", waiting_order),
)
