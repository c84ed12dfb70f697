"""Which sheet is which table, where its header stands, and which column holds which field."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sincerity.domain import INPUT_TABLES, REQUIRED_TABLES
from sincerity.intake.aliases import Aliases, key
from sincerity.intake.headers import HeaderCell, column_letter, header_cells
from sincerity.intake.pointing import hint_parts
from sincerity.intake.raw import RawCell, RawSheet
from sincerity.problems import Problem, Severity
from sincerity.schema import Schema
from sincerity.texts import text

HEADER_SEARCH_ROWS = 30  # titles and notes above the header may take this many rows
SAME_HEADER_SHARE = 0.6  # a row that names this share of the best row's fields looks like a header too

_NAME_TRIMMINGS = re.compile(r"^[\d()（）一二三四五六七八九十、.]+|(表|明细|清单|台账|数据|汇总|导出|\d+|[()（）])+$")
SCHEMAS: Mapping[str, Schema] = {schema.name: schema for schema in INPUT_TABLES}


@dataclass(frozen=True)
class FoundTable:
    """A sheet that holds a table: its header row (0-based) and the column of every field found."""

    table: str
    sheet: RawSheet
    header_row: int
    columns: Mapping[str, HeaderCell]
    extra_headers: tuple[str, ...]

    @property
    def schema(self) -> Schema:
        """The table's schema."""
        return SCHEMAS[self.table]

    def place(self, field: str) -> tuple[str, str]:
        """(column letter, header) of a field that was found."""
        cell = self.columns[field]
        return column_letter(cell.column), cell.shown


@dataclass(frozen=True)
class _Header:
    row: int
    cells: tuple[HeaderCell, ...]
    rivals: tuple[int, ...]  # other rows that look like a header and place the fields elsewhere


def recognise(sheets: Sequence[RawSheet], aliases: Aliases) -> tuple[tuple[FoundTable, ...], tuple[Problem, ...]]:
    """The tables of a launch, in the order of INPUT_TABLES, and what stood in the way.

    A sheet is known by its name. A sheet of unknown name is taken only when its header holds the required columns
    of exactly one table that no other sheet provides, and the guess is reported.
    """
    problems: list[Problem] = []
    named: dict[str, list[RawSheet]] = {}
    for sheet in sheets:
        named.setdefault(table_of_name(sheet, aliases), []).append(sheet)
    unnamed = named.pop("", [])
    found = []
    for table, same in named.items():
        problems.extend(_twice(table, same, aliases))
        found.append(_read_header(table, same[0], aliases, problems))
    found.extend(_guess(unnamed, set(named), aliases, problems))
    tables = sorted((t for t in found if t), key=lambda t: list(SCHEMAS).index(t.table))
    problems.extend(_missing_tables({*named, *(t.table for t in tables)}, sheets, aliases))
    return tuple(tables), tuple(problems)


def table_of_name(sheet: RawSheet, aliases: Aliases) -> str:
    """The table a sheet's name (for a CSV, its file's name) stands for; "" when it stands for none."""
    names = [sheet.sheet, PurePath(sheet.file).stem] if sheet.file.lower().endswith(".csv") else [sheet.sheet]
    for name in filter(None, names):
        for form in (key(name), key(_NAME_TRIMMINGS.sub("", name.strip()))):
            if form in aliases.tables:
                return aliases.tables[form]
    return ""


def label(table: str, field: str, aliases: Aliases) -> dict[str, Any]:
    """The parts ``field`` and ``field_zh`` (``table`` and ``table_zh``) that name a column in both languages."""
    names: dict[str, Any] = {"table": table, "table_zh": aliases.labels[table, ""]}
    return names | ({"field": field, "field_zh": aliases.labels[table, field]} if field else {})


def no_rows(table: str, sheet: RawSheet, row: int | None, aliases: Aliases) -> Problem:
    """What to say of a table without rows: an error where the launch needs it, else that it is not used."""
    parts = label(table, "", aliases)
    if table in REQUIRED_TABLES:
        return _sheet_problem("table_empty", sheet, row=row, **parts)
    return _sheet_problem("table_not_used", sheet, "info", row, **parts)


