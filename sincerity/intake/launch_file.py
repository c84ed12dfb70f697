"""``launch.toml`` laid over the defaults in ``config/``: the settings of one launch, or all that is wrong with them.

The launch file may name its own scoring card, scoring rules and policies; each then replaces the shipped file.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path

from sincerity.domain import CALLING_ORDERS
from sincerity.intake.card_file import holds_card, read_card, recognised_card_columns
from sincerity.intake.csv_file import read_csv
from sincerity.intake.limits import Limits, read_bytes
from sincerity.intake.payment_plans_file import read_payment_plans
from sincerity.intake.price_file import read_price, shipped_price_settings
from sincerity.intake.rule_files import GOVERNING, Rules, read_policies, read_rules
from sincerity.intake.toml_table import Key, Table, read_table, read_toml, shown_value, unknown_word
from sincerity.intake.workbook_file import read_workbook
from sincerity.paths import config_dir
from sincerity.problems import Problem, has_errors
from sincerity.scoring.indicators import MEASURES
from sincerity.settings import THEMES, PaymentPlan, Policy, RoundPlan, Scorecard, Settings
from sincerity.texts import LANGUAGES

LAUNCH_FILE = "launch.toml"
RULE_FILES = {
    "scorecard": "scorecard.csv",
    "scoring": "scoring.toml",
    "policies": "policies.toml",
    "payment_plans": "payment_plans.toml",
}

_TOP = (
    Key("name", "text", required=True),
    Key("launch_id", "identifier", required=True),
    Key("launch_day", "day", required=True),
    Key("show_flat_open", "day"),
    Key("outcomes_as_of", "day"),
    Key("seed", "identifier"),
    Key("language", "text", choices=LANGUAGES),
    Key("theme", "text", choices=THEMES),
    Key("policy", "text"),
    Key("synthetic", "flag"),
    Key("mask_phones", "flag"),
    Key("price_band", "table"),
    Key("price", "table"),
    Key("rounds", "tables", required=True),
    Key("allocation", "table"),
    Key("forecast", "table"),
    Key("scoring", "table"),
    Key("files", "table"),
    Key("register", "table"),
)
_BAND = (Key("low", "number", low=-0.5, high=0.5), Key("high", "number", low=-0.5, high=0.5))
_ROUND = (
    Key("number", "integer", required=True, low=1, high=3),
    Key("cutoff", "moment", required=True),
    Key("purpose", "text"),
    Key("event", "text"),
)
_ALLOCATION = (
    Key("quota", "integer", low=1, high=20),
    Key("time_limit_s", "number", low=1, high=86_400),
)
_FORECAST = (
    Key("calling_order", "text", choices=CALLING_ORDERS),
    Key("runs", "integer", low=200, high=1_000_000),
)
_SCORING = (Key("not_available", "words"), Key("governing", "text", choices=GOVERNING))
_FORECAST_FIELDS = {"calling_order": "calling_order", "runs": "forecast_runs"}
_REGISTER = (Key("url", "text"), Key("password_env", "text"))
_FILES = (*(Key(name, "text") for name in RULE_FILES), Key("model", "text"))


@dataclass(frozen=True)
class _Governing:
    """The contents of the rule files in force."""

    scorecard: Scorecard
    rules: Rules
    policies: Mapping[str, Policy]
    policy: str
    payment_plans: tuple[PaymentPlan, ...]


def default_settings(**overrides: object) -> Settings:
    """The settings that ship with the program, without rounds and with neutral names, ``overrides`` laid over."""
    governing, problems = _read_governing({}, config_dir())
    if governing is None:
        raise ValueError(f"the shipped settings are broken: {problems}")
    return with_sha256(replace(_settings({}, (), governing), **overrides))  # type: ignore[arg-type]


def load_settings(folder: Path) -> tuple[Settings | None, tuple[Problem, ...]]:
    """The settings of the launch in ``folder`` and every problem found; None when one of them is an error."""
    path = folder / LAUNCH_FILE
    if not path.is_file():
        return None, (Problem("error", "launch_file_missing", LAUNCH_FILE, parts={"folder": folder.name}),)
    top, problems = read_toml(path, LAUNCH_FILE)
    if top is None:
        return None, tuple(problems)
    values, problems = _read_launch(top)
    rounds, round_problems = _read_rounds(top, values.get("launch_day"))
    governing, governing_problems = _read_governing(values["files"], folder)  # type: ignore[arg-type]
    problems += round_problems + governing_problems
    if governing is not None:
        problems += _unknown_references(top, values, governing)
    if governing is None or has_errors(problems):
        return None, tuple(problems)
    return with_sha256(_settings(values, rounds, governing)), tuple(problems)


def with_lines(folder: Path, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Problems of settings that later stages found (``header`` the dotted key), with their lines in the launch file."""
    open_ones = [problem for problem in problems if problem.file == LAUNCH_FILE and problem.header and not problem.row]
    top, _ = read_toml(folder / LAUNCH_FILE, LAUNCH_FILE) if open_ones else (None, [])
    if top is None:
        return problems
    return tuple(replace(p, row=top.line(p.header or "")) if p in open_ones else p for p in problems)


