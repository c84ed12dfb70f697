"""One goal after another as linear programmes on the face of the plans that are still best.

    maximise w·x   over   A x ≤ c,  x = 1 for kept picks,  x ≥ 0
Rows of A: (C2) buyers, (C1) units, (C4) layouts and all together, (C5) minima with their shortfalls. Buyers split
the picks one way, units inside layouts inside the whole the other way, so A is a network matrix: every vertex is
integral, and so are the duals of integral goals. By complementary slackness the best plans of a goal are those that
use only columns with reduced cost 0 and fill every row with a positive dual. The next goal is solved on that face,
which is a face of the same integral polytope, and smaller each time.

The solver works in floating point; its answer counts only after rounding to integers and proving it again here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import highspy
import numpy as np

from sincerity.allocation.goals import pick_weights
from sincerity.allocation.instance import Instance, Ints
from sincerity.allocation.levelled import Climb
from sincerity.allocation.rules import layout_groups
from sincerity.settings import Goal


@dataclass(frozen=True)
class Rows:
    """Where each kind of constraint stands among the rows; ``Certificate`` uses the same order."""

    buyers: slice
    units: slice
    layout_max: slice  # every layout, then all together
    layout_min: slice
    count: int

    @classmethod
    def of(cls, instance: Instance) -> Rows:
        """The row order for an instance."""
        groups = len(instance.layouts) + 1
        ends = np.cumsum([0, len(instance.buyer_ids), len(instance.unit_ids), groups, groups]).tolist()
        buyers, units, maxima, minima = (slice(low, high) for low, high in pairwise(ends))
        return cls(buyers, units, maxima, minima, count=ends[-1])


@dataclass(frozen=True)
class Face:
    """The plans that are best in all goals so far.

    Columns are the picks, then the shortfall of every layout and of all together.
    """

    instance: Instance
    entry_row: Ints  # (entries,) of A, sorted by column
    entry_column: Ints
    entry_sign: Ints  # 1 or −1
    capacity: Ints  # (rows,)
    fixed: np.ndarray  # (columns,) kept picks
    alive: np.ndarray  # (columns,) some best plan may use it
    tight: np.ndarray  # (rows,) every best plan fills it


@dataclass(frozen=True)
class Stage:
    """One goal solved: the plan, the goal's integer duals (one per row), the face that is left."""

    picks: Ints
    duals: Ints
    face: Face
    seconds: float


def whole_face(instance: Instance) -> Face:
    """All plans that keep the rules. Rows that cannot bind are left empty."""
    groups = layout_groups(instance)
    rows = Rows.of(instance)
    picks = len(instance.pick_buyer)
    every = np.arange(picks)
    entries = [(instance.pick_buyer, every, 1), (rows.units.start + instance.pick_unit, every, 1)]
    for k, group in enumerate(groups):
        if group.high < group.units:
            entries.append((np.full(len(group.picks), rows.layout_max.start + k), group.picks, 1))
        if group.low > 0:
            columns = np.append(group.picks, picks + k)
            entries.append((np.full(len(columns), rows.layout_min.start + k), columns, -1))
    row, column = (np.concatenate([entry[side] for entry in entries]) for side in (0, 1))
    sign = np.concatenate([np.full(len(entry[0]), entry[2]) for entry in entries])
    by_column = np.argsort(column, kind="stable")
    capacity = np.concatenate([
        instance.quota, np.ones(len(instance.unit_ids), dtype=np.int64),
        [group.high for group in groups], [-group.low for group in groups],
    ]).astype(np.int64)
    return Face(
        instance,
        row[by_column], column[by_column], sign[by_column],
        capacity,
        np.append(instance.pick_kept, np.zeros(len(groups), dtype=np.bool_)),
        np.append(np.ones(picks, dtype=np.bool_), np.array([group.low > 0 for group in groups])),
        np.zeros(rows.count, dtype=np.bool_),
    )


def narrowed(face: Face, ladder: Climb) -> Face:
    """The face that a ladder solved as a matching leaves; the whole one after a ladder without levels."""
    rows = Rows.of(face.instance)
    alive, tight = face.alive.copy(), face.tight.copy()
    if ladder.buyer_duals:
        alive[: len(ladder.alive)] = ladder.alive
        tight[rows.buyers] = ladder.must_buyer
        tight[rows.units] = ladder.must_unit
    return replace(face, alive=alive, tight=tight)


def column_weights(goal: Goal, instance: Instance) -> Ints:
    """(columns,) what to maximise; the goal's value is a constant plus or minus this sum."""
    sign = 1 if goal.sense == "max" else -1
    missing = 1 if goal.goal == "layout_shortfall" else 0
    return sign * np.append(pick_weights(goal, instance), np.full(len(instance.layouts) + 1, missing))


