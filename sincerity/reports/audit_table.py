"""The audit in the report: what was re-derived from the published tables, and what it found wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from sincerity.reports.formatting import NOTHING
from sincerity.reports.lookup import Lookup
from sincerity.reports.view import TableView
from sincerity.reports.view_tables import Shown, table_view

AUDIT = (Shown("check", width=34), Shown("result", "long_text", 80))


def audit_table(lookup: Lookup) -> TableView:
    """Every figure and finding of the audit, one per row."""
    rows = pd.DataFrame(_rows(lookup.result.audit, ""), columns=["check", "result"], dtype=object)
    words = lookup.words
    rows["check"] = [
        words(f"audit.{check}") if words.has(f"audit.{check}") else check for check in rows["check"]
    ]
    return table_view("audit", rows, AUDIT, words)


def audit_findings(audit: Mapping[str, object]) -> list[str]:
    """What the audit found wrong; empty for a clean plan."""
    return [str(finding) for finding in audit.get("findings", ())]


def _rows(value: object, path: str) -> Iterable[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _rows(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        yield path, "; ".join(map(str, value)) or NOTHING
    else:
        yield path, str(value)
