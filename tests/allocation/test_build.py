"""The instance says what the launch says, whatever the order of rows and whatever things are called."""

from dataclasses import fields, replace

import numpy as np
import pandas as pd

from sincerity import domain
from sincerity.allocation.build import build_instance
from sincerity.allocation.collisions import collisions
from sincerity.allocation.demand import demand_table
from sincerity.allocation.solve import solve
from sincerity.known import known_at
from sincerity.scoring.score import score_buyers
from tests.allocation.shipped_policies import shipped_policies
from tests.cases import five_by_four, table


def instance_of(launch, previous=None):
    known, _ = known_at(launch, 3)
    scores = score_buyers(known, launch.settings).buyers
    return build_instance(demand_table(known, scores, launch.settings), scores, known, launch.settings, previous)


def pairs(instance, picks):
    buyers, units = instance.buyer_ids[instance.pick_buyer[picks]], instance.unit_ids[instance.pick_unit[picks]]
    return set(zip(buyers, units, strict=True))


def with_targets(launch, *rows):
    targets = [dict(zip(("layout", "min_units", "max_units"), row, strict=True)) for row in rows]
    return replace(launch, targets=table(domain.TARGETS, targets))


def test_five_by_four_in_arrays():
    instance = instance_of(five_by_four())
    assert instance.buyer_ids.tolist() == ["anna", "bo", "cai", "eve"]  # dan cannot pay for his only pick
    assert instance.unit_ids.tolist() == ["1-101", "1-102", "1-201", "1-202"]
    assert instance.layouts == ("2BR", "3BR")
    assert instance.unit_layout.tolist() == [0, 1, 0, 1]
    assert instance.pick_buyer.tolist() == [0, 1, 1, 2, 2, 3]
    assert instance.pick_unit.tolist() == [0, 0, 1, 0, 2, 3]
    assert instance.pick_rank.tolist() == [1, 1, 2, 1, 2, 1]
    assert instance.step_total_yuan.tolist() == [[2_000_000], [2_400_000], [2_000_000], [2_400_000]]
    assert (instance.pick_tie >= 0).all() and (instance.pick_tie < 2**20).all()
    assert not instance.has_layout_bounds


def test_sincerity_first_by_heart():
    instance = instance_of(five_by_four())
    plan = solve(instance, shipped_policies()["sincerity_first"], 10.0)
    assert pairs(instance, plan.picks) == {("anna", "1-101"), ("bo", "1-102"), ("cai", "1-201"), ("eve", "1-202")}


def test_bounds_come_from_the_targets():
    nothing = float("nan")
    launch = with_targets(five_by_four(), ("2BR", 1.0, nothing), ("3BR", nothing, 1.0), ("", 3.0, 3.5))
    instance = instance_of(launch)
    assert instance.layout_min.tolist() == [1, 0]
    assert instance.layout_max.tolist() == [4, 1]
    assert (instance.all_min, instance.all_max) == (3, 3)
    assert instance.has_layout_bounds


def test_a_target_for_a_layout_without_units_is_a_shortfall_not_a_crash():
    instance = instance_of(with_targets(five_by_four(), ("penthouse", 2.0, float("nan"))))
    assert instance.layouts == ("2BR", "3BR", "penthouse")
    plan = solve(instance, shipped_policies()["sincerity_first"], 10.0)
    assert (plan.goals[0].goal, plan.goals[0].value) == ("layout_shortfall", 2)


def test_previous_placements_are_marked():
    launch = five_by_four()
    before = pd.DataFrame({"buyer_id": ["cai", "anna", "gone"], "unit_id": ["1-201", "1-102", "1-101"]})
    instance = instance_of(launch, before)
    assert instance.had_previous
    assert pairs(instance, np.flatnonzero(instance.previous_pick)) == {("cai", "1-201")}
    assert not instance_of(launch).had_previous


def test_row_order_changes_no_array():
    launch = five_by_four()
    shuffled = replace(launch, **{
        name: getattr(launch, name).sample(frac=1, random_state=7) for name in ("units", "buyers", "picks")
    })
    one, other = instance_of(launch), instance_of(shuffled)
    for field in fields(one):
        assert np.array_equal(getattr(one, field.name), getattr(other, field.name)), field.name


def test_renamed_ids_change_nothing_but_the_names():
    launch = five_by_four()
    renamed = replace(
        launch,
        units=launch.units.assign(unit_id="z" + launch.units["unit_id"].str[::-1]),
        buyers=launch.buyers.assign(buyer_id=launch.buyers["buyer_id"].str[::-1]),
        touchpoints=launch.touchpoints.assign(buyer_id=launch.touchpoints["buyer_id"].str[::-1]),
        picks=launch.picks.assign(
            buyer_id=launch.picks["buyer_id"].str[::-1], unit_id="z" + launch.picks["unit_id"].str[::-1]
        ),
    )
    one, other = instance_of(launch), instance_of(renamed)
    for field in fields(one):
        if field.name not in ("buyer_ids", "unit_ids"):
            assert np.array_equal(getattr(one, field.name), getattr(other, field.name)), field.name
    assert other.buyer_ids.tolist() == [name[::-1] for name in one.buyer_ids]


def test_no_picks_at_all_gives_an_empty_plan():
    launch = five_by_four()
    instance = instance_of(replace(launch, picks=launch.picks.iloc[:0]))
    for policy in shipped_policies().values():
        plan = solve(instance, policy, 10.0)
        assert (len(plan.picks), plan.status) == (0, "proven")


def test_a_minimum_nobody_can_meet_collides_alone():
    launch = with_targets(five_by_four(), ("3BR", 2.0, float("nan")))
    instance = instance_of(replace(launch, picks=launch.picks.iloc[:0]))
    found = collisions(instance)
    assert found[["member", "layout", "demanded", "reachable"]].to_numpy().tolist() == [["layout_min", "3BR", 2, 0]]
