"""What changed since the run before, and whether the screenings came in time."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from sincerity.reports.formatting import count_text, share_text
from sincerity.reports.lookup import Lookup
from sincerity.reports.sincerity_table import line_label
from sincerity.reports.view import TableView
from sincerity.reports.view_tables import Shown, table_view
from sincerity.screening_rules import deadline_rules, demand_rules

_BUYER = (Shown("buyer", width=12), Shown("buyer_id", width=12), Shown("consultant", width=10))
CHANGES_BUYERS = (
    *_BUYER, Shown("change_kind", width=8), Shown("from_grade", width=8), Shown("to_grade", width=8),
    Shown("from_score", "int", 8), Shown("to_score", "int", 8), Shown("line", width=22), Shown("from_points", "int", 8),
    Shown("to_points", "int", 8),
)
CHANGES_PICKS = (
    *_BUYER, Shown("unit_id", width=13), Shown("change_kind", width=12), Shown("rank_before", "int", 9),
    Shown("rank_now", "int", 9),
)
CHANGES_UNITS = (
    Shown("unit_id", width=13), Shown("layout", width=10), Shown("from_demand", width=9), Shown("to_demand", width=9),
    Shown("from_contenders", "int", 10), Shown("to_contenders", "int", 10),
)
CHANGES_TARGETS = (
    Shown("layout", width=14), Shown("change_kind", width=10), Shown("from_placed", "int", 10),
    Shown("to_placed", "int", 10), Shown("from_shortfall", "int", 10), Shown("to_shortfall", "int", 10),
)
DEADLINES = (
    Shown("stage", width=16), Shown("due_on", "date", 12), Shown("held_on", "date", 12), Shown("timeliness", width=10),
    Shown("days_late", "int", 9),
)
CHANGES = ("changes_buyers", "changes_picks", "changes_units", "changes_targets", "moves")


def since_sentences(lookup: Lookup) -> tuple[str, ...]:
    """Three sentences for an executive: buyers, picks and units, plan and targets; one where nothing changed, () where
    no run came before."""
    mark = lookup.result.register
    if mark is None or not mark.previous_run:
        return ()
    if all(lookup.table(name).empty for name in CHANGES):
        return (lookup.words("since.nothing", run=mark.previous_run),)
    return _buyers_said(lookup, mark.previous_run), _picks_said(lookup), _plan_said(lookup)


def changes_buyers(lookup: Lookup) -> TableView:
    """Buyers new, gone or re-graded, and which score line moved."""
    words, rows = lookup.words, _with_person(lookup, "changes_buyers")
    shown = rows.assign(
        change_kind=words.labels(rows["change"], "buyer_change"), line=_line_labels(rows["line"], lookup)
    )
    return table_view("changes_buyers", shown, CHANGES_BUYERS, words)


def changes_picks(lookup: Lookup) -> TableView:
    """Picks added, dropped or ranked anew; no rank where the buyer does not name the unit."""
    rows = _with_person(lookup, "changes_picks")
    shown = rows.assign(
        change_kind=lookup.words.labels(rows["change"], "pick_change"),
        rank_before=rows["from_rank"].where(rows["from_rank"] > 0),
        rank_now=rows["to_rank"].where(rows["to_rank"] > 0),
    )
    return table_view("changes_picks", shown, CHANGES_PICKS, lookup.words)


def changes_units(lookup: Lookup) -> TableView:
    """Units whose demand is of another class now."""
    words, rules = lookup.words, demand_rules()
    rows = lookup.with_unit(lookup.table("changes_units"), ["layout"])
    shown = rows.assign(
        from_demand=words.labels(rows["from_demand"], "demand_class"),
        to_demand=words.labels(rows["to_demand"], "demand_class"),
    )
    return table_view("changes_units", shown, CHANGES_UNITS, words, hot=rules.hot_buyers, cold=rules.cold_buyers)


def changes_targets(lookup: Lookup) -> TableView:
    """Targets gained or lost."""
    words, rows = lookup.words, lookup.table("changes_targets")
    shown = rows.assign(
        layout=rows["layout"].where(rows["layout"] != "", words("all_layouts")),
        change_kind=words.labels(rows["change"], "target_change"),
    )
    return table_view("changes_targets", shown, CHANGES_TARGETS, words)


def deadlines(lookup: Lookup) -> TableView:
    """Every deadline of a screening so far and the next one."""
    words, rules, rows = lookup.words, deadline_rules(), lookup.table("deadlines")
    shown = rows.assign(
        stage=words.labels(rows["stage"], "deadline_stage"), timeliness=words.labels(rows["standing"], "timeliness")
    )
    return table_view(
        "deadlines", shown, DEADLINES, words, first=rules.first_days, every=rules.every_days, daily=rules.daily_round
    )


def round_settings(lookup: Lookup) -> Iterable[tuple[str, str]]:
    """What the round is for, and where it stands in the register: setting and value."""
    result = lookup.result
    plan = next((plan for plan in result.settings.rounds if plan.number == result.round), None)
    if plan is not None and plan.purpose:
        yield "purpose", plan.purpose
    if plan is not None and plan.event:
        yield "event", plan.event
    if result.screened_on is not None:
        yield "screened_on", f"{result.screened_on:%Y-%m-%d}"
    if result.register is not None:
        yield "previous_run", result.register.previous_run or lookup.words("none_yet")
        yield "chain_head", result.register.chain_head


def round_purpose(lookup: Lookup) -> str:
    """The round's purpose and the event it is tied to, in one line; "" where the launch names neither."""
    named = dict(round_settings(lookup))
    said = [lookup.words(f"round_{key}", **{key: named[key]}) for key in ("purpose", "event") if key in named]
    return lookup.words("list_semicolon").join(said)


