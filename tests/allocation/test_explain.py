"""Reasons on cases small enough to follow with a finger."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pandas as pd
import pytest

from sincerity import domain
from sincerity.allocation.moves import moves
from sincerity.settings import Policy
from tests import cases
from tests.allocation.rounds import Round, random_launch, work_out


def launch(picks: list[tuple[str, int, str]], targets=(), decisions=()):
    """Five-by-four with other picks (buyer, rank, unit), all affordable."""
    base = cases.five_by_four()
    rows = [
        {"round": 3, "buyer_id": buyer, "choice_rank": rank, "unit_id": unit, "max_total_yuan": 9_000_000.0,
         "recorded_at": datetime(2026, 11, 19)} for buyer, rank, unit in picks
    ]
    return replace(
        base, picks=cases.table(domain.PICKS, rows),
        targets=cases.table(domain.TARGETS, [
            dict(zip(("layout", "min_units", "max_units"), t, strict=True)) for t in targets
        ]),
        decisions=cases.table(domain.DECISIONS, [
            dict(zip(("buyer_id", "unit_id", "decision"), d, strict=True)) for d in decisions
        ]),
    )


def reasons(done: Round) -> dict[tuple[str, str], str]:
    table = done.tables["refusals"]
    return dict(zip(zip(table["buyer_id"], table["unit_id"], strict=True), table["reason"], strict=True))


def winner(done: Round, unit: str) -> tuple[str, str]:
    row = done.tables["conflicts"].set_index("unit_id").loc[unit]
    return row["winner_id"], row["winner_reason"]


def test_five_by_four_refuses_for_the_reasons_everybody_can_see():
    done = work_out(cases.five_by_four(), "sincerity_first")
    assert reasons(done) == {
        ("bo", "1-101"): "taken", ("cai", "1-101"): "taken", ("dan", "1-201"): "price_above_ceiling",
    }
    bo = done.tables["refusals"].iloc[0]
    assert (bo["taken_by"], bo["taken_by_grade"], bo["taken_by_priority_rank"], bo["taken_by_choice_rank"]) == (
        "anna", "A", 1, 1
    )
    assert winner(done, "1-101") == ("anna", "grade")
    waiting = done.tables["waiting_list"][["unit_id", "position", "buyer_id", "placed_unit_id"]]
    assert waiting.to_numpy().tolist() == [["1-101", 1, "bo", "1-102"], ["1-101", 2, "cai", "1-201"]]


def test_a_better_choice_explains_the_alternates():
    done = work_out(launch([("anna", 1, "1-101"), ("anna", 2, "1-102"), ("bo", 1, "1-102")]), "sincerity_first")
    assert reasons(done) == {("anna", "1-102"): "placed_higher"}
    assert winner(done, "1-102") == ("bo", "only_left")


def test_the_choice_decides_where_the_policy_asks_for_it_first():
    picks = [("anna", 1, "1-101"), ("anna", 2, "1-102"), ("bo", 1, "1-101"), ("cai", 1, "1-102"), ("bo", 2, "1-102")]
    assert winner(work_out(launch(picks), "first_choice_first"), "1-102") == ("cai", "choice")
    assert winner(work_out(launch(picks), "sincerity_first"), "1-102") == ("bo", "grade")


def test_a_full_layout_is_named_and_the_unit_stays_free():
    done = work_out(launch([("anna", 1, "1-101"), ("bo", 1, "1-201")], targets=[("2BR", 0, 1)]), "sincerity_first")
    assert reasons(done) == {("bo", "1-201"): "layout_full"}
    assert done.tables["targets"][["placed", "shortfall"]].to_numpy().tolist() == [[1, 0]]


def test_a_first_choice_given_up_for_one_more_placement_says_so():
    picks = [("anna", 1, "1-101"), ("anna", 2, "1-102"), ("bo", 1, "1-101")]
    done = work_out(launch(picks), "most_sales")
    refused = done.tables["refusals"].set_index("buyer_id").loc["anna"]
    assert (refused["reason"], refused["taken_by"], refused["gain"]) == ("given_up_for_others", "bo", 1)
    assert winner(done, "1-101") == ("bo", "more_placed")
    assert reasons(work_out(launch(picks), "sincerity_first")) == {
        ("anna", "1-102"): "placed_higher", ("bo", "1-101"): "taken",
    }


def test_a_minimum_that_costs_a_first_choice_says_so():
    picks = [("anna", 1, "1-101"), ("anna", 2, "1-102")]
    done = work_out(launch(picks, targets=[("3BR", 1, 4)]), "sincerity_first")
    assert reasons(done) == {("anna", "1-101"): "given_up_for_others"}
    assert done.tables["refusals"]["taken_by"].tolist() == [""]


def test_decisions_speak_for_themselves():
    picks = [("anna", 1, "1-101"), ("bo", 1, "1-101"), ("cai", 1, "1-102")]
    done = work_out(
        launch(picks, decisions=[("bo", "1-101", "keep"), ("cai", "1-102", "forbid")]), "sincerity_first"
    )
    assert reasons(done) == {("anna", "1-101"): "taken", ("cai", "1-102"): "forbidden"}
    assert winner(done, "1-101") == ("bo", "kept")
    assert done.tables["allocation"]["kept"].tolist() == [True]


def test_the_previous_plan_decides_between_equals():
    base = launch([("dan", 1, "1-101"), ("bo", 1, "1-101")])
    same = base.buyers[base.buyers["buyer_id"].isin(["bo", "dan"])].assign(commitment="none", subscribed_on=pd.NaT)
    acts = base.touchpoints[base.touchpoints["buyer_id"] == "bo"]
    equals = replace(
        base, buyers=same.reset_index(drop=True),
        touchpoints=pd.concat([acts, acts.assign(buyer_id="dan")], ignore_index=True),
    )
    for holder in ("bo", "dan"):
        previous = pd.DataFrame({"buyer_id": [holder], "unit_id": ["1-101"]}, dtype="str")
        done = work_out(equals, "sincerity_first", previous)
        assert winner(done, "1-101") == (holder, "previous")
        assert done.tables["moves"].empty
    assert winner(work_out(equals, "sincerity_first"), "1-101")[1] == "priority"
    assert winner(work_out(equals, "strict_order"), "1-101")[1] == "priority"
    assert winner(work_out(_ladder_alone(equals), "ladder_alone"), "1-101")[1] == "draw"


def _ladder_alone(base):
    policy = Policy("ladder_alone", "goals", ({"ladder": ("grade", "choice")},), {}, {})
    return replace(base, settings=replace(base.settings, policies={"ladder_alone": policy}))


def of_equal_score(first: str, **facts):
    """Bo and Dan with the same acts, both asking for 1-101 and then a unit of their own; ``first`` has ``facts``."""
    base = launch([("dan", 1, "1-101"), ("bo", 1, "1-101"), ("bo", 2, "1-102"), ("dan", 2, "1-202")])
    acts = base.touchpoints[base.touchpoints["buyer_id"] == "bo"]
    same = base.buyers[base.buyers["buyer_id"].isin(["bo", "dan"])].assign(
        registered_on=datetime(2026, 10, 20), commitment="refundable", subscribed_on=datetime(2026, 11, 10))
    chosen = same["buyer_id"] == first
    return replace(
        base, buyers=same.assign(**{name: same[name].mask(chosen, value) for name, value in facts.items()}),
        touchpoints=pd.concat([acts, acts.assign(buyer_id="dan")], ignore_index=True),
    )


@pytest.mark.parametrize("policy", ["sincerity_first", "first_choice_first", "most_sales", "strict_order"])
@pytest.mark.parametrize("first", ["bo", "dan"])
@pytest.mark.parametrize("facts", [
    {"subscribed_on": datetime(2026, 11, 9)}, {"registered_on": datetime(2026, 10, 19)},
])
def test_of_equal_scores_the_money_then_the_registration_that_came_first_decides(policy, first, facts):
    equals = of_equal_score(first, **facts)
    for seed in ("a", "b", "c"):
        done = work_out(replace(equals, settings=replace(equals.settings, seed=seed)), policy)
        assert done.tables["scores"]["score"].nunique() == 1
        assert winner(done, "1-101") == (first, "priority")
        assert len(done.tables["allocation"]) == 2


def test_every_pick_is_granted_or_refused_once():
    done = work_out(random_launch(3), "first_choice_first")
    said = pd.concat([done.tables["allocation"], done.tables["refusals"]])[["buyer_id", "unit_id"]]
    assert not said.duplicated().any()
    assert set(said.itertuples(index=False, name=None)) == set(
        done.tables["demand"][["buyer_id", "unit_id"]].itertuples(index=False, name=None)
    )


def plan_of(*pairs: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["buyer_id", "unit_id"]).astype("str")


@pytest.mark.parametrize(("before", "after", "refused", "expected"), [
    ([("p", "u1")], [("p", "u1")], [], []),
    ([], [("p", "u1")], [], [("p", "", "u1", "newly_placed")]),
    ([("p", "u1")], [], [("p", "u1", "taken")], [("p", "u1", "", "taken")]),
    ([("p", "u1")], [("p", "u2")], [("p", "u1", "placed_higher")], [("p", "u1", "u2", "better_choice")]),
    ([("p", "u1")], [("p", "u2")], [], [("p", "u1", "u2", "pick_withdrawn")]),
    ([("p", "u1"), ("q", "u2")], [("q", "u1"), ("p", "u2")], [("p", "u1", "taken"), ("q", "u2", "placed_higher")],
     [("q", "u2", "u1", "better_choice"), ("p", "u1", "u2", "taken")]),
    ([("p", "u1"), ("p", "u2")], [("p", "u3")], [("p", "u1", "unit_sold"), ("p", "u2", "taken")],
     [("p", "u1 u2", "u3", "unit_sold")]),
])
def test_moves_say_from_where_to_where_and_why(before, after, refused, expected):
    refusals = pd.DataFrame(refused, columns=["buyer_id", "unit_id", "reason"]).astype("str")
    scores = pd.DataFrame({"buyer_id": ["q", "p"], "priority_rank": [1, 2]})
    found = moves(plan_of(*after), plan_of(*before), refusals, scores)
    assert list(found.itertuples(index=False, name=None)) == expected


def test_without_a_previous_plan_nothing_moves():
    assert moves(plan_of(("p", "u1")), None, plan_of(), plan_of()).empty
