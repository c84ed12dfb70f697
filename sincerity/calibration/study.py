"""Everything found out about a history, from the fit to the verdict: the story of calibration on one page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from sincerity.calibration.alarms import (
    Alarm,
    ConsultantPoints,
    ItemStrength,
    alarms,
    consultant_points,
    item_strengths,
    slope_within,
)
from sincerity.calibration.backtest import Backtest, forward, leave_one_out
from sincerity.calibration.drift import Reference, added, drift_between
from sincerity.calibration.measures import auc_within, rate_range
from sincerity.calibration.past import PastBuyers
from sincerity.calibration.reweight import Proposal, proposal
from sincerity.calibration.rules import CalibrationRules
from sincerity.calibration.verdict import Verdict, verdict
from sincerity.domain import GRADES, ChanceModel, FittedModel, PastLaunch
from sincerity.scoring.chance import draw_chances, fit

Floats = npt.NDArray[np.float64]

SHOWN_SCORES = (10, 25, 37, 50, 62, 75, 85)
BINS = np.linspace(0, 1, 11)  # of the calibration table, half-open but for the last


@dataclass(frozen=True)
class RateRow:
    """Buyers of one class, the share that bought with its range, and the chance forecast (NaN: none was)."""

    name: str
    buyers: int
    bought: int
    low: float
    high: float
    forecast: float
    orders_so_far: float  # share of all orders in this class and those above it


@dataclass(frozen=True)
class Study:
    """A history and what it taught."""

    past: PastBuyers
    accounts: tuple[PastLaunch, ...]
    reference: Mapping[str, Mapping[str, int]]
    posterior: ChanceModel
    chance_by_score: tuple[Floats, Floats, Floats]  # mean, low, high
    left_out: Backtest
    onward: Backtest
    calibration: tuple[RateRow, ...]
    grades: tuple[RateRow, ...]
    points_auc: float  # within launches
    slope: tuple[float, float]
    items: tuple[ItemStrength, ...]
    consultants: tuple[ConsultantPoints, ...]
    drift: pd.DataFrame  # DRIFT of the newest launch against the earlier ones
    alarms: tuple[Alarm, ...]
    proposal: Proposal
    verdict: Verdict


def study(
    past: PastBuyers, accounts: tuple[PastLaunch, ...], references: Sequence[Reference], rules: CalibrationRules
) -> Study:
    """The whole study; ``references`` count the buyers of each launch as ``drift.reference_of`` does."""
    posterior = fit(past.counts())
    left_out = leave_one_out(past, rules)
    found = alarms(past, left_out.chance, rules)
    return Study(
        past=past,
        accounts=accounts,
        reference=added(references),
        posterior=posterior,
        chance_by_score=chance_by_score(posterior, rules),
        left_out=left_out,
        onward=forward(past, rules),
        calibration=calibration_rows(left_out.chance, past, rules),
        grades=grade_rows(left_out.chance, past, rules),
        points_auc=auc_within(past.score.astype(float), past.bought, past.launch),
        slope=slope_within(past),
        items=item_strengths(past),
        consultants=consultant_points(past, left_out.chance, rules),
        drift=drift_between(references[-1], added(references[:-1]), rules),
        alarms=found,
        proposal=proposal(past, left_out, rules),
        verdict=verdict(past, left_out, found, rules),
    )


def fitted_model(found: Study, name: str, version: int, made_on: date, program: str) -> FittedModel:
    """The study's model as it is kept in a file."""
    counts = found.past.counts()
    seen = counts.buyers.sum(axis=0).astype(np.int64)
    bought = counts.bought.sum(axis=0).astype(np.int64)
    return FittedModel(
        name=name,
        version=version,
        made_on=made_on,
        program=program,
        card_sha256=found.past.card_sha256,
        history_sha256=history_sha256(found.past),
        verdict=found.verdict.answer,
        past=found.accounts,
        posterior=found.posterior,
        seen=seen,
        bought=bought,
        reference=found.reference,
    )


def history_sha256(past: PastBuyers) -> str:
    """The hash of what the model was fitted on: launches, buyers and orders by score in each, and the blocked."""
    counts = past.counts()
    counted = [counts.launches, counts.buyers.tolist(), counts.bought.tolist(), past.turned_away]
    written = json.dumps(counted, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def chance_by_score(posterior: ChanceModel, rules: CalibrationRules) -> tuple[Floats, Floats, Floats]:
    """Mean, low and high of the chance at every score, for a new launch."""
    drawn = draw_chances(posterior, rules.chance_draws, rules.chance_seed)
    low, high = np.quantile(drawn, rules.tails, axis=0)
    return drawn.mean(axis=0), low, high


def calibration_rows(chance: Floats, past: PastBuyers, rules: CalibrationRules) -> tuple[RateRow, ...]:
    """Forecasts in tenths against what happened; tenths nobody was in are left out."""
    told = ~np.isnan(chance)
    tenth = np.clip(np.searchsorted(BINS, chance, side="right") - 1, 0, len(BINS) - 2)
    classes = {f"{10 * t}-{10 * t + 10}%": told & (tenth == t) for t in range(len(BINS) - 1)}
    return tuple(_rate_rows(classes, chance, past, rules))


def grade_rows(chance: Floats, past: PastBuyers, rules: CalibrationRules) -> tuple[RateRow, ...]:
    """Orders by grade, best first; grades nobody had are left out."""
    return tuple(_rate_rows({grade: past.grade == grade for grade in GRADES}, chance, past, rules))


def _rate_rows(classes: Mapping[str, np.ndarray], chance: Floats, past: PastBuyers, rules) -> Iterator[RateRow]:
    orders, so_far = max(int(past.bought.sum()), 1), 0
    for name, members in classes.items():
        buyers, bought = int(members.sum()), int(past.bought[members].sum())
        if buyers:
            so_far += bought
            low, high = rate_range(bought, buyers, rules.tails)
            told = members & ~np.isnan(chance)
            forecast = float(chance[told].mean()) if told.any() else float("nan")
            yield RateRow(name, buyers, bought, low, high, forecast, so_far / orders)


def readable_chances(found: Study) -> list[str]:
    """The model in a few lines: chance and range in percent at some scores."""
    mean, low, high = (100 * part for part in found.chance_by_score)
    return [f"{s:3d} points: {mean[s]:3.0f} %  ({low[s]:.0f}-{high[s]:.0f} %)" for s in SHOWN_SCORES]
