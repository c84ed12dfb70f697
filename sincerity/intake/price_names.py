"""What ``[price]`` of ``launch.toml`` names and the units table does not have, and bands that govern no unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from sincerity.intake.launch_file import LAUNCH_FILE
from sincerity.intake.pointing import hint_parts, most_like
from sincerity.intake.toml_table import Table, read_toml
from sincerity.problems import Problem


def price_name_problems(folder: Path, units: pd.DataFrame) -> tuple[Problem, ...]:
    """Names under ``[price]`` that ``units`` (UNITS) does not have, with the nearest one where one is near."""
    top, _ = read_toml(folder / LAUNCH_FILE, LAUNCH_FILE)
    if top is None or units.empty:
        return ()
    price = top.child("price")
    unknown = tuple(_unknown_names(price, units))
    return unknown or tuple(_bands_without_units(price, units))


def _unknown_names(price: Table, units: pd.DataFrame) -> Iterator[Problem]:
    yield from _unknown_in(price, "stack_exceptions", "unit", units["unit_id"])
    for lock in price.children("locked"):
        yield from _unknown_in(lock, "unit_id", "unit", units["unit_id"])
    for band in price.children("bands"):
        yield from _unknown_in(band, "units", "unit", units["unit_id"])
        yield from _unknown_in(band, "layout", "layout", units["layout"])
        yield from _unknown_in(band, "building", "building", units["building"])


def _unknown_in(table: Table, key: str, kind: str, known: pd.Series) -> Iterator[Problem]:
    known_names = set(known)
    unknown = [name for name in dict.fromkeys(_names(table, key)) if name not in known_names]
    hints = hint_parts(most_like(unknown, known_names))
    for place, name in enumerate(unknown):
        yield table.problem(f"price_{kind}_unknown", key, name, **{part: said[place] for part, said in hints.items()})


def _bands_without_units(price: Table, units: pd.DataFrame) -> Iterator[Problem]:
    """Bands all of whose units a later band names: they never count."""
    named: set[str] = set()
    hidden = []
    for band in reversed(price.children("bands")):
        own = units["unit_id"].isin(_names(band, "units")) | units["layout"].isin(_names(band, "layout"))
        mine = set(units.loc[own | units["building"].isin(_names(band, "building")), "unit_id"])
        if mine <= named:
            hidden.append(replace(band.problem("price_band_never_counts"), severity="warning"))
        named |= mine
    yield from reversed(hidden)


def _names(table: Table, key: str) -> list[str]:
    value = table.values.get(key, [])
    return [str(name).strip() for name in (value if isinstance(value, list) else [value])]
