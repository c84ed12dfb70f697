"""P10, P50 and P90 over the runs: values that occurred, so that counts stay counts.

Both ends belong to the range. Of few whole numbers each end alone holds many runs, so the range holds more than eight
in ten of them; ``share_inside`` says how many.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

LEVELS = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


def ranges(by_run: npt.ArrayLike, prefix: str, suffix: str = "") -> dict[str, npt.NDArray]:
    """Columns ``<prefix>_p10<suffix>`` … of ``by_run`` (runs, members): the smallest values that many runs reach."""
    found = _levels(by_run)
    return {f"{prefix}_{level}{suffix}": row for level, row in zip(LEVELS, found, strict=True)}


def share_inside(by_run: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The share of the runs from P10 to P90, both ends included, of ``by_run`` (runs, members)."""
    low, _, high = _levels(by_run)
    return np.asarray(((low <= by_run) & (by_run <= high)).mean(axis=0))


def _levels(by_run: npt.ArrayLike) -> npt.NDArray:
    return np.quantile(np.asarray(by_run), list(LEVELS.values()), axis=0, method="inverted_cdf")
