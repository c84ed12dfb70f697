"""The rules of steering as they ship in ``config/steering.toml``: weights, caps and limits, each a number."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache

from sincerity.paths import config_dir


@dataclass(frozen=True)
class SteeringRules:
    """Points of distance, caps on what is counted, and limits on what may be offered (units: see the file)."""

    distance_layout: float
    distance_area: float
    distance_floor: float
    distance_building: float
    distance_orientation: float
    distance_price: float
    cap_area: float
    cap_floor: float
    cap_price: float
    limit_price_above_lost: float
    limit_buyers_per_shared_unit: float
    limit_smaller_area: float
    limit_lower_floors: float


@cache
def steering_rules() -> SteeringRules:
    """The shipped rules. ValueError names keys that are missing or unknown, or a layout that would not come first."""
    tables = tomllib.loads((config_dir() / "steering.toml").read_text(encoding="utf-8"))
    values = {f"{group}_{name}": entry["value"] for group, rows in tables.items() for name, entry in rows.items()}
    allowed = {field.name for field in fields(SteeringRules)}
    wrong = sorted(set(values) ^ allowed)
    if wrong:
        raise ValueError(f"steering.toml: {wrong} missing or unknown; allowed {sorted(allowed)}")
    return _layout_first(SteeringRules(**values))


def _layout_first(rules: SteeringRules) -> SteeringRules:
    others = (
        rules.distance_area * rules.cap_area
        + rules.distance_floor * rules.cap_floor
        + rules.distance_price * rules.cap_price
        + rules.distance_building
        + rules.distance_orientation
    )
    if rules.distance_layout <= others:
        raise ValueError(f"steering.toml: distance.layout must exceed {others:g}, what all the others can add up to")
    return rules