def _read_header(table: str, sheet: RawSheet, aliases: Aliases, problems: list[Problem]) -> FoundTable | None:
    if not any(any(_is_filled(cell) for cell in row) for row in sheet.rows):
        problems.append(no_rows(table, sheet, None, aliases))
        return None
    header = _find_header(sheet, table, aliases)
    if header is None:
        problems.append(_sheet_problem(
            "header_not_found", sheet, **label(table, "", aliases), found=_some_texts(sheet),
            expected=" | ".join(_expected(table)),
            expected_zh=" | ".join(aliases.labels[table, field] for field in _expected(table)),
        ))
        return None
    if header.rivals:
        problems.append(_sheet_problem(
            "header_unclear", sheet, row=header.rivals[0] + 1, first=header.row + 1, second=header.rivals[0] + 1,
        ))
    problems.extend(_column_problems(table, sheet, header, aliases))
    return _found(table, sheet, header, aliases)


def _find_header(sheet: RawSheet, table: str, aliases: Aliases) -> _Header | None:
    rows = {i: header_cells(row, table, aliases) for i, row in enumerate(sheet.rows[:HEADER_SEARCH_ROWS])}
    fields = {i: len({cell.field for cell in cells}) for i, cells in rows.items()}
    best = max(fields.values(), default=0)
    if best < 2:
        return None
    alike = [i for i, count in fields.items() if count >= max(2, SAME_HEADER_SHARE * best)]
    first = alike[0]
    places = {cell.column: cell.field for cell in rows[first]}
    rivals = [i for i in alike[1:] if any(places.get(c.column) != c.field for c in rows[i])]
    return _Header(first, rows[first], tuple(rivals))


def _found(table: str, sheet: RawSheet, header: _Header, aliases: Aliases) -> FoundTable:
    columns: dict[str, HeaderCell] = {}
    for cell in _wanted(table, header, aliases):
        columns.setdefault(cell.field, cell)
    known = {cell.column for cell in header.cells}
    extra = tuple(
        " ".join(text.split()) for i, text in enumerate(sheet.rows[header.row])
        if i not in known and isinstance(text, str) and text.strip()
    )
    return FoundTable(table, sheet, header.row, columns, extra)


def _wanted(table: str, header: _Header, aliases: Aliases) -> list[HeaderCell]:
    return [cell for cell in header.cells if key(cell.shown) not in aliases.ignored[table]]


def _column_problems(table: str, sheet: RawSheet, header: _Header, aliases: Aliases) -> Iterable[Problem]:
    """Missing, doubled and unknown columns, and units of measure that do not fit."""
    row = header.row + 1
    by_field: dict[str, list[HeaderCell]] = {}
    for cell in _wanted(table, header, aliases):
        by_field.setdefault(cell.field, []).append(cell)
    found = _found(table, sheet, header, aliases)
    for field in _required(table):
        if field not in by_field:
            yield _sheet_problem(
                "column_missing", sheet, row=row, **label(table, field, aliases),
                found=" | ".join(_texts(sheet.rows[header.row])),
                **_hint(_like(field, table, found, aliases)),
            )
    for field, cells in by_field.items():
        for again in cells[1:]:
            yield _header_problem(
                "column_twice", sheet, row, again, **label(table, field, aliases),
                first=f"{column_letter(cells[0].column)} “{cells[0].shown}”",
            )
        yield from _unit_problems(table, sheet, row, cells[0], aliases)
    if found.extra_headers:
        yield _sheet_problem("columns_extra", sheet, "info", row=row, names=" | ".join(found.extra_headers),
                             count=len(found.extra_headers))


def _unit_problems(table: str, sheet: RawSheet, row: int, cell: HeaderCell, aliases: Aliases) -> Iterable[Problem]:
    unit = SCHEMAS[table].column(cell.field).unit
    if not cell.unit or not unit:
        return
    factor = aliases.measures[unit].get(cell.unit)
    parts: dict[str, Any] = {**label(table, cell.field, aliases), "written": cell.unit,
             "unit": text(f"problem_unit.{unit}", "en"), "unit_zh": text(f"problem_unit.{unit}", "zh")}
    if factor is None:
        yield _header_problem("unit_does_not_fit", sheet, row, cell, **parts)
    elif factor != 1:
        yield _header_problem("unit_converted", sheet, row, cell, "info", **parts, factor=f"{factor:,.0f}")


