"""``scoring.toml`` and ``policies.toml`` read into the rules that govern grades, evidence and goals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sincerity.domain import GRADES
from sincerity.intake.toml_table import Key, Table, read_table, unknown_word
from sincerity.problems import Problem
from sincerity.settings import GradeRules, Policy, WatchRules
from sincerity.texts import LANGUAGES

GOVERNING = ("absolute", "percentile")
GOALS = ("layout_shortfall", "placed", "moves", "score", "priority", "tie")
LADDER_SIDES = ("grade", "choice")

_SCORING = (
    Key("grades", "table", required=True),
    Key("groups", "table", required=True),
    Key("evidence", "table", required=True),
    Key("watch", "table", required=True),
    Key("not_available_by_round", "table"),
    Key("questions", "table"),
)
_GRADES = tuple(Key(name, "table", required=True) for name in ("absolute", "percentile_shares", "rules"))
_ABSOLUTE = tuple(Key(grade, "integer", required=True, low=0, high=100) for grade in GRADES[:4])
_SHARES = tuple(Key(grade, "number", required=True, low=0, high=1) for grade in GRADES[:3])
_RULES = (
    Key("governing", "text", required=True, choices=GOVERNING),
    Key("recent_registration_days", "integer", required=True, low=0, high=365),
    Key("thin_evidence_points", "integer", required=True, low=0, high=100),
)
_EVIDENCE = (
    Key("late_entry_days", "integer", required=True, low=0, high=365),
    Key("inquiry_keywords", "words", required=True),
)
_WATCH = (
    Key("trend_points", "integer", required=True, low=1, high=100),
    Key("jump_days", "integer", required=True, low=1, high=365),
    Key("jump_points", "integer", required=True, low=1, high=100),
    Key("visit_days_without_showflat", "integer", required=True, low=1, high=365),
    Key("same_minute_buyers", "integer", required=True, low=2, high=100_000),
)
_BOTH_LANGUAGES = tuple(Key(lang, "text", required=True) for lang in LANGUAGES)
_POLICIES = (Key("default", "text", required=True), Key("policy", "table", required=True))
_POLICY = (
    Key("method", "text", required=True, choices=("goals", "serial")),
    Key("label", "table", required=True),
    Key("sentence", "table", required=True),
    Key("steps", "tables", required=True),
)
_GOAL_STEP = (
    Key("goal", "text", required=True, choices=GOALS),
    Key("sense", "text", required=True, choices=("max", "min")),
    Key("grades", "words"),
    Key("choices", "integers"),
)
_LADDER_STEP = (Key("ladder", "words", required=True),)


@dataclass(frozen=True)
class Rules:
    """What ``scoring.toml`` says besides the card."""

    grades: GradeRules
    watch: WatchRules
    group_labels: Mapping[str, Mapping[str, str]]
    late_entry_days: int
    inquiry_keywords: tuple[str, ...]
    not_available_by_round: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)


def read_rules(table: Table) -> tuple[Rules | None, list[Problem]]:
    """The scoring rules; None when anything is wrong."""
    top, problems = read_table(table, _SCORING)
    grades, grade_problems = _read_grades(table.child("grades")) if "grades" in top else (None, [])
    labels, label_problems = _read_labels(table.child("groups"))
    evidence, evidence_problems = read_table(table.child("evidence"), _EVIDENCE) if "evidence" in top else ({}, [])
    watch, watch_problems = read_table(table.child("watch"), _WATCH) if "watch" in top else ({}, [])
    rounds, round_problems = _read_rounds(table.child("not_available_by_round"))
    questions, question_problems = _read_questions(table.child("questions"))
    problems += grade_problems + label_problems + evidence_problems + watch_problems
    problems += round_problems + question_problems
    if problems or grades is None:
        return None, problems
    watching = WatchRules(**watch)  # type: ignore[arg-type]
    return Rules(grades, watching, labels, not_available_by_round=rounds, questions=questions, **evidence), []  # type: ignore


def read_policies(table: Table) -> tuple[dict[str, Policy], str, list[Problem]]:
    """The policies by name in the file's order, the name of the default one, and problems."""
    top, problems = read_table(table, _POLICIES)
    policies: dict[str, Policy] = {}
    named = table.child("policy")
    for name in named.values:
        policy, policy_problems = _read_policy(named, name)
        problems += policy_problems
        if policy is not None:
            policies[name] = policy
    default = str(top.get("default", ""))
    if "default" in top and default not in named.values:
        problems.append(unknown_word(table, "default", default, named.values))
    return policies, default, problems


