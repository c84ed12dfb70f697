"""The rates a sales office steers by, each as numerator and denominator (glossary, KPI table)."""

from __future__ import annotations

import pandas as pd

from sincerity.domain import KPIS, Known


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


def _distinct_days(touchpoints: pd.DataFrame, kind: str) -> pd.Series:
    acts = touchpoints[touchpoints["kind"] == kind]
    return acts["at"].dt.normalize().groupby(acts["buyer_id"]).nunique()
