"""What a person may choose for a round, and what becomes of a launch under these choices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from sincerity.domain import Background, Launch, RoundResult
from sincerity.intake.launch import read_launch
from sincerity.intake.launch_file import with_sha256
from sincerity.problems import Problem

Say = Callable[[str], None]
Problems = tuple[Problem, ...]
LookBack = Callable[[Launch, int], Background | None]  # launch and round → what the register tells the run


@dataclass(frozen=True)
class Choices:
    """What the person who starts a run may choose; None leaves it to ``launch.toml``."""

    round: int | None = None
    as_of: datetime | None = None
    policy: str | None = None
    language: str | None = None
    theme: str | None = None
    levers: bool = False  # compare calling orders, policies, prices, steering and releases
    held_back: tuple[tuple[str, ...], ...] = ()  # sets of units a later release might take
    digits: tuple[str, ...] = ()  # called out in public, to draw the calling order
    close: bool = False  # the launch is over: outcomes beside the forecast


@dataclass(frozen=True)
class RoundOutcome:
    """What became of a run: its problems, and the result unless they stopped it."""

    problems: Problems
    result: RoundResult | None
    launch: Launch | None = None  # what the result rests on


def chosen_launch(folder: Path, chosen: Choices) -> tuple[Launch | None, Problems]:
    """The launch in ``folder`` with the choices laid over its settings, and all problems; None with an error."""
    launch, problems = read_launch(folder)
    if launch is None:
        return None, problems
    launch, misfits = with_choices(launch, chosen)
    return (None if misfits else launch), (*problems, *misfits)


def with_choices(launch: Launch, chosen: Choices) -> tuple[Launch, Problems]:
    """The launch with the person's choices laid over its settings, and the choices it cannot follow."""
    settings, problems = launch.settings, []
    planned = [plan.number for plan in settings.rounds]
    if chosen.round is not None and chosen.round not in planned:
        problems.append(_unknown("round", chosen.round, planned))
    if chosen.policy is not None and chosen.policy not in settings.policies:
        problems.append(_unknown("policy", chosen.policy, settings.policies))
    released = set(launch.units["unit_id"])
    problems += [Problem("error", "unknown_held_unit", value=unit)
                 for units in chosen.held_back for unit in units if unit not in released]
    if chosen.close and own_outcomes(launch, None).empty:
        problems.append(Problem("error", "close_without_outcomes"))
    laid_over = replace(
        settings,
        policy=chosen.policy or settings.policy,
        language=chosen.language or settings.language,
        theme=chosen.theme or settings.theme,
    )
    return replace(launch, settings=with_sha256(laid_over)), tuple(problems)


def current_round(launch: Launch, as_of: datetime | None) -> int:
    """The round a run is about: without ``as_of`` the last one that has picks, else the one under way on that day.

    A round is under way up to the end of its cutoff's day; ``as_of`` is a first moment that no longer counts.
    """
    rounds = launch.settings.rounds
    if as_of is not None:
        day = (as_of - timedelta(microseconds=1)).date()
        return next((plan.number for plan in rounds if plan.cutoff.date() >= day), rounds[-1].number)
    picked = set(launch.picks["round"])
    return max((plan.number for plan in rounds if plan.number in picked), default=rounds[-1].number)


def own_outcomes(launch: Launch, as_of: datetime | None) -> pd.DataFrame:
    """What became of this launch's buyers; nothing is known of it on an earlier day that was asked for."""
    own = launch.outcomes["launch_id"].isin(["", launch.settings.launch_id])
    return launch.outcomes[own & (as_of is None)]


def _unknown(what: str, value: object, allowed) -> Problem:
    return Problem("error", f"unknown_{what}", value=str(value), parts={"allowed": ", ".join(map(str, allowed))})
