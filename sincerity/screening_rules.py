"""The rules of screening: its deadlines, and when a unit is hot or cold; from ``config/register.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from sincerity.paths import config_dir


@dataclass(frozen=True)
class DemandRules:
    """When a unit is hot or cold: buyers who named it and can be granted it (both bounds included)."""

    hot_buyers: int
    cold_buyers: int


@dataclass(frozen=True)
class DeadlineRules:
    """When a screening is due: days after the opening, days between two, and the round that screens every day."""

    first_days: int
    every_days: int
    daily_round: int


@cache
def demand_rules() -> DemandRules:
    """The shipped bounds of hot and cold. ValueError names keys that are missing or unknown."""
    return DemandRules(**_values("demand", DemandRules))


@cache
def deadline_rules() -> DeadlineRules:
    """The shipped deadlines. ValueError names keys that are missing or unknown."""
    return DeadlineRules(**_values("deadline", DeadlineRules))


def _values(group: str, kind: type) -> dict[str, int]:
    rows = tomllib.loads((config_dir() / "register.toml").read_text(encoding="utf-8"))[group]
    allowed = set(kind.__dataclass_fields__)  # type: ignore[attr-defined]
    if wrong := sorted(set(rows) ^ allowed):
        raise ValueError(f"register.toml, {group}: {wrong} missing or unknown; allowed {sorted(allowed)}")
    return {name: row["value"] for name, row in rows.items()}
