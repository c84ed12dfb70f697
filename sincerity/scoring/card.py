"""The scoring card in force: which items this round can observe, and what a buyer's values are worth.

``line_points`` is the only way from values to points. What is shown, what the next step would gain and
what the score was three days ago all come from it, so they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

import numpy as np
import numpy.typing as npt

from sincerity.domain import Known
from sincerity.problems import Problem
from sincerity.scoring.indicators import MEASURES, READS_KINDS, Facts
from sincerity.settings import CardItem, Scorecard, Settings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

FULL_POINTS = 100


@dataclass(frozen=True)
class Card:
    """The card with the items this round cannot observe marked. ``available`` is parallel to ``items``."""

    items: tuple[CardItem, ...]
    available: tuple[bool, ...]
    groups: tuple[str, ...]  # in the order of their first item
    caps: tuple[int, ...]  # points, parallel to groups

    def members(self, group: str) -> list[int]:
        """Positions of the items of ``group``."""
        return [position for position, item in enumerate(self.items) if item.group == group]

    @property
    def available_points(self) -> int:
        """The most points the available items can give, caps included."""
        reachable = (
            min(cap, sum(self.items[i].max_points for i in self.members(group) if self.available[i]))
            for group, cap in zip(self.groups, self.caps, strict=True)
        )
        return sum(reachable)

    @property
    def is_rescaled(self) -> bool:
        """True when points are stretched to 100 because not all of them can be observed."""
        return not all(self.available) or self.available_points != FULL_POINTS


@dataclass(frozen=True)
class LinePoints:
    """Points by buyer: ``items`` (buyers, items), ``caps`` (buyers, groups) ≤ 0, ``rescale`` (buyers,)."""

    items: Ints
    caps: Ints
    rescale: Ints

    @property
    def raw(self) -> Ints:
        """Points of the available items after the caps."""
        return self.items.sum(axis=1) + self.caps.sum(axis=1)

    @property
    def score(self) -> Ints:
        """The sum of all lines, 0 … 100."""
        return self.raw + self.rescale

    def of(self, buyers: Ints) -> LinePoints:
        """The points of these buyers, by position."""
        return LinePoints(self.items[buyers], self.caps[buyers], self.rescale[buyers])


def card_in_force(settings: Settings, round_number: int, cutoff: datetime) -> Card:
    """The card of a round: items declared not available drop out, and show-flat items until the show flat is open."""
    scorecard = settings.scorecard
    declared = {*settings.not_available, *settings.not_available_by_round.get(round_number, ())}
    open_now = show_flat_is_open(settings, cutoff)
    return Card(
        items=scorecard.items,
        available=tuple(
            item.item not in declared and (open_now or item.measure != "showflat_days") for item in scorecard.items
        ),
        groups=_groups(scorecard),
        caps=tuple(scorecard.group_caps[group] for group in _groups(scorecard)),
    )


def show_flat_is_open(settings: Settings, moment: datetime) -> bool:
    """True when the show flat opened before ``moment``."""
    opened = settings.show_flat_open
    return opened is not None and datetime.combine(opened, time.min) < moment


def measure_values(facts: Facts, card: Card) -> Floats:
    """Values of shape (buyers, items), NaN where nothing is known."""
    return np.column_stack([MEASURES[item.measure](facts) for item in card.items])


def line_points(values: Floats, card: Card) -> LinePoints:
    """What ``values`` (buyers, items) are worth.

    1. Each available item gives the points of its level, at_least ≤ value < next at_least; NaN gives 0.
    2. A group's points above its cap are taken back.
    3. score = round half up (100 · points / available points); the rescale line is the difference.
    """
    items = np.column_stack([
        level_points(values[:, i], item) * card.available[i] for i, item in enumerate(card.items)
    ])
    group_points = np.column_stack([items[:, card.members(group)].sum(axis=1) for group in card.groups])
    caps = np.minimum(np.array(card.caps) - group_points, 0)
    raw = items.sum(axis=1) + caps.sum(axis=1)
    return LinePoints(items, caps, _stretched(raw, card.available_points) - raw)


def level_points(values: Floats, item: CardItem) -> Ints:
    """Points of an item's level for each value; 0 for NaN and below the first level."""
    levels = sorted(item.levels, key=lambda level: level.at_least)
    bounds = np.array([level.at_least for level in levels])
    points = np.array([0, *(level.points for level in levels)], dtype=np.int64)
    reached = np.searchsorted(bounds, values, side="right")
    return points[np.where(np.isnan(values), 0, reached)]


def card_warnings(known: Known, settings: Settings) -> tuple[Problem, ...]:
    """What the reader must know of the card: items nobody ever recorded, and a thin basis of points."""
    card = card_in_force(settings, known.round, known.cutoff)
    problems = [
        Problem("warning", "item_never_recorded", value=item.item, parts={"item": item.item, **item.label})
        for item, available in zip(card.items, card.available, strict=True)
        if available and not _ever_recorded(item, known)
    ]
    if card.available_points < settings.grades.thin_evidence_points:
        problems.append(Problem("warning", "thin_evidence", parts={
            "points": card.available_points, "enough": settings.grades.thin_evidence_points,
        }))
    return tuple(problems)


def _groups(scorecard: Scorecard) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.group for item in scorecard.items))


def _stretched(points: Ints, available_points: int) -> Ints:
    """100 · points / available points, half up, in integers; 0 where nothing can be observed."""
    if available_points == 0:
        return np.zeros_like(points)
    return (2 * FULL_POINTS * points + available_points) // (2 * available_points)


def _ever_recorded(item: CardItem, known: Known) -> bool:
    if item.measure == "commitment" and (known.buyers["commitment"] != "none").any():
        return True
    kinds = READS_KINDS.get(item.measure)
    return kinds is None or bool(known.touchpoints["kind"].isin(kinds).any())
