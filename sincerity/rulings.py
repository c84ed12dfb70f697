"""Which rulings a run follows, as decisions beside those of the planner's own table."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from sincerity.domain import DECISIONS, Launch
from sincerity.domain.rulings import KEEPING, RULINGS, RULINGS_FILE
from sincerity.problems import Problem


def standing(rulings: pd.DataFrame) -> pd.DataFrame:
    """The newest ruling of every pair, withdrawn ones left out, by number."""
    newest = rulings.sort_values("ruling_no").drop_duplicates(["buyer_id", "unit_id"], keep="last")
    return RULINGS.frame(newest[newest["decision"] != "withdraw"])


def rulings_until(rulings: pd.DataFrame, cutoff: datetime) -> pd.DataFrame:
    """The rulings on plans whose cutoff is not after ``cutoff``: a run with that cutoff follows these."""
    return RULINGS.frame(rulings[rulings["plan_cutoff"] <= cutoff])


def as_decisions(rulings: pd.DataFrame, cutoff: datetime) -> pd.DataFrame:
    """The standing rulings a run with this cutoff follows, as DECISIONS; an override keeps the unit."""
    followed = standing(rulings_until(rulings, cutoff))
    decision = np.where(followed["decision"].isin(KEEPING), "keep", "forbid")
    return DECISIONS.frame(followed.assign(decision=decision, source_row=followed["ruling_no"] + 1))


def newest_rulings(rulings: pd.DataFrame, cutoff: datetime) -> pd.DataFrame:
    """Of the standing rulings a run with this cutoff follows, those handed in last."""
    followed = standing(rulings_until(rulings, cutoff))
    return followed[followed["decided_at"] == followed["decided_at"].iloc[-1:].max()]


def contradictions_with_table(launch: Launch, cutoff: datetime) -> tuple[Problem, ...]:
    """Rulings a run with this cutoff would follow and the planner's own table of decisions denies, by number."""
    followed = as_decisions(launch.rulings, cutoff)
    both = followed.merge(launch.decisions, on=["buyer_id", "unit_id"], suffixes=("", "_tabled"))
    denied = both[both["decision"] != both["decision_tabled"]]
    where = table_place(launch)
    return tuple(
        Problem("error", "ruling_against_table", RULINGS_FILE, row=row["source_row"], value=row["decision"], parts={
            "buyer": row["buyer_id"], "unit": row["unit_id"], "place": f"{where} › {row['source_row_tabled']}"})
        for row in denied.to_dict("records")
    )


def table_place(launch: Launch) -> str:
    """Where the planner's own table of decisions stands, in one short text."""
    source = launch.sources.get("decisions")
    return " › ".join(part for part in (source.file, source.sheet) if part) if source else "decisions"
