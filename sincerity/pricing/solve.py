"""The joint plan of prices and placements: goal after goal, each proven before it is called so.

0. Where nothing ties the parts of a launch to each other they are solved one by one (``zones``); where only the list
   value does and the launch is too large for one search, they are priced against each other (``tied``).
1. The best of the start plans is the first point; it never gets worse.
2. Counted goals (shortfall, placements) are settled together by ``counted``: bounds that are worked out from the
   relaxation's duals in whole numbers (``certificate``), and one point that meets them all.
3. A goal that counts money, and a count that time did not let settle so, is bounded the same way. Where the point does
   not meet the bound, the programme is solved from the point on (first way), and then asked for a point that is better
   by ``unit_yuan``, or one placement, with presolve off (second way). Only when it finds none is the goal proven; when
   it finds one, the first way was wrong, and the better point is taken and asked again.
4. A settled goal is held, and what its bound settles is taken out of every later search.

Every point a solver gives is tested in integers before it is believed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sincerity.allocation.instance import GoalResult
from sincerity.pricing.certificate import Bound
from sincerity.pricing.counted import CountedSearch, in_order
from sincerity.pricing.placing import COUNTED, placed_at
from sincerity.pricing.problem import PricePoint, PriceProblem, at_least_as_good, broken, value_of
from sincerity.pricing.programme import Aim
from sincerity.pricing.search import JointModel
from sincerity.pricing.tied import solve_tied
from sincerity.pricing.zones import Zone, but_for_the_list_value, merged, zones_of
from sincerity.settings import Goal

FIRST_WAY_SHARE = 0.6  # of the seconds a goal may use
FEWEST_TIED_ZONES = 8  # with fewer, one zone's mixture is too large a part of the whole
LARGEST_SEARCH_UNITS = 600  # above it a search of everything at once proves little within a minute


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
        return _solved_apart(zones, goals, time_limit_s, start, unit_yuan, make_model)
    tied = but_for_the_list_value(problem) if zones and len(problem.base_step) > LARGEST_SEARCH_UNITS else ()
    if len(tied) >= FEWEST_TIED_ZONES:
        return PricePlan(*solve_tied(problem, tied, goals, time_limit_s, start, unit_yuan, make_model))
    model = make_model(problem, time_limit_s)
    for goal, value in at_least:
        model.hold(Aim.of(goal), value * Aim.of(goal).parts[0][1])
    search = _Search(problem, model, goals, start, unit_yuan)
    search.settle_counts()
    while len(search.results) < len(goals):
        search.settle_next()
    return PricePlan(search.point, tuple(search.results))


def _solved_apart(
    zones: tuple[Zone, ...], goals: tuple[Goal, ...], time_limit_s: float, start: PricePoint, unit_yuan: int,
    make_model: Callable[[PriceProblem, float], JointModel],
) -> PricePlan:
    """The plans of all zones as one; each gets seconds by its picks, and together they are as close as asked."""
    every = sum(len(zone.picks) for zone in zones)
    plans = [
        solve_jointly(
            zone.problem, goals, time_limit_s * len(zone.picks) / max(every, 1), zone.part_of(start),
            unit_yuan=max(1, unit_yuan // len(zones)), make_model=make_model,
        )
        for zone in zones
    ]
    results = zip(*(plan.goals for plan in plans), strict=True)
    return PricePlan(merged(zones, tuple(plan.point for plan in plans)), tuple(_added(each) for each in results))


def _added(results: tuple[GoalResult, ...]) -> GoalResult:
    """One goal over all zones."""
    proven = all(result.status == "proven" for result in results)
    return replace(
        results[0], value=sum(result.value for result in results), bound=sum(result.bound for result in results),
        status="proven" if proven else "feasible",
    )


def better(problem: PriceProblem, goals: tuple[Goal, ...], one: PricePoint, other: PricePoint) -> bool:
    """Whether ``one`` is ahead of ``other`` in the first goal they differ in."""
    for goal in goals:
        values = value_of(goal, problem, one), value_of(goal, problem, other)
        if values[0] != values[1]:
            return at_least_as_good(goal, *values)
    return False


def leading_counts(goals: tuple[Goal, ...]) -> tuple[Goal, ...]:
    """The counted goals that stand first."""
    number = next((n for n, goal in enumerate(goals) if goal.goal not in COUNTED), len(goals))
    return goals[:number]


@dataclass
class _Search:
    """The best point so far, the model it came from, and what the goals reached."""

    problem: PriceProblem
    model: JointModel
    goals: tuple[Goal, ...]
    point: PricePoint
    unit_yuan: int
    results: list[GoalResult] = field(default_factory=list)
    next_bound: Bound | None = None  # of the next goal, where it is known already
    searched: int = 0  # for so many of the next goals the point is said to be best, not confirmed yet

    def settle_counts(self) -> None:
        """The counted goals that stand first, as far as time lets."""
        counts = leading_counts(self.goals)
        later = self.goals[len(counts) :]
        counted = CountedSearch(self.model, self.point)
        counted.run(counts, Aim.of(later[0]) if later else None, self.unit_yuan)
        self.point, self.next_bound = counted.point, counted.next_bound
        self.results = [self._result(level.goal, None, True) for level in counted.levels]
        self.searched = int(counted.searched and len(counted.levels) == len(counts))
        if len(counted.levels) < len(counts):
            self._place_anew()

    def settle_next(self) -> None:
        """The next goal as far as its share of the time allows; it is held from here on."""
        goal, before = self.goals[len(self.results)], self.point
        aim, unit = Aim.of(goal), 1 if goal.goal in COUNTED else self.unit_yuan
        seconds, face, tree = self.model.seconds_left / (len(self.goals) - len(self.results)), self.model.face, None
        bound = self.next_bound or self.model.bound(aim, self.model.seconds_left / 2)
        self.next_bound = None
        proven = bound is not None and bound.whole - self._value(aim) < unit
        if not proven:
            if not self.searched:
                if bound is not None:
                    self.model.settle(bound, self._value(aim))
                tree = self._first_way(self._asked_now(), seconds * FIRST_WAY_SHARE, unit)
                self.model.face = face
            proven = self._second_way(aim, bound, seconds, unit)
        if goal.goal in COUNTED and self.point is not before:
            self._place_anew()
        self.searched = max(self.searched - 1, 0)
        self._hold(goal, bound, proven, tree)

    def _asked_now(self) -> Aim:
        """The next goal; counted ones that follow each other as one."""
        left = self.goals[len(self.results) :]
        counts = leading_counts(left)
        return in_order(counts, self.problem) if counts else Aim.of(left[0])

    def _first_way(self, asked: Aim, seconds: float, unit: int) -> float | None:
        """The tree's bound of a search that was cut off; a claim of optimality gives none before it is confirmed."""
        found = self.model.best(asked, self.point, seconds, unit)
        self._take(asked, found.point)
        self.searched = len(asked.parts)
        return None if found.finished or self.searched > 1 else found.bound

    def _second_way(self, asked: Aim, bound: Bound | None, seconds: float, unit: int) -> bool:
        """Whether no point better by ``unit`` exists; a better one is taken and the question asked again."""
        while True:
            found = self.model.strictly_better(asked, self._value(asked) + unit, bound, seconds)
            if found.finished and found.point is None:
                return True
            if not self._take(asked, found.point):
                return False

    def _place_anew(self) -> None:
        """Move on to the best placements at the present prices, where they keep everything and are ahead."""
        point = placed_at(self.problem, self.point.steps, self.goals)
        if self._keeps(point) and better(self.problem, self.goals, point, self.point):
            self.point = point

    def _hold(self, goal: Goal, bound: Bound | None, proven: bool, tree: float | None) -> None:
        """Write down what the goal reached and hold it."""
        aim = Aim.of(goal)
        self.results.append(self._result(goal, bound, proven, tree))
        if bound is not None:
            self.model.settle(bound, self._value(aim))
        self.model.hold(aim, self._value(aim))
        if not self.model.contains(self.point):
            raise RuntimeError(f"the search has lost its own point after {goal.goal}")

    def _result(self, goal: Goal, bound: Bound | None, proven: bool, tree: float | None = None) -> GoalResult:
        sign = 1 if goal.sense == "max" else -1
        value = self._value(Aim.of(goal))
        unit = 1 if goal.goal in COUNTED else self.unit_yuan
        most = min([*([bound.whole] if bound else []), *([math.floor(tree)] if tree is not None else []), math.inf])
        most = min(most, value + unit - 1) if proven else most
        most = min(most, 0) if goal.sense == "min" else most  # neither shortfall nor deviation is ever below 0
        return GoalResult(
            goal.goal, goal.sense, goal.grades, goal.choices, sign * value, float(sign * most),
            "proven" if proven else "feasible",
        )

    def _take(self, asked: Aim, point: PricePoint | None) -> bool:
        """Move on to ``point`` when it keeps every rule and held goal and is better; whether it was so."""
        if point is None or not self._keeps(point) or asked.value(self.problem, point) <= self._value(asked):
            return False
        self.point = point
        return True

    def _keeps(self, point: PricePoint) -> bool:
        return not broken(self.problem, point) and self.model.keeps_held(point)

    def _value(self, aim: Aim) -> int:
        return aim.value(self.problem, self.point)
