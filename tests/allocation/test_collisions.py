"""Colliding targets: minimal sets, every member necessary, and how far each would have to move."""

from dataclasses import replace

import numpy as np
import pytest

from sincerity.allocation.collisions import collisions, hard_problems
from sincerity.allocation.instance import Instance
from sincerity.allocation.solve import solve
from tests.allocation.brute_force import every_plan
from tests.allocation.random_instances import tiny_instance
from tests.allocation.shipped_policies import shipped_policies


def demanding_instance(seed: int) -> Instance:
    """A tiny instance whose keeps, minima and maxima are drawn without regard to one another."""
    rng = np.random.default_rng(seed)
    base = tiny_instance(seed)
    layouts, units = len(base.layouts), len(base.unit_ids)
    return replace(
        base,
        pick_kept=rng.random(len(base.pick_buyer)) < 0.2,
        layout_min=rng.integers(0, 3, layouts),
        layout_max=rng.integers(0, 4, layouts),
        all_min=int(rng.integers(0, units + 1)) if seed % 2 else 0,
        all_max=int(rng.integers(0, units + 1)) if seed % 3 else units,
    )


def possible(instance: Instance, members: list[dict]) -> bool:
    """True when some plan under C1 and C2 honours the members as demanded."""
    units = len(instance.unit_ids)
    free = replace(
        instance, pick_kept=np.zeros_like(instance.pick_kept),
        layout_max=np.full(len(instance.layouts), units), all_max=units,
    )
    plans = every_plan(free)
    for member in members:
        plans = plans[_honours(instance, plans, member)]
    return len(plans) > 0


def _honours(instance: Instance, plans: np.ndarray, member: dict) -> np.ndarray:
    if member["member"] == "keep":
        of_buyer = instance.buyer_ids[instance.pick_buyer] == member["buyer_id"]
        pick = of_buyer & (instance.unit_ids[instance.pick_unit] == member["unit_id"])
        return plans[:, pick].sum(axis=1) >= member["demanded"]
    names = np.array(instance.layouts, dtype=object)[instance.unit_layout[instance.pick_unit]]
    inside = (names == member["layout"]) | (member["layout"] == "")
    placed = plans[:, inside].sum(axis=1)
    return placed >= member["demanded"] if member["member"] == "layout_min" else placed <= member["demanded"]


def all_demands(instance: Instance) -> list[dict]:
    keeps = [
        {"member": "keep", "buyer_id": instance.buyer_ids[b], "unit_id": instance.unit_ids[u], "demanded": 1}
        for b, u in zip(instance.pick_buyer[instance.pick_kept], instance.pick_unit[instance.pick_kept], strict=True)
    ]
    bounds = [
        {"member": kind, "layout": layout, "demanded": int(bound)}
        for kind, by_layout, over_all in (
            ("layout_min", instance.layout_min, instance.all_min), ("layout_max", instance.layout_max, instance.all_max)
        )
        for layout, bound in zip((*instance.layouts, ""), (*by_layout, over_all), strict=True)
    ]
    return keeps + bounds


def test_sets_are_minimal_and_moves_are_just_far_enough():
    sets_seen = 0
    for seed in range(120):
        instance = demanding_instance(seed)
        found = collisions(instance)
        assert found.empty == possible(instance, all_demands(instance)), seed
        for _, members in found.groupby("set_no"):
            sets_seen += 1
            demands = members.to_dict("records")
            assert not possible(instance, demands), seed
            for demand in demands:
                others = [other for other in demands if other is not demand]
                towards = 1 if demand["demanded"] > demand["reachable"] else -1
                moved = {**demand, "demanded": demand["reachable"]}
                not_far_enough = {**demand, "demanded": demand["reachable"] + towards}
                assert possible(instance, others), seed
                assert possible(instance, [*others, moved]), seed
                assert not possible(instance, [*others, not_far_enough]), seed
    assert sets_seen > 70


def test_what_is_left_after_the_found_sets_can_hold():
    for seed in range(60):
        instance = demanding_instance(seed)
        found = collisions(instance)[["member", "layout", "buyer_id", "unit_id"]].to_dict("records")
        left = [
            demand for demand in all_demands(instance)
            if not any(all(demand.get(name, "") == member[name] for name in member) for member in found)
        ]
        assert possible(instance, left), seed


