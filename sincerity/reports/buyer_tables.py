"""Tables that start from buyers: refused picks, steering, moves, record flags."""

from __future__ import annotations

import pandas as pd

from sincerity.reports.lookup import Lookup
from sincerity.reports.refusal_sentences import refusal_sentences
from sincerity.reports.view import TableView
from sincerity.reports.view_tables import Shown, table_view

_PERSON = ["who", "consultant", "grade", "priority_rank"]
_PERSON_SHOWN = (
    Shown("buyer", width=12), Shown("buyer_id", width=12), Shown("consultant", width=10), Shown("grade", width=6),
    Shown("priority_rank", "int", 8),
)
STEERING = (
    *_PERSON_SHOWN, Shown("from_unit", width=13), Shown("option_no", "int", 6), Shown("to_unit", width=13),
    Shown("layout", width=10), Shown("area_m2", "number", 9), Shown("floor", "int", 6), Shown("total_yuan", "yuan", 13),
    Shown("price_gap_yuan", "yuan", 12), Shown("area_gap_m2", "number", 9), Shown("gives_up", "long_text", 24),
    Shown("reason", "long_text", 40),
)
REFUSALS = (
    *_PERSON_SHOWN, Shown("choice_rank", "int", 8), Shown("unit_id", width=13), Shown("reason", "long_text", 56),
    Shown("placed_unit", width=13),
)
MOVES = (*_PERSON_SHOWN, Shown("unit_before", width=13), Shown("unit_now", width=13), Shown("reason", "long_text", 40))
FLAGS = (
    Shown("consultant", width=10), Shown("buyer", width=12), Shown("buyer_id", width=12), Shown("grade", width=6),
    Shown("flag", "long_text", 40), Shown("count", "int", 7), Shown("detail", "long_text", 40),
)


def steering(lookup: Lookup) -> TableView:
    """Up to three substitutes for every buyer left without a unit."""
    return table_view("steering", steering_rows(lookup), STEERING, lookup.words)


def steering_rows(lookup: Lookup, *, name_takers: bool = True) -> pd.DataFrame:
    """The offers by priority of the buyer, with why the unit was lost and what the buyer gives up."""
    rows = lookup.with_buyer(lookup.table("steering"), _PERSON)
    rows = lookup.with_unit(rows, ["layout", "area_m2", "floor"])
    rows = rows.assign(
        buyer=rows["who"],
        from_unit=rows["from_unit_id"],
        to_unit=rows["unit_id"],
        gives_up=lookup.words.code_lists(rows["gives_up"], "gives_up"),
        reason=_why_lost(rows, lookup, name_takers),
    )
    return rows.sort_values(["priority_rank", "buyer_id", "option_no"], kind="stable")


def refusals(lookup: Lookup) -> TableView:
    """Every pick that was not granted, with its reason."""
    rows = lookup.with_buyer(lookup.table("refusals"), [*_PERSON, "placed_unit"])
    rows = rows.assign(buyer=rows["who"], reason=lookup.refusal_reasons.to_numpy())
    rows = rows.sort_values(["priority_rank", "buyer_id", "choice_rank"], kind="stable")
    return table_view("refusals", rows, REFUSALS, lookup.words)


def moves(lookup: Lookup) -> TableView:
    """Who moves against the plan before, from where to where and why."""
    rows = lookup.with_buyer(lookup.table("moves"), _PERSON)
    rows = rows.assign(
        buyer=rows["who"],
        unit_before=rows["from_unit_id"],
        unit_now=rows["to_unit_id"],
        reason=lookup.words.labels(rows["reason"], "move"),
    )
    return table_view("moves", rows.sort_values("priority_rank", kind="stable"), MOVES, lookup.words)


def flags(lookup: Lookup) -> TableView:
    """Records that look padded, by consultant: a question to ask, no verdict."""
    rows = lookup.with_buyer(lookup.table("flags"), ["who", "grade"])
    rows = rows.assign(buyer=rows["who"], flag=lookup.words.labels(rows["flag"], "flag"))
    return table_view("flags", rows, FLAGS, lookup.words)


def _why_lost(rows: pd.DataFrame, lookup: Lookup, name_takers: bool) -> pd.Series:
    """The refusal sentence of each row's lost unit, ``from_unit_id``."""
    if name_takers:
        return rows.join(lookup.refusal_reasons, on=["buyer_id", "from_unit_id"])["why"].fillna("")
    lost = rows[["buyer_id", "from_unit_id"]].set_axis(["buyer_id", "unit_id"], axis=1)
    refused = lost.drop_duplicates().merge(lookup.table("refusals"), on=["buyer_id", "unit_id"])
    refused = refused.assign(why=refusal_sentences(refused, lookup, name_takers=False))
    return lost.join(refused.set_index(["buyer_id", "unit_id"])["why"], on=["buyer_id", "unit_id"])["why"].fillna("")
