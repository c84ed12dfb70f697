"""Whether this launch's buyers are made up like those the model has seen: the population stability index.

    PSI = Σ_b (p_b − q_b) · ln(p_b / q_b),  shares with half a buyer added to every class

Between two samples of one population (1/n + 1/m)⁻¹ · PSI follows χ² with one degree less than there are classes
(Yurdakul and Naranjo 2020), so small samples show a PSI of their own: ``noise`` is what it stays under nineteen times
in twenty. A PSI below the noise says nothing, and where the noise alone could look like strong drift it is said that
there are too few buyers to tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

from sincerity.calibration.rules import CalibrationRules
from sincerity.domain import DRIFT, FittedModel, Scores

GRADE = "grade"

Reference = Mapping[str, Mapping[str, int]]


def reference_of(scores: Scores) -> dict[str, dict[str, int]]:
    """Buyers counted by grade and by the points of every available item: subject → class → buyers."""
    items = scores.lines[(scores.lines["line_kind"] == "item") & scores.lines["available"]]
    counted: dict[str, dict[str, int]] = {GRADE: _counts(scores.buyers["grade"])}
    for item, rows in items.groupby("line", sort=True):
        counted[str(item)] = _counts(rows["points"].astype(str))
    return counted


def added(references: Sequence[Reference]) -> dict[str, dict[str, int]]:
    """The counts of several launches together."""
    total: dict[str, dict[str, int]] = {}
    for reference in references:
        for subject, classes in reference.items():
            counts = total.setdefault(subject, {})
            for name, buyers in classes.items():
                counts[name] = counts.get(name, 0) + buyers
    return {subject: dict(sorted(classes.items())) for subject, classes in sorted(total.items())}


def drift_table(scores: Scores, model: FittedModel | None, rules: CalibrationRules) -> pd.DataFrame:
    """DRIFT of a round against the buyers ``model`` was fitted on; empty without one."""
    if model is None:
        return DRIFT.empty()
    return drift_between(reference_of(scores), model.reference, rules)


def drift_between(now: Reference, past: Reference, rules: CalibrationRules) -> pd.DataFrame:
    """DRIFT of every subject both sides know, grades first."""
    subjects = sorted(now.keys() & past.keys(), key=lambda subject: (subject != GRADE, subject))
    rows = [{"subject": subject, **_drift(now[subject], past[subject], rules)} for subject in subjects]
    return DRIFT.frame(rows) if rows else DRIFT.empty()


def psi(now: np.ndarray, past: np.ndarray) -> float:
    """The index between two rows of counts over the same classes, half a buyer added to each."""
    p, q = (now + 0.5) / (now + 0.5).sum(), (past + 0.5) / (past + 0.5).sum()
    return float(((p - q) * np.log(p / q)).sum())


def psi_noise(buyers: int, past_buyers: int, classes: int, certainty: float) -> float:
    """What the index stays under when nothing has changed, with probability ``certainty``."""
    if not buyers or not past_buyers or classes < 2:
        return 0.0
    chi_square = 2 * gammaincinv((classes - 1) / 2, certainty)  # its quantile; scipy.stats takes a second to import
    return float(chi_square * (1 / buyers + 1 / past_buyers))


def _drift(now: Mapping[str, int], past: Mapping[str, int], rules: CalibrationRules) -> dict[str, object]:
    classes = sorted(now.keys() | past.keys())
    here = np.array([now.get(name, 0) for name in classes], dtype=float)
    there = np.array([past.get(name, 0) for name in classes], dtype=float)
    buyers, past_buyers = int(here.sum()), int(there.sum())
    index = psi(here, there)
    noise = psi_noise(buyers, past_buyers, len(classes), rules.alarm_certainty)
    return {
        "psi": round(index, 4),
        "noise": round(noise, 4),
        "buyers": buyers,
        "past_buyers": past_buyers,
        "verdict": _verdict(index, noise, min(buyers, past_buyers), rules),
    }


def _verdict(index: float, noise: float, smaller: int, rules: CalibrationRules) -> str:
    if not smaller or (index <= noise and noise >= rules.alarm_drift_strong):
        return "too_few"
    if index <= noise or index < rules.alarm_drift_notable:
        return "steady"
    return "strong" if index >= rules.alarm_drift_strong else "shifted"


def _counts(classes: pd.Series) -> dict[str, int]:
    return {str(name): int(buyers) for name, buyers in classes.value_counts().sort_index().items()}
