"""A generic table of the past, read for the back-test: one row per case, an outcome, a group, and numeric items.

The file is CSV or a workbook's first sheet, its first row the header. What is asked for by name must be there; when no
items are named, every numeric column is one, but for numbers of rows and of people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sincerity.intake.csv_file import read_csv
from sincerity.intake.headers import column_letter
from sincerity.intake.limits import Limits, read_bytes
from sincerity.intake.raw import RawSheet
from sincerity.intake.workbook_file import read_workbook
from sincerity.problems import Problem

YES = frozenset({"1", "1.0", "true", "yes", "y", "bought", "是", "成交", "已成交"})
NO = frozenset({"0", "0.0", "false", "no", "n", "否", "未成交", "未到", "退筹"})
FALLING = "-"  # before an item's name: more of it is worse
MANY_DIFFERENT = 50  # whole numbers of which none repeats are names, not measures
MOST_TOLD = 20  # faulty cells of one column

Problems = tuple[Problem, ...]


@dataclass(frozen=True)
class Wanted:
    """The columns asked for. ``items`` () means all numeric ones; a name led by "-" falls."""

    outcome: str
    group: str
    items: tuple[str, ...] = ()
    opinion: str = ""


@dataclass(frozen=True)
class HistoryTable:
    """``outcome`` (bool), ``group``, ``opinion`` ("" where not kept) and ``items`` (n, names) as floats.

    ``others`` are numeric columns beside the items, to be asked when they were written.
    """

    name: str
    outcome: np.ndarray
    group: np.ndarray
    opinion: np.ndarray
    items: pd.DataFrame
    falling: frozenset[str]
    others: pd.DataFrame


def read_history_table(path: Path, wanted: Wanted) -> tuple[HistoryTable | None, Problems]:
    """The table at ``path`` with the columns ``wanted``, None when anything is wrong with it."""
    sheet, problems = _first_sheet(path, wanted)
    if sheet is None:
        return None, problems
    columns = _Columns(sheet)
    missing = [columns.missing(name) for name in _named(wanted) if name not in columns.names]
    if missing:
        return None, tuple(missing)
    outcome, faults = columns.outcomes(wanted.outcome)
    named = tuple(item.removeprefix(FALLING) for item in wanted.items)
    items, item_faults = columns.numbers(named)
    kept = {wanted.outcome, wanted.group, wanted.opinion, *named}
    others = columns.numeric([name for name in columns.names if name and name not in kept])
    faults += item_faults
    if not wanted.items:
        items, others = others, others.iloc[:, :0]
    if not faults and items.empty:
        faults = [Problem("error", "table_no_items", path.name, parts={"columns": ", ".join(columns.names)})]
    if faults:
        return None, tuple(faults)
    falling = frozenset(item.removeprefix(FALLING) for item in wanted.items if item.startswith(FALLING))
    opinion = columns.texts(wanted.opinion) if wanted.opinion else np.full(len(outcome), "", dtype=object)
    found = HistoryTable(path.name, outcome, columns.texts(wanted.group), opinion, items, falling, others)
    return found, problems


class _Columns:
    """The sheet's columns by header; problems carry row, letter and header."""

    def __init__(self, sheet: RawSheet) -> None:
        self.sheet = sheet
        self.names = ["" if cell is None else str(cell).strip() for cell in sheet.rows[0]]
        body = [row for row in sheet.rows[1:] if any(cell is not None for cell in row)]
        self.rows = [number for number, row in enumerate(sheet.rows[1:], 2) if any(cell is not None for cell in row)]
        self.cells = pd.DataFrame(body, columns=range(len(self.names)), dtype=object)

    def texts(self, name: str) -> np.ndarray:
        """The column as stripped texts, "" where empty."""
        cells = self.cells[self.names.index(name)]
        return np.array(["" if cell is None else str(cell).strip() for cell in cells], dtype=object)

    def outcomes(self, name: str) -> tuple[np.ndarray, list[Problem]]:
        """True for yes, False for no; a problem for every other word."""
        words = np.array([word.lower() for word in self.texts(name)], dtype=object)
        known = np.isin(words, [*YES, *NO])
        return np.isin(words, list(YES)), self._faults(name, ~known, "table_outcome_unknown")

    def numbers(self, names: Sequence[str]) -> tuple[pd.DataFrame, list[Problem]]:
        """The columns as floats, NaN where empty; a problem for every cell that is no number."""
        read = {name: _floats(self.texts(name)) for name in names}
        faults = [
            fault for name, column in read.items()
            for fault in self._faults(name, np.isnan(column) & (self.texts(name) != ""), "table_not_number")
        ]
        return pd.DataFrame(read, index=range(len(self.rows))), faults

    def numeric(self, names: Sequence[str]) -> pd.DataFrame:
        """Those of ``names`` that hold numbers throughout and are no names."""
        kept = {}
        for name in names:
            texts = self.texts(name)
            column = _floats(texts)
            numbers = column[~np.isnan(column)]
            if len(numbers) and len(numbers) == int((texts != "").sum()) and not _are_names(numbers):
                kept[name] = column
        return pd.DataFrame(kept, index=range(len(self.rows)))

    def missing(self, name: str) -> Problem:
        """The problem of a column asked for that is not there."""
        parts = {"columns": ", ".join(filter(None, self.names))}
        return Problem("error", "table_column_missing", self.sheet.file, self.sheet.sheet or None, 1, None, name, name,
                       parts)

    def _faults(self, name: str, wrong: np.ndarray, code: str) -> list[Problem]:
        letter, texts = column_letter(self.names.index(name)), self.texts(name)
        return [
            Problem("error", code, self.sheet.file, self.sheet.sheet or None, self.rows[i], letter, name, texts[i][:60])
            for i in np.flatnonzero(wrong)[:MOST_TOLD]
        ]


def _first_sheet(path: Path, wanted: Wanted) -> tuple[RawSheet | None, Problems]:
    limits = Limits()
    content, problems = read_bytes(path, path.name, limits)
    if content is None:
        return None, tuple(problems)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        sheets, problems = read_workbook(content, path.name, limits)
        return (sheets[0] if sheets and sheets[0].rows else None), tuple(problems)
    asked = set(_named(wanted))
    sheet, problems = read_csv(
        content, path.name, lambda cells: sum(str(cell).strip() in asked for cell in cells), limits
    )
    return sheet, tuple(problems)


def _named(wanted: Wanted) -> list[str]:
    items = [item.removeprefix(FALLING) for item in wanted.items]
    return [name for name in (wanted.outcome, wanted.group, wanted.opinion, *items) if name]


def _are_names(numbers: np.ndarray) -> bool:
    """Whole numbers that never repeat, and count up without a gap or are many: they name rows or people."""
    if (numbers % 1 != 0).any() or len(np.unique(numbers)) < len(numbers):
        return False
    return bool(np.ptp(numbers) == len(numbers) - 1) or len(numbers) >= MANY_DIFFERENT


def _floats(texts: np.ndarray) -> np.ndarray:
    return pd.to_numeric(pd.Series(texts).replace("", None), errors="coerce").to_numpy(float)
