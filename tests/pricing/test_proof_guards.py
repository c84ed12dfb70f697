"""What guards a proof: points that keep everything, rays that show something, faces that hold what they say.

Each test was seen to fail on the break it names.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sincerity.pricing import tied, tree, zones
from sincerity.pricing.certificate import proven_bound
from sincerity.pricing.choice import Tie
from sincerity.pricing.face import Face, core_of
from sincerity.pricing.part import Priced, Round
from sincerity.pricing.problem import LIST_VALUE, PricePoint, broken, value_of
from sincerity.pricing.programme import NO_LIMIT, Aim
from sincerity.pricing.relaxation import Corner
from sincerity.pricing.search import DEVIATION, JointModel
from sincerity.pricing.solve import solve_jointly
from sincerity.pricing.tied import TiedSearch, solve_tied
from sincerity.pricing.tree import Tree, best_point
from sincerity.pricing.zones import but_for_the_list_value
from sincerity.settings import Goal
from tests.pricing.small import every_point, problem
from tests.pricing.test_tree import AIMS, REVENUE, SECONDS, Blind, cases, relaxed_face


class Refusing(Blind):
    """Takes no point, not even at a whole corner."""

    def point_at(self, corner):
        return None


def test_a_whole_corner_that_is_no_point_leaves_its_case_open():
    for case, points in cases()[:3]:
        for aim in AIMS:
            found = best_point(Refusing(case, SECONDS), aim, None, 1, 1.0)
            assert found.point is None
            assert found.bound >= max(aim.value(case, point) for point in points)


def test_a_ray_of_nothing_proves_nothing(monkeypatch):
    face, relaxed = relaxed_face(cases()[0][0])
    monkeypatch.setattr("sincerity.pricing.relaxation.ray_of", lambda solver: np.zeros(len(relaxed.core.said)))
    assert not relaxed.is_empty(face)


def test_what_is_called_empty_without_a_ray_stays_open(monkeypatch):
    monkeypatch.setattr("sincerity.pricing.relaxation.ray_of", lambda solver: None)
    stayed = 0
    for case, points in cases():
        model = JointModel(case, SECONDS)
        model.hold(REVENUE, max(REVENUE.value(case, point) for point in points) + 1)
        if model.face.tightened() is None or core_of(model.face, DEVIATION.vector(model.programme)[0]) is None:
            continue  # shown by the rows themselves
        stayed += model.corner(DEVIATION, SECONDS) is None
        assert best_point(model, DEVIATION, None, 1, 1.0).point is None
    assert stayed > 0


@pytest.mark.parametrize("aim", [REVENUE, DEVIATION, Aim.of(LIST_VALUE)])
def test_a_face_says_of_every_point_whether_it_lies_on_it(aim):
    for case, points in cases()[:4]:
        values, programme = [aim.value(case, point) for point in points], JointModel(case, SECONDS).programme
        middle = sorted(values)[len(values) // 2]
        held = Face.of(programme).holding(programme, aim, middle)
        narrow = Face.of(programme).holding(programme, aim, middle, middle)
        cut = replace(held, high=np.where(programme.whole, 0, held.high))
        for point, value in list(zip(points, values, strict=True))[:: len(points) // 40 + 1]:
            assert held.contains(programme, point) == (value >= middle)
            assert narrow.contains(programme, point) == (value == middle)
            assert not cut.contains(programme, point) or not (len(point.picks) or point.steps.any())


def test_only_what_keeps_the_rules_and_the_held_goals_is_taken_from_a_solver():
    case = problem([[97, 100, 103], [97, 100, 103]], [(0, 0, 2), (1, 1, 1)], [0, 0])
    allowed, refused = JointModel(case, SECONDS), JointModel(case, SECONDS)
    refused.keeps = lambda point: False
    for model in (allowed, refused):
        model.hold(REVENUE, 203)
        taken = model.point_at(model.corner(REVENUE, SECONDS)), model.point_on(model.face, REVENUE, 203, 64, SECONDS)
        assert all((point is None) == (model is refused) for point in taken)
    best = allowed.point_at(allowed.corner(REVENUE, SECONDS))
    assert allowed.keeps(best) and not broken(case, best)
    less = replace(best, steps=np.zeros_like(best.steps))
    assert not broken(case, less) and not allowed.keeps(less)
    above = replace(best, steps=best.steps + 1 - (best.steps == 2))
    assert broken(case, above) and not allowed.keeps(above)


class Misplaced(Blind):
    """Reads nobody placed at every corner."""

    def point_at(self, corner):
        point = PricePoint(np.zeros(0, dtype=np.int64), self.problem.base_step)
        return point if self.keeps(point) else None


@pytest.mark.parametrize("model", [JointModel, Misplaced])
def test_what_the_start_has_is_given_up_neither_for_a_coarse_unit_nor_for_a_later_goal(model):
    case = problem([[97, 100, 103]], [(0, 0, 2), (1, 0, 0)], [0, 1])
    start, goals = PricePoint(np.array([0]), np.array([2])), (Goal("revenue", "max"), Goal("placed", "max", ("B",)))
    plan = solve_jointly(case, goals, SECONDS, start, unit_yuan=200, make_model=model)
    assert [goal.value for goal in plan.goals] == [103, 0]


def test_what_is_held_at_least_is_held_where_less_is_better_too():
    case = problem([[94, 97, 100, 103, 106]], [(0, 0, 4)], [0])
    start, deviation = PricePoint(np.array([0]), np.array([2])), Goal("deviation", "min")
    plan = solve_jointly(case, (Goal("revenue", "max"),), SECONDS, start, ((deviation, 3),))
    assert plan.goals[0].value == 103 and plan.status == "proven"


@pytest.mark.parametrize(("unit", "status"), [(1, "feasible"), (110, "feasible"), (150, "feasible"), (1_000, "proven")])
def test_zones_together_are_proven_only_where_all_are_and_their_gaps_add_up_to_less_than_the_unit(
    unit, status, monkeypatch
):
    monkeypatch.setattr(zones, "FEWEST_UNITS", 1)
    case = problem([[90, 100, 110]] * 3, [(0, 0, 2), (1, 1, 2)], [0, 0])
    nobody = PricePoint(np.zeros(0, dtype=np.int64), case.base_step)
    plan = solve_jointly(case, (Goal("revenue", "max"),), SECONDS, nobody, unit_yuan=unit, make_model=Misplaced)
    assert len(zones.zones_of(case)) == 3
    assert (plan.goals[0].value, plan.goals[0].bound, plan.status) == (0, 220, status)


@pytest.mark.parametrize(("unit", "status"), [(110, "feasible"), (111, "proven")])
def test_a_gap_of_a_whole_unit_is_not_proven(unit, status):
    case = problem([[90, 100, 110]], [(0, 0, 2)], [0])
    nobody = PricePoint(np.zeros(0, dtype=np.int64), case.base_step)
    plan = solve_jointly(case, (Goal("revenue", "max"),), SECONDS, nobody, unit_yuan=unit, make_model=Misplaced)
    assert (plan.goals[0].value, plan.goals[0].bound, plan.status) == (0, 110, status)


@pytest.fixture
def two_tied(monkeypatch):
    """Two units that nothing ties but the list value: the problem, its zones, and nobody placed."""
    monkeypatch.setattr(zones, "FEWEST_UNITS", 1)
    case = problem([[97, 100, 103]] * 2, [(0, 0, 2), (1, 1, 1)], [0, 0], value=(199, 201))
    return case, zones.but_for_the_list_value(case), PricePoint(np.zeros(0, dtype=np.int64), case.base_step)


def test_a_zone_without_a_bound_leaves_the_whole_without_one(two_tied):
    case, apart, nobody = two_tied

    class Dumb(JointModel):
        """One zone's relaxation never answers."""

        def corner(self, aim, seconds):
            return None if self.problem is apart[0].problem else super().corner(aim, seconds)

    assert len(apart) == 2
    goals = (Goal("placed", "max"), Goal("revenue", "max"))
    assert max(solve_tied(case, apart, goals, 5.0, nobody, 1, JointModel)[1]) < NO_LIMIT
    assert solve_tied(case, apart, goals, 5.0, nobody, 1, Dumb)[1] == (NO_LIMIT, NO_LIMIT)