def _buyers_said(lookup: Lookup, run: str) -> str:
    changed = lookup.table("changes_buyers").drop_duplicates("buyer_id")["change"].value_counts()
    counts = {change: count_text(changed.get(change, 0)) for change in ("new", "gone", "up", "down")}
    return lookup.words("since.buyers", run=run, **counts)


def _picks_said(lookup: Lookup) -> str:
    churn = lookup.table("kpis").set_index("kpi").loc["churn_since_run"]
    turned = lookup.table("changes_units")["to_demand"].value_counts()
    changed, named = churn["numerator"], churn["denominator"]
    return lookup.words(
        "since.picks", changed=count_text(changed), named=count_text(named), rate=share_text(changed, named),
        hot=count_text(turned.get("hot", 0)), cold=count_text(turned.get("cold", 0)),
    )


def _plan_said(lookup: Lookup) -> str:
    moves, targets = lookup.table("moves"), lookup.table("changes_targets")["change"].value_counts()
    left, came = moves["from_unit_id"] != "", moves["to_unit_id"] != ""
    return lookup.words(
        "since.plan", moves=count_text(len(moves)), placed=count_text(int((came & ~left).sum())),
        lost=count_text(int((left & ~came).sum())), swapped=count_text(int((left & came).sum())),
        gained=count_text(targets.get("gained", 0)), missed=count_text(targets.get("lost", 0)),
    )


def _with_person(lookup: Lookup, table: str) -> pd.DataFrame:
    """The table with name and consultant; a buyer who is gone is shown by the id."""
    rows = lookup.with_buyer(lookup.table(table), ["who", "consultant"])
    return rows.assign(buyer=rows["who"].where(rows["who"] != "", rows["buyer_id"]))


def _line_labels(lines: pd.Series, lookup: Lookup) -> pd.Series:
    card = lookup.result.settings.scorecard
    names = {line: line_label(line, card, lookup.words) if line else "" for line in lines.unique()}
    return lines.map(names).astype(object)
