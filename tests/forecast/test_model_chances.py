"""The model's chances on the day: as many buyers are ready on simulated days as the model expects, served or not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sincerity.forecast.draws import draw
from sincerity.forecast.eve import Conduct, Eve, simulate
from sincerity.forecast.model_chances import SUREST, day_chances
from sincerity.forecasting import planned_eve
from sincerity.known import known_at
from sincerity.scoring.score import score_buyers
from tests import cases
from tests.forecast.days import certain, scene

RUNS = 4_000
FLAT = np.tile(np.linspace(0.1, 0.5, 101), (RUNS, 1))


def ready_by_run(day, chances, given):
    draws = draw(day, given, RUNS, "s", chances)
    return (draws.depth > day.readiest[:, None]).sum() / RUNS


def test_where_everybody_has_a_unit_of_their_own_the_chances_stay():
    day = scene([[(unit, 0)] for unit in range(40)], 40, score=np.full(40, 50))
    found = day_chances(FLAT, day.score, day, certain(), "s")
    assert np.allclose(found, FLAT, rtol=0.05)


def test_when_half_the_buyers_named_nothing_the_others_buy_about_twice_as_often():
    day = scene([[(unit, 0)] for unit in range(40)], 40, score=np.full(40, 50))
    found = day_chances(FLAT, np.full(80, 50), day, certain(), "s")
    assert found[0, 50] == pytest.approx(2 * FLAT[0, 50], rel=0.05)


@pytest.mark.parametrize("units", [3, 20, 60])
def test_however_few_units_there_are_as_many_are_ready_as_the_model_expects(units):
    """Sixty who named three units each and twenty who look for a fifth of the chance: scarcity changes no readiness."""
    rng = np.random.default_rng(3)
    named = [[(int(unit), place) for place, unit in enumerate(rng.permutation(units)[:3])] for _ in range(60)]
    day = scene([*named, *([[(0, 5)]] * 20)], units, score=np.full(80, 40), invited=60)
    given = certain(choice=certain().choice | {"second": 0.6, "third": 0.4, "undecided": 0.2})
    found = day_chances(FLAT, np.full(90, 40), day, given, "s")
    assert ready_by_run(day, found, given) == pytest.approx(90 * FLAT[0, 40], rel=0.04)
    assert ready_by_run(day, FLAT, given) < 0.8 * 90 * FLAT[0, 40]
    assert (found == day_chances(FLAT, np.full(90, 40), replace(day, unit=day.unit * 0), given, "s")).all()


def test_who_accepts_the_price_of_no_named_unit_lends_readiness_to_nobody():
    """Of two like days one has a buyer more, who can pay for nothing he named: the others' chances stay."""
    settings = cases.settings()
    known, _ = known_at(cases.five_by_four(), 3)
    scores = score_buyers(known, settings).buyers
    planned = planned_eve(known, scores, settings, "sincerity_first")
    eve = Eve(known, scores, planned.demand, planned.plan.iloc[:0], planned.substitutes.iloc[:0])
    conduct = Conduct(certain(), "priority", RUNS, "5x4", FLAT)
    poor = eve.demand.assign(eligible=eve.demand["eligible"] & (eve.demand["buyer_id"] != "anna"))
    absent = known.buyers["state"].mask(known.buyers["buyer_id"] == "anna", "gave_up")
    with_poor = simulate(replace(eve, demand=poor), conduct)
    without = replace(eve, known=replace(known, buyers=known.buyers.assign(state=absent)),
                      demand=eve.demand[eve.demand["buyer_id"] != "anna"])
    assert "anna" not in with_poor.scene.buyer_ids
    assert (with_poor.sold == simulate(without, conduct).sold).all()


def test_no_chance_is_raised_to_certainty_and_nobody_to_sell_to_changes_nothing():
    day = scene([[(0, 0)]], 1, score=np.array([50]))
    assert day_chances(FLAT, np.full(50, 50), day, certain(), "s").max() <= SUREST < 1
    empty = scene([], 1, score=np.array([], dtype=int))
    assert (day_chances(FLAT, np.array([], dtype=int), empty, certain(), "s") == FLAT).all()
