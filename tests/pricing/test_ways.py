"""The ways of a zone near its best, held against all its points, and their sums, held against every selection."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from sincerity.pricing import solve, ways, zones
from sincerity.pricing.choice import Tie
from sincerity.pricing.problem import LIST_VALUE
from sincerity.pricing.programme import NO_LIMIT, Aim
from sincerity.pricing.search import JointModel
from sincerity.pricing.start_plans import kept, prices_alone
from sincerity.pricing.tied import TiedSearch, solve_tied
from sincerity.pricing.ways import Way, adds_up, ways_near_best
from sincerity.pricing.zones import but_for_the_list_value
from sincerity.settings import Goal
from tests.pricing.small import every_point
from tests.pricing.test_tied import zoned_problem
from tests.pricing.test_tree import cases

A, B = (Goal("placed", "max", (grade,)) for grade in "AB")
COUNTS = (Aim.of(A), Aim.of(B))
SECONDS = 20.0


def priced(rng):
    """A count and prices on the list value and the other count, in whole numbers."""
    return Aim(((B, 1_000), (A, int(rng.integers(-500, 2_000))), (LIST_VALUE, int(rng.integers(-90, 90)))))


def best_by_counts(case, points, aim, least):
    """The best value of every combination of counts that some point worth ``least`` has."""
    best: dict[tuple[int, ...], int] = {}
    for point in points:
        key, value = tuple(count.value(case, point) for count in COUNTS), aim.value(case, point)
        if value >= max(least, best.get(key, least)):
            best[key] = value
    return best


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("spare", [0, 200, 1_500, 10_000])
def test_the_ways_are_the_best_points_of_all_counts_near_the_best(seed, spare):
    rng = np.random.default_rng(seed)
    for case, points in cases():
        aim, model = priced(rng), JointModel(case, SECONDS)
        face, least = model.face, max(aim.value(case, point) for point in points) - spare
        found = ways_near_best(model, aim, COUNTS, least)
        expected = best_by_counts(case, points, aim, least)
        values = {tuple(count.value(case, way) for count in COUNTS): aim.value(case, way) for way in found}
        assert values == expected and len(found) == len(expected)
        assert model.face is face


def test_nothing_is_said_of_ways_without_time_or_where_they_are_many(monkeypatch):
    aim, many = Aim(((B, 1), (A, 1))), 0
    for case, points in cases():
        every = len(best_by_counts(case, points, aim, 0))
        monkeypatch.setattr(ways, "MOST_WAYS", every)
        assert len(ways_near_best(JointModel(case, SECONDS), aim, COUNTS, 0)) == every
        monkeypatch.setattr(ways, "MOST_WAYS", every - 1)
        assert ways_near_best(JointModel(case, SECONDS), aim, COUNTS, 0) is None
        many += every > 2
        above = max(aim.value(case, point) for point in points) + 1
        assert ways_near_best(JointModel(case, SECONDS), aim, COUNTS, above) == ()
    assert many > 3
    silent = JointModel(case, SECONDS)
    silent.corner = lambda aim, seconds: None
    assert ways_near_best(silent, aim, COUNTS, 0) is None


def test_the_boxes_around_a_combination_hold_every_other_one_once():
    box, here = ((0, 3), (-1, 2), (0, 1)), [2, 0, 1]
    boxes = ways._around(box, here)
    for each in product(*(range(low, high + 1) for low, high in box)):
        inside = [all(low <= n <= high for n, (low, high) in zip(each, other, strict=True)) for other in boxes]
        assert sum(inside) == (list(each) != here)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("price", [3, -3, 0])
def test_sums_are_those_of_every_selection(seed, price):
    rng = np.random.default_rng(seed)
    each = [rng.integers(0, 5, (rng.integers(1, 4), 3)) * [7, 1, 1] for _ in range(4)]
    worth = [price * zone[:, 0] + 20 * zone[:, 1] + 11 * zone[:, 2] for zone in each]
    zones_ways = [
        [Way(int(values.max() - value), tuple(row)) for value, row in zip(values, zone.tolist(), strict=True)]
        for values, zone in zip(worth, each, strict=True)
    ]
    middle = sum(zone[0] for zone in each)
    low, high = (middle[0] if price > 0 else -NO_LIMIT), (middle[0] if price < 0 else NO_LIMIT)
    ties = (Tie(0, low, high), Tie(1, middle[1], NO_LIMIT), Tie(2, middle[2] + int(rng.integers(0, 3)), NO_LIMIT))
    spare = int(rng.integers(0, 80))
    expected = any(
        sum(way.loss for way in chosen) <= spare
        and all(tie.low <= sum(way.values[tie.measure] for way in chosen) <= tie.high for tie in ties)
        for chosen in product(*zones_ways)
    )
    assert adds_up(zones_ways, spare, ties) == expected


def test_too_many_sums_prove_nothing_and_a_zone_without_a_way_proves_all(monkeypatch):
    one, impossible = [Way(0, (0, 0)), Way(0, (0, 1))], (Tie(1, 9, NO_LIMIT),)
    assert not adds_up([one, one], 0, impossible)
    assert not adds_up([one, []], 0, ()) and not adds_up([[], one], 0, ())
    monkeypatch.setattr(ways, "MOST_SUMS", 2)
    assert adds_up([one, one], 0, impossible)


def placed_by_trying(case, held):
    """The most in B with A at least ``held``, of all combinations of the zones' points within the list value."""
    measures = [Aim.of(goal) for goal in (LIST_VALUE, A, B)]
    sums = {(0, 0, 0)}
    for zone in but_for_the_list_value(case):
        rows = {tuple(aim.value(zone.problem, point) for aim in measures) for point in every_point(zone.problem)}
        sums = {tuple(a + b for a, b in zip(one, row, strict=True)) for one in sums for row in rows}
    allowed = [row for row in sums if case.total_low_yuan <= row[0] <= case.total_high_yuan]
    return max((a for _, a, _ in allowed), default=0), max((b for _, a, b in allowed if a >= held), default=0)


def test_counts_are_proven_that_prices_alone_leave_open_and_never_wrongly(monkeypatch):
    monkeypatch.setattr(zones, "FEWEST_UNITS", 1)
    monkeypatch.setattr(solve, "LARGEST_SEARCH_UNITS", 0)
    proven = {True: 0, False: 0}
    lowered = TiedSearch._lowered
    for seed in range(24):
        rng = np.random.default_rng(seed)
        case = zoned_problem(rng, slack=int(rng.integers(0, 2)))
        start = prices_alone(case, kept(case), 10)
        if start is None:
            continue
        for closing in (True, False):
            monkeypatch.setattr(
                TiedSearch, "_lowered", lowered if closing else lambda self, measure, bound, mixture, until: bound
            )
            zones_of = but_for_the_list_value(case)
            point, bounds, _ = solve_tied(case, zones_of, (A, B), SECONDS, start, 1, JointModel)
            values = [Aim.of(goal).value(case, point) for goal in (A, B)]
            best = placed_by_trying(case, values[0])
            assert all(value <= most <= bound for value, most, bound in zip(values, best, bounds, strict=True))
            proven[closing] += sum(value == bound for value, bound in zip(values, bounds, strict=True))
    assert proven[True] > proven[False]
