"""The joint programme as whole numbers in arrays, read from what PuLP wrote, and goals and points in its columns.

Everything the solver is told, and everything its bounds are tested with, is taken from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from sincerity.allocation.goals import pick_weights
from sincerity.allocation.instance import Ints
from sincerity.pricing.model import Variables, write_programme
from sincerity.pricing.problem import LIST_VALUE, PricePoint, PriceProblem, value_of
from sincerity.settings import Goal

NO_LIMIT = 2**60
ABSENT = -1
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Rows:
    """Rows low ≤ A·v ≤ high in whole numbers, no entry stored that is 0; ``NO_LIMIT`` where a side is open."""

    matrix: sp.csr_array  # (R, n)
    low: Ints  # (R,)
    high: Ints  # (R,)

    def and_row(self, weights: Ints, low: int, high: int) -> Rows:
        """These rows and one more."""
        matrix = sp.vstack([self.matrix, sp.csr_array(weights[None, :])], format="csr")
        return Rows(sp.csr_array(matrix), np.append(self.low, low), np.append(self.high, high))

    def reach(self, low: Ints, high: Ints) -> tuple[Ints, Ints]:
        """(R,), (R,) the least and the most each row can sum up to with columns between these limits."""
        up, down = self._signed
        return up @ low + down @ high, up @ high + down @ low

    @cached_property
    def by_column(self) -> tuple[sp.csr_array, sp.csr_array]:
        """(n, R), (n, R) the entries, and the entries without their signs."""
        turned = sp.csr_array(self.matrix.T)
        return turned, sp.csr_array((np.abs(turned.data), turned.indices, turned.indptr), shape=turned.shape)

    @cached_property
    def largest(self) -> Ints:
        """(R,) the largest entry of each row without its sign."""
        largest = np.zeros(len(self.low), dtype=np.int64)
        np.maximum.at(largest, self.row_of_entry, np.abs(self.matrix.data))
        return largest

    @cached_property
    def row_of_entry(self) -> Ints:
        """(N,) the row each entry of the matrix stands in."""
        return np.repeat(np.arange(len(self.low)), np.diff(self.matrix.indptr))

    @cached_property
    def _signed(self) -> tuple[sp.csr_array, sp.csr_array]:
        """(R, n), (R, n) what is above and what is below 0."""
        return self._with(np.maximum(self.matrix.data, 0)), self._with(np.minimum(self.matrix.data, 0))

    def _with(self, data: Ints) -> sp.csr_array:
        return sp.csr_array((data, self.matrix.indices, self.matrix.indptr), shape=self.matrix.shape)


@dataclass(frozen=True)
class Programme:
    """The programme of one problem: n columns between whole limits, its rows, and where each variable stands."""

    problem: PriceProblem
    rows: Rows
    low: Ints  # (n,)
    high: Ints  # (n,)
    whole: Bools  # (n,) x and y
    pick: Ints  # (E,) column of x_e
    step: Ints  # (U, S−1) column of y_uk
    placed: Ints  # (U, S−1) column of z_uk; ABSENT where no buyer accepts the step
    missing: dict[int, int]  # column of s by layout group

    @cached_property
    def money(self) -> Ints:
        """(n,) what every column adds to the list value."""
        return goal_vector(LIST_VALUE, self)[0]


def programme_of(problem: PriceProblem) -> Programme:
    """The programme PuLP wrote, column for column and row for row."""
    written, variables = write_programme(problem)
    columns = {variable.name: place for place, variable in enumerate(variables.values())}
    lengths, entries, weights, low, high = [], [], [], [], []
    for row in written.constraints():
        items = [(columns[variable.name], weight) for variable, weight in row.items() if weight]
        lengths.append(len(items))
        entries += [column for column, _ in items]
        weights += [weight for _, weight in items]
        least, most = row.getLb(), row.getUb()
        low.append(-NO_LIMIT if least is None else int(least))
        high.append(NO_LIMIT if most is None else int(most))
    matrix = sp.csr_array(
        (np.array(weights, dtype=np.int64), np.array(entries, dtype=np.int32), np.append(0, np.cumsum(lengths))),
        shape=(len(lengths), len(columns)),
    )
    lowest = np.array([int(variable.lowBound) for variable in variables.values()], dtype=np.int64)
    highest = np.array([int(variable.upBound) for variable in variables.values()], dtype=np.int64)
    return Programme(
        problem, Rows(matrix, np.array(low, dtype=np.int64), np.array(high, dtype=np.int64)),
        lowest, highest, np.array([key[0] in "xy" for key in variables], dtype=np.bool_), *_places(problem, variables),
    )


def goal_vector(goal: Goal, programme: Programme) -> tuple[Ints, int]:
    """(n,) weights of the columns and a constant that together give the goal's value."""
    problem = programme.problem
    weights = np.zeros(len(programme.low), dtype=np.int64)
    if goal.goal == "layout_shortfall":
        weights[list(programme.missing.values())] = 1
        return weights, 0
    if goal.goal == "revenue":
        weights[programme.pick] = problem.totals[problem.instance.pick_unit, 0]
        there = programme.placed != ABSENT
        weights[programme.placed[there]] = np.diff(problem.totals, axis=1)[there]
        return weights, 0
    if goal.goal == LIST_VALUE.goal:
        weights[programme.step] = np.diff(problem.totals, axis=1)
        return weights, int(problem.totals[:, 0].sum())
    if goal.goal == "deviation":
        gap = np.abs(problem.totals - problem.base_total_yuan[:, None])
        weights[programme.step] = np.diff(gap, axis=1)
        return weights, int(gap[:, 0].sum())
    weights[programme.pick] = pick_weights(goal, problem.instance)
    return weights, 0


