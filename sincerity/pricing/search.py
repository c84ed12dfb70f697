"""The joint programme in the solver's hands: bounds of its relaxation, and searches of what those leave open.

A face is what is known of the points still in question: goals held as rows, and columns that a proven bound has
settled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from sincerity.allocation.instance import Ints
from sincerity.pricing.certificate import Bound, proven_bound
from sincerity.pricing.problem import PricePoint, PriceProblem
from sincerity.pricing.programme import NO_LIMIT, Aim, Programme, Rows, point_at, programme_of, values_at
from sincerity.pricing.solver import (
    INFEASIBLE,
    OPTIMAL,
    REFUTING,
    Floats,
    Options,
    Solver,
    begin_at,
    loaded,
    point_of,
    row_scales,
    scale_of,
    set_costs,
    set_options,
    sides,
)
from sincerity.settings import Goal

NEAR = 1e-6  # a value this near to whole is read as whole
PRIMAL = 4
DEVIATION = Aim.of(Goal("deviation", "min"))


@dataclass(frozen=True)
class Found:
    """What a search gave: a point, or None; a bound, or None; whether it came to its end."""

    point: PricePoint | None
    bound: float | None
    finished: bool


@dataclass(frozen=True)
class Held:
    """An aim that stands between two values from now on."""

    aim: Aim
    least: int
    most: int


@dataclass(frozen=True)
class Face:
    """Rows, of which the last are those of what is held, and the limits of the columns."""

    rows: Rows
    low: Ints
    high: Ints
    held: tuple[Held, ...] = ()


class JointModel:
    """The programme, the face the search stands on, and the seconds the solver may still use."""

    def __init__(self, problem: PriceProblem, seconds_left: float) -> None:
        self.problem = problem
        self.seconds_left = seconds_left
        self.programme = programme_of(problem)
        self.face = Face(self.programme.rows, self.programme.low, self.programme.high)
        self._relaxed: _Relaxation | None = None

    def hold(self, aim: Aim, least: int, most: int = NO_LIMIT) -> None:
        """(Hg) from now on ``aim`` stands between ``least`` and ``most``."""
        weights, constant = aim.vector(self.programme)
        high = NO_LIMIT if most == NO_LIMIT else most - constant
        rows = self.face.rows.and_row(weights, least - constant, high)
        self.face = replace(self.face, rows=rows, held=(*self.face.held, Held(aim, least, most)))

    def settle(self, bound: Bound, wanted: int) -> None:
        """Narrow the face to the points that reach ``wanted``, as far as the bound's prices tell."""
        self.face = self._settled(bound, wanted)

    def keeps_held(self, point: PricePoint) -> bool:
        """Whether the point gives up no held goal, counted in integers."""
        return all(held.aim.value(self.problem, point) >= held.least for held in self.face.held)

    def contains(self, point: PricePoint) -> bool:
        """Whether the point lies on the face: nothing that was held or settled has cut it off."""
        values, face = values_at(self.programme, point), self.face
        sums = face.rows.matrix @ values
        within = (values >= face.low) & (values <= face.high)
        return bool(within.all() and (sums >= face.rows.low).all() and (sums <= face.rows.high).all())

    def bound(self, aim: Aim, seconds: float) -> Bound | None:
        """The bound that the relaxation's duals prove; None when time ran out or it has no point."""
        if self._relaxed is None:
            self._relaxed = _Relaxation(self.face)
            nearest = DEVIATION.vector(self.programme)[0]
            self._spent(self._relaxed.run(nearest, self._allowed(seconds)))  # from base prices it is not far to any
        self._relaxed.follow(self.face)
        weights, constant = aim.vector(self.programme)
        self._spent(self._relaxed.run(weights, self._allowed(seconds)))
        duals = self._relaxed.duals(weights)
        if duals is None:
            return None
        return proven_bound(self.face.rows, self.face.low, self.face.high, weights, constant, duals)

    def best(self, aim: Aim, start: PricePoint | None, seconds: float, unit: int = 1) -> Found:
        """The best point found, from ``start`` on where there is one, to within less than ``unit``."""
        return self._search(self.face, aim, start, seconds, unit)

    def corner(self) -> PricePoint | None:
        """The optimum of the relaxation last bounded, where it is a point."""
        return None if self._relaxed is None else self._relaxed.corner(self.programme)

    def any_point(self, seconds: float) -> Found:
        """The first point of the face that is found; finished without a point: there is none."""
        return self._search(self.face, DEVIATION, None, seconds, 1, {"mip_max_improving_sols": 1})

    def strictly_better(self, aim: Aim, wanted: int, bound: Bound | None, seconds: float) -> Found:
        """A point that reaches ``wanted``; finished without a point: there is none."""
        weights, constant = aim.vector(self.programme)
        face = self.face if bound is None else self._settled(bound, wanted)
        face = replace(face, rows=face.rows.and_row(weights, wanted - constant, NO_LIMIT))
        return self._search(face, aim, None, seconds, 1, REFUTING)

    def _settled(self, bound: Bound, wanted: int) -> Face:
        columns = bound.settled(wanted) & self.programme.whole
        low = np.where(columns & (bound.reduced > 0), self.face.high, self.face.low)
        high = np.where(columns & (bound.reduced < 0), self.face.low, self.face.high)
        return replace(self.face, low=low, high=high)

    def _search(
        self, face: Face, aim: Aim, start: PricePoint | None, seconds: float, unit: int,
        options: Options | None = None,
    ) -> Found:
        core = core_of(face)
        if core is None:
            return Found(None, None, True)
        weights, constant = aim.vector(self.programme)
        if not len(core.columns):
            return Found(point_at(self.programme, core.settled.astype(float)), None, True)
        scale = scale_of(weights)
        solver = loaded(core.rows, core.low, core.high, self.programme.whole[core.columns])
        set_options(solver, {"mip_abs_gap": (unit - 1) / scale, **(options or {})})
        set_costs(solver, weights[core.columns] / scale)
        if start is not None:
            begin_at(solver, values_at(self.programme, start)[core.columns])
        solver.setOptionValue("time_limit", self._allowed(seconds))
        solver.run()
        self._spent(solver.getRunTime())
        constant += int(weights @ core.settled)
        dual = solver.getInfo().mip_dual_bound * scale
        point, status = self._point(solver, core), solver.getModelStatus()
        finished = status == INFEASIBLE or (status == OPTIMAL and point is not None)
        return Found(point, constant + dual if np.isfinite(dual) else None, finished)

    def _allowed(self, seconds: float) -> float:
        return max(min(seconds, self.seconds_left), 0.0)

    def _spent(self, seconds: float) -> None:
        self.seconds_left -= seconds

    def _point(self, solver: Solver, core: Core) -> PricePoint | None:
        found = point_of(solver)
        if found is None:
            return None
        values = core.settled.astype(float)
        values[core.columns] = found
        return point_at(self.programme, values)


