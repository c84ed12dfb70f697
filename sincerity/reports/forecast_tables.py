"""Tables of the launch-day forecast."""

from __future__ import annotations

import pandas as pd

from sincerity.reports.forecast_words import assumption_label, assumption_value, lever_labels
from sincerity.reports.formatting import money_text
from sincerity.reports.lookup import Lookup
from sincerity.reports.view import TableView
from sincerity.reports.view_tables import Shown, table_view
from sincerity.reports.wording import Words

_SOLD = (Shown("sold_p10", "int", 9), Shown("sold_p50", "int", 9), Shown("sold_p90", "int", 9))
_REVENUE = (
    Shown("revenue_p10_yuan", "yuan", 15), Shown("revenue_p50_yuan", "yuan", 15), Shown("revenue_p90_yuan", "yuan", 15),
)
TOTALS = (
    Shown("forecast_scope", width=10), Shown("forecast_member", width=18), Shown("forecast_stock", "int", 9), *_SOLD,
    Shown("sold_days_inside", "percent", 11), Shown("sold_share", "percent", 9), *_REVENUE,
    Shown("revenue_days_inside", "percent", 11),
)
UNITS = (
    Shown("unit_id", width=13), Shown("layout", width=10), Shown("total_yuan", "yuan", 13),
    Shown("chance_to_sell", "percent", 9), Shown("wave", "int", 7), Shown("expected_position", "number", 10),
    Shown("likely_buyer", width=12), Shown("likely_buyer_id", width=12), Shown("likely_buyer_chance", "percent", 9),
)
BUYERS = (
    Shown("expected_position", "number", 10), Shown("buyer", width=12), Shown("buyer_id", width=12),
    Shown("consultant", width=10), Shown("grade", width=6), Shown("chance_to_come", "percent", 9),
    Shown("chance_first_choice", "percent", 10), Shown("chance_pick", "percent", 10),
    Shown("chance_substitute", "percent", 10), Shown("chance_nothing", "percent", 9),
)
GRADES = (
    Shown("grade", width=6), Shown("invited", "int", 9), Shown("orders_p10", "int", 9), Shown("orders_p50", "int", 9),
    Shown("orders_p90", "int", 9), Shown("orders_days_inside", "percent", 11),
)
CURVE = (Shown("called", "int", 9), *_SOLD)
BASIS = (Shown("assumption", "long_text", 30), Shown("assumed", width=22), Shown("assumed_unit", "long_text", 40))
LEVERS = (
    Shown("lever", "long_text", 30), Shown("forecast_stock", "int", 9), *_SOLD,
    Shown("sold_change_p10", "int", 10), Shown("sold_change_p50", "int", 10), Shown("sold_change_p90", "int", 10),
    Shown("sold_change_mean", "number", 10), Shown("revenue_p50_yuan", "yuan", 15),
    Shown("revenue_change_p10_yuan", "yuan", 15), Shown("revenue_change_p50_yuan", "yuan", 15),
    Shown("revenue_change_p90_yuan", "yuan", 15),
)
BALLOT = (
    Shown("position", "int", 8), Shown("buyer_id", width=12), Shown("buyer", width=12), Shown("grade", width=6),
    Shown("drawn_from", "long_text", 40), Shown("drawn_number", "long_text", 64),
)
REVIEW = (
    Shown("forecast_scope", width=10), Shown("forecast_member", width=18), Shown("forecast_p10", "int", 9),
    Shown("forecast_p50", "int", 9), Shown("forecast_p90", "int", 9), Shown("forecast_days_inside", "percent", 11),
    Shown("actual", "int", 9),
    Shown("inside", width=9), Shown("error", "percent", 9),
)
UNIT_REVIEW = (
    Shown("unit_id", width=13), Shown("layout", width=10), Shown("chance_to_sell", "percent", 9),
    Shown("wave", "int", 7), Shown("sold_or_not", width=9), Shown("buyer", width=12), Shown("buyer_id", width=12),
    Shown("grade", width=6), Shown("claims", "int", 8), Shown("as_expected", width=9),
    Shown("buyer_as_expected", width=9),
)


def forecast_totals(lookup: Lookup) -> TableView:
    """Units sold and revenue, in total and by every cut."""
    rows, words = lookup.table("forecast_totals"), lookup.words
    prices = rows["member"].where(rows["scope"] == "price_band", "").map(lambda band: _price_band(band, words.lang))
    shown = rows.assign(
        forecast_scope=words.labels(rows["scope"], "forecast_scope"),
        forecast_member=rows["member"].where(rows["scope"] != "price_band", prices).str.replace("-", "–"),
        forecast_stock=rows["units"],
        sold_share=rows["sold_p50"] / rows["units"].where(rows["units"] > 0),
    )
    return table_view("forecast_totals", shown, TOTALS, words)


