"""A sheet as it stands in a file, before anyone has decided what its cells mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta


@dataclass(frozen=True)
class CellError:
    """A cell that holds no value: an error such as ``#N/A``, or a formula whose result was never stored."""

    kind: str  # error, formula_without_result
    shown: str


RawCell = str | float | int | bool | datetime | date | time | timedelta | CellError | None


@dataclass(frozen=True)
class RawSheet:
    """One sheet or CSV file: every row from the first, empty ones included, so ``rows[i]`` is Excel row i + 1.

    ``merged`` holds merged ranges as (first row, first column, last row, last column), all 1-based and included.
    """

    file: str
    sheet: str
    rows: tuple[tuple[RawCell, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden: bool = False
    dates_1904: bool = False
