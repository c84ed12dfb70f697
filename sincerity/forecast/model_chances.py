"""The chance model's chances made ready for the launch day.

The model says of a buyer with so many points how likely they are to be ready to buy, whether or not a unit is left for
them, over all registered buyers. On the day a buyer needs another number, the chance to take a free first choice. It
is the model's chance times one lift for the whole launch: the one at which as many of the buyers are ready on simulated
days as the model expects. So those who named a unit are ready more often than others of equal points.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sincerity.forecast.assumptions import Assumptions
from sincerity.forecast.draws import draw
from sincerity.forecast.scene import Ints, Scene

Floats = npt.NDArray[np.float64]

TRIAL_RUNS, STEPS = 200, 4
SUREST = 0.98  # no chance is raised above this
LEAST_LIFT, MOST_LIFT = 0.25, 8.0


def day_chances(model_chances: Floats, scores: Ints, scene: Scene, given: Assumptions, seed: str) -> Floats:
    """Chances to take a free first choice, (runs, 101), from the model's (runs, 101).

    ``scores`` are the points of the households the model speaks of: all who may buy on the day, without those who named
    units and accept the price of none.
    """
    trial = model_chances[:TRIAL_RUNS]
    wanted = trial[:, scores].sum() / len(trial)
    lift = 1.0
    for _ in range(STEPS):
        ready = _ready(_raised(trial, lift), scene, given, seed)
        if not ready:
            return model_chances
        lift = float(np.clip(lift * wanted / ready, LEAST_LIFT, MOST_LIFT))
    return _raised(model_chances, lift)


def _raised(chances: Floats, lift: float) -> Floats:
    return np.minimum(chances * lift, SUREST)


def _ready(chances: Floats, scene: Scene, given: Assumptions, seed: str) -> float:
    """Mean number of buyers a day who come and would take something of what they look at."""
    draws = draw(scene, given, len(chances), seed, chances)
    return float((draws.depth > scene.readiest[:, None]).sum(axis=0).mean())
