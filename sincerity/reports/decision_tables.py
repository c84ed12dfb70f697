"""Tables of the decisions loop: the log of rulings, and what the decisions in force cost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.reports.goal_words import goal_sentences
from sincerity.reports.lookup import Lookup
from sincerity.reports.view import TableView
from sincerity.reports.view_tables import Shown, table_view

RULINGS = (
    Shown("ruling_no", "int", 6), Shown("ruling_round", "int", 6), Shown("buyer", width=12),
    Shown("buyer_id", width=12), Shown("unit_id", width=13), Shown("decision", width=9), Shown("taken_from", width=12),
    Shown("reason", "long_text", 36), Shown("by", width=10), Shown("decided_at", "datetime", 17),
    Shown("ruling_place", "long_text", 30),
)
DECISION_COSTS = (
    Shown("cost_scope", width=16), Shown("goal_no", "int", 6), Shown("goal", "long_text", 44),
    Shown("value_without", "int", 12), Shown("value_now", "int", 12), Shown("worse_by", "int", 10),
    Shown("proof", width=12),
)


def rulings(lookup: Lookup) -> TableView:
    """Every ruling read back from a conflict review, oldest first."""
    words = lookup.words
    rows = lookup.with_buyer(lookup.table("rulings"), ["who"])
    shown = rows.assign(
        buyer=rows["who"],
        decision=words.labels(rows["decision"], "decision"),
        ruling_round=rows["round"],
        ruling_place=rows["place"],
    )
    return table_view("rulings", shown, RULINGS, words)


def decision_costs(lookup: Lookup) -> TableView:
    """Goal by goal: the best value without the decisions, this plan's value, and the difference as a loss."""
    words, rows = lookup.words, lookup.table("decision_costs")
    loss = np.where(rows["sense"] == "max", rows["before"] - rows["after"], rows["after"] - rows["before"])
    shown = rows.assign(
        cost_scope=words.labels(rows["scope"], "cost_scope"),
        goal=goal_sentences(rows, words) if len(rows) else pd.Series(dtype=object),
        value_without=rows["before"],
        value_now=rows["after"],
        worse_by=loss,
        proof=words.labels(rows["status"], "proof"),
    )
    return table_view("decision_costs", shown, DECISION_COSTS, words)


DECISION_TABLES = (rulings, decision_costs)
