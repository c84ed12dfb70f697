"""Small launches simulated many times agree with every day they can have, in every calling order.

Per figure Bernstein's inequality bounds how far a share of 25,000 independent days may lie from its exact chance; the
bound is drawn so that a right simulation would miss one of all figures here once in a hundred seeds at most (5 standard
errors where the chance is not small). What cannot happen must never happen, what must happen always.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from sincerity.domain import GRADES
from sincerity.forecast.assumptions import CHOICES, Assumptions, Batch, assumptions
from sincerity.forecast.draws import draw
from sincerity.forecast.eve import Conduct, Days, simulate
from sincerity.forecast.launch_day import launch_days
from sincerity.forecast.orders import calling_order
from sincerity.forecast.summaries import absorption_curve, forecast_buyers, forecast_totals, forecast_units
from tests.forecast.exact import SUBSTITUTE, Exact, Guest, Mood, SmallLaunch, enumerate_days, moods
from tests.forecast.small_launches import as_settled, eve_of

RUNS, SEED, LOOKS = 25_000, "exact", 3
FIGURES = 2_000  # at least as many as are compared in this file
MISSES = math.log(2 * FIGURES / 0.01)

ORDERS = {
    **assumptions().orders,
    "two then lots": (Batch(("A", "B"), "priority"), Batch(("C", "D", "U"), "ballot")),
    "lots then queue": (Batch(("B", "C"), "ballot"), Batch(("A", "D", "U"), "queue")),
}
CALM = replace(
    assumptions(), effect_show=0.0, effect_accept=0.0, follow_plan=0.6, looks=LOOKS, orders=ORDERS,
    show={"A": 0.9, "B": 0.8, "C": 0.7, "D": 0.6, "U": 1.0},
    accept={"A": 0.9, "B": 0.7, "C": 0.8, "D": 0.6, "U": 0.5},
    choice=dict(zip(CHOICES, (1.0, 0.8, 0.7, 0.5, 0.4, 0.3), strict=True)),
)
STEERED = SmallLaunch(  # four buyers, all after u1; the plan and the substitutes lead them apart
    (
        Guest("anna", "A", ("u1", "u2"), planned="u2", queue=3),
        Guest("bo", "B", ("u1", "u3"), ("u2",), planned="u3"),
        Guest("cai", "C", ("u2", "u1"), ("u3",), queue=1),
        Guest("dan", "D", ("u1",), ("u3", "u2"), planned="u3", queue=2),
    ),
    {"u1": 1_000_000, "u2": 1_200_000, "u3": 1_500_000},
)
UNSTEERED = replace(STEERED, guests=tuple(replace(one, planned="", substitutes=()) for one in STEERED.guests))
EVERYTHING = SmallLaunch(  # a couple, a price too high, a unit held back, one kept, five choices, one who named nothing
    (
        Guest("anna", "B", ("u1", "u5", "u2", "u3", "u6"), planned="u3", couple=True, queue=4),
        Guest("bo", "A", ("u1", "u2"), ceiling_yuan=1_100_000, substitutes=("u4",), wish_yuan=1_450_000, queue=2),
        Guest("cai", "C", ("u2", "u4"), ceiling_yuan=1_300_000),
        Guest("dan", "U", ("u3", "u1"), wish_yuan=1_500_000, queue=1),
        Guest("eve", "D"),
    ),
    {"u1": 1_000_000, "u2": 1_200_000, "u3": 1_400_000, "u4": 1_500_000, "u5": 900_000, "u6": 1_700_000},
    held=frozenset({"u5"}), kept={"u4": "cai"},
)
UNDECIDED = SmallLaunch(  # two alike who named nothing, behind two alike who named the same unit first
    (
        Guest("anna", "C", queue=9), Guest("bo", "B", ("u1", "u2"), queue=8),
        Guest("cai", "B", ("u1",), couple=True, queue=7), Guest("dan", "C", queue=6),
    ),
    {"u1": 1_000_000, "u2": 1_200_000, "u3": 1_500_000},
)
LED_ON = SmallLaunch(  # three named the same unit, one nothing; after the call they are led on to the same few
    (
        Guest("anna", "B", ("u1",), wish_yuan=1_250_000, queue=2), Guest("bo", "D", wish_yuan=1_600_000),
        Guest("cai", "A", ("u1",), wish_yuan=1_300_000, queue=1), Guest("dan", "B", ("u1",), wish_yuan=1_250_000),
    ),
    {"u1": 1_000_000, "u2": 1_200_000, "u3": 1_300_000, "u4": 1_500_000, "u5": 1_600_000},
    held=frozenset({"u5"}),
)
LAUNCHES = {
    "led on": LED_ON, "steered": STEERED, "unsteered": UNSTEERED, "everything": EVERYTHING, "undecided": UNDECIDED,
}


def figures_of(exact: Exact) -> dict[tuple, float]:
    """Every exact chance by what it is the chance of."""
    found = {("sale", *sale): chance for sale, chance in exact.sale.items()}
    found |= {("sold", count): chance for count, chance in exact.sold.items()}
    found |= {("revenue", total): chance for total, chance in exact.revenue.items()}
    found |= {("sold by", place, count): chance for place, counts in exact.sold_by.items()
              for count, chance in counts.items()}
    return found


def figures_in(days: Days) -> dict[tuple, float]:
    """The same as shares of the simulated days."""
    sales, scene = days.sales, days.scene
    kinds_of_sale = shares((sales.buyer * scene.units + sales.unit) * len(CHOICES) + sales.kind)
    found = {("sold", count): share for count, share in shares(days.sold).items()}
    found |= {("revenue", total): share for total, share in shares(days.revenue_yuan).items()}
    for place in range(1, scene.buyers + 1):
        by_now = np.bincount(sales.run[sales.position <= place], minlength=RUNS)
        found |= {("sold by", place, count): share for count, share in shares(by_now).items()}
    for code, share in kinds_of_sale.items():
        buyer, unit = divmod(code // len(CHOICES), scene.units)
        found["sale", scene.buyer_ids[buyer], scene.unit_ids[unit], code % len(CHOICES)] = share
    return found


def shares(values) -> dict[int, float]:
    """How often each value occurs, as a share of the days."""
    return {int(value): times / RUNS for value, times in zip(*np.unique(values, return_counts=True), strict=True)}


def allowed(chance: float) -> float:
    """How far the share of ``RUNS`` days may lie from a chance (Bernstein); nothing where it is 0 or 1."""
    spread = chance * (1 - chance)
    if spread < 1e-12:
        return 1e-12
    return MISSES / (3 * RUNS) + math.sqrt((MISSES / (3 * RUNS)) ** 2 + 2 * MISSES * spread / RUNS)


def assert_alike(exact: Exact, days: Days) -> None:
    wanted, found = figures_of(exact), figures_in(days)
    assert sum(exact.sold.values()) == pytest.approx(1, abs=1e-12)
    off = {figure: (wanted.get(figure, 0.0), found.get(figure, 0.0)) for figure in wanted.keys() | found.keys()
           if abs(wanted.get(figure, 0.0) - found.get(figure, 0.0)) > allowed(wanted.get(figure, 0.0))}
    assert not off


def assert_published(exact: Exact, days: Days, launch: SmallLaunch) -> None:
    """The tables say of units, buyers, totals and curve what the exact chances say."""
    buyers, units = forecast_buyers(days).set_index("buyer_id"), forecast_units(days).set_index("unit_id")
    totals = forecast_totals(days).set_index(["scope", "member"]).loc[("all", "")]
    for guest in launch.guests:
        own = [(kind, chance) for (name, _, kind), chance in exact.sale.items() if name == guest.name]
        first, picks, other = (sum(chance for kind, chance in own if low <= kind < high)
                               for low, high in ((0, 1), (0, SUBSTITUTE), (SUBSTITUTE, len(CHOICES))))
        told = {"chance_to_come": exact.comes[guest.name], "chance_first_choice": first, "chance_pick": picks,
                "chance_substitute": other, "chance_nothing": 1 - picks - other}
        for column, chance in told.items():
            assert abs(buyers.loc[guest.name, column] - chance) <= allowed(chance), (guest.name, column)
        off = abs(buyers.loc[guest.name, "expected_position"] - exact.place[guest.name])
        assert off <= len(launch.guests) * allowed(0.5), guest.name
    for unit, row in units.iterrows():
        takers = {guest.name: sum(chance for (name, sold, _), chance in exact.sale.items()
                                  if (name, sold) == (guest.name, unit)) for guest in launch.guests}
        chance, most = sum(takers.values()), max(takers.values())
        assert abs(row["chance_to_sell"] - chance) <= allowed(chance), unit
        assert abs(row["likely_buyer_chance"] - most) <= allowed(most), unit
        assert most - takers.get(row["likely_buyer_id"], 0.0) <= 2 * allowed(most), unit
    mean = sum(count * chance for count, chance in exact.sold.items())
    assert abs(totals["sold_mean"] - mean) <= len(launch.units) * allowed(0.5)
    curve = absorption_curve(days).set_index("position")
    for level, share in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
        assert_quantile(totals[f"sold_{level}"], share, exact.sold)
        assert_quantile(totals[f"revenue_{level}_yuan"], share, exact.revenue)
        for place, counts in exact.sold_by.items():
            assert_quantile(curve.loc[place, f"sold_{level}"], share, counts)


def assert_quantile(value: int, share: float, chances) -> None:
    """``value`` is the smallest that ``share`` of the days reach, but for what 25,000 days may lie off."""
    reached = sum(chance for one, chance in chances.items() if one <= value)
    below = sum(chance for one, chance in chances.items() if one < value)
    assert below - allowed(below) <= share <= reached + allowed(reached)


@cache
def calm_days(name: str) -> Days:
    """The days of a launch called by priority: eve and luck are the same in every order."""
    return simulate(eve_of(LAUNCHES[name]), Conduct(CALM, "priority", RUNS, SEED))


@cache
def launch_of(name: str) -> SmallLaunch:
    """The launch with what is settled on the eve by hash."""
    return as_settled(LAUNCHES[name], calm_days(name).eve, LOOKS, SEED)


@cache
def exact_of(name: str, order: str) -> Exact:
    """The exact chances of a launch without a swing."""
    return enumerate_days(launch_of(name), CALM, order, moods(CALM))


def days_of(name: str, order: str, given: Assumptions = CALM) -> Days:
    """The simulated days; without a swing the luck is that of the days called by priority."""
    calm = calm_days(name)
    return simulate(calm.eve, replace(calm.conduct, given=given, order=order), calm)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", LAUNCHES)
def test_simulated_days_agree_with_every_day_there_can_be(name, order):
    assert_alike(exact_of(name, order), days_of(name, order))


@pytest.mark.parametrize(("name", "order"), [
    ("led on", "priority"), ("steered", "ballot"), ("unsteered", "queue"), ("everything", "mixed"),
    ("undecided", "online"),
])
def test_the_published_tables_say_what_the_exact_chances_say(name, order):
    assert_published(exact_of(name, order), days_of(name, order), launch_of(name))


@pytest.mark.parametrize("order", ["priority", "ballot"])
def test_with_the_shared_swing_they_agree_with_its_integral(order):
    """A strong swing, so that days of all and days of none are far more frequent than independent buyers make them."""
    swung = replace(CALM, effect_show=1.2, effect_accept=0.9)
    exact, days = enumerate_days(STEERED, swung, order, moods(swung)), days_of("steered", order, swung)
    assert_alike(exact, days)
    assert_published(exact, days, STEERED)
    assert exact.sold[0] > 4 * exact_of("steered", order).sold[0]


def test_with_a_models_chances_they_agree_with_the_mean_over_its_draws():
    """Every second day has the first draw's chances: of 30 points a small one, of 70 one above the chance to come."""
    drawn = [{30: 0.2, 70: 0.95}, {30: 0.5, 70: 0.6}]
    launch = replace(STEERED, guests=tuple(
        replace(guest, points=points) for guest, points in zip(STEERED.guests, (70, 30, 70, 30), strict=True)))
    by_points = np.full((RUNS, 101), 0.01)
    for day, chances in enumerate(drawn):
        for points, chance in chances.items():
            by_points[day::2, points] = chance
    wanted = [figures_of(enumerate_days(launch, CALM, "queue", [_mood_of(launch, chances)])) for chances in drawn]
    days = calm_days("steered")
    scene = replace(days.scene, score=np.array([guest.points for guest in launch.guests]))
    draws = draw(scene, CALM, RUNS, SEED, by_points)
    sales = launch_days(scene, draws, calling_order(scene, CALM.orders["queue"], draws))
    found = figures_in(replace(days, draws=draws, sales=sales))
    for figure in found.keys() | wanted[0].keys():
        chance = sum(one.get(figure, 0.0) for one in wanted) / len(wanted)
        assert abs(found.get(figure, 0.0) - chance) <= allowed(chance), figure


