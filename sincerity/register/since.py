"""What a round says about the runs before it: the changes since, the churn, the deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from sincerity.domain import KPIS, Background, Launch
from sincerity.problems import Problem
from sincerity.register.deadlines import deadlines
from sincerity.register.diff import changes, churn
from sincerity.screening_rules import deadline_rules, demand_rules

CHURN = "churn_since_run"


def since_tables(
    launch: Launch, screened_on: date, background: Background | None, tables: Mapping[str, pd.DataFrame]
) -> tuple[Mapping[str, pd.DataFrame], tuple[Problem, ...]]:
    """The tables of changes and of deadlines, the rates with the churn among them, and the warnings.

    ``tables`` are those of the round so far; ``background`` is None where the launch keeps no register.
    """
    before = background.tables if background else None
    due, warnings = deadlines(launch, screened_on, background.screened_on if background else (), deadline_rules())
    told = {**changes(before, tables, demand_rules()), "deadlines": due}
    if before is not None:
        changed, named = churn(before, tables)
        row = KPIS.frame([{"kpi": CHURN, "numerator": changed, "denominator": named}])
        told["kpis"] = pd.concat([tables["kpis"], row], ignore_index=True)
    return told, warnings
