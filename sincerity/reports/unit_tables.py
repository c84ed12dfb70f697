"""Tables that start from units: the flat list, the conflict review and the waiting lists."""

from __future__ import annotations

import pandas as pd

from sincerity.domain.rulings import RULING_WORDS
from sincerity.reports.formatting import fill, gap_text, texts_of
from sincerity.reports.lookup import Lookup
from sincerity.reports.view import ColumnView, TableView
from sincerity.reports.view_tables import Shown, column_view, table_view, view_of

UNITS_FLAT = (
    Shown("unit_id", width=13), Shown("building", width=9), Shown("section", width=7), Shown("floor", "int", 6),
    Shown("room", width=7), Shown("layout", width=10), Shown("area_m2", "number", 9), Shown("orientation", width=7),
    Shown("price_yuan_per_m2", "yuan_per_m2", 10), Shown("total_yuan", "yuan", 13), Shown("status", width=8),
    Shown("holder", width=12), Shown("holder_id", width=12), Shown("consultant", width=10), Shown("grade", width=6),
    Shown("choice_rank", "int", 7), Shown("contenders", "int", 8), Shown("first_choice_contenders", "int", 8),
    Shown("named_by", "int", 8),
)
CONFLICTS = (
    Shown("unit_id", width=13), Shown("layout", width=10), Shown("total_yuan", "yuan", 13),
    Shown("contenders", "int", 7), Shown("first_choice_contenders", "int", 7), Shown("standing", width=8),
    Shown("buyer", width=12), Shown("buyer_id", width=12), Shown("consultant", width=10), Shown("grade", width=6),
    Shown("score", "int", 7), Shown("priority_rank", "int", 7), Shown("choice_rank", "int", 7),
    Shown("reason", "long_text", 40), Shown("goes_to", "long_text", 56),
)
RULING = ("ruling", "ruling_reason", "ruled_by")
WAITING_LIST = (
    Shown("unit_id", width=13), Shown("layout", width=10), Shown("total_yuan", "yuan", 13),
    Shown("holder", width=12), Shown("position", "int", 6), Shown("buyer", width=12), Shown("buyer_id", width=12),
    Shown("consultant", width=10), Shown("grade", width=6), Shown("priority_rank", "int", 8),
    Shown("choice_rank", "int", 8), Shown("placed_unit", width=13),
)
_PERSON = ["who", "consultant", "grade", "score", "priority_rank", "placed_unit"]


def units_flat(lookup: Lookup) -> TableView:
    """Every unit of the release: price, status, who holds it and how many want it."""
    stock = lookup.with_buyer(lookup.stock, ["who", "consultant"], on="holder_id")
    shown = stock.assign(holder=stock["who"], status=lookup.words.labels(stock["status"], "status"))
    return table_view("units_flat", shown, UNITS_FLAT, lookup.words)


def conflicts(lookup: Lookup) -> TableView:
    """One row per contested unit and contender, the winner first, with empty columns for the sales lead's ruling."""
    rows = pd.concat([_winners(lookup), _losers(lookup)], ignore_index=True)
    rows = lookup.with_unit(rows, ["layout", "total_yuan"])
    rows = _most_contested_first(rows, lookup)
    rows = rows.assign(**dict.fromkeys(RULING, ""))
    words = lookup.words
    columns = (*(column_view(column, words) for column in CONFLICTS), *_ruling_columns(lookup))
    return view_of("conflicts", rows, columns, words)


def waiting_list(lookup: Lookup) -> TableView:
    """Who comes next for every contested unit."""
    rows = lookup.with_unit(lookup.table("waiting_list"), ["layout", "total_yuan", "holder_id"])
    rows = lookup.with_buyer(rows, ["who"], on="holder_id", prefix="holder_")
    rows = lookup.with_buyer(rows, ["who", "consultant"])
    shown = rows.assign(holder=rows["holder_who"], buyer=rows["who"], placed_unit=rows["placed_unit_id"])
    return table_view("waiting_list", _in_facade_order(shown, lookup, "position"), WAITING_LIST, lookup.words)


