"""The best plans of a tiny instance by looking at every plan there is; shares no code with the package."""

from __future__ import annotations

import numpy as np

from sincerity.allocation.instance import Instance


def every_plan(instance: Instance) -> np.ndarray:
    """(plans, picks) 0/1: all plans that keep C1–C4."""
    picks = len(instance.pick_buyer)
    plans = (np.arange(2**picks)[:, None] >> np.arange(picks)) & 1
    for unit in range(len(instance.unit_ids)):
        plans = plans[plans[:, instance.pick_unit == unit].sum(axis=1) <= 1]
    for buyer in range(len(instance.buyer_ids)):
        plans = plans[plans[:, instance.pick_buyer == buyer].sum(axis=1) <= instance.quota[buyer]]
    for layout in range(len(instance.layouts)):
        plans = plans[_in_layout(instance, plans, layout) <= instance.layout_max[layout]]
    plans = plans[plans.sum(axis=1) <= instance.all_max]
    return plans[(plans[:, instance.pick_kept] == 1).all(axis=1)]


def best_plans(instance: Instance, policy: str) -> tuple[np.ndarray, list[int]]:
    """All best plans and the values of the policy's criteria, in order."""
    plans = every_plan(instance)
    values = []
    for criterion in _criteria(instance, policy):
        reached = criterion(plans)
        best = reached.max()
        plans = plans[reached == best]
        values.append(int(best))
    return plans, values


def criteria_values(instance: Instance, policy: str, granted: np.ndarray) -> list[int]:
    """The same criteria for one plan given as pick indices."""
    plan = np.zeros((1, len(instance.pick_buyer)), dtype=np.int64)
    plan[0, granted] = 1
    return [int(criterion(plan)[0]) for criterion in _criteria(instance, policy)]


def _criteria(instance: Instance, policy: str) -> list:
    """Functions of plans, each to be maximised in turn."""
    if policy == "strict_order":
        return [lambda plans, e=e: plans[:, e] for e in range(len(instance.pick_buyer))]
    classes = {
        (int(instance.grade[b]), int(r)) for b, r in zip(instance.pick_buyer, instance.pick_rank, strict=True)
    }
    by_grade = sorted(classes)
    by_choice = sorted(classes, key=lambda grade_and_choice: (grade_and_choice[1], grade_and_choice[0]))
    earliness = instance.pick_rank.max(initial=0) + 1 - instance.pick_rank
    last = [
        lambda plans: plans @ instance.previous_pick if instance.had_previous else np.zeros(len(plans)),
        lambda plans: plans @ instance.score[instance.pick_buyer],
        lambda plans: -(plans @ (instance.priority_rank[instance.pick_buyer] * earliness)),
        lambda plans: -(plans @ instance.pick_tie),
    ]
    return [
        lambda plans: -_missing(instance, plans),
        *([lambda plans: plans.sum(axis=1)] if policy == "most_sales" else []),
        *(_class_count(instance, *wanted) for wanted in (by_choice if policy == "first_choice_first" else by_grade)),
        *last,
    ]


def _class_count(instance: Instance, grade: int, rank: int):
    inside = (instance.grade[instance.pick_buyer] == grade) & (instance.pick_rank == rank)
    return lambda plans: plans @ inside


def _in_layout(instance: Instance, plans: np.ndarray, layout: int) -> np.ndarray:
    return plans[:, instance.unit_layout[instance.pick_unit] == layout].sum(axis=1)


def _missing(instance: Instance, plans: np.ndarray) -> np.ndarray:
    missing = np.maximum(instance.all_min - plans.sum(axis=1), 0)
    for layout in range(len(instance.layouts)):
        missing = missing + np.maximum(instance.layout_min[layout] - _in_layout(instance, plans, layout), 0)
    return missing
