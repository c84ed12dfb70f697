"""Checks of rulings and of what decisions cost: the log in order, its newest words in force, costs those of the plan.

What a plan would have reached without the decisions cannot be derived without solving. But where the decisions only
take choices away, the first goal they change must be worse for them; a cost that says otherwise is invented.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.allocation.audit.evidence import Evidence, Mask
from sincerity.domain.rulings import KEEPING, RULING_WORDS

_GOAL = ["goal", "grades", "choices"]
_COUNTED_ANEW = ("priority", "tie")  # their units depend on which picks there are


def ruling_log(e: Evidence) -> Mask:
    """Rulings: not in the order of their numbers, no ruling's word, or without who and why."""
    rulings = e.tables["rulings"]
    unsigned = (rulings["by"] == "") | (rulings["reason"] == "")
    return (rulings["ruling_no"].diff() < 1) | ~rulings["decision"].isin(RULING_WORDS) | unsigned


def rulings_followed(e: Evidence) -> Mask:
    """Rulings: the newest word on a buyer and a unit, and the decisions of the round do not say the same."""
    rulings = e.tables["rulings"].assign(buyer_id=lambda logged: _households(e, logged["buyer_id"]))
    newest = ~rulings.duplicated(["buyer_id", "unit_id"], keep="last")
    stands = newest & (rulings["decision"] != "withdraw") & (rulings["buyer_id"] != "")
    said = np.where(rulings["decision"].isin(KEEPING), "keep", "forbid")
    followed = np.where(said == "keep", e.decided(rulings, "keep"), e.decided(rulings, "forbid"))
    return stands & ~followed.astype(bool)


def costs_complete(e: Evidence) -> Mask:
    """Decisions: the round follows them, and no cost is told; or goals of the plan are missing from the costs."""
    decisions, costs = e.tables["decisions"], e.tables["decision_costs"]
    told = set(map(tuple, costs.loc[costs["scope"] == "all", _GOAL].to_numpy()))
    due = set(map(tuple, e.tables["goals"][_GOAL].to_numpy()))
    return np.full(len(decisions), not due <= told)


def cost_figures(e: Evidence) -> Mask:
    """Costs: what the plan reaches is not the goal's value, the sense is another, rows are out of order or needless."""
    costs = e.tables["decision_costs"]
    goals = e.tables["goals"].drop_duplicates(_GOAL).set_index(_GOAL)
    named = pd.MultiIndex.from_frame(costs[_GOAL])
    value, sense = goals["value"].reindex(named).to_numpy(), goals["sense"].reindex(named).to_numpy(dtype=object)
    in_plan = named.isin(goals.index)
    return (
        (costs["after"].to_numpy() != np.where(in_plan, value, 0))
        | (in_plan & (costs["sense"].to_numpy(dtype=object) != sense))
        | (costs["goal_no"] != costs.groupby("scope").cumcount() + 1)
        | ~costs["scope"].isin(["all", "newest"])
        | e.tables["decisions"].empty
    )


def costs_are_losses(e: Evidence) -> Mask:
    """Costs: the first goal that decisions change is better for them, though they only take choices away."""
    every = e.tables["decision_costs"]
    costs = every[~every["goal"].isin(_COUNTED_ANEW)]
    changed = costs[costs["before"] != costs["after"]].drop_duplicates("scope")
    loss = (changed["before"] - changed["after"]).where(changed["sense"] == "max", changed["after"] - changed["before"])
    gained = changed.index[(loss < 0) & (changed["status"] == "proven")]
    return every.index.isin(gained) & (not _adds_choices(e))


def _adds_choices(e: Evidence) -> bool:
    """Whether a kept pick could not have been granted without the decision; then a plan can gain by it."""
    picks = e.picks[e.picks["keep"]]
    free = picks["active"] & (picks["status"] == "available") & ~(picks["unit_total_yuan"] > picks["ceiling_yuan"])
    kept = e.tables["decisions"]["decision"].eq("keep").sum()
    return bool((~free | picks["forbid"]).any() or kept != len(picks) or (picks["accepts"] == "").any())


def _households(e: Evidence, buyer_ids: pd.Series) -> pd.Series:
    """The household's id of each buyer; "" for one the round does not know."""
    members = e.tables["buyers"].assign(member=lambda buyers: buyers["members"].astype("str").str.split())
    members = members.explode("member").drop_duplicates("member").set_index("member")["buyer_id"]
    own = pd.Series(e.buyers.index, index=e.buyers.index)
    return buyer_ids.map(members).fillna(buyer_ids.map(own)).astype("str").fillna("")


DECISION_CHECKS = (
    ("ruling_log", "rulings", ruling_log),
    ("rulings_followed", "rulings", rulings_followed),
    ("costs_complete", "decisions", costs_complete),
    ("cost_figures", "decision_costs", cost_figures),
    ("costs_are_losses", "decision_costs", costs_are_losses),
)
