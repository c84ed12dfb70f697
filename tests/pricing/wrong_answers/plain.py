"""HiGHS as anyone would call it on a programme in arrays: presolve as it comes, gap 0, one thread."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from sincerity.allocation.instance import Ints
from sincerity.pricing.programme import NO_LIMIT, Programme
from tests.pricing.wrong_answers.textbook import Textbook

OPTIONS = {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 0.0, "time_limit": 60.0}


@dataclass(frozen=True)
class Claim:
    """What the solver says: whether it calls its answer optimal, and the columns' values."""

    optimal: bool
    values: np.ndarray


def asked(programme: Programme | Textbook, weights: Ints, **options: str | float) -> Claim:
    """The solver's answer to: make weights·v as large as possible."""
    rows, whole = programme.rows, programme.whole.tolist()
    told = highspy.HighsLp()
    told.num_row_, told.num_col_ = rows.matrix.shape
    told.sense_ = highspy.ObjSense.kMaximize
    told.col_cost_ = weights.astype(float)
    told.col_lower_, told.col_upper_ = programme.low.astype(float), programme.high.astype(float)
    told.row_lower_ = np.where(rows.low == -NO_LIMIT, -np.inf, rows.low.astype(float))
    told.row_upper_ = np.where(rows.high == NO_LIMIT, np.inf, rows.high.astype(float))
    told.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    told.a_matrix_.start_ = rows.matrix.indptr.astype(np.int32)
    told.a_matrix_.index_ = rows.matrix.indices.astype(np.int32)
    told.a_matrix_.value_ = rows.matrix.data.astype(float)
    told.integrality_ = [highspy.HighsVarType.kInteger if each else highspy.HighsVarType.kContinuous for each in whole]
    solver = highspy.Highs()
    for option, value in {**OPTIONS, **options}.items():
        solver.setOptionValue(option, value)
    solver.passModel(told)
    solver.run()
    optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return Claim(optimal, np.array(solver.getSolution().col_value))
