"""Buyers who named no unit: what they look at, when they are called, and that their lists stay what they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sincerity.domain import ANSWERS
from sincerity.forecast.eve import Conduct, simulate
from sincerity.forecast.forecast import forecast_tables
from sincerity.forecast.undecided import undecided_offers
from sincerity.forecasting import planned_eve
from sincerity.known import known_at
from sincerity.scoring.score import score_buyers
from tests import cases
from tests.forecast.days import certain


@pytest.fixture(scope="module")
def known():
    return known_at(cases.five_by_four(), 3)[0]


@pytest.fixture(scope="module")
def nobody_named(known):
    """Demand of a round in which only anna has named a unit."""
    settings = cases.settings()
    demand = planned_eve(known, score_buyers(known, settings).buyers, settings, "strict_order").demand
    return demand[demand["buyer_id"] == "anna"]


def looks(known, demand, most=8):
    offers = undecided_offers(known, demand, most, "5x4")
    return {buyer: rows["unit_id"].tolist() for buyer, rows in offers.groupby("buyer_id")}


def test_who_named_nothing_looks_at_units_on_sale_and_who_named_one_at_none_of_these(known, nobody_named):
    found = looks(known, nobody_named)
    assert set(found) == {"bo", "cai", "dan", "eve"}
    assert all(sorted(units) == ["1-101", "1-102", "1-201", "1-202"] for units in found.values())
    assert all(len(units) == 2 for units in looks(known, nobody_named, most=2).values())


def test_a_wish_and_a_budget_are_kept_to(known, nobody_named):
    wishes = cases.table(ANSWERS, [
        {"buyer_id": "bo", "question": "layout", "answer": "3BR"}, {"buyer_id": "bo", "question": "why", "answer": "x"},
    ]).drop(columns="source_row")
    budget = known.buyers["budget_yuan"].mask(known.buyers["buyer_id"] == "cai", 2_100_000.0)
    told = replace(known, answers=wishes, buyers=known.buyers.assign(budget_yuan=budget))
    found = looks(told, nobody_named)
    assert sorted(found["bo"]) == ["1-102", "1-202"]
    assert sorted(found["cai"]) == ["1-101", "1-201"]


def test_a_list_depends_on_nobody_else_and_a_unit_off_sale_only_shortens_it(known, nobody_named):
    both = looks(known, nobody_named, most=2)
    for gone in both:
        without = replace(known, buyers=known.buyers[known.buyers["buyer_id"] != gone])
        assert looks(without, nobody_named, most=2) == {buyer: both[buyer] for buyer in both if buyer != gone}
    off = known.units["status"].mask(known.units["unit_id"] == "1-102", "held")
    shorter = looks(replace(known, units=known.units.assign(status=off)), nobody_named, most=2)
    expected = {buyer: [unit for unit in units if unit != "1-102"] for buyer, units in both.items()}
    assert shorter == {buyer: units for buyer, units in expected.items() if units}


def test_they_come_last_and_fall_into_the_last_wave(known):
    settings = cases.settings()
    planned = planned_eve(known, score_buyers(known, settings).buyers, settings, "sincerity_first")
    eve = replace(planned.unsteered(), demand=planned.demand[planned.demand["buyer_id"] == "eve"])
    open_to_all = certain(choice=certain().choice | {"undecided": 1.0})
    days = simulate(eve, Conduct(open_to_all, "priority", 200, "5x4"))
    tables = forecast_tables(days, None)
    buyers = tables["forecast_buyers"].set_index("buyer_id")
    assert buyers["expected_position"].idxmin() == "eve"  # the last by priority, yet the only one with a pick
    assert buyers.loc["eve", "chance_first_choice"] == 1.0
    assert (buyers.drop(index="eve")["chance_pick"] == 0).all()
    whole = buyers["chance_pick"] + buyers["chance_substitute"] + buyers["chance_nothing"]
    assert whole.to_numpy() == pytest.approx(1)
    waves = tables["forecast_units"].set_index("unit_id")["wave"]
    assert waves["1-202"] == 3 and set(waves) == {3}
    assert days.sold.tolist() == [4] * 200
