"""The forecast's assumptions as they ship in ``config/forecast.toml``: each a number with unit, label and source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from sincerity.domain import GRADES
from sincerity.paths import config_dir

CHOICES = ("first", "second", "third", "later", "substitute", "undecided")  # kinds of offer, most wanted first
WAYS = ("priority", "queue", "ballot", "online")


@dataclass(frozen=True)
class Batch:
    """Buyers of some grades, called ``by`` priority, queue, ballot or online."""

    grades: tuple[str, ...]
    by: str


@dataclass(frozen=True)
class Assumptions:
    """Chances by grade as fractions, shared swings in logits; see the file for units and sources."""

    show: Mapping[str, float]
    accept: Mapping[str, float]
    choice: Mapping[str, float]  # share of the first choice's chance, by kind of offer
    looks: int  # units a buyer who named none looks at
    follow_plan: float
    effect_show: float
    effect_accept: float
    floor_bands: int
    price_bands: int
    curve_points: int
    most_buyer_runs: int
    orders: Mapping[str, tuple[Batch, ...]]

    def stated(self) -> dict[str, float]:
        """Every number that governs the chances, by dotted name."""
        return {
            **{f"show.{grade}": value for grade, value in self.show.items()},
            **{f"accept.{grade}": value for grade, value in self.accept.items()},
            **{f"choice.{choice}": value for choice, value in self.choice.items()},
            "undecided.looks": self.looks,
            "plan.follow": self.follow_plan,
            "effect.show": self.effect_show,
            "effect.accept": self.effect_accept,
        }


@cache
def assumption_rows() -> Mapping[str, Mapping[str, Any]]:
    """Every numbered assumption of the file: dotted name → value, unit, label, source."""
    tables = _file()
    return {f"{group}.{name}": row for group, rows in tables.items() if group != "order" for name, row in rows.items()}


@cache
def order_labels() -> Mapping[str, Mapping[str, str]]:
    """The calling orders by name with their labels."""
    return {name: order["label"] for name, order in _file()["order"].items()}


@cache
def assumptions() -> Assumptions:
    """The shipped assumptions. ValueError where a chance is no share, an order leaves a grade out, or a later
    choice is more wanted than an earlier one."""
    value = {name: row["value"] for name, row in assumption_rows().items()}
    shipped = Assumptions(
        show={grade: value[f"show.{grade}"] for grade in GRADES},
        accept={grade: value[f"accept.{grade}"] for grade in GRADES},
        choice={choice: value[f"choice.{choice}"] for choice in CHOICES},
        looks=value["undecided.looks"],
        follow_plan=value["plan.follow"],
        effect_show=value["effect.show"],
        effect_accept=value["effect.accept"],
        floor_bands=value["band.floors"],
        price_bands=value["band.prices"],
        curve_points=value["band.curve"],
        most_buyer_runs=value["limit.buyer_runs"],
        orders={name: _batches(name, order["batches"]) for name, order in _file()["order"].items()},
    )
    return checked(shipped)


def checked(given: Assumptions) -> Assumptions:
    """``given`` itself; ValueError for numbers no launch day can have."""
    shares = [*given.show.values(), *given.accept.values(), *given.choice.values(), given.follow_plan]
    if not all(0 <= share <= 1 for share in shares):
        raise ValueError("forecast.toml: chances and shares lie between 0 and 1")
    if any(later > earlier for earlier, later in pairwise(given.choice.values())):
        raise ValueError("forecast.toml: a later choice cannot be more wanted than an earlier one")
    return given


def _batches(name: str, batches: list[Mapping]) -> tuple[Batch, ...]:
    read = tuple(Batch(tuple(batch["grades"]), batch["by"]) for batch in batches)
    called = [grade for batch in read for grade in batch.grades]
    if sorted(called) != sorted(GRADES) or any(batch.by not in WAYS for batch in read):
        raise ValueError(f"forecast.toml: order {name} must call every grade once, by one of {WAYS}")
    if any(batch.by == "online" for batch in read) and len(read) > 1:
        raise ValueError(f"forecast.toml: order {name}: online is for all buyers at once")
    return read


def _file() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    return tomllib.loads((config_dir() / "forecast.toml").read_text(encoding="utf-8"))
