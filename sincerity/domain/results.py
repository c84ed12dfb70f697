"""What the stages of a round hand to one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import pandas as pd

from sincerity.domain.chances import FittedModel
from sincerity.domain.register import RegisterMark
from sincerity.domain.rulings import RULINGS
from sincerity.settings import Settings


@dataclass(frozen=True)
class Source:
    """Where an input table came from. ``columns`` maps a field to (column letter, header as in the file)."""

    table: str
    file: str
    sheet: str
    columns: Mapping[str, tuple[str, str]]
    rows_read: int
    rows_refused: int = 0
    hidden_rows: int = 0
    extra_headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class InputFile:
    """A file the run has read: its name inside the launch folder, size and SHA-256."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Launch:
    """A validated launch: settings and one frame per input table (empty where the file had none)."""

    settings: Settings
    units: pd.DataFrame
    buyers: pd.DataFrame
    touchpoints: pd.DataFrame
    picks: pd.DataFrame
    answers: pd.DataFrame
    targets: pd.DataFrame
    decisions: pd.DataFrame
    outcomes: pd.DataFrame
    sources: Mapping[str, Source] = field(default_factory=dict)
    files: tuple[InputFile, ...] = ()
    chance_model: FittedModel | None = None  # None: experience, not measured here
    rulings: pd.DataFrame = field(default_factory=RULINGS.empty)  # the launch's own log, see domain.rulings


@dataclass(frozen=True)
class Known:
    """What was known at the cutoff of one round, one row per household in ``buyers``.

    ``buyers`` has the columns of BUYERS without source_row plus ``household_key`` (stable under renamed
    buyer ids: phone, else household id, else buyer id) and ``members`` (all joined buyer ids, space-separated).
    ``buyer_id`` in every frame is the household's representative. ``units`` carries QUOTED_UNITS.
    ``picks`` are those of this round only, one row per household and unit, ranks dense from 1.
    """

    round: int
    cutoff: datetime
    units: pd.DataFrame
    buyers: pd.DataFrame
    touchpoints: pd.DataFrame
    picks: pd.DataFrame
    answers: pd.DataFrame
    targets: pd.DataFrame
    decisions: pd.DataFrame
    late_entries: pd.DataFrame


@dataclass(frozen=True)
class Scores:
    """The scoring stage's answer: ``buyers`` (SCORES, by priority), ``lines`` (SCORE_LINES, by buyer and line),
    ``next_steps`` (NEXT_STEPS), ``flags`` (FLAGS)."""

    buyers: pd.DataFrame
    lines: pd.DataFrame
    next_steps: pd.DataFrame
    flags: pd.DataFrame


@dataclass(frozen=True)
class RoundResult:
    """Everything a round found out. ``tables`` holds one frame per PUBLISHED_TABLES name; reports read only this."""

    settings: Settings
    round: int
    cutoff: datetime
    policy: str
    status: str  # proven, feasible
    path: str  # which way the plan was solved: levelled, lp_sequence, reference, serial
    tables: Mapping[str, pd.DataFrame]
    audit: Mapping[str, object]  # see allocation.audit
    sources: Mapping[str, Source]
    files: tuple[InputFile, ...]
    notes: tuple  # warnings of the run, as Problem values
    screened_on: date | None = None  # the day up to which the run's facts go
    register: RegisterMark | None = None  # None: the launch keeps no register yet
