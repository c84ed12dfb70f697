"""The forecast of five-by-four, worked out by hand: everybody comes and takes what is left.

Called by priority: anna takes 1-101, bo finds it gone and takes 1-102, cai takes 1-201, eve 1-202; dan's ceiling is
below the price of the only unit he names, so he is invited only for the substitutes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sincerity.domain import ALLOCATION, STEERING
from sincerity.forecast.assumptions import CHOICES
from sincerity.forecast.eve import Conduct, runs_within, simulate
from sincerity.forecast.forecast import forecast_tables
from sincerity.forecast.risks import risks
from sincerity.forecast.summaries import forecast_change
from sincerity.forecasting import planned_eve
from sincerity.known import known_at
from sincerity.scoring.score import score_buyers
from tests import cases
from tests.forecast.days import certain

RUNS = 200


@pytest.fixture(scope="module")
def eve():
    launch = cases.five_by_four()
    known, _ = known_at(launch, 3)
    scores = score_buyers(known, launch.settings).buyers
    planned = planned_eve(known, scores, launch.settings, "sincerity_first")
    return replace(planned, plan=ALLOCATION.empty(), substitutes=STEERING.empty())


def days_of(eve, given=None, order="priority"):
    return simulate(eve, Conduct(given or certain(), order, RUNS, "5x4"))


def rows(table, *columns):
    return table[list(columns)].to_numpy(object).tolist()


def test_units_buyers_and_totals_are_those_worked_out_by_hand(eve):
    tables = forecast_tables(days_of(eve), None)
    units = tables["forecast_units"]
    assert rows(units, "unit_id", "chance_to_sell", "wave", "expected_position", "likely_buyer_id") == [
        ["1-101", 1.0, 1, 1.0, "anna"], ["1-102", 1.0, 2, 2.0, "bo"], ["1-201", 1.0, 3, 3.0, "cai"],
        ["1-202", 1.0, 3, 4.0, "eve"],
    ]
    buyers = rows(tables["forecast_buyers"], "buyer_id", "chance_first_choice", "chance_pick", "chance_nothing")
    assert buyers == [["anna", 1.0, 1.0, 0.0], ["bo", 0.0, 1.0, 0.0], ["cai", 0.0, 1.0, 0.0], ["eve", 1.0, 1.0, 0.0]]
    totals = tables["forecast_totals"]
    assert rows(totals[totals["scope"].isin(["all", "layout", "floor_band"])],
                "scope", "member", "units", "sold_p10", "sold_p50", "sold_p90", "revenue_p50_yuan") == [
        ["all", "", 4, 4, 4, 4, 8_800_000], ["layout", "2BR", 2, 2, 2, 2, 4_000_000],
        ["layout", "3BR", 2, 2, 2, 2, 4_800_000], ["floor_band", "1-1", 2, 2, 2, 2, 4_400_000],
        ["floor_band", "2-2", 2, 2, 2, 2, 4_400_000],
    ]
    assert rows(tables["absorption_curve"], "position", "sold_p50") == [[place, place] for place in range(5)]
    assert rows(tables["forecast_grades"], "grade", "buyers", "orders_p50") == [
        ["A", 1, 1], ["B", 1, 1], ["C", 1, 1], ["D", 0, 0], ["U", 1, 1]]
    assert tables["levers"].empty and tables["ballot"].empty and tables["forecast_review"].empty


def test_every_range_says_which_share_of_the_days_it_holds(eve):
    """Of few units the range holds far more than eight days in ten, and the tables say so; counted by hand."""
    half = certain(show=dict.fromkeys("ABCDU", 0.5))
    days = simulate(eve, replace(days_of(eve).conduct, given=half))
    tables = forecast_tables(days, None)
    total = tables["forecast_totals"].iloc[0]
    held = [total["sold_p10"] <= sold <= total["sold_p90"] for sold in days.sold.tolist()]
    assert total["sold_days_inside"] == pytest.approx(sum(held) / len(held))
    assert total["sold_days_inside"] > 0.85
    held = [total["revenue_p10_yuan"] <= yuan <= total["revenue_p90_yuan"] for yuan in days.revenue_yuan.tolist()]
    assert total["revenue_days_inside"] == pytest.approx(sum(held) / len(held))
    for table, column in (("forecast_totals", "sold_days_inside"), ("forecast_totals", "revenue_days_inside"),
                          ("forecast_grades", "orders_days_inside")):
        assert tables[table][column].between(0.8, 1).all()
    assert (forecast_tables(days_of(eve), None)["forecast_totals"]["sold_days_inside"] == 1).all()


def test_chances_of_every_buyer_add_up_to_one_and_of_every_unit_to_the_sales(eve):
    days = simulate(eve, replace(days_of(eve).conduct, given=certain(show=dict.fromkeys("ABCDU", 0.5))))
    tables = forecast_tables(days, None)
    buyers, units = tables["forecast_buyers"], tables["forecast_units"]
    whole = buyers["chance_pick"] + buyers["chance_substitute"] + buyers["chance_nothing"]
    assert whole.to_numpy() == pytest.approx(1)
    assert units["chance_to_sell"].sum() == pytest.approx(days.sold.mean())
    assert (buyers["chance_pick"] + buyers["chance_substitute"]).sum() == pytest.approx(days.sold.mean())


def test_a_buyer_who_goes_by_the_plan_takes_its_unit_first(eve):
    plan = ALLOCATION.frame(ALLOCATION.empty()).reindex([0]).assign(buyer_id="bo", unit_id="1-102", kept=False)
    led = simulate(replace(eve, plan=plan), Conduct(certain(follow_plan=1.0), "queue", RUNS, "5x4"))
    takers = led.scene.buyer_ids[led.sales.buyer[led.scene.unit_ids[led.sales.unit] == "1-102"]]
    assert set(takers) == {"bo"}


def test_a_unit_kept_for_somebody_is_offered_to_nobody_else(eve):
    demand = eve.demand.assign(kept=(eve.demand["buyer_id"] == "cai") & (eve.demand["unit_id"] == "1-101"))
    days = days_of(replace(eve, demand=demand))
    takers = {days.scene.buyer_ids[b] for b in days.sales.buyer[days.scene.unit_ids[days.sales.unit] == "1-101"]}
    assert takers == {"cai"}


def test_a_substitute_is_taken_when_no_pick_is_left(eve):
    offer = STEERING.empty().reindex([0]).assign(buyer_id="dan", option_no=1, unit_id="1-202")
    days = days_of(replace(eve, substitutes=offer), certain(show={**dict.fromkeys("ABCDU", 1.0), "U": 0.0}))
    table = forecast_tables(days, None)["forecast_buyers"].set_index("buyer_id")
    assert table.loc["dan", "chance_substitute"] == 1.0
    assert table.loc["dan", "chance_pick"] == 0.0


def test_the_risks_name_what_is_crowded_and_what_is_above_everybodys_ceiling(eve):
    shut = certain(choice=dict.fromkeys(CHOICES, 0.0) | {"first": 1.0})
    found = risks(days_of(eve, shut)).set_index("risk")
    assert found.loc["crowded", "member"] == "2BR"
    assert found.loc["crowded", ["names", "units"]].tolist() == [3, 2]
    assert found.loc["crowded", "at_stake"] == 2.0
    assert found.loc["unwanted", ["member", "names", "units"]].tolist() == ["3BR", 1, 2]
    assert found.loc["overpriced", ["names", "units", "at_stake"]].tolist() == [1, 1, 1.0]


def test_the_change_since_the_round_before_is_paired_day_by_day(eve):
    fewer = replace(eve, demand=eve.demand[eve.demand["buyer_id"] != "eve"])
    change = forecast_change(days_of(eve), days_of(fewer))
    assert rows(change, "scope", "member", "sold_p50_before", "sold_p50", "change_p10", "change_p90") == [
        ["all", "", 3, 4, 1, 1], ["layout", "2BR", 2, 2, 0, 0], ["layout", "3BR", 1, 2, 1, 1]]


def test_draws_are_shared_only_where_chance_decides_the_same(eve):
    given = certain(show=dict.fromkeys("ABCDU", 0.6))
    now = days_of(eve, given)
    again = simulate(eve, replace(now.conduct, order="ballot"), now)
    assert again.draws is now.draws
    fresh = simulate(eve, replace(now.conduct, order="ballot"))
    assert all(np.array_equal(getattr(again.sales, part), column) for part, column in vars(fresh.sales).items())
    regraded = replace(eve, scores=eve.scores.assign(grade="C"))
    fewer = replace(eve, known=replace(eve.known, buyers=eve.known.buyers[eve.known.buyers["buyer_id"] != "bo"]))
    chances = np.full((RUNS, 101), 0.5)
    for other, conduct in ((regraded, now.conduct), (fewer, now.conduct), (eve, replace(now.conduct, seed="other")),
                           (eve, replace(now.conduct, model_chances=chances))):
        assert simulate(other, conduct, now).draws is not now.draws


def test_row_order_changes_nothing(eve):
    shaken = replace(
        eve,
        scores=eve.scores.sample(frac=1, random_state=1), demand=eve.demand.sample(frac=1, random_state=2),
        known=replace(eve.known, units=eve.known.units.sample(frac=1, random_state=3),
                      buyers=eve.known.buyers.sample(frac=1, random_state=4)),
    )
    given = certain(show=dict.fromkeys("ABCDU", 0.6))
    for name, table in forecast_tables(days_of(eve, given), None).items():
        assert table.equals(forecast_tables(days_of(shaken, given), None)[name]), name


def test_nobody_and_nothing_give_an_empty_forecast(eve):
    nobody = days_of(replace(eve, demand=eve.demand.iloc[:0]))
    tables = forecast_tables(nobody, None)
    assert (tables["forecast_units"]["wave"] == 0).all()
    assert tables["forecast_totals"]["sold_p90"].max() == 0
    held = eve.known.units.assign(status="held")
    nothing = forecast_tables(days_of(replace(eve, known=replace(eve.known, units=held))), None)
    assert nothing["forecast_units"].empty


def test_large_launches_are_simulated_fewer_times():
    given = certain()
    assert runs_within(5_000, 900, given) == 5_000
    assert runs_within(5_000, 20_000, given) == 1_000
    assert runs_within(5_000, 10**9, given) == 200
    assert np.isscalar(runs_within(5_000, 0, given))