def _guess(
    sheets: Sequence[RawSheet], taken: set[str], aliases: Aliases, problems: list[Problem],
) -> list[FoundTable | None]:
    fits = [(sheet, [t for t in SCHEMAS if t not in taken and _fits(sheet, t, aliases)]) for sheet in sheets]
    wanted = [tables[0] for _, tables in fits if len(tables) == 1]
    found = []
    for sheet, tables in fits:
        in_chinese = " | ".join(aliases.labels[table, ""] for table in tables)
        names: dict[str, Any] = {"tables": " | ".join(tables), "tables_zh": in_chinese}
        if not tables:
            filled = any(any(_is_filled(cell) for cell in row) for row in sheet.rows)
            if filled and key(sheet.sheet) not in aliases.own_sheets:
                problems.append(_sheet_problem("sheet_not_used", sheet, "info"))
        elif len(tables) > 1 or wanted.count(tables[0]) > 1:
            problems.append(_sheet_problem("sheet_unclear", sheet, **names))
        else:
            problems.append(_sheet_problem("sheet_guessed", sheet, "warning", **label(tables[0], "", aliases)))
            found.append(_read_header(tables[0], sheet, aliases, problems))
    return found


def _fits(sheet: RawSheet, table: str, aliases: Aliases) -> bool:
    required = set(_required(table))
    header = _find_header(sheet, table, aliases) if required else None
    return header is not None and required <= {cell.field for cell in header.cells}


def _twice(table: str, sheets: Sequence[RawSheet], aliases: Aliases) -> Iterable[Problem]:
    for again in sheets[1:]:
        yield _sheet_problem("table_twice", again, **label(table, "", aliases),
                             first=f"{sheets[0].file} › {sheets[0].sheet}")


def _missing_tables(present: set[str], sheets: Sequence[RawSheet], aliases: Aliases) -> Iterable[Problem]:
    names = " | ".join(dict.fromkeys(sheet.sheet or sheet.file for sheet in sheets)) or "–"
    for table in REQUIRED_TABLES:
        if table not in present:
            yield Problem("error", "table_missing", parts={**label(table, "", aliases), "found": names})


def _sheet_problem(
    code: str, sheet: RawSheet, severity: Severity = "error", row: int | None = None, **parts: object,
) -> Problem:
    return Problem(severity, code, sheet.file, sheet.sheet, row, parts=parts)


def _header_problem(
    code: str, sheet: RawSheet, row: int, cell: HeaderCell, severity: Severity = "error", **parts: object,
) -> Problem:
    letter = column_letter(cell.column)
    return Problem(severity, code, sheet.file, sheet.sheet, row, letter, cell.shown, cell.shown, parts)


def _hint(name: str) -> dict[str, Any]:
    return {part: hint[0] for part, hint in hint_parts([name]).items()}


def _required(table: str) -> list[str]:
    return [column.name for column in SCHEMAS[table].columns if column.required]


def _expected(table: str) -> list[str]:
    """The columns to name when no header was found: the required ones, or all where none is required."""
    return _required(table) or [name for name in SCHEMAS[table].names if name != "source_row"]


def _like(field: str, table: str, found: FoundTable, aliases: Aliases) -> str:
    """The unused header most like one of the field's names, "" when none is."""
    words = [word for word, meaning in aliases.columns[table].items() if meaning == field]
    scored = [
        (difflib.SequenceMatcher(None, word, key(header)).ratio(), -i, header)
        for i, header in enumerate(found.extra_headers) for word in words
    ]
    best = max(scored, default=(0.0, 0, ""))
    return best[2] if best[0] >= 0.5 else ""


def _some_texts(sheet: RawSheet) -> str:
    """The texts of the first row that has at least two, as a sample of what stands there."""
    rows = map(_texts, sheet.rows[:HEADER_SEARCH_ROWS])
    return " | ".join(next((texts for texts in rows if len(texts) >= 2), [])[:12]) or "–"


def _texts(row: Sequence[RawCell]) -> list[str]:
    return [" ".join(cell.split()) for cell in row if isinstance(cell, str) and cell.strip()]


def _is_filled(cell: RawCell) -> bool:
    return cell is not None and not (isinstance(cell, str) and not cell.strip())
