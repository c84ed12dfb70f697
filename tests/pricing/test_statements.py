"""What buyers say about prices on the five-by-four case: which statement governs, and which answers are read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pandas as pd
import pytest

from sincerity import domain
from sincerity.allocation.demand import demand_table
from sincerity.known import known_at
from sincerity.pricing.acceptance import base_check, group_limits
from sincerity.pricing.plan import price_findings
from sincerity.pricing.statements import amounts, stated_prices, unread_answers
from sincerity.scoring.score import score_buyers
from sincerity.settings import RoundPlan
from tests import cases

EVE = ("eve", "1-202")  # a pick without a ceiling


def facts(*answers: tuple[str, str, str], without_picks: tuple[str, ...] = (), budget: dict[str, float] | None = None):
    """Known, demand and settings of five-by-four in round 1, with questionnaire answers (buyer, question, answer)."""
    launch = cases.five_by_four()
    rows = [{"buyer_id": b, "question": q, "answer": a, "recorded_at": datetime(2026, 11, 15)} for b, q, a in answers]
    buyers = launch.buyers.assign(budget_yuan=launch.buyers["buyer_id"].map(budget or {}).astype("float64"))
    picks = launch.picks[~launch.picks["buyer_id"].isin(without_picks)].assign(round=1)
    settings = replace(launch.settings, rounds=(RoundPlan(1, cases.CUTOFF),))
    launch = replace(launch, settings=settings, picks=picks, buyers=buyers, answers=cases.table(domain.ANSWERS, rows))
    known, _ = known_at(launch, 1)
    scores = score_buyers(known, settings).buyers
    return known, demand_table(known, scores, settings), settings


def stated(*given, **changes) -> dict:
    known, demand, settings = facts(*given, **changes)
    rows = stated_prices(known, demand, settings).set_index(["buyer_id", "unit_id"])
    return {pair: (row["ceiling_yuan"], row["source"]) for pair, row in rows.iterrows()}


def test_a_buyer_who_says_nothing_is_not_heard():
    assert EVE not in stated()
    assert stated()["anna", "1-101"] == (2_100_000, "pick")


@pytest.mark.parametrize(("question", "answer", "ceiling"), [
    ("总价预算上限", "230万", 2_300_000),
    ("Highest total budget", "2,310,000元", 2_310_000),
    ("可接受的最高单价（元/m²）", "19500", 19_500 * 120),
    ("对报出的价格区间怎么看", "只接受下限", 2_328_000),
    ("View of the quoted price band", "Base price is fine", 2_400_000),
    ("对报出的价格区间怎么看", "上限也能接受", 2_472_000),
    ("对报出的价格区间怎么看", "下限也偏高", 2_327_999),
])
def test_an_answer_speaks_for_a_pick_without_a_ceiling(question, answer, ceiling):
    assert stated(("eve", question, answer))[EVE] == (ceiling, "answer")


def test_of_several_answers_the_lowest_counts_and_answers_come_before_the_budget():
    said = (("eve", "总价预算上限", "240万"), ("eve", "可接受的最高单价（元/m²）", "19000"))
    assert stated(*said, budget={"eve": 2_000_000})[EVE] == (19_000 * 120, "answer")
    assert stated(budget={"eve": 2_000_000})[EVE] == (2_000_000, "budget")


def test_a_ceiling_named_with_the_pick_comes_before_every_answer():
    assert stated(("anna", "总价预算上限", "150万"))["anna", "1-101"] == (2_100_000, "pick")


def test_an_accepted_level_comes_before_the_answers():
    known, _, settings = facts(("eve", "总价预算上限", "150万"))
    level = known.picks["buyer_id"].eq("eve").map({True: "high", False: ""})
    known = replace(known, picks=known.picks.assign(accepts=level.astype("str")))
    scores = score_buyers(known, settings).buyers
    rows = stated_prices(known, demand_table(known, scores, settings), settings).set_index("buyer_id")
    assert rows.loc["eve", ["ceiling_yuan", "source"]].tolist() == [2_472_000, "level"]


def test_a_wish_for_a_layout_is_heard_with_its_average_unit_and_only_where_it_belongs():
    said = (("eve", "意向户型", "3BR"), ("eve", "总价预算上限", "235万"))
    known, demand, settings = facts(*said, without_picks=("eve",))
    limits = group_limits(known, demand, settings)
    eve = limits[limits["buyer_id"] == "eve"]
    assert eve[["scope", "name", "source"]].to_numpy().tolist() == [["all", "", "answer"], ["layout", "3BR", "answer"]]
    assert eve["ratio"].tolist() == pytest.approx([2_350_000 / 2_400_000] * 2)


def test_a_wish_without_a_price_or_for_two_layouts_is_not_heard():
    for layout, price in (("3BR", ""), ("2BR、3BR", "235万")):
        said = (("eve", "意向户型", layout), ("eve", "总价预算上限", price or "再看看"))
        known, demand, settings = facts(*said, without_picks=("eve",))
        assert "eve" not in set(stated_prices(known, demand, settings)["buyer_id"])


def test_the_base_check_counts_buyers_by_what_they_were_heard_by():
    known, demand, settings = facts(("eve", "总价预算上限", "235万"), budget={"dan": 9e6})
    launch = base_check(known, demand, settings).set_index("scope").loc["all"]
    columns = ["buyers", "by_pick", "by_level", "by_answer", "by_budget", "accepting"]
    assert launch[columns].tolist() == [5, 4, 0, 1, 0, 3]


def test_answers_grant_and_refuse_nobody_a_unit():
    silent, spoken = facts()[1], facts(("eve", "总价预算上限", "20万"))[1]
    pd.testing.assert_frame_equal(silent, spoken)


@pytest.mark.parametrize(("text", "kind", "yuan"), [
    ("280万", "total", 2_800_000), (" 约２８０ 万 ", "total", 2_800_000), ("250-280万", "total", 2_800_000),
    ("250万~280万元", "total", 2_800_000), ("2,800,000", "total", 2_800_000), ("不超过300万", "total", 3_000_000),
    ("210.35万", "total", 2_103_500), ("280w", "total", 2_800_000),
    ("2.5万/m²", "price_per_m2", 25_000), ("24000元/㎡", "price_per_m2", 24_000),
    ("24500元/平", "price_per_m2", 24_500),
    ("280", "total", None), ("首付100万，总价280万", "total", None), ("再看看", "total", None), ("", "total", None),
    ("1.2.3万", "total", None), ("280万", "price_per_m2", None), ("24", "price_per_m2", None),
])
def test_an_amount_is_read_when_it_is_plain_and_never_guessed(text, kind, yuan):
    (found,) = amounts(pd.Series([text]), kind).tolist()
    assert found == yuan if yuan else pd.isna(found)


def test_answers_that_are_not_understood_are_told():
    known, demand, settings = facts(
        ("eve", "总价预算上限", "280"), ("dan", "对报出的价格区间怎么看", "还行"), ("anna", "总价预算上限", "280万"),
        ("bo", "主要顾虑", "总价高"))
    (problem,) = unread_answers(known, settings)
    assert (problem.severity, problem.code) == ("warning", "price_answers_unread")
    assert "2 of 3 questionnaire answers" in problem.what("en") and "“280、还行”" in problem.what("zh")
    assert problem in price_findings(known, demand, score_buyers(known, settings).buyers, settings).problems


def test_no_answers_are_nothing_to_tell():
    known, _, settings = facts()
    assert unread_answers(known, settings) == ()
