"""How often the installed HiGHS calls a plan optimal that can be beaten, on small crowded launches.

    python -m tests.bench.bench_wrong_answers                       # 20 launches in both forms, about 4 minutes
    python -m tests.bench.bench_wrong_answers --first 121 --launches 1

An answer is wrong when it is called optimal and breaks a rule, or stays behind the best plan that any of the solver's
answers to the same launch stands for; rules and values are counted in integers. Searches cut off by time do not count.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator

import highspy
import numpy as np

from sincerity.pricing.problem import PricePoint, broken
from sincerity.pricing.programme import point_at, values_at
from tests.bench.table import print_table
from tests.pricing.wrong_answers.cases import TIGHT, Case
from tests.pricing.wrong_answers.launches import Crowded
from tests.pricing.wrong_answers.plain import asked
from tests.pricing.wrong_answers.textbook import Textbook

WEIGHTS = ((27_000_000, 900_000, 30_000, 1_000), (10_000_000, 100_000, 1_000, 10), (10**8, 10**6, 10**4, 10**2))
WAYS: dict[str, dict[str, str | float]] = {"as it comes": {}, "at 1e-9": TIGHT, "presolve off": {"presolve": "off"}}
SECONDS = 2.0


def drawn_launch(seed: int) -> Crowded:
    """A launch of 50 to 104 buyers, its measures drawn from ``seed`` too."""
    rng = np.random.default_rng(500_000 + seed)
    buyers = int(rng.integers(50, 105))
    return Crowded(
        seed, buyers, units=int(rng.integers(buyers // 3, buyers + 1)), steps=int(rng.choice([3, 5, 7])),
        picks=int(rng.integers(2, 6)), floors=int(rng.choice([3, 5, 10, 20])),
        tolerance=float(rng.choice([0.0005, 0.002, 0.01])), cap=float(rng.choice([0, 0.1, 0.1])),
        order=bool(rng.integers(0, 2)), priority=bool(rng.random() < 0.7),
    )


def answers(launch: Crowded, weights: tuple[int, ...]) -> Iterator[tuple[str, int | None]]:
    """Way and value of every finished answer to the launch; None for a point that breaks a rule."""
    case, problem = Case("", launch, weights, (0, 0, 0, 0)), launch.problem()
    programme, textbook = case.programme(problem), Textbook(launch, problem)
    rows = programme.rows

    def value(point: PricePoint) -> int | None:
        sums = rows.matrix @ values_at(programme, point)
        kept = not broken(problem, point) and bool(((sums >= rows.low) & (sums <= rows.high)).all())
        return case.aim.value(problem, point) if kept else None

    for way, options in WAYS.items():
        claim = asked(programme, case.aim.vector(programme)[0], time_limit=SECONDS, **options)
        if claim.optimal:
            yield f"product, {way}", value(point_at(programme, claim.values))
        claim = asked(textbook, textbook.weights(weights), time_limit=SECONDS, **options)
        if claim.optimal:
            yield f"textbook, {way}", value(textbook.point_at(claim.values))


def measure(first: int = 0, launches: int = 20) -> list[dict[str, object]]:
    """One row per form and way."""
    told, wrong = Counter[str](), Counter[str]()
    for seed in range(first, first + launches):
        for weights in WEIGHTS:
            found = list(answers(drawn_launch(seed), weights))
            best = max((value for _, value in found if value is not None), default=None)
            told.update(way for way, _ in found)
            missed = [(way, value) for way, value in found if value != best]
            wrong.update(way for way, _ in missed)
            for way, value in missed:
                print(f"launch {seed}, weights {weights}: {way} {value}, best {best}", flush=True)
    return [{"form and way": way, "called optimal": told[way], "wrong": wrong[way]} for way in told]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Wrong answers of the installed HiGHS on small launches.")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--launches", type=int, default=20)
    chosen = parser.parse_args()
    print(f"HiGHS {highspy.Highs().version()}")
    print_table(measure(chosen.first, chosen.launches))
