"""What the chance model says of one round: a chance per buyer, the orders to expect, and whether the buyers differ
from those the model has seen.

A chance depends on the points alone, so one buyer alone gets the same chance as in a batch. Orders are drawn with one
launch effect per draw: a launch that runs better than usual runs better for everybody.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sincerity.calibration.drift import drift_table
from sincerity.calibration.rules import CalibrationRules, calibration_rules
from sincerity.domain import CHANCES, EXPECTED_ORDERS, GRADES, FittedModel, Scores
from sincerity.domain.chances import EVERYBODY, MEASURED, PRIOR
from sincerity.scoring.chance import SCORES, draw_chances, prior
from sincerity.scoring.grades import GONE

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def round_chances(scores: Scores, model: FittedModel | None) -> dict[str, pd.DataFrame]:
    """The published tables ``chances``, ``expected_orders`` and ``drift`` of a round.

    ``model`` None is the prior. Buyers who gave up or bought elsewhere have no chance and count nowhere.
    """
    rules = calibration_rules()
    may_buy = scores.buyers[~scores.buyers["grade_reason"].isin(GONE)]
    drawn = model_draws(model, rules)
    return {
        "chances": _chances(may_buy, drawn, model, rules),
        "expected_orders": _expected_orders(may_buy, drawn, model, rules),
        "drift": drift_table(scores, model, rules),
    }


def model_draws(model: FittedModel | None, rules: CalibrationRules) -> Floats:
    """Chances of a new launch by draw and score, shape (draws, 101): of the measured model, or of the prior."""
    posterior = prior() if model is None else model.posterior
    return draw_chances(posterior, rules.chance_draws, rules.chance_seed)


def whole_percent(chances: npt.ArrayLike) -> Ints:
    """Chances in whole percent, half up, never 0 and never 100."""
    return np.clip(np.floor(100 * np.asarray(chances) + 0.5), 1, 99).astype(np.int64)


def similar(counts: Ints, reach: int) -> Ints:
    """By score: the sum of ``counts`` over all scores at most ``reach`` points away."""
    total = np.concatenate([[0], np.cumsum(counts)])
    return total[np.minimum(SCORES + reach + 1, len(SCORES))] - total[np.maximum(SCORES - reach, 0)]


def drawn_totals(drawn: Floats, buyers_by_score: Ints, seed: int) -> Ints:
    """Orders of a launch with so many buyers of each score, one total per draw."""
    rng = np.random.default_rng(seed)
    return rng.binomial(buyers_by_score, drawn).sum(axis=1)


def _chances(buyers: pd.DataFrame, drawn: Floats, model: FittedModel | None, rules: CalibrationRules) -> pd.DataFrame:
    score = buyers["score"].to_numpy(np.int64)
    low, high = np.quantile(drawn, rules.tails, axis=0)
    nobody = np.zeros(len(SCORES), dtype=np.int64)
    seen, bought = (nobody, nobody) if model is None else (model.seen, model.bought)
    return CHANCES.frame({
        "buyer_id": buyers["buyer_id"].to_numpy(),
        "score": score,
        "chance_percent": whole_percent(drawn.mean(axis=0))[score],
        "low_percent": whole_percent(low)[score],
        "high_percent": whole_percent(high)[score],
        "basis": np.full(len(buyers), _basis(model), dtype=object),
        "launches": np.full(len(buyers), _launches(model)),
        "past_buyers": np.full(len(buyers), seen.sum()),
        "similar_buyers": similar(seen, rules.chance_similar_points)[score],
        "similar_bought": similar(bought, rules.chance_similar_points)[score],
    })


def _expected_orders(
    buyers: pd.DataFrame, drawn: Floats, model: FittedModel | None, rules: CalibrationRules
) -> pd.DataFrame:
    """One row for everybody and one per grade that occurs."""
    scopes = {EVERYBODY: buyers} | {grade: buyers[buyers["grade"] == grade] for grade in GRADES}
    shown = {scope: members for scope, members in scopes.items() if len(members) or scope == EVERYBODY}
    return EXPECTED_ORDERS.frame([
        {"scope": scope, "buyers": len(members), **_expectation(members, drawn, model, rules)}
        for scope, members in shown.items()
    ])


def _expectation(
    members: pd.DataFrame, drawn: Floats, model: FittedModel | None, rules: CalibrationRules
) -> dict[str, object]:
    by_score = np.bincount(members["score"], minlength=len(SCORES))
    low, high = np.quantile(drawn_totals(drawn, by_score, rules.chance_seed), rules.tails)
    return {
        "expected": round(float((drawn @ by_score).mean()), 1),
        "low": int(np.floor(low)),
        "high": int(np.ceil(high)),
        "basis": _basis(model),
        "launches": _launches(model),
        "widest_cause": _widest_cause(drawn, by_score, model),
        "verdict": "" if model is None else model.verdict,
        "similar_points": rules.chance_similar_points,
    }


def _widest_cause(drawn: Floats, by_score: Ints, model: FittedModel | None) -> str:
    """The largest part of the total's variance: pure chance per buyer, launches that differ, or too few launches.

    What launches differ by is the mean of τ² on the scale of the total; what is left of the variance between draws
    comes from not knowing the model's numbers.
    """
    if model is None:
        return "unmeasured"
    between = float(np.var(drawn @ by_score))
    within = float(((drawn * (1 - drawn)) @ by_score).mean())  # also d total / d logit
    if within >= between:
        return "chance"
    tau_squared = float(model.posterior.weights @ np.exp(2 * model.posterior.log_taus))
    return "launches_differ" if tau_squared * within**2 >= between / 2 else "few_launches"


def _basis(model: FittedModel | None) -> str:
    return PRIOR if model is None else MEASURED


def _launches(model: FittedModel | None) -> int:
    return 0 if model is None else len(model.past)
