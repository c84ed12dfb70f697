"""The audit: feasibility, goal values, envy, efficiency and every explanation, derived again from the published tables.

It shares no code with the model and the solvers, so that a fault in either shows. What it cannot tell: whether a
mixed-integer optimum is one (the goals' bounds say that), and the tie number, which needs the launch's seed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from sincerity.allocation.audit.decision_checks import DECISION_CHECKS
from sincerity.allocation.audit.evidence import Evidence
from sincerity.allocation.audit.order import envious_picks, improvable_units
from sincerity.allocation.audit.plan_checks import PLAN_CHECKS, derived_goals, price_in_band
from sincerity.allocation.audit.price_checks import PRICE_CHECKS
from sincerity.allocation.audit.reason_checks import REASON_CHECKS
from sincerity.allocation.audit.score_checks import SCORE_CHECKS
from sincerity.allocation.audit.steering_checks import STEERING_CHECKS
from sincerity.allocation.steering_rules import steering_rules
from sincerity.domain import (
    ALLOCATION,
    COLLISIONS,
    DEMAND,
    GOALS,
    MOVES,
    PUBLISHED_BUYERS,
    PUBLISHED_DECISIONS,
    PUBLISHED_TABLES,
    QUOTED_UNITS,
    SCORES,
    TARGET_RESULTS,
)
from sincerity.schema import Schema
from sincerity.settings import Policy, Settings

PLAN_TABLES = (
    QUOTED_UNITS, PUBLISHED_BUYERS, SCORES, DEMAND, ALLOCATION, MOVES, GOALS, TARGET_RESULTS, COLLISIONS,
    PUBLISHED_DECISIONS,
)  # what a plan published before its reports consists of
CHECKS = (*PLAN_CHECKS, *SCORE_CHECKS, *REASON_CHECKS, *STEERING_CHECKS, *PRICE_CHECKS, *DECISION_CHECKS)
WARNINGS = (("price_in_band", "units", price_in_band),)
EXAMPLES = 5  # rows named per check
PAIRS = 500  # pairs of justified envy listed; the count is always complete


def audit_parameters(settings: Settings, policy: Policy, status: str) -> dict[str, Any]:
    """What the audit must be told besides the tables, JSON-ready and without the seed. ``status`` is the plan's."""
    steering = steering_rules()
    return {
        "policy": policy.name,
        "method": policy.method,
        "steps": [{name: _plain(value) for name, value in step.items()} for step in policy.steps],
        "status": status,
        "quota": settings.quota,
        "band_low": settings.band_low,
        "band_high": settings.band_high,
        "governing": settings.grades.governing,
        "absolute_grades": dict(settings.grades.absolute),
        "percentile_shares": dict(settings.grades.percentile_shares),
        "price": asdict(settings.price),
        "steering": {
            "price_above_lost": steering.limit_price_above_lost,
            "buyers_per_shared_unit": int(steering.limit_buyers_per_shared_unit),
        },
    }


