"""A clean plan audits clean; envy and efficiency agree with brute force; what the plan cannot do is seen."""

from __future__ import annotations

from itertools import product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sincerity.allocation.audit import audit
from sincerity.allocation.audit.evidence import Evidence
from sincerity.allocation.audit.order import improvable_units
from sincerity.allocation.envy import envied_picks
from sincerity.allocation.standing import standing
from tests.allocation.rounds import Round, random_launch, work_out
from tests.allocation.test_explain import launch

POLICIES = ("sincerity_first", "first_choice_first", "strict_order", "most_sales")


def failed(found: dict) -> list[str]:
    return [check["check"] for check in found["checks"] if not check["ok"]]


@settings(max_examples=8)
@given(seed=st.integers(0, 10_000), policy=st.sampled_from(POLICIES))
def test_a_clean_plan_audits_clean(seed, policy):
    done = work_out(random_launch(seed, decisions=seed % 2 == 0), policy)
    found = audit(done.tables, done.parameters)
    assert failed(found) == []
    assert found["ok"]
    if policy == "strict_order":
        assert found["envy"]["count"] == 0


@pytest.mark.parametrize("policy", POLICIES)
def test_a_plan_after_another_audits_clean(policy):
    before = work_out(random_launch(6, decisions=False, targets=False), policy)
    kept = before.tables["allocation"].iloc[1:]
    after = work_out(random_launch(6, decisions=True), policy, kept)
    assert len(after.tables["moves"])
    assert failed(audit(after.tables, after.parameters)) == []


def _with_plan(done: Round, pairs: dict[str, str]) -> dict[str, pd.DataFrame]:
    """The round's tables with another allocation: buyer → unit."""
    picks = done.tables["demand"].merge(done.tables["scores"], on="buyer_id")
    chosen = [picks["buyer_id"].map(pairs).eq(picks["unit_id"])]
    allocation = picks[chosen[0]].assign(kept=False)[list(done.tables["allocation"].columns)]
    return {**done.tables, "allocation": allocation.reset_index(drop=True)}


def _plans(done: Round) -> list[dict[str, str]]:
    """Every feasible plan without bounds, as buyer → unit."""
    demand = done.tables["demand"][done.tables["demand"]["eligible"]]
    wishes = demand.groupby("buyer_id")["unit_id"].agg(list).to_dict()
    plans = [dict(zip(wishes, units, strict=True)) for units in product(*[[*w, ""] for w in wishes.values()])]
    granted = [{buyer: unit for buyer, unit in plan.items() if unit} for plan in plans]
    return [plan for plan in granted if len(set(plan.values())) == len(plan)]


