"""Every way a zone can be planned near its best, and whether one way of each adds up: what closes the last placement.

At given prices of the ties a plan that reaches a wanted value gives up, in all zones together, no more than the bound
at these prices stands above it. So every zone of such a plan is planned within that much of its own best, and of all
plans of a zone that agree in what they count only the best at these prices matters. There are few of them. Where no
sum of one from each zone keeps the ties, no plan reaches the wanted value. (Columns within the gap are enumerated like
this in vehicle routing: Baldacci, Christofides, Mingozzi, 2008.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sincerity.pricing.choice import Tie
from sincerity.pricing.face import Face
from sincerity.pricing.problem import PricePoint
from sincerity.pricing.programme import NO_LIMIT, Aim
from sincerity.pricing.search import JointModel
from sincerity.pricing.tree import best_point

MOST_WAYS = 40  # of one zone; with more of them the sums are too many
MOST_SUMS = 100_000  # of zones, side by side

Limits = tuple[int, int]


def ways_near_best(model: JointModel, aim: Aim, counts: tuple[Aim, ...], least: int) -> tuple[PricePoint, ...] | None:
    """The best point for ``aim`` of every combination of ``counts`` that has one worth ``least``.

    None when the model's seconds run out before that is proven, or when there are more than ``MOST_WAYS``.
    """
    face, found = model.face, list[PricePoint]()
    boxes: list[tuple[Limits, ...]] = [((-NO_LIMIT, NO_LIMIT),) * len(counts)]
    narrow = face
    try:
        while boxes:
            box = boxes.pop()
            part = _boxed(model, narrow, counts, box)
            if part is None:
                continue
            model.face = part
            best = best_point(model, aim, None, 1, 1.0, least)
            if best.bound < least:
                continue
            if best.point is None or best.bound > aim.value(model.problem, best.point) or len(found) == MOST_WAYS:
                return None
            if not found and best.root is not None:
                narrow = part.settled(model.programme, best.root, least)  # the face that its root was proven on
                narrow = (narrow.tightened() or narrow).lean()
            found.append(best.point)
            boxes += _around(box, [count.value(model.problem, best.point) for count in counts])
    finally:
        model.face = face
    return tuple(found)


def _boxed(model: JointModel, face: Face, counts: tuple[Aim, ...], box: tuple[Limits, ...]) -> Face | None:
    """The points of the face whose counts lie in the box; None when its rows show that there are none."""
    for count, (low, high) in zip(counts, box, strict=True):
        if low > high:
            return None
        if low > -NO_LIMIT or high < NO_LIMIT:
            face = face.holding(model.programme, count, low, high)
    return face.tightened()


def _around(box: tuple[Limits, ...], here: list[int]) -> list[tuple[Limits, ...]]:
    """Boxes that hold every combination in ``box`` once, but for ``here``."""
    boxes = []
    for n, ((low, high), value) in enumerate(zip(box, here, strict=True)):
        alike, later = tuple((value, value) for value in here[:n]), box[n + 1 :]
        boxes += [(*alike, (low, value - 1), *later), (*alike, (value + 1, high), *later)]
    return boxes


@dataclass(frozen=True)
class Way:
    """What one way gives up beside its zone's best, and what it adds to every measure that is tied."""

    loss: int
    values: tuple[int, ...]


def adds_up(zones: Sequence[Sequence[Way]], spare: int, ties: tuple[Tie, ...]) -> bool:
    """Whether one way of each zone, losing ``spare`` in all at most, may keep ``ties``: False proves that none does.

    ``Tie.measure`` is a place in ``Way.values``. Of equal sums of all values but the first only the one that loses
    least is kept, so the first must be what losses differ by, and be tied on no side but the one that is priced.
    """
    sums: dict[tuple[int, ...], Way] = {(): Way(0, (0,) * len(zones[0][0].values))} if zones and zones[0] else {}
    for ways in zones:
        longer: dict[tuple[int, ...], Way] = {}
        for so_far in sums.values():
            for way in ways:
                loss = so_far.loss + way.loss
                if loss > spare:
                    continue
                values = tuple(one + other for one, other in zip(so_far.values, way.values, strict=True))
                known = longer.get(values[1:])
                if known is None or loss < known.loss:
                    longer[values[1:]] = Way(loss, values)
        sums = longer
        if len(sums) > MOST_SUMS:
            return True
    return any(all(tie.low <= way.values[tie.measure] <= tie.high for tie in ties) for way in sums.values())
