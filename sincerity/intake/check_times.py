"""Dates: nothing after the launch day, nothing recorded before it happened, nothing from another era."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from sincerity.domain import Launch
from sincerity.intake.pointing import point, point_at_column
from sincerity.problems import Problem

DATED = (
    ("buyers", "registered_on"), ("buyers", "subscribed_on"), ("touchpoints", "at"), ("touchpoints", "recorded_at"),
    ("picks", "recorded_at"), ("answers", "recorded_at"), ("decisions", "decided_at"),
)
LONGEST_BUILD_UP = timedelta(days=3 * 365)  # a column whose middle is older was read in the wrong calendar
ERA_GAP = timedelta(days=1_462)  # between Excel's 1900 and 1904 calendars
FEWEST_DATES = 3
LATE_RECORDING = timedelta(days=14)  # entries recorded later than this after the launch day are mistyped


def in_the_future(launch: Launch) -> list[Problem]:
    """Dates after the launch day; entries may be typed in up to two weeks later."""
    launch_day = launch.settings.launch_day
    midnight_after = datetime.combine(launch_day, datetime.min.time()) + timedelta(days=1)
    problems = []
    for table, field in DATED:
        frame = getattr(launch, table)
        grace = LATE_RECORDING if field == "recorded_at" else timedelta()
        bad = frame[frame[field] >= midnight_after + grace]
        problems += point(launch, table, field, "error", "date_after_launch", bad, {"launch_day": str(launch_day)})
    return problems


def of_another_era(launch: Launch) -> list[Problem]:
    """Date columns that lie years before the launch, as when a 1904 workbook is read as a 1900 one."""
    day = datetime.combine(launch.settings.launch_day, datetime.min.time())
    problems = []
    for table, field in DATED:
        dates = getattr(launch, table)[field].dropna()
        if len(dates) >= FEWEST_DATES and (middle := dates.median()) < day - LONGEST_BUILD_UP:
            problems.append(point_at_column(
                launch, table, field, "error", "dates_of_another_era", middle=str(middle.date()),
                launch_day=str(day.date()), shifted=str((middle + ERA_GAP).date())))
    return problems


def recorded_before_it_happened(launch: Launch) -> list[Problem]:
    """Contacts entered before they took place; an entry that names only the day counts until its end."""
    touchpoints = launch.touchpoints
    recorded = touchpoints["recorded_at"]
    day_only = recorded.eq(recorded.dt.normalize())
    until = recorded.where(~day_only, recorded + np.timedelta64(1, "D"))
    bad = touchpoints[until < touchpoints["at"]]
    return point(launch, "touchpoints", "recorded_at", "warning", "recorded_before", bad, {"at": bad["at"]})


def registered_after_first_contact(launch: Launch) -> list[Problem]:
    """Buyers registered on a later day than their first contact."""
    buyers = launch.buyers
    earliest = launch.touchpoints.groupby("buyer_id")["at"].min().reindex(buyers["buyer_id"])
    first = pd.Series(earliest.to_numpy(), index=buyers.index).dt.normalize()
    late = (buyers["registered_on"].dt.normalize() > first) & (buyers["buyer_id"] != "")
    return point(launch, "buyers", "registered_on", "warning", "registered_late", buyers[late], {
        "first": first[late].dt.date})


def after_the_last_cutoff(launch: Launch) -> list[Problem]:
    """How many contacts lie at or after the last cutoff: they count in no round."""
    cutoffs = [plan.cutoff for plan in launch.settings.rounds]
    if not cutoffs:
        return []
    late = launch.touchpoints[launch.touchpoints["at"] >= max(cutoffs)]
    parts = {"count": str(len(late)), "cutoff": f"{max(cutoffs):%Y-%m-%d %H:%M}"}
    return point(launch, "touchpoints", "at", "info", "after_cutoff", late.iloc[:1], parts)


def imported_twice(launch: Launch) -> list[Problem]:
    """Contacts that repeat buyer, kind and moment of an earlier row: told once, with their number."""
    touchpoints = launch.touchpoints[launch.touchpoints["at"].notna() & (launch.touchpoints["buyer_id"] != "")]
    again = touchpoints[touchpoints.duplicated(["buyer_id", "kind", "at"])]
    return point(launch, "touchpoints", "buyer_id", "info", "contact_twice", again.iloc[:1], {"count": str(len(again))})