@dataclass(frozen=True)
class Aim:
    """Goals to be made as large as possible together: each with a factor, below 0 where less is better."""

    parts: tuple[tuple[Goal, int], ...]

    @staticmethod
    def of(goal: Goal) -> Aim:
        """One goal alone."""
        return Aim(((goal, 1 if goal.sense == "max" else -1),))

    def vector(self, programme: Programme) -> tuple[Ints, int]:
        """(n,) weights of the columns and a constant."""
        vectors = [(factor, goal_vector(goal, programme)) for goal, factor in self.parts]
        weights = np.sum([factor * weights for factor, (weights, _) in vectors], axis=0)
        return weights, sum(factor * constant for factor, (_, constant) in vectors)

    def value(self, problem: PriceProblem, point: PricePoint) -> int:
        """What the point reaches."""
        return sum(factor * value_of(goal, problem, point) for goal, factor in self.parts)


def values_at(programme: Programme, point: PricePoint) -> Ints:
    """(n,) every column's value at the point."""
    problem, instance = programme.problem, programme.problem.instance
    values = np.zeros(len(programme.low), dtype=np.int64)
    values[programme.pick[point.picks]] = 1
    stands = np.arange(1, problem.totals.shape[1]) <= point.steps[:, None]
    values[programme.step] = stands
    placed = np.zeros(len(point.steps), dtype=np.bool_)
    placed[instance.pick_unit[point.picks]] = True
    there = programme.placed != ABSENT
    values[programme.placed[there]] = (stands & placed[:, None])[there]
    by_layout = np.bincount(instance.unit_layout[instance.pick_unit[point.picks]], minlength=len(instance.layouts))
    short = np.maximum([*(instance.layout_min - by_layout), instance.all_min - len(point.picks)], 0)
    for group, column in programme.missing.items():
        values[column] = short[group]
    return values


def point_at(programme: Programme, values: npt.NDArray[np.float64]) -> PricePoint:
    """The point that the columns' values, whole but for rounding, stand for."""
    raised = values[programme.step] > 0.5
    return PricePoint(np.flatnonzero(values[programme.pick] > 0.5), raised.sum(axis=1))


def _places(problem: PriceProblem, variables: Variables) -> tuple[Ints, Ints, Ints, dict[int, int]]:
    units, steps = problem.totals.shape
    pick = np.zeros(len(problem.instance.pick_buyer), dtype=np.int64)
    step = np.full((units, steps - 1), ABSENT, dtype=np.int64)
    placed, missing = step.copy(), {}
    for column, (name, number, k) in enumerate(variables):
        if name == "x":
            pick[number] = column
        elif name == "s":
            missing[number] = column
        else:
            (step if name == "y" else placed)[number, k - 1] = column
    return pick, step, placed, missing
