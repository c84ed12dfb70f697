"""Every launch day a small launch can have, each with its exact chance, told in plain Python from docs/forecast.md.

Enumerated are: who comes and how far down the own list each is ready to go × who goes for the plan's unit first ×
every order the lots can fall in. After the call those still ready are led on to what is left. The launch's mood is
integrated over Gauss–Hermite nodes. No code of the forecast is used.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations, product

import numpy as np

SUBSTITUTE, UNDECIDED = 4, 5  # places in the row first, second, third, later, substitute, undecided

Offer = tuple[str, int]  # unit, kind
Sold = Mapping[str, Offer]  # buyer → what they took


@dataclass(frozen=True)
class Guest:
    """A household: two buyers who share a phone where it is a ``couple``; who has ``looks`` named no unit.

    ``led_to`` are the units they are led on to after the call, at most ``wish_yuan`` each; None: nobody leads them.
    """

    name: str
    grade: str
    picks: tuple[str, ...] = ()
    substitutes: tuple[str, ...] = ()
    planned: str = ""
    queue: int | None = None
    ceiling_yuan: float = math.inf
    looks: tuple[str, ...] = ()
    couple: bool = False
    wish_yuan: float | None = None
    led_to: tuple[str, ...] = ()
    points: int = 50


@dataclass(frozen=True)
class SmallLaunch:
    """Guests in the order of priority, units with their totals in yuan, units held back and units kept for a guest."""

    guests: tuple[Guest, ...]
    units: Mapping[str, int]
    held: frozenset[str] = frozenset()
    kept: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mood:
    """One mood of the launch: how likely it is, and by grade the chances to come and to take each kind of offer."""

    share: float
    come: Mapping[str, float]
    take: Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Exact:
    """Exact chances: of every sale, and by what they count of every number."""

    sale: Mapping[tuple[str, str, int], float]  # buyer, unit, kind
    sold: Mapping[int, float]
    revenue: Mapping[int, float]
    sold_by: Mapping[int, Mapping[int, float]]  # buyers called so far → units sold
    comes: Mapping[str, float]
    place: Mapping[str, float]  # mean calling position


def offers(launch: SmallLaunch, guest: Guest) -> list[Offer]:
    """What ``guest`` may buy, in the own order."""
    picks = [(unit, min(rank, SUBSTITUTE - 1)) for rank, unit in enumerate(guest.picks)
             if launch.units[unit] <= guest.ceiling_yuan or launch.kept.get(unit) == guest.name]
    listed = [*picks, *((unit, SUBSTITUTE) for unit in guest.substitutes), *((unit, UNDECIDED) for unit in guest.looks)]
    return [(unit, kind) for unit, kind in listed
            if unit not in launch.held and launch.kept.get(unit, guest.name) == guest.name]


def moods(given, nodes: int = 24) -> list[Mood]:
    """The moods z ~ N(0, 1) of a launch with stated chances; one where nothing swings."""
    swings = given.effect_show or given.effect_accept
    points, weights = np.polynomial.hermite_e.hermegauss(nodes) if swings else ([0.0], [1.0])
    return [_mood(given, float(z), float(weight / sum(weights))) for z, weight in zip(points, weights, strict=True)]


def _mood(given, z: float, share: float) -> Mood:
    return Mood(
        share,
        {grade: _swung(chance, given.effect_show * z) for grade, chance in given.show.items()},
        {grade: [_swung(chance * part, given.effect_accept * z) for part in given.choice.values()]
         for grade, chance in given.accept.items()},
    )


def _swung(chance: float, shift: float) -> float:
    return chance if chance in (0.0, 1.0) else 1 / (1 + math.exp(-math.log(chance / (1 - chance)) - shift))


def callings(launch: SmallLaunch, batches) -> list[list[Guest]]:
    """Every calling order, all equally likely: batch by batch, then batch by batch those who named nothing."""
    parts = [_orders([guest for guest in launch.guests if guest.grade in batch.grades and bool(guest.looks) == last],
                     batch.by) for last in (False, True) for batch in batches]
    return [[guest for part in one for guest in part] for one in product(*parts)]


def _orders(guests: list[Guest], by: str) -> list[tuple[Guest, ...]]:
    if by in ("ballot", "online"):
        return list(permutations(guests))
    if by == "queue":
        return [tuple(sorted(guests, key=lambda guest: math.inf if guest.queue is None else guest.queue))]
    return [tuple(guests)]


def readiness(listed: Sequence[Offer], guest: Guest, mood: Mood) -> dict[int, float]:
    """How many kinds of offers a guest is ready for that day, most wanted first: 0 for who stays away or wants none."""
    kinds = sorted({kind for _, kind in listed} | ({UNDECIDED} if guest.led_to else set()))
    ready = [mood.come[guest.grade] * mood.take[guest.grade][kind] for kind in kinds]
    return {depth: more - less for depth, more, less in
            zip([0, *(kind + 1 for kind in kinds)], [1.0, *ready], [*ready, 0.0], strict=True)}


def days(launch: SmallLaunch, lists: Mapping[str, list[Offer]], given, weather: Sequence[Mood]) -> Iterator:
    """Every pattern of readiness and following: each guest's offers in the order of looking, what they can be led on
    to, and the chance of it."""
    ready = [[readiness(lists[guest.name], guest, mood) for guest in launch.guests] for mood in weather]
    led = [_ways_of_looking(lists[guest.name], guest.planned, given.follow_plan) for guest in launch.guests]
    for depths in product(*ready[0]):
        chance = sum(mood.share * math.prod(one[depth] for one, depth in zip(of_guest, depths, strict=True))
                     for mood, of_guest in zip(weather, ready, strict=True))
        after = {guest.name: guest.led_to if depth > UNDECIDED else ()
                 for guest, depth in zip(launch.guests, depths, strict=True)}
        for ways in product(*led):
            wants = {guest.name: [offer if offer[1] < depth else None for offer in listed]
                     for guest, depth, (listed, _) in zip(launch.guests, depths, ways, strict=True)}
            yield wants, after, chance * math.prod(share for _, share in ways)


def _ways_of_looking(listed: list[Offer], planned: str, follow: float) -> list[tuple[list[Offer], float]]:
    led = sorted(listed, key=lambda offer: offer[0] != planned)
    return [(listed, 1.0)] if led == listed else [(listed, 1 - follow), (led, follow)]


def one_day(called: Sequence[Guest], wants: Mapping[str, Sequence[Offer | None]], online: bool) -> dict[str, Offer]:
    """Who buys what: one by one down the own list, or ``online`` everybody the first offer, then the second …"""
    if online:
        clicks = [(guest.name, wants[guest.name][turn]) for turn in range(max(map(len, wants.values())))
                  for guest in called if turn < len(wants[guest.name])]
    else:
        clicks = [(guest.name, offer) for guest in called for offer in wants[guest.name]]
    sold: dict[str, Offer] = {}
    gone: set[str] = set()
    for name, offer in clicks:
        if offer is not None and name not in sold and offer[0] not in gone:
            sold[name] = offer
            gone.add(offer[0])
    return sold


def led_on(called: Sequence[Guest], after: Mapping[str, Sequence[str]], sold: Sold) -> dict[str, Offer]:
    """What is bought after the call: who has nothing yet and can be led on takes the first unit still free."""
    gone, got = {unit for unit, _ in sold.values()}, {}
    for guest in called:
        left = [unit for unit in after[guest.name] if unit not in gone]
        if guest.name not in sold and left:
            got[guest.name] = (left[0], UNDECIDED)
            gone.add(left[0])
    return got


def enumerate_days(launch: SmallLaunch, given, order: str, weather: Sequence[Mood]) -> Exact:
    """The exact chances when buyers are called in ``order`` of ``given``. Chances add up to 1."""
    batches = given.orders[order]
    lists = {guest.name: offers(launch, guest) for guest in launch.guests}
    orders = callings(launch, batches)
    sale, sold, revenue = defaultdict(float), defaultdict(float), defaultdict(float)
    sold_by = defaultdict(lambda: defaultdict(float))
    for wants, after, chance in days(launch, lists, given, weather):
        for called in orders:
            part, by_call = chance / len(orders), one_day(called, wants, batches[0].by == "online")
            got = {**by_call, **led_on(called, after, by_call)}
            sold[len(got)] += part
            revenue[sum(launch.units[unit] for unit, _ in got.values())] += part
            for name, (unit, kind) in got.items():
                sale[name, unit, kind] += part
            sold_by[len(called)][len(got)] += part
            for position in range(1, len(called)):
                sold_by[position][sum(guest.name in by_call for guest in called[:position])] += part
    return Exact(
        sale, sold, revenue, sold_by,
        {guest.name: sum(mood.share * mood.come[guest.grade] for mood in weather) for guest in launch.guests},
        {guest.name: sum(called.index(guest) + 1 for called in orders) / len(orders) for guest in launch.guests},
    )
