"""The joint plan of prices and placements: goal after goal, each proven before it is called so.

1. The best of the start plans is the first point; it never gets worse.
2. Counted goals (shortfall, placements) are wished for together: each goal's bound, worked out from the relaxation's
   duals in whole numbers (``certificate``), is rounded to what a count can reach and held, and one search asks for a
   point that reaches them all. Most of the time there is one, and the bounds alone prove it.
3. Where a goal's bound is out of reach, or counts money, the programme is solved from the point on (first way), and
   then asked for a point that is better by ``unit_yuan``, or one placement, with presolve off (second way). Only when
   it finds none is the goal proven; when it finds one, the first way was wrong, and it is taken and asked again.
   Consecutive counted goals are asked for at once, weighted so that no later one makes up for an earlier.
4. A proven goal is held, and what its bound settles is taken out of every later search.

Every point a solver gives is tested in integers before it is believed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from sincerity.allocation.instance import GoalResult
from sincerity.pricing.certificate import Bound
from sincerity.pricing.placing import COUNTED
from sincerity.pricing.problem import PricePoint, PriceProblem, at_least_as_good, broken, value_of
from sincerity.pricing.programme import Aim
from sincerity.pricing.search import JointModel
from sincerity.settings import Goal

FIRST_WAY_SHARE = 0.6  # of the seconds a goal may use
WISH_SHARE = 0.3  # of the seconds left
LARGEST_BLEND = 10**9  # of a blended objective: within what a solver tells apart in doubles


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
    model = make_model(problem, time_limit_s)
    for goal, value in at_least:
        model.hold(Aim.of(goal), value * Aim.of(goal).parts[0][1])
    search = _Search(problem, model, start, unit_yuan)
    while len(search.results) < len(goals):
        search.go_on(goals[len(search.results) :])
    return PricePlan(search.point, tuple(search.results))


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


def blend(goals: tuple[Goal, ...], most: int) -> tuple[Aim, int]:
    """The first goals weighted so that one more of a goal outweighs all later ones, ``most`` each; how many fit."""
    number = 1
    while number < len(goals) and (most + 1) ** (number + 1) <= LARGEST_BLEND:
        number += 1
    factors = [(most + 1) ** (number - 1 - place) for place in range(number)]
    parts = zip(goals[:number], factors, strict=True)
    return Aim(tuple((goal, factor if goal.sense == "max" else -factor) for goal, factor in parts)), number


@dataclass
class _Search:
    """The best point so far, the model it came from, and what the goals reached."""

    problem: PriceProblem
    model: JointModel
    point: PricePoint
    unit_yuan: int
    results: list[GoalResult] = field(default_factory=list)
    known: dict[Goal, Bound] = field(default_factory=dict)  # bounds of goals to come, on the face as it is
    searched: Aim | None = None  # the aim the point is said to be best for, not confirmed yet

    def go_on(self, goals: tuple[Goal, ...]) -> None:
        """Settle the first of ``goals``, or several at once."""
        counts = leading_counts(goals)
        if len(counts) > 1 and not self.results and self._wish(counts, goals[len(counts) :]):
            return
        goal, aim, unit = goals[0], Aim.of(goals[0]), 1 if counts else self.unit_yuan
        bound = self.known.pop(goal, None) or self.model.bound(aim, self.model.seconds_left / 2)
        if bound is not None and bound.whole - self._value(aim) < unit:
            self._settled(goal, bound, proven=True)
            return
        asked, number = blend(counts, self._most()) if counts else (aim, 1)
        face, seconds = self.model.face, self.model.seconds_left * number / len(goals)
        if bound is not None:
            self.model.settle(bound, self._value(aim))
            self.model.hold(aim, self._value(aim), bound.whole)
        tree = None if asked == self.searched else self._first_way(asked, seconds * FIRST_WAY_SHARE, unit)
        proven = self._second_way(asked, bound if number == 1 else None, seconds, unit)
        self.model.face = face
        self._settled(goal, bound, proven=proven, tree=tree if number == 1 else None)
        for each in goals[1:number] if proven else ():
            self._settled(each, None, proven=True)

    def _wish(self, counts: tuple[Goal, ...], later: tuple[Goal, ...]) -> bool:
        """Settle as many leading counts as a point is found for that reaches their rounded bounds; whether any."""
        faces, bounds = [self.model.face], []
        for goal in counts:
            bound = self.model.bound(Aim.of(goal), self.model.seconds_left / 2)
            if bound is None:
                break
            self.model.settle(bound, bound.whole)
            self.model.hold(Aim.of(goal), bound.whole, bound.whole)
            faces.append(self.model.face)
            bounds.append(bound)
        self.known = dict(zip(counts, bounds, strict=False))
        for number in range(len(bounds), 0, -1):
            self.model.face = faces[number]
            if number < len(counts):
                asked = blend(counts[number:], self._most())[0]
            else:
                asked = Aim.of(later[0]) if later else Aim.of(counts[-1])
            if self._reaches(asked):
                self.results += [self._result(goal, self.known.pop(goal), True) for goal in counts[:number]]
                return True
        self.model.face = faces[0]
        return False

    def _reaches(self, asked: Aim) -> bool:
        """Whether a point of the face is found, the best for what is ``asked`` next; it is taken."""
        if self.model.keeps_held(self.point):
            return True
        found = self.model.best(asked, None, self.model.seconds_left * WISH_SHARE, self.unit_yuan)
        if not self._keeps(found.point):
            return False
        self.point, self.searched = found.point, asked if found.finished else None
        return True

    def _first_way(self, asked: Aim, seconds: float, unit: int) -> float | None:
        """The tree's bound of a search that was cut off; a claim of optimality gives none before it is confirmed."""
        found = self.model.best(asked, self.point, seconds, unit)
        self._take(asked, found.point)
        return None if found.finished else found.bound

    def _second_way(self, asked: Aim, bound: Bound | None, seconds: float, unit: int) -> bool:
        """Whether no point better by ``unit`` exists; a better one is taken and the question asked again."""
        while True:
            found = self.model.strictly_better(asked, self._value(asked) + unit, bound, seconds)
            if found.finished and found.point is None:
                return True
            if not self._take(asked, found.point):
                return False

    def _settled(self, goal: Goal, bound: Bound | None, *, proven: bool, tree: float | None = None) -> None:
        """Write down what the goal reached and hold it."""
        aim = Aim.of(goal)
        value = self._value(aim)
        self.results.append(self._result(goal, bound, proven, tree))
        if bound is not None:
            self.model.settle(bound, value)
        self.model.hold(aim, value, *([value] if proven and goal.goal in COUNTED else []))

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
        if not self._keeps(point) or asked.value(self.problem, point) <= self._value(asked):
            return False
        self.point = point
        return True

    def _keeps(self, point: PricePoint | None) -> bool:
        return point is not None and not broken(self.problem, point) and self.model.keeps_held(point)

    def _value(self, aim: Aim) -> int:
        return aim.value(self.problem, self.point)

    def _most(self) -> int:
        """The most any count can reach."""
        instance = self.problem.instance
        return max(len(instance.unit_ids), int(instance.layout_min.sum()) + instance.all_min)
