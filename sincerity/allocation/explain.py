"""What the plan says to people: who got what, why every other pick was not granted, what goals and targets reached."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.allocation.gain import count_gains
from sincerity.allocation.instance import Instance, Ints, Plan
from sincerity.allocation.standing import Standing, standing
from sincerity.allocation.waiting import priority_ranks
from sincerity.domain import ALLOCATION, GOALS, GRADES, REFUSALS, TARGET_RESULTS
from sincerity.settings import Policy


def allocation_table(instance: Instance, plan: Plan, scores: pd.DataFrame, demand: pd.DataFrame) -> pd.DataFrame:
    """The plan as ALLOCATION rows, by priority and choice."""
    buyer = instance.pick_buyer[plan.picks]
    granted = pd.DataFrame({
        "buyer_id": instance.buyer_ids[buyer],
        "unit_id": instance.unit_ids[instance.pick_unit[plan.picks]],
        "choice_rank": instance.pick_rank[plan.picks],
        "grade": np.array(GRADES)[instance.grade[buyer]],
        "score": instance.score[buyer],
        "priority_rank": priority_ranks(instance, scores)[buyer],
        "kept": instance.pick_kept[plan.picks],
    })
    priced = granted.merge(demand[["buyer_id", "unit_id", "total_yuan"]], how="left", on=["buyer_id", "unit_id"])
    return ALLOCATION.frame(priced.sort_values(["priority_rank", "choice_rank", "unit_id"]))


def refusals(
    instance: Instance,
    plan: Plan,
    scores: pd.DataFrame,
    demand: pd.DataFrame,
    policy: Policy,
    time_limit_s: float,
) -> pd.DataFrame:
    """A REFUSALS row for every pick of ``demand`` that was not granted, by priority and choice.

    A pick that was never eligible keeps its reason from ``demand``. An eligible one is ``placed_higher`` when
    the buyer's quota went to better choices; ``taken`` when the unit's holder is kept by a decision or stands
    before (or level with) the buyer in the policy's order; ``layout_full`` when the unit stayed free because
    no more units of its layout, or of all, may be placed; ``given_up_for_others`` otherwise. ``taken_by`` names
    whoever holds the unit, whatever the reason. ``gain`` is counted by ``allocation.gain``.
    """
    reasons = _eligible_reasons(standing(instance, plan))
    gains = count_gains(instance, plan, policy, np.flatnonzero(reasons == "given_up_for_others"), time_limit_s)
    refused = _refused(instance, reasons, gains, demand)
    return _with_holders(refused, allocation_table(instance, plan, scores, demand), scores)


def refusal_reasons(instance: Instance, plan: Plan, demand: pd.DataFrame) -> pd.DataFrame:
    """Buyer, unit and reason of every pick that was not granted, as ``refusals`` tells them."""
    reasons = _eligible_reasons(standing(instance, plan))
    return _refused(instance, reasons, np.zeros(len(reasons)), demand)[["buyer_id", "unit_id", "reason"]]


def goals_table(plan: Plan) -> pd.DataFrame:
    """The plan's goals in their order, as GOALS rows."""
    return GOALS.frame([
        {
            "goal_no": number,
            "goal": goal.goal,
            "grades": " ".join(goal.grades),
            "choices": " ".join(map(str, goal.choices)),
            "sense": goal.sense,
            "value": goal.value,
            "bound": goal.bound,
            "status": goal.status,
        }
        for number, goal in enumerate(plan.goals, 1)
    ])


def target_results(targets: pd.DataFrame, units: pd.DataFrame, allocation: pd.DataFrame) -> pd.DataFrame:
    """What became of each target: units placed and units short of the minimum, in the order of the targets."""
    layouts = allocation["unit_id"].map(units.set_index("unit_id")["layout"])
    by_layout = layouts.value_counts()
    placed = targets["layout"].map(by_layout).fillna(0).mask(targets["layout"] == "", len(allocation))
    shortfall = (targets["min_units"].fillna(0) - placed).clip(lower=0)
    return TARGET_RESULTS.frame(targets.assign(placed=placed, shortfall=np.ceil(shortfall)))


def _eligible_reasons(stand: Standing) -> np.ndarray:
    """The reason code of every eligible pick; "" for granted ones."""
    instance, rival = stand.instance, stand.rival
    not_overtaken = instance.pick_kept[rival] | (stand.place[rival] <= stand.place)
    return np.select(
        [stand.granted, ~stand.wanted, (rival >= 0) & not_overtaken, (rival < 0) & _full(stand)[instance.pick_unit]],
        ["", "placed_higher", "taken", "layout_full"],
        default="given_up_for_others",
    )


def _refused(instance: Instance, reasons: np.ndarray, gains: np.ndarray, demand: pd.DataFrame) -> pd.DataFrame:
    """The picks of ``demand`` that were not granted; ``reasons`` and ``gains`` are those of the eligible ones."""
    eligible = pd.DataFrame({
        "buyer_id": instance.buyer_ids[instance.pick_buyer],
        "unit_id": instance.unit_ids[instance.pick_unit],
        "found": reasons,
        "gain": gains,
    })
    picks = demand.merge(eligible, how="left", on=["buyer_id", "unit_id"])
    refused = picks[picks["found"] != ""]
    return refused.assign(
        reason=refused["reason"].mask(refused["reason"] == "", refused["found"]), gain=refused["gain"].fillna(0)
    )


def _full(stand: Standing) -> np.ndarray:
    """For each unit whether no further unit of its layout, or of all layouts, may be placed."""
    instance = stand.instance
    layout = instance.unit_layout[instance.pick_unit[stand.granted]]
    placed: Ints = np.bincount(layout, minlength=len(instance.layouts))
    return (placed >= instance.layout_max)[instance.unit_layout] | (len(layout) >= instance.all_max)


def _with_holders(refused: pd.DataFrame, allocation: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    holder = allocation.set_index("unit_id").reindex(refused["unit_id"])
    named = refused.assign(
        taken_by=holder["buyer_id"].fillna("").to_numpy(),
        taken_by_grade=holder["grade"].fillna("").to_numpy(),
        taken_by_priority_rank=holder["priority_rank"].fillna(0).to_numpy(),
        taken_by_choice_rank=holder["choice_rank"].fillna(0).to_numpy(),
        priority_rank=refused["buyer_id"].map(scores.set_index("buyer_id")["priority_rank"]),
    )
    return REFUSALS.frame(named.sort_values(["priority_rank", "choice_rank", "unit_id"]))
