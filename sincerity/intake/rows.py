"""Which rows below the header are data. Totals, repeated headers and lone notes are refused by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sincerity.intake.aliases import Aliases, key
from sincerity.intake.cells import shown
from sincerity.intake.headers import column_letter, header_cells
from sincerity.intake.raw import RawCell
from sincerity.intake.recognise import HEADER_SEARCH_ROWS, FoundTable
from sincerity.problems import Problem


def data_rows(found: FoundTable, aliases: Aliases) -> tuple[list[int], tuple[Problem, ...]]:
    """0-based indices of the rows that hold data, and a problem for every row that only looks like data.

    Rows whose recognised columns are all empty are no data and no problem.
    """
    rows = found.sheet.rows
    below = range(found.header_row + 1, len(rows))
    counts = _filled_counts(found, below)
    firsts = [_first_filled(rows[i]) if not rows[i] or rows[i][0] in (None, "") else rows[i][0] for i in below]
    totals = {text for text in _texts(firsts) if _is_total(text, aliases)}
    headers = _header_texts(found, firsts, aliases)
    narrow = sum(column.required for column in found.schema.columns) < 2
    kept: list[int] = []
    problems: list[Problem] = []
    for i, count, first in zip(below, counts, firsts, strict=True):
        if count == 0:
            continue
        if isinstance(first, str) and first in totals:
            problems.append(_row_problem("total_row", found, i))
        elif isinstance(first, str) and first in headers and _repeats_header(found, rows[i], aliases):
            problems.append(_row_problem("header_again", found, i))
        elif count == 1 and not narrow and isinstance(first, str) and len(rows[i]) - _empty(rows[i]) == 1:
            problems.append(_row_problem("lone_cell", found, i))
        else:
            kept.append(i)
    return kept, tuple(problems)


def _filled_counts(found: FoundTable, below: Sequence[int]) -> list[int]:
    """How many recognised columns are filled, row by row; it goes no further once every row has two."""
    rows = found.sheet.rows
    places = [cell.column for cell in found.columns.values()]
    width = max(places) + 1
    wide = [rows[i] if len(rows[i]) >= width else (*rows[i], *[None] * (width - len(rows[i]))) for i in below]
    counts = [0] * len(wide)
    for place in places:
        cells = [row[place] for row in wide]
        empty = {cell for cell in set(cells) if cell is None or (isinstance(cell, str) and not cell.strip())}
        counts = [n + (cell not in empty) for n, cell in zip(counts, cells, strict=True)]
        if min(counts, default=2) >= 2:
            break
    return counts


def _first_filled(row: Sequence[RawCell]) -> RawCell:
    return next((cell for cell in row if cell is not None and cell != ""), None)


def _empty(row: Sequence[RawCell]) -> int:
    return sum(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row)


def _texts(cells: Iterable[RawCell]) -> set[str]:
    return {cell for cell in cells if isinstance(cell, str)}


def _is_total(text: str, aliases: Aliases) -> bool:
    if text[-1:].isdigit():
        return False
    word = key(text)
    return word in aliases.totals or word.endswith(("小计", "合计", "总计"))


def _header_texts(found: FoundTable, firsts: Sequence[RawCell], aliases: Aliases) -> set[str]:
    """The first texts of rows that may repeat the header: near it by any name, further down word by word."""
    near = {text for text in _texts(firsts[:HEADER_SEARCH_ROWS]) if header_cells([text], found.table, aliases)}
    return near | (_texts(firsts) & _texts(found.sheet.rows[found.header_row]))


def _repeats_header(found: FoundTable, row: Sequence[RawCell], aliases: Aliases) -> bool:
    places = {cell.column: cell.field for cell in found.columns.values()}
    same = [cell for cell in header_cells(row, found.table, aliases) if places.get(cell.column) == cell.field]
    return 2 * len(same) >= len(places)


def _row_problem(code: str, found: FoundTable, row: int) -> Problem:
    cells = found.sheet.rows[row]
    column = next(i for i, cell in enumerate(cells) if cell is not None and cell != "")
    return Problem(
        "error", code, found.sheet.file, found.sheet.sheet, row + 1, column_letter(column), value=shown(cells[column]),
    )
