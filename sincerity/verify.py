"""Verifying a published round from its folder alone: files against the manifest, tables against each other.

Three layers, each of which a forger would have to fool: the hashes in ``manifest.json``; what the manifest and
``audit.json`` recorded of the tables (plan hash, row counts, goals, parameters, the audit itself); and the audit,
done again from the tables, which needs neither.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sincerity.allocation.audit import PLAN_TABLES, audit, audit_plan
from sincerity.domain import GOALS, PUBLISHED_TABLES
from sincerity.manifest import MANIFEST_FILE, file_problems, read_manifest
from sincerity.problems import Problem
from sincerity.tables import DamagedTable, read_tables
from sincerity.verify_ballot import ballot_problems

AUDIT_FILE = "audit.json"
TABLES = "tables"
PLAN_FILE = f"{TABLES}/allocation.csv"

_PARAMETER_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "policy": str,
    "method": str,
    "steps": list,
    "status": str,
    "quota": int,
    "band_low": (int, float),
    "band_high": (int, float),
    "governing": str,
    "absolute_grades": dict,
    "percentile_shares": dict,
    "steering": dict,
    "price": dict,
}


def verify_output(out_dir: Path) -> tuple[bool, tuple[Problem, ...]]:
    """Whether the published round in ``out_dir`` is whole and true, and what is not."""
    problems = list(file_problems(out_dir))
    try:
        tables = read_tables(out_dir / TABLES)
        published = _read_audit(out_dir)
    except DamagedTable as damage:
        found = _error("verify_table_damaged", f"{TABLES}/{damage.table}.csv", detail=damage.detail)
        return False, (*problems, found)
    except (OSError, ValueError) as fault:
        return False, (*problems, _error("verify_audit_unreadable", AUDIT_FILE, detail=str(fault)))
    problems += _record_problems(out_dir, tables, published)
    problems += _audit_problems(tables, published, holds_plan_alone(out_dir))
    problems += ballot_problems(tables)
    return not problems, tuple(problems)


def _read_audit(out_dir: Path) -> dict[str, Any]:
    """The published audit. ValueError when it is not JSON or its parameters cannot be used."""
    published = json.loads((out_dir / AUDIT_FILE).read_text(encoding="utf-8"))
    parameters = published.get("parameters") if isinstance(published, dict) else None
    if not isinstance(parameters, dict) or set(parameters) != set(_PARAMETER_KINDS):
        raise ValueError(f"parameters must be {', '.join(_PARAMETER_KINDS)}")
    wrong = [name for name, kind in _PARAMETER_KINDS.items() if not isinstance(parameters[name], kind)]
    if wrong:
        raise ValueError(f"parameters of a wrong kind: {', '.join(wrong)}")
    return published


def _record_problems(
    out_dir: Path, tables: Mapping[str, pd.DataFrame], published: Mapping[str, Any]
) -> Iterator[Problem]:
    """Where the manifest's record of the run is not what lies in the folder; nothing without a manifest."""
    try:
        manifest = read_manifest(out_dir)
    except (OSError, ValueError):
        return  # file_problems has said so
    try:
        recorded = _recorded_parameters(manifest)
        claimed_goals, counts = _claimed_goals(manifest), dict(manifest["counts"])
    except (KeyError, TypeError, AttributeError, ValueError) as fault:
        yield _error("manifest_unreadable", MANIFEST_FILE, detail=repr(fault))
        return
    if (out_dir / PLAN_FILE).is_file() and manifest.get("plan_sha256") != _sha256(out_dir / PLAN_FILE):
        yield _error("verify_plan_hash", PLAN_FILE)
    for table, claimed in counts.items():
        found = len(tables.get(table, ()))
        if found != claimed:
            yield _error("verify_row_count", f"{TABLES}/{table}.csv", found=found, claimed=claimed)
    goals = tables.get("goals", GOALS.empty()).drop(columns="bound")
    if claimed_goals != goals.to_dict("records"):
        yield _error("verify_goals_differ", f"{TABLES}/goals.csv")
    for name in sorted(recorded):
        if recorded[name] != published["parameters"][name]:
            yield _error("verify_parameters_differ", AUDIT_FILE, value=name)


def _claimed_goals(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    goals = manifest["solution"]["goals"]
    return [{name: value for name, value in goal.items() if name not in ("bound", "gap")} for goal in goals]


def _recorded_parameters(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The audit's parameters as the manifest's record of settings and solution gives them."""
    settings, policy = manifest["settings"], manifest["round"]["policy"]
    rules = settings["policies"][policy]
    return {
        "policy": policy,
        "method": rules["method"],
        "steps": rules["steps"],
        "status": manifest["solution"]["status"],
        "quota": settings["quota"],
        "band_low": settings["band_low"],
        "band_high": settings["band_high"],
        "governing": settings["grades"]["governing"],
        "absolute_grades": settings["grades"]["absolute"],
        "percentile_shares": settings["grades"]["percentile_shares"],
        "price": settings["price"],
    }


def holds_plan_alone(out_dir: Path) -> bool:
    """Whether ``out_dir`` is a plan published before its reports, with nothing else left out."""
    try:
        left_out = read_manifest(out_dir).get("left_out", [])
    except (OSError, ValueError):
        return False
    return left_out == sorted({schema.name for schema in PUBLISHED_TABLES} - {schema.name for schema in PLAN_TABLES})


def _audit_problems(
    tables: Mapping[str, pd.DataFrame], published: Mapping[str, Any], plan_alone: bool
) -> Iterator[Problem]:
    """What the audit finds now, and where the published one says otherwise."""
    found = json.loads(json.dumps((audit_plan if plan_alone else audit)(tables, published["parameters"])))
    for check in found["checks"]:
        if not check["ok"]:
            yield _failed_check(check)
    for part in sorted(found.keys() | published.keys()):
        if found.get(part) != published.get(part):
            yield _error("verify_audit_differs", AUDIT_FILE, value=part)


def _failed_check(check: Mapping[str, Any]) -> Problem:
    first = dict(check["examples"][0])
    row = first.pop("row", None)
    return Problem(
        "error",
        f"audit_{check['check']}",
        file=f"{TABLES}/{check['table'] or first.get('table')}.csv",
        row=row,
        value=" ".join(str(part) for part in first.values()),
        parts={"count": check["count"]},
    )


def _error(code: str, file: str, value: str | None = None, **parts: object) -> Problem:
    return Problem("error", code, file=file, value=value, parts=parts)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
