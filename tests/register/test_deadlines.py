"""Deadlines by hand: first within three days, then every seven, daily in round 3; the warning names the dates."""

from dataclasses import replace
from datetime import date, datetime

import pandas as pd
import pytest

from sincerity.known import known_at
from sincerity.register.deadlines import deadlines, screening_day
from sincerity.screening_rules import deadline_rules
from sincerity.settings import RoundPlan
from tests import cases

OPENED = date(2026, 10, 1)


def launch(*rounds, opened=OPENED):
    plain = cases.five_by_four()
    return replace(
        plain, picks=plain.picks.head(0),
        settings=replace(plain.settings, rounds=tuple(rounds), show_flat_open=opened),
    )


def told(of, today, earlier=()):
    rows, problems = deadlines(of, today, earlier, deadline_rules())
    return [(row.stage, row.due_on.date(), None if pd.isna(row.held_on) else row.held_on.date(), row.standing,
             row.days_late) for row in rows.itertuples()], problems


def test_first_within_three_days_then_seven():
    rows, problems = told(launch(), date(2026, 10, 11), [date(2026, 10, 4)])
    assert rows == [
        ("first", date(2026, 10, 4), date(2026, 10, 4), "met", 0),
        ("weekly", date(2026, 10, 11), date(2026, 10, 11), "met", 0),
        ("weekly", date(2026, 10, 18), None, "open", 0),
    ]
    assert problems == ()


def test_one_day_over_each_line_is_late():
    rows, problems = told(launch(), date(2026, 10, 13), [date(2026, 10, 5)])
    assert rows[:2] == [
        ("first", date(2026, 10, 4), date(2026, 10, 5), "late", 1),
        ("weekly", date(2026, 10, 12), date(2026, 10, 13), "late", 1),
    ]
    assert [problem.code for problem in problems] == ["screenings_not_in_time"]
    assert problems[0].parts == {"late": 2, "missing": 0, "dates": "2026-10-04, 2026-10-12"}
    assert "2 late, 0 missing; due on 2026-10-04, 2026-10-12" in problems[0].what("en")
    assert "逾期 2 次，缺 0 次；应于 2026-10-04, 2026-10-12" in problems[0].what("zh")


def test_daily_in_round_three_from_the_day_after_round_two():
    of = launch(RoundPlan(2, datetime(2026, 10, 5, 18)), RoundPlan(3, datetime(2026, 10, 9, 20)))
    rows, problems = told(of, date(2026, 10, 8), [date(2026, 10, 3), date(2026, 10, 6)])
    assert [row for row in rows if row[0] == "weekly"] == []
    assert [row[1:4] for row in rows if row[0] == "daily"] == [
        (date(2026, 10, 6), date(2026, 10, 6), "met"),
        (date(2026, 10, 7), None, "missing"),
        (date(2026, 10, 8), date(2026, 10, 8), "met"),
        (date(2026, 10, 9), None, "open"),
    ]
    assert problems[0].parts == {"late": 0, "missing": 1, "dates": "2026-10-07"}


def test_the_weekly_rule_holds_until_the_daily_round_begins():
    of = launch(RoundPlan(2, datetime(2026, 10, 20, 18)), RoundPlan(3, datetime(2026, 10, 30, 20)))
    rows, _ = told(of, date(2026, 10, 12), [date(2026, 10, 2)])
    assert [row[1:4] for row in rows if row[0] == "weekly"] == [
        (date(2026, 10, 9), date(2026, 10, 12), "late"), (date(2026, 10, 19), None, "open")]


def test_a_planned_round_with_picks_counts_as_a_screening():
    plain = cases.five_by_four()
    of = replace(plain, picks=plain.picks.assign(round=2), settings=replace(plain.settings, rounds=(
        RoundPlan(2, datetime(2026, 10, 4, 18)),), show_flat_open=OPENED))
    rows, _ = told(of, date(2026, 10, 8))
    assert rows[0] == ("first", date(2026, 10, 4), date(2026, 10, 4), "met", 0)


def test_later_runs_do_not_answer_an_earlier_day():
    rows, _ = told(launch(), date(2026, 10, 9), [date(2026, 10, 20)])
    assert rows[0] == ("first", date(2026, 10, 4), date(2026, 10, 9), "late", 5)


def test_without_an_opening_there_is_no_first_deadline():
    rows, problems = told(launch(opened=None), date(2026, 10, 9))
    assert [row[0] for row in rows] == ["weekly"]
    assert problems == ()


@pytest.mark.parametrize(("as_of", "day"), [
    (None, date(2026, 11, 19)),  # the newest fact: Eve's registration and the picks
    (datetime(2026, 11, 21), date(2026, 11, 20)),  # later than the cutoff: its own day
    (datetime(2026, 11, 12), date(2026, 11, 11)),  # a first moment that no longer counts
    (datetime(2026, 11, 12, 0, 1), date(2026, 11, 12)),
])
def test_the_day_of_a_screening(as_of, day):
    known, _ = known_at(cases.five_by_four(), 3, as_of)
    assert screening_day(known, as_of) == day
