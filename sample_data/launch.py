"""What a synthetic launch is: its calendar and its tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from sample_data.shapes import Shape

OPENED = datetime(2026, 10, 17, 9, 0)  # the show flat
CUTOFFS = {1: datetime(2026, 10, 30, 18), 2: datetime(2026, 11, 13, 18), 3: datetime(2026, 11, 27, 20)}
LAUNCH_DAY = datetime(2026, 11, 28)


@dataclass(frozen=True)
class SampleLaunch:
    """A synthetic launch: one clean frame per input table, English column names; ``z`` is the hidden sincerity."""

    shape: Shape
    seed: int
    tables: dict[str, pd.DataFrame]
    z: np.ndarray
