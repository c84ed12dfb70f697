"""From scores to grades and the priority order.

Graded are the buyers about whom enough is known and who still want to buy; only they have a percentile.
U (not enough known) ranks after D; buyers who gave up or bought elsewhere are D and come last.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from sincerity.domain import GRADES
from sincerity.settings import GradeRules

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

GRADE_D, GRADE_U = GRADES.index("D"), GRADES.index("U")
GONE = ("gave_up", "bought_elsewhere")
TOO_LITTLE_KNOWN = ("registered_recently", "no_scored_event")
_STANDING = {"points": 0} | dict.fromkeys(TOO_LITTLE_KNOWN, 1) | dict.fromkeys(GONE, 2)
_BASIS_POINTS = 10_000  # shares are exact to 0.01 %


def grade_reasons(buyers: pd.DataFrame, has_scored_act: Bools, cutoff: datetime, rules: GradeRules) -> npt.NDArray:
    """Why each buyer has the grade: gave_up, bought_elsewhere, registered_recently, no_scored_event or points.

    ``has_scored_act`` tells who has at least one act the card in force scores. Registered exactly
    ``recent_registration_days`` before the cutoff is long enough.
    """
    recent = buyers["registered_on"] > cutoff - timedelta(days=rules.recent_registration_days)
    return np.select(
        [buyers["state"] == state for state in GONE] + [recent, ~has_scored_act],
        [*GONE, "registered_recently", "no_scored_event"],
        "points",
    )


def absolute_grade(score: Ints, rules: GradeRules) -> Ints:
    """Index into GRADES, A to D, by the lower bounds in points."""
    bounds = [rules.absolute[grade] for grade in GRADES[:GRADE_D]]
    return (score[:, None] < np.array(bounds)).sum(axis=1)


def percentile_grade(score: Ints, own: Floats, peers: Ints, rules: GradeRules) -> Ints:
    """Index into GRADES, A to D, that each ``score`` earns among the scores of the ``peers``.

    ``own`` is the score the buyer has among the peers now, which ``score`` replaces; NaN for a buyer who is
    not among them yet and would join. A block of equal scores is graded by its last place, so a block on a
    border takes the lower grade.
    """
    at_least = len(peers) - np.searchsorted(np.sort(peers), score, side="left")
    last_place = at_least - (own >= score) + 1
    size = len(peers) + np.isnan(own)
    shares = np.cumsum([rules.percentile_shares[grade] for grade in GRADES[:GRADE_D]])
    borders = np.rint(shares * _BASIS_POINTS).astype(np.int64)
    return (last_place[:, None] * _BASIS_POINTS > size[:, None] * borders).sum(axis=1)


def mid_rank_percentile(score: Ints) -> Floats:
    """100 · (buyers below + half of those equal, oneself included) / buyers."""
    ordered = np.sort(score)
    below = np.searchsorted(ordered, score, side="left")
    up_to = np.searchsorted(ordered, score, side="right")
    return 50.0 * (below + up_to) / len(score) if len(score) else np.empty(0)


def final_grade(grade_of_points: Ints, reasons: npt.NDArray) -> Ints:
    """The grade by points where the reason is points; U where too little is known, D for buyers who are gone."""
    unknown = np.isin(reasons, TOO_LITTLE_KNOWN)
    return np.select([reasons == "points", unknown], [grade_of_points, GRADE_U], GRADE_D)


def priority_ranks(scored: pd.DataFrame, tie_numbers: npt.NDArray[np.uint64]) -> Ints:
    """1 = first. ``scored`` holds score, grade_reason, committed_on and registered_on, in a stable order.

    Order: graded buyers, then U, then those who are gone; in each by score, money committed earlier (no
    money comes last), registered earlier, tie number.
    """
    order = np.lexsort((
        tie_numbers,
        scored["registered_on"].to_numpy("datetime64[us]"),
        scored["committed_on"].to_numpy("datetime64[us]"),
        -scored["score"].to_numpy(np.int64),
        scored["grade_reason"].map(_STANDING).to_numpy(np.int64),
    ))
    ranks = np.empty(len(scored), dtype=np.int64)
    ranks[order] = np.arange(1, len(scored) + 1)
    return ranks
