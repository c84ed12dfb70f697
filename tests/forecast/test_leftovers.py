"""Led on after the call: who, to what, in which turn; against a plain telling, and the two theorems of the day."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sincerity.domain import DECISIONS
from sincerity.forecast.assumptions import Batch
from sincerity.forecast.eve import Conduct, Eve, nobody_led, simulate
from sincerity.forecast.launch_day import launch_days
from sincerity.forecast.leftovers import Leading
from sincerity.forecast.orders import calling_order
from sincerity.forecast.scene import UNDECIDED
from sincerity.forecasting import planned_eve
from sincerity.known import known_at
from sincerity.scoring.score import score_buyers
from tests import cases
from tests.forecast.days import by_hand, certain, drawn, scene

ALL = tuple("ABCDU")
EVERYTHING = UNDECIDED + 1  # so ready that nothing free is refused


def leading_of(open_to, ring, start):
    """Which units (columns) every buyer (row) would go to, as the scene holds it."""
    bits = np.asarray(open_to, dtype=bool)[:, ring]
    padded = np.pad(bits, ((0, 0), (0, -bits.shape[1] % 64)))
    words = [[sum(1 << bit for bit in range(64) if row[64 * word + bit]) for word in range(len(row) // 64)]
             for row in padded]
    return Leading(np.asarray(ring), np.asarray(start), np.array(words, dtype=np.uint64).reshape(len(bits), -1))


@st.composite
def led_days(draw_from, most_units=70):
    """A random day with few units named and many more that buyers may be led to."""
    rng = np.random.default_rng(draw_from(st.integers(0, 2**32 - 1)))
    units, buyers, runs = draw_from(st.integers(1, most_units)), draw_from(st.integers(1, 14)), 6
    offers = [[(int(unit), place) for place, unit in enumerate(rng.permutation(min(units, 4))[: rng.integers(0, 4)])]
              for _ in range(buyers)]
    way = leading_of(rng.random((buyers, units)) < draw_from(st.sampled_from([0.05, 0.5, 1.0])),
                     rng.permutation(units), rng.integers(0, units + 1, buyers))
    day = scene(offers, units, leading=way, grade=np.sort(rng.integers(0, 5, buyers)))
    depth = rng.choice([0, 1, 3, EVERYTHING], (buyers, runs), p=[0.1, 0.2, 0.2, 0.5])
    return day, drawn(depth, lots=rng.random((buyers, runs)))


def told(day, depth, order, may):
    """Buyer → unit of one day, the slow way: first the call, then in the same order who is led where."""
    got = by_hand(day, depth, np.zeros(day.buyers), order)
    for buyer in order:
        if buyer not in got and depth[buyer] > UNDECIDED:
            way = [*day.leading.ring[day.leading.start[buyer]:], *day.leading.ring[: day.leading.start[buyer]]]
            found = next((int(unit) for unit in way if may[buyer, unit] and unit not in got.values()), None)
            got |= {} if found is None else {buyer: found}
    return got


def may_of(day):
    """Which units (columns) each buyer may be led to, read back bit by bit."""
    may = np.zeros((day.buyers, day.units), dtype=bool)
    for buyer in range(day.buyers):
        for place, unit in enumerate(day.leading.ring.tolist()):
            may[buyer, unit] = int(day.leading.open_to[buyer, place // 64]) >> place % 64 & 1
    return may


def sold_by_run(day, draws, order):
    sales = launch_days(day, draws, order)
    found = [{} for _ in range(draws.runs)]
    for run, buyer, unit in zip(sales.run.tolist(), sales.buyer.tolist(), sales.unit.tolist(), strict=True):
        found[run][buyer] = unit
    return found


@settings(max_examples=150, deadline=None)
@given(led_days())
def test_every_run_is_the_day_told_by_hand(drawn_day):
    day, draws = drawn_day
    order = calling_order(day, (Batch(ALL, "ballot"),), draws)
    for run, found in enumerate(sold_by_run(day, draws, order)):
        assert found == told(day, draws.depth[:, run], order[run].tolist(), may_of(day))


@settings(max_examples=80, deadline=None)
@given(led_days(most_units=12), st.integers(0, 20))
def test_one_more_buyer_takes_no_sale_away_and_adds_one_at_most(drawn_day, who):
    day, draws = drawn_day
    less = replace(draws, depth=draws.depth.copy())
    less.depth[who % day.buyers] = 0
    order = calling_order(day, (Batch(ALL, "ballot"),), draws)
    for more, fewer in zip(sold_by_run(day, draws, order), sold_by_run(day, less, order), strict=True):
        assert set(fewer.values()) <= set(more.values())
        assert len(fewer) <= len(more) <= len(fewer) + 1


@settings(max_examples=80, deadline=None)
@given(led_days(most_units=12), st.integers(0, 20))
def test_a_withdrawn_unit_never_gives_more_sales(drawn_day, which):
    day, draws = drawn_day
    gone = which % day.units
    may = may_of(day)
    may[:, gone] = False
    fewer = replace(day, kind=np.where(day.unit == gone, UNDECIDED + 2, day.kind),
                    leading=leading_of(may, day.leading.ring, day.leading.start))
    order = calling_order(day, (Batch(ALL, "ballot"),), draws)
    for on_sale, withdrawn in zip(sold_by_run(day, draws, order), sold_by_run(fewer, draws, order), strict=True):
        assert len(withdrawn) <= len(on_sale)
        assert set(on_sale.values()) - {gone} <= set(withdrawn.values())


def test_who_is_led_sells_after_the_call_and_who_is_less_ready_is_not_led():
    """All three want unit 0; the second is ready for a substitute at most, the third for anything free."""
    open_to = np.ones((3, 2), dtype=bool)
    day = scene([[(0, 0)]] * 3, 2, leading=leading_of(open_to, [0, 1], [0, 0, 0]))
    sales = launch_days(day, drawn([[1], [UNDECIDED], [EVERYTHING]]), np.array([[0, 1, 2]]))
    assert sales.buyer.tolist() == [0, 2]
    assert sales.unit.tolist() == [0, 1]
    assert sales.kind.tolist() == [0, UNDECIDED]
    assert sales.position.tolist() == [1, 3]


@pytest.fixture(scope="module")
def eve():
    """Five buyers and four units; only anna and bo have named any."""
    settings_ = cases.settings()
    known, _ = known_at(cases.five_by_four(), 3)
    planned = planned_eve(known, score_buyers(known, settings_).buyers, settings_, "sincerity_first")
    named = planned.demand[planned.demand["buyer_id"].isin(["anna", "bo"])]
    return Eve(known, planned.scores, named, planned.plan.iloc[:0], planned.substitutes.iloc[:0])


def open_units(eve, wishes) -> dict[str, set[str]]:
    """Buyer → units the buyer can be led to."""
    days = simulate(replace(eve, wishes=pd.DataFrame(wishes)), Conduct(certain(), "priority", 200, "5x4"))
    may = may_of(days.scene)
    return {buyer: {days.scene.unit_ids[unit] for unit in np.flatnonzero(may[row])}
            for row, buyer in enumerate(days.scene.buyer_ids)}


def wish(buyer, layout="", ceiling=np.inf):
    return {"buyer_id": buyer, "layout": layout, "ceiling_yuan": ceiling}


def test_a_wish_a_ceiling_and_the_own_picks_are_kept_to(eve):
    units = eve.known.units.set_index("unit_id")
    own = set(eve.demand.loc[eve.demand["buyer_id"] == "anna", "unit_id"])
    cheapest = units["total_yuan"].min()
    found = open_units(eve, [wish("anna"), wish("bo", ceiling=0), wish("cai", units.at["1-101", "layout"]),
                             wish("dan", ceiling=float(cheapest))])
    assert found["anna"] == set(units.index) - own
    assert not found["bo"] and not found["eve"]
    assert found["cai"] == set(units.index[units["layout"] == units.at["1-101", "layout"]])
    assert found["dan"] == set(units.index[units["total_yuan"] == cheapest])


def test_what_a_decision_forbids_or_keeps_is_offered_to_nobody_led(eve):
    forbid = cases.table(DECISIONS, [
        {"unit_id": "1-101", "buyer_id": "cai", "decision": "forbid", "by": "Lin", "reason": "x"}])
    kept = eve.demand.iloc[[0]].assign(buyer_id="bo", unit_id="1-202", kept=True, eligible=True)
    ruled = replace(eve, known=replace(eve.known, decisions=forbid.drop(columns="source_row", errors="ignore")),
                    demand=pd.concat([eve.demand[eve.demand["unit_id"] != "1-202"], kept], ignore_index=True))
    found = open_units(ruled, [wish("cai"), wish("dan")])
    assert found["cai"] == {"1-102", "1-201"}
    assert found["dan"] == {"1-101", "1-102", "1-201"}


def test_the_eve_leads_everybody_on_and_the_unsteered_one_nobody():
    settings_ = cases.settings()
    known, _ = known_at(cases.five_by_four(), 3)
    planned = planned_eve(known, score_buyers(known, settings_).buyers, settings_, "sincerity_first")
    assert sorted(planned.wishes["buyer_id"]) == ["anna", "bo", "cai", "dan", "eve"]
    alone = planned.unsteered()
    assert alone.wishes.equals(nobody_led()) and alone.plan.empty and alone.substitutes.empty
    assert simulate(alone, Conduct(certain(), "priority", 200, "5x4")).scene.leading is None


def test_with_nothing_on_sale_nobody_is_led(eve):
    closed = replace(eve, known=replace(eve.known, units=eve.known.units.assign(status="held")),
                     wishes=pd.DataFrame([wish("anna"), wish("cai")]))
    assert simulate(closed, Conduct(certain(), "priority", 200, "5x4")).sold.sum() == 0