def substitute_texts(lookup: Lookup) -> pd.Series:
    """By buyer: the substitutes offered, best first, each with its price gap."""
    offers = lookup.table("steering").sort_values(["buyer_id", "option_no"])
    lang = lookup.words.lang
    each = fill(
        lookup.words("offer"),
        {"unit": offers["unit_id"], "gap": texts_of(offers["price_gap_yuan"], lambda yuan: gap_text(yuan, lang))},
        offers.index,
    )
    return each.groupby(offers["buyer_id"]).agg(lookup.words("list_semicolon").join)


def _winners(lookup: Lookup) -> pd.DataFrame:
    won = lookup.table("conflicts")
    won = won[won["winner_id"] != ""]
    rows = lookup.with_buyer(won, _PERSON, on="winner_id")
    return pd.DataFrame({
        "unit_id": rows["unit_id"],
        "position": 0,
        "contenders": rows["contenders"],
        "first_choice_contenders": rows["first_choice_contenders"],
        "standing": lookup.words("standing.won"),
        "buyer": rows["who"],
        "buyer_id": rows["winner_id"],
        "consultant": rows["consultant"],
        "grade": rows["winner_grade"],
        "score": rows["score"],
        "priority_rank": rows["winner_priority_rank"],
        "choice_rank": rows["winner_choice_rank"],
        "reason": lookup.words.labels(rows["winner_reason"], "winner"),
        "goes_to": "",
    })


def _losers(lookup: Lookup) -> pd.DataFrame:
    contested = lookup.table("conflicts").set_index("unit_id")[["contenders", "first_choice_contenders"]]
    waiting = lookup.table("waiting_list")
    waiting = waiting[waiting["unit_id"].isin(contested.index)].join(contested, on="unit_id")
    waiting = lookup.with_buyer(waiting, ["who", "consultant", "score"])
    rows = waiting.join(lookup.refusal_reasons, on=["buyer_id", "unit_id"])
    return rows.assign(
        standing=lookup.words.phrase("standing.waiting", {"position": texts_of(rows["position"])}),
        buyer=rows["who"],
        reason=rows["why"].fillna(""),
        goes_to=_goes_to(rows, lookup),
    )


def _goes_to(rows: pd.DataFrame, lookup: Lookup) -> pd.Series:
    """Where each loser went: the unit held instead, or the substitutes offered, or nowhere."""
    words = lookup.words
    plan = lookup.table("allocation").set_index(["buyer_id", "unit_id"])["choice_rank"]
    held = rows.join(plan.rename("held_choice"), on=["buyer_id", "placed_unit_id"])["held_choice"]
    parts = {"unit": rows["placed_unit_id"], "choice": texts_of(held, "{:.0f}".format)}
    placed = words.phrase("goes_to.placed", parts).where(held.notna(), words.phrase("goes_to.several", parts))
    offers = rows["buyer_id"].map(substitute_texts(lookup)).astype(object).fillna("")
    offered = words.phrase("goes_to.offered", {"offers": offers})
    nowhere = pd.Series(words("goes_to.nothing"), index=rows.index, dtype=object)
    return placed.where(rows["placed_unit_id"] != "", offered.where(offers != "", nowhere))


def _most_contested_first(rows: pd.DataFrame, lookup: Lookup) -> pd.DataFrame:
    """Units by number of contenders, then as they stand; within a unit the winner, then the waiting list."""
    place = pd.Series(range(len(lookup.stock)), index=lookup.stock.index)
    keyed = rows.assign(place=rows["unit_id"].map(place), crowd=-rows["contenders"])
    return keyed.sort_values(["crowd", "place", "position"], kind="stable")


def _in_facade_order(rows: pd.DataFrame, lookup: Lookup, then: str) -> pd.DataFrame:
    place = pd.Series(range(len(lookup.stock)), index=lookup.stock.index)
    return rows.assign(place=rows["unit_id"].map(place)).sort_values(["place", then], kind="stable")


def _ruling_columns(lookup: Lookup) -> tuple[ColumnView, ...]:
    words = lookup.words
    choices = tuple(words(f"decision.{decision}") for decision in RULING_WORDS)
    return (
        ColumnView("ruling", words("column.ruling"), "text", 10, fill_in=True, choices=choices),
        ColumnView("ruling_reason", words("column.ruling_reason"), "long_text", 24, fill_in=True),
        ColumnView("ruled_by", words("column.ruled_by"), "text", 10, fill_in=True),
    )
