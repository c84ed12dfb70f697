"""Chart 3.2: what each buyer is handed, the own picks with exact totals and what every payment plan makes of them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sincerity.reports.lookup import Lookup
from sincerity.reports.view import ColumnView, TableView
from sincerity.reports.view_tables import Shown, column_view, view_of

PERSON = (
    Shown("buyer", width=12), Shown("buyer_id", width=12), Shown("consultant", width=10), Shown("grade", width=6),
)
PICK = (
    Shown("choice_rank", "int", 7), Shown("unit_id", width=13), Shown("layout", width=10),
    Shown("area_m2", "number", 9), Shown("orientation", width=12), Shown("price_yuan_per_m2", "yuan_per_m2", 11),
    Shown("total_yuan", "yuan", 13),
)
_HANDED_OUT = ("", "price_above_ceiling")  # picks on sale that no ruling forbids


def hand_outs(lookup: Lookup) -> TableView:
    """All buyers' picks on sale with totals and payments, by priority and choice."""
    columns = (*(column_view(column, lookup.words) for column in PERSON), *pick_columns(lookup))
    return view_of("hand_outs", hand_out_rows(lookup), columns, lookup.words)


def pick_columns(lookup: Lookup) -> tuple[ColumnView, ...]:
    """The columns that tell of a pick: the unit, its total, down payment and instalment under each plan."""
    return (*(column_view(column, lookup.words) for column in PICK), *_plan_columns(lookup))


def hand_out_rows(lookup: Lookup) -> pd.DataFrame:
    """One row per pick that is handed out, with the columns of ``hand_outs``; nothing in it concerns another buyer."""
    demand = lookup.table("demand")
    rows = demand.loc[demand["reason"].isin(_HANDED_OUT), ["buyer_id", "unit_id", "choice_rank"]]
    rows = lookup.with_buyer(rows, ["who", "consultant", "grade", "priority_rank"])
    rows = lookup.with_unit(rows, ["layout", "area_m2", "orientation", "price_yuan_per_m2", "total_yuan"])
    payments = lookup.table("unit_payments").set_index("unit_id")
    for plan in lookup.result.settings.payment_plans:
        under_plan = payments.loc[payments["plan"] == plan.name, ["down_payment_yuan", "monthly_yuan"]]
        rows = rows.join(under_plan.add_suffix(f".{plan.name}"), on="unit_id")
    rows = rows.assign(buyer=rows["who"])
    return rows.sort_values(["priority_rank", "buyer_id", "choice_rank"], kind="stable")


def _plan_columns(lookup: Lookup) -> Iterator[ColumnView]:
    words = lookup.words
    for plan in lookup.result.settings.payment_plans:
        label = plan.label[words.lang]
        yield ColumnView(f"down_payment_yuan.{plan.name}", words("plan_down_payment", plan=label), "yuan", 13)
        if plan.years:
            yield ColumnView(f"monthly_yuan.{plan.name}", words("plan_monthly", plan=label), "yuan", 13)
