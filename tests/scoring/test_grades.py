from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from sincerity.domain import GRADES
from sincerity.scoring.grades import (
    absolute_grade,
    final_grade,
    grade_reasons,
    mid_rank_percentile,
    percentile_grade,
    priority_ranks,
)
from tests.cases import CUTOFF, settings

RULES = settings().grades
NOBODY = np.empty(0, dtype=np.int64)


def _letters(grades: np.ndarray) -> str:
    return "".join(GRADES[grade] for grade in grades)


def _relative(*scores: int) -> str:
    ints = np.array(scores, dtype=np.int64)
    return _letters(percentile_grade(ints, ints.astype(float), ints, RULES))


@pytest.mark.parametrize(("score", "grade"), [
    (100, "A"), (75, "A"), (74, "B"), (50, "B"), (49, "C"), (25, "C"), (24, "D"), (0, "D"),
])
def test_absolute_grades_on_both_sides_of_every_border(score, grade):
    assert _letters(absolute_grade(np.array([score]), RULES)) == grade


def test_percentile_grades_of_twenty_different_buyers():
    assert _relative(*range(20, 0, -1)) == "AAABBBBBCCCCCCCDDDDD"  # 15 %, 25 %, 35 % of twenty


def test_a_tie_block_on_a_border_takes_the_lower_grade():
    assert _relative(90, 80, 70, 70, *range(60, 44, -1)) == "AABBBBBBCCCCCCCDDDDD"
    assert _relative(90, 80, 80, 70, *range(60, 44, -1)) == "AAABBBBBCCCCCCCDDDDD"  # block ends on the border


def test_all_equal_is_the_lowest_grade_and_one_alone_too():
    assert _relative(50, 50, 50) == "DDD" and _relative(99) == "D"


def test_a_share_that_floats_miss_is_exact():
    rules = replace(RULES, percentile_shares={"A": 0.1, "B": 0.2, "C": 0.3})  # 0.1 + 0.2 is not 0.3 in floats
    ints = np.arange(10, 0, -1)
    assert _letters(percentile_grade(ints, ints.astype(float), ints, rules)) == "ABBCCCDDDD"


def test_a_buyer_who_would_join_or_rise_is_graded_as_if_it_had_happened():
    peers = np.arange(20, 0, -1)
    joins = percentile_grade(np.array([21, 18, 0]), np.full(3, np.nan), peers, RULES)
    assert _letters(joins) == "ABD"  # of 21: three places are A (3.15), 18 comes level and ends fourth
    rises = percentile_grade(np.array([18, 19]), np.array([1.0, 18.0]), peers, RULES)
    assert _letters(rises) == "BA"  # 18 twice ends fourth; 19 twice ends third once 18 has left its place


def test_joining_makes_the_launch_larger():
    peers = np.arange(38, 0, -2)  # nineteen: 15 % are 2.85 places, of twenty exactly 3
    assert _letters(percentile_grade(np.array([35]), np.array([np.nan]), peers, RULES)) == "A"


def test_nobody_graded_yet():
    assert _letters(percentile_grade(np.array([50]), np.array([np.nan]), NOBODY, RULES)) == "D"
    assert len(mid_rank_percentile(NOBODY)) == 0


def test_mid_rank_percentiles():
    assert mid_rank_percentile(np.array([10, 20, 20, 40])).tolist() == [12.5, 50.0, 50.0, 87.5]
    assert mid_rank_percentile(np.array([7])).tolist() == [50.0]


def _reason(state="active", registered=datetime(2026, 10, 1), acted=True) -> str:
    buyers = pd.DataFrame({"state": [state], "registered_on": pd.Series([registered], dtype="datetime64[us]")})
    return str(grade_reasons(buyers, np.array([acted]), CUTOFF, RULES)[0])


def test_three_days_of_registration_to_the_minute():
    exactly = CUTOFF - timedelta(days=3)
    assert _reason(registered=exactly) == "points"
    assert _reason(registered=exactly + timedelta(minutes=1)) == "registered_recently"


@pytest.mark.parametrize(("state", "acted", "reason", "grade"), [
    ("active", True, "points", "A"), ("active", False, "no_scored_event", "U"),
    ("gave_up", True, "gave_up", "D"), ("bought_elsewhere", False, "bought_elsewhere", "D"),
])
def test_reasons_and_the_grades_they_make(state, acted, reason, grade):
    assert _reason(state, acted=acted) == reason
    assert _letters(final_grade(np.array([0]), np.array([reason], dtype=object))) == grade


def test_a_buyer_who_gave_up_yesterdays_registration_is_gone_not_unknown():
    assert _reason("gave_up", CUTOFF, acted=False) == "gave_up"


def test_priority_by_standing_score_money_registration_and_lot():
    later, early, never = datetime(2026, 11, 2), datetime(2026, 11, 1), pd.NaT
    order = [  # best first: reason, score, committed, registered, tie number
        ("points", 80, never, later, 9),
        ("points", 60, early, later, 9),
        ("points", 60, later, early, 9),
        ("points", 60, never, early, 9),
        ("points", 60, never, later, 1),
        ("points", 60, never, later, 2),
        ("points", 5, never, later, 0),
        ("registered_recently", 90, early, early, 0),
        ("no_scored_event", 10, never, early, 0),
        ("bought_elsewhere", 99, early, early, 0),
        ("gave_up", 98, early, early, 0),
    ]
    names = ["grade_reason", "score", "committed_on", "registered_on", "tie"]
    rows = pd.DataFrame(order, columns=names)
    for seed in range(5):
        mixed = rows.sample(frac=1, random_state=seed)
        assert (priority_ranks(mixed, mixed["tie"].to_numpy(np.uint64)) == mixed.index.to_numpy() + 1).all()
