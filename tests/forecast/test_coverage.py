"""The 80 % range is one: launches whose truth is played out by other code fall inside it as often as it says.

Units are whole numbers, and a range of whole numbers with both ends inside holds more than 80 % of the days by
construction: of a range seven units wide each end alone holds six days in a hundred. So beside the
plain count of hits, held against what the forecasts themselves say their ranges hold, the randomised probability
integral transform is checked: the truth's place among the simulated days, equals split by lot, is uniform if and only
if the forecast is right (Czado, Gneiting and Held 2009, Predictive model assessment for count data).
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

import numpy as np
import pytest

from sincerity.domain import GRADES
from sincerity.forecast.assumptions import Assumptions, Batch, assumptions
from sincerity.forecast.draws import draw
from sincerity.forecast.launch_day import launch_days
from sincerity.forecast.orders import calling_order
from sincerity.forecast.ranges import ranges, share_inside
from tests.forecast.days import by_hand, scene

RUNS = 300
CHI_SQUARE_9_AT_1_PERCENT = 21.67
FEWER_BUY = replace(  # chances of a launch that leaves units over; the first the product shipped with
    assumptions(),
    show={"A": 0.92, "B": 0.80, "C": 0.55, "D": 0.30, "U": 0.40},
    accept={"A": 0.75, "B": 0.50, "C": 0.30, "D": 0.15, "U": 0.20},
)


@dataclass(frozen=True)
class Case:
    """Launches of one size, the chances they are forecast and played out with, and how many there are."""

    given: Assumptions
    buyers: int
    units: int
    launches: int


SPARSE = Case(FEWER_BUY, 60, 30, 500)
SCARCE = Case(assumptions(), 60, 30, 500)  # the same launches by the shipped chances
AMPLE = Case(assumptions(), 80, 80, 200)
CASES = {"sparse": SPARSE, "scarce": SCARCE, "ample": AMPLE}


@dataclass(frozen=True)
class Kept:
    """Per launch: whether the range held the truth, the share of simulated days it holds, the truth's place in 0 … 1"""

    inside: np.ndarray
    says: np.ndarray
    place: np.ndarray


def random_launch(rng, buyers, units):
    """Buyers of all grades with one to three picks on units of many prices."""
    offers = [[(int(unit), place) for place, unit in enumerate(rng.permutation(units)[: rng.integers(1, 4)])]
              for _ in range(buyers)]
    return scene(
        offers, units, grade=np.sort(rng.integers(0, 4, buyers)),
        buyer_keys=rng.integers(1, 2**62, buyers).astype(np.uint64),
        total_yuan=rng.integers(1_000_000, 4_000_000, units),
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


def forecast_and_truth(case):
    """Launch by launch: what is forecast by run, and what happened, of units and of revenue."""
    rng, fate = np.random.default_rng(20261121), random.Random(7)
    for launch in range(case.launches):
        day = random_launch(rng, case.buyers, case.units)
        draws = draw(day, case.given, RUNS, f"launch {launch}")
        sales = launch_days(day, draws, calling_order(day, (Batch(GRADES, "priority"),), draws))
        truth = true_day(day, case.given, fate)
        yield {
            "sold": (np.bincount(sales.run, minlength=RUNS), len(truth)),
            "revenue": (np.bincount(sales.run, weights=day.total_yuan[sales.unit], minlength=RUNS),
                        int(day.total_yuan[truth].sum())),
        }


@pytest.fixture(scope="module", params=CASES)
def kept(request):
    """The launches of a case, of units and of revenue."""
    lots, rows = np.random.default_rng(1), {"sold": [], "revenue": []}
    for launch in forecast_and_truth(CASES[request.param]):
        for name, (by_run, happened) in launch.items():
            found = ranges(by_run, "at")
            place = ((by_run < happened).sum() + lots.random() * ((by_run == happened).sum() + 1)) / (RUNS + 1)
            rows[name].append((found["at_p10"] <= happened <= found["at_p90"], float(share_inside(by_run)), place))
    return request.param, {name: Kept(*np.array(one, dtype=float).T) for name, one in rows.items()}


def test_the_range_holds_what_happens_four_times_in_five(kept):
    """With equals split by lot in every case; by the plain count where that is eight in ten by construction too."""
    name, found = kept
    for one in found.values():
        assert 0.75 <= ((one.place >= 0.1) & (one.place <= 0.9)).mean() <= 0.85
    assert 0.75 <= found["revenue"].inside.mean() <= 0.85
    if name != "scarce":
        assert 0.75 <= found["sold"].inside.mean() <= 0.85


def test_the_range_holds_what_it_says_it_holds(kept):
    """The plain count is the sum of the shares of simulated days the ranges hold, within three standard errors."""
    name, found = kept
    for one in found.values():
        error = math.sqrt((one.says * (1 - one.says)).sum())
        assert abs(one.inside.sum() - one.says.sum()) <= 3 * error
    assert (found["sold"].says.mean() > 0.85) == (name == "scarce")


def test_the_truths_place_among_the_simulated_days_is_uniform(kept):
    for one in kept[1].values():
        counts = np.histogram(one.place, 10, (0, 1))[0]
        expected = len(one.place) / 10
        assert ((counts - expected) ** 2 / expected).sum() <= CHI_SQUARE_9_AT_1_PERCENT
