"""What speaks against a history or a card: each alarm a row with what was found, never a silent correction.

- order: a lower grade bought more often than the one above it; an item or a missing channel is wrong.
- slope: inside launches more points did not mean more orders, or not clearly.
- leak: one column alone tells buyers from others better than any act before a launch can: when was it written?
- inflation: a consultant's buyers bought less often than their points promise, launch effects taken out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit
from scipy.stats import norm

from sincerity.calibration.measures import auc_within
from sincerity.calibration.past import PastBuyers
from sincerity.calibration.rules import CalibrationRules

Floats = npt.NDArray[np.float64]

ORDERED_GRADES = ("A", "B", "C", "D")
_STEPS = 60


@dataclass(frozen=True)
class Alarm:
    """One alarm. ``kind``: order, slope_reversed, slope_unclear, leak, inflation; ``loud`` False: too few to tell.

    ``subject`` names what it is about, ``value`` and ``limit`` the figure and what it was held against.
    """

    kind: str
    subject: str
    value: float
    limit: float
    buyers: int
    loud: bool = True


@dataclass(frozen=True)
class ConsultantPoints:
    """A consultant's buyers: mean points, orders against what the points promise, and the verdict.

    ``verdict``: inflated, in_line, too_few. ``z`` counts standard errors; below zero fewer orders than promised.
    """

    consultant: str
    buyers: int
    mean_points: float
    bought: int
    promised: float
    z: float
    verdict: str


@dataclass(frozen=True)
class ItemStrength:
    """How well one item of the card alone orders buyers within launches; half means not at all."""

    item: str
    auc: float


def alarms(past: PastBuyers, chance: Floats, rules: CalibrationRules) -> tuple[Alarm, ...]:
    """All alarms of a history; ``chance`` are forecasts of buyers whose launch was left out (NaN: none)."""
    inflated = (
        Alarm("inflation", one.consultant, one.z, 0.0, one.buyers)
        for one in consultant_points(past, chance, rules)
        if one.verdict == "inflated"
    )
    return (*leaks(past, rules), *order_alarms(past, rules), *slope_alarms(past, rules), *inflated)


def order_alarms(past: PastBuyers, rules: CalibrationRules) -> Iterator[Alarm]:
    """Neighbouring grades in the wrong order, compared inside launches; ``value`` is the rate difference."""
    for higher, lower in pairwise(ORDERED_GRADES):
        gap, error, buyers = _rate_gap(past, past.grade == higher, past.grade == lower)
        if gap > 0:
            limit = float(norm.ppf(rules.alarm_certainty)) * error
            yield Alarm("order", f"{higher}{lower}", gap, limit, buyers, loud=gap > limit)


def slope_within(past: PastBuyers) -> tuple[float, float]:
    """Log-odds per ten points inside launches and its standard error: each launch has a level of its own."""
    x = (past.score - past.score.mean()) / 10
    size = len(past.launches)
    level = np.full(size, logit(np.clip(past.bought.mean(), 1e-3, 1 - 1e-3)))
    slope, steep = 0.0, 1.0
    for _ in range(_STEPS):
        chance = expit(level[past.launch] + slope * x)
        spread, rest = chance * (1 - chance), past.bought - chance
        own = np.bincount(past.launch, spread, size) + 0.1  # a faint pull keeps launches without orders finite
        cross = np.bincount(past.launch, spread * x, size)
        pull = np.bincount(past.launch, rest, size) - 0.1 * (level - level.mean())
        steep = float((spread * x * x).sum() - (cross**2 / own).sum()) + 1e-4
        step = (float((rest * x).sum()) - 1e-4 * slope - float((cross * pull / own).sum())) / steep
        level = level + np.clip((pull - cross * step) / own, -2, 2)
        slope += float(np.clip(step, -2, 2))
        if abs(step) < 1e-10:
            break
    return slope, float(1 / np.sqrt(steep))


def slope_alarms(past: PastBuyers, rules: CalibrationRules) -> Iterator[Alarm]:
    """Points that do not rise with orders: reversed when the slope falls, unclear when it may be flat."""
    slope, error = slope_within(past)
    limit = float(norm.ppf(rules.alarm_certainty)) * error
    if slope < 0:
        yield Alarm("slope_reversed", "score", slope, limit, len(past.score), loud=slope < -limit)
    elif slope <= limit:
        yield Alarm("slope_unclear", "score", slope, limit, len(past.score))


def leaks(past: PastBuyers, rules: CalibrationRules) -> Iterator[Alarm]:
    """Columns that alone separate buyers from others too well, best first; either direction counts."""
    found = [
        (max(area, 1 - area), name)
        for name, column in (*_item_columns(past), *past.columns.items())
        if not np.isnan(area := auc_within(_ranked(column), past.bought, past.launch))
    ]
    for area, name in sorted(found, reverse=True):
        if area > rules.alarm_leak_auc:
            yield Alarm("leak", name, area, rules.alarm_leak_auc, len(past.score))


def item_strengths(past: PastBuyers) -> tuple[ItemStrength, ...]:
    """Every item's own AUC within launches, by its points, in the order of the card."""
    points = past.item_points()
    return tuple(
        ItemStrength(item.item, auc_within(points[:, i].astype(float), past.bought, past.launch))
        for i, item in enumerate(past.items)
    )


