"""The joint plan against brute force, its laws, and a solver that does not tell the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sincerity.pricing.certificate import proven_bound
from sincerity.pricing.problem import PricePoint, broken, value_of
from sincerity.pricing.relaxation import Corner
from sincerity.pricing.search import JointModel
from sincerity.pricing.solve import better, solve_jointly
from sincerity.pricing.start_plans import kept, prices_alone, start_plans
from sincerity.settings import Goal
from tests.pricing.random_launch import random_launch
from tests.pricing.small import GOALS, best_values, problem, random_problem

WITH_MINIMA = (Goal("layout_shortfall", "min"), *GOALS)


def solved(case, goals=WITH_MINIMA, **options):
    start = prices_alone(case, kept(case), 10)
    return None if start is None else solve_jointly(case, goals, 30, start, **options)


@pytest.mark.parametrize("seed", range(24))
def test_the_joint_plan_is_the_best_of_all_prices_and_placements(seed):
    case = random_problem(np.random.default_rng(seed))
    plan, expected = solved(case), best_values(case, WITH_MINIMA)
    if expected is None:
        assert plan is None
        return
    assert tuple(goal.value for goal in plan.goals) == expected
    assert tuple(value_of(goal, case, plan.point) for goal in WITH_MINIMA) == expected
    assert plan.status == "proven" and broken(case, plan.point) == ()


def test_two_buyers_of_one_unit_a_price_that_keeps_the_one_who_can_pay():
    case = problem([[97, 100, 103]], [(0, 0, 2), (1, 0, 0)], [0, 0])
    plan = solved(case, GOALS)
    assert plan.point.picks.tolist() == [0] and plan.point.steps.tolist() == [2]
    assert [goal.value for goal in plan.goals] == [1, 0, 103, 3]


def test_the_average_makes_the_cold_unit_pay_for_the_contested_one():
    case = problem([[97, 100, 103], [97, 100, 103]], [(0, 0, 2)], [0], value=(200, 200))
    plan = solved(case, GOALS)
    assert plan.point.steps.tolist() == [2, 0]


def test_a_higher_floor_is_not_cheaper():
    case = problem([[97, 100, 103], [97, 100, 103]], [(0, 0, 2), (1, 1, 0)], [0, 0], stack=[(0, 1)])
    plan = solved(case, GOALS)
    assert plan.point.steps.tolist() == [0, 0]
    free = solved(replace(case, stack_lower=case.stack_lower[:0], stack_upper=case.stack_upper[:0],
                          stack_need=case.stack_need[:0]), GOALS)
    assert free.point.steps.tolist() == [2, 0]


def test_a_kept_pick_is_granted_at_any_step():
    case = problem([[97, 100, 103]], [(0, 0, 2), (1, 0, 2)], [0, 1], kept=[1])
    assert solved(case, GOALS).point.picks.tolist() == [1]


@pytest.mark.parametrize("seed", range(8))
def test_the_joint_plan_is_never_worse_than_its_start_plans(seed):
    case = random_problem(np.random.default_rng(100 + seed), units=4, buyers=8)
    starts = start_plans(case, WITH_MINIMA, 30)
    if starts.start is None:
        pytest.skip("no prices keep the average")
    plan = solve_jointly(case, WITH_MINIMA, 30, starts.start)
    points = [starts.at_base.point, *([starts.priced_later.point] if starts.priced_later else [])]
    assert not any(better(case, WITH_MINIMA, point, plan.point) for point in points if not broken(case, point))
    if starts.priced_later:
        assert starts.priced_later.point.picks.tolist() == starts.at_base.point.picks.tolist()


def leading(case):
    """The optimum as a tuple that is larger when better."""
    plan = solved(case)
    return None if plan is None else tuple(g.value if g.sense == "max" else -g.value for g in plan.goals[:-1])


@pytest.mark.parametrize("seed", range(6))
def test_raising_a_ceiling_never_lowers_the_optimum(seed):
    rng = np.random.default_rng(200 + seed)
    case = random_problem(rng)
    raised = np.minimum(case.instance.pick_top_step + (rng.random(len(case.instance.pick_unit)) < 0.4), 2)
    willing = replace(case, instance=replace(case.instance, pick_top_step=raised))
    if leading(case) is not None:
        assert leading(willing) >= leading(case)


@pytest.mark.parametrize("seed", range(6))
def test_widening_a_band_never_lowers_the_optimum(seed):
    case = random_problem(np.random.default_rng(300 + seed))
    narrow = replace(case, low_step=np.ones(4, dtype=np.int64), high_step=np.ones(4, dtype=np.int64))
    if leading(narrow) is not None:
        assert leading(case) >= leading(narrow)


class LyingModel(JointModel):
    """Never finds a point near a corner, as a solver with a fault in its presolve may not."""

    def point_on(self, part, aim, enough, nodes, seconds):
        return None


class ForgingModel(JointModel):
    """Reads points that break the rules, near a corner and at it."""

    def point_on(self, part, aim, enough, nodes, seconds):
        return self._checked(PricePoint(np.arange(len(self.problem.instance.pick_unit)), self.problem.high_step))

    def point_at(self, corner):
        return self.point_on(None, None, 0, 0, 0.0) if super().point_at(corner) is None else super().point_at(corner)

    def _checked(self, point):
        return point if self.keeps(point) else None


class MisledModel(JointModel):
    """Its relaxation gives duals that prove nothing, and rays that prove nothing either."""

    def corner(self, aim, seconds):
        self.aim = aim
        return _blunted(self, super().corner(aim, seconds), aim, self.face)

    def corner_within(self, part, seconds):
        return _blunted(self, super().corner_within(part, seconds), self.aim, part)


def _blunted(model, corner, aim, part):
    """The corner with the bound that no duals at all give."""
    if corner is None or corner.bound is None:
        return None
    nothing = np.zeros(part.rows.matrix.shape[0])
    return Corner(proven_bound(part.rows, part.low, part.high, *aim.vector(model.programme), nothing), corner.values)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("model", [LyingModel, ForgingModel])
def test_what_a_solver_says_of_points_changes_no_optimum(seed, model):
    case = random_problem(np.random.default_rng(seed))
    expected = best_values(case, WITH_MINIMA)
    plan = solved(case, make_model=model)
    assert plan is None if expected is None else tuple(goal.value for goal in plan.goals) == expected


@pytest.mark.parametrize("seed", range(8))
def test_duals_that_prove_nothing_never_make_a_plan_proven_that_is_not_best(seed):
    case = random_problem(np.random.default_rng(seed))
    expected = best_values(case, WITH_MINIMA)
    plan = solved(case, make_model=MisledModel)
    if expected is None:
        assert plan is None
        return
    for goal, best in zip(plan.goals, expected, strict=True):
        assert goal.value == best or goal.status == "feasible"
        if goal.value != best:
            break


def test_a_start_that_breaks_a_rule_is_refused():
    case = problem([[97, 100, 103]], [(0, 0, 0)], [0])
    with pytest.raises(ValueError, match="P2"):
        solve_jointly(case, GOALS, 10, PricePoint(np.array([0]), np.array([2])))


def test_no_time_gives_the_start_plan_and_does_not_call_it_proven():
    case = random_launch(80, 50, 6)
    start = prices_alone(case, kept(case), 10)
    plan = solve_jointly(case, GOALS, 0.0, start)
    assert plan.status == "feasible"
    assert plan.point.steps.tolist() == start.steps.tolist()
    assert plan.goals[2].status == "feasible"
