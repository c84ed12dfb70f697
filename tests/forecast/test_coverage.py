"""The 80 % range is one: on 500 launches whose truth is played out by other code it holds 75 to 85 % of them."""

from __future__ import annotations

import math
import random

import numpy as np

from sincerity.domain import GRADES
from sincerity.forecast.assumptions import Batch, assumptions
from sincerity.forecast.draws import draw
from sincerity.forecast.launch_day import launch_days
from sincerity.forecast.orders import calling_order
from sincerity.forecast.ranges import ranges
from tests.forecast.days import by_hand, scene

LAUNCHES, BUYERS, UNITS, RUNS = 500, 80, 80, 300


def random_launch(rng):
    """Buyers of all grades with one to three picks on units of many prices."""
    offers = [[(int(unit), place) for place, unit in enumerate(rng.permutation(UNITS)[: rng.integers(1, 4)])]
              for _ in range(BUYERS)]
    return scene(
        offers, UNITS, grade=np.sort(rng.integers(0, 4, BUYERS)),
        buyer_keys=rng.integers(1, 2**62, BUYERS).astype(np.uint64),
        total_yuan=rng.integers(1_000_000, 4_000_000, UNITS),
    )


def true_day(day, given, rng):
    """One launch day played out by hand from the stated chances: its sold units."""
    mood = rng.gauss(0, 1)

    def swung(chance, sd):
        return 1 / (1 + math.exp(-(math.log(chance / (1 - chance)) + sd * mood)))

    depth = []
    for grade in day.grade.tolist():
        comes = rng.random() < swung(given.show[GRADES[grade]], given.effect_show)
        wish = rng.random()
        kinds = [wish < swung(given.accept[GRADES[grade]] * share, given.effect_accept)
                 for share in given.choice.values()]
        depth.append(sum(kinds) if comes else 0)
    return list(by_hand(day, depth, [rng.random() < given.follow_plan for _ in depth], range(day.buyers)).values())


def test_the_range_holds_what_happens_four_times_in_five():
    given, held = assumptions(), {"sold": 0, "revenue": 0}
    rng, fate = np.random.default_rng(20261121), random.Random(7)
    for launch in range(LAUNCHES):
        day = random_launch(rng)
        draws = draw(day, given, RUNS, f"launch {launch}")
        sales = launch_days(day, draws, calling_order(day, (Batch(GRADES, "priority"),), draws))
        sold = np.bincount(sales.run, minlength=RUNS)
        revenue = np.bincount(sales.run, weights=day.total_yuan[sales.unit], minlength=RUNS)
        truth = true_day(day, given, fate)
        happened = {"sold": len(truth), "revenue": int(day.total_yuan[truth].sum())}
        for name, forecast in (("sold", sold), ("revenue", revenue)):
            found = ranges(forecast, name)
            held[name] += found[f"{name}_p10"] <= happened[name] <= found[f"{name}_p90"]
    assert 0.75 <= held["revenue"] / LAUNCHES <= 0.85, held
    assert 0.75 <= held["sold"] / LAUNCHES <= 0.85, held
