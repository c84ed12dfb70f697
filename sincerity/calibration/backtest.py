"""Honest back-tests: the model forecasts launches it has not seen, beside the rivals that saw the same past.

Tested are the households that were not turned away; how many were is known and taken into account.

Two ways to divide the past, never at random across launches: leave one launch out (trained on all others), and
forward in time (trained on the earlier ones). Every figure is taken per launch; methods are compared by the paired
difference per launch, with its standard error over launches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sincerity.calibration.buyer_chances import drawn_totals
from sincerity.calibration.measures import auc, brier, ks, lift, log_loss, mean_and_error
from sincerity.calibration.past import PastBuyers
from sincerity.calibration.rivals import RIVALS
from sincerity.calibration.rules import CalibrationRules
from sincerity.scoring.chance import SCORES, among_served, draw_chances, fit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MODEL, BASE = "model", "base"
LEAVE_ONE_OUT, FORWARD = "leave_one_out", "forward"
METHODS = (MODEL, *RIVALS)


@dataclass(frozen=True)
class LaunchTest:
    """One launch forecast from others: the range of its total, and per method AUC, log loss and Brier score."""

    launch: str
    buyers: int
    bought: int
    expected: float
    low: int
    high: int
    auc: Mapping[str, float]
    log_loss: Mapping[str, float]
    brier: Mapping[str, float]
    ks: float  # of the points
    lift: float

    @property
    def inside(self) -> bool:
        """Whether the total lay inside the range."""
        return self.low <= self.bought <= self.high


@dataclass(frozen=True)
class MethodResult:
    """A method over all tested launches; differences are paired per launch, negative is better, with their error."""

    method: str
    launches: int
    auc: float
    log_loss: float
    brier: float
    skill: float  # 1 − Brier / Brier of the base rate, means over the same launches
    against_base: tuple[float, float]  # log loss minus that of the base rate
    against_model: tuple[float, float]  # the model's log loss minus this method's


@dataclass(frozen=True)
class Backtest:
    """One way of testing: its launches and methods, and the model's forecast of every tested buyer (else NaN)."""

    way: str
    tests: tuple[LaunchTest, ...]
    methods: Mapping[str, MethodResult]
    chance: Floats = field(repr=False)

    @property
    def hits(self) -> int:
        """Launches whose total lay inside the range."""
        return sum(test.inside for test in self.tests)


def leave_one_out(past: PastBuyers, rules: CalibrationRules) -> Backtest:
    """Every launch forecast from all others; nothing to test when there is only one."""
    folds = [(k, past.launch != k) for k in range(len(past.launches))] if len(past.launches) > 1 else []
    return _backtest(LEAVE_ONE_OUT, past, folds, rules)


def forward(past: PastBuyers, rules: CalibrationRules) -> Backtest:
    """Every launch but the first forecast from the earlier ones."""
    return _backtest(FORWARD, past, [(k, past.launch < k) for k in range(1, len(past.launches))], rules)


def paired(test: Backtest, method: str, other: str) -> tuple[float, float]:
    """Mean over launches of ``method``'s log loss minus ``other``'s, and its standard error."""
    return mean_and_error(_per_launch(test.tests, "log_loss", method) - _per_launch(test.tests, "log_loss", other))


def _backtest(way: str, past: PastBuyers, folds: list, rules: CalibrationRules) -> Backtest:
    chance = np.full(len(past.score), np.nan)
    tests = []
    for number, training in folds:
        here = past.launch == number
        test, chance[here] = _test_one(past.rows(training), past.rows(here), past.launches[number], rules)
        tests.append(test)
    return Backtest(way, tuple(tests), {m.method: m for m in _methods(tests)}, chance)


def _test_one(
    seen: PastBuyers, new: PastBuyers, name: str, rules: CalibrationRules
) -> tuple[LaunchTest, Floats]:
    drawn = draw_chances(fit(seen.counts()), rules.chance_draws, rules.chance_seed)
    drawn = among_served(drawn, new.counts())
    forecasts = {MODEL: drawn.mean(axis=0)[new.score]}
    forecasts |= {method: rival(seen)(new) for method, rival in RIVALS.items()}
    totals = drawn_totals(drawn, np.bincount(new.score, minlength=len(SCORES)), rules.chance_seed)
    low, high = np.quantile(totals, rules.tails)
    scored = {method: _scored(chance, new, rules) for method, chance in forecasts.items()}
    points = new.score.astype(float)
    test = LaunchTest(
        launch=name,
        buyers=len(new.score),
        bought=int(new.bought.sum()),
        expected=float(totals.mean()),
        low=int(np.floor(low)),
        high=int(np.ceil(high)),
        auc={method: values[0] for method, values in scored.items()},
        log_loss={method: values[1] for method, values in scored.items()},
        brier={method: values[2] for method, values in scored.items()},
        ks=ks(points, new.bought),
        lift=lift(points, new.bought, rules.scores_lift_share),
    )
    return test, forecasts[MODEL]


def _scored(chance: Floats, new: PastBuyers, rules: CalibrationRules) -> tuple[float, float, float]:
    """AUC, log loss and Brier score; NaN for a method that does not know every buyer of the launch."""
    if np.isnan(chance).any():
        return (float("nan"),) * 3
    return auc(chance, new.bought), log_loss(chance, new.bought, rules.scores_floor), brier(chance, new.bought)


def _methods(tests: list[LaunchTest]) -> Iterator[MethodResult]:
    for method in METHODS:
        own = _per_launch(tests, "log_loss", method)
        known = ~np.isnan(own)
        if not known.any():
            continue
        squares, base_squares = _per_launch(tests, "brier", method)[known], _per_launch(tests, "brier", BASE)[known]
        yield MethodResult(
            method=method,
            launches=int(known.sum()),
            auc=mean_and_error(_per_launch(tests, "auc", method))[0],
            log_loss=float(own[known].mean()),
            brier=float(squares.mean()),
            skill=float(1 - squares.mean() / base_squares.mean()),
            against_base=mean_and_error(own - _per_launch(tests, "log_loss", BASE)),
            against_model=mean_and_error(_per_launch(tests, "log_loss", MODEL) - own),
        )


def _per_launch(tests, measure: str, method: str) -> Floats:
    return np.array([getattr(test, measure)[method] for test in tests], dtype=float)
