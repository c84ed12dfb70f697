"""Chances to buy as the round's report shows them, always with what they rest on."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from sincerity.domain.chances import EVERYBODY, MEASURED, PRIOR
from sincerity.reports.formatting import count_text, share_text
from sincerity.reports.lookup import Lookup
from sincerity.reports.view import TableView
from sincerity.reports.view_tables import Shown, column_view, table_view, view_of

CHANCES = (
    Shown("priority_rank", "int", 7), Shown("buyer", width=12), Shown("buyer_id", width=12),
    Shown("consultant", width=10), Shown("grade", width=6), Shown("score", "int", 8), Shown("chance", "percent", 10),
    Shown("chance_range", width=12), Shown("similar_share", width=16),
)
EXPECTED = (
    Shown("scope", width=10), Shown("buyers_counted", "int", 9), Shown("expected", "int", 12),
    Shown("expected_low", "int", 10), Shown("expected_high", "int", 10),
)
DRIFT = (
    Shown("drift_subject", width=20), Shown("psi", "number", 9), Shown("psi_noise", "number", 9),
    Shown("buyers_counted", "int", 9), Shown("past_buyers", "int", 9), Shown("drift_verdict", width=16),
)


def chances(lookup: Lookup) -> TableView:
    """Every buyer who may still buy: chance, range, and what similar buyers did."""
    words, rows = lookup.words, lookup.table("chances")
    shown = lookup.with_buyer(rows.drop(columns="score"), ["priority_rank", "who", "consultant", "grade", "score"])
    shown = shown.assign(
        buyer=shown["who"],
        chance=shown["chance_percent"] / 100,
        chance_range=range_texts(lookup).to_numpy(),
        similar_share=_similar_texts(rows, lookup),
    ).sort_values("priority_rank", kind="stable")
    own = column_of_chance(lookup)
    columns = [column_view(own if column.key == "chance" else column, words) for column in CHANCES]
    shown = shown.rename(columns={"chance": own.key})
    points = lookup.table("expected_orders")["similar_points"].max() if len(rows) else 0
    return view_of("chances", shown, tuple(columns), words, basis=basis_text(lookup), points=count_text(points))


def expected_orders(lookup: Lookup) -> TableView:
    """The orders to expect, in all and by grade, and why the range is as wide as it is."""
    words, rows = lookup.words, lookup.table("expected_orders")
    scopes = [words("expectation.all") if scope == EVERYBODY else words("expectation.grade", grade=scope)
              for scope in rows["scope"]]
    shown = rows.assign(
        scope=scopes, buyers_counted=rows["buyers"], expected_low=rows["low"], expected_high=rows["high"],
        expected=rows["expected"].round().astype("int64"),
    )
    why = words(f"why_wide.{rows['widest_cause'].iloc[0]}") if len(rows) else ""
    return table_view("expected_orders", shown, EXPECTED, words, basis=basis_text(lookup), why=why)


def drift(lookup: Lookup) -> TableView:
    """How far the buyers are made up differently from those the model has seen."""
    words, rows = lookup.words, lookup.table("drift")
    shown = rows.assign(
        drift_subject=_subjects(rows["subject"], lookup), psi_noise=rows["noise"], buyers_counted=rows["buyers"],
        drift_verdict=words.labels(rows["verdict"], "drift_verdict"),
    )
    return table_view("drift", shown, DRIFT, words)


CHANCE_TABLES = (expected_orders, chances, drift)


def column_of_chance(lookup: Lookup) -> Shown:
    """The column of the chance, its label saying what it rests on."""
    return Shown(f"chance_{_basis(lookup)}", "percent", 12)


def range_texts(lookup: Lookup) -> pd.Series:
    """Each buyer's range of the chance, by buyer."""
    rows = lookup.table("chances")
    said = [lookup.words("expectation.range", low=low, high=high)
            for low, high in zip(rows["low_percent"], rows["high_percent"], strict=True)]
    return pd.Series(said, index=rows["buyer_id"], dtype=object)


def basis_text(lookup: Lookup) -> str:
    """What the chances rest on, in words."""
    rows = lookup.table("chances")
    seen = rows[["launches", "past_buyers"]].max() if len(rows) else {"launches": 0, "past_buyers": 0}
    parts = {"launches": count_text(seen["launches"]), "buyers": count_text(seen["past_buyers"])}
    return lookup.words(f"chance_basis.{_basis(lookup)}", **parts)


def chance_notices(lookup: Lookup) -> Iterable[str]:
    """What must be known before a chance is used: not measured here, to be used with care, other buyers than before."""
    rows = lookup.table("expected_orders").query("scope == @EVERYBODY")
    for row in rows.to_dict("records"):
        said = {"expected": count_text(row["expected"]), "low": count_text(row["low"]), "high": count_text(row["high"])}
        if row["basis"] == PRIOR:
            yield lookup.words("notice.chances_prior", **said)
        elif row["verdict"] != "ready":
            yield lookup.words("notice.chances_with_care", **said)
    moved = lookup.table("drift").query("verdict == 'strong'")
    if len(moved):
        subjects = lookup.words("list_comma").join(_subjects(moved["subject"], lookup))
        yield lookup.words("notice.drift", subjects=subjects)


def _basis(lookup: Lookup) -> str:
    measured = (lookup.table("chances")["basis"] == MEASURED).any()
    return MEASURED if measured else PRIOR


def _similar_texts(rows: pd.DataFrame, lookup: Lookup) -> list[str]:
    return [
        lookup.words("expectation.similar", share=share_text(bought, buyers), bought=bought, buyers=buyers)
        if buyers else ""
        for bought, buyers in zip(rows["similar_bought"], rows["similar_buyers"], strict=True)
    ]


def _subjects(subjects: pd.Series, lookup: Lookup) -> list[str]:
    items = {item.item: item.label[lookup.words.lang] for item in lookup.result.settings.scorecard.items}
    return [items.get(subject) or lookup.words(f"drift_subject.{subject}") for subject in subjects]
