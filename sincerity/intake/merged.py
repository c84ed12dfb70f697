"""Merged cells hold their value once, at the top; here it is filled down, inside the merged range only."""

from __future__ import annotations

from collections.abc import Sequence

from sincerity.intake.headers import column_letter
from sincerity.intake.raw import RawCell
from sincerity.intake.recognise import FoundTable
from sincerity.problems import Problem


def fill_merged(found: FoundTable, field: str, rows: Sequence[int]) -> tuple[list[RawCell], list[Problem]]:
    """The cells of ``field`` in the data ``rows`` (0-based), merged ones filled down, and a note when any was."""
    sheet, place = found.sheet, found.columns[field].column
    ranges = [r for r in sheet.merged if r[1] == place + 1 and r[2] > r[0] > found.header_row + 1]
    cells = _column([sheet.rows[i] for i in rows], place)
    if not ranges:
        return cells, []
    positions = {row: i for i, row in enumerate(rows)}
    filled = 0
    for first, _, last, _ in ranges:
        top = sheet.rows[first - 1]
        for row in range(first, last):
            if row in positions:
                cells[positions[row]] = top[place] if place < len(top) else None
                filled += 1
    letter, header = found.place(field)
    shown_ranges = " | ".join(f"{letter}{r[0]}:{column_letter(r[3] - 1)}{r[2]}" for r in ranges[:5])
    note = Problem(
        "info", "merged_filled", sheet.file, sheet.sheet, ranges[0][0], letter, header,
        parts={"count": filled, "ranges": shown_ranges},
    )
    return cells, [note] if filled else []


def _column(rows: Sequence[Sequence[RawCell]], place: int) -> list[RawCell]:
    """The cell at ``place`` of each row, None where the row is shorter."""
    try:
        return [row[place] for row in rows]
    except IndexError:
        return [row[place] if place < len(row) else None for row in rows]