def consultant_points(past: PastBuyers, chance: Floats, rules: CalibrationRules) -> tuple[ConsultantPoints, ...]:
    """Orders of each consultant's buyers against what their points promise, most inflated first.

    Each launch's forecasts are first moved to its own level, so that a good launch flatters nobody. With many
    consultants each must be further off before one is named.
    """
    told = ~np.isnan(chance) & (past.consultant != "")
    if not told.any():
        return ()
    promised = _levelled(past.rows(told), chance[told])
    names, who = np.unique(past.consultant[told].astype(str), return_inverse=True)
    buyers = np.bincount(who)
    judged = int((buyers >= rules.alarm_consultant_buyers).sum())
    limit = float(norm.ppf((1 - rules.alarm_certainty) / max(judged, 1)))
    expected = np.bincount(who, promised)
    spread = np.sqrt(np.bincount(who, promised * (1 - promised)))
    bought = np.bincount(who, past.bought[told])
    z = (bought - expected) / np.maximum(spread, 1e-9)
    points = np.bincount(who, past.score[told]) / buyers
    rows = [
        ConsultantPoints(
            str(names[i]), int(buyers[i]), float(points[i]), int(bought[i]), float(expected[i]), float(z[i]),
            "too_few" if buyers[i] < rules.alarm_consultant_buyers else "inflated" if z[i] < limit else "in_line",
        )
        for i in range(len(names))
    ]
    return tuple(sorted(rows, key=lambda row: (row.z, row.consultant)))


def _rate_gap(past: PastBuyers, higher: np.ndarray, lower: np.ndarray) -> tuple[float, float, int]:
    """How much more often ``lower`` bought than ``higher`` inside launches, its error under no difference, buyers."""
    size = len(past.launches)
    gap, weights, variance, buyers = 0.0, 0.0, 0.0, 0
    for number in range(size):
        here = past.launch == number
        up, down = past.bought[here & higher], past.bought[here & lower]
        if len(up) and len(down):
            both = np.concatenate([up, down])
            weight = len(up) * len(down) / len(both)
            gap += weight * float(down.mean() - up.mean())
            variance += weight**2 * float(both.mean() * (1 - both.mean())) * (1 / len(up) + 1 / len(down))
            weights += weight
            buyers += len(both)
    return (gap / weights, float(np.sqrt(variance)) / weights, buyers) if weights else (0.0, 0.0, 0)


def _levelled(past: PastBuyers, chance: Floats) -> Floats:
    """The forecasts with one shift in log-odds per launch, so that each launch's sum is what happened."""
    levelled = np.empty_like(chance)
    for number in np.unique(past.launch):
        here = past.launch == number
        levelled[here] = _shifted(logit(np.clip(chance[here], 1e-6, 1 - 1e-6)), float(past.bought[here].sum()))
    return levelled


def _shifted(line: Floats, total: float) -> Floats:
    """Chances of ``line`` moved by one constant, found by halving, so that they sum to ``total``."""
    low, high = -20.0, 20.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if expit(line + middle).sum() < total else (low, middle)
    return expit(line + (low + high) / 2)


def _item_columns(past: PastBuyers) -> Iterator[tuple[str, Floats]]:
    for i, item in enumerate(past.items):
        yield item.item, past.values[:, i]


def _ranked(column: Floats) -> Floats:
    """The column with nothing known below everything known."""
    return np.nan_to_num(column, nan=-np.inf, neginf=-np.inf)
