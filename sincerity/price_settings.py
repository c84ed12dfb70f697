"""What governs the price plan of one launch: ``[price]`` of ``launch.toml`` laid over ``config/pricing.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ROUND_TO = ("price", "total")


@dataclass(frozen=True)
class UnitBand:
    """A price band of its own for the units named, or for all units of a layout or a building."""

    low: float
    high: float
    units: tuple[str, ...] = ()
    layout: str = ""
    building: str = ""


@dataclass(frozen=True)
class LockedPrice:
    """A unit whose price is settled, to the cent."""

    unit_id: str
    price_yuan_per_m2: float


@dataclass(frozen=True)
class PriceSettings:
    """Steps, rounding, the average to keep, the order in a stack, goals, and the thresholds of the base-price check.

    Shares are fractions; prices in yuan per m², totals in yuan.
    """

    steps: int
    round_to: str  # price: the price per m² is round; total: the total price is
    round_yuan: int
    average_tolerance: float
    stack_order: bool
    stack_tolerance: float
    time_limit_s: float
    proof_yuan: int  # a goal in yuan is proven when no plan is better by this much
    frontier_points: int
    floors_per_band: int
    confidence: float
    few_buyers: int
    out_of_line: float
    largest_correction: float
    shares_shown: tuple[float, ...]
    goals: tuple[Mapping[str, object], ...]
    answers: tuple[Mapping[str, object], ...]  # questions of the form that say what a buyer accepts
    average_yuan_per_m2: float | None = None  # None: the average of the base table
    total_list_value_yuan: float | None = None  # instead of the average
    stack_exceptions: tuple[str, ...] = ()  # units that need not follow the order in their stack
    bands: tuple[UnitBand, ...] = ()
    locked: tuple[LockedPrice, ...] = ()