def settings_sha256(settings: Settings) -> str:
    """The hash of every setting in force; equal settings give equal hashes on every machine."""
    content = dataclasses.asdict(replace(settings, sha256=""))
    written = json.dumps(content, sort_keys=True, ensure_ascii=False, default=shown_value)
    return hashlib.sha256(written.encode()).hexdigest()


def with_sha256(settings: Settings) -> Settings:
    """The same settings carrying their hash; call it again after changing one."""
    return replace(settings, sha256=settings_sha256(settings))


def rule_file_names(folder: Path) -> frozenset[str]:
    """The rule files that ``launch.toml`` names, so that nobody takes a scoring card for a table of the launch."""
    top, _ = read_toml(folder / LAUNCH_FILE, LAUNCH_FILE)
    named = top.child("files").values.values() if top else ()
    return frozenset(str(name) for name in named)


def _read_launch(top: Table) -> tuple[dict[str, object], list[Problem]]:
    """All values of the launch file by key, tables flattened into one level, files apart under ``files``."""
    values, problems = read_table(top, _TOP)
    for name, keys in (
        ("price_band", _BAND), ("allocation", _ALLOCATION), ("forecast", _FORECAST), ("scoring", _SCORING),
        ("files", _FILES), ("register", _REGISTER),
    ):
        below, faults = read_table(top.child(name), keys)
        problems += faults
        values[name] = below
    values["price"], faults = read_price(top.child("price"))
    problems += faults
    problems += _band_problems(top.child("price_band"), values["price_band"])  # type: ignore[arg-type]
    problems += _show_flat_problems(top, values)
    return values, problems


def _band_problems(table: Table, band: Mapping[str, float]) -> list[Problem]:
    """The band holds the base price: its lower edge is not above 0, its upper edge not below 0."""
    problems = []
    if band.get("low", 0) > 0:
        problems.append(table.problem("band_low_positive", "low", table.values["low"]))
    if band.get("high", 0) < 0:
        problems.append(table.problem("band_high_negative", "high", table.values["high"]))
    return problems


def _show_flat_problems(top: Table, values: Mapping[str, object]) -> list[Problem]:
    opened, launch_day = values.get("show_flat_open"), values.get("launch_day")
    if not isinstance(opened, date) or not isinstance(launch_day, date) or opened <= launch_day:
        return []
    problem = top.problem("show_flat_after_launch_day", "show_flat_open", opened, launch_day=str(launch_day))
    return [replace(problem, severity="warning")]


def _read_rounds(top: Table, launch_day: object) -> tuple[tuple[RoundPlan, ...], list[Problem]]:
    tables = top.children("rounds")
    if isinstance(top.values.get("rounds"), list) and not tables:
        return (), [top.problem("rounds_empty", "rounds")]
    rounds: list[tuple[Table, RoundPlan]] = []
    problems: list[Problem] = []
    for table in tables:
        values, faults = read_table(table, _ROUND)
        problems += faults
        if not faults:
            rounds.append((table, RoundPlan(**values)))  # type: ignore[arg-type]
    for (_, above), (table, plan) in pairwise(rounds):
        problems += _order_problems(table, above, plan)
    problems += _twice(rounds)
    if isinstance(launch_day, date):
        problems += [table.problem("cutoff_after_launch_day", "cutoff", plan.cutoff, launch_day=str(launch_day))
                     for table, plan in rounds if plan.cutoff.date() > launch_day]
    return tuple(plan for _, plan in rounds), problems


def _order_problems(table: Table, above: RoundPlan, plan: RoundPlan) -> list[Problem]:
    if plan.number < above.number:
        return [table.problem("rounds_out_of_order", "number", plan.number, above=above.number)]
    if plan.number > above.number and plan.cutoff <= above.cutoff:
        return [table.problem("cutoffs_out_of_order", "cutoff", plan.cutoff, number=plan.number,
                              above=shown_value(above.cutoff))]
    return []


def _twice(rounds: list[tuple[Table, RoundPlan]]) -> list[Problem]:
    seen: set[int] = set()
    problems = []
    for table, plan in rounds:
        if plan.number in seen:
            problems.append(table.problem("round_twice", "number", plan.number))
        seen.add(plan.number)
    return problems


