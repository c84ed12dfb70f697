"""Which rulings a run follows, as decisions beside those of the planner's own table."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from sincerity.domain import DECISIONS
from sincerity.domain.rulings import KEEPING, RULINGS


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
