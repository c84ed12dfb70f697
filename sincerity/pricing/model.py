"""The joint programme: prices and placements in PuLP, solved by HiGHS goal after goal.

Sets        u ∈ U units, k ∈ {1 … S−1} steps above the lowest, e ∈ E picks, b ∈ B buyers, l ∈ L layouts and * for all
            (l, h) ∈ P neighbours in a stack, h above l
Data        T_uk total price, d_uk = |T_uk − base total|, top_e, need_pk, low_u and high_u, quota_b, min_l, max_l
Variables   x_e ∈ {0, 1}       pick e is granted
            y_uk ∈ {0, 1}      unit u stands at step k or above
            z_uk ∈ [0, 1]      unit u is placed and stands at step k or above
            s_l ≥ 0            units missing below the minimum of l
Goals       layout shortfall   min Σ_l s_l
            placed             max Σ_e x_e over the grades the goal names
            revenue            max Σ_u ( T_u0 Σ_{e at u} x_e + Σ_k (T_uk − T_u,k−1) z_uk )
            deviation          min Σ_u ( d_u0 + Σ_k (d_uk − d_u,k−1) y_uk )
Constraints (C1)–(C5)          as in ``allocation.model``
            (P1) y_u,k+1 ≤ y_uk, y_uk = 1 for k ≤ low_u, y_uk = 0 for k > high_u
            (P2) Σ_{e at u, top_e < k} x_e + y_uk ≤ 1        a pick only at steps its buyer accepts
            (P3) low ≤ Σ_u ( T_u0 + Σ_k (T_uk − T_u,k−1) y_uk ) ≤ high
            (P4) y_lk ≤ y_h,need(k), with y_l0 = 1           a higher floor is not cheaper
            (R1) z_uk ≤ y_uk    (R2) z_uk ≤ Σ_{e at u, top_e ≥ k} x_e
            (Hg) goal g is no worse than reached, for each earlier goal g

Steps as precedence rows (P1, P4) are what makes it fast: each row has two entries and its own relaxation is whole.
PuLP writes the programme once; the solver then keeps it while goals are exchanged and held. Presolve stays off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import pulp

from sincerity.allocation import rules
from sincerity.allocation.goals import pick_weights
from sincerity.allocation.instance import Ints
from sincerity.pricing.problem import PricePoint, PriceProblem, at_least_as_good, value_of
from sincerity.settings import Goal

Key = tuple[str, int, int]  # variable, its pick or unit or group, its step
Weights = dict[Key, int]
Variables = dict[Key, pulp.LpVariable]
Groups = list[Ints]
WHOLENESS = 1e-9  # how far from whole a value may be: money rows have entries of millions
GOAL_WEIGHT = 1_000  # of a goal beside the later ones blended in
FINISHED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible)
SENSES = {"max": highspy.ObjSense.kMaximize, "min": highspy.ObjSense.kMinimize}


@dataclass(frozen=True)
class Found:
    """What a run of the solver gave: a point, or None; a bound, or None; whether it came to the end of its search."""

    point: PricePoint | None
    bound: float | None
    finished: bool


class JointModel:
    """The programme in the solver's hands, growing by one held goal at a time, and the seconds it may still use.

    Two copies: the relaxation, which goes on from its last basis, and the whole programme.
    """

    def __init__(self, problem: PriceProblem, seconds_left: float) -> None:
        self.problem = problem
        self.seconds_left = seconds_left
        self.held: list[tuple[Goal, int]] = []
        written, self._variables = write_programme(problem)
        self._whole, self._relaxed = _in_solver(written, whole=True), _in_solver(written, whole=False)
        self._place = {key: variable.index for key, variable in self._variables.items()}

    def hold(self, goal: Goal, value: int) -> None:
        """(Hg) keep ``goal`` at ``value`` or better from now on."""
        self.held.append((goal, value))
        self._add_row(self._whole, goal, value)
        self._add_row(self._relaxed, goal, value)

    def keeps_held(self, point: PricePoint) -> bool:
        """Whether the point gives up no held goal, counted in integers."""
        return all(at_least_as_good(goal, value_of(goal, self.problem, point), value) for goal, value in self.held)

    def bound(self, goal: Goal, seconds: float) -> float | None:
        """The relaxation's optimum, None when time ran out."""
        finished, constant = self._run(self._relaxed, goal, seconds)
        return constant + self._relaxed.getInfo().objective_function_value if finished else None

    def best(
        self, goal: Goal, start: PricePoint | None, seconds: float, later: tuple[Goal, ...] = ()
    ) -> Found:
        """The best point found, from ``start`` on where there is one, with the tree's bound.

        While placements are counted, those of the ``later`` goals count a little too, so that the point is a good one
        to go on from; a bound of the blend is divided back to one of the goal.
        """
        if start is not None:
            self._start_from(start)
        self._whole.setOptionValue("presolve", "on")
        extra = [each for each in later if goal.goal == each.goal == "placed"]
        finished, constant = self._run(self._whole, goal, seconds, extra)
        dual = self._whole.getInfo().mip_dual_bound / (GOAL_WEIGHT if extra else 1)
        bound = constant + dual if np.isfinite(dual) else None
        return Found(self._point(), bound, finished)

    def strictly_better(self, goal: Goal, value: int, seconds: float) -> Found:
        """A point whose goal is better than ``value`` by one at least; finished without a point: there is none."""
        row = self._whole.getNumRow()
        self._add_row(self._whole, goal, value + (1 if goal.sense == "max" else -1))
        self._whole.setOptionValue("presolve", "off")
        finished, _ = self._run(self._whole, goal, seconds)
        found = Found(self._point(), None, finished)
        self._whole.deleteRows(1, np.array([row], dtype=np.int32))
        return found

    def _add_row(self, solver: highspy.Highs, goal: Goal, value: int) -> None:
        weights, constant = goal_weights(goal, self.problem, self._variables)
        places = np.array([self._place[key] for key in weights], dtype=np.int32)
        limit, endless = value - constant, highspy.kHighsInf
        low, high = (limit, endless) if goal.sense == "max" else (-endless, limit)
        solver.addRow(low, high, len(places), places, np.array(list(weights.values()), dtype=float))

    def _run(
        self, solver: highspy.Highs, goal: Goal, seconds: float, extra: Sequence[Goal] = ()
    ) -> tuple[bool, int]:
        """Whether the search came to its end, and the goal's constant."""
        costs = np.zeros(len(self._place))
        shares = (GOAL_WEIGHT if extra else 1, *range(len(extra), 0, -1))
        for each, share in zip((goal, *extra), shares, strict=True):
            weights, constant = goal_weights(each, self.problem, self._variables)
            costs[[self._place[key] for key in weights]] += share * np.array(list(weights.values()), dtype=float)
        solver.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)
        solver.changeObjectiveSense(SENSES[goal.sense])
        used = solver.getRunTime()
        counted_from = used if solver is self._relaxed else 0.0  # a relaxation's limit counts all its runs so far
        solver.setOptionValue("time_limit", counted_from + max(min(seconds, self.seconds_left), 0.0))
        solver.run()
        self.seconds_left -= solver.getRunTime() - used
        return solver.getModelStatus() in FINISHED, constant

    def _start_from(self, point: PricePoint) -> None:
        values = np.zeros(len(self._place))
        for key, value in _values_at(self.problem, point, self._variables):
            values[self._place[key]] = value
        solution = highspy.HighsSolution()
        solution.col_value = values.tolist()
        self._whole.setSolution(solution)

    def _point(self) -> PricePoint | None:
        if self._whole.getInfo().primal_solution_status != int(highspy.SolutionStatus.kSolutionStatusFeasible):
            return None
        values = np.array(self._whole.getSolution().col_value)
        picks = [e for (name, e, _), place in self._place.items() if name == "x" and values[place] > 0.5]
        steps = self.problem.low_step.copy()
        raised = [(u, k) for (name, u, k), place in self._place.items() if name == "y" and values[place] > 0.5]
        np.maximum.at(steps, [u for u, _ in raised], [k for _, k in raised])
        return PricePoint(np.array(sorted(picks), dtype=np.int64), steps)