def audit(tables: Mapping[str, pd.DataFrame], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What the tables say about themselves, JSON-ready.

    ``ok``; ``checks`` and ``warnings`` (check, table, ok, count, examples: row in the CSV file and its key);
    ``envy`` (count of justified pairs, how many more a decision settled, the first pairs by priority);
    ``pareto`` (efficient, and units that could change hands if not); ``rates`` by grade and by consultant with
    numerators and denominators; ``goals`` (claimed and found value); ``parameters`` as given. A table missing from
    ``tables`` counts as empty and is a failed check.
    """
    evidence = _evidence(tables, parameters, PUBLISHED_TABLES)
    checks = [*_table_checks(tables, evidence, PUBLISHED_TABLES), *(_run(evidence, *check) for check in CHECKS)]
    improvable = improvable_units(evidence)
    return {
        "ok": all(check["ok"] for check in checks),
        "parameters": dict(parameters),
        "checks": checks,
        "warnings": [_run(evidence, *check) for check in WARNINGS],
        "envy": _envy(evidence),
        "pareto": {"efficient": not improvable, "examples": improvable[:EXAMPLES]},
        "rates": {"by_grade": _rates(evidence, "grade"), "by_consultant": _rates(evidence, "consultant")},
        "goals": derived_goals(evidence),
    }


def audit_plan(tables: Mapping[str, pd.DataFrame], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The part of ``audit`` that PLAN_TABLES alone can answer: ``ok``, ``checks``, ``goals`` and ``parameters``."""
    evidence = _evidence(tables, parameters, PLAN_TABLES)
    names = {schema.name for schema in PLAN_TABLES}
    answerable = [(check, table, find) for check, table, find in PLAN_CHECKS if table in names]
    checks = [*_table_checks(tables, evidence, PLAN_TABLES), *(_run(evidence, *check) for check in answerable)]
    return {
        "ok": all(check["ok"] for check in checks),
        "parameters": dict(parameters),
        "checks": checks,
        "goals": derived_goals(evidence),
    }


def _evidence(
    tables: Mapping[str, pd.DataFrame], parameters: Mapping[str, Any], schemas: Sequence[Schema]
) -> Evidence:
    present = {s.name: tables[s.name] if s.name in tables else s.empty() for s in schemas}
    return Evidence({name: frame.reset_index(drop=True) for name, frame in present.items()}, parameters)


def _table_checks(
    tables: Mapping[str, pd.DataFrame], evidence: Evidence, schemas: Sequence[Schema]
) -> Iterator[dict[str, Any]]:
    missing = [schema.name for schema in schemas if schema.name not in tables]
    yield _finding("tables_complete", "", len(missing), [{"table": name} for name in missing[:EXAMPLES]])
    for schema in schemas:
        if schema.key:
            frame = evidence.tables[schema.name]
            yield _examined("rows_unique", schema.name, frame, frame.duplicated(list(schema.key)).to_numpy())


def _run(evidence: Evidence, check: str, table: str, find) -> dict[str, Any]:
    return _examined(check, table, evidence.tables[table], np.asarray(find(evidence), dtype=bool))


def _examined(check: str, table: str, frame: pd.DataFrame, wrong: np.ndarray) -> dict[str, Any]:
    rows = np.flatnonzero(wrong)
    key = next(schema.key for schema in PUBLISHED_TABLES if schema.name == table)
    shown = frame.iloc[rows[:EXAMPLES]][list(key)].to_dict("records")
    examples = [{"row": int(row) + 2, **found} for row, found in zip(rows[:EXAMPLES], shown, strict=True)]
    return _finding(check, table, len(rows), examples)


def _finding(check: str, table: str, count: int, examples: list[dict[str, Any]]) -> dict[str, Any]:
    return {"check": check, "table": table, "ok": count == 0, "count": count, "examples": examples}


def _envy(evidence: Evidence) -> dict[str, Any]:
    envious, settled = envious_picks(evidence)
    pairs = evidence.picks.iloc[envious[~settled]].sort_values(["priority_rank", "choice_rank", "unit_id"])
    listed = pairs[["buyer_id", "holder", "unit_id"]].head(PAIRS)
    return {"count": len(pairs), "by_decision": int(settled.sum()), "pairs": listed.to_dict("records")}


def _rates(evidence: Evidence, by: str) -> list[dict[str, Any]]:
    """Placed buyers of those with a valid pick, and first choices of the placed, by grade or consultant."""
    picks = evidence.picks.assign(
        grade=evidence.scores["grade"].reindex(evidence.picks["buyer_id"]).astype("str").fillna("").to_numpy(),
        consultant=evidence.buyers["consultant"].reindex(evidence.picks["buyer_id"]).astype("str").fillna("").to_numpy(),
    )[evidence.can_be_granted]
    placed = picks[picks["granted"]]
    counts = pd.DataFrame({
        "placed": placed.groupby(by)["buyer_id"].nunique(),
        "with_valid_pick": picks.groupby(by)["buyer_id"].nunique(),
        "first_choices": placed[placed["choice_rank"] == 1].groupby(by)["buyer_id"].nunique(),
    }).fillna(0).astype(np.int64)
    return counts.rename_axis(by).reset_index().to_dict("records")


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
