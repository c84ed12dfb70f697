"""The launches on which the solver was found wrong: what it was asked, and the value that some plan reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sincerity.pricing.problem import PriceProblem
from sincerity.pricing.programme import Aim, Programme, Rows, programme_of
from sincerity.settings import Goal
from tests.pricing.random_launch import random_launch
from tests.pricing.wrong_answers.launches import Crowded

GOALS = tuple(Goal("placed", "max", (grade,)) for grade in "ABCD")
TIGHT: dict[str, str | float] = {"mip_feasibility_tolerance": 1e-9}


@dataclass(frozen=True)
class Plain:
    """A launch with nothing but the product's own rows: 39 buyers, 36 units, stack order and average."""

    def problem(self) -> PriceProblem:
        """The launch."""
        return random_launch(39, 36, 74)

    def extra_rows(self, programme: Programme) -> Rows:
        """The programme's rows: there are no others."""
        return programme.rows


@dataclass(frozen=True)
class Case:
    """``counts`` are the grades' placements in a plan that exists; ``weights`` make one goal of them."""

    name: str
    launch: Crowded | Plain
    weights: tuple[int, ...]
    counts: tuple[int, ...]
    options: Mapping[str, str | float] = field(default_factory=dict)
    textbook: bool = False  # the solver is asked in the textbook's form

    @property
    def aim(self) -> Aim:
        """All grades as one goal."""
        return Aim(tuple(zip(GOALS, self.weights, strict=True)))

    @property
    def reached(self) -> int:
        """The value of the plan that exists."""
        return sum(weight * count for weight, count in zip(self.weights, self.counts, strict=True))

    def programme(self, problem: PriceProblem) -> Programme:
        """The product's programme of the launch, with the launch's own rows."""
        programme = programme_of(problem)
        return replace(programme, rows=self.launch.extra_rows(programme))


CASES = (
    Case(
        "sevens", Crowded(121, 97, 71, steps=7, picks=4, floors=3, tolerance=0.002, priority=False),
        (27_000_000, 900_000, 30_000, 1_000), (7, 7, 7, 7), textbook=True,
    ),
    Case(
        "sixes", Crowded(7, 97, 61, steps=5, picks=4, floors=20, tolerance=0.0005, order=False),
        (27_000_000, 900_000, 30_000, 1_000), (6, 6, 6, 6), TIGHT,
    ),
    Case(
        "twos", Crowded(26, 57, 21, steps=3, picks=5, floors=5, tolerance=0.0005),
        (10_000_000, 100_000, 1_000, 10), (2, 2, 2, 2), TIGHT,
    ),
    Case(
        "threes", Crowded(67, 49, 30, steps=7, picks=5, floors=10, tolerance=0.002, order=False),
        (10_000_000, 100_000, 1_000, 10), (3, 3, 3, 3), TIGHT,
    ),
    Case(
        "presolve_off", Crowded(0, 104, 76, steps=3, picks=4, floors=10, tolerance=0.01, priority=False),
        (10_000_000, 100_000, 1_000, 10), (7, 7, 7, 7), {"presolve": "off"}, textbook=True,
    ),
    Case("own_rows", Plain(), (1_000_000_000, 1_000_000, 1_000, 1), (6, 10, 5, 4), TIGHT),
)