def _in_solver(written: pulp.LpProblem, whole: bool) -> highspy.Highs:
    solver = pulp.HiGHS(
        mip=whole, msg=False, threads=1, gapRel=0.0, gapAbs=0.0, presolve="off", mip_feasibility_tolerance=WHOLENESS
    )
    solver.createAndConfigureSolver(written)
    solver.buildSolverModel(written)
    return written.solverModel


def goal_weights(goal: Goal, problem: PriceProblem, variables: Iterable[Key]) -> tuple[Weights, int]:
    """The goal as weights of variables and a constant."""
    totals, unit_of = problem.totals, problem.instance.pick_unit
    rise = np.diff(totals, axis=1)
    if goal.goal == "layout_shortfall":
        return {key: 1 for key in variables if key[0] == "s"}, 0
    if goal.goal == "revenue":
        lowest = {("x", e, 0): int(totals[u, 0]) for e, u in enumerate(unit_of.tolist())}
        return lowest | {key: int(rise[key[1], key[2] - 1]) for key in variables if key[0] == "z"}, 0
    if goal.goal == "deviation":
        gap = np.abs(totals - problem.base_total_yuan[:, None])
        growth = np.diff(gap, axis=1)
        weights = {key: int(growth[key[1], key[2] - 1]) for key in variables if key[0] == "y"}
        return weights, int(gap[:, 0].sum())
    each = pick_weights(goal, problem.instance)
    return {("x", e, 0): int(each[e]) for e in np.flatnonzero(each).tolist()}, 0


