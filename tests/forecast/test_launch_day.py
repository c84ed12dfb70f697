"""The simulated day against a plain second telling, against every pattern of who comes, and its two theorems."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sincerity.domain import CALLING_ORDERS
from sincerity.forecast.assumptions import CHOICES, Batch, assumptions
from sincerity.forecast.draws import draw
from sincerity.forecast.launch_day import launch_days
from sincerity.forecast.orders import calling_order
from tests.forecast.days import all_patterns, by_hand, certain, drawn, scene

ALL = tuple("ABCDU")
FIRST, SECOND, SUBSTITUTE = 0, 1, CHOICES.index("substitute")


def sold_by_run(day, draws, order, online=False):
    """Per run: buyer → unit."""
    sales = launch_days(day, draws, order, online)
    found = [{} for _ in range(draws.runs)]
    for run, buyer, unit in zip(sales.run.tolist(), sales.buyer.tolist(), sales.unit.tolist(), strict=True):
        found[run][buyer] = unit
    return found


@st.composite
def days(draw_from, most_buyers=12, most_units=7):
    """A random day: buyers of all grades with offers, a queue, and what chance decides in every run."""
    units = draw_from(st.integers(1, most_units))
    buyers = draw_from(st.integers(1, most_buyers))
    offer_lists = st.lists(st.integers(0, units - 1), max_size=6, unique=True)
    offers = [[(unit, min(place, SUBSTITUTE)) for place, unit in enumerate(draw_from(offer_lists))]
              for _ in range(buyers)]
    led = [list(reversed(row)) for row in offers]
    rng = np.random.default_rng(draw_from(st.integers(0, 2**32 - 1)))
    runs = 8
    depth = rng.integers(0, NO_KIND_PLUS, (buyers, runs))
    draws = drawn(depth, rng.random((buyers, runs)) < 0.5, rng.random((buyers, runs)))
    grades = np.sort(rng.integers(0, len(ALL), buyers))
    return scene(offers, units, led, grade=grades, queue_place=rng.permutation(buyers)), draws


NO_KIND_PLUS = len(CHOICES) + 1


@pytest.mark.parametrize("name", CALLING_ORDERS)
@settings(max_examples=60, deadline=None)
@given(drawn_day=days())
def test_every_run_is_the_day_told_by_hand(name, drawn_day):
    """Whatever the calling order, asking in rounds ends as calling one by one does, units, kinds and positions."""
    day, draws = drawn_day
    order = calling_order(day, assumptions().orders[name], draws)
    sales = launch_days(day, draws, order, online=name == "online")
    found = sold_by_run(day, draws, order, online=name == "online")
    for run, called in enumerate(np.broadcast_to(order, (draws.runs, day.buyers)).tolist()):
        told = by_hand(day, draws.depth[:, run], draws.follows[:, run], called, name == "online")
        assert found[run] == told
        here = sales.run == run
        assert [called[place - 1] for place in sales.position[here].tolist()] == sales.buyer[here].tolist()
    rows = zip(day.unit.tolist(), day.kind.tolist(), strict=True)
    offers = [dict(zip(units, kinds, strict=True)) for units, kinds in rows]
    assert [offers[buyer][unit] for buyer, unit in zip(sales.buyer, sales.unit, strict=True)] == sales.kind.tolist()


def test_how_many_runs_are_gone_through_together_changes_nothing(monkeypatch):
    rng = np.random.default_rng(5)
    day = scene([[(int(unit), place) for place, unit in enumerate(rng.permutation(9)[:4])] for _ in range(30)], 9)
    draws = draw(day, assumptions(), 101, "seed")
    for name in ("priority", "mixed", "online"):
        order = calling_order(day, assumptions().orders[name], draws)
        whole = launch_days(day, draws, order, name == "online")
        for places in (1, 100, 3_000):
            monkeypatch.setattr("sincerity.forecast.launch_day.MOST_PLACES", places)
            parts = launch_days(day, draws, order, name == "online")
            assert all(np.array_equal(getattr(parts, part), column) for part, column in vars(whole).items())
        monkeypatch.undo()


def test_small_launches_agree_with_every_pattern_of_who_comes():
    """Four buyers on three units: 3⁴ patterns, each with its chance; the simulated mean and spread are theirs."""
    offers = [[(0, FIRST)], [(0, FIRST), (1, SECOND)], [(1, FIRST), (0, SECOND)], [(0, FIRST), (2, SECOND)]]
    day = scene(offers, 3, grade=np.array([0, 1, 2, 3]))
    given_ = certain(
        show={"A": 0.9, "B": 0.7, "C": 0.5, "D": 0.3, "U": 0.5},
        accept={"A": 0.8, "B": 0.6, "C": 0.5, "D": 0.9, "U": 0.5},
        choice=dict(zip(CHOICES, (1.0, 0.5, 0.5, 0.5, 0.5, 0.5), strict=True)),
    )
    patterns = all_patterns(4, (0, 1, len(CHOICES)))
    chance = np.ones(patterns.shape[1])
    for buyer, grade in enumerate("ABCD"):
        first = given_.show[grade] * given_.accept[grade]
        of = {0: 1 - first, 1: first / 2, len(CHOICES): first / 2}
        chance *= np.array([of[depth] for depth in patterns[buyer].tolist()])
    order = calling_order(day, (Batch(ALL, "priority"),), drawn(patterns))
    told = [by_hand(day, patterns[:, run], np.zeros(4), range(4)) for run in range(patterns.shape[1])]
    assert sold_by_run(day, drawn(patterns), order) == told
    sold = np.array([len(one) for one in told])
    exact = np.array([chance[sold == count].sum() for count in range(4)])
    assert chance.sum() == pytest.approx(1)

    runs = 40_000
    sales = launch_days(day, draw(day, given_, runs, "seed"), order)
    simulated = np.bincount(np.bincount(sales.run, minlength=runs), minlength=4) / runs
    assert simulated == pytest.approx(exact, abs=4 * np.sqrt(0.25 / runs))


@settings(max_examples=60, deadline=None)
@given(days(), st.integers(0, 5))
def test_one_more_buyer_takes_no_sale_away_and_adds_one_at_most(drawn_day, who):
    day, draws = drawn_day
    extra = who % day.buyers
    without = replace(draws, depth=draws.depth.copy())
    without.depth[extra] = 0
    order = calling_order(day, (Batch(ALL, "ballot"),), draws)
    for more, less in zip(sold_by_run(day, draws, order), sold_by_run(day, without, order), strict=True):
        assert set(less.values()) <= set(more.values())
        assert len(less) <= len(more) <= len(less) + 1


@settings(max_examples=60, deadline=None)
@given(days(), st.integers(0, 4))
def test_a_withdrawn_unit_never_gives_more_sales(drawn_day, which):
    day, draws = drawn_day
    gone = which % day.units
    fewer = replace(day, kind=np.where(day.unit == gone, len(CHOICES) + 1, day.kind))
    order = calling_order(day, (Batch(ALL, "ballot"),), draws)
    for all_on_sale, withdrawn in zip(sold_by_run(day, draws, order), sold_by_run(fewer, draws, order), strict=True):
        assert len(withdrawn) <= len(all_on_sale)
        assert set(all_on_sale.values()) - {gone} <= set(withdrawn.values())


def test_revenue_can_rise_when_a_unit_is_withdrawn():
    """What the theorem does not say: the buyer of the cheap unit now takes the dear one."""
    day = scene([[(0, FIRST), (1, SECOND)]], 2)
    fewer = scene([[(1, SECOND)]], 2)
    depth = drawn([[5]])
    order = calling_order(day, (Batch(ALL, "priority"),), depth)
    assert sold_by_run(day, depth, order) == [{0: 0}]
    assert sold_by_run(fewer, depth, order) == [{0: 1}]
    assert day.total_yuan[1] > day.total_yuan[0]


def test_online_a_lost_click_costs_the_turn():
    """b0 and b1 click u0 first; b2 has clicked u1 before b1 comes to it."""
    day = scene([[(0, FIRST)], [(0, FIRST), (1, SECOND)], [(1, FIRST)]], 2)
    draws = drawn(np.full((3, 1), 5), lots=np.array([[0.1], [0.2], [0.3]]))
    order = calling_order(day, (Batch(ALL, "online"),), draws)
    assert sold_by_run(day, draws, order, online=True) == [{0: 0, 2: 1}]
    assert sold_by_run(day, draws, order) == [{0: 0, 1: 1}]


def test_mixed_batches_call_grade_a_by_priority_and_draw_lots_for_the_rest():
    day = scene([[(0, FIRST)]] * 4, 1, grade=np.array([0, 1, 0, 3]))
    lots = np.array([[0.9, 0.9], [0.8, 0.1], [0.0, 0.0], [0.2, 0.7]])
    order = calling_order(day, assumptions().orders["mixed"], drawn(np.ones((4, 2)), lots=lots))
    assert order.tolist() == [[0, 2, 3, 1], [0, 2, 1, 3]]


def test_the_queue_is_called_by_its_numbers():
    day = scene([[(0, FIRST)]] * 3, 1, queue_place=np.array([2, 0, 1]))
    order = calling_order(day, (Batch(ALL, "queue"),), drawn(np.ones((3, 1))))
    assert order.ravel().tolist() == [1, 2, 0]


def test_nobody_is_sold_anything_when_nobody_comes():
    day = scene([[(0, FIRST)]], 1)
    order = calling_order(day, (Batch(ALL, "priority"),), drawn([[0, 0]]))
    assert sold_by_run(day, drawn([[0, 0]]), order) == [{}, {}]
