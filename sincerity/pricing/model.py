"""The joint programme of prices and placements, written in PuLP and laid out like the mathematics.

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
                                                             (said where some top_e = k−1; it follows elsewhere)
            (P3) low ≤ Σ_u ( T_u0 + Σ_k (T_uk − T_u,k−1) y_uk ) ≤ high
            (P4) y_lk ≤ y_h,need(k), with y_l0 = 1           a higher floor is not cheaper
            (R1) z_uk ≤ y_uk    (R2) z_uk ≤ Σ_{e at u, top_e ≥ k} x_e
            (Hg) goal g is no worse than reached, for each earlier goal g

Steps as precedence rows (P1, P4) are what makes it fast: each row has two entries and, but for the list value (P3)
and the goals held, the relaxation is nearly whole. PuLP writes the programme once, without a goal;
``pricing.programme`` reads it as arrays, and goals are exchanged and held there.
"""

from __future__ import annotations

import numpy as np
import pulp

from sincerity.allocation import rules
from sincerity.allocation.instance import Ints
from sincerity.pricing.problem import PriceProblem

Key = tuple[str, int, int]  # variable, its pick or unit or group, its step
Variables = dict[Key, pulp.LpVariable]
Groups = list[Ints]


def write_programme(problem: PriceProblem) -> tuple[pulp.LpProblem, Variables]:
    """The programme without a goal, and its variables."""
    written = pulp.LpProblem("prices", pulp.LpMinimize)
    variables: Variables = {}

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
            missing = variables["s", number, 0] = written.add_variable(f"s_{number}_0", 0, group.low)
            written += placed + missing >= group.low  # (C5)


def _price_rows(
    written: pulp.LpProblem, variables: Variables, u: int, picks: Ints, tops: Ints, steps: range
) -> None:
    for k in steps:
        step = variables["y", u, k]
        if k + 1 in steps:
            written += variables["y", u, k + 1] <= step  # (P1)
        unwilling, willing = picks[tops < k].tolist(), picks[tops >= k].tolist()
        if (tops == k - 1).any():  # else the row of the step below says it already
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


def _by(owner: Ints, owners: int) -> Groups:
    """Pick indices grouped by their owner."""
    order = np.argsort(owner, kind="stable")
    ends = np.cumsum(np.bincount(owner, minlength=owners))
    return np.split(order, ends)[:owners]
