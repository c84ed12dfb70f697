"""The layout targets and how far the placements are from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Bounds:
    """Targets by layout ("" = all layouts together) beside the number of units placed."""

    targets: pd.DataFrame  # TARGET_RESULTS
    placed: pd.Series  # by layout, "" for all

    def count(self, layout: str) -> int:
        """Units placed."""
        return int(self.placed.get(layout, 0))

    def room(self, layout: str) -> float:
        """Units that may still be placed; infinite without a maximum."""
        return np.floor(self._bound(layout, "max_units", np.inf)) - self.count(layout)

    def above_minimum(self, layout: str) -> float:
        """Units placed beyond the minimum; negative when short of it, infinite without one."""
        return self.count(layout) - np.ceil(self._bound(layout, "min_units", -np.inf))

    def placed_by_target(self) -> pd.Series:
        """Units placed, one value per row of the targets."""
        return self.targets["layout"].map(self.placed).fillna(0)

    def shortfall_by_target(self) -> pd.Series:
        """Whole units missing below the minimum, one value per row of the targets."""
        return (np.ceil(self.targets["min_units"].fillna(0)) - self.placed_by_target()).clip(lower=0)

    def _bound(self, layout: str, column: str, default: float) -> float:
        stated = self.targets.loc[self.targets["layout"] == layout, column].dropna()
        return float(stated.iloc[0]) if len(stated) else default


def bounds_of(targets: pd.DataFrame, layouts_placed: pd.Series) -> Bounds:
    """Bounds for placements whose units have the layouts ``layouts_placed``."""
    placed = layouts_placed.value_counts()
    placed.loc[""] = len(layouts_placed)
    return Bounds(targets, placed)