def leaves_a_choice(face: Face, weights: Ints) -> bool:
    """False when no column that may still vary has a weight: all plans are equal then, with duals 0 as the proof."""
    return bool(weights[face.alive & ~face.fixed].any())


def optimise(face: Face, weights: Ints, time_limit_s: float) -> Stage | None:
    """The plans on the face with the greatest sum of ``weights`` (one integer per column).

    None when the solver's answer could not be proven in integers; TimeoutError after ``time_limit_s`` seconds.
    """
    columns = np.flatnonzero(face.alive)
    part, rows = _part(face)
    mine = weights[columns]
    answer = _solve(part, mine, time_limit_s)
    if answer is None:
        return None
    values, duals, seconds = answer
    gap = np.add.reduceat(part.sign * duals[part.row], part.start[:-1]) - mine
    if not _proven(part, mine, values, duals, gap):
        return None
    alive, still_tight, all_duals = face.alive.copy(), face.tight.copy(), np.zeros(len(face.tight), dtype=np.int64)
    alive[columns[(gap != 0) & ~part.fixed]] = False
    still_tight[rows[duals > 0]] = True
    all_duals[rows] = duals
    granted = columns[values > 0]
    picks = granted[granted < len(face.instance.pick_buyer)]
    return Stage(picks, all_duals, replace(face, alive=alive, tight=still_tight), seconds)


@dataclass(frozen=True)
class _Part:
    """The columns that are still alive and the rows they stand in, renumbered; entries column by column."""

    start: Ints  # (columns + 1,) first entry of each column
    row: Ints
    column: Ints
    sign: Ints
    capacity: Ints
    fixed: np.ndarray
    tight: np.ndarray


def _part(face: Face) -> tuple[_Part, Ints]:
    """The live part of the programme, and the original numbers of its rows."""
    entries = face.alive[face.entry_column]
    used = np.zeros(len(face.capacity), dtype=np.bool_)
    used[face.entry_row[entries]] = True
    rows = np.flatnonzero(used)
    column = (np.cumsum(face.alive) - 1)[face.entry_column[entries]]
    columns = int(face.alive.sum())
    start = np.append(0, np.cumsum(np.bincount(column, minlength=columns)))
    row = (np.cumsum(used) - 1)[face.entry_row[entries]]
    return _Part(
        start, row, column, face.entry_sign[entries], face.capacity[rows], face.fixed[face.alive], face.tight[rows]
    ), rows


def _proven(part: _Part, weights: Ints, values: Ints, duals: Ints, gap: Ints) -> bool:
    """Feasible point, feasible duals, equal values: optimal, with nothing but integers."""
    filled = np.zeros(len(part.capacity), dtype=np.int64)
    np.add.at(filled, part.row, part.sign * values[part.column])
    point_holds = (
        (values >= 0).all() and (values[part.fixed] == 1).all()
        and (filled <= part.capacity).all() and (filled[part.tight] == part.capacity[part.tight]).all()
    )
    duals_hold = (gap[~part.fixed] >= 0).all() and (duals[~part.tight] >= 0).all()
    bound = int(duals @ part.capacity) - int(gap[part.fixed].sum())
    return bool(point_holds and duals_hold and bound == int(weights @ values))


def _solve(part: _Part, weights: Ints, time_limit_s: float) -> tuple[Ints, Ints, float] | None:
    """Values and duals by HiGHS, rounded, and the seconds it used; None when it found none."""
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = len(part.capacity), len(weights)
    lp.col_cost_ = -weights.astype(np.float64)
    lp.col_lower_ = part.fixed.astype(np.float64)
    lp.col_upper_ = np.where(part.fixed, 1.0, highspy.kHighsInf)
    lp.row_lower_ = np.where(part.tight, part.capacity, -highspy.kHighsInf).astype(np.float64)
    lp.row_upper_ = part.capacity.astype(np.float64)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = part.start.astype(np.int32), part.row.astype(np.int32)
    lp.a_matrix_.value_ = part.sign.astype(np.float64)
    solver = highspy.Highs()
    for option, value in (("output_flag", False), ("threads", 1), ("time_limit", float(max(time_limit_s, 0.0)))):
        solver.setOptionValue(option, value)
    solver.passModel(lp)
    solver.run()
    if solver.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
        raise TimeoutError
    if solver.getModelStatus() not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty):
        return None
    solution = solver.getSolution()
    values = np.rint(np.array(solution.col_value)).astype(np.int64)
    duals = -np.rint(np.array(solution.row_dual)).astype(np.int64)
    return values, duals, solver.getRunTime()
