"""The chance model's chances made ready for the launch day.

The model is fitted on all buyers of past launches: a chance is the share of those with so many points who bought
something, the blocked (ready to buy, nothing left for them) left out. On the day a buyer needs another number, the
chance to take a free first choice. It is the model's chance times one lift for the whole launch: the one at which
simulated days, too, sell to the share of buyers not blocked that the model expects. So those who named a unit buy more
often than others of equal points, and what later choices and substitutes lose is made up for.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sincerity.forecast.assumptions import Assumptions
from sincerity.forecast.draws import draw
from sincerity.forecast.launch_day import launch_days
from sincerity.forecast.orders import calling_order
from sincerity.forecast.scene import Ints, Scene

Floats = npt.NDArray[np.float64]

TRIAL_RUNS, STEPS = 200, 4
SUREST = 0.98  # no chance is raised above this
LEAST_LIFT, MOST_LIFT = 0.25, 8.0


def day_chances(
    model_chances: Floats, scores_of_active: Ints, scene: Scene, given: Assumptions, order: str, seed: str
) -> Floats:
    """Chances to take a free first choice, (runs, 101), from the model's (runs, 101); ``scores_of_active`` are the
    points of all active households of the launch."""
    trial = model_chances[:TRIAL_RUNS]
    wanted = trial[:, scores_of_active].mean() if len(scores_of_active) else 0.0
    lift = 1.0
    for _ in range(STEPS):
        bought = _share_bought(_raised(trial, lift), len(scores_of_active), scene, given, order, seed)
        if not bought:
            return model_chances
        lift = float(np.clip(lift * wanted / bought, LEAST_LIFT, MOST_LIFT))
    return _raised(model_chances, lift)


def _raised(chances: Floats, lift: float) -> Floats:
    return np.minimum(chances * lift, SUREST)


def _share_bought(chances: Floats, active: int, scene: Scene, given: Assumptions, order: str, seed: str) -> float:
    """Orders ÷ active buyers not blocked, over simulated days."""
    draws = draw(scene, given, len(chances), seed, chances)
    batches = given.orders[order]
    sold = len(launch_days(scene, draws, calling_order(scene, batches, draws), batches[0].by == "online").run)
    ready = int((draws.depth > scene.readiest[:, None]).sum())
    return sold / max(1, active * len(chances) - (ready - sold))
