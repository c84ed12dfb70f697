"""Pasts made by hand or drawn from the model: two items of up to 50 points each, so that any score can be had."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from sincerity.calibration.past import PastBuyers
from sincerity.scoring.card import Card
from sincerity.scoring.chance import basis
from sincerity.settings import CardItem, CardLevel

GRADES = np.array(["D", "C", "B", "A"], dtype=object)
SLOPES = (0.3, 0.35, 0.4, 0.3)


def card() -> Card:
    levels = tuple(CardLevel(points, points) for points in range(51))
    items = tuple(
        CardItem(name, name, name, levels, {"zh": name, "en": name}, "points", "made up")
        for name in ("calls", "visits")
    )
    return Card(items, (True, True), ("calls", "visits"), (50, 50))


def past(scores, bought, launch, *, calls=None, consultant=None, opinion=None, columns=None) -> PastBuyers:
    """Buyers with these scores; ``calls`` of the points come from the first item, half when not given."""
    scores, launch = np.asarray(scores, dtype=np.int64), np.asarray(launch, dtype=np.int64)
    own = scores // 2 if calls is None else np.asarray(calls, dtype=np.int64)
    nobody = np.full(len(scores), "", dtype=object)
    size = int(launch.max()) + 1 if len(launch) else 1
    return PastBuyers(
        launches=tuple(f"L{k}" for k in range(size)),
        launch=launch,
        score=scores,
        bought=np.asarray(bought, dtype=bool),
        grade=GRADES[np.minimum(scores // 25, 3)],
        consultant=nobody if consultant is None else np.asarray(consultant, dtype=object),
        opinion=nobody if opinion is None else np.asarray(opinion, dtype=object),
        values=np.column_stack([own, scores - own]).astype(float),
        cards=(card(),) * size,
        columns=columns or {},
    )


def simulated(seed: int, launches: int = 5, size: int = 300, slopes=SLOPES, tau: float = 0.4, **more) -> PastBuyers:
    """Launches drawn from the model itself."""
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 101, launches * size)
    launch = np.repeat(np.arange(launches), size)
    line = -1.2 + rng.normal(0, tau, launches)[launch] + basis(scores) @ np.array(slopes)
    bought = rng.random(len(scores)) < expit(line)
    calls = rng.integers(np.maximum(scores - 50, 0), np.minimum(scores, 50) + 1)
    return past(scores, bought, launch, calls=calls, **more)
