"""How the control sheet looks: one palette, formats made once and shared by all sheets."""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from sincerity.reports.view import ColumnKind

FONTS = {"zh": "微软雅黑", "en": "Calibri"}
INK, QUIET, LINE, NAVY, PAPER, ALARM = "#1F2933", "#66727F", "#C9D1DA", "#23405C", "#FFFFFF", "#9C2B23"
AMBER = "#94580A"
STATE_FILLS = {
    "held_by_buyer": "#E6F0EA",
    "contested": "#FCF0D6",
    "free": "#FFFFFF",
    "held": "#E8EBEF",
    "sold": "#CDD3DA",
}
GRADE_FILLS = {"A": "#23405C", "B": "#4A7BA6", "C": "#9DBBD3", "D": "#D5DBE1", "U": "#FFFFFF"}
GRADE_INKS = {"A": PAPER, "B": PAPER, "C": INK, "D": INK, "U": INK}
NUMBER_FORMATS: Mapping[ColumnKind, str] = {
    "text": "General",  # the "text" format shows #### for more than 255 characters
    "long_text": "General",
    "int": "#,##0",
    "number": "#,##0.0#",
    "yuan": "#,##0",
    "yuan_per_m2": "#,##0",
    "percent": "0%",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
}


class Styles:
    """The formats of one workbook, each made on first use."""

    def __init__(self, workbook: Workbook, lang: str, points: int = 10) -> None:
        self.workbook = workbook
        self.lang = lang
        self._points = points
        self._base = {"font_name": FONTS[lang], "font_size": points, "font_color": INK, "valign": "vcenter"}
        self._made: dict[tuple, Format] = {}

    def get(self, **properties: object) -> Format:
        """The format with these properties over the house style."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self.workbook.add_format(self._base | properties)
        return self._made[key]

    def title(self) -> Format:
        """The first line of a sheet."""
        return self.get(font_size=self._points + 6, bold=True, font_color=NAVY)

    def note(self) -> Format:
        """What a table counts, under its title."""
        return self.get(font_size=self._points - 1, font_color=QUIET, text_wrap=True, valign="top")

    def header(self) -> Format:
        """A column's label."""
        return self.get(
            bold=True, font_color=PAPER, bg_color=NAVY, text_wrap=True, align="center", border=1, border_color=LINE
        )

    def fill_in_header(self) -> Format:
        """The label of a column that people fill in."""
        return self.get(
            bold=True, font_color=INK, bg_color="#F4D58D", text_wrap=True, align="center", border=1, border_color=LINE
        )

    def body(self, kind: ColumnKind) -> Format:
        """A cell of a table."""
        reads_left = {"indent": 1} if kind in ("text", "long_text") else {}
        return self.get(
            num_format=NUMBER_FORMATS[kind], bottom=1, bottom_color=LINE, text_wrap=kind == "long_text", **reads_left
        )

    def total(self) -> Format:
        """A sum that stands in a table."""
        return self.get(num_format=NUMBER_FORMATS["int"], bottom=1, bottom_color=LINE, bold=True, bg_color="#EEF2F6")

    def group_start(self) -> Format:
        """What is laid over the first row of a group: a dark line above it."""
        if ("group_start",) not in self._made:
            lines = {"top": 1, "top_color": NAVY, "bottom": 1, "bottom_color": LINE}
            self._made["group_start",] = self.workbook.add_format(lines)
        return self._made["group_start",]

    def fill_in(self) -> Format:
        """A cell that people fill in."""
        return self.get(border=1, border_color=LINE, bg_color="#FFFBEF", text_wrap=True)
