"""Whether the screenings came in time: within days of the show flat's opening, then weekly, daily in the last round.

A screening is a run of the launch, or a planned round that has picks, on the day up to which its facts go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

import pandas as pd

from sincerity.domain import DEADLINES, Known, Launch
from sincerity.problems import Problem
from sincerity.screening_rules import DeadlineRules
from sincerity.settings import Settings

NAMED_DATES = 6  # dates named in the warning; the sheet has them all
_DAY = timedelta(days=1)


def screening_day(known: Known, as_of: datetime | None) -> date:
    """The day a run's facts go to: the one it was told, else the day of its newest fact, at the latest its cutoff's.

    ``as_of`` is a first moment that no longer counts.
    """
    last = (known.cutoff - timedelta(microseconds=1)).date()
    if as_of is not None:
        return last
    moments = pd.concat([
        known.touchpoints["at"], known.picks["recorded_at"], known.answers["recorded_at"],
        known.decisions["decided_at"], known.buyers["registered_on"],
    ])
    newest = moments[moments < known.cutoff].max()
    return last if pd.isna(newest) else newest.date()


def deadlines(
    launch: Launch, today: date, earlier: Iterable[date], rules: DeadlineRules
) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """DEADLINES up to ``today`` and the next one to come, and a warning that names the late and missing ones.

    ``earlier`` are the days of the launch's runs so far; ``today`` is a screening, too.
    """
    settings = launch.settings
    held = sorted({*earlier, *_rounds_held(launch), today})
    held = [day for day in held if day <= today]
    rows = list(_first(settings, held, rules))
    rows += _weekly(held, _daily_from(settings, rules), today, rules)
    rows += _daily(settings, held, today, rules)
    judged = [_judged(*row, today) for row in rows]
    return DEADLINES.frame(judged).sort_values("due_on", kind="stable", ignore_index=True), _warnings(judged)


Row = tuple[str, date, date | None]  # stage, due on, held on


def _rounds_held(launch: Launch) -> list[date]:
    picked = set(launch.picks["round"])
    return [plan.cutoff.date() for plan in launch.settings.rounds if plan.number in picked]


def _first(settings: Settings, held: list[date], rules: DeadlineRules) -> Iterator[Row]:
    if settings.show_flat_open is not None:
        yield "first", settings.show_flat_open + rules.first_days * _DAY, held[0]


def _weekly(held: list[date], daily_from: date | None, today: date, rules: DeadlineRules) -> Iterator[Row]:
    """After each screening the next is due; from the daily round on its own rule holds."""
    for day, following in zip(held, [*held[1:], None], strict=True):
        due = day + rules.every_days * _DAY
        if daily_from is not None and due >= daily_from:
            return
        yield "weekly", due, following


def _daily(settings: Settings, held: list[date], today: date, rules: DeadlineRules) -> Iterator[Row]:
    """Every day of the daily round up to tomorrow."""
    first = _daily_from(settings, rules)
    if first is None:
        return
    last = min(settings.round_plan(rules.daily_round).cutoff.date(), today + _DAY)
    for number in range((last - first).days + 1):
        day = first + number * _DAY
        yield "daily", day, day if day in held else None


def _daily_from(settings: Settings, rules: DeadlineRules) -> date | None:
    """The day after the round before ends; the cutoff's own day where no round is planned before it."""
    numbers = [plan.number for plan in settings.rounds]
    if rules.daily_round not in numbers:
        return None
    before = [plan.cutoff.date() for plan in settings.rounds if plan.number < rules.daily_round]
    return max(before) + _DAY if before else settings.round_plan(rules.daily_round).cutoff.date()


def _judged(stage: str, due: date, held: date | None, today: date) -> dict[str, object]:
    end = held or today
    standing = ("met" if held <= due else "late") if held else ("missing" if due < today else "open")
    late = max((end - due).days, 0) if standing in ("late", "missing") else 0
    return {"stage": stage, "due_on": pd.Timestamp(due), "held_on": pd.Timestamp(held) if held else pd.NaT,
            "standing": standing, "days_late": late}


def _warnings(rows: list[dict]) -> tuple[Problem, ...]:
    failed = sorted((row["due_on"], row["standing"]) for row in rows if row["standing"] in ("late", "missing"))
    if not failed:
        return ()
    dates = ", ".join(f"{due:%Y-%m-%d}" for due, _ in failed[:NAMED_DATES]) + (" …" if failed[NAMED_DATES:] else "")
    late = sum(standing == "late" for _, standing in failed)
    return (Problem("warning", "screenings_not_in_time", parts={
        "late": late, "missing": len(failed) - late, "dates": dates}),)
