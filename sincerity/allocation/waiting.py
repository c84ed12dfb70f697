"""Contested units: who won each, on what ground, and who waits for it in which order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.allocation.instance import Instance, Ints, Plan
from sincerity.allocation.standing import Bools, Criterion, Standing, standing
from sincerity.domain import CONFLICTS, GRADES, WAITING_LIST


def conflicts(instance: Instance, plan: Plan, scores: pd.DataFrame) -> pd.DataFrame:
    """One CONFLICTS row per unit with two or more eligible contenders, by unit id.

    ``winner_reason``: kept (a decision), only_left (every other contender holds a better pick), more_placed
    (a contender before the winner in the policy's order gave way so that the plan's goals reach more), else
    the first criterion that put the winner before the nearest contender who still wants the unit: grade,
    choice, previous (held it in the previous plan), priority (points, then the order of priority), draw (the
    keyed hash). "" when nobody got the unit.
    """
    stand = standing(instance, plan)
    contested = _contested_units(instance)
    winner = stand.holder_pick[contested]
    won = winner >= 0
    buyers = instance.pick_buyer[winner]
    lost_unplaced = _count_by_unit(instance, ~stand.granted & ~_buyer_placed(stand)[instance.pick_buyer])[contested]
    contenders = _count_by_unit(instance, np.ones(len(instance.pick_unit), dtype=bool))[contested]
    frame = CONFLICTS.frame({
        "unit_id": instance.unit_ids[contested],
        "contenders": contenders,
        "first_choice_contenders": _count_by_unit(instance, instance.pick_rank == 1)[contested],
        "winner_id": np.where(won, instance.buyer_ids[buyers], ""),
        "winner_grade": np.where(won, np.array(GRADES)[instance.grade[buyers]], ""),
        "winner_priority_rank": np.where(won, priority_ranks(instance, scores)[buyers], 0),
        "winner_choice_rank": np.where(won, instance.pick_rank[winner], 0),
        "winner_reason": _winner_reasons(stand, contested),
        "losers_placed": contenders - won - lost_unplaced,
        "losers_unplaced": lost_unplaced,
    })
    return frame.sort_values("unit_id", ignore_index=True)


def waiting_list(instance: Instance, plan: Plan, scores: pd.DataFrame) -> pd.DataFrame:
    """For every contested unit the contenders who did not get it, in the policy's order, and what each got instead.

    Contenders no goal tells apart stand by priority. A buyer with several units shows them all.
    """
    stand = standing(instance, plan)
    contested = np.zeros(len(instance.unit_ids), dtype=bool)
    contested[_contested_units(instance)] = True
    waiting = np.flatnonzero(~stand.granted & contested[instance.pick_unit])
    buyer, unit_ids = instance.pick_buyer[waiting], instance.unit_ids[instance.pick_unit[waiting]]
    frame = pd.DataFrame({
        "unit_id": unit_ids,
        "place": stand.place[waiting],
        "buyer_id": instance.buyer_ids[buyer],
        "grade": np.array(GRADES)[instance.grade[buyer]],
        "priority_rank": priority_ranks(instance, scores)[buyer],
        "choice_rank": instance.pick_rank[waiting],
        "placed_unit_id": _held_units(stand)[buyer],
    }).sort_values(["unit_id", "place", "priority_rank"], ignore_index=True)
    return WAITING_LIST.frame(frame.assign(position=frame.groupby("unit_id").cumcount() + 1))


def priority_ranks(instance: Instance, scores: pd.DataFrame) -> Ints:
    """The published priority rank of every buyer of the instance; one past the last for a buyer without a score."""
    ranks = scores.set_index("buyer_id")["priority_rank"].reindex(instance.buyer_ids)
    return ranks.fillna(len(scores) + 1).to_numpy(dtype=np.int64)


def _contested_units(instance: Instance) -> Ints:
    return np.flatnonzero(np.bincount(instance.pick_unit, minlength=len(instance.unit_ids)) >= 2)


def _count_by_unit(instance: Instance, picks: Bools) -> Ints:
    return np.bincount(instance.pick_unit[picks], minlength=len(instance.unit_ids))


def _buyer_placed(stand: Standing) -> Bools:
    placed = np.zeros(len(stand.instance.buyer_ids), dtype=bool)
    placed[stand.instance.pick_buyer[stand.granted]] = True
    return placed


def _held_units(stand: Standing) -> np.ndarray:
    """The units each buyer was given, best choice first, space-separated; "" for none."""
    instance, picks = stand.instance, np.flatnonzero(stand.granted)
    picks = picks[np.lexsort((instance.pick_rank[picks], instance.pick_buyer[picks]))]
    units = pd.Series(instance.unit_ids[instance.pick_unit[picks]], dtype=object)
    joined = units.groupby(instance.pick_buyer[picks]).agg(" ".join)
    held = np.full(len(instance.buyer_ids), "", dtype=object)
    held[joined.index.to_numpy(dtype=np.int64)] = joined.to_numpy()
    return held


def _winner_reasons(stand: Standing, contested: Ints) -> np.ndarray:
    winner, rival = stand.holder_pick[contested], _nearest_rival(stand)[contested]
    place = stand.place
    return np.select(
        [winner < 0, stand.instance.pick_kept[winner], rival < 0, place[rival] < place[winner]],
        ["", "kept", "only_left", "more_placed"],
        default=_decisive(stand, winner, rival),
    )


def _nearest_rival(stand: Standing) -> Ints:
    """For each unit the pick first in the policy's order among those whose buyer still wants it, −1 where none does."""
    instance = stand.instance
    wanted = np.flatnonzero(stand.wanted)
    ordered = wanted[np.lexsort((instance.pick_buyer[wanted], stand.place[wanted]))]
    units, first = np.unique(instance.pick_unit[ordered], return_index=True)
    nearest = np.full(len(instance.unit_ids), -1, dtype=np.int64)
    nearest[units] = ordered[first]
    return nearest


def _decisive(stand: Standing, winner: Ints, rival: Ints) -> np.ndarray:
    """The first criterion that tells ``winner`` from ``rival``, in words."""
    differs = [criterion.key[winner] != criterion.key[rival] for criterion in stand.criteria]
    words = [_word(stand, criterion, winner, rival) for criterion in stand.criteria]
    return np.select(differs, words, default="draw")


def _word(stand: Standing, criterion: Criterion, winner: Ints, rival: Ints) -> np.ndarray:
    grade = stand.instance.grade[stand.instance.pick_buyer]
    if criterion.kind == "level":
        return _grade_or_choice(stand, criterion, winner, rival)
    if criterion.kind == "moves":
        return np.full(len(winner), "previous")
    if criterion.kind == "score":
        return np.full(len(winner), "priority")
    return np.where(grade[winner] < grade[rival], "grade", "priority")


def _grade_or_choice(stand: Standing, criterion: Criterion, winner: Ints, rival: Ints) -> np.ndarray:
    """Which of the two made the levels differ: the one that still wins when each side keeps only that advantage."""
    grade, rank = stand.instance.grade[stand.instance.pick_buyer], stand.instance.pick_rank
    by_grade = criterion.levels[grade[winner], rank[rival]]
    by_choice = criterion.levels[grade[rival], rank[winner]]
    return np.where(by_grade < by_choice, "grade", "choice")
