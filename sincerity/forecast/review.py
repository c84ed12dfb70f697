"""After the launch: what was forecast beside what happened, in total and by every cut, and unit by unit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sincerity.domain import FORECAST_KPIS, FORECAST_REVIEW, GRADES, UNIT_REVIEW

SCOPES = ("all", "layout", "building")


def review_tables(tables: Mapping[str, pd.DataFrame], outcomes: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    """FORECAST_REVIEW, UNIT_REVIEW and FORECAST_KPIS by name.

    ``outcomes``: one row per household with ``status`` and ``unit_id``.
    """
    bought = outcomes[outcomes["status"] == "bought"]
    bought = bought.merge(tables["units"][["unit_id", "layout", "building"]], on="unit_id", how="left")
    review = pd.concat([_by_stock(tables, bought), _by_grade(tables, bought)], ignore_index=True)
    return {
        "forecast_review": review,
        "unit_review": _by_unit(tables, bought),
        "forecast_kpis": _kpis(review),
    }


def _kpis(review: pd.DataFrame) -> pd.DataFrame:
    """FORECAST_KPIS: how far off the total was, and how many of the cuts, the total among them, lay inside."""
    total = review[review["scope"] == "all"]
    off, actual = (total["forecast_p50"] - total["actual"]).sum(), total["actual"].sum()
    rates = [("forecast_error", off, actual), ("forecast_inside", review["inside"].sum(), len(review))]
    return FORECAST_KPIS.frame(pd.DataFrame(rates, columns=FORECAST_KPIS.names))


def _by_stock(tables: Mapping[str, pd.DataFrame], bought: pd.DataFrame) -> pd.DataFrame:
    totals = tables["forecast_totals"]
    totals = totals[totals["scope"].isin(SCOPES)]
    counts = {scope: bought[scope].value_counts() for scope in SCOPES[1:]}
    actual = [len(bought) if scope == "all" else counts[scope].get(member, 0)
              for scope, member in zip(totals["scope"], totals["member"], strict=True)]
    return _beside(totals.rename(columns=lambda name: name.replace("sold_", "forecast_")), np.array(actual, dtype=int))


def _by_grade(tables: Mapping[str, pd.DataFrame], bought: pd.DataFrame) -> pd.DataFrame:
    grade = bought["buyer_id"].map(tables["scores"].set_index("buyer_id")["grade"])
    rows = tables["forecast_grades"]
    rows = rows.rename(columns=lambda name: name.replace("orders_", "forecast_")).assign(
        scope="grade", member=rows["grade"]
    )
    return _beside(rows, grade.value_counts().reindex(rows["grade"], fill_value=0).to_numpy())


def _beside(rows: pd.DataFrame, actual: np.ndarray) -> pd.DataFrame:
    middle = rows["forecast_p50"].to_numpy()
    off = np.divide(middle, actual, out=np.full(len(rows), np.nan), where=actual > 0) - 1
    inside = (rows["forecast_p10"].to_numpy() <= actual) & (actual <= rows["forecast_p90"].to_numpy())
    return FORECAST_REVIEW.frame(rows.assign(actual=actual, inside=inside, error=off))


def _by_unit(tables: Mapping[str, pd.DataFrame], bought: pd.DataFrame) -> pd.DataFrame:
    """Every unit of the forecast; of several rows that claim one unit the first buyer by id stands, all are counted."""
    first = bought.sort_values("buyer_id").drop_duplicates("unit_id").set_index("unit_id")["buyer_id"]
    claims = bought["unit_id"].value_counts()
    rows = tables["forecast_units"]
    buyer = rows["unit_id"].map(first).astype("str").fillna("")
    grade = buyer.map(tables["scores"].set_index("buyer_id")["grade"]).astype("str").fillna("")
    return UNIT_REVIEW.frame(rows.assign(
        sold=buyer != "",
        buyer_id=buyer,
        buyer_grade=grade.where(grade.isin(GRADES), ""),
        claims=rows["unit_id"].map(claims).fillna(0),
        as_expected=(buyer != "") == (rows["chance_to_sell"] >= 0.5),
        buyer_as_expected=(buyer != "") & (buyer == rows["likely_buyer_id"]),
    ))
