"""Which row of a sheet is its header, and which column holds which field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sincerity.intake.aliases import Aliases, key, shipped_aliases
from sincerity.intake.raw import RawCell

_BRACKETS = re.compile(r"[(\[【{〔](.*?)[)\]】}〕]", re.DOTALL)


@dataclass(frozen=True)
class HeaderCell:
    """One recognised header: 0-based column, the text as in the file, the unit written in it ("" when none)."""

    field: str
    column: int
    shown: str
    unit: str


def recognised_fields(cells: Sequence[RawCell], aliases: Aliases | None = None) -> int:
    """How many different fields of one table ``cells`` name as headers; the best table counts."""
    words = aliases or shipped_aliases()
    return max(len({cell.field for cell in header_cells(cells, table, words)}) for table in words.columns)


def header_cells(cells: Sequence[RawCell], table: str, aliases: Aliases) -> tuple[HeaderCell, ...]:
    """The cells of one row that name a field of ``table``, from left to right."""
    found = []
    for column, cell in enumerate(cells):
        if isinstance(cell, str) and cell.strip():
            field, unit = _meaning(cell, aliases.columns[table], aliases)
            if field:
                found.append(HeaderCell(field, column, " ".join(cell.split()), unit))
    return tuple(found)


def column_letter(column: int) -> str:
    """The letter Excel shows above the 0-based ``column``: 0 → A, 26 → AA."""
    letters = ""
    rest = column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def _meaning(header: str, fields: Mapping[str, str], aliases: Aliases) -> tuple[str, str]:
    """(field, unit word) of a header; ("", "") when it names no field of this table."""
    folded = unicodedata.normalize("NFKC", header)
    bracketed = key("".join(_BRACKETS.findall(folded)))
    name = key(_BRACKETS.sub("", folded))
    if name in fields:
        return fields[name], bracketed if bracketed in _unit_words(aliases) else ""
    for unit in sorted(_unit_words(aliases), key=len, reverse=True):
        if name.endswith(unit) and name.removesuffix(unit) in fields:
            return fields[name.removesuffix(unit)], unit
    return "", ""


def _unit_words(aliases: Aliases) -> Iterable[str]:
    return {word for words in aliases.measures.values() for word in words}