def write_programme(problem: PriceProblem) -> tuple[pulp.LpProblem, dict[Key, pulp.LpVariable]]:
    """The programme without a goal, and its variables."""
    written = pulp.LpProblem("prices", pulp.LpMinimize)
    variables: dict[Key, pulp.LpVariable] = {}

    def variable(key: Key, low: int, high: int | None, kind: str) -> None:
        variables[key] = written.add_variable("_".join(map(str, key)), low, high, cat=kind)

    instance, steps = problem.instance, range(1, problem.totals.shape[1])
    at_unit = _by(instance.pick_unit, len(instance.unit_ids))
    tops = [instance.pick_top_step[picks] for picks in at_unit]
    for e in range(len(instance.pick_buyer)):
        variable(("x", e, 0), int(instance.pick_kept[e]), 1, pulp.LpInteger)  # (C3)
    for u in range(len(at_unit)):
        for k in steps:
            variable(("y", u, k), int(k <= problem.low_step[u]), int(k <= problem.high_step[u]), pulp.LpInteger)
            if (tops[u] >= k).any():
                variable(("z", u, k), 0, 1, pulp.LpContinuous)
    _allocation_rows(written, variables, problem, at_unit)
    for u, picks in enumerate(at_unit):
        _price_rows(written, variables, u, picks, tops[u], steps)
    _order_and_value_rows(written, variables, problem)
    written.setObjective(pulp.LpAffineExpression(dict.fromkeys(variables.values(), 0)))  # goals come one by one
    return written, variables


def _allocation_rows(written: pulp.LpProblem, variables: Variables, problem: PriceProblem, at_unit: Groups) -> None:
    instance = problem.instance
    for picks in at_unit:
        if len(picks) > 1:
            written += pulp.lpSum(variables["x", e, 0] for e in picks.tolist()) <= 1  # (C1)
    for b, picks in enumerate(_by(instance.pick_buyer, len(instance.buyer_ids))):
        if len(picks) > instance.quota[b]:
            written += pulp.lpSum(variables["x", e, 0] for e in picks.tolist()) <= int(instance.quota[b])  # (C2)
    for number, group in enumerate(rules.layout_groups(instance)):
        placed = pulp.lpSum(variables["x", e, 0] for e in group.picks.tolist())
        if group.high < group.units:
            written += placed <= group.high  # (C4)
        if group.low > 0:
            missing = variables["s", number, 0] = written.add_variable(f"s_{number}_0", 0)
            written += placed + missing >= group.low  # (C5)


def _price_rows(
    written: pulp.LpProblem, variables: Variables, u: int, picks: Ints, tops: Ints, steps: range
) -> None:
    for k in steps:
        step = variables["y", u, k]
        if k + 1 in steps:
            written += variables["y", u, k + 1] <= step  # (P1)
        unwilling, willing = picks[tops < k].tolist(), picks[tops >= k].tolist()
        if unwilling:
            written += pulp.lpSum(variables["x", e, 0] for e in unwilling) + step <= 1  # (P2)
        if willing:
            placed_here = variables["z", u, k]
            written += placed_here <= step  # (R1)
            written += placed_here <= pulp.lpSum(variables["x", e, 0] for e in willing)  # (R2)


def _order_and_value_rows(written: pulp.LpProblem, variables: Variables, problem: PriceProblem) -> None:
    steps = problem.totals.shape[1]
    rise = np.diff(problem.totals, axis=1).tolist()
    raised = {key: rise[key[1]][key[2] - 1] for key in variables if key[0] == "y"}
    value = pulp.LpAffineExpression({variables[key]: rise for key, rise in raised.items() if rise})
    lowest = int(problem.totals[:, 0].sum())
    if not lowest >= problem.total_low_yuan:
        written += value >= problem.total_low_yuan - lowest  # (P3)
    if not int(problem.totals[:, -1].sum()) <= problem.total_high_yuan:
        written += value <= problem.total_high_yuan - lowest  # (P3)
    for lower, upper, need in zip(
        problem.stack_lower.tolist(), problem.stack_upper.tolist(), problem.stack_need.tolist(), strict=True
    ):
        if 0 < need[0] < steps:
            written += variables["y", upper, need[0]] >= 1  # (P4)
        for k in range(1, steps):
            if need[k] == steps:
                written += variables["y", lower, k] <= 0  # (P4)
            elif need[k] > 0:
                written += variables["y", lower, k] <= variables["y", upper, need[k]]  # (P4)


def _values_at(problem: PriceProblem, point: PricePoint, variables: Iterable[Key]) -> Iterator[tuple[Key, float]]:
    """Every variable's value at the point."""
    instance = problem.instance
    granted = set(point.picks.tolist())
    placed = set(instance.pick_unit[point.picks].tolist())
    by_layout = np.bincount(instance.unit_layout[instance.pick_unit[point.picks]], minlength=len(instance.layouts))
    missing = np.maximum([*(instance.layout_min - by_layout), instance.all_min - len(granted)], 0)
    for key in variables:
        name, number, k = key
        if name == "x":
            yield key, float(number in granted)
        elif name == "s":
            yield key, float(missing[number])
        else:
            stands = k <= point.steps[number] and (name == "y" or number in placed)
            yield key, float(stands)


def _by(owner: Ints, owners: int) -> Groups:
    """Pick indices grouped by their owner."""
    order = np.argsort(owner, kind="stable")
    ends = np.cumsum(np.bincount(owner, minlength=owners))
    return np.split(order, ends)[:owners]
