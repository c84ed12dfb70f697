"""The model's chances on the day: simulated days sell to the share of buyers, the blocked left out, it expects."""

from __future__ import annotations

import numpy as np
import pytest

from sincerity.forecast.draws import draw
from sincerity.forecast.launch_day import launch_days
from sincerity.forecast.model_chances import SUREST, day_chances
from sincerity.forecast.orders import calling_order
from tests.forecast.days import certain, scene

RUNS = 4_000
FLAT = np.tile(np.linspace(0.1, 0.5, 101), (RUNS, 1))


def orders_by_run(day, chances, given):
    draws = draw(day, given, RUNS, "s", chances)
    sales = launch_days(day, draws, calling_order(day, given.orders["priority"], draws))
    ready = (draws.depth > day.readiest[:, None]).sum()
    return len(sales.run) / RUNS, (ready - len(sales.run)) / RUNS


def test_where_everybody_has_a_unit_of_their_own_the_chances_stay():
    day = scene([[(unit, 0)] for unit in range(40)], 40, score=np.full(40, 50))
    found = day_chances(FLAT, day.score, day, certain(), "priority", "s")
    assert found == pytest.approx(FLAT, rel=0.05)


def test_when_half_the_buyers_named_nothing_the_others_buy_about_twice_as_often():
    day = scene([[(unit, 0)] for unit in range(40)], 40, score=np.full(40, 50))
    found = day_chances(FLAT, np.full(80, 50), day, certain(), "priority", "s")
    assert found[0, 50] == pytest.approx(2 * FLAT[0, 50], rel=0.05)


def test_orders_of_those_not_blocked_are_what_the_model_expects():
    """Sixty buyers on twenty crowded units: many are blocked, and later choices are less wanted."""
    rng = np.random.default_rng(3)
    offers = [[(int(unit), place) for place, unit in enumerate(rng.permutation(20)[:3])] for _ in range(60)]
    day = scene(offers, 20, score=np.full(60, 40))
    given = certain(choice={"first": 1.0, "second": 0.6, "third": 0.4, "later": 0.3, "substitute": 0.2, "undecided": 0})
    scores = np.full(70, 40)
    bought, blocked = orders_by_run(day, day_chances(FLAT, scores, day, given, "priority", "s"), given)
    assert bought / (70 - blocked) == pytest.approx(FLAT[0, 40], rel=0.04)
    plain, blocked_plain = orders_by_run(day, FLAT, given)
    assert plain / (70 - blocked_plain) < 0.9 * FLAT[0, 40]


def test_no_chance_is_raised_to_certainty_and_nobody_to_sell_to_changes_nothing():
    day = scene([[(0, 0)]], 1, score=np.array([50]))
    assert day_chances(FLAT, np.full(50, 50), day, certain(), "priority", "s").max() <= SUREST
    empty = scene([], 1, score=np.array([], dtype=int))
    assert (day_chances(FLAT, np.array([], dtype=int), empty, certain(), "priority", "s") == FLAT).all()
