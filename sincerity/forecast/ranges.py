"""P10, P50 and P90 over the runs: values that occurred, so that counts stay counts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

LEVELS = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


def ranges(by_run: npt.ArrayLike, prefix: str, suffix: str = "") -> dict[str, npt.NDArray]:
    """Columns ``<prefix>_p10<suffix>`` … of ``by_run`` (runs, members): the smallest values that many runs reach."""
    found = np.quantile(np.asarray(by_run), list(LEVELS.values()), axis=0, method="inverted_cdf")
    return {f"{prefix}_{level}{suffix}": row for level, row in zip(LEVELS, found, strict=True)}
