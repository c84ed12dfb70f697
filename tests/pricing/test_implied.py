"""What rows imply: no limit cuts off a whole point, no end given away costs a best one, no row left out can be broken.

Held against every whole point of small integer programmes, and against every point of small launches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest
import scipy.sparse as sp

from sincerity.allocation.instance import Ints
from sincerity.pricing.face import Face, core_of
from sincerity.pricing.implied import undisputed
from sincerity.pricing.programme import NO_LIMIT, Aim, Bools, Rows, programme_of, values_at
from sincerity.settings import Goal
from tests.pricing.small import GOALS, every_point, random_problem

SEEDS, DRAWN = range(10), 30
AIMS = tuple(Aim.of(goal) for goal in (Goal("layout_shortfall", "min"), *GOALS))


def face_of(weights, bottom, top, low, high) -> Face:
    rows = Rows(sp.csr_array(np.array(weights, dtype=np.int64)), np.array(bottom), np.array(top))
    return Face(rows, np.array(low), np.array(high))


def random_face(rng: np.random.Generator) -> Face:
    """Rows through one point mostly, others through points of their own; some in money, empty, open or unkeepable."""
    columns, rows = int(rng.integers(3, 7)), int(rng.integers(1, 6))
    low = rng.integers(-2, 2, columns)
    high = np.minimum(low + rng.integers(0, 4, columns), 3)
    weights = rng.integers(-3, 4, (rows, columns)) * (rng.random((rows, columns)) < 0.6)
    weights *= np.where(rng.random((rows, 1)) < 0.3, rng.integers(90_000, 110_000, (rows, columns)), 1)
    weights *= rng.random((rows, 1)) < 0.9
    shared, own = rng.integers(low, high + 1), rng.integers(low, high + 1, (rows, columns))
    through = (weights * np.where(rng.random((rows, 1)) < 0.6, shared, own)).sum(axis=1)
    through += rng.random(rows) < 0.05
    below, above = rng.integers(0, 3, (2, rows)) * np.abs(weights).max(axis=1) // 3
    bottom = np.where(rng.random(rows) < 0.35, -NO_LIMIT, through - below)
    top = np.where(rng.random(rows) < 0.35, NO_LIMIT, through + above)
    return face_of(weights, bottom, top, low, high)


@cache
def random_faces(seed: int) -> tuple[Face, ...]:
    rng = np.random.default_rng(seed)
    return tuple(random_face(rng) for _ in range(DRAWN))


def aimed_faces(seed: int) -> Iterator[tuple[Face, Ints]]:
    rng = np.random.default_rng(100 + seed)
    for face in random_faces(seed):
        weights = rng.integers(-2, 3, len(face.low)) * rng.choice([0, 1, 1_000])
        yield face, weights + rng.integers(-1, 2, len(face.low))


def box(low: Ints, high: Ints) -> Ints:
    """(P, n) every whole point between the limits."""
    every = list(product(*map(range, low, high + 1)))
    return np.array(every, dtype=np.int64).reshape(len(every), len(low))


def keeps(rows: Rows, points: Ints) -> Bools:
    sums = points @ rows.matrix.toarray().T
    return ((sums >= rows.low) & (sums <= rows.high)).all(axis=1)


def points_of(face: Face) -> Ints:
    every = box(face.low, face.high)
    return every[keeps(face.rows, every)]


def best_of(face: Face, weights: Ints) -> int | None:
    return max((points_of(face) @ weights).tolist(), default=None)


def same_limits(face: Face, other: Face) -> bool:
    return np.array_equal(face.low, other.low) and np.array_equal(face.high, other.high)


def tightened(face: Face) -> tuple[list[int], list[int]] | None:
    tight = face.tightened()
    return None if tight is None else (tight.low.tolist(), tight.high.tolist())


def test_what_is_drawn_has_points_or_none_and_is_narrowed_or_not():
    drawn = [face for seed in SEEDS for face in random_faces(seed)]
    left = [face.tightened() for face in drawn]
    without = sum(not len(points_of(face)) for face in drawn)
    narrowed = sum(not (tight is None or same_limits(tight, face)) for face, tight in zip(drawn, left, strict=True))
    assert 20 < left.count(None) < without
    assert 100 < narrowed < len(drawn) - without - 50


@pytest.mark.parametrize("seed", SEEDS)
def test_a_row_reaches_from_its_least_sum_to_its_most_and_knows_its_largest_entry(seed):
    for face in random_faces(seed):
        dense = face.rows.matrix.toarray()
        sums = box(face.low, face.high) @ dense.T
        least, most = face.rows.reach(face.low, face.high)
        assert least.tolist() == sums.min(axis=0).tolist() and most.tolist() == sums.max(axis=0).tolist()
        assert face.rows.largest.tolist() == np.abs(dense).max(axis=1).tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_whole_point_stays_within_the_implied_limits(seed):
    for face in random_faces(seed):
        points, tight = points_of(face), face.tightened()
        if tight is None:
            assert not len(points)
            continue
        assert (tight.low >= face.low).all() and (tight.high <= face.high).all() and (tight.low <= tight.high).all()
        assert points_of(tight).tolist() == points.tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_implied_limits_imply_no_more(seed):
    for face in random_faces(seed):
        tight = face.tightened()
        assert tight is None or same_limits(tight.tightened(), tight)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_side_of_a_row_alone_narrows_the_implied_limits(seed):
    for face in random_faces(seed):
        tight = face.tightened()
        if tight is None:
            continue
        every = box(tight.low, tight.high)
        sums = every @ face.rows.matrix.toarray().T
        for row in np.flatnonzero(face.rows.largest):
            for side in (sums[:, row] >= face.rows.low[row], sums[:, row] <= face.rows.high[row]):
                assert every[side].min(axis=0).tolist() == tight.low.tolist()
                assert every[side].max(axis=0).tolist() == tight.high.tolist()


def test_limits_pass_along_a_chain():
    links = np.eye(4, 5, dtype=np.int64) - np.eye(4, 5, 1, dtype=np.int64)  # y5 ≤ y4 ≤ y3 ≤ y2 ≤ y1
    chain = face_of(links, [0] * 4, [NO_LIMIT] * 4, [0] * 5, [1] * 5)
    last_stands, first_falls = np.array([0, 0, 0, 0, 1]), np.array([0, 1, 1, 1, 1])
    assert tightened(chain) == ([0] * 5, [1] * 5)
    assert tightened(replace(chain, low=last_stands)) == ([1] * 5, [1] * 5)
    assert tightened(replace(chain, high=first_falls)) == ([0] * 5, [0] * 5)
    assert tightened(replace(chain, low=last_stands, high=first_falls)) is None


@pytest.mark.parametrize("side", [(1, NO_LIMIT), (-NO_LIMIT, -1)])
def test_an_empty_row_that_cannot_be_kept_leaves_nothing(side):
    assert tightened(face_of([[0, 0], [1, 1]], [side[0], 0], [side[1], 2], [0, 0], [1, 1])) is None


def test_money_left_over_is_counted_in_whole_columns():
    money = [[1_000_000, 300_000, -200_000]]
    assert tightened(face_of(money, [-NO_LIMIT], [999_999], [0] * 3, [3] * 3)) == ([0, 0, 0], [1, 3, 3])
    assert tightened(face_of(money, [3_900_000], [NO_LIMIT], [0] * 3, [3] * 3)) == ([3, 3, 0], [3, 3, 0])
    assert tightened(face_of(money, [3_900_001], [NO_LIMIT], [0] * 3, [3] * 3)) is None


def test_limits_given_are_left_as_they_are():
    low, high = np.array([0, 0]), np.array([1, 1])
    face = face_of([[1, 0]], [1], [1], low, high)
    assert tightened(face) == ([1, 0], [1, 1])
    undisputed(face.rows, face.low, face.high, np.array([1, 1]))
    assert face.low.tolist() == [0, 0] and face.high.tolist() == [1, 1]


@pytest.mark.parametrize("seed", SEEDS)
def test_ends_that_nothing_disputes_hold_a_best_point(seed):
    for face, weights in aimed_faces(seed):
        part = Face(face.rows, *undisputed(face.rows, face.low, face.high, weights))
        moved = (part.low != face.low) | (part.high != face.high)
        assert (part.low == part.high)[moved].all()
        assert ((part.low == face.low) | (part.low == face.high)).all()
        assert best_of(part, weights) == best_of(face, weights)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_column_left_free_breaks_a_row_at_every_end_its_weight_leaves_it(seed):
    for face, weights in aimed_faces(seed):
        rows = face.rows
        low, high = undisputed(rows, face.low, face.high, weights)
        dense = rows.matrix.toarray()
        sums = box(low, high) @ dense.T
        over, under = (sums > rows.high).any(axis=0), (sums < rows.low).any(axis=0)
        for column in np.flatnonzero(low < high):
            more, less = dense[:, column] > 0, dense[:, column] < 0
            assert weights[column] < 0 or (more & over).any() or (less & under).any()
            assert weights[column] > 0 or (more & under).any() or (less & over).any()


def test_columns_move_where_their_weight_and_their_rows_let_them_and_leave_the_core():
    capped = [[1, 1, 0, 0]]  # the others are in no row
    face = face_of(capped, [-NO_LIMIT], [1], [0] * 4, [1] * 4)
    low, high = undisputed(face.rows, face.low, face.high, np.array([2, -1, 1, 0]))
    assert low.tolist() == high.tolist() == [1, 0, 1, 0]  # the second falls, and the cap lets the first rise
    assert not len(core_of(face, np.array([2, -1, 1, 0])).columns)
    low, high = undisputed(face.rows, face.low, face.high, np.array([2, 1, 1, 0]))
    assert low.tolist() == [0, 0, 1, 0] and high.tolist() == [1, 1, 1, 0]
    core = core_of(face, np.array([2, 1, 1, 0]))
    assert core.columns.tolist() == [0, 1] and core.settled.tolist() == [0, 0, 1, 0]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_core_says_of_its_columns_what_the_face_says(seed):
    for face, weights in aimed_faces(seed):
        core = core_of(face, weights)
        if core is None:
            assert not len(points_of(face))
            continue
        inside = box(core.low, core.high)
        full = np.tile(core.settled, (len(inside), 1))
        assert not full[:, core.columns].any() and (core.low < core.high).all()
        full[:, core.columns] = inside
        kept = keeps(core.rows, inside)
        assert kept.tolist() == keeps(face.rows, full).tolist()
        assert max((full[kept] @ weights).tolist(), default=None) == best_of(face, weights)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_core_has_no_row_that_cannot_be_broken_and_open_sides_stay_open(seed):
    for face, weights in aimed_faces(seed):
        core = core_of(face, weights)
        if core is not None:
            sums = box(core.low, core.high) @ core.rows.matrix.toarray().T
            assert ((sums < core.rows.low) | (sums > core.rows.high)).any(axis=0).all()
            assert ((core.rows.low == -NO_LIMIT) == (face.rows.low[core.said] == -NO_LIMIT)).all()
            assert ((core.rows.high == NO_LIMIT) == (face.rows.high[core.said] == NO_LIMIT)).all()


def test_a_face_with_crossed_limits_or_an_unkeepable_row_has_no_core():
    weights = np.array([1, 1])
    assert core_of(face_of([[1, 1]], [0], [2], [0, 1], [1, 0]), weights) is None
    assert core_of(face_of([[1, 1]], [3], [NO_LIMIT], [0, 0], [1, 1]), weights) is None
    assert core_of(face_of([[1, 1]], [-NO_LIMIT], [-1], [0, 0], [1, 1]), weights) is None
    assert core_of(face_of([[0, 0]], [1], [1], [0, 0], [1, 1]), weights) is None


@pytest.mark.parametrize("seed", [5, 6, 7, 8, 10])
def test_a_tightened_face_holds_every_point_of_the_launch_that_the_face_holds(seed):
    case = random_problem(np.random.default_rng(seed), buyers=3)
    programme, points = programme_of(case), list(every_point(case))
    columns, narrowed = np.array([values_at(programme, point) for point in points]), 0
    for aim in AIMS:
        values = np.array([aim.value(case, point) for point in points])
        worst, middle, best = np.sort(values)[[0, len(values) // 2, -1]].tolist()
        for least, most in ((best, NO_LIMIT), (worst, worst), (middle, best)):
            face = Face.of(programme).holding(programme, aim, least, most)
            tight = face.tightened()
            held = keeps(face.rows, columns)
            assert held.tolist() == ((values >= least) & (values <= most)).tolist()
            assert ((columns[held] >= tight.low) & (columns[held] <= tight.high)).all()
            assert tight.rows is face.rows and tight.held == face.held
            narrowed += not same_limits(tight, face)
    assert narrowed > 0
