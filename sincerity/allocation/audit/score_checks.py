"""Checks of scores, grades and priority: every figure is the sum or the consequence of the rows shown for it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.allocation.audit.evidence import GRADE_ORDER, Evidence, Mask

_CLASS = {"points": 0, "registered_recently": 1, "no_scored_event": 1, "gave_up": 2, "bought_elsewhere": 2}
_BASIS_POINTS = 10_000


def buyers_scored(e: Evidence) -> Mask:
    """Buyers: no score is published for the buyer."""
    buyers = e.tables["buyers"]
    return (buyers["state"] != "excluded") & ~buyers["buyer_id"].isin(e.scores.index)


def score_is_sum(e: Evidence) -> Mask:
    """Scores: the score is not the sum of its lines, or raw points not that of items and caps."""
    scores, lines = e.tables["scores"], e.tables["score_lines"]
    total = lines.groupby("buyer_id")["points"].sum()
    raw = lines[lines["line_kind"] != "rescale"].groupby("buyer_id")["points"].sum()
    ids = scores["buyer_id"]
    available = scores["available_points"]
    stretched = (200 * scores["raw_points"] + available) // (2 * available.clip(lower=1))
    return (
        (scores["score"] != ids.map(total).fillna(0))
        | (scores["raw_points"] != ids.map(raw).fillna(0))
        | (scores["score"] != stretched)
    )


def line_points(e: Evidence) -> Mask:
    """Score lines: points above the maximum or below 0, a cap that adds, an unavailable item, no such buyer."""
    lines = e.tables["score_lines"]
    item, cap = lines["line_kind"] == "item", lines["line_kind"] == "cap"
    out_of_range = item & ((lines["points"] < 0) | (lines["points"] > lines["max_points"]))
    unavailable = ~lines["available"] & (lines["points"] != 0)
    return out_of_range | (cap & (lines["points"] > 0)) | unavailable | ~lines["buyer_id"].isin(e.scores.index)


def grade_by_points(e: Evidence) -> Mask:
    """Scores: a grade is not the one its points, percentile and reason give."""
    scores = e.tables["scores"]
    absolute = _by_reason(scores, _absolute(e, scores))
    relative = _by_reason(scores, _relative(e, scores))
    governing = absolute if e.parameters["governing"] == "absolute" else relative
    return (
        (scores["absolute_grade"] != absolute)
        | (scores["percentile_grade"] != relative)
        | (scores["grade"] != governing)
        | (scores["grade_gap"] != (np.abs(_number(absolute) - _number(relative)) >= 2))
    )


def grade_reason(e: Evidence) -> Mask:
    """Scores: a reason that is none, or one that says gone where the buyer's state does not, or the reverse."""
    scores = e.tables["scores"]
    state = scores["buyer_id"].map(e.buyers["state"])
    gone = scores["grade_reason"].isin(["gave_up", "bought_elsewhere"])
    should_be_gone = state.isin(["gave_up", "bought_elsewhere"])
    return ~scores["grade_reason"].isin(list(_CLASS)) | (gone & (state != scores["grade_reason"])) | (
        ~gone & should_be_gone
    )


def percentiles(e: Evidence) -> Mask:
    """Scores: the percentile is not the mid-rank among buyers graded by points."""
    scores = e.tables["scores"]
    graded = scores["grade_reason"] == "points"
    own = scores.loc[graded, "score"]
    expected = (100 * (own.rank(method="average") - 0.5) / max(len(own), 1)).reindex(scores.index)
    return ~np.isclose(scores["percentile"], expected, atol=1e-6, equal_nan=True)


def priority_order(e: Evidence) -> Mask:
    """Scores: ranks are not 1 … n, or a buyer stands before one who must come first (score, money, registration)."""
    scores = e.tables["scores"].reset_index(drop=True)
    ordered = scores.sort_values("priority_rank", kind="stable")
    place = pd.DataFrame({
        "reason": ordered["grade_reason"].map(_CLASS).fillna(0),
        "score": -ordered["score"],
        "money": ordered["committed_on"].fillna(pd.Timestamp.max.floor("us")),
        "registered": ordered["registered_on"].fillna(pd.Timestamp.max.floor("us")),
    })
    due = place.groupby(list(place.columns), sort=True).ngroup()
    wrong = (due < due.cummax()) | (ordered["priority_rank"] != np.arange(1, len(ordered) + 1))
    return wrong.reindex(scores.index)


def _absolute(e: Evidence, scores: pd.DataFrame) -> np.ndarray:
    bounds = [e.parameters["absolute_grades"][grade] for grade in GRADE_ORDER[:4]]
    return (scores["score"].to_numpy()[:, None] < np.array(bounds)).sum(axis=1).clip(max=3)


def _relative(e: Evidence, scores: pd.DataFrame) -> np.ndarray:
    """A block of equal scores takes the grade of its last place."""
    graded = scores["grade_reason"] == "points"
    last_place = scores["score"].where(graded).rank(method="max", ascending=False).fillna(0)
    shares = np.cumsum([e.parameters["percentile_shares"][grade] for grade in GRADE_ORDER[:3]])
    borders = int(graded.sum()) * np.rint(shares * _BASIS_POINTS)
    return (last_place.to_numpy()[:, None] * _BASIS_POINTS > borders).sum(axis=1)


def _by_reason(scores: pd.DataFrame, by_points: np.ndarray) -> np.ndarray:
    kind = scores["grade_reason"].map(_CLASS).fillna(0)
    return np.select([kind == 1, kind == 2], ["U", "D"], default=np.array(GRADE_ORDER)[by_points])


def _number(grades: np.ndarray) -> np.ndarray:
    return pd.Index(GRADE_ORDER).get_indexer(grades)


SCORE_CHECKS = (
    ("buyers_scored", "buyers", buyers_scored),
    ("score_is_sum", "scores", score_is_sum),
    ("line_points", "score_lines", line_points),
    ("grade_by_points", "scores", grade_by_points),
    ("grade_reason", "scores", grade_reason),
    ("percentiles", "scores", percentiles),
    ("priority_order", "scores", priority_order),
)
