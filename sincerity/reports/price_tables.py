"""Tables about prices: what buyers accept, the base-price check, the price plan and what it was compared with."""

from __future__ import annotations

import pandas as pd

from sincerity.reports.formatting import count_text, joined, texts_of, whole_numbers
from sincerity.reports.lookup import Lookup
from sincerity.reports.view import TableView
from sincerity.reports.view_tables import Shown, table_view

PRICE_COLUMNS = (
    Shown("unit_id", width=13), Shown("layout", width=10), Shown("area_m2", "number", 10),
    Shown("price_base", "yuan_per_m2", 12), Shown("price_base_total", "yuan", 13),
    Shown("price_step", "int", 7), Shown("price_change", width=9), Shown("price_yuan_per_m2", "number", 12),
    Shown("total_yuan", "yuan", 13), Shown("price_holder", width=12), Shown("price_willing", "int", 9),
    Shown("price_lost_at_next", "int", 11), Shown("reason", "long_text", 72),
)
NAMED = 4  # buyers named in a cell; the others are counted
_CHECK = (
    Shown("price_scope", width=10), Shown("price_group", width=14), Shown("price_units", "int", 8),
    Shown("price_buyers", "int", 8), Shown("price_by_pick", "int", 8), Shown("price_by_level", "int", 8),
    Shown("price_by_answer", "int", 8), Shown("price_by_budget", "int", 8), Shown("price_accepting", "int", 8),
    Shown("price_share_accepting", "percent", 9), Shown("price_range", width=14),
    Shown("price_correction", width=10), Shown("price_verdict", "long_text", 56),
)
_ACCEPTANCE = (
    Shown("price_scope", width=10), Shown("price_group", width=14), Shown("price_change", width=9),
    Shown("price_buyers", "int", 10), Shown("price_accepting", "int", 10), Shown("price_share_accepting", "percent", 9),
    Shown("price_range", width=14), Shown("price_lost_here", "int", 10),
)
_BAND = (
    Shown("unit_id", width=13), Shown("layout", width=10), Shown("named_by", "int", 9),
    Shown("price_accept_low", "int", 10), Shown("price_accept_base", "int", 10), Shown("price_accept_high", "int", 10),
    Shown("price_unstated", "int", 10), Shown("price_edge", "long_text", 40),
)
_LOST = (
    Shown("unit_id", width=13), Shown("buyer", width=12), Shown("buyer_id", width=12), Shown("grade", width=6),
    Shown("choice_rank", "int", 8), Shown("price_lost_at", width=14), Shown("price_ceiling", "yuan", 13),
)
_VARIANTS = (
    Shown("price_variant", "long_text", 34), Shown("placed", "int", 9), Shown("placed_a", "int", 9),
    Shown("placed_b", "int", 9), Shown("price_revenue", "yuan", 15), Shown("price_list_value", "yuan", 16),
    Shown("price_average", "number", 11), Shown("price_moved", "int", 9), Shown("price_keeps_rules", width=10),
    Shown("proof", width=12),
)
_GOALS = (
    Shown("goal_no", "int", 6), Shown("goal", "long_text", 44), Shown("value", "int", 14), Shown("bound", "yuan", 16),
    Shown("proof", width=12),
)


def prices(lookup: Lookup) -> TableView:
    """The final price table, with why every unit stands at its step."""
    words, rows = lookup.words, lookup.table("prices")
    whole = (rows["price_yuan_per_m2"] % 1 == 0).all()
    columns = [
        column._replace(kind="yuan_per_m2") if whole and column.key == "price_yuan_per_m2" else column
        for column in PRICE_COLUMNS
    ]
    shown = lookup.with_unit(rows, ["layout"]).assign(
        price_base=rows["base_price_yuan_per_m2"], price_base_total=rows["base_total_yuan"],
        price_step=rows["step"], price_change=_signed(rows["change"]), price_holder=rows["buyer_id"],
        price_willing=rows["willing"], price_lost_at_next=rows["lost_at_next"],
        reason=_why(lookup, rows),
    )
    return table_view("prices", shown, columns, words)


def base_check(lookup: Lookup) -> TableView:
    """Round 1: every group's acceptance of its base prices, the ones out of line with a correction."""
    words, rows = lookup.words, lookup.table("base_check")
    parts = {"launch": texts_of(rows["launch_share"], "{:.0%}".format), "correction": _signed(rows["correction"])}
    shown = _grouped(lookup, rows).assign(
        price_units=rows["units"],
        **{f"price_{name}": rows[name] for name in ("by_pick", "by_level", "by_answer", "by_budget")},
        price_correction=_signed(rows["correction"]).where(rows["correction"] != 0, ""),
        price_verdict=words.sentences(rows["verdict"], "price_verdict", parts),
    )
    return table_view("base_check", shown, _CHECK, words)


