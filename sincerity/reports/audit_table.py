"""The audit in the report: what was re-derived from the published tables, and what it found wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from sincerity.problems import Problem
from sincerity.reports.formatting import count_text, share_text
from sincerity.reports.lookup import Lookup
from sincerity.reports.view import TableView
from sincerity.reports.view_tables import Shown, table_view
from sincerity.reports.wording import Words

AUDIT = (Shown("check", width=24), Shown("result", "long_text", 80))


def audit_table(lookup: Lookup) -> TableView:
    """The verdict, what failed, envy, efficiency, and the rates by grade and by consultant."""
    rows = pd.DataFrame(_rows(lookup.result.audit, lookup.words), columns=["check", "result"], dtype=object)
    return table_view("audit", rows, AUDIT, lookup.words)


def audit_findings(audit: Mapping[str, Any], lang: str) -> list[str]:
    """What the audit found wrong, one sentence per failed check; empty for a clean plan."""
    failed = [check for check in audit["checks"] if not check["ok"]]
    return [_problem(check).what(lang) for check in failed]


def _problem(check: Mapping[str, Any]) -> Problem:
    key = {name: part for name, part in check["examples"][0].items() if name != "row"}
    value = " ".join(str(part) for part in key.values())
    return Problem("error", f"audit_{check['check']}", value=value, parts={"count": check["count"]})


def _rows(audit: Mapping[str, Any], words: Words) -> Iterator[tuple[str, str]]:
    findings = audit_findings(audit, words.lang)
    checks = count_text(len(audit["checks"]))
    verdict = words("audit.failed", failed=count_text(len(findings)), checks=checks)
    yield words("audit.verdict"), verdict if findings else words("audit.passed", checks=checks)
    for finding in findings:
        yield words("audit.finding"), finding
    envy = audit["envy"]
    counts = {"pairs": count_text(envy["count"]), "ruled": count_text(envy["by_decision"])}
    yield words("audit.envy"), words("audit.envy_said", **counts)
    efficient = audit["pareto"]["efficient"]
    yield words("audit.pareto"), words("audit.pareto_yes" if efficient else "audit.pareto_no")
    for warning in audit["warnings"]:
        yield words(f"audit.{warning['check']}"), count_text(warning["count"])
    for rate in audit["rates"]["by_grade"]:
        yield words("audit.grade", grade=rate["grade"]), _rate_text(rate, words)
    for rate in audit["rates"]["by_consultant"]:
        name = rate["consultant"] or words("no_consultant")
        yield words("audit.consultant", consultant=name), _rate_text(rate, words)


def _rate_text(rate: Mapping[str, Any], words: Words) -> str:
    return words(
        "audit.rate",
        placed=count_text(rate["placed"]),
        valid=count_text(rate["with_valid_pick"]),
        placed_share=share_text(rate["placed"], rate["with_valid_pick"]),
        first=count_text(rate["first_choices"]),
        first_share=share_text(rate["first_choices"], rate["placed"]),
    )