@pytest.mark.parametrize("seed", range(4))
def test_envy_and_efficiency_agree_with_brute_force(seed):
    done = work_out(random_launch(seed, buyers=5, units=4, targets=False, decisions=False), "most_sales")
    demand = done.tables["demand"][done.tables["demand"]["eligible"]]
    rank = demand.set_index(["buyer_id", "unit_id"])["choice_rank"].to_dict()
    first = done.tables["scores"].set_index("buyer_id")["priority_rank"].to_dict()
    plans = _plans(done)

    def worth(plan: dict[str, str], buyer: str) -> int:
        return rank.get((buyer, plan.get(buyer, "")), 99)

    def improves(better: dict[str, str], plan: dict[str, str]) -> bool:
        steps = [worth(plan, buyer) - worth(better, buyer) for buyer in {b for b, _ in rank}]
        return min(steps) >= 0 and max(steps) > 0

    for plan in plans[:: max(len(plans) // 12, 1)]:
        found = audit(_with_plan(done, plan), done.parameters)
        envious = {
            (i, j) for (i, unit), wish in rank.items() for j, got in plan.items()
            if got == unit and i != j and wish < worth(plan, i) and first[i] < first[j]
        }
        assert {(pair["buyer_id"], pair["holder"]) for pair in found["envy"]["pairs"]} == envious
        assert found["envy"]["count"] == len(envious)
        assert found["pareto"]["efficient"] == (not any(improves(other, plan) for other in plans))


def test_two_buyers_who_would_swap_are_found():
    picks = [("anna", 1, "1-101"), ("anna", 2, "1-102"), ("bo", 1, "1-102"), ("bo", 2, "1-101")]
    done = work_out(launch(picks), "sincerity_first")
    swapped = _with_plan(done, {"anna": "1-102", "bo": "1-101"})
    found = audit(swapped, done.parameters)
    assert found["pareto"] == {"efficient": False, "examples": ["1-101", "1-102"]}
    assert "no_gain_without_loser" in failed(found)


def test_a_buyer_overtaken_in_strict_order_is_found():
    done = work_out(launch([("anna", 1, "1-101"), ("bo", 1, "1-101")]), "strict_order")
    found = audit(_with_plan(done, {"bo": "1-101"}), done.parameters)
    assert "nobody_overtaken" in failed(found)
    assert found["envy"] == {
        "count": 1, "by_decision": 0, "pairs": [{"buyer_id": "anna", "holder": "bo", "unit_id": "1-101"}]
    }


@pytest.mark.parametrize(("targets", "efficient"), [
    ([], False),  # the free unit could simply be given
    ([("2BR", 0, 1)], True),  # the layout is full
    ([("", 0, 1)], True),  # all layouts together are full
])
def test_an_unused_unit_is_a_gain_only_where_there_is_room(targets, efficient):
    done = work_out(launch([("anna", 1, "1-101"), ("bo", 1, "1-201")], targets=targets), "sincerity_first")
    tables = _with_plan(done, {"anna": "1-101"})
    assert (improvable_units(Evidence(tables, done.parameters)) == []) == efficient


@pytest.mark.parametrize(("minimum", "efficient"), [(1, True), (0, False)])
def test_a_unit_held_for_a_minimum_is_no_gain_forgone(minimum, efficient):
    picks = [("anna", 1, "1-101"), ("anna", 2, "1-102")]
    done = work_out(launch(picks, targets=[("3BR", minimum, 4)]), "sincerity_first")
    tables = _with_plan(done, {"anna": "1-102"})
    assert (improvable_units(Evidence(tables, done.parameters)) == []) == efficient


def test_a_chain_through_a_full_layout_is_found():
    """Anna would go to the free unit of the full layout, Bo would take what she leaves: one in, one out."""
    picks = [("anna", 1, "1-101"), ("anna", 2, "1-102"), ("bo", 1, "1-102"), ("bo", 2, "1-201")]
    done = work_out(launch(picks, targets=[("2BR", 0, 1)]), "sincerity_first")
    tables = _with_plan(done, {"anna": "1-102", "bo": "1-201"})
    assert improvable_units(Evidence(tables, done.parameters)) == ["1-201", "2BR"]


def test_rates_name_numerator_and_denominator():
    done = work_out(launch([("anna", 1, "1-101"), ("bo", 1, "1-101"), ("bo", 2, "1-102"), ("cai", 1, "1-101")]),
                    "sincerity_first")
    rates = audit(done.tables, done.parameters)["rates"]
    assert rates["by_grade"] == [
        {"grade": "A", "placed": 1, "with_valid_pick": 1, "first_choices": 1},
        {"grade": "B", "placed": 1, "with_valid_pick": 1, "first_choices": 0},
        {"grade": "C", "placed": 0, "with_valid_pick": 1, "first_choices": 0},
    ]
    assert rates["by_consultant"] == [
        {"consultant": "Wu", "placed": 2, "with_valid_pick": 2, "first_choices": 1},
        {"consultant": "Xu", "placed": 0, "with_valid_pick": 1, "first_choices": 0},
    ]


@pytest.mark.parametrize("seed", range(3))
def test_envy_on_arrays_and_from_tables_is_the_same(seed):
    done = work_out(random_launch(seed, buyers=20, units=10), "first_choice_first")
    assert len(envied_picks(standing(done.instance, done.plan))) == audit(done.tables, done.parameters)["envy"]["count"]
