"""Conflict reviews as sales leads hand them back: filled in, sorted, with rows and columns added or gone."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

HEADERS = {
    "en": {"unit": "Unit", "buyer": "Buyer id", "ruling": "Ruling", "reason": "Ruling reason", "by": "Ruled by"},
    "zh": {"unit": "房号", "buyer": "客户编号", "ruling": "裁定", "reason": "裁定原因", "by": "裁定人"},
}


class Review:
    """The conflict review of a published control sheet, open for editing."""

    def __init__(self, control_sheet: Path, lang: str = "en") -> None:
        self.workbook = openpyxl.load_workbook(control_sheet)
        self.headers = HEADERS[lang]
        self.sheet, self.header_row = next(self._reviews())

    def _reviews(self):
        for sheet in self.workbook:
            for row in sheet.iter_rows(max_row=6):
                if self.headers["reason"] in [cell.value for cell in row]:
                    yield sheet, row[0].row

    def column(self, name: str) -> int:
        """The number of the column with the header of ``name``, wherever it stands now."""
        return next(c.column for c in self.sheet[self.header_row] if c.value == self.headers[name])

    def row_of(self, buyer: str, unit: str) -> int:
        """The row of a pair, wherever it stands now."""
        rows = range(self.header_row + 1, self.sheet.max_row + 1)
        return next(row for row in rows if (self.value(row, "buyer"), self.value(row, "unit")) == (buyer, unit))

    def value(self, row: int, name: str):
        return self.sheet.cell(row, self.column(name)).value

    def rule(self, buyer: str, unit: str, ruling: str, reason: str = "old customer", by: str = "Zhang") -> Review:
        """Fill in a ruling on a pair; at the end of the sheet where it has no row."""
        try:
            row = self.row_of(buyer, unit)
        except StopIteration:
            row = self.sheet.max_row + 1
        values = {"buyer": buyer, "unit": unit, "ruling": ruling, "reason": reason, "by": by}
        for name, value in values.items():
            self.sheet.cell(row, self.column(name)).value = value
        return self

    def save(self, path: Path) -> Path:
        self.workbook.save(path)
        return path


def reversed_rows(sheet: Worksheet, header_row: int) -> None:
    """The rows below the header in the opposite order."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=header_row + 1)]
    for number, values in enumerate(reversed(rows), header_row + 1):
        for column, value in enumerate(values, 1):
            sheet.cell(number, column).value = value
