"""The solver's border: whole-number rows in, a HiGHS model out. No other module of the price plan loads one.

Money is told to the solver in thousands of yuan, so that its tolerances mean something.
"""

from __future__ import annotations

import highspy
import numpy as np
import numpy.typing as npt

from sincerity.allocation.instance import Ints
from sincerity.pricing.programme import NO_LIMIT, Bools, Rows

Floats = npt.NDArray[np.float64]
Solver = highspy.Highs
Basis = highspy.HighsBasis
WHOLENESS = 1e-9  # how far from whole a value may be
MONEY = 1_000  # yuan in one unit of the solver; rows with larger entries are told in these
LARGEST = 200_000  # weight of an aim, as the solver is told it
OPTIMAL, INFEASIBLE = highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible
OPTIONS: dict[str, bool | int | float] = {
    "output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 0.0, "mip_feasibility_tolerance": WHOLENESS,
}


def loaded(rows: Rows, low: Ints, high: Ints, whole: Bools | None) -> Solver:
    """The rows and columns in a solver of their own, whole columns where ``whole`` says so."""
    factors = row_scales(rows)
    programme = highspy.HighsLp()
    programme.num_row_, programme.num_col_ = rows.matrix.shape
    programme.col_cost_ = np.zeros(len(low))
    programme.col_lower_, programme.col_upper_ = low.astype(float), high.astype(float)
    programme.row_lower_, programme.row_upper_ = sides(rows.low, rows.high, factors)
    programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    programme.a_matrix_.start_ = rows.matrix.indptr.astype(np.int32)
    programme.a_matrix_.index_ = rows.matrix.indices.astype(np.int32)
    programme.a_matrix_.value_ = rows.matrix.data / np.repeat(factors, np.diff(rows.matrix.indptr))
    if whole is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        programme.integrality_ = [kinds[each] for each in whole.tolist()]
    solver = highspy.Highs()
    for option, value in OPTIONS.items():
        solver.setOptionValue(option, value)
    solver.passModel(programme)
    return solver


def set_costs(solver: Solver, costs: Floats) -> None:
    """Maximise costs·v from now on."""
    solver.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)
    solver.changeObjectiveSense(highspy.ObjSense.kMaximize)


def begin_at(solver: Solver, columns: Ints, rows: Ints, basis: Basis, its_columns: Ints, its_rows: Ints) -> None:
    """Begin the next run at another core's basis, as far as the two share columns and rows."""
    start = highspy.HighsBasis()
    start.col_status = _shared(columns, its_columns, basis.col_status, highspy.HighsBasisStatus.kLower)
    start.row_status = _shared(rows, its_rows, basis.row_status, highspy.HighsBasisStatus.kBasic)
    start.valid = start.alien = True  # it need not be a basis here; the solver mends it
    solver.setBasis(start)


def _shared(
    places: Ints, its_places: Ints, kinds: list[highspy.HighsBasisStatus], otherwise: highspy.HighsBasisStatus
) -> list[highspy.HighsBasisStatus]:
    known = dict(zip(its_places.tolist(), kinds, strict=True))
    return [known.get(place, otherwise) for place in places.tolist()]


def point_of(solver: Solver) -> Floats | None:
    """(n,) the columns of the point found; None without one."""
    if solver.getInfo().primal_solution_status != int(highspy.SolutionStatus.kSolutionStatusFeasible):
        return None
    return np.array(solver.getSolution().col_value)


def ray_of(solver: Solver) -> Floats | None:
    """(R,) the rows' prices that show a relaxation to be empty; None where the solver has none."""
    _, known, ray = solver.getDualRay()  # type: ignore[attr-defined]  # left out of its stubs
    return np.array(ray) if known else None


def sides(low: Ints, high: Ints, factors: Floats) -> tuple[Floats, Floats]:
    """Both sides of rows divided by ``factors``, open where they are."""
    endless = highspy.kHighsInf
    return (
        np.where(low == -NO_LIMIT, -endless, low / factors), np.where(high == NO_LIMIT, endless, high / factors)
    )


def row_scales(rows: Rows) -> Floats:
    """(R,) what each row is divided by before the solver sees it."""
    return np.where(rows.largest > MONEY, float(MONEY), 1.0)


def scale_of(weights: Ints) -> float:
    """What an objective is divided by before the solver sees it: as a row is."""
    largest = np.abs(weights).max(initial=0)
    return max(float(MONEY), largest / LARGEST) if largest > MONEY else 1.0
