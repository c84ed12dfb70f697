"""Which way a buyer moves: the score of this round against that of the last one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sincerity.settings import WatchRules


def trends(now: pd.DataFrame, previous: pd.DataFrame | None, rules: WatchRules) -> npt.NDArray:
    """improving, steady, declining or unknown per row of ``now`` (members, score, grade).

    A household is found in ``previous`` (SCORES) by any of its members. Without an earlier score, or with
    grade U then or now, too little is known to tell.
    """
    before = _earlier_scores(now["members"], previous)
    change = now["score"].to_numpy(float) - before
    change[(now["grade"] == "U").to_numpy()] = np.nan
    return np.select(
        [change >= rules.trend_points, change <= -rules.trend_points, ~np.isnan(change)],
        ["improving", "declining", "steady"],
        "unknown",
    )


def _earlier_scores(members: pd.Series, previous: pd.DataFrame | None) -> npt.NDArray[np.float64]:
    """The earlier score of each household, its best one where members were apart then; NaN where there is none."""
    if previous is None:
        return np.full(len(members), np.nan)
    earlier = previous[previous["grade"] != "U"].set_index("buyer_id")["score"].astype(float)
    ids = members.reset_index(drop=True).str.split().explode()
    return ids.map(earlier).groupby(level=0).max().to_numpy(float)
