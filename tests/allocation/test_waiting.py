from __future__ import annotations

import numpy as np
import pytest

from sincerity.allocation.instance import GoalResult
from sincerity.allocation.standing import level_table
from tests.allocation.rounds import random_launch, work_out
from tests.allocation.test_explain import launch


def placed(grades: str = "", *choices: int) -> GoalResult:
    return GoalResult("placed", "max", tuple(grades), choices, 0, 0.0, "proven")


def test_levels_follow_the_goals_in_their_order():
    ladder = [placed("A", 1), placed("A", 2), placed("B", 1)]
    levels = level_table(ladder, 2)
    assert levels[0].tolist()[1:] == [0, 1]
    assert levels[1].tolist()[1:] == [2, 3]
    assert len(set(levels[2:].ravel())) == 1
    assert level_table([placed()], 2).max() == 0


def test_a_wide_goal_before_a_ladder_does_not_tell_picks_apart():
    assert (level_table([placed(), placed("A", 1)], 1) == level_table([placed("A", 1)], 1)).all()


@pytest.mark.parametrize(("policy", "order"), [
    ("sincerity_first", ["bo", "cai"]), ("first_choice_first", ["cai", "bo"]), ("strict_order", ["bo", "cai"]),
])
def test_the_waiting_list_stands_in_the_policys_order(policy, order):
    picks = [("anna", 1, "1-101"), ("bo", 2, "1-101"), ("bo", 1, "1-202"), ("cai", 1, "1-101")]
    waiting = work_out(launch(picks), policy).tables["waiting_list"]
    assert waiting["buyer_id"].tolist() == order
    assert waiting.set_index("buyer_id")["placed_unit_id"].to_dict() == {"bo": "1-202", "cai": ""}


def test_losers_are_counted_with_and_without_a_unit():
    picks = [("anna", 1, "1-101"), ("bo", 1, "1-101"), ("bo", 2, "1-102"), ("cai", 1, "1-101")]
    row = work_out(launch(picks), "sincerity_first").tables["conflicts"].iloc[0]
    assert (row["contenders"], row["first_choice_contenders"]) == (3, 3)
    assert (row["losers_placed"], row["losers_unplaced"]) == (1, 1)


def test_a_contested_unit_nobody_got_has_no_winner():
    picks = [("anna", 1, "1-102"), ("bo", 1, "1-202"), ("anna", 2, "1-101"), ("bo", 2, "1-101")]
    row = work_out(launch(picks), "sincerity_first").tables["conflicts"].iloc[0]
    assert (row["unit_id"], row["winner_id"], row["winner_reason"]) == ("1-101", "", "")


def test_positions_run_from_one_without_gaps():
    waiting = work_out(random_launch(7, buyers=30, units=8), "sincerity_first").tables["waiting_list"]
    assert len(waiting) > 5
    for _, rows in waiting.groupby("unit_id"):
        assert rows["position"].tolist() == np.arange(1, len(rows) + 1).tolist()
