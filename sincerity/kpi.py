"""The rates a sales office steers by, each as numerator and denominator (glossary, KPI table)."""

from __future__ import annotations

import pandas as pd

from sincerity.domain import KPIS, Known

PLAN_KPIS = ("placement", "first_choice")
LAUNCH_DAY = 0  # stands for the launch day among the numbers of the rounds
_PRESENT = ("bought", "came_no_choice", "blocked")


def kpis(known: Known, demand: pd.DataFrame, allocation: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """One KPIS row per rate that can be stated before launch day.

    visit, repeat_visit, showflat and subscription count buyers (households) of the launch; placement and
    first_choice count the plan; loaded_unit, conflict and uncovered_unit count released units: those that are
    neither held nor sold. Repeat visits are visits on two or more days.
    """
    buyers = known.buyers["buyer_id"]
    visit_days = _distinct_days(known.touchpoints, "visit").reindex(buyers, fill_value=0).to_numpy()
    showflat_days = _distinct_days(known.touchpoints, "showflat_view").reindex(buyers, fill_value=0).to_numpy()
    subscribed = (known.buyers["commitment"] != "none").to_numpy()
    released = known.units.loc[known.units["status"] == "available", "unit_id"]
    eligible = demand[demand["eligible"]]
    grade = eligible["buyer_id"].map(scores.set_index("buyer_id")["grade"])
    firsts = demand.loc[(demand["choice_rank"] == 1) & demand["unit_id"].isin(released), "unit_id"].value_counts()
    came = visit_days >= 1
    rates = {
        "visit": (came.sum(), len(buyers)),
        "repeat_visit": ((visit_days >= 2).sum(), came.sum()),
        "showflat": ((came & (showflat_days >= 1)).sum(), came.sum()),
        "subscription": ((came & subscribed).sum(), came.sum()),
        "placement": (allocation["buyer_id"].nunique(), eligible["buyer_id"].nunique()),
        "first_choice": ((allocation["choice_rank"] == 1).sum(), len(allocation)),
        "loaded_unit": (eligible.loc[grade.isin(["A", "B"]), "unit_id"].nunique(), len(released)),
        "conflict": ((firsts >= 2).sum(), len(firsts)),
        "uncovered_unit": ((~released.isin(demand["unit_id"])).sum(), len(released)),
    }
    return KPIS.frame([{"kpi": name, "numerator": n, "denominator": d} for name, (n, d) in rates.items()])


def launch_day_kpis(known: Known, outcomes: pd.DataFrame) -> pd.DataFrame:
    """KPIS of the launch day from its ``outcomes`` (of this launch); no rows before there are any.

    show_up counts buyers with an outcome, redemption those who had subscribed; absorption counts the units on sale at
    the round's cutoff and those sold since.
    """
    if outcomes.empty:
        return KPIS.empty()
    members = known.buyers["members"].str.split(" ").explode()
    household = pd.Series(known.buyers["buyer_id"].reindex(members.index).to_numpy(), index=members.to_numpy())
    buyer = outcomes["buyer_id"].map(household).astype("str").fillna(outcomes["buyer_id"])
    bought = outcomes["status"] == "bought"
    subscribers = known.buyers.loc[known.buyers["commitment"] != "none", "buyer_id"]
    sold = outcomes.loc[bought & outcomes["unit_id"].isin(known.units["unit_id"]), "unit_id"]
    released = known.units.loc[known.units["status"] == "available", "unit_id"]
    rates = {
        "show_up": (buyer[outcomes["status"].isin(_PRESENT)].nunique(), buyer.nunique()),
        "redemption": (subscribers.isin(buyer[bought]).sum(), len(subscribers)),
        "absorption": (sold.nunique(), len(set(released) | set(sold))),
    }
    return KPIS.frame([{"kpi": name, "numerator": n, "denominator": d} for name, (n, d) in rates.items()])


def churn_kpi(before: Known, changes: pd.DataFrame, now: Known) -> pd.DataFrame:
    """KPIS of the buyers whose picks changed (``changes`` are PICK_CHANGES) among those with picks in either round."""
    either = pd.concat([before.picks["buyer_id"], now.picks["buyer_id"]]).nunique()
    changed = changes["buyer_id"].nunique()
    return KPIS.frame([{"kpi": "intention_churn", "numerator": changed, "denominator": either}])


def forecast_kpis(review: pd.DataFrame) -> pd.DataFrame:
    """KPIS of a FORECAST_REVIEW: the middle forecast's distance from what was sold, and how many of its figures lie
    inside their range; no rows before the launch is closed."""
    total = review[review["scope"] == "all"]
    if total.empty:
        return KPIS.empty()
    actual = int(total["actual"].iloc[0])
    return KPIS.frame([
        {"kpi": "forecast_error", "numerator": int(total["forecast_p50"].iloc[0]) - actual, "denominator": actual},
        {"kpi": "forecast_inside", "numerator": int(review["inside"].sum()), "denominator": len(review)},
    ])


def _distinct_days(touchpoints: pd.DataFrame, kind: str) -> pd.Series:
    acts = touchpoints[touchpoints["kind"] == kind]
    return acts["at"].dt.normalize().groupby(acts["buyer_id"]).nunique()
