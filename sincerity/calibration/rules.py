"""The rules of calibration as they ship in ``config/calibration.toml``: each a number with unit, label and source."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache

from sincerity.paths import config_dir


@dataclass(frozen=True)
class CalibrationRules:
    """What counts as history, when to trust a chance, when an alarm speaks (units: see the file)."""

    history_window_days: int
    history_least_coverage: float
    chance_draws: int
    chance_seed: int
    chance_range: float
    chance_similar_points: int
    scores_floor: float
    scores_lift_share: float
    verdict_ready_launches: int
    verdict_ready_orders: int
    verdict_care_launches: int
    verdict_care_orders: int
    verdict_least_hits: float
    alarm_leak_auc: float
    alarm_certainty: float
    alarm_drift_notable: float
    alarm_drift_strong: float
    alarm_consultant_buyers: int
    reweight_spread: float

    @property
    def tails(self) -> tuple[float, float]:
        """The lower and the upper quantile of a range."""
        outside = (1 - self.chance_range) / 2
        return outside, 1 - outside


@cache
def calibration_rules() -> CalibrationRules:
    """The shipped rules. ValueError names keys that are missing or unknown."""
    tables = tomllib.loads((config_dir() / "calibration.toml").read_text(encoding="utf-8"))
    values = {f"{group}_{name}": entry["value"] for group, rows in tables.items() for name, entry in rows.items()}
    allowed = {field.name for field in fields(CalibrationRules)}
    wrong = sorted(set(values) ^ allowed)
    if wrong:
        raise ValueError(f"calibration.toml: {wrong} missing or unknown; allowed {sorted(allowed)}")
    return CalibrationRules(**values)
