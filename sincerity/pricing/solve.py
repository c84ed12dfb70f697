"""The joint plan of prices and placements: goal after goal, each confirmed by a second way before it is called proven.

1. The best of the start plans is the first point; it never gets worse.
2. For each goal the relaxation gives a bound. A point that meets it is optimal: that is the cheapest proof.
3. Otherwise the programme is solved from the point on (first way). At new prices the placements are chosen anew by the
   allocation's own exact paths, so that the point is a good one for the goals to come.
4. Then the programme is asked for a point that is strictly better, with presolve off (second way). Only when it finds
   none is the goal proven; when it finds one, the first way was wrong, the better point is taken and asked again.
5. The goal is held at its value and the next one follows.

Every point a solver gives is tested in integers before it is believed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sincerity.allocation.instance import GoalResult
from sincerity.pricing.model import JointModel
from sincerity.pricing.placing import placed_at
from sincerity.pricing.problem import PricePoint, PriceProblem, at_least_as_good, broken, value_of
from sincerity.settings import Goal

NEAR_WHOLE = 1e-6  # a bound this close to a whole number is that number
FIRST_WAY_SHARE = 0.6  # of the seconds a goal may use


@dataclass(frozen=True)
class PricePlan:
    """The answer: the point, what each goal reached, and ``proven`` or ``feasible`` for the whole."""

    point: PricePoint
    goals: tuple[GoalResult, ...]

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
    make_model: Callable[[PriceProblem, float], JointModel] = JointModel,
) -> PricePlan:
    """The best point for ``goals`` in order, no worse than ``start``, a point that keeps every rule.

    ``at_least`` holds further goals at a value that ``start`` reaches. A goal that time did not let prove is
    ``feasible`` and carries its bound. ValueError when ``start`` breaks a rule.
    """
    faults = broken(problem, start)
    if faults:
        raise ValueError(f"the start plan breaks {', '.join(faults)}")
    model = make_model(problem, time_limit_s)
    for goal, value in at_least:
        model.hold(goal, value)
    search = _Search(problem, model, goals, start)
    results = tuple(search.settle(goal, goals[number + 1 :]) for number, goal in enumerate(goals))
    return PricePlan(search.point, results)


def better(problem: PriceProblem, goals: tuple[Goal, ...], one: PricePoint, other: PricePoint) -> bool:
    """Whether ``one`` is ahead of ``other`` in the first goal they differ in."""
    for goal in goals:
        values = value_of(goal, problem, one), value_of(goal, problem, other)
        if values[0] != values[1]:
            return at_least_as_good(goal, *values)
    return False


@dataclass
class _Search:
    """The best point so far and the model it came from."""

    problem: PriceProblem
    model: JointModel
    goals: tuple[Goal, ...]
    point: PricePoint

    def settle(self, goal: Goal, later: tuple[Goal, ...]) -> GoalResult:
        """The goal as far as its share of the time allows; it is held from here on."""
        before, seconds = self.point, self.model.seconds_left / (len(later) + 1)
        bounds = [self.model.bound(goal, seconds)]
        proven = self._meets(goal, bounds[0])
        if not proven:
            bounds.append(self._first_way(goal, later, seconds * FIRST_WAY_SHARE))
            proven = self._second_way(goal, seconds)
        if self.point is not before:
            self._place_anew()
        value = self._value(goal)
        self.model.hold(goal, value)
        return GoalResult(
            goal.goal, goal.sense, goal.grades, goal.choices, value,
            float(value) if proven else tightest(goal, bounds), "proven" if proven else "feasible",
        )

    def _first_way(self, goal: Goal, later: tuple[Goal, ...], seconds: float) -> float | None:
        """The tree's bound of a search that was cut off; a claim of optimality gives none before it is confirmed."""
        found = self.model.best(goal, self.point, seconds, later)
        self._take(goal, found.point)
        return None if found.finished else found.bound

    def _place_anew(self) -> None:
        """Move on to the best placements at the present prices, where they keep everything and are ahead."""
        point = placed_at(self.problem, self.point.steps, self.goals)
        keeps = not broken(self.problem, point) and self.model.keeps_held(point)
        if keeps and better(self.problem, self.goals, point, self.point):
            self.point = point

    def _second_way(self, goal: Goal, seconds: float) -> bool:
        """Whether no point better than the present one exists; a better one is taken and the question asked again."""
        while True:
            found = self.model.strictly_better(goal, self._value(goal), seconds)
            if found.finished and found.point is None:
                return True
            if not self._take(goal, found.point):
                return False

    def _take(self, goal: Goal, point: PricePoint | None) -> bool:
        """Move on to ``point`` when it keeps every rule and held goal and is better; whether it was so."""
        if point is None or broken(self.problem, point) or not self.model.keeps_held(point):
            return False
        value = value_of(goal, self.problem, point)
        if value == self._value(goal) or not at_least_as_good(goal, value, self._value(goal)):
            return False
        self.point = point
        return True

    def _value(self, goal: Goal) -> int:
        return value_of(goal, self.problem, self.point)

    def _meets(self, goal: Goal, bound: float | None) -> bool:
        if bound is None:
            return False
        best = math.floor(bound + NEAR_WHOLE) if goal.sense == "max" else math.ceil(bound - NEAR_WHOLE)
        return self._value(goal) == best


def tightest(goal: Goal, bounds: Iterable[float | None]) -> float:
    """The strongest of the bounds known; infinite when none is."""
    known = [bound for bound in bounds if bound is not None]
    if goal.sense == "max":
        return min(known, default=math.inf)
    return max(known, default=-math.inf)
