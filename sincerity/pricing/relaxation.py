"""The relaxation of a face and of its parts, and what its optimum proves; every run goes on from the last one's basis.

The solver is told the core of a face only: what is settled and what nobody disputes stays out. What is proven is proven
of the whole face.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sincerity.allocation.instance import Ints
from sincerity.pricing.certificate import Bound, proven_bound
from sincerity.pricing.face import Core, Face, core_of
from sincerity.pricing.programme import Bools
from sincerity.pricing.solver import (
    INFEASIBLE,
    OPTIMAL,
    Basis,
    Floats,
    Solver,
    begin_at,
    loaded,
    ray_of,
    row_scales,
    scale_of,
    set_costs,
)

NEAR_WHOLE = 1e-6  # a value this near to whole is read as whole
WORTH = 0.6  # of the columns, at most: loading fewer takes as long as a run or two
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


@dataclass(frozen=True)
class Loaded:
    """The core of a face in a solver, and the goal it was loaded for."""

    face: Face
    core: Core
    weights: Ints  # (n,)
    constant: int
    solver: Solver
    ended: Basis | None = None  # of the corner of the face

    @staticmethod
    def of(face: Face, core: Core, weights: Ints, constant: int) -> Loaded:
        """The core in a solver of its own."""
        solver = loaded(core.rows, core.low, core.high, None)
        solver.setOptionValue("presolve", "off")
        set_costs(solver, weights[core.columns] / scale_of(weights))
        return Loaded(face, core, weights, constant, solver)

    def serves(self, face: Face, weights: Ints) -> bool:
        """Whether the core is that of ``face`` for these weights, too."""
        return self.face is face and np.array_equal(np.sign(self.weights), np.sign(weights))

    def turned_to(self, weights: Ints, constant: int) -> Loaded:
        """The same core for weights it serves."""
        self.limit(self.face)
        if self.ended is not None:
            self.solver.setBasis(self.ended)
        set_costs(self.solver, weights[self.core.columns] / scale_of(weights))
        return replace(self, weights=weights, constant=constant)

    def at_its_end(self) -> Loaded:
        """The same, with what the run of its face ended with."""
        return replace(self, ended=self.solver.getBasis())

    def limit(self, part: Face) -> None:
        """Take the columns' limits from a part of the face."""
        columns = self.core.columns
        places = np.arange(len(columns), dtype=np.int32)
        low, high = part.low[columns], part.high[columns]
        self.solver.changeColsBounds(len(places), places, low.astype(float), high.astype(float))

    def corner(self, part: Face, strategy: int, seconds: float) -> Corner | None:
        """The best corner of the part whose limits stand in the solver; None when time ran out or nothing is proven."""
        self.solver.setOptionValue("simplex_strategy", strategy)
        self.solver.setOptionValue("time_limit", self.solver.getRunTime() + max(seconds, 0.0))  # it counts all runs
        self.solver.run()
        status = self.solver.getModelStatus()
        if status == OPTIMAL or not len(self.core.columns):
            solution = self.solver.getSolution()
            values = self.core.settled.astype(float)
            values[self.core.columns] = solution.col_value
            prices = self._prices(part, np.array(solution.row_dual) * scale_of(self.weights))
            return Corner(proven_bound(part.rows, part.low, part.high, self.weights, self.constant, prices), values)
        if status == INFEASIBLE and strategy == PRIMAL:
            return self.corner(part, DUAL, seconds)  # which alone knows a ray
        return Corner(None, self.core.settled.astype(float)) if status == INFEASIBLE and self.is_empty(part) else None

    def is_empty(self, part: Face) -> bool:
        """Whether the solver's ray proves, in whole numbers, that nothing is worth 0 on the part."""
        ray = ray_of(self.solver)
        if ray is None or not np.abs(ray).max(initial=0.0):
            return False
        prices = self._prices(part, ray / np.abs(ray).max())  # of any length they show the same
        nothing = np.zeros(len(part.low), dtype=np.int64)
        return any(
            proven_bound(part.rows, part.low, part.high, nothing, 0, sign * prices).scaled < 0 for sign in (1, -1)
        )

    def _prices(self, part: Face, duals: Floats) -> Floats:
        """(R,) the duals as prices of the part's rows; what the core leaves out costs nothing."""
        prices = np.zeros(len(part.rows.low))
        prices[self.core.said] = duals / row_scales(self.core.rows)
        return prices


class Relaxation:
    """The relaxations of a face that changes. ``seconds`` is what their runs took so far."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._face: Loaded | None = None
        self._part: Loaded | None = None  # of the face; what is looked at now

    def corner(self, face: Face, weights: Ints, constant: int, seconds: float) -> Corner | None:
        """The face's best corner for weights·v + constant; None when time ran out or nothing is proven."""
        last = self._face
        if last is not None and last.serves(face, weights):
            now = last.turned_to(weights, constant)
        else:
            core = core_of(face, weights)
            if core is None:
                return Corner(None, face.low.astype(float))
            now = Loaded.of(face, core, weights, constant)
            if last is not None and last.ended is not None:
                begin_at(now.solver, core.columns, core.said, last.ended, last.core.columns, last.core.said)
        corner = self._run(now, face, PRIMAL, seconds)
        self._face = self._part = now.at_its_end()
        return corner

    def worth_narrowing_to(self, part: Face) -> bool:
        """Whether the part leaves much less open than what is looked at now."""
        columns = self._looked_at.core.columns
        return int((part.low < part.high)[columns].sum()) <= WORTH * len(columns)

    def narrow(self, part: Face) -> None:
        """From here on corners are asked of parts of this part alone, for the same goal."""
        wider = self._looked_at
        core = core_of(part, wider.weights)
        if core is not None:
            self._part = Loaded.of(part, core, wider.weights, wider.constant)
            begin_at(
                self._part.solver, core.columns, core.said, wider.solver.getBasis(), wider.core.columns, wider.core.said
            )

    def corner_within(self, part: Face, seconds: float) -> Corner | None:
        """The best corner of a part, for the same goal."""
        self._looked_at.limit(part)
        return self._run(self._looked_at, part, DUAL, seconds)

    @property
    def _looked_at(self) -> Loaded:
        if self._part is None:
            raise RuntimeError("a part was asked for before the corner of its face")
        return self._part

    def _run(self, now: Loaded, part: Face, strategy: int, seconds: float) -> Corner | None:
        before = now.solver.getRunTime()
        corner = now.corner(part, strategy, seconds)
        self.seconds += now.solver.getRunTime() - before
        return corner
