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
   counts no longer.
4. Where the choice stays more than a unit below its bound, the zones look for options that keep what each gives to
   every earlier goal, so that the list value alone is left to tie them. Then all ways near the zones' best (``ways``)
   either add up to the bound of a count, or show that it is out of reach.

Every zone's bound is one that its tree has proven in whole numbers (``tree``), so the sum is proven too.

Prices are whole numbers over a factor, so that aims, options and bounds are counted in integers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from sincerity.pricing.choice import Mixture, Options, Tie, best_choice, best_mixture
from sincerity.pricing.part import Part, Priced, Round
from sincerity.pricing.placing import COUNTED
from sincerity.pricing.problem import LIST_VALUE, PricePoint, PriceProblem, broken
from sincerity.pricing.programme import NO_LIMIT, Aim
from sincerity.pricing.ranking import unit_of
from sincerity.pricing.search import JointModel
from sincerity.pricing.ways import Way, adds_up
from sincerity.pricing.zones import Zone, merged
from sincerity.settings import Goal

COUNT_FACTOR, YUAN_FACTOR = 100_000_000, 1_000  # what a goal counts beside the prices of the ties
LARGEST = 2**58  # weight of an aim: sums of a few such still fit in whole numbers of 64 bits
FINE = 1_000  # a zone is searched to this part of a goal's unit
NEAR_BOUND = 1e-5  # a mixture this near to the bound, as a share, gets no better
AROUND = 2.1  # seconds by the clock for one second of the solvers, as measured: a zone's searches are short
SHARES = 4  # of the seconds left, that one zone may take: most take much less than one
GOAL_SHARE = 1 / 2  # of the seconds left, for one goal: the first ones count most; the last one has what is left
ALIKE = 0.25  # prices of two counts that differ by no more are taken for one
CHOICE_SHARE = 0.1  # of the seconds left, for one choice