def _mood_of(launch: SmallLaunch, chances: dict[int, float]) -> Mood:
    """Each of the four guests has a grade of their own, so chances by points are chances by grade."""
    bought = {guest.grade: chances[guest.points] for guest in launch.guests}
    come = {grade: max(CALM.show[grade], chance) for grade, chance in bought.items()}
    take = {grade: [chance / come[grade] * part for part in CALM.choice.values()] for grade, chance in bought.items()}
    return Mood(1.0, come, take)


def test_the_launches_hold_what_they_are_made_for():
    """Every grade, a couple and one who named nothing take part, and 25,000 days tell the shipped orders apart."""
    guests = launch_of("everything").guests
    assert {guest.grade for guest in guests} == set(GRADES)
    assert guests[-1].looks and "anna anna-2" in calm_days("everything").eve.known.buyers["members"].tolist()
    figures = [figures_of(exact_of("steered", order)) for order in assumptions().orders]
    for place, one in enumerate(figures):
        for other in figures[:place]:
            gap = max(abs(one.get(figure, 0.0) - other.get(figure, 0.0)) for figure in one.keys() | other.keys())
            assert gap > 2 * allowed(0.5)
    assert [len(guest.led_to) for guest in launch_of("led on").guests] == [1, 4, 2, 1]
    assert [guest.led_to for guest in guests] == [(), ("u3",), (), ("u2",), ()]  # neither kept nor named before
    assert sum(len(figures_of(exact_of(name, order))) for name in LAUNCHES for order in ORDERS) < 0.8 * FIGURES
