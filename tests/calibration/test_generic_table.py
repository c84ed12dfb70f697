"""A card nobody tuned, from any table: levels by quantile, equal weights, launches in order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.calibration.generic_table import accounts_of, equal_card, past_of_table, references_of
from sincerity.intake.launch_file import default_settings

GRADES = default_settings().grades


def table(items: dict, outcome, group, falling=(), order=()):
    nobody = np.full(len(outcome), "", dtype=object)
    return past_of_table(
        pd.DataFrame(items), frozenset(falling), pd.DataFrame(index=range(len(outcome))),
        np.array(outcome, dtype=bool), np.array(group, dtype=object), nobody, GRADES, order)


def test_two_items_weigh_the_same_and_their_levels_rise_by_equal_steps():
    found = table({"x": [0, 1, 2], "y": [1, 0, 0]}, [0, 0, 1], ["a"] * 3)
    assert found.score.tolist() == [50, 25, 50]


def test_three_items_share_a_hundred_points():
    card = equal_card(["x", "y", "z"], np.array([[0.0, 0, 0], [1, 1, 1]]))
    assert card.caps == (34, 33, 33)
    assert card.available_points == 100


def test_a_falling_item_gives_most_to_the_least():
    found = table({"exit_rate": [0.1, 0.2, 0.3]}, [1, 0, 0], ["a"] * 3, falling=["exit_rate"])
    assert found.score.tolist() == [100, 50, 0]


def test_many_values_are_cut_into_five_levels_and_nothing_known_gives_nothing():
    found = table({"x": [*range(100), np.nan]}, [0] * 101, ["a"] * 101)
    assert sorted(set(found.score.tolist())) == [0, 25, 50, 75, 100]
    assert found.score[-1] == 0
    assert (np.diff(found.score[:100]) >= 0).all()


def test_where_most_are_nothing_the_rest_is_cut():
    found = table({"x": [0.0] * 90 + list(range(1, 11))}, [0] * 100, ["a"] * 100)
    assert len(set(found.score.tolist())) == 5
    assert set(found.score[:90]) == {0}


def test_launches_stand_in_the_order_given_then_as_they_appear():
    found = table({"x": [0, 1, 2, 0]}, [0, 1, 1, 0], ["Oct", "Feb", "Jan", "Feb"], order=["Jan", "Feb", "Mar"])
    assert found.launches == ("Jan", "Feb", "Oct")
    assert found.launch.tolist() == [2, 1, 0, 1]
    assert [(one.launch_id, one.buyers, one.bought) for one in accounts_of(found)] == [
        ("Jan", 1, 1), ("Feb", 2, 1), ("Oct", 1, 0)]
    assert references_of(found)[1] == {"grade": {"B": 1, "D": 1}, "x": {"0": 1, "50": 1}}
