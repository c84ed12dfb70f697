"""One kind of bad input: how the good launch is spoiled, and the problem that must be told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sincerity.problems import Severity
from tests.bad_inputs.good_launch import WORKBOOK, Change, good_book


@dataclass(frozen=True)
class Case:
    """``place`` is "sheet!B3", "sheet!3" (a row), "sheet!B" (a column), "sheet" or "".

    ``zh`` and ``en`` are words the sentence must hold; ``also`` are the codes of problems that follow from the same
    change. Nothing else may be reported.
    """

    name: str
    change: Change
    code: str
    place: str
    zh: str
    en: str
    severity: Severity = "error"
    also: tuple[str, ...] = ()
    file: str | None = WORKBOOK

    @property
    def where(self) -> tuple[str | None, int | None, str | None]:
        """(sheet, row, column letter) as the problem must say it."""
        sheet, _, cell = self.place.partition("!")
        match = re.fullmatch(r"([A-Z]*)(\d*)", cell)
        return sheet or None, int(match[2]) if match and match[2] else None, match[1] or None if match else None

    def write(self, folder: Path) -> Path:
        """The spoiled launch, written to ``folder``."""
        book = good_book()
        self.change(book)
        return book.write(folder)
