"""From points to a chance to buy: a monotone logistic of points with a prior and a launch effect.

    logit p_ik = a + u_k + Σ_j exp(g_j) · (φ_j(s) − φ_j(50)),   φ_j(s) = clip(s − t_j, 0, t_{j+1} − t_j) / 10
    a ~ N(logit 0.23, 1),  g_j = g + d_j,  g ~ N(log 0.56, 0.5²),  d_j ~ N(0, 0.35²)
    u_k ~ N(0, τ²),  log τ ~ N(log 0.5, 0.5²),  knots t = 0, 25, 50, 75, 100

p is the chance to be ready to buy. Who was ready and found no unit is left out, so a launch that turned many away
would look as if few had wanted: of the ready, only the share s_k that was served is seen. Leaving out cases at random
among the ready multiplies the odds by s_k (the intercept correction of case–control studies: Prentice and Pyke 1979),
so launch k is fitted with logit p + log s_k, and the level stays that of all who were ready.

One method at every sample size: with no history the posterior is the prior. For every τ on a grid Newton's method
finds the mode of (a, g, u) with the exact Hessian; the Laplace evidence weighs the grid. Predictions are draws; all
buyers of one launch share one u per draw, so that a launch's total has an honest range.

Points are whole numbers, so a history enters as counts per launch and score: its size costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit, log_expit, logit, logsumexp

from sincerity.domain import ChanceModel

Floats = npt.NDArray[np.float64]

KNOTS = np.array([0.0, 25.0, 50.0, 75.0, 100.0])
SCORES = np.arange(101)
PIECES = len(KNOTS) - 1
LEVEL_MEAN, LEVEL_SD = float(logit(0.23)), 1.0
SLOPE_MEAN, SLOPE_SD, PIECE_SD = float(np.log(0.56)), 0.5, 0.35
LOG_TAU_MEAN, LOG_TAU_SD = float(np.log(0.5)), 0.5
LOG_TAUS = LOG_TAU_MEAN + LOG_TAU_SD * np.linspace(-3.0, 3.0, 25)
MOST_STEPS = 200
SHARE_STEPS, LEAST_LEFT = 40, 1e-9
LONGEST_STEP = 2.0  # in logits and log slopes: far from the mode the exponentials mislead Newton


@dataclass(frozen=True)
class History:
    """Past launches as counts: ``buyers[k, s]`` had score s in launch k, ``bought[k, s]`` of them bought."""

    launches: tuple[str, ...]
    buyers: Floats  # (K, 101)
    bought: Floats  # (K, 101)
    blocked: Floats  # (K,) ready to buy and turned away: not among ``buyers``

    @property
    def log_served(self) -> Floats:
        """Log of the share of the ready who found a unit, (K,); 0 where nobody bought and it is unknown."""
        bought = self.bought.sum(axis=1)
        return np.where(bought > 0, np.log(np.maximum(bought, 1) / (np.maximum(bought, 1) + self.blocked)), 0.0)


def basis(scores: npt.ArrayLike) -> Floats:
    """φ_j(s) − φ_j(50) for every score: shape (number of scores, 4)."""
    points = np.asarray(scores, dtype=float)[:, None]
    widths = np.diff(KNOTS)
    return (np.clip(points - KNOTS[:-1], 0, widths) - np.clip(50.0 - KNOTS[:-1], 0, widths)) / 10.0


def history(
    scores: npt.ArrayLike, bought: npt.ArrayLike, launch: npt.ArrayLike, blocked: Mapping[str, int] | None = None
) -> History:
    """Counts per launch and score from one entry per buyer; ``blocked`` counts by launch those left out since no unit
    was left for them. ValueError for scores that are not 0 … 100."""
    points = np.asarray(scores)
    if points.size and (np.any(points != np.floor(points)) or points.min() < 0 or points.max() > 100):
        raise ValueError("scores must be whole numbers from 0 to 100")
    names, index = np.unique(np.asarray(launch).astype(str), return_inverse=True)
    cell = index * len(SCORES) + points.astype(int)
    size = len(names) * len(SCORES)
    seen = np.bincount(cell, minlength=size).reshape(len(names), -1)
    yes = np.bincount(cell, weights=np.asarray(bought, dtype=float), minlength=size).reshape(len(names), -1)
    turned_away = np.array([(blocked or {}).get(name, 0) for name in names.tolist()], dtype=np.float64)
    return History(tuple(names.tolist()), seen.astype(np.float64), yes.astype(np.float64), turned_away)


def fit(past: History) -> ChanceModel:
    """The chance model after ``past``; without any launch it is the prior itself."""
    fits = [_laplace(past, float(np.exp(log_tau))) for log_tau in LOG_TAUS]
    evidence = np.array([each[0] for each in fits]) - 0.5 * ((LOG_TAUS - LOG_TAU_MEAN) / LOG_TAU_SD) ** 2
    weights = np.exp(evidence - logsumexp(evidence))
    return ChanceModel(
        past.launches,
        LOG_TAUS,
        weights,
        np.array([each[1] for each in fits]),
        np.array([each[2] for each in fits]),
    )


def prior() -> ChanceModel:
    """The model before any launch has been seen."""
    return fit(History((), np.zeros((0, len(SCORES))), np.zeros((0, len(SCORES))), np.zeros(0)))


def draw_chances(model: ChanceModel, draws: int, seed: int) -> Floats:
    """Chances of a new launch, shape (draws, 101): row d gives the chance of every score with one launch effect.

    Every row rises with the score. Equal seeds give equal draws.
    """
    rng = np.random.default_rng(seed)
    tau_index = rng.choice(len(model.weights), draws, p=model.weights / model.weights.sum())
    noise = rng.standard_normal((draws, 1 + PIECES))
    effect = np.exp(model.log_taus[tau_index]) * rng.standard_normal(draws)
    roots = np.linalg.cholesky(model.covariances)
    parameters = model.modes[tau_index] + np.einsum("dij,dj->di", roots[tau_index], noise)
    return expit((parameters[:, 0] + effect)[:, None] + np.exp(parameters[:, 1:]) @ basis(SCORES).T)


def among_served(chances: Floats, launch: History) -> Floats:
    """Chances (draws, 101) to be ready, turned into those of the buyers of one ``launch`` who were not turned away.

    Nothing is read of who bought: in every draw the share served is the one at which the ready among the buyers and
    the blocked add up, s = ready left / (ready left + blocked).
    """
    blocked = launch.blocked.sum()
    if not blocked:
        return chances
    line, log_share = logit(chances), np.zeros((len(chances), 1))
    for _ in range(SHARE_STEPS):
        left = expit(line + log_share) @ launch.buyers.sum(axis=0)[:, None]
        log_share = np.log(np.maximum(left, LEAST_LEFT) / (left + blocked))
    return expit(line + log_share)


def _prior_precision(launches: int, tau: float) -> tuple[Floats, Floats]:
    """Mean and precision of (a, g_1 … g_4, u_1 … u_K)."""
    slopes = np.full((PIECES, PIECES), SLOPE_SD**2) + np.eye(PIECES) * PIECE_SD**2
    precision = np.zeros((1 + PIECES + launches,) * 2)
    precision[0, 0] = LEVEL_SD**-2
    precision[1 : 1 + PIECES, 1 : 1 + PIECES] = np.linalg.inv(slopes)
    own = np.arange(1 + PIECES, 1 + PIECES + launches)
    precision[own, own] = tau**-2
    return np.concatenate([[LEVEL_MEAN], np.full(PIECES, SLOPE_MEAN), np.zeros(launches)]), precision


def _laplace(past: History, tau: float) -> tuple[float, Floats, Floats]:
    """(log evidence, mode, covariance) of (a, g) at one τ, the launch effects integrated out."""
    mean, precision = _prior_precision(len(past.launches), tau)
    theta, value, hessian = _mode(past, mean, precision)
    factor = cho_factor(hessian)
    half_log_det = float(np.log(np.diag(factor[0])).sum())
    log_evidence = value + 0.5 * np.linalg.slogdet(precision)[1] - half_log_det
    shown = slice(0, 1 + PIECES)
    return log_evidence, theta[shown], cho_solve(factor, np.eye(len(theta)))[shown, shown]


def _mode(past: History, mean: Floats, precision: Floats) -> tuple[Floats, float, Floats]:
    """Newton's method with damping: the mode, the log posterior there and the negative Hessian."""
    theta = mean.copy()
    value, gradient, hessian = _log_posterior(theta, past, mean, precision)
    damping = 0.0
    for _ in range(MOST_STEPS):
        step = _ascent(hessian, gradient, damping)
        if step is None:
            damping = max(10 * damping, 1e-3)
            continue
        found = _log_posterior(theta + step, past, mean, precision)
        if found[0] < value - 1e-12 * abs(value):
            damping = max(10 * damping, 1e-3)
            continue
        theta, damping = theta + step, damping / 10 if damping > 1e-6 else 0.0
        settled = np.abs(step).max() < 1e-10
        value, gradient, hessian = found
        if settled and damping == 0.0:
            return theta, value, hessian
    raise ArithmeticError(f"no mode found in {MOST_STEPS} steps")


