"""Does a whole column look like something else than its header says? Such a column is asked about, never guessed."""

from __future__ import annotations

import numpy as np

from sincerity.intake.cells import Fault
from sincerity.schema import Column

FEWEST_VALUES = 3  # fewer say nothing about a column
WAN = 10_000
HIGHEST_MEDIAN_FLOOR = 90  # a release with half its units above this floor holds room numbers instead


def column_question(column: Column, values: np.ndarray) -> Fault | None:
    """What the numbers of a column (NaN where empty) look like instead, or None when they look right."""
    given = values[~np.isnan(values)]
    if len(given) < FEWEST_VALUES or column.low is None or column.high is None:
        return None
    median = float(np.median(given))
    if column.name == "floor":
        return Fault("looks_like_rooms", {"median": f"{median:g}"}) if median > HIGHEST_MEDIAN_FLOOR else None
    if column.unit not in ("yuan", "yuan/m²", "m²"):
        return None
    if np.array_equal(np.sort(given), np.arange(1, len(given) + 1)):
        return Fault("looks_like_ranks", {"count": len(given)})
    parts = {"median": f"{median:,.10g}"}
    if median < column.low:
        wan = column.unit != "m²" and column.low <= median * WAN <= column.high
        return Fault("looks_like_wan" if wan else "looks_too_small", parts)
    if median > column.high:
        return Fault("looks_like_total" if column.unit == "yuan/m²" else "looks_too_large", parts)
    return None
