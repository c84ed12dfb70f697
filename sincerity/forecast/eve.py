"""What is known on the eve of the launch day, and the days simulated from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from sincerity.domain import Known
from sincerity.forecast.assumptions import Assumptions
from sincerity.forecast.draws import Draws, draw
from sincerity.forecast.launch_day import Sales, launch_days
from sincerity.forecast.model_chances import day_chances
from sincerity.forecast.orders import Places, calling_order
from sincerity.forecast.scene import Scene, set_scene

Floats = npt.NDArray[np.float64]

FEWEST_RUNS = 200


def nobody_led() -> pd.DataFrame:
    """Wishes of nobody."""
    return pd.DataFrame({"buyer_id": [], "layout": [], "ceiling_yuan": []})


@dataclass(frozen=True)
class Eve:
    """The stages' answers the day starts from. ``substitutes`` are STEERING rows, those held ready for buyers with a
    unit in the plan among them. ``wishes``: what each buyer is led on to on the day when everything they looked at is
    gone: ``buyer_id``, ``layout`` ("": any), ``ceiling_yuan``."""

    known: Known
    scores: pd.DataFrame
    demand: pd.DataFrame
    plan: pd.DataFrame
    substitutes: pd.DataFrame
    wishes: pd.DataFrame = field(default_factory=nobody_led)

    def unsteered(self) -> Eve:
        """The same eve with no plan, no substitutes and nobody led on."""
        return replace(self, plan=self.plan.iloc[:0], substitutes=self.substitutes.iloc[:0], wishes=nobody_led())


@dataclass(frozen=True)
class Conduct:
    """How the day is run and simulated: assumptions, calling order, runs and seed, chances of the model if any."""

    given: Assumptions
    order: str
    runs: int
    seed: str
    model_chances: Floats | None = None  # (runs, 101)

    @property
    def online(self) -> bool:
        """Whether all buyers choose at once."""
        return self.given.orders[self.order][0].by == "online"


@dataclass(frozen=True)
class Days:
    """The simulated days and what they started from. ``units`` are the units on sale, as in ``scene``."""

    eve: Eve
    conduct: Conduct
    scene: Scene
    units: pd.DataFrame
    draws: Draws
    order: Places
    sales: Sales

    @cached_property
    def sold(self) -> npt.NDArray[np.int64]:
        """Units sold in every run, (R,)."""
        return np.bincount(self.sales.run, minlength=self.sales.runs)

    @cached_property
    def revenue_yuan(self) -> npt.NDArray[np.int64]:
        """Revenue of every run, (R,)."""
        totals = self.scene.total_yuan[self.sales.unit]
        return np.bincount(self.sales.run, weights=totals, minlength=self.sales.runs).astype(np.int64)


def runs_within(wanted: int, buyers: int, given: Assumptions) -> int:
    """``wanted`` runs, fewer where a large launch would not fit into memory."""
    return max(FEWEST_RUNS, min(wanted, given.most_buyer_runs // max(1, buyers)))


def simulate(eve: Eve, conduct: Conduct, like: Days | None = None) -> Days:
    """``conduct.runs`` launch days; what chance decides is taken from ``like`` where it decides the same there."""
    scene = set_scene(
        eve.known, eve.scores, eve.demand, eve.plan, eve.substitutes, eve.wishes, conduct.given.looks, conduct.seed
    )
    if like is not None and _alike(scene, conduct, like):
        draws = like.draws
    else:
        draws = draw(scene, conduct.given, conduct.runs, conduct.seed, _model_chances(eve, scene, conduct))
    order = calling_order(scene, conduct.given.orders[conduct.order], draws)
    sales = launch_days(scene, draws, order, conduct.online)
    units = eve.known.units.set_index("unit_id", drop=False).loc[list(scene.unit_ids)].reset_index(drop=True)
    return Days(eve, conduct, scene, units, draws, order, sales)


def _alike(scene: Scene, conduct: Conduct, like: Days) -> bool:
    """Whether the same buyers of the same grades meet the same luck; a model's chances depend on the whole day."""
    there = like.conduct
    same_luck = (conduct.given, conduct.runs, conduct.seed) == (there.given, there.runs, there.seed)
    measured = conduct.model_chances is not None or there.model_chances is not None
    same_buyers = np.array_equal(scene.buyer_keys, like.scene.buyer_keys)
    return same_luck and not measured and same_buyers and np.array_equal(scene.grade, like.scene.grade)


def _model_chances(eve: Eve, scene: Scene, conduct: Conduct) -> Floats | None:
    """The model's chances as the day needs them; None without a model."""
    if conduct.model_chances is None:
        return None
    active = eve.known.buyers.loc[eve.known.buyers["state"] == "active", "buyer_id"]
    priced_out = set(eve.demand["buyer_id"]) - set(scene.buyer_ids)
    meant = eve.scores["buyer_id"].isin(active) & ~eve.scores["buyer_id"].isin(priced_out)
    scores = eve.scores.loc[meant, "score"].to_numpy(np.int64)
    return day_chances(conduct.model_chances, scores, scene, conduct.given, conduct.seed)
