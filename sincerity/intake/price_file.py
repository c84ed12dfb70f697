"""``[price]`` of ``launch.toml`` over the defaults in ``config/pricing.toml``, and all that is wrong with it."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import replace
from typing import Any

from sincerity.intake.toml_table import Key, Table, read_table
from sincerity.paths import config_dir
from sincerity.price_settings import ROUND_TO, LockedPrice, PriceSettings, UnitBand
from sincerity.problems import Problem

PRICE_KEYS = (
    Key("steps", "integer", low=2, high=61),
    Key("round_to", "text", choices=ROUND_TO),
    Key("round_yuan", "integer", low=1, high=100_000),
    Key("average_yuan_per_m2", "number", low=500, high=500_000),
    Key("average_tolerance", "number", low=0, high=0.5),
    Key("total_list_value_yuan", "number", low=1),
    Key("stack_order", "flag"),
    Key("stack_tolerance", "number", low=0, high=0.5),
    Key("stack_exceptions", "words"),
    Key("time_limit_s", "number", low=1, high=86_400),
    Key("proof_yuan", "integer", low=1, high=100_000),
    Key("frontier_points", "integer", low=0, high=20),
    Key("bands", "tables"),
    Key("locked", "tables"),
)
_BAND = (
    Key("low", "number", required=True, low=-0.5, high=0.5),
    Key("high", "number", required=True, low=-0.5, high=0.5),
    Key("units", "words"),
    Key("layout", "text"),
    Key("building", "identifier"),
)
_LOCKED = (
    Key("unit_id", "identifier", required=True),
    Key("price_yuan_per_m2", "number", required=True, low=500, high=500_000),
)
_NAMING = ("units", "layout", "building")


def read_price(table: Table) -> tuple[PriceSettings, list[Problem]]:
    """The price settings with the launch's own ``[price]`` laid over the shipped ones."""
    values, problems = read_table(table, PRICE_KEYS)
    if "average_yuan_per_m2" in values and "total_list_value_yuan" in values:
        two = "total_list_value_yuan"
        problems.append(table.problem("price_two_targets", two, table.values[two]))
    for name, read in (("bands", _read_bands), ("locked", _read_locked)):
        if name in values:
            values[name], faults = read(table)
            problems += faults
    return replace(shipped_price_settings(), **values), problems  # type: ignore[arg-type]


def shipped_price_settings() -> PriceSettings:
    """What ``config/pricing.toml`` says."""
    tables = tomllib.loads((config_dir() / "pricing.toml").read_text(encoding="utf-8"))
    numbers: dict[str, Any] = {name: row["value"] for part in ("plan", "check") for name, row in tables[part].items()}
    return PriceSettings(
        **numbers, round_to="price", stack_order=True,
        shares_shown=tuple(tables["shares_shown"]["value"]), goals=tuple(tables["goals"]),
        answers=tuple(tables["answers"]),
    )


def _read_bands(table: Table) -> tuple[tuple[UnitBand, ...], list[Problem]]:
    bands, problems = [], []
    for below in table.children("bands"):
        values, faults = read_table(below, _BAND)
        problems += faults
        if not faults and not any(values.get(name) for name in _NAMING):
            problems.append(below.problem("price_band_names_nothing"))
        elif not faults and values["low"] > values["high"]:  # type: ignore[operator]
            problems.append(below.problem("price_band_crosses", "low", values["low"], high=f"{values['high']:g}"))
        elif not faults:
            bands.append(UnitBand(**values))  # type: ignore[arg-type]
    return tuple(bands), problems


def _read_locked(table: Table) -> tuple[tuple[LockedPrice, ...], list[Problem]]:
    locked, problems = [], []
    for below in table.children("locked"):
        values, faults = read_table(below, _LOCKED)
        problems += faults
        if not faults:
            locked.append(LockedPrice(**values))  # type: ignore[arg-type]
    twice = [unit for unit, times in Counter(price.unit_id for price in locked).items() if times > 1]
    problems += [table.problem("price_locked_twice", "locked", unit) for unit in twice]
    return tuple(locked), problems
