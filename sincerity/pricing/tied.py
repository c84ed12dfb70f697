"""A large joint problem whose zones nothing ties but the list value (P3), priced zone by zone.

For one goal f and ties h_t (the list value between its limits, earlier goals no worse than reached) any prices ρ_t give

    Σ_z f ≤ Σ_z max_z ( f + Σ_t ρ_t h_t ) − Σ_t ρ_t side_t        side: low where ρ_t > 0, high where ρ_t < 0

so what the zones can reach each by itself bounds the whole (Dantzig and Wolfe, 1960). Goal after goal:

1. ``best_mixture`` mixes the options known of every zone and so names the prices.
2. Every zone looks for an option that is better at these prices: first at the corner of its relaxation, and once no
   corner helps any more by its tree. What they can reach is the bound.
3. ``best_choice`` takes one option of every zone. The goal ends where the choice meets the bound, nothing better is
   found, or its share of the time is used; it is held from there on. Where the options found on the way serve an
   earlier goal better, that is taken first and the goal settled again; a bound counted under a goal that fell by it
   counts no longer. Where it stays below its bound, the zones look
   for options that keep what each gives to every earlier goal, so that the list value alone is left to tie them.

Every zone's bound is one that its tree has proven in whole numbers (``tree``), so the sum is proven too.

Prices are whole numbers over a factor, so that aims, options and bounds are counted in integers.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from sincerity.pricing.choice import Mixture, Options, Tie, best_choice, best_mixture
from sincerity.pricing.placing import COUNTED
from sincerity.pricing.problem import LIST_VALUE, PricePoint, PriceProblem, broken
from sincerity.pricing.programme import NO_LIMIT, Aim
from sincerity.pricing.ranking import unit_of
from sincerity.pricing.search import JointModel
from sincerity.pricing.tree import best_point
from sincerity.pricing.zones import Zone, merged
from sincerity.settings import Goal

COUNT_FACTOR, YUAN_FACTOR = 100_000_000, 1_000  # what a goal counts beside the prices of the ties
LARGEST = 2**58  # weight of an aim: sums of a few such still fit in whole numbers of 64 bits
FINE = 1_000  # a zone is searched to this part of a goal's unit
NEAR_BOUND = 1e-5  # a mixture this near to the bound, as a share, gets no better
WORKERS = 2  # zones at a time; each solver keeps to one core
AROUND = 1.25  # seconds by the clock for one second of the solvers, as measured
ROUND_SHARE = 0.5  # of a goal's seconds, for one look at every zone
CHOICE_SHARE = 0.1  # of the seconds left, for one choice


@dataclass(frozen=True)
class Priced:
    """What a zone can reach for an aim, as proven, a point where one was found, and the seconds it took.

    ``bound`` is ``NO_LIMIT`` where time ran out before anything was proven.
    """

    bound: int
    point: PricePoint | None
    seconds: float


@dataclass
class Part:
    """A zone, its programme, and the points known of it with what they add to every measure."""

    zone: Zone
    model: JointModel
    measures: tuple[Aim, ...]
    points: list[PricePoint] = field(default_factory=list)
    values: list[list[int]] = field(default_factory=list)

    def add(self, point: PricePoint | None) -> bool:
        """Whether ``point`` is a new one that keeps the zone's rules; it is known from here on."""
        if point is None or any(_same(point, each) for each in self.points) or broken(self.zone.problem, point):
            return False
        self.points.append(point)
        self.values.append([measure.value(self.zone.problem, point) for measure in self.measures])
        return True

    def on_face(self) -> list[tuple[PricePoint, list[int]]]:
        """The known points that give up nothing held, with their values."""
        known = zip(self.points, self.values, strict=True)
        return [(point, values) for point, values in known if self.model.keeps_held(point)]

    def price(self, aim: Aim, unit: int, searching: bool, seconds: float) -> Priced:
        """What the zone can reach for ``aim``, to within less than ``unit`` when ``searching`` and time lets."""
        self.model.seconds_left = seconds
        if searching:
            best = max((point for point, _ in self.on_face()), key=lambda point: aim.value(self.zone.problem, point))
            found = best_point(self.model, aim, best, unit, 1.0)
            bound, point = found.bound, found.point
        else:
            corner = self.model.corner(aim, seconds)
            bound = NO_LIMIT if corner is None or corner.bound is None else corner.bound.whole
            point = None if corner is None else self.model.point_at(corner)
        return Priced(bound, point, seconds - self.model.seconds_left)


