"""Ways of zones near their best and what they prove: held against every point, every sum and every plan."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest

from sincerity.pricing import ways, zones
from sincerity.pricing.choice import Mixture, Tie
from sincerity.pricing.problem import LIST_VALUE, value_of
from sincerity.pricing.programme import NO_LIMIT, Aim
from sincerity.pricing.search import JointModel
from sincerity.pricing.start_plans import kept, prices_alone
from sincerity.pricing.tied import Part, TiedSearch, solve_tied
from sincerity.pricing.tree import best_point
from sincerity.pricing.ways import Way, _around, adds_up, ways_near_best
from sincerity.pricing.zones import but_for_the_list_value
from sincerity.settings import Goal
from tests.pricing.small import every_point, problem, random_problem
from tests.pricing.test_implied import SEEDS, box, points_of, random_faces
from tests.pricing.test_proof_guards import Refusing
from tests.pricing.test_tied import BluntModel, zoned_problem
from tests.pricing.test_tree import AIMS

SECONDS = 20.0
COUNT = 10**8
A, B, FIRST = Goal("placed", "max", ("A",)), Goal("placed", "max", ("B",)), Goal("placed", "max", (), (1,))
REVENUE, SHORTFALL = Goal("revenue", "max"), Goal("layout_shortfall", "min")
ANYONE = Aim(((A, 1), (B, 1)))
COUNTS = ((Aim.of(A),), (Aim.of(A), Aim.of(B)), (Aim.of(B), ANYONE, Aim.of(FIRST)))
GAINING = (8, 176, 335)  # seeds of tied cases in which a bound is lowered to what the plan has
SPARES = (0, COUNT, 5 * COUNT)


@pytest.fixture(autouse=True)
def every_zone_alone(monkeypatch):
    monkeypatch.setattr(zones, "FEWEST_UNITS", 1)


@cache
def small_cases():
    """Small problems, with all of their points and aims that mix counts, revenue and list value."""
    found = []
    for seed in (2, 5, 6, 8):
        rng = np.random.default_rng(seed)
        case = random_problem(rng, buyers=3)
        other, price, less = rng.integers(1, COUNT), *rng.integers(-COUNT // 4, COUNT // 4, 2)
        aims = (
            Aim(((A, COUNT), (LIST_VALUE, int(price)), (B, int(other)))),
            Aim(((REVENUE, 10**6), (LIST_VALUE, int(less)), (FIRST, int(other)))),
        )
        found.append((case, tuple(every_point(case)), aims))
    return found


def best_by_counts(case, points, aim, counts):
    """The best value of the aim for every combination of counts."""
    best = {}
    for point in points:
        here, value = tuple(count.value(case, point) for count in counts), aim.value(case, point)
        best[here] = max(value, best.get(here, value))
    return best


def worth(best, least):
    return {here: value for here, value in best.items() if value >= least}


def told(case, found, aim, counts):
    """The values of the ways found, every combination of counts once."""
    best = best_by_counts(case, found, aim, counts)
    assert len(best) == len(found)
    return best


@pytest.mark.parametrize("counts", COUNTS)
def test_the_ways_are_the_best_points_of_all_counts_that_reach_the_least(counts):
    several = 0
    for case, points, aims in small_cases():
        for aim in aims:
            model, best = JointModel(case, SECONDS), best_by_counts(case, points, aim, counts)
            face = model.face
            for least in (max(best.values()) - spare for spare in SPARES):
                assert told(case, ways_near_best(model, aim, counts, least), aim, counts) == worth(best, least)
                assert model.face is face
                several += len(worth(best, least)) > 1
    assert several >= 5


@pytest.mark.parametrize("held", [Aim.of(B), Aim.of(LIST_VALUE)])
def test_on_a_face_that_holds_a_goal_the_ways_are_those_of_its_points(held):
    for case, points, (aim, _) in small_cases():
        values = sorted(held.value(case, point) for point in points)
        low = values[len(values) // 3]
        high = max(low, values[-1] - 1)
        on_face = [point for point in points if low <= held.value(case, point) <= high]
        best, model = best_by_counts(case, on_face, aim, COUNTS[1]), JointModel(case, SECONDS)
        model.hold(held, low, high)
        face, least = model.face, max(best.values()) - COUNT
        assert told(case, ways_near_best(model, aim, COUNTS[1], least), aim, COUNTS[1]) == worth(best, least)
        assert model.face is face


def test_what_rows_alone_decide_is_not_settled_elsewhere():
    """The upper unit never stands at its lowest step, so its first buyer gets nothing, however much he counts."""
    case = problem([[100, 101], [90, 110]], [(0, 1, 0), (1, 0, 1)], [0, 1], stack=[(0, 1)])
    aim, counts = Aim(((A, 1_000), (B, 10))), (Aim.of(B),)
    best = best_by_counts(case, every_point(case), aim, counts)
    assert best == {(0,): 0, (1,): 10}
    assert told(case, ways_near_best(JointModel(case, SECONDS), aim, counts, 0), aim, counts) == best


def test_no_way_is_worth_more_than_the_best():
    for case, points, (aim, _) in small_cases():
        above = max(aim.value(case, point) for point in points) + 1
        assert ways_near_best(JointModel(case, SECONDS), aim, COUNTS[1], above) == ()


@pytest.mark.parametrize(("model", "seconds"), [(JointModel, 0.0), (Refusing, SECONDS)])
def test_without_time_or_without_a_point_nothing_is_said(model, seconds):
    case, _, (aim, _) = small_cases()[0]
    blocked = model(case, seconds)
    face = blocked.face
    assert ways_near_best(blocked, aim, COUNTS[1], -100 * COUNT) is None
    assert blocked.face is face


def test_what_no_tree_has_proven_to_be_best_is_no_way():
    unproven = 0
    for case, points, aims in small_cases():
        for aim in aims:
            best = best_by_counts(case, points, aim, COUNTS[1])
            least = max(best.values()) - COUNT
            found = ways_near_best(BluntModel(case, SECONDS), aim, COUNTS[1], least)
            unproven += found is None
            assert found is None or told(case, found, aim, COUNTS[1]) == worth(best, least)
    assert unproven > 0


def test_with_more_ways_than_may_be_nothing_is_said(monkeypatch):
    case, points, (aim, _) = small_cases()[0]
    best = best_by_counts(case, points, aim, COUNTS[1])
    assert len(best) > 2
    monkeypatch.setattr(ways, "MOST_WAYS", len(best))
    assert len(ways_near_best(JointModel(case, SECONDS), aim, COUNTS[1], min(best.values()))) == len(best)
    monkeypatch.setattr(ways, "MOST_WAYS", len(best) - 1)
    assert ways_near_best(JointModel(case, SECONDS), aim, COUNTS[1], min(best.values())) is None


@pytest.mark.parametrize("limits", [((0, 3),), ((-1, 1), (2, 2)), ((0, 2), (-2, 0), (1, 3))])
def test_the_boxes_around_a_combination_hold_every_other_one_once(limits):
    inside = list(product(*(range(low, high + 1) for low, high in limits)))
    for here in inside:
        boxes = _around(limits, list(here))
        for values in product(*(range(low - 1, high + 2) for low, high in limits)):
            around = [
                each for each in boxes
                if all(low <= value <= high for value, (low, high) in zip(values, each, strict=True))
            ]
            assert len(around) == (values in inside and values != here)


def random_ways(rng, price):
    """Three zones whose ways lose by what they add, the first value at a price and tied on the priced side alone."""
    others = int(rng.integers(1, 3))
    weights = np.array([price, *rng.integers(-2, 4, others)])
    each = [rng.integers(-2, 3, (rng.integers(1, 6), 1 + others)) for _ in range(3)]
    worth = [values @ weights for values in each]
    counted = [
        [Way(int(most - one), tuple(row)) for one, row in zip(of_zone, values.tolist(), strict=True)]
        for of_zone, values, most in zip(worth, each, [int(of_zone.max()) for of_zone in worth], strict=True)
    ]
    at = [int(side) for side in rng.integers(-2, 3, 1 + others)]
    first = Tie(0, at[0] if price > 0 else -NO_LIMIT, at[0] if price < 0 else NO_LIMIT)
    return counted, int(rng.integers(0, 12)), (first, *(Tie(n, at[n], at[n] + 2) for n in range(1, 1 + others)))


def any_adds_up(counted, spare, ties):
    return any(
        sum(way.loss for way in chosen) <= spare
        and all(tie.low <= sum(way.values[tie.measure] for way in chosen) <= tie.high for tie in ties)
        for chosen in product(*counted)
    )


@pytest.mark.parametrize("price", [-2, 0, 3])
def test_ways_add_up_where_some_choice_of_one_of_each_zone_does(price):
    rng, expected = np.random.default_rng(price + 2), []
    for _ in range(200):
        drawn = random_ways(rng, price)
        expected.append(any_adds_up(*drawn))
        assert adds_up(*drawn) == expected[-1]
    assert 40 < sum(expected) < 160


def test_more_sums_than_may_be_are_taken_to_add_up(monkeypatch):
    counted, out_of_reach = [[Way(0, (0, 0)), Way(0, (0, 1))]] * 3, (Tie(1, 4, NO_LIMIT),)
    assert not adds_up(counted, 0, out_of_reach)
    monkeypatch.setattr(ways, "MOST_SUMS", 4)
    assert not adds_up(counted, 0, out_of_reach)
    monkeypatch.setattr(ways, "MOST_SUMS", 3)
    assert adds_up(counted, 0, out_of_reach)


@pytest.mark.parametrize("place", range(3))
def test_a_zone_without_a_way_leaves_nothing_that_adds_up(place):
    counted = [[Way(0, (0, 0))]] * 2
    assert adds_up(counted, 0, ())
    assert not adds_up([*counted[:place], [], *counted[place:]], 0, ())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_lean_face_has_the_same_points_and_no_row_that_cannot_be_broken(seed):
    fewer = 0
    for face in random_faces(seed):
        lean = face.lean()
        assert (lean.low is face.low, lean.high is face.high, lean.held) == (True, True, face.held)
        assert points_of(lean).tolist() == points_of(face).tolist()
        sums = box(lean.low, lean.high) @ lean.rows.matrix.toarray().T
        assert ((sums < lean.rows.low) | (sums > lean.rows.high)).any(axis=0).all()
        fewer += len(lean.rows.low) < len(face.rows.low)
    assert fewer > 5


@pytest.mark.parametrize("below", [-40, -1, 0, 1, 300])
def test_without_a_start_a_point_worth_the_least_is_found_where_there_is_one(below):
    for case, points, aims in small_cases():
        for aim in (*AIMS, *aims):
            best = max(aim.value(case, point) for point in points)
            found = best_point(JointModel(case, SECONDS), aim, None, 1, 1.0, best - below)
            if below >= 0:
                assert aim.value(case, found.point) == best == found.bound
            else:
                assert found.point is None and found.bound < best - below


def tied_case(seed):
    """Three zones whose list value may differ by a few yuan, and a point of it."""
    rng = np.random.default_rng(seed)
    case = zoned_problem(rng, slack=int(rng.integers(0, 2)))
    return case, prices_alone(case, kept(case), 10)


def with_minima(case):
    """The same with a layout of its own in every zone, of which two units are wanted."""
    two = np.array([2, 2, 2])
    return replace(case, instance=replace(
        case.instance, layouts=("l0", "l1", "l2"), unit_layout=np.repeat(np.arange(3), 2), layout_min=two,
        layout_max=two,
    ))


def plans_of(case, goals):
    """(n, 1 + goals) the list value and all goals, more is better, of the plans of all zones, whatever ties them."""
    sums = np.zeros((1, 1 + len(goals)), dtype=np.int64)
    measures = [Aim.of(goal) for goal in (LIST_VALUE, *goals)]
    for zone in but_for_the_list_value(case):
        here = {tuple(aim.value(zone.problem, point) for aim in measures) for point in every_point(zone.problem)}
        sums = np.unique((sums[:, None] + np.array(list(here))).reshape(-1, 1 + len(goals)), axis=0)
    return sums


def search_of(case, goals, start, seconds=1_000.0):
    return TiedSearch(case, but_for_the_list_value(case), goals, seconds, start, 1, JointModel)


def most_left(search, plans, wanted, price):
    """What the last goal can have where the others wanted have what is held: on the priced side of the list value."""
    low, high = search.problem.total_low_yuan, search.problem.total_high_yuan
    keeps = (plans[:, 0] >= low) | (price <= 0)
    keeps &= (plans[:, 0] <= high) | (price >= 0)
    for tie in search.ties[1 : wanted[0]]:
        keeps &= plans[:, tie.measure] >= tie.low
    return int(plans[keeps][:, list(wanted)].sum(axis=1).max()) - held_of(search, wanted)


def held_of(search, wanted):
    return sum(tie.low for tie in search.ties[wanted[0] :])


def looks(search, plans, rng, prices):
    """Rounds at prices of the list value, of the next goal with half of those before, and what can be had at most."""
    measure = len(search.ties)
    wanted = range((measure + 1) // 2, measure + 1)
    for price in prices:
        mixture = Mixture(0.0, (price, *rng.choice([0.0, 0.5, 1.0], wanted[0] - 1).tolist()), 0.0)
        yield search._priced(wanted, mixture, True, 0.0), wanted, most_left(search, plans, wanted, price)


@pytest.mark.parametrize(("seed", "prices"), [(0, (0.05, 0.0)), (8, (0.2, -0.05))])
def test_out_of_reach_is_what_no_plan_of_the_zones_reaches(seed, prices):
    case, start = tied_case(seed)
    goals, rng, closed = (A, B, FIRST), np.random.default_rng(seed), 0
    search, plans = search_of(case, goals, start), plans_of(case, goals)
    for measure in range(1, 4):
        for last, wanted, most in looks(search, plans, rng, prices):
            assert not search._out_of_reach(last, wanted, most, 0.0)
            assert search._out_of_reach(last, wanted, most + 1, 0.0)
            closed += last.bound - held_of(search, wanted) > most
        search.settle(measure)
    assert closed > 0


def test_a_shortfall_is_not_said_to_be_out_of_reach_where_a_plan_has_it(monkeypatch):
    monkeypatch.setattr(ways, "MOST_WAYS", 4)
    case, start = tied_case(0)
    case, goals, rng, proven = with_minima(case), (SHORTFALL, A), np.random.default_rng(0), 0
    search, plans = search_of(case, goals, start), plans_of(case, goals)
    assert len(search.parts) == 3 and search.measures[1].value(case, start) < 0
    for measure in (1, 2):
        for last, wanted, most in looks(search, plans, rng, (0.05, -0.2)):
            assert not search._out_of_reach(last, wanted, most, 0.0)
            proven += search._out_of_reach(last, wanted, most + 1, 0.0)
        search.settle(measure)
    assert proven > 0


def test_without_the_ways_of_every_zone_nothing_is_out_of_reach():
    case, start = tied_case(0)
    search, wanted = search_of(case, (A, B), start), range(1, 2)
    last = search._priced(wanted, Mixture(0.0, (0.05,), 0.0), True, 0.0)
    assert search._out_of_reach(last, wanted, last.bound, 0.0)
    assert not search._out_of_reach(last, wanted, last.bound, search.seconds_left)
    assert not search._out_of_reach(replace(last, priced=()), wanted, last.bound, 0.0)


def test_ways_are_known_to_the_zone_from_there_on():
    case, _ = tied_case(8)
    zone = but_for_the_list_value(case)[0]
    part = Part(zone, JointModel(zone.problem, SECONDS), (Aim.of(LIST_VALUE), Aim.of(A)))
    found = part.ways(Aim(((A, COUNT), (LIST_VALUE, -1))), (Aim.of(A),), -COUNT)
    assert len(found) > 1 and part.points == list(found)
    assert [values[1] for values in part.values] == [value_of(A, zone.problem, point) for point in found]


@pytest.mark.parametrize(("prices", "wanted"), [
    ((1.0,), [1]), ((0.05, 1.0), [1, 2]), ((0.05, 0.4), [2]), ((0.05, 0.9, 1.2), [1, 2, 3]), ((0.05, 1.0, 0.0), [3]),
])
def test_goals_traded_one_for_one_are_counted_together_and_never_the_list_value(prices, wanted, monkeypatch):
    case, start = tied_case(8)
    search, asked = search_of(case, (A, B, FIRST), start), []
    monkeypatch.setattr(search, "_settled", lambda together, until, searching: asked.append(list(together)))
    assert search._lowered(len(prices), 99, Mixture(0.0, prices, 0.0), 0.0) == 99
    assert asked == [wanted]


@pytest.mark.parametrize(("value", "reachable", "bound", "lowered"), [
    (1, 3, 6, 3), (4, 3, 6, 4), (1, 6, 6, 6), (6, 6, 6, 6), (0, 0, 1, 0),
])
def test_a_bound_is_lowered_as_far_as_it_is_out_of_reach_and_not_below_the_value(
    value, reachable, bound, lowered, monkeypatch
):
    case, start = tied_case(8)
    search = search_of(case, (A, B), start)
    monkeypatch.setattr(search, "_settled", lambda *asked: "a round")
    monkeypatch.setattr(search, "_chosen", lambda measure: value)
    monkeypatch.setattr(search, "_out_of_reach", lambda last, wanted, least, until: least > reachable)
    assert search._lowered(1, bound, Mixture(0.0, (0.05,), 0.0), 0.0) == lowered


@pytest.mark.parametrize("measure", [1, 2])
def test_only_what_is_counted_is_lowered(measure, monkeypatch):
    case, start = tied_case(8)
    search = search_of(case, (REVENUE, A), start)
    monkeypatch.setattr(search, "_out_of_reach", lambda *asked: True)
    assert search._lowered(measure, 10**6, Mixture(0.0, (0.05, 0.0)[:measure], 0.0), 0.0) == 10**6


@cache
def planned(seed, with_ways=True):
    """What the plan has of every goal, the most it can have with what it has of the goals before, and the bound."""
    (case, start), goals = tied_case(seed), (A, B)
    with pytest.MonkeyPatch.context() as patch:
        if not with_ways:
            patch.setattr(TiedSearch, "_lowered", lambda self, measure, bound, mixture, until: bound)
        point, bounds, _ = solve_tied(case, but_for_the_list_value(case), goals, SECONDS, start, 1, JointModel)
    plans = plans_of(case, goals)
    plans = plans[(plans[:, 0] >= case.total_low_yuan) & (plans[:, 0] <= case.total_high_yuan)]
    results = []
    for number, (goal, bound) in enumerate(zip(goals, bounds, strict=True), 1):
        value = value_of(goal, case, point)
        results.append((value, int(plans[:, number].max()), bound))
        plans = plans[plans[:, number] >= value]
    return results


@pytest.mark.parametrize("seed", [*range(5), *GAINING, 60, 102, 108, 119, 129, 287, 375, 398])
def test_every_bound_of_a_plan_holds_and_what_is_proven_is_best(seed):
    for value, best, bound in planned(seed):
        assert value <= best <= bound


def test_more_counts_are_proven_with_the_ways_than_without_them():
    with_ways, without = (
        sum(value == bound for seed in GAINING for value, _, bound in planned(seed, each)) for each in (True, False)
    )
    assert with_ways > without
