"""The reference model: the allocation as a programme in PuLP, solved by HiGHS goal after goal.

Sets        b ∈ B buyers, u ∈ U units, e ∈ E eligible picks, l ∈ L layouts and * for all layouts together
Data        quota_b, min_l, max_l, kept_e; w_ge and w0_g, weight of pick e in goal g and its constant
Variables   x_e ∈ {0, 1}   pick e is granted
            s_l ≥ 0        units missing below the minimum of l
Goals       G1 … Gk in order, each max or min of  w0_g + Σ_e w_ge·x_e   (for the layout shortfall: Σ_l s_l)
Constraints (C1) Σ_{e at u} x_e ≤ 1                for each unit u
            (C2) Σ_{e of b} x_e ≤ quota_b          for each buyer b
            (C3) x_e = 1                           for each kept e
            (C4) Σ_{e in l} x_e ≤ max_l            for each l with a maximum that can bind, and *
            (C5) Σ_{e in l} x_e + s_l ≥ min_l      for each l with a minimum, and *
            (Hg) goal g is no worse than reached   for each earlier goal g

Handles every goal list and every bound, and is slow: the faster paths are tested against it. Presolve stays off,
because with it HiGHS has called wrong answers of mixed-integer programmes optimal. Every point is re-checked in
integers here, and a goal is proven only when the bound of the linear relaxation, found by a separate run, agrees
with its value. A point found within the time limit but not proven is marked ``feasible`` with its bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pulp

from sincerity.allocation import rules
from sincerity.allocation.goals import constant, goal_value, loose_bound, pick_weights
from sincerity.allocation.instance import GoalResult, Instance, Ints, Plan
from sincerity.settings import Goal

SENSE = {"max": pulp.LpMaximize, "min": pulp.LpMinimize}
ROUNDING = 1e-6  # a relaxation's bound this close to a whole number is that number


def solve_reference(
    instance: Instance, goals: tuple[Goal, ...], time_limit_s: float, policy: str, fallback: Ints
) -> Plan:
    """The best plan for ``goals`` in order. ``fallback`` is a feasible plan, used when no time is left to find one."""
    model = _Model(instance, time_limit_s)
    picks, results = fallback, []
    for goal in goals:
        picks, result = _optimise(model, goal, picks)
        results.append(result)
        model.hold(goal, result.value)
    proven = all(result.status == "proven" for result in results)
    return Plan(policy, np.sort(picks), tuple(results), "proven" if proven else "feasible", "reference")


def _optimise(model: _Model, goal: Goal, incumbent: Ints) -> tuple[Ints, GoalResult]:
    """Gg: the goal's optimum, or the better of the incumbent and what the time limit allowed."""
    point, bound = model.run(goal, whole=True)
    if point is None or not model.keeps_rules(point) or _better(goal, model.instance, incumbent, point):
        found = incumbent
    else:
        found = point
    value = goal_value(goal, model.instance, found)
    relaxed = model.run(goal, whole=False)[1]
    confirmed = value == _whole_bound(goal, relaxed)
    tightest = min(bound, relaxed) if goal.sense == "max" else max(bound, relaxed)
    result = GoalResult(
        goal.goal, goal.sense, goal.grades, goal.choices, value,
        float(value) if confirmed else tightest, "proven" if confirmed else "feasible",
    )
    return found, result


def _better(goal: Goal, instance: Instance, one: Ints, other: Ints) -> bool:
    gain = goal_value(goal, instance, one) - goal_value(goal, instance, other)
    return gain > 0 if goal.sense == "max" else gain < 0


def _whole_bound(goal: Goal, bound: float) -> float:
    return math.floor(bound + ROUNDING) if goal.sense == "max" else math.ceil(bound - ROUNDING)


