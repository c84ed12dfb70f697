"""The same launch as textbooks write it: x for every pick and step, y for every unit and step, one step each.

Variables   x_ek ∈ {0, 1} pick e is granted at step k ≤ top_e;  y_uk ∈ {0, 1} unit u stands at step k
Rows        Σ_k y_uk = 1;  x_ek ≤ y_uk;  Σ x ≤ 1 for a unit and for a buyer;  low ≤ Σ T_uk y_uk ≤ high
            y_lk + Σ_{q < need_k} y_hq ≤ 1 for neighbours in a stack;  caps;  nobody overtaken, step by step
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from sincerity.allocation.instance import Ints
from sincerity.pricing.problem import PricePoint, PriceProblem
from sincerity.pricing.programme import NO_LIMIT, Rows
from tests.pricing.wrong_answers.launches import GRADES, Crowded, turns


@dataclass
class Textbook:
    """The programme in arrays; columns are y by unit and step, then x by pick and step."""

    launch: Crowded
    problem: PriceProblem
    entries: list[tuple[list[tuple[int, int]], int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        instance, (units, steps) = self.problem.instance, self.problem.totals.shape
        self.steps = steps
        self.first = units * steps + np.append(0, np.cumsum(instance.pick_top_step + 1))
        self._price_rows()
        self._placement_rows()
        self._launch_rows()
        columns = int(self.first[-1])
        self.low, self.high = np.zeros(columns, dtype=np.int64), np.ones(columns, dtype=np.int64)
        self.whole = np.ones(columns, dtype=np.bool_)

    @property
    def rows(self) -> Rows:
        """All rows."""
        matrix = sp.lil_array((len(self.entries), len(self.low)), dtype=np.int64)
        for row, (items, _, _) in enumerate(self.entries):
            for column, weight in items:
                matrix[row, column] += weight
        low, high = (np.array([entry[side] for entry in self.entries], dtype=np.int64) for side in (1, 2))
        return Rows(sp.csr_array(matrix), low, high)

    def weights(self, by_grade: tuple[int, ...]) -> Ints:
        """(n,) the weight of a pick's grade at each of its columns."""
        instance = self.problem.instance
        of_pick = np.array(by_grade)[instance.grade[instance.pick_buyer]]
        before = np.zeros(self.first[0], dtype=np.int64)
        return np.append(before, np.repeat(of_pick, instance.pick_top_step + 1))

    def point_at(self, values: np.ndarray) -> PricePoint:
        """The point that the values stand for."""
        stands = values[: self.first[0]].reshape(-1, self.steps)
        granted = np.add.reduceat(values[self.first[0] :], self.first[:-1] - self.first[0])
        return PricePoint(np.flatnonzero(granted > 0.5), stands.argmax(axis=1))

    def _y(self, unit: int, step: int) -> int:
        return int(unit) * self.steps + int(step)

    def _x(self, pick: int) -> list[int]:
        return list(range(int(self.first[pick]), int(self.first[pick + 1])))

    def _at_most(self, columns: list[int], most: int, less: Sequence[int] = ()) -> None:
        items = [(column, 1) for column in columns] + [(column, -1) for column in less]
        self.entries.append((items, -NO_LIMIT, most))

    def _price_rows(self) -> None:
        problem, (units, steps) = self.problem, self.problem.totals.shape
        for unit in range(units):
            self.entries.append(([(self._y(unit, k), 1) for k in range(steps)], 1, 1))
        value = [(self._y(u, k), int(problem.totals[u, k])) for u in range(units) for k in range(steps)]
        self.entries.append((value, problem.total_low_yuan, problem.total_high_yuan))
        for lower, upper, need in zip(problem.stack_lower, problem.stack_upper, problem.stack_need, strict=True):
            for k in np.flatnonzero(need > 0).tolist():
                self._at_most([self._y(lower, k), *(self._y(upper, q) for q in range(need[k]))], 1)

    def _placement_rows(self) -> None:
        instance = self.problem.instance
        for owner, owners in ((instance.pick_unit, instance.unit_ids), (instance.pick_buyer, instance.buyer_ids)):
            for number in range(len(owners)):
                self._at_most([x for e in np.flatnonzero(owner == number).tolist() for x in self._x(e)], 1)
        for e, unit in enumerate(instance.pick_unit.tolist()):
            for k, x in enumerate(self._x(e)):
                self._at_most([x], 0, [self._y(unit, k)])

    def _launch_rows(self) -> None:
        instance, launch = self.problem.instance, self.launch
        grade, turn = instance.grade[instance.pick_buyer], turns(instance)
        for number in range(GRADES if launch.cap else 0):
            capped = np.flatnonzero(grade == number).tolist()
            self._at_most([x for e in capped for x in self._x(e)], launch.most_of_a_grade)
        for low, unit in enumerate(instance.pick_unit if launch.priority else ()):
            for high in np.flatnonzero((instance.pick_unit == unit) & (turn < turn[low])):
                own = instance.pick_buyer == instance.pick_buyer[high]
                kept = np.flatnonzero(own & (instance.pick_rank <= instance.pick_rank[high])).tolist()
                for x in self._x(low)[: instance.pick_top_step[high] + 1]:
                    self._at_most([x], 0, [better for e in kept for better in self._x(e)])