def test_zones_stand_on_their_own_faces_again_after_a_goal_was_bettered_zone_by_zone(two_tied):
    case, apart, nobody = two_tied
    search = TiedSearch(case, apart, (Goal("placed", "max"), Goal("revenue", "max")), 5.0, nobody, 1, JointModel)
    search.ties = (*search.ties, Tie(1, 0, NO_LIMIT))
    faces = [part.model.face for part in search.parts]
    search._settle_apart(2, 0.0)
    assert all(part.model.face is face for part, face in zip(search.parts, faces, strict=True))


def test_a_split_leaves_every_point_that_is_wanted_in_one_of_its_cases():
    case, aim = problem([[97, 100, 103]], [(0, 0, 2), (1, 0, 2)], [0, 0]), Aim.of(Goal("placed", "max"))
    model, nobody = JointModel(case, SECONDS), PricePoint(np.zeros(0, dtype=np.int64), np.array([1]))
    programme, face = model.programme, model.face
    nothing = np.zeros(face.rows.matrix.shape[0])
    bound = proven_bound(face.rows, face.low, face.high, *aim.vector(programme), nothing)
    model.corner(aim, SECONDS)
    assert bound.whole == 2  # each of two buyers of one unit, as far as no duals tell
    grown = Tree(model, aim, 1, 0.0, nobody, 1)
    grown._split(face, Corner(bound, np.full(len(face.low), 0.5)), bound)
    for point in every_point(case):
        around = [each for each in grown.open if each.part.contains(programme, point)]
        assert len(point.picks) == 0 or [each.bound for each in around] == [2]


