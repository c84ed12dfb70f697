"""The relaxation of a face that changes, and what its optimum proves; every run goes on from the last one's basis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sincerity.allocation.instance import Ints
from sincerity.pricing.certificate import Bound, proven_bound
from sincerity.pricing.face import Face
from sincerity.pricing.programme import Bools, Rows
from sincerity.pricing.solver import (
    INFEASIBLE,
    OPTIMAL,
    Basis,
    Floats,
    loaded,
    ray_of,
    row_scales,
    scale_of,
    set_costs,
    sides,
)

NEAR_WHOLE = 1e-6  # a value this near to whole is read as whole
DUAL, PRIMAL = 1, 4


@dataclass(frozen=True)
class Corner:
    """An optimum of the relaxation: what it proves of the face, and the columns' values.

    Without ``bound`` it is proven that the face has no point.
    """

    bound: Bound | None
    values: Floats  # (n,)

    def split(self, whole: Bools) -> Floats:
        """(n,) how far from whole every column is that has to be; 0 for the others."""
        away = np.where(whole, np.abs(self.values - np.rint(self.values)), 0.0)
        return np.where(away > NEAR_WHOLE, away, 0.0)


class Relaxation:
    """The solver's copy of a face, whole columns let loose. ``seconds`` is what its runs took so far."""

    def __init__(self, face: Face) -> None:
        self._solver = loaded(face.rows, face.low, face.high, None)
        self._solver.setOptionValue("presolve", "off")
        self._face = face
        self._factors = row_scales(face.rows.matrix)
        self._basis: Basis | None = None  # of the face's last corner, while the solver is at a part of it

    @property
    def seconds(self) -> float:
        """What all runs took."""
        return self._solver.getRunTime()

    def follow(self, face: Face) -> None:
        """Take over what the face holds and has settled, and go on from the last face's corner."""
        if self._basis is not None:
            self._solver.setBasis(self._basis)
            self._basis = None
        held, now = self._face.held, face.held
        pairs = zip(held, now, strict=False)
        same = next((n for n, (one, other) in enumerate(pairs) if one != other), min(len(held), len(now)))
        first = face.rows.matrix.shape[0] - len(now)
        self._solver.deleteRows(len(held) - same, np.arange(first + same, first + len(held), dtype=np.int32))
        self._factors = row_scales(face.rows.matrix)
        for row in range(first + same, first + len(now)):
            self._add(face.rows, row)
        self._face = face
        self._limit(face.low, face.high)

    def corner(self, weights: Ints, constant: int, seconds: float) -> Corner | None:
        """The face's best corner for weights·v + constant; None when time ran out or nothing is proven."""
        return self._run(weights, constant, self._face, PRIMAL, seconds)

    def corner_within(self, weights: Ints, constant: int, part: Face, seconds: float) -> Corner | None:
        """The same of a part of the face, which differs from it by the columns' limits alone."""
        if self._basis is None:
            self._basis = self._solver.getBasis()
        self._limit(part.low, part.high)
        return self._run(weights, constant, part, DUAL, seconds)

    def _run(self, weights: Ints, constant: int, face: Face, strategy: int, seconds: float) -> Corner | None:
        scale = scale_of(weights)
        set_costs(self._solver, weights / scale)
        self._solver.setOptionValue("simplex_strategy", strategy)
        self._solver.setOptionValue("time_limit", self._solver.getRunTime() + max(seconds, 0.0))  # it counts all runs
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == OPTIMAL:
            solution = self._solver.getSolution()
            duals = np.array(solution.row_dual) * scale / self._factors
            bound = proven_bound(face.rows, face.low, face.high, weights, constant, duals)
            return Corner(bound, np.array(solution.col_value))
        if status == INFEASIBLE and self._proves_empty(face):
            return Corner(None, np.zeros(len(face.low)))
        return None

    def _proves_empty(self, face: Face) -> bool:
        """Whether the solver's ray proves, in whole numbers, that nothing is worth 0 on the face."""
        ray = ray_of(self._solver)
        if ray is None or not np.abs(ray).max(initial=0.0):
            return False
        prices = ray / self._factors / np.abs(ray).max()  # of any length they show the same
        nothing = np.zeros(len(face.low), dtype=np.int64)
        return any(
            proven_bound(face.rows, face.low, face.high, nothing, 0, sign * prices).scaled < 0 for sign in (1, -1)
        )

    def _limit(self, low: Ints, high: Ints) -> None:
        every = np.arange(len(low), dtype=np.int32)
        self._solver.changeColsBounds(len(every), every, low.astype(float), high.astype(float))

    def _add(self, rows: Rows, row: int) -> None:
        entries = rows.matrix[[row]]
        factor = self._factors[row]
        low, high = sides(rows.low[[row]], rows.high[[row]], factor)
        self._solver.addRow(
            float(low[0]), float(high[0]), entries.nnz, entries.indices.astype(np.int32), entries.data / factor
        )
