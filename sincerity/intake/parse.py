"""From the cells of a found table to a typed frame and the problems of its rows and cells.

A cell with a fault becomes a problem and, in the frame, the neutral value of its type ("" · NaN · NaT · 0), so that
later checks can still speak about the rest of the row. With an error among the problems no launch is built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sincerity.domain import Source
from sincerity.intake.aliases import Aliases
from sincerity.intake.cells import Fault, Parsed, nearest, shown
from sincerity.intake.merged import fill_merged
from sincerity.intake.pointing import hint_parts
from sincerity.intake.read_column import ReadColumn, read_column
from sincerity.intake.recognise import FoundTable, label, no_rows
from sincerity.intake.rows import data_rows
from sincerity.problems import Problem
from sincerity.schema import DTYPES, Column


@dataclass(frozen=True)
class ParsedTable:
    """A table's rows, typed by its schema, where they came from, and what was wrong with them."""

    frame: pd.DataFrame
    source: Source
    problems: tuple[Problem, ...]


def parse_table(found: FoundTable, aliases: Aliases) -> ParsedTable:
    """The data rows of ``found``, in the file's order, with every problem of its rows and cells."""
    rows, row_problems = data_rows(found, aliases)
    problems = list(row_problems)
    if not rows and not row_problems:
        problems.append(no_rows(found.table, found.sheet, found.header_row + 1, aliases))
    data: dict[str, object] = {"source_row": np.array(rows, dtype=np.int64) + 1}
    faulty: set[int] = set()
    for column in found.schema.columns[:-1]:
        if column.name not in found.columns:
            data[column.name] = _typed(column, [None] * len(rows))
            continue
        cells, notes = fill_merged(found, column.name, rows)
        read = read_column(column, cells, found, aliases)
        data[column.name] = _typed(column, read.values)
        faulty |= {i for i, fault in read.faults.items() if fault.severity == "error"}
        problems += [*notes, *_problems(read, rows, found, aliases)]
    source = _source(found, len(rows) + len(row_problems), len(faulty) + len(row_problems))
    return ParsedTable(found.schema.frame(data), source, tuple(problems))


def _typed(column: Column, values: Sequence[Parsed]) -> np.ndarray | pd.Series:
    """``values`` in the schema's type; empty cells hold the column's default, faulty ones the neutral value."""
    plain: Sequence[object] = values
    if Fault in set(map(type, values)):
        neutral = "" if column.kind == "str" else None
        plain = [neutral if isinstance(value, Fault) else value for value in values]
    if column.kind == "str":
        blank = column.default or ""
        words = [blank if v is None else v for v in plain]
        return pd.Series(words, dtype="str")
    if column.kind == "int":
        return np.array([0 if value is None else value for value in plain], dtype=np.int64)
    if column.kind == "float":
        return np.array([np.nan if value is None else value for value in plain], dtype=np.float64)
    return pd.to_datetime(pd.Series(plain, dtype=object)).astype(DTYPES[column.kind]).to_numpy()


def _problems(read: ReadColumn, rows: Sequence[int], found: FoundTable, aliases: Aliases) -> list[Problem]:
    letter, header = found.place(read.column.name)
    names = label(found.table, read.column.name, aliases)

    def problem(fault: Fault, row: int, value: str, **more: object) -> Problem:
        parts = {**names, **fault.parts, **more}
        return Problem(
            fault.severity, fault.code, found.sheet.file, found.sheet.sheet, row + 1, letter, header, value, parts)

    words = aliases.choices.get((found.table, read.column.name), {})
    of_column = [problem(remark, found.header_row, header) for remark in read.remarks]
    of_cells = [
        problem(fault, rows[i], shown(read.cells[i]), **_choice_parts(fault, words, shown(read.cells[i])))
        for i, fault in read.faults.items()
    ]
    return of_column + of_cells


def _choice_parts(fault: Fault, words: Mapping[str, str], value: str) -> dict[str, object]:
    """The allowed values by name, in both languages, and the one nearest to ``value``."""
    if fault.code != "choice_unknown":
        return {}
    names: dict[str, list[str]] = {}
    for word, meaning in words.items():
        names.setdefault(meaning, []).append(word)
    return {
        "allowed": " | ".join(names),
        "allowed_zh": " | ".join(dict.fromkeys(named[min(1, len(named) - 1)] for named in names.values())),
        **{part: hint[0] for part, hint in hint_parts([nearest(value, list(words))]).items()},
    }


def _source(found: FoundTable, rows_read: int, rows_refused: int) -> Source:
    hidden = sum(row > found.header_row + 1 for row in found.sheet.hidden_rows)
    return Source(
        found.table, found.sheet.file, found.sheet.sheet, {name: found.place(name) for name in found.columns},
        rows_read, rows_refused, hidden, found.extra_headers,
    )
