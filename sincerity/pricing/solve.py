"""The joint plan of prices and placements: goal after goal, each proven before it is called so.

0. Where nothing ties the parts of a launch to each other they are solved one by one (``zones``); where only the list
   value does and the launch is too large for one search, they are priced against each other (``tied``).
1. The best of the start plans is the first point; it never gets worse.
2. The next goal is bettered and bounded by a tree of cases (``tree``). It is proven when its bound, worked out in whole
   numbers, leaves no room for a point better by ``unit_yuan``, or by one placement.
3. A settled goal is held, and what its bound settles is taken out of every later search.

A solver proposes points and duals, and is believed in neither: points are tested by the rules, bounds are counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from sincerity.allocation.instance import GoalResult
from sincerity.pricing.problem import PricePoint, PriceProblem, at_least_as_good, broken, value_of
from sincerity.pricing.programme import NO_LIMIT, Aim
from sincerity.pricing.ranking import least_to_hold, unit_of
from sincerity.pricing.search import JointModel
from sincerity.pricing.tied import solve_tied
from sincerity.pricing.tree import best_point
from sincerity.pricing.zones import Zone, but_for_the_list_value, merged, zones_of
from sincerity.settings import Goal

FEWEST_TIED_ZONES = 8  # with fewer, one zone's mixture is too large a part of the whole
LARGEST_SEARCH_UNITS = 600  # in stacks: above it one tree proves little within a minute


@dataclass(frozen=True)
class PricePlan:
    """The answer: the point, what each goal reached, ``proven`` or ``feasible`` for the whole, and seconds it took."""

    point: PricePoint
    goals: tuple[GoalResult, ...]
    seconds: float = field(default=0.0, compare=False)

    @property
    def status(self) -> str:
        """``proven`` when every goal is."""
        return "proven" if all(goal.status == "proven" for goal in self.goals) else "feasible"


def solve_jointly(
    problem: PriceProblem,
    goals: tuple[Goal, ...],
    time_limit_s: float,
    start: PricePoint,
    at_least: tuple[tuple[Goal, int], ...] = (),
    unit_yuan: int = 1,
    make_model: Callable[[PriceProblem, float], JointModel] = JointModel,
) -> PricePlan:
    """The best point for ``goals`` in order, no worse than ``start``, a point that keeps every rule.

    ``at_least`` holds further goals at a value that ``start`` reaches. Goals in yuan are proven when no point is better
    by ``unit_yuan``; their bound says how much better one could still be. A goal that time did not let prove is
    ``feasible`` and carries its bound. ValueError when ``start`` breaks a rule.
    """
    faults = broken(problem, start)
    if faults:
        raise ValueError(f"the start plan breaks {', '.join(faults)}")
    zones = () if at_least else zones_of(problem)
    if len(zones) > 1:
        return _solved_apart(problem, zones, goals, time_limit_s, start, unit_yuan, make_model)
    large = len(problem.base_step) > LARGEST_SEARCH_UNITS and len(problem.stack_lower) > 0
    tied = but_for_the_list_value(problem) if zones and large else ()
    if len(tied) >= FEWEST_TIED_ZONES:
        point, bounds, seconds = solve_tied(problem, tied, goals, time_limit_s, start, unit_yuan, make_model)
        return PricePlan(point, _results(problem, goals, point, bounds, unit_yuan), seconds)
    model = make_model(problem, time_limit_s)
    for goal, value in at_least:
        model.hold(Aim.of(goal), value * Aim.of(goal).parts[0][1])
    search = _Search(problem, model, goals, start, unit_yuan, start)
    bounds = tuple(search.settle_next() for _ in goals)
    point = start if better(problem, goals, start, search.point) else search.point
    return PricePlan(point, _results(problem, goals, point, bounds, unit_yuan), time_limit_s - model.seconds_left)


def _solved_apart(
    problem: PriceProblem, zones: tuple[Zone, ...], goals: tuple[Goal, ...], time_limit_s: float, start: PricePoint,
    unit_yuan: int, make_model: Callable[[PriceProblem, float], JointModel],
) -> PricePlan:
    """The plans of all zones as one; each gets seconds by its picks.

    Every zone is solved to the yuan: where all are at their best in a goal, no plan can give up any of it in one zone
    for another. After a goal that one zone did not prove, nothing is known of how far the later ones could go.
    """
    every = sum(len(zone.picks) for zone in zones)
    plans = [
        solve_jointly(
            zone.problem, goals, time_limit_s * len(zone.picks) / max(every, 1), zone.part_of(start),
            make_model=make_model,
        )
        for zone in zones
    ]
    point = merged(zones, tuple(plan.point for plan in plans))
    bounds, exact = [], True
    for number, goal in enumerate(goals):
        here = [plan.goals[number] for plan in plans]
        aim, sign = Aim.of(goal), 1 if goal.sense == "max" else -1
        known = exact and all(math.isfinite(result.bound) for result in here)
        missed = sum(sign * (int(result.bound) - result.value) for result in here) if known else 0
        bounds.append(aim.value(problem, point) + missed if known else NO_LIMIT)
        exact = known and not missed
    results = _results(problem, goals, point, tuple(bounds), unit_yuan)
    return PricePlan(point, results, sum(plan.seconds for plan in plans))


def _results(
    problem: PriceProblem, goals: tuple[Goal, ...], point: PricePoint, bounds: tuple[int, ...], unit_yuan: int
) -> tuple[GoalResult, ...]:
    """What every goal reaches at ``point``; ``bounds`` as aims have them, ``NO_LIMIT`` where none is known."""
    results = []
    for goal, bound in zip(goals, bounds, strict=True):
        sign, value = 1 if goal.sense == "max" else -1, Aim.of(goal).value(problem, point)
        bound = min(bound, 0) if goal.sense == "min" else bound  # neither shortfall nor deviation is ever below 0
        proven = bound - value < unit_of(goal, unit_yuan)
        results.append(GoalResult(
            goal.goal, goal.sense, goal.grades, goal.choices, sign * value,
            float(sign * bound) if bound < NO_LIMIT else sign * math.inf, "proven" if proven else "feasible",
        ))
    return tuple(results)


def better(problem: PriceProblem, goals: tuple[Goal, ...], one: PricePoint, other: PricePoint) -> bool:
    """Whether ``one`` is ahead of ``other`` in the first goal they differ in."""
    for goal in goals:
        values = value_of(goal, problem, one), value_of(goal, problem, other)
        if values[0] != values[1]:
            return at_least_as_good(goal, *values)
    return False


@dataclass
class _Search:
    """The goals in order, the point the search began with, and the best one so far."""

    problem: PriceProblem
    model: JointModel
    goals: tuple[Goal, ...]
    start: PricePoint
    unit_yuan: int
    point: PricePoint
    settled: int = 0

    def settle_next(self) -> int:
        """The bound of the next goal as far as its share of the time allows; the goal is held from here on."""
        left = self.goals[self.settled :]
        aim, unit = Aim.of(left[0]), unit_of(left[0], self.unit_yuan)
        found = best_point(self.model, aim, self.point, unit, 1 / len(left))
        self.point = found.point or self.point
        value, start = aim.value(self.problem, self.point), aim.value(self.problem, self.start)
        least = least_to_hold(value, found.bound, unit, start)
        if found.root is not None:
            self.model.settle(found.root, least)
        self.model.hold(aim, least, found.bound)
        if not self.model.contains(self.point):
            raise RuntimeError(f"the search has lost its own point after {left[0].goal}")
        self.settled += 1
        return found.bound
