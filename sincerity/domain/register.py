"""What a run knows of the runs before it, and the tables that tell what changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from sincerity.schema import Column, Schema

CHANGES_BUYERS = Schema("changes_buyers", (  # buyers new, gone or re-graded; of the last one row per moved score line
    Column("buyer_id", "str"),
    Column("change", "str"),  # new, gone, up, down
    Column("from_grade", "str"),
    Column("to_grade", "str"),
    Column("from_score", "float", "points"),
    Column("to_score", "float", "points"),
    Column("line", "str"),  # a line of the score, the one that moved most first; "" when none moved
    Column("from_points", "float", "points"),
    Column("to_points", "float", "points"),
), key=("buyer_id", "line"))

CHANGES_PICKS = Schema("changes_picks", (
    Column("buyer_id", "str"),
    Column("unit_id", "str"),
    Column("change", "str"),  # added, dropped, raised, lowered
    Column("from_rank", "int"),  # 0 where the buyer did not name the unit
    Column("to_rank", "int"),
), key=("buyer_id", "unit_id"))

CHANGES_UNITS = Schema("changes_units", (  # units whose demand changed its class
    Column("unit_id", "str"),
    Column("from_demand", "str"),  # hot, normal, cold; "" where the unit was not on sale
    Column("to_demand", "str"),
    Column("from_contenders", "int", "buyers"),
    Column("to_contenders", "int", "buyers"),
), key=("unit_id",))

CHANGES_TARGETS = Schema("changes_targets", (  # targets that are met now and were not, or the other way round
    Column("layout", "str"),  # "" = all layouts together
    Column("change", "str"),  # gained, lost
    Column("from_placed", "int", "units"),
    Column("to_placed", "int", "units"),
    Column("from_shortfall", "int", "units"),
    Column("to_shortfall", "int", "units"),
), key=("layout",))

DEADLINES = Schema("deadlines", (
    Column("stage", "str"),  # first, weekly, daily
    Column("due_on", "date"),
    Column("held_on", "date"),  # NaT where no screening answered the deadline
    Column("standing", "str"),  # met, late, missing, open (still to come)
    Column("days_late", "int", "days"),  # of a missing one: up to the day the facts go to
), key=("stage", "due_on"))

REGISTER_TABLES = (CHANGES_BUYERS, CHANGES_PICKS, CHANGES_UNITS, CHANGES_TARGETS, DEADLINES)
KEPT_TABLES = (  # published tables the register keeps of every run; none names a person
    "allocation", "refusals", "scores", "score_lines", "demand", "units", "targets", "moves", "decisions", "deadlines",
    "kpis", "forecast_totals", "forecast_units", "forecast_review", "unit_review",
)


@dataclass(frozen=True)
class RegisterMark:
    """Where a run stands in the launch's register: what it was compared with, and the event log's head before it.

    ``previous_run`` and ``previous_plan_sha256`` are "" when no earlier run was there.
    """

    previous_run: str
    previous_plan_sha256: str
    chain_head: str


@dataclass(frozen=True)
class Background:
    """What the register tells a run that begins: its mark, the tables of the run in force, the days of screenings.

    ``tables`` holds KEPT_TABLES of the previous run; None when there was none.
    """

    mark: RegisterMark
    tables: Mapping[str, pd.DataFrame] | None = None
    screened_on: tuple[date, ...] = ()
    round: int = 0  # of the previous run; 0 when there was none
