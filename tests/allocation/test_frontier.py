from __future__ import annotations

from sincerity.allocation.frontier import frontier
from tests.allocation.rounds import random_launch, work_out
from tests.allocation.shipped_policies import shipped_policies
from tests.allocation.test_explain import launch

PICKS = [("anna", 1, "1-101"), ("anna", 2, "1-102"), ("bo", 1, "1-101")]


def test_policies_stand_side_by_side_with_what_each_costs():
    instance = work_out(launch(PICKS), "sincerity_first").instance
    table = frontier(instance, shipped_policies(), 10.0).set_index("policy")
    assert table["placed"].to_dict() == {
        "sincerity_first": 1, "first_choice_first": 1, "strict_order": 1, "most_sales": 2
    }
    assert table["first_choices"].tolist() == [1, 1, 1, 1]
    assert table["placed_b"].tolist() == [0, 0, 0, 1]
    assert table["justified_envy"].tolist() == [0, 0, 0, 1]
    assert table["list_value_yuan"].tolist() == [2_000_000] * 3 + [4_400_000]
    assert table["status"].tolist() == ["proven"] * 4


def test_a_plan_already_made_is_not_solved_again():
    done = work_out(launch(PICKS), "most_sales")
    policies = {"sincerity_first": shipped_policies()["sincerity_first"]}
    given = frontier(done.instance, policies, 10.0, {"sincerity_first": done.plan})
    assert given["placed"].tolist() == [2]


def test_the_policy_that_asks_for_most_places_most_and_strict_order_envies_nobody():
    table = work_out(random_launch(11, buyers=20, units=10, decisions=False), "strict_order").tables["frontier"]
    by_policy = table.set_index("policy")
    assert by_policy.loc["most_sales", "placed"] == by_policy["placed"].max()
    assert by_policy.loc["strict_order", "justified_envy"] == 0


def test_shortfalls_are_counted_in_units():
    done = work_out(launch(PICKS, targets=[("3BR", 2, 4), ("", 3, 4)]), "most_sales")
    assert done.tables["frontier"].set_index("policy")["layout_shortfall"].to_dict()["most_sales"] == 1 + 1