def price_acceptance(lookup: Lookup) -> TableView:
    """Who still accepts at each price, by group."""
    rows = lookup.table("price_acceptance")
    shown = _grouped(lookup, rows).assign(price_change=_signed(rows["price_share"]), price_lost_here=rows["lost"])
    return table_view("price_acceptance", shown, _ACCEPTANCE, lookup.words)


def price_band(lookup: Lookup) -> TableView:
    """Chart 2.0: who follows each unit to the edges of its band."""
    rows = lookup.table("price_band")
    shown = lookup.with_unit(rows, ["layout"]).assign(
        price_accept_low=rows["accept_low"], price_accept_base=rows["accept_base"],
        price_accept_high=rows["accept_high"], price_unstated=rows["unstated"],
        price_edge=lookup.words.labels(rows["edge"], "price_edge"),
    )
    return table_view("price_band", shown, _BAND, lookup.words)


def price_lost(lookup: Lookup) -> TableView:
    """Buyers who do not follow a unit to the upper edge."""
    rows = lookup.table("price_lost")
    shown = lookup.with_buyer(rows, ["who"]).assign(
        price_lost_at=lookup.words.labels(rows["lost_at"], "price_lost_at"), price_ceiling=rows["ceiling_yuan"],
    )
    return table_view("price_lost", shown.assign(buyer=shown["who"]), _LOST, lookup.words)


def price_variants(lookup: Lookup) -> TableView:
    """The ways to price side by side."""
    words, rows = lookup.words, lookup.table("price_variants")
    number = rows["variant"].str.extract(r"frontier_(\d+)", expand=False).astype("str").fillna("")
    codes = rows["variant"].mask(number != "", "frontier")
    shown = rows.assign(
        price_variant=words.sentences(codes, "price_variant", {"number": number}),
        price_revenue=rows["revenue_yuan"], price_list_value=rows["list_value_yuan"],
        price_average=rows["average_yuan_per_m2"], price_moved=rows["moved_units"],
        price_keeps_rules=rows["keeps_rules"].map({True: words("yes"), False: words("price_breaks_rules")}),
        proof=words.labels(rows["status"], "proof"),
    )
    return table_view("price_variants", shown, _VARIANTS, words)


def price_goals(lookup: Lookup) -> TableView:
    """The goals of the price plan in order, what it reaches and what no plan passes."""
    words, rows = lookup.words, lookup.table("price_goals")
    grades = words.phrase("goal_grades", {"grades": rows["grades"].str.replace(" ", "/")})
    parts = {"grades": grades.where(rows["grades"] != "", "")}
    shown = rows.assign(
        goal=words.sentences(rows["goal"], "price_goal", parts), proof=words.labels(rows["status"], "proof"),
        bound=rows["bound"].where(rows["bound"].abs() < float("inf")),
    )
    return table_view("price_goals", shown, _GOALS, words, yuan=count_text(lookup.result.settings.price.proof_yuan))


PRICE_VIEWS = (base_check, prices, price_variants, price_goals, price_band, price_lost, price_acceptance)


def _why(lookup: Lookup, rows: pd.DataFrame) -> pd.Series:
    """Per unit why it stands where it stands, who accepts its price, and whom the next step would lose."""
    words = lookup.words
    free = (rows["buyer_id"] == "") & rows["reason"].isin(["stack", "average", "goals"])
    heard = words.sentences(rows["willing"].map({0: "nobody"}).fillna("some"), "price_heard", {
        "willing": whole_numbers(rows["willing"]), "who": _named(rows["willing_buyers"]),
    })
    lost = words.sentences(rows["lost_at_next"].map({0: ""}).fillna("some"), "price_loss", {
        "lost": whole_numbers(rows["lost_at_next"]), "who": _named(rows["lost_buyers"]),
    })
    codes = rows["reason"].mask(free, rows["reason"] + "_free")
    return words.sentences(codes, "price_reason", {"heard": heard}) + lost


def _named(ids: pd.Series) -> pd.Series:
    """The first buyers of every cell, and how many more there are."""
    def short(cell: str) -> str:
        names = cell.split()
        more = f" +{len(names) - NAMED}" if len(names) > NAMED else ""
        return " ".join(names[:NAMED]) + more

    return texts_of(ids, short)


def _grouped(lookup: Lookup, rows: pd.DataFrame) -> pd.DataFrame:
    low, high = texts_of(rows["low"], "{:.0%}".format), texts_of(rows["high"], "{:.0%}".format)
    return rows.assign(
        price_scope=lookup.words.labels(rows["scope"], "price_scope"), price_group=rows["name"],
        price_buyers=rows["buyers"], price_accepting=rows["accepting"],
        price_share_accepting=rows["accepting"] / rows["buyers"], price_range=joined([low, high], "–"),
    )


def _signed(shares: pd.Series) -> pd.Series:
    """0.03 as +3.0%, −0.03 with a minus as wide as the plus, 0 as ±0%: beside a number none reads as part of it."""
    return texts_of(shares, "{:+.1%}".format).str.replace("-", "−").where(shares.abs() >= 0.0005, "±0%")
