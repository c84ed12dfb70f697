"""How long the exact plan takes, beside the same model written plainly in PuLP.

    python -m tests.bench.bench_allocation                          # the four sizes
    python -m tests.bench.bench_allocation --sizes 500x300 --plain-limit 120

The plain model is the natural loop: one 0/1 variable per pick, one goal after another, earlier goals held as
constraints. Its seconds count building it, and it is run to its end or to ``--plain-limit`` seconds, and only up to
``--plain-picks`` picks. Goal values are asserted equal as far as it came; cut short, it would have taken longer still,
so that the product is "at least" so many times faster.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from time import perf_counter

import numpy as np
import pulp

from sincerity.allocation.goals import constant, expand, pick_weights
from sincerity.allocation.instance import Instance
from sincerity.allocation.solve import solve
from sincerity.settings import Goal
from tests.allocation.random_instances import herding_instance
from tests.allocation.shipped_policies import shipped_policies
from tests.bench.table import print_table

SIZES = ((500, 300), (5_000, 2_000), (20_000, 5_000), (100_000, 20_000))
PLAIN_LIMIT_S, PLAIN_PICKS = 60.0, 100_000
SOLVERS = {
    "CBC": lambda seconds: pulp.PULP_CBC_CMD(msg=False, threads=1, timeLimit=seconds),
    "HiGHS": lambda seconds: pulp.HiGHS(msg=False, threads=1, timeLimit=seconds),
}


def measure(
    sizes=SIZES, policy: str = "sincerity_first", plain_limit_s: float = PLAIN_LIMIT_S, plain_picks: int = PLAIN_PICKS
) -> list[dict[str, object]]:
    """One row per size: seconds of the product's solver and of the plain model with each solver."""
    rows = []
    for buyers, units in sizes:
        instance = herding_instance(buyers, units, seed=1)
        goals = expand(shipped_policies()[policy], instance)
        ours, plan = _best_of_three(instance, policy)
        values = [result.value for result in plan.goals]
        row = {
            "buyers": buyers, "units": units, "picks": len(instance.pick_buyer), "goals": len(goals),
            "path": plan.path, "status": plan.status, "placed": len(plan.picks), "ours_s": round(ours, 3),
        }
        for solver in SOLVERS:
            row[f"plain {solver}"] = _beside(instance, goals, values, solver, ours, plain_limit_s, plain_picks)
        rows.append(row)
    return rows


def plain_lexicographic(
    instance: Instance, goals: tuple[Goal, ...], solver: str, limit_s: float
) -> tuple[list[int], float]:
    """Goal values the plain model reached before the limit, and the seconds it took."""
    started = perf_counter()
    problem = pulp.LpProblem("plain", pulp.LpMaximize)
    x = [problem.add_variable(f"x_{e}", cat=pulp.LpBinary) for e in range(len(instance.pick_buyer))]
    for owner in (instance.pick_buyer, instance.pick_unit):
        group = defaultdict(list)
        for e, key in enumerate(owner.tolist()):
            group[key].append(x[e])
        for variables in group.values():
            problem += pulp.lpSum(variables) <= 1
    values: list[int] = []
    for goal in goals:
        seconds_left = limit_s - (perf_counter() - started)
        if seconds_left <= 0:
            break
        sign = 1 if goal.sense == "max" else -1
        weights = pick_weights(goal, instance)
        total = pulp.lpSum(int(weights[e]) * x[e] for e in np.flatnonzero(weights).tolist()) + constant(goal, instance)
        problem.setObjective(sign * total)
        problem.solve(SOLVERS[solver](seconds_left))
        if problem.sol_status != pulp.LpSolutionOptimal:
            break
        values.append(round(pulp.value(total)))
        problem += sign * total >= sign * values[-1]
    return values, perf_counter() - started


def _best_of_three(instance: Instance, policy: str):
    times = []
    for _ in range(3):
        started = perf_counter()
        plan = solve(instance, shipped_policies()[policy], 600.0)
        times.append(perf_counter() - started)
    return min(times), plan


def _beside(instance, goals, values, solver, ours, limit_s, plain_picks) -> str:
    if len(instance.pick_buyer) > plain_picks:
        return "not run"
    reached, seconds = plain_lexicographic(instance, goals, solver, limit_s)
    if reached != values[: len(reached)]:
        raise AssertionError(f"{solver} reached {reached}, the product {values}")
    if len(reached) < len(goals):
        return f"{len(reached)} of {len(goals)} goals in {seconds:.0f} s (at least x{seconds / ours:.0f})"
    return f"{seconds:.1f} s (x{seconds / ours:.0f})"


def _size(text: str) -> tuple[int, int]:
    buyers, units = text.lower().split("x")
    return int(buyers), int(units)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Times of the exact plan beside the plain PuLP model.")
    parser.add_argument("--sizes", nargs="*", type=_size, default=SIZES)
    parser.add_argument("--policy", default="sincerity_first")
    parser.add_argument("--plain-limit", type=float, default=PLAIN_LIMIT_S, help="seconds for each plain model")
    parser.add_argument("--plain-picks", type=int, default=PLAIN_PICKS, help="no plain model beyond this many picks")
    chosen = parser.parse_args()
    print_table(measure(chosen.sizes, chosen.policy, chosen.plain_limit, chosen.plain_picks))