def _read_governing(files: Mapping[str, str], folder: Path) -> tuple[_Governing | None, list[Problem]]:
    """The rule files: those the launch names, else the shipped ones."""
    rules, problems = _read_rules(*_rule_path(files, "scoring", folder))
    labels = rules.group_labels if rules else {}
    scorecard, card_problems = _read_scorecard(*_rule_path(files, "scorecard", folder), labels)
    if rules is None:
        card_problems = [problem for problem in card_problems if problem.code != "card_group_unlabelled"]
    policies, default, policy_problems = _read_policy_file(*_rule_path(files, "policies", folder))
    payment_plans, plan_problems = _read_plan_file(*_rule_path(files, "payment_plans", folder))
    problems += card_problems + policy_problems + plan_problems
    if rules and scorecard:
        problems += _unknown_round_items(files, rules, scorecard)
    if rules is None or scorecard is None or has_errors(problems):
        return None, problems
    return _Governing(scorecard, rules, policies, default, payment_plans), problems


def _rule_path(files: Mapping[str, str], kind: str, folder: Path) -> tuple[Path, str]:
    if kind in files:
        return folder / files[kind], files[kind]
    return config_dir() / RULE_FILES[kind], f"config/{RULE_FILES[kind]}"


def _read_rules(path: Path, name: str) -> tuple[Rules | None, list[Problem]]:
    table, problems = read_toml(path, name)
    return (None, problems) if table is None else read_rules(table)


def _read_policy_file(path: Path, name: str) -> tuple[Mapping[str, Policy], str, list[Problem]]:
    table, problems = read_toml(path, name)
    return ({}, "", problems) if table is None else read_policies(table)


def _read_plan_file(path: Path, name: str) -> tuple[tuple[PaymentPlan, ...], list[Problem]]:
    table, problems = read_toml(path, name)
    return ((), problems) if table is None else read_payment_plans(table)


def _read_scorecard(path: Path, name: str, labels: Mapping) -> tuple[Scorecard | None, list[Problem]]:
    """The card from a CSV file, or from the first sheet of a workbook that holds one."""
    limits = Limits()
    content, problems = read_bytes(path, name, limits)
    if content is None:
        return None, problems
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        sheets, problems = read_workbook(content, name, limits)
    else:
        sheet, problems = read_csv(content, name, recognised_card_columns, limits)
        sheets = (sheet,) if sheet else ()
    if not sheets:
        return None, problems
    card_sheet = next((sheet for sheet in sheets if holds_card(sheet)), sheets[0])
    scorecard, card_problems = read_card(card_sheet, list(MEASURES), labels)
    return scorecard, problems + card_problems


def _unknown_round_items(files: Mapping[str, str], rules: Rules, scorecard: Scorecard) -> list[Problem]:
    name = files.get("scoring", f"config/{RULE_FILES['scoring']}")
    table = Table(name, {}, path="not_available_by_round")
    items = [item.item for item in scorecard.items]
    return [unknown_word(table, str(number), item, items)
            for number, absent in rules.not_available_by_round.items() for item in absent if item not in items]


def _unknown_references(top: Table, values: Mapping, governing: _Governing) -> list[Problem]:
    """Names in the launch file that the rule files do not hold."""
    items = [item.item for item in governing.scorecard.items]
    scoring = top.child("scoring")
    absent = values["scoring"].get("not_available", ())
    problems = [unknown_word(scoring, "not_available", item, items) for item in absent if item not in items]
    if values.get("policy", governing.policy) not in governing.policies:
        problems.append(unknown_word(top, "policy", values["policy"], governing.policies))
    return problems


def _settings(values: Mapping, rounds: tuple[RoundPlan, ...], governing: _Governing) -> Settings:
    rules = governing.rules
    scoring = values.get("scoring", {})
    band = values.get("price_band", {})
    grades = replace(rules.grades, governing=scoring.get("governing", rules.grades.governing))
    plain = ("language", "theme", "synthetic", "mask_phones")
    given = {key: values[key] for key in plain if key in values}
    given |= {f"band_{edge}": value for edge, value in band.items()} | values.get("allocation", {})
    given |= {_FORECAST_FIELDS[key]: value for key, value in values.get("forecast", {}).items()}
    launch_id = values.get("launch_id", "launch")
    return Settings(
        name=values.get("name", "launch"),
        launch_id=launch_id,
        seed=values.get("seed", launch_id),
        rounds=rounds,
        launch_day=values.get("launch_day", date(2000, 1, 1)),
        scorecard=governing.scorecard,
        grades=grades,
        watch=rules.watch,
        policies=governing.policies,
        price=values.get("price") or shipped_price_settings(),
        policy=values.get("policy", governing.policy),
        not_available=scoring.get("not_available", ()),
        not_available_by_round=rules.not_available_by_round,
        late_entry_days=rules.late_entry_days,
        inquiry_keywords=rules.inquiry_keywords,
        questions=rules.questions,
        payment_plans=governing.payment_plans,
        show_flat_open=values.get("show_flat_open"),
        outcomes_as_of=values.get("outcomes_as_of"),
        model_file=values.get("files", {}).get("model", ""),
        register_url=values.get("register", {}).get("url", ""),
        register_password_env=values.get("register", {}).get("password_env", ""),
        **given,
    )
