"""How long the joint plan of prices and placements takes, beside the same programme in PuLP with CBC.

    python -m tests.bench.bench_pricing                                       # both sizes, all eight kinds each
    python -m tests.bench.bench_pricing --sizes 500x300 --limit 60 --plain-limit 60

Seconds count from base prices to the last goal proven, goals in yuan to within 1,000;
``cpu_s`` is what the process used, for a machine that has other things to do. ``gap`` is the largest of the goals'.
The plain programme is the one ``pricing.model`` writes, goal after goal with CBC, for ``--plain-limit`` seconds in
all, up to ``--plain-units`` units. ``open`` names value and bound of the goals left unproven.
"""

from __future__ import annotations

import argparse
from itertools import product
from time import perf_counter, process_time

import numpy as np
import pulp

from sincerity.pricing.model import write_programme
from sincerity.pricing.problem import PricePoint, PriceProblem
from sincerity.pricing.programme import goal_vector, programme_of
from sincerity.pricing.solve import PricePlan, solve_jointly
from sincerity.settings import Goal
from tests.bench.table import print_table
from tests.pricing.random_launch import random_launch

SIZES = ((500, 300), (5_000, 2_000))
LIMIT_S, PLAIN_LIMIT_S, PLAIN_UNITS, UNIT_YUAN = 60.0, 60.0, 300, 1_000
GOALS = (*(Goal("placed", "max", (grade,)) for grade in "ABCDU"), Goal("revenue", "max"), Goal("deviation", "min"))


def measure(
    sizes=SIZES, limit_s: float = LIMIT_S, plain_limit_s: float = PLAIN_LIMIT_S, plain_units: int = PLAIN_UNITS,
    seed: int = 1,
) -> list[dict[str, object]]:
    """One row per size, shape of demand, stack order and average."""
    rows = []
    for (buyers, units), zoned, (stack, average) in product(sizes, (False, True), product((False, True), repeat=2)):
        problem = random_launch(buyers, units, seed, zoned, stack, average)
        nobody = np.flatnonzero(problem.instance.pick_kept)
        started, used = perf_counter(), process_time()
        plan = solve_jointly(problem, GOALS, limit_s, PricePoint(nobody, problem.base_step), unit_yuan=UNIT_YUAN)
        row = {
            "buyers": buyers, "units": units, "demand": "zoned" if zoned else "herding", "order": stack,
            "average": average, "s": round(perf_counter() - started, 1), "cpu_s": round(process_time() - used, 1),
            "proven": f"{sum(goal.status == 'proven' for goal in plan.goals)} of {len(GOALS)}",
            "placed": len(plan.point.picks), "revenue": plan.goals[-2].value, "bound": f"{plan.goals[-2].bound:.0f}",
            "gap": f"{largest_gap(plan):.4%}", "open": open_goals(plan),
        }
        row["plain CBC"] = plain(problem, plan, plain_limit_s) if units <= plain_units else "not run"
        print(row, flush=True)
        rows.append(row)
    return rows


def open_goals(plan: PricePlan) -> str:
    """Value and bound of every goal that is not proven."""
    return ", ".join(
        f"{goal.goal} {''.join(goal.grades)} {goal.value} / {goal.bound:.0f}".replace("  ", " ")
        for goal in plan.goals if goal.status != "proven"
    )


def largest_gap(plan: PricePlan) -> float:
    """The largest gap of a goal, as a share of the larger of bound and value; 1 where there is no bound."""
    return max(
        min(abs(goal.bound - goal.value) / max(abs(goal.bound), abs(goal.value), 1), 1.0)
        if np.isfinite(goal.bound) else 1.0
        for goal in plan.goals
    )


def plain(problem: PriceProblem, plan: PricePlan, limit_s: float) -> str:
    """How many goals CBC proves in time, and its seconds; values are held against the product's proven ones."""
    started, reached = perf_counter(), []
    written, variables = write_programme(problem)
    programme, columns = programme_of(problem), list(variables.values())
    for goal, ours in zip(GOALS, plan.goals, strict=True):
        left = limit_s - (perf_counter() - started)
        if left <= 0:
            break
        weights, constant = goal_vector(goal, programme)
        total = pulp.LpAffineExpression([(columns[j], int(weights[j])) for j in np.flatnonzero(weights)]) + constant
        sign = 1 if goal.sense == "min" else -1
        written.setObjective(sign * total)
        written.solve(pulp.PULP_CBC_CMD(msg=False, threads=1, timeLimit=left, gapRel=0.0))
        if written.sol_status != pulp.LpSolutionOptimal:
            break
        reached.append(round(pulp.value(total)))
        unit = 1 if goal.goal == "placed" else UNIT_YUAN
        if ours.status == "proven" and abs(reached[-1] - ours.value) >= unit:
            return f"{goal.goal} {''.join(goal.grades)}: {reached[-1]}, the product {ours.value}"
        written += sign * total <= sign * reached[-1]
    return f"{len(reached)} of {len(GOALS)} goals in {perf_counter() - started:.0f} s"


def _size(text: str) -> tuple[int, int]:
    buyers, units = text.lower().split("x")
    return int(buyers), int(units)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Times of the joint price plan beside the plain programme.")
    parser.add_argument("--sizes", nargs="*", type=_size, default=SIZES)
    parser.add_argument("--limit", type=float, default=LIMIT_S)
    parser.add_argument("--plain-limit", type=float, default=PLAIN_LIMIT_S)
    parser.add_argument("--plain-units", type=int, default=PLAIN_UNITS)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    print_table(measure(chosen.sizes, chosen.limit, chosen.plain_limit, chosen.plain_units, chosen.seed))
