"""One column of a found table: what each of its cells says, and what is odd about the column as a whole.

Each distinct value is parsed once. A cell that says nothing usable holds a Fault in place of its value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import NoneType

import numpy as np

from sincerity.intake.aliases import Aliases, Wrapping
from sincerity.intake.cells import (
    Fault,
    Parsed,
    parse_choice,
    parse_code,
    parse_free_text,
    parse_number,
    parse_phone,
    parse_whole,
    shown,
)
from sincerity.intake.column_sense import FEWEST_VALUES, column_question
from sincerity.intake.moments import parse_moment
from sincerity.intake.plain_cells import moments, plain_codes, plain_phones, plain_texts
from sincerity.intake.raw import RawCell
from sincerity.intake.recognise import FoundTable
from sincerity.schema import Column
from sincerity.texts import text

FREE_TEXT = frozenset({
    "name", "consultant", "channel", "payment", "orientation", "layout", "by", "note", "reason", "question", "answer",
})
Parser = Callable[[RawCell], Parsed]


@dataclass(frozen=True)
class ReadColumn:
    """A column's cells with what each says, and the questions and notes about the whole of it."""

    column: Column
    cells: Sequence[RawCell]
    values: Sequence[Parsed]
    remarks: tuple[Fault, ...]

    @property
    def faults(self) -> Mapping[int, Fault]:
        """Place among the cells → what is wrong with that cell."""
        if Fault not in set(map(type, self.values)):
            return {}
        return {i: value for i, value in enumerate(self.values) if isinstance(value, Fault)}


def read_column(column: Column, cells: Sequence[RawCell], found: FoundTable, aliases: Aliases) -> ReadColumn:
    """Every cell of ``column`` parsed, required ones present, numbers in range; see the module's text for faults."""
    values = _plain(column, cells, found, aliases) or _parsed(cells, _parser(column, found, aliases))
    remarks = [_serial_remark(cells, values)] if column.kind == "datetime" else []
    if column.required:
        values, empty = _required(values)
        remarks.append(empty)
    if column.low is not None and column.high is not None:
        values, question = _in_range(column, values, column.low, column.high)
        remarks.append(question)
    if column.name == "phone":
        values, question = _phones(values)
        remarks.append(question)
    return ReadColumn(column, cells, values, tuple(remark for remark in remarks if remark))


def _plain(
    column: Column, cells: Sequence[RawCell], found: FoundTable, aliases: Aliases
) -> list[Parsed] | None:
    """What the cells say where all of them are clean and of the column's own kind; None for other columns."""
    name, kinds = column.name, set(map(type, cells)) - {NoneType}
    if column.kind == "datetime":
        return moments(cells, _parser(column, found, aliases)) if datetime in kinds else None
    if column.choices or name in aliases.around or len(kinds) != 1:
        return None
    if column.kind == "float" and kinds == {float}:
        return None if found.columns[name].unit in aliases.measures.get(column.unit, {}) else list(cells)
    if column.kind != "str" or kinds != {str}:
        return None
    if name == "phone":
        return plain_phones(cells, aliases.blanks)
    return plain_texts(cells) if name in FREE_TEXT else plain_codes(cells, aliases.blanks)


def _parsed(cells: Sequence[RawCell], parser: Parser) -> list[Parsed]:
    if len(set(map(type, cells)) - {NoneType}) <= 1:
        meaning = {cell: parser(cell) for cell in dict.fromkeys(cells)}
        return [meaning[cell] for cell in cells]
    typed_cells = list(zip(map(type, cells), cells, strict=True))  # 1, 1.0 and True are equal but not the same
    by_type = {typed_cell: parser(typed_cell[1]) for typed_cell in dict.fromkeys(typed_cells)}
    return [by_type[typed_cell] for typed_cell in typed_cells]


def _parser(column: Column, found: FoundTable, aliases: Aliases) -> Parser:
    """The parser of one column, by its kind and name."""
    blanks, name = aliases.blanks, column.name
    if column.choices:
        return partial(parse_choice, blanks=blanks, words=aliases.choices[found.table, name])
    if column.kind == "datetime":
        return partial(parse_moment, blanks=blanks, dates_1904=found.sheet.dates_1904)
    if column.kind == "int" or name in aliases.around:
        return partial(parse_whole, blanks=blanks, wrapping=aliases.around.get(name, Wrapping()))
    if column.kind == "float":
        measures = aliases.measures.get(column.unit, {})
        factor = measures.get(found.columns[name].unit, 1.0)
        return partial(parse_number, blanks=blanks, measures=measures, header_factor=factor)
    if name == "phone":
        return partial(parse_phone, blanks=blanks)
    return parse_free_text if name in FREE_TEXT else partial(parse_code, blanks=blanks)


def _required(values: list[Parsed]) -> tuple[list[Parsed], Fault | None]:
    if values and all(value is None for value in values):
        return values, Fault("column_empty")
    return [Fault("required_missing") if value is None else value for value in values], None


def _in_range(
    column: Column, values: list[Parsed], low: float, high: float,
) -> tuple[list[Parsed], Fault | None]:
    """Numbers outside the column's bounds are faults, or empty when the whole column is asked about."""
    numbers = np.array([v if isinstance(v, (int, float)) else np.nan for v in values], dtype=np.float64)
    question = column_question(column, numbers)
    outside = np.flatnonzero((numbers < low) | (numbers > high))
    if not len(outside):
        return values, question
    kept = list(values)
    for i in outside:
        kept[i] = None if question else Fault("out_of_range", _range_parts(column))
    return kept, question


def _range_parts(column: Column) -> dict[str, object]:
    unit = column.unit or "none"
    return {
        "low": f"{column.low:,.10g}", "high": f"{column.high:,.10g}",
        "unit": text(f"problem_unit.{unit}", "en"), "unit_zh": text(f"problem_unit.{unit}", "zh"),
    }


def _phones(values: list[Parsed]) -> tuple[list[Parsed], Fault | None]:
    """One question instead of many when most numbers are masked, or are no phone numbers at all."""
    given = sum(value is not None for value in values)
    for asked in (Fault("phone_invalid_column"), Fault("phone_masked_column", severity="warning")):
        same = [isinstance(v, Fault) and asked.code == f"{v.code}_column" for v in values]
        if sum(same) >= FEWEST_VALUES and 2 * sum(same) > given:
            kept = [None if muted else value for muted, value in zip(same, values, strict=True)]
            return kept, Fault(asked.code, {"count": sum(same), "given": given}, asked.severity)
    return values, None


def _serial_remark(cells: Sequence[RawCell], values: Sequence[Parsed]) -> Fault | None:
    """A note when plain numbers were read as Excel's day numbers."""
    serials = [i for i, cell in enumerate(cells) if isinstance(cell, (int, float)) and not isinstance(values[i], Fault)]
    if not serials:
        return None
    first = serials[0]
    parts = {"count": len(serials), "example": shown(cells[first]), "date": str(values[first])[:10]}
    return Fault("dates_from_numbers", parts, "info")
