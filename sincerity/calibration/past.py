"""Buyers of closed launches: what was known of each at the cutoff, and whether the household bought.

Everything downstream (fit, back-tests, alarms, re-weighting) reads this one shape, whether it comes from launch
folders or from a generic table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sincerity.scoring.card import Card, line_points
from sincerity.scoring.chance import History, history
from sincerity.settings import CardItem, Scorecard

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]


@dataclass(frozen=True)
class PastBuyers:
    """One entry per buyer with a usable outcome; arrays are parallel, of length n. Launches are in order of time.

    ``values`` (n, items) are what the card reads; ``cards`` holds the card in force in each launch. ``columns`` are
    further facts whose time of writing is worth asking about. ``consultant`` and ``opinion`` (the consultant's own
    grade) are "" where not kept.
    """

    launches: tuple[str, ...]
    launch: Ints  # index into launches
    score: Ints
    bought: Bools
    grade: Words
    consultant: Words
    opinion: Words
    values: Floats
    cards: tuple[Card, ...]
    columns: Mapping[str, Floats]
    blocked: tuple[int, ...] = ()  # per launch, ready to buy but no unit left: not among the entries; empty: nobody

    @property
    def items(self) -> tuple[CardItem, ...]:
        """The items of the card, in the order of ``values``."""
        return self.cards[0].items

    @property
    def card_sha256(self) -> str:
        """The hash of the card its points come from."""
        card = self.cards[0]
        return Scorecard(card.items, dict(zip(card.groups, card.caps, strict=True)), {}).points_sha256

    @property
    def turned_away(self) -> tuple[int, ...]:
        """The blocked of every launch."""
        return self.blocked or (0,) * len(self.launches)

    def rows(self, chosen: Bools) -> PastBuyers:
        """The buyers where ``chosen`` is true; the launches stay."""
        return replace(
            self,
            launch=self.launch[chosen],
            score=self.score[chosen],
            bought=self.bought[chosen],
            grade=self.grade[chosen],
            consultant=self.consultant[chosen],
            opinion=self.opinion[chosen],
            values=self.values[chosen],
            columns={name: column[chosen] for name, column in self.columns.items()},
        )

    def counts(self) -> History:
        """Buyers and orders by launch and score, as the chance model takes them."""
        names = np.array(self.launches, dtype=object)
        blocked = dict(zip(self.launches, self.turned_away, strict=True))
        return history(self.score, self.bought, names[self.launch], blocked)

    def item_points(self) -> Ints:
        """Points of every item before caps, shape (n, items)."""
        points = np.zeros(self.values.shape, dtype=np.int64)
        for number, card in enumerate(self.cards):
            here = self.launch == number
            points[here] = line_points(self.values[here], card).items
        return points

    def scores_by(self, cards: tuple[Card, ...]) -> Ints:
        """The score every buyer would have by other cards, one per launch."""
        scores = np.zeros(len(self.score), dtype=np.int64)
        for number, card in enumerate(cards):
            here = self.launch == number
            scores[here] = line_points(self.values[here], card).score
        return scores


def joined(parts: list[PastBuyers]) -> PastBuyers:
    """Several histories as one, launches in the order given. They must share items and columns."""
    shift = np.cumsum([0, *(len(part.launches) for part in parts)])
    return PastBuyers(
        launches=tuple(name for part in parts for name in part.launches),
        launch=np.concatenate([part.launch + start for part, start in zip(parts, shift[:-1], strict=True)]),
        score=np.concatenate([part.score for part in parts]),
        bought=np.concatenate([part.bought for part in parts]),
        grade=np.concatenate([part.grade for part in parts]),
        consultant=np.concatenate([part.consultant for part in parts]),
        opinion=np.concatenate([part.opinion for part in parts]),
        values=np.concatenate([part.values for part in parts]),
        cards=tuple(card for part in parts for card in part.cards),
        columns={name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns},
        blocked=tuple(count for part in parts for count in part.turned_away),
    )
