"""Bounds from duals: never below the truth whatever the duals are, sharp with good ones, and what they settle is so."""

from __future__ import annotations

import numpy as np
import pytest

from sincerity.pricing.certificate import proven_bound
from sincerity.pricing.problem import value_of
from sincerity.pricing.programme import Aim, goal_vector, point_at, programme_of, values_at
from sincerity.pricing.search import JointModel
from sincerity.settings import Goal
from tests.pricing.small import GOALS, every_point, problem, random_problem

ALL_GOALS = (Goal("layout_shortfall", "min"), *GOALS)


def best_of(case, aim, points):
    return max((aim.value(case, point) for point in points), default=None)


@pytest.mark.parametrize("seed", range(3))
def test_the_arrays_say_what_the_goals_and_rules_say(seed):
    case = random_problem(np.random.default_rng(seed))
    programme = programme_of(case)
    for point in list(every_point(case))[::40]:
        values = values_at(programme, point)
        sums = programme.rows.matrix @ values
        assert (sums >= programme.rows.low).all() and (sums <= programme.rows.high).all()
        assert (values >= programme.low).all() and (values <= programme.high).all()
        again = point_at(programme, values.astype(float))
        assert again.picks.tolist() == point.picks.tolist() and again.steps.tolist() == point.steps.tolist()
        for goal in ALL_GOALS:
            weights, constant = goal_vector(goal, programme)
            assert weights @ values + constant == value_of(goal, case, point)


@pytest.mark.parametrize("seed", range(3))
def test_no_duals_however_wrong_bound_below_the_best_point(seed):
    rng = np.random.default_rng(seed)
    case = random_problem(rng, buyers=4)
    programme, points = programme_of(case), list(every_point(case))
    for goal in ALL_GOALS:
        aim = Aim.of(goal)
        best = best_of(case, aim, points)
        if best is None:
            continue
        weights, constant = aim.vector(programme)
        for size in (0.01, 1.0, 1e4):
            lies = rng.normal(0.0, size, len(programme.rows.low))
            bound = proven_bound(programme.rows, programme.low, programme.high, weights, constant, lies)
            assert bound.whole >= best


@pytest.mark.parametrize("seed", range(5))
def test_the_relaxation_bounds_and_settles_rightly(seed):
    case = random_problem(np.random.default_rng(40 + seed), buyers=4)
    points = list(every_point(case))
    if not points:
        pytest.skip("no prices keep the average")
    model = JointModel(case, 30)
    for goal in ALL_GOALS:
        aim = Aim.of(goal)
        best = best_of(case, aim, points)
        bound = model.corner(aim, 10).bound
        assert best <= bound.whole <= best + max(abs(best) // 20, 2)
        settled = bound.settled(best) & model.programme.whole
        side = np.where(bound.reduced > 0, model.face.high, model.face.low)
        for point in points:
            if aim.value(case, point) == best:
                values = values_at(model.programme, point)
                assert (values == side)[settled].all()


def test_a_whole_relaxation_is_bounded_to_the_yuan():
    case = problem([[97, 100, 103], [97, 100, 103]], [(0, 0, 2), (1, 1, 1)], [0, 0])
    bound = JointModel(case, 10).corner(Aim.of(Goal("revenue", "max")), 10).bound
    assert bound.whole == 203 and bound.scaled / 2**bound.bits < 203.000001


def test_what_is_settled_leaves_the_search():
    case = problem([[97, 100, 103], [97, 100, 103]], [(0, 0, 2), (1, 1, 1)], [0, 0])
    model, aim = JointModel(case, 10), Aim.of(Goal("revenue", "max"))
    model.settle(model.corner(aim, 10).bound, 203)
    left = (model.face.low < model.face.high) & model.programme.whole
    assert 0 < left.sum() < model.programme.whole.sum()
