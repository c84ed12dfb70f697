"""``payment_plans.toml`` read into the payment plans of the hand-outs, or all that is wrong with them."""

from __future__ import annotations

from sincerity.intake.toml_table import Key, Table, read_table
from sincerity.problems import Problem
from sincerity.settings import PaymentPlan
from sincerity.texts import LANGUAGES

_TOP = (Key("plan", "table", required=True),)
_PLAN = (
    Key("label", "table", required=True),
    Key("down_payment_share", "number", required=True, low=0, high=1),
    Key("annual_rate", "number", required=True, low=0, high=0.5),
    Key("years", "integer", required=True, low=0, high=50),
    Key("loan_step_yuan", "integer", required=True, low=1, high=1_000_000),
    Key("source", "text", required=True),
)
_LABEL = tuple(Key(lang, "text", required=True) for lang in LANGUAGES)


def read_payment_plans(table: Table) -> tuple[tuple[PaymentPlan, ...], list[Problem]]:
    """The plans in the file's order, those with problems left out, and the problems."""
    _, problems = read_table(table, _TOP)
    plans: list[PaymentPlan] = []
    named = table.child("plan")
    for name in named.values:
        plan, faults = _read_plan(named, name)
        problems += faults
        plans += [plan] if plan else []
    return tuple(plans), problems


def _read_plan(named: Table, name: str) -> tuple[PaymentPlan | None, list[Problem]]:
    if not isinstance(named.values[name], dict):
        return None, [named.problem("setting_not_table", name, named.values[name])]
    table = named.child(name)
    values, problems = read_table(table, _PLAN)
    label, faults = read_table(table.child("label"), _LABEL) if "label" in values else ({}, [])
    problems += faults
    if not problems and values["down_payment_share"] != 1 and values["years"] == 0:
        problems.append(table.problem("payment_plan_without_years", "years", 0))
    if problems:
        return None, problems
    return PaymentPlan(name, **(values | {"label": label})), []  # type: ignore[arg-type]