def forecast_units(lookup: Lookup) -> TableView:
    """Every unit on sale, as the facade stands."""
    place = pd.Series(range(len(lookup.stock)), index=lookup.stock.index)
    rows = lookup.with_unit(lookup.table("forecast_units"), ["layout", "total_yuan"])
    rows = lookup.with_buyer(rows, ["who"], on="likely_buyer_id")
    rows = rows.assign(
        likely_buyer=rows["who"],
        wave=rows["wave"].where(rows["wave"] > 0),
        expected_position=rows["expected_position"].round(),
        place=rows["unit_id"].map(place),
    )
    return table_view("forecast_units", rows.sort_values("place"), UNITS, lookup.words)


def forecast_buyers(lookup: Lookup) -> TableView:
    """Every invited buyer, by priority."""
    rows = lookup.with_buyer(lookup.table("forecast_buyers"), ["who", "consultant"])
    shown = rows.assign(buyer=rows["who"], expected_position=rows["expected_position"].round())
    return table_view("forecast_buyers", shown, BUYERS, lookup.words)


def forecast_grades(lookup: Lookup) -> TableView:
    """Orders by grade."""
    rows = lookup.table("forecast_grades")
    return table_view("forecast_grades", rows.assign(invited=rows["buyers"]), GRADES, lookup.words)


def absorption_curve(lookup: Lookup) -> TableView:
    """The curve's figures."""
    rows = lookup.table("absorption_curve")
    return table_view("absorption_curve", rows.assign(called=rows["position"]), CURVE, lookup.words)


def forecast_basis(lookup: Lookup) -> TableView:
    """What the forecast rests on, assumption by assumption."""
    rows, lang = lookup.table("forecast_basis"), lookup.words.lang
    shown = rows.assign(
        assumption=[assumption_label(item, lang) for item in rows["item"]],
        assumed=[assumption_value(item, value, lang) for item, value in zip(rows["item"], rows["value"], strict=True)],
        assumed_unit=rows["unit"],
    )
    return table_view("forecast_basis", shown, BASIS, lookup.words)


def levers(lookup: Lookup) -> TableView:
    """What each lever would change."""
    rows = lookup.table("levers")
    shown = rows.assign(lever=lever_labels(lookup), forecast_stock=rows["units"])
    return table_view("levers", shown, LEVERS, lookup.words)


def ballot(lookup: Lookup) -> TableView:
    """The order drawn in public, with everything needed to draw it again."""
    rows = lookup.with_buyer(lookup.table("ballot"), ["who", "grade"])
    return table_view("ballot", rows.assign(buyer=rows["who"], drawn_number=rows["number"]), BALLOT, lookup.words)


def forecast_review(lookup: Lookup) -> TableView:
    """Forecast and fact, cut by cut."""
    rows, words = lookup.table("forecast_review"), lookup.words
    shown = rows.assign(
        forecast_scope=words.labels(rows["scope"], "forecast_scope"),
        forecast_member=rows["member"],
        inside=_said(rows["inside"], words),
    )
    return table_view("forecast_review", shown, REVIEW, words)


def unit_review(lookup: Lookup) -> TableView:
    """Forecast and fact, unit by unit."""
    words = lookup.words
    rows = lookup.with_buyer(lookup.with_unit(lookup.table("unit_review"), ["layout"]), ["who"])
    shown = rows.assign(
        buyer=rows["who"],
        grade=rows["buyer_grade"],
        sold_or_not=_said(rows["sold"], words),
        as_expected=_said(rows["as_expected"], words),
        buyer_as_expected=_said(rows["buyer_as_expected"], words),
        wave=rows["wave"].where(rows["wave"] > 0),
    )
    return table_view("unit_review", shown, UNIT_REVIEW, words)


def _said(truths: pd.Series, words: Words) -> pd.Series:
    return truths.map({True: words("yes"), False: words("no")}).astype(object)


def _price_band(band: str, lang: str) -> str:
    return "–".join(money_text(float(edge), lang) for edge in band.split("-")) if band else ""


FORECAST_TABLES = (
    forecast_totals, forecast_units, forecast_buyers, forecast_grades, absorption_curve, forecast_basis, levers,
    ballot, forecast_review, unit_review,
)