def test_two_minima_share_their_only_buyer():
    base = tiny_instance(0)
    instance = replace(
        base,
        buyer_ids=np.array(["ann"], dtype=object), unit_ids=np.array(["u0", "u1"], dtype=object),
        layouts=("2BR", "3BR"), grade=np.zeros(1, dtype=np.int64), score=np.ones(1, dtype=np.int64),
        quota=np.ones(1, dtype=np.int64), unit_layout=np.array([0, 1]), step_total_yuan=np.ones((2, 1), dtype=np.int64),
        pick_buyer=np.array([0, 0]), pick_unit=np.array([0, 1]), pick_rank=np.array([1, 2]),
        pick_top_step=np.zeros(2, dtype=np.int64), pick_kept=np.zeros(2, dtype=np.bool_), pick_tie=np.array([3, 4]),
        layout_min=np.array([1, 1]), layout_max=np.array([2, 2]), all_min=0, all_max=2,
        previous_pick=np.zeros(2, dtype=np.bool_), had_previous=False,
    )
    found = collisions(instance)
    assert found[["set_no", "member", "layout", "demanded", "reachable"]].to_numpy().tolist() == [
        [1, "layout_min", "2BR", 1, 0], [1, "layout_min", "3BR", 1, 0],
    ]
    plan = solve(instance, shipped_policies()["sincerity_first"], 10.0)
    assert (plan.goals[0].goal, plan.goals[0].value, plan.goals[0].status) == ("layout_shortfall", 1, "proven")


def kept_by_two() -> Instance:
    """Both buyers of the first unit keep it."""
    for seed in range(100):
        instance = replace(tiny_instance(seed), quota=np.ones(len(tiny_instance(seed).buyer_ids), dtype=np.int64))
        rivals = instance.pick_unit == instance.pick_unit[0]
        if rivals.sum() == 2:
            return replace(instance, pick_kept=rivals)
    raise LookupError("no unit with two contenders")


def test_a_unit_kept_for_two_buyers_is_an_error_in_words_and_stops_the_solver():
    instance = kept_by_two()
    (problem,) = hard_problems(instance)
    unit = instance.unit_ids[instance.pick_unit[0]]
    buyers = ", ".join(instance.buyer_ids[instance.pick_buyer[instance.pick_kept]])
    assert (problem.severity, problem.code) == ("error", "kept_for_several")
    assert problem.what("en") == f"Unit {unit} is kept for several buyers: {buyers}."
    assert unit in problem.what("zh")
    with pytest.raises(ValueError, match="kept decisions break C1"):
        solve(instance, shipped_policies()["strict_order"], 10.0)


def test_keeps_over_quota_and_over_maxima_are_errors():
    base = tiny_instance(0)
    one = np.flatnonzero(base.pick_buyer == 0)[:1]
    kept = np.isin(np.arange(len(base.pick_buyer)), one)
    layout = base.unit_layout[base.pick_unit[one[0]]]
    full = np.where(np.arange(len(base.layouts)) == layout, 0, base.layout_max)
    cases = {
        "kept_over_quota": replace(base, pick_kept=kept, quota=np.zeros_like(base.quota)),
        "kept_over_maximum": replace(base, pick_kept=kept, layout_max=full),
        "kept_over_all_maximum": replace(base, pick_kept=kept, all_max=0),
    }
    for code, instance in cases.items():
        problems = hard_problems(instance)
        assert [problem.code for problem in problems] == [code]
        sentences = [say(lang) for say in (problems[0].what, problems[0].fix) for lang in ("zh", "en")]
        assert all(sentence and "{" not in sentence for sentence in sentences)


def test_hard_problems_and_the_solver_agree_on_what_is_possible():
    for seed in range(120):
        instance = demanding_instance(seed)
        if hard_problems(instance):
            with pytest.raises(ValueError, match="kept decisions break"):
                solve(instance, shipped_policies()["sincerity_first"], 10.0)
        else:
            assert solve(instance, shipped_policies()["sincerity_first"], 10.0).status == "proven"
