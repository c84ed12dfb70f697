"""The rulings in an edited control sheet: rows with a ruling, found by their headers, wherever they stand now.

Any sheet counts that has the five headers of a review in one row, in either language. Row order, filters, hidden
rows, further columns and rows that were deleted make no difference; buyer and unit are known by their ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sincerity.domain.rulings import RULING_WORDS
from sincerity.intake.aliases import Aliases, key
from sincerity.intake.cells import shown
from sincerity.intake.headers import column_letter
from sincerity.intake.limits import Limits, read_bytes
from sincerity.intake.raw import RawCell, RawSheet
from sincerity.intake.workbook_file import read_workbook
from sincerity.problems import Problem
from sincerity.texts import LANGUAGES, text

FIELDS = ("buyer_id", "unit_id", "ruling", "ruling_reason", "ruled_by")
HEADER_SEARCH_ROWS = 30


@dataclass(frozen=True)
class Ruling:
    """One row that a sales lead filled in; ``decision`` is a word of RULING_WORDS or "" where it cannot be read.

    ``columns`` maps a field to its letter and header in the workbook.
    """

    buyer_id: str
    unit_id: str
    decision: str
    written: str
    reason: str
    by: str
    file: str
    sheet: str
    row: int
    columns: Mapping[str, tuple[str, str]]

    @property
    def place(self) -> str:
        """Workbook, sheet and row in one short text."""
        return f"{self.file} › {self.sheet} › {self.row}"

    def problem(self, code: str, field: str, severity: str = "error", **parts: object) -> Problem:
        """A problem that points at this row's cell of ``field``."""
        letter, header = self.columns[field]
        value = {"buyer_id": self.buyer_id, "unit_id": self.unit_id, "ruling": self.written,
                 "ruling_reason": self.reason, "ruled_by": self.by}[field]
        given = {"buyer": self.buyer_id, "unit": self.unit_id, **parts}
        return Problem(severity, code, self.file, self.sheet, self.row, letter, header, value, given)  # type: ignore[arg-type]


def read_ruling_sheets(workbook: Path, aliases: Aliases) -> tuple[tuple[Ruling, ...], tuple[Problem, ...]]:
    """The filled-in rows of every review in ``workbook``, and why it could not be read."""
    content, problems = read_bytes(workbook, workbook.name, Limits())
    if content is None:
        return (), tuple(problems)
    sheets, problems = read_workbook(content, workbook.name, Limits())
    faults = tuple(problem for problem in problems if problem.severity == "error")
    if faults:
        return (), faults
    reviews = [(sheet, header) for sheet in sheets if (header := _header(sheet))]
    if not reviews:
        return (), (Problem("error", "ruling_sheet_missing", workbook.name),)
    words = _words(aliases)
    return tuple(ruling for sheet, header in reviews for ruling in _filled(sheet, *header, words)), ()


def _header(sheet: RawSheet) -> tuple[int, dict[str, int]] | None:
    """The header's row and the column of every field; None for a sheet that is no review."""
    names = _header_names()
    for number, row in enumerate(sheet.rows[:HEADER_SEARCH_ROWS]):
        found: dict[str, int] = {}
        for column, cell in enumerate(row):
            field = names.get(key(cell)) if isinstance(cell, str) else None
            if field:
                found.setdefault(field, column)
        if len(found) == len(FIELDS):
            return number, found
    return None


def _header_names() -> dict[str, str]:
    """The review's own labels in both languages; a planner's aliases could take a buyer's name for the id."""
    return {key(text(f"report.column.{field}", lang)): field for field in FIELDS for lang in LANGUAGES}


def _words(aliases: Aliases) -> dict[str, str]:
    """What may be written as a ruling: its word in either language, its code, and the planner's own words."""
    labels = {key(text(f"report.decision.{word}", lang)): word for word in RULING_WORDS for lang in LANGUAGES}
    return {**aliases.choices["decisions", "decision"], **labels, **{key(word): word for word in RULING_WORDS}}


def _filled(sheet: RawSheet, header: int, places: Mapping[str, int], words: Mapping[str, str]) -> Iterator[Ruling]:
    titles = sheet.rows[header]
    columns = {field: (column_letter(place), shown(titles[place])) for field, place in places.items()}
    for number, row in enumerate(sheet.rows[header + 1 :], header + 2):
        cells = {field: _text(row[place]) if place < len(row) else "" for field, place in places.items()}
        if cells["ruling"] or cells["ruling_reason"] or cells["ruled_by"]:
            yield Ruling(
                cells["buyer_id"], cells["unit_id"], words.get(key(cells["ruling"]), ""), cells["ruling"],
                cells["ruling_reason"], cells["ruled_by"], sheet.file, sheet.sheet, number, columns,
            )


def _text(cell: RawCell) -> str:
    """A cell's whole text without spaces at its ends; a whole number as it is shown."""
    return cell.strip() if isinstance(cell, str) else shown(cell)
