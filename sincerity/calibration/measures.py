"""How well a forecast orders buyers and how far its chances are off. Equal forecasts move together in every measure.

``order`` is any number that ranks buyers, higher first; ``chance`` a forecast between 0 and 1; ``bought`` 0 or 1.
A measure that needs both buyers and non-buyers is NaN where one of them is missing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import beta, rankdata

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def auc(order: Floats, bought: Bools) -> float:
    """The chance that a buyer stands above a non-buyer, a tie counting half."""
    yes = int(bought.sum())
    no = len(bought) - yes
    if not yes or not no:
        return float("nan")
    ranks = rankdata(order)
    return float((ranks[bought].sum() - yes * (yes + 1) / 2) / (yes * no))


def auc_within(order: Floats, bought: Bools, launch: npt.NDArray[np.int64]) -> float:
    """AUC over pairs of one launch only, launches weighted by their pairs; NaN when there is no pair."""
    total, pairs = 0.0, 0
    for number in np.unique(launch):
        here = launch == number
        yes = int(bought[here].sum())
        here_pairs = yes * (int(here.sum()) - yes)
        if here_pairs:
            total += here_pairs * auc(order[here], bought[here])
            pairs += here_pairs
    return total / pairs if pairs else float("nan")


def ks(order: Floats, bought: Bools) -> float:
    """Kolmogorov and Smirnov: the widest gap between the shares of buyers and non-buyers above a border."""
    yes = int(bought.sum())
    no = len(bought) - yes
    if not yes or not no:
        return float("nan")
    _, place = np.unique(order, return_inverse=True)
    gap = np.cumsum(np.bincount(place, weights=bought) / yes - np.bincount(place, weights=~bought) / no)
    return float(np.abs(gap).max())


def lift(order: Floats, bought: Bools, share: float) -> float:
    """How much more often the best ``share`` of the buyers bought than all; a tie on the border counts in part."""
    if not len(bought) or not bought.any():
        return float("nan")
    values, place = np.unique(-order, return_inverse=True)
    members = np.bincount(place, minlength=len(values))
    orders = np.bincount(place, weights=bought, minlength=len(values))
    room = share * len(bought) - np.concatenate([[0], np.cumsum(members)[:-1]])
    taken = np.clip(room / members, 0, 1)
    return float((taken @ orders) / (taken @ members) / bought.mean())


def log_loss(chance: Floats, bought: Bools, floor: float) -> float:
    """Mean of −ln(chance given to what happened); chances are held between ``floor`` and 1 − ``floor``."""
    held = np.clip(chance, floor, 1 - floor)
    return float(-np.log(np.where(bought, held, 1 - held)).mean())


def brier(chance: Floats, bought: Bools) -> float:
    """Mean squared distance between chance and outcome."""
    return float(((chance - bought) ** 2).mean())


def rate_range(bought: int, buyers: int, tails: tuple[float, float]) -> tuple[float, float]:
    """The Jeffreys range of a rate; (0, 1) where there is nobody."""
    if not buyers:
        return 0.0, 1.0
    low, high = beta.ppf(tails, bought + 0.5, buyers - bought + 0.5)
    return (0.0 if not bought else float(low)), (1.0 if bought == buyers else float(high))


def mean_and_error(values: Floats) -> tuple[float, float]:
    """Mean over launches and its standard error; NaN launches are left out, one launch has no error."""
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    error = float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else float("nan")
    return float(known.mean()), error
