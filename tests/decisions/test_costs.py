"""What decisions cost, by hand on five by four and by brute force; planning anew around a ruling moves the fewest."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from sincerity.allocation.decision_costs import decision_costs
from sincerity.allocation.instance import Instance
from sincerity.domain import DECISIONS, GRADES, Launch
from sincerity.domain.rulings import RULINGS
from sincerity.rulings import as_decisions, contradictions_with_table, newest_rulings, standing
from tests import cases
from tests.allocation.brute_force import best_plans, criteria_values
from tests.allocation.rounds import Round, random_launch, work_out

POLICIES = ("sincerity_first", "first_choice_first", "most_sales")
EVENING, MORNING = datetime(2026, 11, 20, 20), datetime(2026, 11, 21, 9)


def decided(launch: Launch, *rows: tuple[str, str, str, datetime]) -> Launch:
    names = ("buyer_id", "unit_id", "decision", "decided_at")
    early = [dict(zip(names, row, strict=True)) | {"decided_at": row[3].replace(month=1)} for row in rows]
    return replace(launch, decisions=cases.table(DECISIONS, early))


def costs_of(result: Round, launch: Launch, policy: str, previous: pd.DataFrame | None = None) -> pd.DataFrame:
    settings = replace(launch.settings, policy=policy)
    decisions = result.known.decisions
    newest = decisions[decisions["decided_at"] == decisions["decided_at"].max()]
    return decision_costs(result.plan, result.known, newest, result.tables["scores"], settings, previous)


def values(costs: pd.DataFrame, scope: str) -> dict[tuple[str, str, str], tuple[int, int]]:
    rows = costs[costs["scope"] == scope]
    return {(r.goal, r.grades, r.choices): (r.before, r.after) for r in rows.itertuples()}


def test_the_cost_of_two_evenings_by_hand():
    """Monday keeps 1-101 for bo, Tuesday forbids 1-201 to cai.

    Without any: anna (A) 1-101 first, bo (B) 1-102 second, cai (C) 1-201 second, eve (U) 1-202 first.
    With both: bo 1-101 first and eve; anna named nothing else, and cai's other pick is taken.
    """
    launch = decided(
        cases.five_by_four(), ("bo", "1-101", "keep", EVENING), ("cai", "1-201", "forbid", MORNING))
    result = work_out(launch, "sincerity_first")
    grade = result.tables["scores"].set_index("buyer_id")["grade"]
    assert [grade[buyer] for buyer in ("anna", "bo", "cai", "eve")] == ["A", "B", "C", "U"]
    score = result.tables["scores"].set_index("buyer_id")["score"]
    costs = costs_of(result, launch, "sincerity_first")
    of_all, of_newest = values(costs, "all"), values(costs, "newest")
    assert of_all["placed", "A", "1"] == (1, 0) and of_newest["placed", "A", "1"] == (0, 0)
    assert of_all["placed", "B", "1"] == (0, 1) and of_newest["placed", "B", "1"] == (1, 1)
    assert of_all["placed", "B", "2"] == (1, 0) and of_newest["placed", "B", "2"] == (0, 0)
    assert of_all["placed", "C", "2"] == (1, 0) and of_newest["placed", "C", "2"] == (1, 0)
    assert of_all["placed", "U", "1"] == (1, 1)
    assert of_all["score", "", ""] == (
        score["anna"] + score["bo"] + score["cai"] + score["eve"], score["bo"] + score["eve"])
    assert set(costs["status"]) == {"proven"}
    ladder = [key[1:] for key in of_all if key[0] == "placed"]
    assert ladder == sorted(ladder, key=lambda step: (GRADES.index(step[0]), step[1]))


def test_without_decisions_nothing_is_solved_twice_and_nothing_costs():
    launch = cases.five_by_four()
    assert costs_of(work_out(launch, "sincerity_first"), launch, "sincerity_first").empty


def test_without_rulings_there_is_no_newest():
    launch = replace(cases.five_by_four(), decisions=cases.table(DECISIONS, [
        {"buyer_id": "bo", "unit_id": "1-101", "decision": "keep"}]))
    costs = costs_of(work_out(launch, "sincerity_first"), launch, "sincerity_first")
    assert set(costs["scope"]) == {"all"}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("seed", (1, 5, 6, 8, 14, 17, 22, 27, 28, 31))  # of these the plan refuses picks
def test_costs_and_fewest_moves_agree_with_brute_force(seed, policy):
    launch = random_launch(seed, buyers=6, units=4, decisions=False)
    before = work_out(launch, policy)
    ruled = _with_override(launch, before, seed)
    previous = before.tables["allocation"]
    after = work_out(ruled, policy, previous)
    fresh = work_out(ruled, policy)
    without = work_out(launch, policy, previous)
    _, best = best_plans(after.instance, policy)
    assert criteria_values(after.instance, policy, after.plan.picks) == best
    ladder = [goal for goal in fresh.plan.goals if goal.goal in ("placed", "layout_shortfall")]
    assert [goal.value for goal in after.plan.goals if goal.goal in ("placed", "layout_shortfall")] == [
        goal.value for goal in ladder]
    best_without, _ = best_plans(without.instance, policy)
    for (goal, grades, choices), (was, now) in values(costs_of(after, ruled, policy, previous), "all").items():
        if goal == "placed":
            assert was == _counted(without.instance, best_without[0], grades, choices)
            granted = np.isin(np.arange(len(after.instance.pick_buyer)), after.plan.picks)
            assert now == _counted(after.instance, granted.astype(int), grades, choices)


def _with_override(launch: Launch, before: Round, seed: int) -> Launch:
    """A unit kept for some buyer whom the plan refused it."""
    picks = before.instance
    refused = np.setdiff1d(np.arange(len(picks.pick_buyer)), before.plan.picks)
    pick = refused[seed % len(refused)]
    buyer, unit = picks.buyer_ids[picks.pick_buyer[pick]], picks.unit_ids[picks.pick_unit[pick]]
    return decided(launch, (buyer, unit, "keep", EVENING))


def _counted(instance: Instance, plan: np.ndarray, grades: str, choices: str) -> int:
    grade = np.array(GRADES)[instance.grade[instance.pick_buyer]]
    inside = np.isin(grade, grades.split() or GRADES)
    if choices:
        inside &= np.isin(instance.pick_rank, [int(choice) for choice in choices.split()])
    return int(plan[inside].sum())


def log(*rows: tuple[str, str, str, datetime]) -> pd.DataFrame:
    return RULINGS.frame([
        {"ruling_no": number, "round": 3, "plan_cutoff": cutoff, "buyer_id": buyer, "unit_id": unit,
         "decision": decision, "by": "Zhang", "reason": "r", "decided_at": MORNING, "taken_from": "", "place": "x"}
        for number, (buyer, unit, decision, cutoff) in enumerate(rows, 1)
    ])


def test_of_a_pair_the_newest_ruling_counts_and_a_withdrawn_one_is_gone():
    rulings = log(
        ("a", "1", "keep", EVENING), ("a", "2", "forbid", EVENING), ("a", "1", "forbid", EVENING),
        ("a", "2", "withdraw", EVENING), ("b", "2", "override", EVENING))
    assert standing(rulings)["ruling_no"].tolist() == [3, 5]
    followed = as_decisions(rulings, EVENING)
    assert list(zip(followed["buyer_id"], followed["unit_id"], followed["decision"], strict=True)) == [
        ("a", "1", "forbid"), ("b", "2", "keep")]


def test_a_run_follows_rulings_on_its_own_plan_and_earlier_ones_only():
    rulings = log(("a", "1", "keep", EVENING), ("b", "2", "keep", MORNING))
    assert as_decisions(rulings, EVENING)["buyer_id"].tolist() == ["a"]
    assert as_decisions(rulings, MORNING)["buyer_id"].tolist() == ["a", "b"]
    assert as_decisions(rulings, datetime(2026, 11, 20, 19, 59)).empty


def test_a_table_that_denies_a_standing_ruling_is_named_by_row():
    launch = decided(cases.five_by_four(), ("bo", "1-101", "forbid", EVENING), ("cai", "1-201", "keep", EVENING))
    launch = replace(launch, rulings=log(("bo", "1-101", "override", EVENING), ("cai", "1-201", "keep", EVENING)))
    (problem,) = contradictions_with_table(launch, EVENING)
    assert (problem.code, problem.file, problem.row) == ("ruling_against_table", "decisions/rulings.csv", 2)
    assert problem.parts == {"buyer": "bo", "unit": "1-101", "place": "decisions › 2"}
    assert contradictions_with_table(launch, datetime(2026, 11, 1)) == ()


def test_the_newest_rulings_are_those_handed_in_last_whatever_the_table_says():
    rulings = log(("a", "1", "keep", EVENING), ("b", "2", "keep", EVENING), ("c", "3", "keep", EVENING))
    rulings["decided_at"] = pd.to_datetime(["2026-11-20", "2026-11-21", "2026-11-21"]).astype("datetime64[us]")
    assert newest_rulings(rulings, EVENING)["buyer_id"].tolist() == ["b", "c"]
    assert newest_rulings(rulings.iloc[:0], EVENING).empty
