"""Tables about the run itself: policies and goals, targets, rates, decisions, audit, settings, inputs."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from sincerity.reports.change_tables import round_settings
from sincerity.reports.formatting import NOTHING, moment_text, share_text
from sincerity.reports.goal_words import goal_sentences
from sincerity.reports.lookup import Lookup
from sincerity.reports.view import TableView
from sincerity.reports.view_tables import Shown, table_view
from sincerity.settings import PaymentPlan, Settings

FRONTIER = (
    Shown("policy", width=18), Shown("in_force", width=8), Shown("placed", "int", 9), Shown("first_choices", "int", 10),
    Shown("placed_a", "int", 9), Shown("placed_b", "int", 9), Shown("justified_envy", "int", 10),
    Shown("score_sum", "int", 10), Shown("list_value_yuan", "yuan", 18), Shown("layout_shortfall", "int", 10),
    Shown("proof", width=12), Shown("policy_sentence", "long_text", 60),
)
GOALS = (
    Shown("goal_no", "int", 6), Shown("goal", "long_text", 44), Shown("value", "int", 12), Shown("bound", "number", 12),
    Shown("proof", width=12),
)
TARGETS = (
    Shown("layout", width=14), Shown("released", "int", 9), Shown("min_units", "int", 8), Shown("max_units", "int", 8),
    Shown("placed_units", "int", 9), Shown("shortfall", "int", 8), Shown("bonus", "number", 8),
)
COLLISIONS = (
    Shown("set_no", "int", 7), Shown("member", "long_text", 44), Shown("demanded", "number", 10),
    Shown("reachable", "number", 10),
)
LATE_ENTRIES = (
    Shown("table", width=12), Shown("source_row", "int", 8), Shown("buyer", width=12), Shown("buyer_id", width=12),
    Shown("at", "datetime", 17), Shown("recorded_at", "datetime", 17), Shown("reason", "long_text", 30),
)
KPI = (
    Shown("kpi", width=18), Shown("kpi_round", width=9), Shown("rate", "percent", 9), Shown("numerator", "int", 9),
    Shown("denominator", "int", 9),
    Shown("definition", "long_text", 60),
)
_KPI_ORDER = {kpi: place for place, kpi in enumerate((
    "visit", "repeat_visit", "showflat", "subscription", "placement", "first_choice", "loaded_unit", "conflict",
    "uncovered_unit", "intention_churn", "show_up", "redemption", "absorption",
    "forecast_error", "forecast_inside",
))}
DECISIONS = (
    Shown("buyer", width=12), Shown("buyer_id", width=12), Shown("unit_id", width=13), Shown("decision", width=10),
    Shown("honoured", width=10), Shown("by", width=10), Shown("reason", "long_text", 30),
    Shown("decided_at", "datetime", 17),
)
SETTINGS = (Shown("setting", width=24), Shown("in_force_value", "long_text", 80))
INPUTS = (
    Shown("table", width=12), Shown("file", width=26), Shown("sheet", width=16), Shown("rows_read", "int", 9),
    Shown("rows_refused", "int", 9), Shown("hidden_rows", "int", 9), Shown("extra_headers", "long_text", 34),
    Shown("sha256", "long_text", 40),
)


def frontier(lookup: Lookup) -> TableView:
    """The policies side by side, the one in force marked."""
    words, policies = lookup.words, lookup.result.settings.policies
    rows = lookup.table("frontier")
    shown = rows.assign(
        policy=rows["policy"].map({name: policy.label[words.lang] for name, policy in policies.items()}),
        policy_sentence=rows["policy"].map({name: policy.sentence[words.lang] for name, policy in policies.items()}),
        in_force=(rows["policy"] == lookup.result.policy).map({True: words("yes"), False: ""}),
        proof=words.labels(rows["status"], "proof"),
    )
    return table_view("frontier", shown, FRONTIER, words)


def goals(lookup: Lookup) -> TableView:
    """The policy's goals in order, what the plan reaches and what is proven possible."""
    words, rows = lookup.words, lookup.table("goals")
    shown = rows.assign(goal=goal_sentences(rows, words), proof=words.labels(rows["status"], "proof"))
    whole = (rows["bound"] % 1 == 0).all()
    columns = (each._replace(kind="int") if whole and each.key == "bound" else each for each in GOALS)
    return table_view("goals", shown, tuple(columns), words)


def targets(lookup: Lookup) -> TableView:
    """Layout targets against the plan."""
    words, rows = lookup.words, lookup.table("targets")
    stock = lookup.stock[lookup.stock["status"] == "available"]
    released = rows["layout"].map(stock["layout"].value_counts()).where(rows["layout"] != "", len(stock))
    shown = rows.assign(
        layout=rows["layout"].where(rows["layout"] != "", words("all_layouts")),
        released=released.fillna(0),
        placed_units=rows["placed"],
    )
    return table_view("targets", shown, TARGETS, words)


def collisions(lookup: Lookup) -> TableView:
    """Targets and decisions that cannot all hold, set by set."""
    rows = lookup.with_buyer(lookup.table("collisions"), ["who"])
    layout = rows["layout"].where(rows["layout"] != "", lookup.words("all_layouts"))
    parts = {"layout": layout, "buyer": rows["who"], "unit": rows["unit_id"]}
    member = lookup.words.sentences(rows["member"], "collision", parts)
    return table_view("collisions", rows.assign(member=member), COLLISIONS, lookup.words)


def late_entries(lookup: Lookup) -> TableView:
    """What does not count in this round: first what was entered too late, which somebody should hear about."""
    words = lookup.words
    rows = lookup.with_buyer(lookup.table("late_entries"), ["who"])
    rows = rows.sort_values("reason", key=lambda reason: reason != "recorded_late", kind="stable")
    shown = rows.assign(
        table=words.labels(rows["table"], "input_table"),
        buyer=rows["who"],
        reason=words.labels(rows["reason"], "late"),
    )
    days = lookup.result.settings.late_entry_days
    return table_view("late_entries", shown, LATE_ENTRIES, words, days=days)