@dataclass(frozen=True)
class Counted:
    """The lowest bound found of a goal, more is better, and the ties under which it holds."""

    bound: int
    under: tuple[Tie, ...]


def solve_tied(
    problem: PriceProblem, zones: tuple[Zone, ...], goals: tuple[Goal, ...], time_limit_s: float, start: PricePoint,
    unit_yuan: int, make_model: Callable[[PriceProblem, float], JointModel],
) -> tuple[PricePoint, tuple[int, ...], float]:
    """The best point found for ``goals`` in order, no worse than ``start``; a bound of each, as an aim; the seconds."""
    search = TiedSearch(problem, zones, goals, time_limit_s, start, unit_yuan, make_model)
    counted = [search.settle(measure) for measure in range(1, len(search.measures))]
    bounds = tuple(NO_LIMIT if _fell(each.under, search.ties) else each.bound for each in counted)
    return search.point, bounds, time_limit_s - search.seconds_left


class TiedSearch:
    """The parts, what ties them, the best point so far, and the seconds left.

    Measure 0 is the list value, measure n the n-th goal.
    """

    def __init__(
        self, problem: PriceProblem, zones: tuple[Zone, ...], goals: tuple[Goal, ...], time_limit_s: float,
        start: PricePoint, unit_yuan: int, make_model: Callable[[PriceProblem, float], JointModel],
    ) -> None:
        self.problem, self.point, self.seconds_left = problem, start, time_limit_s
        self.kinds = (LIST_VALUE, *goals)
        self.measures = tuple(Aim.of(goal) for goal in self.kinds)
        self.units = tuple(unit_of(goal, unit_yuan) for goal in self.kinds)
        self.parts = [Part(zone, make_model(zone.problem, 0.0), self.measures) for zone in zones]
        self.ties: tuple[Tie, ...] = (Tie(0, problem.total_low_yuan, problem.total_high_yuan),)
        for part in self.parts:
            part.add(part.zone.part_of(start))

    def settle(self, measure: int) -> Counted:
        """The lowest bound found of the next goal in its share of the time; the goal is held from here on.

        Where what was found on the way serves an earlier goal better, that comes first, and the goal is settled again.
        """
        until = self.seconds_left - self.seconds_left / (len(self.measures) - measure)
        under, bound = self.ties, self._settled(measure, until)
        while self._improved(measure, bound, until) and self.seconds_left > until:
            before = NO_LIMIT if _fell(under, self.ties) else bound
            under, bound = self.ties, min(before, self._settled(measure, until))
        self.ties = (*self.ties, Tie(measure, self._chosen(measure), NO_LIMIT))
        return Counted(bound, under)

    def _improved(self, measure: int, bound: int, until: float) -> bool:
        """Whether an earlier goal rose with what is known now; where none did, the goal is bettered zone by zone."""
        if self._choose_anew():
            return True
        if bound - self._chosen(measure) >= self.units[measure]:
            self._settle_apart(measure, until)
        return False

    def _settle_apart(self, measure: int, until: float) -> None:
        """Options that give every earlier goal what their zone gives it now, tied by the list value alone."""
        faces, new = [part.model.face for part in self.parts], 1
        for part in self.parts:
            for tie in self.ties[1:]:
                aim, point = self.measures[tie.measure], part.zone.part_of(self.point)
                part.model.hold(aim, aim.value(part.zone.problem, point))
        while new and self.seconds_left > until:
            known = [part.on_face() for part in self.parts]
            mixture = best_mixture(_options(known), measure, self.ties[:1], self.seconds_left)
            if mixture is None:
                break
            self.seconds_left -= mixture.seconds
            _, priced = self._priced(measure, mixture, True, until)
            new = self._learned(priced)
        for part, face in zip(self.parts, faces, strict=True):
            part.model.face = face

    def _settled(self, measure: int, until: float) -> int:
        bound, searching, ended = NO_LIMIT, False, False
        while not ended and self.seconds_left > until:
            mixture = self._mixture(measure)
            if mixture is None:
                break
            found, priced = self._priced(measure, mixture, searching, until)
            bound = min(bound, found)
            new = self._learned(priced)
            over = not new or bound - mixture.value <= NEAR_BOUND * abs(bound)
            ended = searching and (over or self._chosen(measure) > bound - self.units[measure])
            searching = searching or over
        return bound

    def _choose_anew(self) -> bool:
        """Choose for the goals held so far in order from everything known; whether one of them rose."""
        held, self.ties = self.ties, self.ties[:1]
        for tie in held[1:]:
            self.ties = (*self.ties, Tie(tie.measure, self._chosen(tie.measure), NO_LIMIT))
        return self.ties != held

    def _mixture(self, measure: int) -> Mixture | None:
        mixture = best_mixture(self._options(), measure, self.ties, self.seconds_left)
        self.seconds_left -= mixture.seconds if mixture else 0.0
        return mixture

    def _priced(
        self, measure: int, mixture: Mixture, searching: bool, until: float
    ) -> tuple[int, tuple[Priced, ...]]:
        """The bound at the mixture's prices in the goal's own unit, ``NO_LIMIT`` where time ran out, and its parts."""
        factor = COUNT_FACTOR if self.kinds[measure].goal in COUNTED else YUAN_FACTOR
        aim, sides = self._aim(measure, mixture, factor)
        dearest = int(self.problem.totals.max(initial=1))
        if any(abs(price) * (1 if goal.goal in COUNTED else dearest) > LARGEST for goal, price in aim.parts):
            return NO_LIMIT, ()
        unit = max(factor * self.units[measure] // FINE, 1)
        seconds = (self.seconds_left - until) * ROUND_SHARE / AROUND * WORKERS / len(self.parts)
        with ThreadPoolExecutor(WORKERS) as pool:
            priced = tuple(pool.map(lambda part: part.price(aim, unit, searching, seconds), self.parts))
        self._spent(sum(each.seconds for each in priced))
        unknown = any(each.bound >= NO_LIMIT for each in priced)
        return NO_LIMIT if unknown else (sum(each.bound for each in priced) - sides) // factor, priced

    def _learned(self, priced: tuple[Priced, ...]) -> int:
        """How many of the points found are new."""
        return sum([part.add(each.point) for part, each in zip(self.parts, priced, strict=False)])

    def _aim(self, measure: int, mixture: Mixture, factor: int) -> tuple[Aim, int]:
        """f + Σ ρ_t h_t as an aim and Σ ρ_t side_t, both times ``factor``."""
        ((goal, sign),), sides = self.measures[measure].parts, 0
        parts = [(goal, sign * factor)]
        for tie, price in zip(self.ties, mixture.prices, strict=False):  # settled apart: the list value alone
            whole = round(price * factor)
            side = tie.low if whole > 0 else tie.high
            if whole and abs(side) != NO_LIMIT:
                ((goal, sign),) = self.measures[tie.measure].parts
                parts.append((goal, sign * whole))
                sides += whole * side
        return Aim(tuple(parts)), sides

    def _chosen(self, measure: int) -> int:
        """The goal's value at the best point known; a better choice of options becomes that point."""
        taken, seconds = best_choice(self._options(), measure, self.ties, self.seconds_left * CHOICE_SHARE)
        self.seconds_left -= seconds
        aim = self.measures[measure]
        value = aim.value(self.problem, self.point)
        if taken is None:
            return value
        every = [point for part in self.parts for point in part.points]
        point = merged(tuple(part.zone for part in self.parts), tuple(every[number] for number in taken))
        if aim.value(self.problem, point) <= value or broken(self.problem, point) or not self._keeps(point):
            return value
        self.point = point
        return aim.value(self.problem, point)

    def _keeps(self, point: PricePoint) -> bool:
        """Whether the point gives up no goal that was settled."""
        return all(self.measures[tie.measure].value(self.problem, point) >= tie.low for tie in self.ties)

    def _options(self) -> Options:
        return _options([list(zip(part.points, part.values, strict=True)) for part in self.parts])

    def _spent(self, seconds: float) -> None:
        self.seconds_left -= seconds / WORKERS * AROUND


def _options(known: list[list[tuple[PricePoint, list[int]]]]) -> Options:
    """The points of every zone as options."""
    zone = np.repeat(np.arange(len(known)), [len(points) for points in known])
    return Options(zone, np.array([values for points in known for _, values in points], dtype=np.int64))


def _fell(before: tuple[Tie, ...], now: tuple[Tie, ...]) -> bool:
    """Whether a tie asks for less than it did: bounds counted under it hold no longer."""
    return any(new.low < old.low for old, new in zip(before, now, strict=False))


def _same(one: PricePoint, other: PricePoint) -> bool:
    return np.array_equal(one.picks, other.picks) and np.array_equal(one.steps, other.steps)
