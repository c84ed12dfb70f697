"""What a person may ask for beyond a round: levers compared, a ballot drawn, the launch closed and reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pandas as pd

from sincerity.domain import ROUND_KPIS, Known, Launch, RoundResult
from sincerity.forecast.ballot import draw_ballot
from sincerity.forecast.review import review_tables
from sincerity.known import known_at
from sincerity.kpi import forecast_kpis
from sincerity.levers import compare_levers


def with_levers(
    launch: Launch, result: RoundResult, as_of: datetime | None, held_back: Sequence[tuple[str, ...]]
) -> RoundResult:
    """The result with its levers compared; ``held_back`` are sets of units a later release might take."""
    known, _ = known_at(launch, result.round, as_of)
    return _with(result, levers=compare_levers(launch, known, result.tables["scores"], held_back))


def with_ballot(result: RoundResult, digits: Sequence[str]) -> RoundResult:
    """The result with the invited buyers' order drawn from ``digits``."""
    invited = result.tables["forecast_buyers"]["buyer_id"]
    return _with(result, ballot=draw_ballot(invited, result.settings.launch_id, digits))


def with_review(launch: Launch, result: RoundResult, as_of: datetime | None) -> RoundResult:
    """The result with the launch's outcomes beside its forecast."""
    known, _ = known_at(launch, result.round, as_of)
    review = review_tables(result.tables, household_outcomes(launch, known))
    error = forecast_kpis(review["forecast_review"]).assign(round=result.round)
    rates = ROUND_KPIS.frame(pd.concat([result.tables["round_kpis"], error], ignore_index=True))
    return _with(result, **review, round_kpis=rates)


def household_outcomes(launch: Launch, known: Known) -> pd.DataFrame:
    """One outcome per household of this launch: a purchase before anything else, then the first buyer's by id."""
    own = launch.outcomes[launch.outcomes["launch_id"].isin(["", launch.settings.launch_id])]
    members = known.buyers.assign(member=known.buyers["members"].str.split(" ")).explode("member")
    head = members.set_index("member")["buyer_id"]
    own = own.assign(bought=own["status"] == "bought").sort_values(["bought", "buyer_id"], ascending=[False, True])
    return own.assign(buyer_id=own["buyer_id"].map(head).fillna(own["buyer_id"])).drop_duplicates("buyer_id")


def _with(result: RoundResult, **tables: pd.DataFrame) -> RoundResult:
    return replace(result, tables={**result.tables, **tables})
