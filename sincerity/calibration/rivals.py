"""The ways to a chance that the model is held against: simple, well known, and fitted on the same past launches.

Each rival takes the past and gives a function from new buyers to chances. All but the consultant's opinion read the
points alone, which are whole numbers from 0 to 100, so they are fitted on counts per score.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from sincerity.calibration.past import PastBuyers
from sincerity.scoring.chance import SCORES

Floats = npt.NDArray[np.float64]

Forecast = Callable[[PastBuyers], Floats]
Rival = Callable[[PastBuyers], Forecast]

_NEWTON_STEPS = 50


def base_rate(past: PastBuyers) -> Forecast:
    """Everybody the share that bought in the past."""
    rate = (past.bought.sum() + 0.5) / (len(past.bought) + 1)
    return lambda new: np.full(len(new.score), rate)


def points_as_percent(past: PastBuyers) -> Forecast:
    """Points read as percentages, as offices do."""
    return lambda new: new.score / 100


def platt(past: PastBuyers) -> Forecast:
    """A logistic line through the points with Platt's targets, (orders + 1) / (orders + 2) and 1 / (others + 2)."""
    buyers, bought = _by_score(past)
    yes, no = bought.sum(), (buyers - bought).sum()
    target = bought * (yes + 1) / (yes + 2) + (buyers - bought) / (no + 2)
    line = logistic_line((SCORES - 50) / 10, buyers, target)
    by_score = expit(line[0] + line[1] * (SCORES - 50) / 10)
    return lambda new: by_score[new.score]


def isotonic(past: PastBuyers) -> Forecast:
    """The best rising steps through the share that bought (pool adjacent violators), straight between the steps."""
    buyers, bought = _by_score(past)
    seen = np.flatnonzero(buyers)
    steps = pool_adjacent_violators(bought[seen] / buyers[seen], buyers[seen])
    by_score = np.interp(SCORES, seen, steps)
    return lambda new: by_score[new.score]


def opinion(past: PastBuyers) -> Forecast:
    """The share that bought among past buyers of the same grade by the consultant, none being a grade of its own.

    NaN for all where no grade was kept in the past or in the new launch.
    """
    overall = past.bought.mean()
    rates = {
        grade: (past.bought[past.opinion == grade].sum() + overall) / ((past.opinion == grade).sum() + 1)
        for grade in sorted(set(past.opinion))
    }

    def forecast(new: PastBuyers) -> Floats:
        if not (past.opinion != "").any() or not (new.opinion != "").any():
            return np.full(len(new.opinion), np.nan)
        return np.array([rates.get(grade, overall) for grade in new.opinion], dtype=float)

    return forecast


RIVALS: Mapping[str, Rival] = {
    "base": base_rate,
    "points": points_as_percent,
    "platt": platt,
    "isotonic": isotonic,
    "opinion": opinion,
}


def logistic_line(x: Floats, weight: Floats, target: Floats) -> tuple[float, float]:
    """Level and slope of the likeliest logistic line through ``target`` of ``weight`` trials at each ``x``.

    A faint pull of the slope to zero keeps it finite where one border divides all.
    """
    share = float(np.clip(target.sum() / max(weight.sum(), 1.0), 1e-6, 1 - 1e-6))
    theta = np.array([logit(share), 0.0])
    design = np.column_stack([np.ones_like(x), x])
    pull = np.array([0.0, 1e-4])
    for _ in range(_NEWTON_STEPS):
        chance = expit(design @ theta)
        gradient = design.T @ (target - weight * chance) - pull * theta
        hessian = (design * (weight * chance * (1 - chance))[:, None]).T @ design + np.diag(pull + 1e-9)
        step = np.linalg.solve(hessian, gradient)
        theta = theta + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 2.0))
        if np.abs(step).max() < 1e-10:
            break
    return float(theta[0]), float(theta[1])


def pool_adjacent_violators(values: Floats, weights: Floats) -> Floats:
    """The closest sequence to ``values`` in weighted squares that never falls."""
    blocks: list[tuple[float, float, int]] = []  # mean, weight, members
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        blocks.append((value, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (low, light, few), (mean, heavy, many) = blocks[-2:]
            total = light + heavy
            blocks[-2:] = [((low * light + mean * heavy) / total, total, few + many)]
    return np.repeat([block[0] for block in blocks], [block[2] for block in blocks]).astype(float)


def _by_score(past: PastBuyers) -> tuple[Floats, Floats]:
    counts = past.counts()
    return counts.buyers.sum(axis=0), counts.bought.sum(axis=0)