T = TypeVar("T")


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
        is_last = measure == len(self.measures) - 1
        until = 0.0 if is_last else self.seconds_left * (1 - GOAL_SHARE)
        under, bound, last, rose = self.ties, NO_LIMIT, None, True
        while rose and self.seconds_left > until:
            last = self._settled((measure,), until)
            before = NO_LIMIT if _fell(under, self.ties) else bound
            under, bound = self.ties, min(before, last.bound if last else NO_LIMIT)
            rose = self._choose_anew()
        if last is not None and not rose:
            if bound - self._chosen(measure) > self.units[measure]:
                self._settle_apart(measure, until)
            bound = self._lowered(measure, bound, last.mixture, until)
        self.ties = (*self.ties, Tie(measure, self._chosen(measure), NO_LIMIT))
        return Counted(bound, under)

    def _lowered(self, measure: int, bound: int, mixture: Mixture, until: float) -> int:
        """The bound of a counted goal, lower where no ways of the zones near their best add up to it.

        Goals that the mixture trades one for one are counted together: fewer ways differ then, and where they cannot
        all have what is held of them and the bound, the goal cannot.
        """
        if any(kind.goal not in COUNTED for kind in self.kinds[1 : measure + 1]):
            return bound
        first = measure
        while first > 1 and abs(mixture.prices[first - 1] - 1) <= ALIKE:
            first -= 1
        wanted = range(first, measure + 1)
        last = self._settled(wanted, until, True) if bound > self._chosen(measure) else None
        while last and bound > self._chosen(measure) and self._out_of_reach(last, wanted, bound, until):
            bound -= 1
        return bound

    def _out_of_reach(self, last: Round, wanted: range, least: int, until: float) -> bool:
        """Whether it is proven that no plan has ``least`` of the last measure and what is held of the others."""
        if last.scaled >= NO_LIMIT:
            return False
        together = sum(tie.low for tie in self.ties[wanted[0] :]) + least
        spare = last.scaled - together * last.factor
        counts = (*self.measures[1 : wanted[0]], Aim(tuple(part for n in wanted for part in self.measures[n].parts)))
        found = self._each(lambda n: self.parts[n].ways(last.aim, counts, last.priced[n].bound - spare), until)
        if any(points is None for points in found):
            return False
        ways = [
            [
                Way(
                    priced.bound - last.aim.value(part.zone.problem, point),
                    tuple(count.value(part.zone.problem, point) for count in (self.measures[0], *counts)),
                )
                for point in points or ()
            ]
            for part, priced, points in zip(self.parts, last.priced, found, strict=True)
        ]
        price, value = sum(price for goal, price in last.aim.parts if goal == LIST_VALUE), self.ties[0]
        priced_side = Tie(0, value.low if price > 0 else -NO_LIMIT, value.high if price < 0 else NO_LIMIT)
        ties = (priced_side, *self.ties[1 : wanted[0]], Tie(wanted[0], together, NO_LIMIT))
        return not adds_up(ways, spare, ties)

    def _each(self, ask: Callable[[int], T], until: float) -> list[T]:
        """What every zone answers when asked by its number, each in a few times its share of the goal's seconds."""
        answers: list[T] = []
        for number, part in enumerate(self.parts):
            share = max(self.seconds_left - until, 0.0) / AROUND / (len(self.parts) - number)
            part.model.seconds_left = SHARES * share
            answers.append(ask(number))
            self.seconds_left -= (SHARES * share - part.model.seconds_left) * AROUND
        return answers

    def _settle_apart(self, measure: int, until: float) -> None:
        """Options that give every earlier goal what their zone gives it now, tied by the list value alone."""
        faces, new = [part.model.face for part in self.parts], 1
        for part in self.parts:
            for tie in self.ties[1:]:
                aim, point = self.measures[tie.measure], part.zone.part_of(self.point)
                part.model.hold(aim, aim.value(part.zone.problem, point))
        while new and self.seconds_left > until:
            known = [part.on_face() for part in self.parts]
            mixture = best_mixture(_options(known), (measure,), self.ties[:1], self.seconds_left)
            if mixture is None:
                break
            self.seconds_left -= mixture.seconds
            new = self._learned(self._priced((measure,), mixture, True, until).priced)
        for part, face in zip(self.parts, faces, strict=True):
            part.model.face = face

    def _settled(self, wanted: Sequence[int], until: float, searching: bool = False) -> Round | None:
        """The round with the lowest bound of the measures ``wanted`` together, under the ties before the first.

        Zones are asked for corners first, unless it is ``searching`` already.
        """
        best, ended = None, False
        while not ended and self.seconds_left > until:
            mixture = self._mixture(wanted)
            if mixture is None:
                break
            last = self._priced(wanted, mixture, searching, until)
            best = last if best is None or last.scaled < best.scaled else best
            new = self._learned(last.priced)
            over = not new or best.bound - mixture.value <= NEAR_BOUND * abs(best.bound)
            ended = searching and (over or self._chosen(wanted[-1]) > best.bound - self.units[wanted[-1]])
            searching = searching or over
        return best

    def _choose_anew(self) -> bool:
        """Choose for the goals held so far in order from everything known; whether one of them rose."""
        held, self.ties = self.ties, self.ties[:1]
        for tie in held[1:]:
            self.ties = (*self.ties, Tie(tie.measure, self._chosen(tie.measure), NO_LIMIT))
        return self.ties != held

    def _mixture(self, wanted: Sequence[int]) -> Mixture | None:
        mixture = best_mixture(self._options(), wanted, self.ties[: wanted[0]], self.seconds_left)
        self.seconds_left -= mixture.seconds if mixture else 0.0
        return mixture

    def _priced(self, wanted: Sequence[int], mixture: Mixture, searching: bool, until: float) -> Round:
        """What the zones can reach at the mixture's prices; nobody is asked where a price is too high to count with."""
        factor = COUNT_FACTOR if self.kinds[wanted[0]].goal in COUNTED else YUAN_FACTOR
        aim, sides = self._aim(wanted, mixture, factor)
        dearest = int(self.problem.totals.max(initial=1))
        if any(abs(price) * (1 if goal.goal in COUNTED else dearest) > LARGEST for goal, price in aim.parts):
            return Round(mixture, aim, factor, sides, ())
        unit = max(factor * self.units[wanted[-1]] // FINE, 1)
        priced = tuple(self._each(lambda n: self.parts[n].price(aim, unit, searching), until))
        return Round(mixture, aim, factor, sides, priced)

    def _learned(self, priced: tuple[Priced, ...]) -> int:
        """How many of the points found are new."""
        return sum([part.add(each.point) for part, each in zip(self.parts, priced, strict=False)])

    def _aim(self, wanted: Sequence[int], mixture: Mixture, factor: int) -> tuple[Aim, int]:
        """f + Σ ρ_t h_t as an aim and Σ ρ_t side_t, both times ``factor``."""
        parts = [(goal, sign * factor) for measure in wanted for goal, sign in self.measures[measure].parts]
        sides = 0
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
        taken, seconds = best_choice(self._options(), (measure,), self.ties, self.seconds_left * CHOICE_SHARE)
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


def _options(known: list[list[tuple[PricePoint, list[int]]]]) -> Options:
    """The points of every zone as options."""
    zone = np.repeat(np.arange(len(known)), [len(points) for points in known])
    return Options(zone, np.array([values for points in known for _, values in points], dtype=np.int64))


def _fell(before: tuple[Tie, ...], now: tuple[Tie, ...]) -> bool:
    """Whether a tie asks for less than it did: bounds counted under it hold no longer."""
    return any(new.low < old.low for old, new in zip(before, now, strict=False))
