"""Ways to price side by side: the base table, allocate first and price later, joint; and revenue against buyers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.domain import PRICE_VARIANTS
from sincerity.pricing.build import PriceTask
from sincerity.pricing.problem import PricePoint, PriceProblem, broken, list_value_yuan, unit_totals, value_of
from sincerity.pricing.solve import PricePlan, solve_jointly
from sincerity.pricing.steps import AREA_PARTS, area_parts
from sincerity.settings import Goal

PLACED, REVENUE = Goal("placed", "max"), Goal("revenue", "max")


def variants_table(task: PriceTask, plans: dict[str, PricePlan]) -> pd.DataFrame:
    """PRICE_VARIANTS, one row per plan in the order given."""
    return PRICE_VARIANTS.frame([_row(task, name, plan) for name, plan in plans.items()])


def frontier(
    problem: PriceProblem, plan: PricePlan, points: int, time_limit_s: float, unit_yuan: int = 1
) -> dict[str, PricePlan]:
    """Plans from most placed buyers to most revenue, ``points`` between the two ends; none where the ends are one.

    Between the ends a number of buyers is asked for and revenue maximised. Every search starts from the richest plan
    before it that keeps that number, and a plan that brings no more revenue than the one before is left out.
    """
    left, solves = time_limit_s, points + 2

    def solved(goals: tuple[Goal, ...], start: PricePoint, held: tuple[tuple[Goal, int], ...] = ()) -> PricePlan:
        nonlocal left, solves
        found = solve_jointly(problem, goals, left / solves, start, held, unit_yuan)
        left, solves = left - found.seconds, solves - 1
        return found

    most_placed = solved((PLACED, REVENUE), plan.point)
    richer = max(plan.point, most_placed.point, key=lambda point: value_of(REVENUE, problem, point))
    most_revenue = solved((REVENUE, PLACED), richer)
    ends = [value_of(PLACED, problem, end.point) for end in (most_placed, most_revenue)]
    plans = [most_placed]
    for wanted in np.unique(np.linspace(ends[0], ends[1], points + 2).round().astype(int))[::-1][1:-1]:
        plans.append(solved((REVENUE,), plans[-1].point, ((PLACED, int(wanted)),)))
    rising = _rising(problem, [*plans, most_revenue])
    return {f"frontier_{number}": each for number, each in enumerate(rising, 1)}


def _rising(problem: PriceProblem, plans: list[PricePlan]) -> list[PricePlan]:
    """The plans that bring more revenue than every plan before them."""
    revenue = np.array([value_of(REVENUE, problem, each.point) for each in plans])
    before = np.maximum.accumulate(np.append(-1, revenue[:-1]))
    return [each for each, ahead in zip(plans, revenue > before, strict=True) if ahead]


def _row(task: PriceTask, name: str, plan: PricePlan) -> dict[str, object]:
    problem, point = task.problem, plan.point
    by_grade = {grade: value_of(Goal("placed", "max", (grade,)), problem, point) for grade in "AB"}
    value = list_value_yuan(problem, point.steps)
    area = int(area_parts(task.units).sum()) / AREA_PARTS
    return {
        "variant": name,
        "placed": len(point.picks),
        "placed_a": by_grade["A"],
        "placed_b": by_grade["B"],
        "revenue_yuan": value_of(REVENUE, problem, point),
        "list_value_yuan": value,
        "average_yuan_per_m2": round(value / area, 2) if area else 0.0,
        "moved_units": int((unit_totals(problem, point.steps) != problem.base_total_yuan).sum()),
        "keeps_rules": not broken(problem, point),
        "status": plan.status,
    }