def _read_grades(table: Table) -> tuple[GradeRules | None, list[Problem]]:
    _, problems = read_table(table, _GRADES)
    if problems:
        return None, problems
    absolute, absolute_problems = read_table(table.child("absolute"), _ABSOLUTE)
    shares, share_problems = read_table(table.child("percentile_shares"), _SHARES)
    rules, rule_problems = read_table(table.child("rules"), _RULES)
    problems = absolute_problems + share_problems + rule_problems
    problems += [] if absolute_problems else _falling(table.child("absolute"), absolute)
    problems += [] if share_problems else _shares_fit(table.child("percentile_shares"), shares)
    if problems:
        return None, problems
    return GradeRules(absolute, shares, **rules), []  # type: ignore[arg-type]


def _falling(table: Table, bounds: Mapping[str, object]) -> list[Problem]:
    points = [int(str(bounds[grade])) for grade in GRADES[:4]]
    if points != sorted(set(points), reverse=True):
        return [table.problem("grade_bounds_not_falling", points=", ".join(map(str, points)))]
    if points[-1] != 0:
        return [table.problem("grade_bounds_no_zero", "D", points[-1])]
    return []


def _shares_fit(table: Table, shares: Mapping[str, object]) -> list[Problem]:
    total = sum(float(str(share)) for share in shares.values())
    return [table.problem("grade_shares_over_one", total=f"{total:g}")] if total > 1 + 1e-9 else []


def _read_labels(table: Table) -> tuple[dict[str, Mapping[str, str]], list[Problem]]:
    _, problems = read_table(table, tuple(Key(name, "table") for name in table.values))
    labels: dict[str, Mapping[str, str]] = {}
    for name, entry in table.values.items():
        if isinstance(entry, dict):
            labels[name], entry_problems = read_table(table.child(name), _BOTH_LANGUAGES)  # type: ignore[assignment]
            problems += entry_problems
    return labels, problems


def _read_rounds(table: Table) -> tuple[dict[int, tuple[str, ...]], list[Problem]]:
    values, problems = read_table(table, tuple(Key(str(number), "words") for number in (1, 2, 3)))
    return {int(number): items for number, items in values.items()}, problems  # type: ignore[misc]


def _read_questions(table: Table) -> tuple[dict[str, str], list[Problem]]:
    keys = tuple(Key(wording, "text", choices=("layout", "building", "consultant_grade")) for wording in table.values)
    return read_table(table, keys)  # type: ignore[return-value]


def _read_policy(named: Table, name: str) -> tuple[Policy | None, list[Problem]]:
    if not isinstance(named.values[name], dict):
        return None, [named.problem("setting_not_table", name, named.values[name])]
    table = named.child(name)
    values, problems = read_table(table, _POLICY)
    label, label_problems = read_table(table.child("label"), _BOTH_LANGUAGES) if "label" in values else ({}, [])
    sentence, more = read_table(table.child("sentence"), _BOTH_LANGUAGES) if "sentence" in values else ({}, [])
    problems += label_problems + more
    steps = table.children("steps")
    for step in steps:
        problems += _step_problems(step)
    if values.get("method") == "goals" and not steps:
        problems.append(table.problem("policy_without_goals"))
    if problems:
        return None, problems
    step_values = tuple(dict(step.values) for step in steps)
    return Policy(name, str(values["method"]), step_values, label, sentence), []  # type: ignore[arg-type]


def _step_problems(step: Table) -> list[Problem]:
    if "ladder" not in step.values:
        values, problems = read_table(step, _GOAL_STEP)
        wrong = [grade for grade in values.get("grades", ()) if grade not in GRADES]  # type: ignore[attr-defined]
        return problems + [unknown_word(step, "grades", grade, GRADES) for grade in wrong]
    values, problems = read_table(step, _LADDER_STEP)
    sides = values.get("ladder", LADDER_SIDES)
    if sorted(sides) != sorted(LADDER_SIDES):  # type: ignore[call-overload]
        problems.append(step.problem("policy_bad_ladder", "ladder", step.values["ladder"]))
    return problems