def test_a_point_that_a_search_offers_is_taken_only_where_it_is_better(monkeypatch):
    monkeypatch.setattr(tree, "OLD", 1)
    for case, points in cases():
        for aim in AIMS:
            first, *_, last = sorted(points, key=lambda point: aim.value(case, point))
            model = JointModel(case, SECONDS)
            model.point_on = lambda part, aim, enough, nodes, seconds, worst=first: worst
            for start in (None, last):
                found = best_point(model, aim, start, 1, 1.0)
                assert aim.value(case, found.point) == aim.value(case, last) == found.bound


def test_a_choice_that_breaks_a_rule_is_not_taken(two_tied, monkeypatch):
    case, apart, nobody = two_tied
    search = TiedSearch(case, apart, (Goal("placed", "max"),), 5.0, nobody, 1, JointModel)
    assert all(part.add(PricePoint(np.array([0]), np.array([step]))) for part, step in zip(
        search.parts, (2, 1), strict=True
    ))
    monkeypatch.setattr("sincerity.pricing.tied.best_choice", lambda *asked: (np.array([1, 3]), 0.0))
    assert search._chosen(1) == 0 and search.point is nobody  # 203 yuan where 201 are allowed


REVENUE_GOAL, DEVIATION_GOAL = Goal("revenue", "max"), Goal("deviation", "min")


@pytest.mark.parametrize("size", [1e18, 1e300, np.inf, np.nan])
def test_duals_too_large_to_count_with_prove_what_none_prove(size):
    case, points = cases()[0]
    programme = JointModel(case, SECONDS).programme
    duals = np.full(programme.rows.matrix.shape[0], size)
    bound = proven_bound(programme.rows, programme.low, programme.high, *REVENUE.vector(programme), duals)
    none = proven_bound(programme.rows, programme.low, programme.high, *REVENUE.vector(programme), np.zeros(len(duals)))
    assert bound.whole == none.whole >= max(REVENUE.value(case, point) for point in points)


def test_zones_give_up_nothing_to_each_other_within_the_unit(monkeypatch):
    monkeypatch.setattr(zones, "FEWEST_UNITS", 1)
    case = problem(
        [[10_000, 10_100], [10_000, 15_000], [10_000, 10_400]], [(0, 0, 1), (1, 2, 1)], [0, 0], stack=[(0, 1)],
        base=[0, 0, 0], value=(0, 2**60),
    )
    case = replace(case, base_total_yuan=np.array([10_000, 10_000, 10_200]))
    start = PricePoint(np.array([0, 1]), np.array([1, 1, 0]))
    assert broken(case, start) == () and len(zones.zones_of(case)) == 2
    plan = solve_jointly(case, (REVENUE_GOAL, DEVIATION_GOAL), SECONDS, start, unit_yuan=1_000)
    revenue, deviation = plan.goals
    assert plan.status == "proven"
    assert deviation.value == min(
        value_of(DEVIATION_GOAL, case, point) for point in every_point(case)
        if value_of(REVENUE_GOAL, case, point) >= revenue.value
    )