@dataclass(frozen=True)
class Core:
    """What a face leaves open: its free columns and the rows that still say something about them."""

    columns: Ints  # (m,) positions of the free columns
    rows: Rows  # over the free columns
    low: Ints  # (m,)
    high: Ints  # (m,)
    settled: Ints  # (n,) values of the others, 0 where free


def core_of(face: Face) -> Core | None:
    """The core of a face; None when a row cannot be kept whatever the free columns are."""
    if (face.low > face.high).any():
        return None
    columns = np.flatnonzero(face.low < face.high)
    settled = np.where(face.low == face.high, face.low, 0)
    already = face.rows.matrix @ settled
    matrix = sp.csr_array(face.rows.matrix[:, columns])
    up, down = matrix.maximum(0), matrix.minimum(0)
    low, high = face.low[columns], face.high[columns]
    least, most = already + up @ low + down @ high, already + up @ high + down @ low
    if (least > face.rows.high).any() or (most < face.rows.low).any():
        return None
    said = (least < face.rows.low) | (most > face.rows.high)
    open_low, open_high = face.rows.low[said] == -NO_LIMIT, face.rows.high[said] == NO_LIMIT
    rows = Rows(
        sp.csr_array(matrix[said]),
        np.where(open_low, -NO_LIMIT, face.rows.low[said] - already[said]),
        np.where(open_high, NO_LIMIT, face.rows.high[said] - already[said]),
    )
    return Core(columns, rows, low, high, settled)


class _Relaxation:
    """The relaxation of a face that changes; every run goes on from the last one's basis."""

    def __init__(self, face: Face) -> None:
        self._solver = loaded(face.rows, face.low, face.high, None)
        self._solver.setOptionValue("presolve", "off")
        self._solver.setOptionValue("simplex_strategy", PRIMAL)
        self._held = face.held
        self._factors = row_scales(face.rows.matrix)

    def follow(self, face: Face) -> None:
        """Take over what the face holds and has settled."""
        same = next(
            (n for n, pair in enumerate(zip(self._held, face.held, strict=False)) if pair[0] != pair[1]),
            min(len(self._held), len(face.held)),
        )
        first = face.rows.matrix.shape[0] - len(face.held)
        end = first + len(self._held)
        self._solver.deleteRows(end - first - same, np.arange(first + same, end, dtype=np.int32))
        self._factors = row_scales(face.rows.matrix)
        for row in range(first + same, first + len(face.held)):
            self._add(face.rows, row)
        every = np.arange(len(face.low), dtype=np.int32)
        self._solver.changeColsBounds(len(every), every, face.low.astype(float), face.high.astype(float))
        self._held = face.held

    def run(self, weights: Ints, seconds: float) -> float:
        """Maximise weights·v; the seconds it took."""
        set_costs(self._solver, weights / scale_of(weights))
        before = self._solver.getRunTime()  # a limit counts all runs so far
        self._solver.setOptionValue("time_limit", before + seconds)
        self._solver.run()
        return self._solver.getRunTime() - before

    def duals(self, weights: Ints) -> Floats | None:
        """(R,) the rows' duals for ``weights`` as last run; None when no optimum was found."""
        if self._solver.getModelStatus() != OPTIMAL:
            return None
        return np.array(self._solver.getSolution().row_dual) * scale_of(weights) / self._factors

    def corner(self, programme: Programme) -> PricePoint | None:
        """The optimum last found, where its whole columns are whole."""
        values = np.array(self._solver.getSolution().col_value)
        whole = values[programme.whole]
        if self._solver.getModelStatus() != OPTIMAL or (np.abs(whole - np.rint(whole)) > NEAR).any():
            return None
        return point_at(programme, values)

    def _add(self, rows: Rows, row: int) -> None:
        entries = rows.matrix[[row]]
        factor = self._factors[row]
        low, high = sides(rows.low[[row]], rows.high[[row]], factor)
        self._solver.addRow(
            float(low[0]), float(high[0]), entries.nnz, entries.indices.astype(np.int32), entries.data / factor
        )
