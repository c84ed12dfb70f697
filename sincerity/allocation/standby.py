"""Substitutes held ready for buyers who have a unit in the plan, should somebody take it first on launch day."""

from __future__ import annotations

import pandas as pd

from sincerity.allocation.steer import substitutes
from sincerity.domain import Known


def standby_substitutes(
    demand: pd.DataFrame, allocation: pd.DataFrame, scores: pd.DataFrame, known: Known
) -> pd.DataFrame:
    """STEERING rows for the holders of ``allocation``, found as for those without a unit: near their best pick, among
    the units nobody holds, within their ceiling, and spread among one another."""
    holding = demand[demand["buyer_id"].isin(allocation["buyer_id"])]
    held_by_others = allocation.assign(buyer_id="")
    return substitutes(holding, held_by_others, scores, known.buyers, known.units, known.decisions)
