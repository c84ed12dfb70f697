"""What chance decides: the stated chances, luck that stays with the household, and a shared swing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sincerity.forecast.assumptions import CHOICES, assumptions
from sincerity.forecast.draws import draw
from tests.forecast.days import certain, scene

RUNS = 20_000
OFFERS = [[(0, 0)]]


def test_without_a_swing_the_shares_are_the_stated_chances():
    given = replace(assumptions(), effect_show=0.0, effect_accept=0.0)
    draws = draw(scene(OFFERS * 5, 1, grade=np.arange(5)), given, RUNS, "s")
    for place, grade in enumerate("ABCDU"):
        assert draws.came[place] == pytest.approx(given.show[grade], abs=0.015)
        for kind, choice in enumerate(CHOICES):
            takes = (draws.depth[place] > kind).mean()
            assert takes == pytest.approx(given.show[grade] * given.accept[grade] * given.choice[choice], abs=0.015)
    assert draws.follows.mean() == pytest.approx(given.follow_plan, abs=0.01)


def test_luck_stays_with_the_household_whoever_else_is_invited():
    both = scene(OFFERS * 3, 1, buyer_keys=np.array([7, 8, 9], dtype=np.uint64))
    alone = scene(OFFERS, 1, buyer_keys=np.array([8], dtype=np.uint64))
    many, one = draw(both, assumptions(), 300, "s"), draw(alone, assumptions(), 300, "s")
    for name in ("depth", "follows", "lots"):
        assert (getattr(many, name)[1] == getattr(one, name)[0]).all()


def test_more_runs_keep_the_earlier_ones():
    day = scene(OFFERS * 2, 1)
    few, more = draw(day, assumptions(), 100, "s"), draw(day, assumptions(), 250, "s")
    assert (more.depth[:, :100] == few.depth).all()
    assert (more.lots[:, :100] == few.lots).all()


def test_another_seed_is_another_day():
    day = scene(OFFERS, 1)
    assert (draw(day, assumptions(), 300, "s").lots != draw(day, assumptions(), 300, "t").lots).any()


def test_the_swing_is_shared_by_the_whole_launch():
    """100 alike buyers: with the swing the share that is ready varies far more than independent coins would."""
    day = scene(OFFERS * 100, 1, grade=np.ones(100, dtype=np.int64))
    calm = replace(assumptions(), effect_show=0.0, effect_accept=0.0)
    spread = [(draw(day, given, 2_000, "s").depth > 0).mean(axis=0).std() for given in (assumptions(), calm)]
    assert spread[1] == pytest.approx(np.sqrt(0.4 * 0.6 / 100), rel=0.1)
    assert spread[0] > 1.5 * spread[1]


def test_the_models_chance_is_the_chance_to_take_the_first_choice():
    chances = np.tile(np.linspace(0.05, 0.95, 101), (RUNS, 1))
    day = scene(OFFERS * 2, 1, score=np.array([10, 90]), grade=np.array([3, 0]))
    ready = (draw(day, certain(show=dict.fromkeys("ABCDU", 0.6)), RUNS, "s", chances).depth > 0).mean(axis=1)
    assert ready == pytest.approx(chances[0, [10, 90]], abs=0.015)