def kpi(lookup: Lookup) -> TableView:
    """The office's rates, rate by rate and round by round, numerator and denominator beside each."""
    words, rows = lookup.words, lookup.table("round_kpis")
    rows = rows.sort_values("kpi", key=lambda names: names.map(_KPI_ORDER), kind="stable")
    rounds = {number: words("round_number", round=number) if number else words("launch_day")
              for number in rows["round"].unique()}
    shown = rows.assign(
        kpi=words.labels(rows["kpi"], "kpi"),
        kpi_round=rows["round"].map(rounds),
        rate=(rows["numerator"] / rows["denominator"].where(rows["denominator"] > 0)),
        definition=words.labels(rows["kpi"], "kpi_definition"),
    )
    return table_view("kpi", shown, KPI, words)


def decisions(lookup: Lookup) -> TableView:
    """The rulings that governed this plan and whether the plan honours them."""
    words = lookup.words
    rows = lookup.with_buyer(lookup.table("decisions"), ["who", "placed_unit"])
    holds = (rows["placed_unit"] == rows["unit_id"]) == (rows["decision"] == "keep")
    shown = rows.assign(
        buyer=rows["who"],
        honoured=holds.map({True: words("yes"), False: words("no")}),
        decision=words.labels(rows["decision"], "decision"),
    )
    return table_view("decisions", shown, DECISIONS, words)


def settings_in_force(lookup: Lookup) -> TableView:
    """What governed the round, one setting per row."""
    rows = pd.DataFrame(_settings_rows(lookup), columns=["setting", "in_force_value"], dtype=object)
    rows["setting"] = lookup.words.labels(rows["setting"], "setting")
    return table_view("settings", rows, SETTINGS, lookup.words)


def inputs(lookup: Lookup) -> TableView:
    """The files and sheets the round was worked out from."""
    words, result = lookup.words, lookup.result
    hashes = {file.name: file.sha256 for file in result.files}
    rows = pd.DataFrame(
        [
            (words(f"input_table.{source.table}"), source.file, source.sheet, source.rows_read, source.rows_refused,
             source.hidden_rows, words("list_comma").join(source.extra_headers), hashes.get(source.file, ""))
            for source in result.sources.values()
        ],
        columns=[column.key for column in INPUTS],
    )
    return table_view("inputs", rows, INPUTS, words)


def _settings_rows(lookup: Lookup) -> Iterable[tuple[str, str]]:
    words, result = lookup.words, lookup.result
    settings = result.settings
    policy = settings.policies[result.policy]
    grades = settings.grades
    yield "policy", words("policy_said", name=policy.label[words.lang], sentence=policy.sentence[words.lang])
    yield "solved", words("solved_said", proof=words(f"proof.{result.status}"), path=words(f"path.{result.path}"))
    yield "cutoff", moment_text(result.cutoff)
    yield from round_settings(lookup)
    yield "launch_day", f"{settings.launch_day:%Y-%m-%d}"
    yield "show_flat_open", f"{settings.show_flat_open:%Y-%m-%d}" if settings.show_flat_open else NOTHING
    yield "late_entry_days", words("days", days=settings.late_entry_days)
    yield "band", f"{settings.band_low:+.1%} … {settings.band_high:+.1%}"
    yield "grade_bounds", _grade_bounds(settings, lookup)
    yield "recent_registration", words("days", days=grades.recent_registration_days)
    yield "card", _card_text(settings, lookup)
    yield "not_available", _not_available_text(settings, lookup)
    yield "quota", str(settings.quota)
    yield "payment_plans", words("list_semicolon").join(_plan_text(plan, lookup) for plan in settings.payment_plans)
    yield "seed", settings.seed
    yield "settings_hash", settings.sha256 or NOTHING


def _plan_text(plan: PaymentPlan, lookup: Lookup) -> str:
    words, label = lookup.words, plan.label[lookup.words.lang]
    if not plan.years:
        return words("payment_plan.full", plan=label)
    return words(
        "payment_plan.loan", plan=label, share=f"{plan.down_payment_share:.0%}", rate=f"{plan.annual_rate:.2%}",
        years=plan.years, step=f"{plan.loan_step_yuan:,}",
    )


def _grade_bounds(settings: Settings, lookup: Lookup) -> str:
    words, grades = lookup.words, settings.grades
    if grades.governing == "absolute":
        return words("list_comma").join(f"{grade} ≥ {points}" for grade, points in grades.absolute.items())
    shares = words("list_comma").join(f"{grade} {share_text(share, 1)}" for grade, share in
                                      grades.percentile_shares.items())
    return words("percentile_said", shares=shares)


def _card_text(settings: Settings, lookup: Lookup) -> str:
    words, card = lookup.words, settings.scorecard
    return words("list_comma").join(
        f"{card.group_labels[group][words.lang]} {cap}" for group, cap in card.group_caps.items()
    )


def _not_available_text(settings: Settings, lookup: Lookup) -> str:
    missing = unavailable_items(settings, lookup.result.round)
    labels = {item.item: item.label[lookup.words.lang] for item in settings.scorecard.items}
    return lookup.words("list_comma").join(labels[item] for item in missing) or NOTHING


def unavailable_items(settings: Settings, round_number: int) -> list[str]:
    """The card's items this round cannot observe, in the card's order."""
    missing = {*settings.not_available, *settings.not_available_by_round.get(round_number, ())}
    return [item.item for item in settings.scorecard.items if item.item in missing]