def _ascent(hessian: Floats, gradient: Floats, damping: float) -> Floats | None:
    """The damped Newton step, cut to LONGEST_STEP, or None when the damped Hessian is not positive definite."""
    try:
        step = cho_solve(cho_factor(hessian + damping * np.eye(len(gradient))), gradient)
    except np.linalg.LinAlgError:
        return None
    return step * min(1.0, LONGEST_STEP / max(np.abs(step).max(), LONGEST_STEP))


def _log_posterior(theta: Floats, past: History, mean: Floats, precision: Floats) -> tuple[float, Floats, Floats]:
    """Log posterior (up to a constant), its gradient, and its negative Hessian at ``theta``."""
    design = basis(SCORES)
    slopes = np.exp(theta[1 : 1 + PIECES])
    line = theta[0] + (theta[1 + PIECES :] + past.log_served)[:, None] + design @ slopes
    chance = expit(line)
    residual = past.bought - past.buyers * chance
    spread = past.buyers * chance * (1 - chance)
    away = theta - mean
    value = float((past.bought * log_expit(line) + (past.buyers - past.bought) * log_expit(-line)).sum())
    lean = design * slopes  # d line / d g_j
    columns = np.column_stack([np.ones(len(SCORES)), lean])
    gradient = np.concatenate([residual.sum(axis=0) @ columns, residual.sum(axis=1)])
    shared = columns.T @ (spread.sum(axis=0)[:, None] * columns)
    shared[np.arange(1, 1 + PIECES), np.arange(1, 1 + PIECES)] -= residual.sum(axis=0) @ lean
    cross = spread @ columns
    hessian = np.block([[shared, cross.T], [cross, np.diag(spread.sum(axis=1))]]) + precision
    return value - 0.5 * float(away @ precision @ away), gradient - precision @ away, hessian
