"""When a buyer goes on a work list, as it ships in ``config/work_lists.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sincerity.paths import config_dir


@dataclass(frozen=True)
class WorkListRules:
    """Days of silence by grade before a call is due, and what makes a subscription look soft."""

    silence_days: Mapping[str, int]
    soft_silent_days: int
    soft_grades: tuple[str, ...]


@cache
def work_list_rules() -> WorkListRules:
    """The shipped rules."""
    raw = tomllib.loads((config_dir() / "work_lists.toml").read_text(encoding="utf-8"))
    soft = raw["soft_subscription"]
    return WorkListRules(
        silence_days={grade: entry["value"] for grade, entry in raw["silence_days"].items()},
        soft_silent_days=soft["silent_days"]["value"],
        soft_grades=tuple(soft["grades"]["value"]),
    )
