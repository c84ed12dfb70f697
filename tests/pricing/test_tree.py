"""The tree of cases: held against every point of small launches, with solvers that find little or prove nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from sincerity.pricing import near, tree
from sincerity.pricing.face import Face, core_of
from sincerity.pricing.problem import PricePoint, broken
from sincerity.pricing.programme import NO_LIMIT, Aim
from sincerity.pricing.ranking import least_to_hold
from sincerity.pricing.relaxation import Loaded
from sincerity.pricing.search import DEVIATION, JointModel
from sincerity.pricing.solve import solve_jointly
from sincerity.pricing.start_plans import kept
from sincerity.pricing.tree import Tree, best_point
from sincerity.settings import Goal
from tests.pricing.random_launch import random_launch
from tests.pricing.small import GOALS, every_point, problem, random_problem

AIMS = tuple(Aim.of(goal) for goal in GOALS)
REVENUE = Aim.of(Goal("revenue", "max"))
SECONDS = 20.0


class Blind(JointModel):
    """Finds no point by search."""

    def point_on(self, part, aim, enough, nodes, seconds):
        return None


class Mute(JointModel):
    """Every third case of a tree comes back without an answer."""

    cases = 0

    def corner_within(self, part, seconds):
        self.cases += 1
        return None if self.cases % 3 == 0 else super().corner_within(part, seconds)


@cache
def cases():
    """Small problems that have a point, with all of them."""
    drawn = [random_problem(np.random.default_rng(500 + seed), buyers=4) for seed in range(14)]
    every = [(case, tuple(every_point(case))) for case in drawn]
    return tuple((case, points) for case, points in every if points)


def relaxed_face(case):
    """The face of every point, and its core in a solver, for nothing in particular."""
    face = Face.of(JointModel(case, SECONDS).programme)
    weights = np.ones(len(face.low), dtype=np.int64)
    return face, Loaded.of(face, core_of(face, weights), weights, 0)


@pytest.mark.parametrize("model", [JointModel, Blind])
def test_the_best_point_and_its_bound_are_those_of_all_points(model):
    tried = 0
    for case, points in cases():
        for aim in AIMS:
            best = max(aim.value(case, point) for point in points)
            found = best_point(model(case, SECONDS), aim, None, 1, 1.0)
            assert broken(case, found.point) == ()
            assert aim.value(case, found.point) == best == found.bound
            tried += 1
    assert tried >= 28


@pytest.mark.parametrize("unit", [2, 5, 50])
def test_within_a_unit_of_the_best_is_enough_and_the_bound_says_how_far(unit):
    for case, points in cases():
        for aim in (REVENUE, DEVIATION):
            best = max(aim.value(case, point) for point in points)
            found = best_point(JointModel(case, SECONDS), aim, None, unit, 1.0)
            value = aim.value(case, found.point)
            assert value <= best <= found.bound < value + unit


def test_a_case_without_an_answer_stays_open_and_the_bound_says_so():
    unproven = 0
    for case, points in cases():
        for aim in AIMS:
            best = max(aim.value(case, point) for point in points)
            found = best_point(Mute(case, SECONDS), aim, points[0], 1, 1.0)
            value = aim.value(case, found.point)
            assert aim.value(case, points[0]) <= value <= best <= found.bound
            unproven += value < found.bound
    assert unproven > 0


def test_without_time_the_start_stays_without_a_bound():
    case, points = cases()[0]
    found = best_point(JointModel(case, 0.0), REVENUE, points[0], 1, 1.0)
    assert found.point is points[0] and found.bound == NO_LIMIT and found.root is None


def test_a_face_without_a_point_is_said_to_be_empty():
    for case, points in cases():
        model = JointModel(case, SECONDS)
        model.hold(REVENUE, max(REVENUE.value(case, point) for point in points) + 1)
        found = best_point(model, DEVIATION, None, 1, 1.0)
        assert found.point is None and found.bound < -NO_LIMIT + 2


@pytest.mark.parametrize("seed", range(5))
def test_what_lies_on_a_face_is_never_shown_to_be_empty(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    case, _ = cases()[0]
    monkeypatch.setattr(
        "sincerity.pricing.relaxation.ray_of", lambda solver: rng.normal(0.0, 10.0 ** rng.integers(-3, 6), rows)
    )
    face, relaxed = relaxed_face(case)
    rows = len(relaxed.core.said)
    assert not any(relaxed.is_empty(face) for _ in range(50))


class Slow(Blind):
    """Every case of a tree takes a second more than it does."""

    def corner_within(self, part, seconds):
        corner = super().corner_within(part, seconds)
        self.seconds_left -= 1.0
        return corner


def test_time_that_ends_in_the_tree_leaves_the_highest_open_case_as_bound():
    launch, placed = random_launch(80, 50, 6), Aim.of(Goal("placed", "max"))
    model = Slow(launch, 1_000.0)
    model.hold(placed, model.corner(placed, SECONDS).bound.whole - 1)
    corner = model.corner(REVENUE, SECONDS)
    grown = Tree(model, REVENUE, 1, 0.0, None, -NO_LIMIT)
    grown.treat(model.face, corner)
    bounds = [grown.bound]
    while grown.open:
        grown.until = model.seconds_left - 0.9  # one case more
        grown.grow()
        bounds.append(grown.bound)
    assert len(bounds) > 3 and bounds[0] == corner.bound.whole
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] == REVENUE.value(launch, grown.point)


def test_a_search_near_a_corner_keeps_what_the_corner_decided():
    launch = random_launch(300, 160, 2)
    model = JointModel(launch, SECONDS)
    corner = model.corner(Aim.of(Goal("placed", "max", ("B",))), SECONDS)
    split = corner.split(model.programme.whole) > 0
    part = model.around(model.face, corner, 30)
    free = part.low < part.high
    fixed = ~free & model.programme.whole
    assert split.any() and fixed.any()
    assert (np.abs(part.low - corner.values)[fixed] < 1e-5).all()
    assert not (split & fixed).any()
    wider = model.around(model.face, corner, 45)
    assert (free <= (wider.low < wider.high)).all() and free.sum() < (wider.low < wider.high).sum() < len(free)


def test_where_much_is_split_nothing_is_near(monkeypatch):
    launch = random_launch(300, 160, 2)
    model = JointModel(launch, SECONDS)
    corner = model.corner(Aim.of(Goal("placed", "max", ("B",))), SECONDS)
    monkeypatch.setattr(near, "LARGEST_SHARE", 0.0)
    assert model.around(model.face, corner, 30) is None


def test_a_whole_corner_needs_no_search():
    case = problem([[97, 100, 103], [97, 100, 103]], [(0, 0, 2), (1, 1, 1)], [0, 0])
    model = JointModel(case, SECONDS)
    corner = model.corner(REVENUE, SECONDS)
    assert model.around(model.face, corner, 30) is None
    assert REVENUE.value(case, model.point_at(corner)) == 203


def test_an_old_tree_searches_the_whole_face(monkeypatch):
    searched = []

    class Watched(Blind):
        def point_on(self, part, aim, enough, nodes, seconds):
            free = int((part.low < part.high).sum())
            searched.append((free, nodes))

    monkeypatch.setattr(tree, "OLD", 2)
    launch = random_launch(80, 60, 7)
    start = PricePoint(kept(launch), launch.base_step)
    best_point(Watched(launch, 3.0), Aim.of(Goal("placed", "max", ("B",))), start, 1, 1.0)
    every = int((Face.of(JointModel(launch, 1.0).programme).low < JointModel(launch, 1.0).programme.high).sum())
    assert [nodes for free, nodes in searched if free == every][:3] == [2, 4, 8]


def test_later_goals_may_take_an_eighth_of_the_unit_and_never_what_the_start_has():
    assert least_to_hold(value=1_000, bound=1_100, unit=400, start=0) == 1_000
    assert least_to_hold(value=1_000, bound=1_010, unit=400, start=0) == 960
    assert least_to_hold(value=1_000, bound=1_010, unit=400, start=980) == 980
    assert least_to_hold(value=1_000, bound=1_010, unit=1, start=0) == 1_000
    assert least_to_hold(value=5, bound=5, unit=1, start=5) == 5


def test_proven_goals_are_so_after_later_ones_took_their_eighth():
    launch = random_launch(120, 60, 3, stack=False)
    start = PricePoint(kept(launch), launch.base_step)
    goals = (Goal("placed", "max", ("A",)), Goal("revenue", "max"), Goal("deviation", "min"))
    plan = solve_jointly(launch, goals, 30.0, start, unit_yuan=20_000)
    assert plan.status == "proven" and broken(launch, plan.point) == ()
    for goal, result in zip(goals, plan.goals, strict=True):
        assert abs(Aim.of(goal).value(launch, plan.point)) == result.value
        assert abs(result.bound - result.value) < (1 if goal.goal == "placed" else 20_000)


def test_the_same_launch_gives_the_same_plan_twice():
    launch = random_launch(150, 90, 5, zoned=True)
    start = PricePoint(kept(launch), launch.base_step)
    one, other = (solve_jointly(launch, GOALS, 60.0, start, unit_yuan=1_000) for _ in range(2))
    assert one.status == "proven" and one.goals == other.goals
    assert np.array_equal(one.point.picks, other.point.picks) and np.array_equal(one.point.steps, other.point.steps)


def test_a_narrowed_face_has_no_more_than_the_wider_one():
    case, points = cases()[0]
    model = JointModel(case, SECONDS)
    face, best = model.face, max(REVENUE.value(case, point) for point in points)
    within = face.within(face.low, np.where(model.programme.whole, face.high, 0))
    assert best_point(model, REVENUE, None, 1, 1.0).bound == best
    model.face = replace(face, low=within.low, high=within.high)
    assert best_point(model, REVENUE, None, 1, 1.0).bound <= best
