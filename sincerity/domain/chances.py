"""Chances to buy: the model that turns points into them, the file it is kept in, and what a round publishes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from sincerity.schema import Column, Schema

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PRIOR, MEASURED = "prior", "measured"  # what a chance rests on
EVERYBODY = "all"  # the scope of an expectation over all buyers

CHANCES = Schema("chances", (  # buyers who may still buy
    Column("buyer_id", "str"),
    Column("score", "int", "points"),
    Column("chance_percent", "int", "percent", low=1, high=99),
    Column("low_percent", "int", "percent", low=1, high=99),  # nine in ten launches lie from low to high
    Column("high_percent", "int", "percent", low=1, high=99),
    Column("basis", "str"),  # prior: experience, not measured here; measured: on past launches
    Column("launches", "int"),  # that the model has seen
    Column("past_buyers", "int"),  # in them
    Column("similar_buyers", "int"),  # of these with nearly the same points
    Column("similar_bought", "int"),
), key=("buyer_id",))

EXPECTED_ORDERS = Schema("expected_orders", (
    Column("scope", "str"),  # all, or a grade
    Column("buyers", "int"),
    Column("expected", "float", "orders"),
    Column("low", "int", "orders"),  # nine in ten launches lie from low to high
    Column("high", "int", "orders"),
    Column("basis", "str"),
    Column("launches", "int"),
    Column("widest_cause", "str"),  # unmeasured, few_launches, launches_differ, chance
    Column("verdict", "str"),  # on the model: ready, with_care, not_enough; "" for the prior
    Column("similar_points", "int", "points"),  # past buyers this near count as similar
), key=("scope",))

DRIFT = Schema("drift", (  # this launch's buyers against those the model has seen
    Column("subject", "str"),  # grade, or an item of the card
    Column("psi", "float"),
    Column("noise", "float"),  # what PSI stays under by chance alone, nineteen times in twenty
    Column("buyers", "int"),
    Column("past_buyers", "int"),
    Column("verdict", "str"),  # steady, shifted, strong, too_few
), key=("subject",))


@dataclass(frozen=True)
class ChanceModel:
    """The posterior on the τ grid: weight, mode and covariance of (a, g_1 … g_4) at every τ."""

    launches: tuple[str, ...]
    log_taus: Floats  # (T,)
    weights: Floats  # (T,) sum to one
    modes: Floats  # (T, 5)
    covariances: Floats  # (T, 5, 5)

    @property
    def is_prior(self) -> bool:
        """True when no launch has been seen: the chances are experience, not measured here."""
        return not self.launches


@dataclass(frozen=True)
class PastLaunch:
    """A closed launch as the model has seen it, in households. ``bought`` are among ``buyers``; the others are not."""

    launch_id: str
    launch_day: date | None
    cutoff: datetime | None  # of its last round; features count before it
    buyers: int
    bought: int
    blocked: int = 0  # wanted and could not: left out of the fit
    unknown: int = 0  # without an outcome: left out of the fit


@dataclass(frozen=True)
class FittedModel:
    """A chance model with everything needed to trust it or not; kept in one file and never changed.

    ``seen`` and ``bought`` count the past buyers by score, 0 … 100. ``reference`` counts them by grade (under
    ``grade``) and by the points of every item, to notice drift.
    """

    name: str
    version: int
    made_on: date
    program: str
    card_sha256: str  # of the scoring card its points come from
    history_sha256: str
    verdict: str  # ready, with_care, not_enough
    past: tuple[PastLaunch, ...]
    posterior: ChanceModel
    seen: Ints  # (101,)
    bought: Ints  # (101,)
    reference: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
