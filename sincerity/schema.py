"""The columns of a table, written once: name, type, unit, meaning, allowed values.

DataFrames travel between stages; a Schema says what one holds. ``check`` guards the border between
two stages: a frame that does not fit is a programmer's mistake and raises, never a user's problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

Kind = Literal["str", "int", "float", "bool", "date", "datetime"]

DTYPES: dict[Kind, str] = {
    "str": "str",  # never missing: an empty cell is ""
    "int": "int64",  # never missing
    "float": "float64",  # NaN where nothing is known
    "bool": "bool",
    "date": "datetime64[us]",  # midnight, local time, NaT where nothing is known
    "datetime": "datetime64[us]",  # local time, NaT where nothing is known
}


@dataclass(frozen=True)
class Column:
    """One column. ``low`` and ``high`` bound valid numbers (both included); ``choices`` lists valid words."""

    name: str
    kind: Kind
    unit: str = ""
    required: bool = False
    default: object = None
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    personal: bool = False


@dataclass(frozen=True)
class Schema:
    """A table: its columns in order and the columns that identify a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        """The column called ``name``; KeyError when there is none."""
        return next(column for column in self.columns if column.name == name)

    def empty(self) -> pd.DataFrame:
        """A table without rows, columns typed."""
        return pd.DataFrame({c.name: pd.Series(dtype=DTYPES[c.kind]) for c in self.columns})

    def frame(self, data) -> pd.DataFrame:
        """``data`` (frame, dict of columns or list of records) with exactly this schema's columns and types."""
        given = pd.DataFrame(data)
        if given.empty and not len(given.columns):
            return self.empty()
        typed = given[self.names].astype({c.name: DTYPES[c.kind] for c in self.columns})
        return typed.reset_index(drop=True)

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """``frame`` itself when it fits; ValueError naming the columns that do not."""
        wrong = [
            f"{c.name}: {frame.dtypes.get(c.name, 'missing')} instead of {DTYPES[c.kind]}"
            for c in self.columns
            if c.name not in frame.columns or str(frame.dtypes[c.name]) != DTYPES[c.kind]
        ]
        if wrong:
            raise ValueError(f"table {self.name}: " + "; ".join(wrong))
        return frame
