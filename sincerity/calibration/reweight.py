"""A re-weighting proposal: how past launches would weigh the card's items, never applied without a person.

    logit p_ik = a_k + β · Σ_j m_j · x_ij / 10,   x = points of item j by the planner's card
    m_j ~ N(1, spread²), m_j ≥ 0,   a_k ~ N(logit 0.23, 1),   log β ~ N(log 0.56, 0.5²)

The prior is tight around the card, so few launches change it little, and no item can turn against the buyer. The gain
is measured as everything else is: the card re-weighted on the other launches, against the old card, launch by launch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from sincerity.calibration.backtest import MODEL, Backtest
from sincerity.calibration.measures import log_loss, mean_and_error
from sincerity.calibration.past import PastBuyers
from sincerity.calibration.rules import CalibrationRules
from sincerity.scoring.card import FULL_POINTS, Card
from sincerity.scoring.chance import (
    LEVEL_MEAN,
    LEVEL_SD,
    SLOPE_MEAN,
    SLOPE_SD,
    among_served,
    draw_chances,
    fit,
)
from sincerity.settings import CardItem, CardLevel

Floats = npt.NDArray[np.float64]
_NOTHING_POINTS = 1e-6


@dataclass(frozen=True)
class Proposal:
    """The card as the past would weigh it. ``multipliers`` are parallel to the items of ``card``.

    ``gain`` is the mean over left-out launches of the old card's log loss minus the new card's, with its error.
    """

    multipliers: tuple[float, ...]
    old: Card
    card: Card
    launches: int
    gain: tuple[float, float]

    @property
    def is_worth_it(self) -> bool:
        """Whether the gain exceeds one standard error over launches; never with fewer than two launches."""
        mean, error = self.gain
        return bool(mean > error)


def proposal(past: PastBuyers, test: Backtest, rules: CalibrationRules) -> Proposal:
    """The proposal of a whole history; ``test`` is its leave-one-launch-out back-test under the old card."""
    points = past.item_points()
    multipliers = item_multipliers(past, points, rules)
    gains = [
        one.log_loss[MODEL] - _loss_when_left_out(past, points, number, rules)
        for number, one in enumerate(test.tests)
    ]
    card = reweighted(past.cards[0], multipliers)
    gain = mean_and_error(np.array(gains, dtype=float))
    return Proposal(tuple(float(m) for m in multipliers), past.cards[0], card, len(gains), gain)


def item_multipliers(past: PastBuyers, points: npt.NDArray[np.int64], rules: CalibrationRules) -> Floats:
    """The likeliest multiplier of every item, each at least 0; 1 where nothing speaks for another."""
    x, items, size, spread = points / 10, points.shape[1], len(past.launches), rules.reweight_spread
    start = np.concatenate([np.full(size, LEVEL_MEAN), [SLOPE_MEAN], np.ones(items)])
    bounds = [(None, None)] * (size + 1) + [(0, None)] * items

    def minus_log_posterior(theta: Floats) -> tuple[float, Floats]:
        level, log_slope, weight = theta[:size], theta[size], theta[size + 1 :]
        slope, total = np.exp(log_slope), x @ weight
        line = level[past.launch] + slope * (total - 5)
        rest = past.bought - expit(line)
        value = -np.where(past.bought, log_expit(line), log_expit(-line)).sum()
        away = [(level - LEVEL_MEAN) / LEVEL_SD, (log_slope - SLOPE_MEAN) / SLOPE_SD, (weight - 1) / spread]
        value += 0.5 * sum(float(np.sum(np.square(part))) for part in away)
        gradient = np.concatenate([
            -np.bincount(past.launch, rest, size) + away[0] / LEVEL_SD,
            [-(rest * (total - 5)).sum() * slope + away[1] / SLOPE_SD],
            -slope * (rest @ x) + away[2] / spread,
        ])
        return float(value), gradient

    found = minimize(minus_log_posterior, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return found.x[size + 1 :]


def reweighted(card: Card, multipliers: Floats) -> Card:
    """``card`` with its points multiplied and brought back to 100 in whole points.

    A group's cap moves as its items do on average; no item is worth more than its group, and every cap can be reached.
    Where the multipliers leave less than a millionth of a point in all, they weigh nothing against anything: ``card``.
    """
    worth = np.array([item.max_points for item in card.items], dtype=float)
    members = [card.members(group) for group in card.groups]
    moved = np.array([
        cap * (worth[i] @ multipliers[i]) / max(float(worth[i].sum()), 1.0)
        for cap, i in zip(card.caps, members, strict=True)
    ])
    if moved.sum() < _NOTHING_POINTS:
        return card
    scale = FULL_POINTS / moved.sum()
    caps = _whole(moved * scale)
    items = list(card.items)
    for cap, positions in zip(caps, members, strict=True):
        scaled = [_scaled(items[i], float(multipliers[i]) * scale, cap) for i in positions]
        for i, item in zip(positions, _reaching(scaled, cap), strict=True):
            items[i] = item
    return replace(card, items=tuple(items), caps=tuple(caps))


def _loss_when_left_out(
    past: PastBuyers, points: npt.NDArray[np.int64], number: int, rules: CalibrationRules
) -> float:
    """Log loss in one launch of a card re-weighted, and a model fitted, on all the others."""
    training, here = past.launch != number, past.launch == number
    multipliers = item_multipliers(past.rows(training), points[training], rules)
    cards = tuple(_with_points_of(card, reweighted(past.cards[0], multipliers)) for card in past.cards)
    rescored = replace(past, score=past.scores_by(cards))
    model = fit(rescored.rows(training).counts())
    drawn = draw_chances(model, rules.chance_draws, rules.chance_seed)
    chance = among_served(drawn, rescored.rows(here).counts()).mean(axis=0)
    return log_loss(chance[rescored.score[here]], past.bought[here], rules.scores_floor)


def _with_points_of(card: Card, other: Card) -> Card:
    return replace(card, items=other.items, caps=other.caps)


def _whole(points: Floats) -> list[int]:
    """Whole numbers with the sum of ``points``: rounded down, the largest remainders up."""
    down = np.floor(points).astype(int)
    missing = round(float(points.sum())) - int(down.sum())
    order = np.argsort(-(points - down), kind="stable")
    down[order[:missing]] += 1
    return [int(number) for number in down]


def _scaled(item: CardItem, factor: float, cap: int) -> CardItem:
    levels = tuple(
        CardLevel(level.at_least, min(int(np.floor(level.points * factor + 0.5)), cap)) for level in item.levels
    )
    return replace(item, levels=levels)


def _reaching(items: list[CardItem], cap: int) -> list[CardItem]:
    """The items of one group with their best levels raised, largest item first, until together they reach ``cap``."""
    raised = list(items)
    for place in sorted(range(len(items)), key=lambda i: (-items[i].max_points, i)):
        missing = cap - sum(item.max_points for item in raised)
        if missing <= 0:
            break
        item, best = raised[place], raised[place].max_points
        higher = min(best + missing, cap)
        levels = tuple(
            CardLevel(level.at_least, higher if level.points == best else level.points) for level in item.levels
        )
        raised[place] = replace(item, levels=levels)
    return raised