def test_after_a_zone_that_proves_nothing_later_goals_have_no_bound(monkeypatch):
    monkeypatch.setattr(zones, "FEWEST_UNITS", 1)
    case = problem([[97, 100, 103]] * 2, [(0, 0, 2), (1, 1, 1)], [0, 0])
    start = PricePoint(np.array([0, 1]), np.array([0, 0]))

    class Silent(JointModel):
        """Its relaxation never answers."""

        def corner(self, aim, seconds):
            return None

    plan = solve_jointly(case, (REVENUE_GOAL, DEVIATION_GOAL), SECONDS, start, make_model=Silent)
    assert len(zones.zones_of(case)) == 2 and plan.status == "feasible"
    assert plan.goals[0].bound == np.inf and plan.goals[1].bound == 0.0


def test_a_layout_without_units_stays_short_of_its_minimum_in_every_zone(monkeypatch):
    monkeypatch.setattr(zones, "FEWEST_UNITS", 1)
    case = problem([[10, 11], [10, 11]], [(0, 0, 1), (1, 1, 1)], [0, 0], layouts=[0, 1], value=(0, 2**60))
    gone = replace(
        case.instance, layouts=("l0", "l1", "gone"), layout_min=np.array([0, 0, 2]), layout_max=np.array([1, 1, 2])
    )
    case = replace(case, instance=gone)
    shortfall = Goal("layout_shortfall", "min")
    plan = solve_jointly(case, (shortfall,), SECONDS, PricePoint(np.array([0, 1]), np.array([0, 0])))
    assert len(zones.zones_of(case)) == 2
    assert (plan.goals[0].value, plan.goals[0].bound, plan.status) == (2, 2.0, "proven")


def test_a_bound_counted_under_a_goal_that_fell_counts_no_longer():
    best, fallen = Tie(1, 5, NO_LIMIT), Tie(1, 4, NO_LIMIT)
    assert tied._fell((best,), (fallen, Tie(2, 9, NO_LIMIT)))
    assert not tied._fell((fallen,), (best,)) and not tied._fell((), (best,))


def test_a_plan_whose_earlier_goal_rose_at_the_cost_of_a_later_one_has_no_stale_bound(monkeypatch):
    a, b = Goal("placed", "max", ("A",)), Goal("placed", "max", ("B",))
    case = problem(
        [[100, 110], [100, 110]], [(0, 0, 1), (1, 0, 0), (2, 1, 1)], [0, 1, 1], base=[0, 0], value=(200, 220)
    )
    monkeypatch.setattr(zones, "FEWEST_UNITS", 1)
    goals, points = (a, b, REVENUE_GOAL), list(every_point(case))
    late = PricePoint(np.array([0, 2]), np.array([1, 0]))  # A = 1, B = 1, found when revenue is looked at

    def exact(self, wanted, mixture, searching, until):
        keep, (measure,) = [point for point in points if self._keeps(point)], wanted
        if measure == 3:
            for part in self.parts:
                part.add(part.zone.part_of(late))
        best = max(self.measures[measure].value(case, point) for point in keep)
        return Round(mixture, self.measures[measure], 1, -best, tuple(Priced(0, None) for _ in self.parts))

    monkeypatch.setattr(TiedSearch, "_priced", exact)
    monkeypatch.setattr(TiedSearch, "_lowered", lambda self, measure, bound, mixture, until: bound)
    start = PricePoint(np.array([1, 2]), np.array([0, 0]))  # B = 2
    apart = but_for_the_list_value(replace(case, total_low_yuan=200, total_high_yuan=219))
    point, bounds, _ = solve_tied(case, apart, goals, 10.0, start, 1, JointModel)
    values = [value_of(goal, case, point) for goal in goals]
    for number, goal in enumerate(goals):
        ahead = [
            value_of(goal, case, other) for other in points
            if all(value_of(earlier, case, other) >= value for earlier, value in
                   zip(goals[:number], values[:number], strict=True))
        ]
        assert bounds[number] >= max(ahead)