@dataclass
class _Model:
    """The programme without an objective, growing by one held goal at a time, and the time it may still use."""

    instance: Instance
    seconds_left: float
    held: list[tuple[Goal, int]] = field(default_factory=list)

    def hold(self, goal: Goal, value: int) -> None:
        """(Hg) keep ``goal`` at ``value`` or better from now on."""
        self.held.append((goal, value))

    def keeps_rules(self, picks: Ints) -> bool:
        """True when the point keeps C1–C4 and gives up no held goal, counted in integers."""
        if rules.broken(self.instance, picks):
            return False
        values = [goal_value(goal, self.instance, picks) for goal, _ in self.held]
        return all(
            value >= reached if goal.sense == "max" else value <= reached
            for value, (goal, reached) in zip(values, self.held, strict=True)
        )

    def run(self, goal: Goal, whole: bool) -> tuple[Ints | None, float]:
        """Granted picks (None without a point) and the solver's bound; ``whole=False`` solves the relaxation."""
        if self.seconds_left <= 0:
            return None, loose_bound(goal, self.instance)
        problem, granted = _programme(self.instance, goal, self.held)
        solver = pulp.HiGHS(
            mip=whole, msg=False, threads=1, gapRel=0.0, gapAbs=0.0, timeLimit=self.seconds_left, presolve="off"
        )
        problem.solve(solver)
        self.seconds_left -= problem.solutionTime
        bound = _solver_bound(problem, goal, whole, loose_bound(goal, self.instance))
        if problem.sol_status not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible) or not whole:
            return None, bound
        values = np.array([granted[e].value() or 0.0 for e in range(len(granted))])
        return np.flatnonzero(values > 0.5), bound


def _solver_bound(problem: pulp.LpProblem, goal: Goal, whole: bool, loose: float) -> float:
    """What no plan can beat, by the solver's word: the tree's bound, or the relaxation's optimum, else ``loose``."""
    if not whole:
        return pulp.value(problem.objective) if problem.sol_status == pulp.LpSolutionOptimal else loose
    tree = problem.solverModel.getInfo().mip_dual_bound
    if math.isinf(tree):
        return loose
    return problem.objective.constant - tree if goal.sense == "max" else problem.objective.constant + tree


def _programme(instance: Instance, goal: Goal, held: list[tuple[Goal, int]]) -> tuple[pulp.LpProblem, list]:
    problem = pulp.LpProblem("allocation", SENSE[goal.sense])
    x = [problem.add_variable(f"x{e}", cat=pulp.LpBinary) for e in range(len(instance.pick_buyer))]
    groups = rules.layout_groups(instance)
    s = [problem.add_variable(f"s{k}", lowBound=0) for k in range(len(groups))]

    def total(goal: Goal) -> pulp.LpAffineExpression:
        if goal.goal == "layout_shortfall":
            return pulp.lpSum(s)
        weights = pick_weights(goal, instance)
        used = np.flatnonzero(weights).tolist()
        return pulp.LpAffineExpression({x[e]: int(weights[e]) for e in used}, constant(goal, instance))

    problem.setObjective(total(goal))
    for picks in _by(instance.pick_unit):  # (C1)
        problem += pulp.lpSum(x[e] for e in picks) <= 1
    for picks in _by(instance.pick_buyer):  # (C2)
        problem += pulp.lpSum(x[e] for e in picks) <= int(instance.quota[instance.pick_buyer[picks[0]]])
    for e in np.flatnonzero(instance.pick_kept).tolist():  # (C3)
        problem += x[e] == 1
    for group, missing in zip(groups, s, strict=True):
        placed = pulp.lpSum(x[e] for e in group.picks.tolist())
        if group.high < group.units:  # (C4)
            problem += placed <= group.high
        if group.low > 0:  # (C5)
            problem += placed + missing >= group.low
    for earlier, reached in held:  # (Hg)
        problem += total(earlier) >= reached if earlier.sense == "max" else total(earlier) <= reached
    return problem, x


def _by(owner: Ints) -> list[list[int]]:
    """Pick indices grouped by their owner, owners ascending."""
    order = np.argsort(owner, kind="stable")
    cuts = np.flatnonzero(np.diff(owner[order])) + 1
    return [group.tolist() for group in np.split(order, cuts) if len(group)]
