"""``problems.xlsx``: the list of problems, each linked to its cell in a coloured copy of the sheet it stands in.

Cells of a copy stand where they stand in the input. Everything from the input is written as plain text, number or
date, never as a formula or link. The same problems and input give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sincerity.intake.headers import recognised_fields
from sincerity.intake.launch_aliases import load_aliases
from sincerity.intake.raw import CellError, RawCell, RawSheet
from sincerity.intake.sheets import read_sheets
from sincerity.problems import Problem
from sincerity.reports.problem_list import GRAVEST_FIRST, severity_word, summary_line
from sincerity.reports.workbook_text import SheetNames, display_width, excel_text
from sincerity.texts import text

CREATED = datetime(2000, 1, 1)
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
FULL_COPY_ROWS = 5_000  # longer sheets are copied around their problems only
CONTEXT_ROWS = 2  # rows copied above and below a problem in such a sheet
TOP_ROWS = 30  # rows always copied: titles, header, first data
MOST_LISTED = 50_000  # rows of the list; Excel allows 65,530 links in a sheet
MOST_COMMENTS = 1_000  # comments in one sheet; more make Excel slow
COLOURS = {"error": "#F8B4AE", "warning": "#FFE2A8"}
LIST_COLUMNS = ("severity", "place", "header", "value", "what", "fix")
LIST_WIDTHS = (8, 30, 18, 24, 70, 60)

Cell = tuple[int, int]  # 0-based row and column


@dataclass(frozen=True)
class _Copy:
    """A copied sheet: its name in the workbook, its header row (0-based) and the problems of its cells."""

    sheet: RawSheet
    name: str
    header_row: int
    marks: Mapping[Cell, Sequence[Problem]]


def write_problems_workbook(problems: Sequence[Problem], path: Path, lang: str, source_folder: Path) -> None:
    """Write the list, and copies of the sheets of ``source_folder`` that have problems, to ``path``."""
    names = SheetNames()
    list_name = names.claim(text("problem_list.sheet", lang))
    copies = _copies(problems, source_folder, names)
    with Workbook(str(path), OPTIONS) as workbook:
        workbook.set_properties({"title": text("problem_list.sheet", lang), "created": CREATED})
        _write_list(workbook, workbook.add_worksheet(list_name), problems, copies, lang)
        for copy in copies:
            _write_copy(workbook, workbook.add_worksheet(copy.name), copy, lang)


def _copies(problems: Sequence[Problem], source_folder: Path, names: SheetNames) -> list[_Copy]:
    sheets, _, _ = read_sheets(source_folder)
    aliases, _ = load_aliases(source_folder)
    copies = []
    for sheet in sheets:
        counts = [recognised_fields(row, aliases) for row in sheet.rows[:TOP_ROWS]]
        header_row = counts.index(max(counts)) if counts and max(counts) > 1 else 0
        if marks := _marks(sheet, problems, header_row):
            copies.append(_Copy(sheet, names.claim(sheet.sheet or sheet.file), header_row, marks))
    return copies


def _marks(sheet: RawSheet, problems: Iterable[Problem], header_row: int) -> dict[Cell, list[Problem]]:
    marks: dict[Cell, list[Problem]] = {}
    for problem in problems:
        if (problem.file, problem.sheet or "") == (sheet.file, sheet.sheet) and (problem.row or problem.column):
            marks.setdefault(_cell(problem, header_row), []).append(problem)
    return marks


def _cell(problem: Problem, header_row: int) -> Cell:
    """The cell of a problem; a whole column is marked at its header, a whole row at its first cell."""
    row = problem.row - 1 if problem.row else header_row
    return row, _column_number(problem.column) if problem.column else 0


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _write_list(
    workbook: Workbook, worksheet: Worksheet, problems: Sequence[Problem], copies: Sequence[_Copy], lang: str,
) -> None:
    bold = workbook.add_format({"bold": True, "bg_color": "#E8EDF2", "border": 1})
    wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
    link = workbook.add_format({"font_color": "#1F4E9E", "underline": 1, "valign": "top"})
    fills = {
        severity: workbook.add_format({"bg_color": colour, "valign": "top"}) for severity, colour in COLOURS.items()}
    listed = sorted(problems, key=lambda problem: GRAVEST_FIRST.index(problem.severity))[:MOST_LISTED]
    notes = _notes(problems, copies, lang)
    for row, note in enumerate(notes):
        worksheet.write_string(row, 0, excel_text(note))
    top = len(notes) + 1
    for column, (name, width) in enumerate(zip(LIST_COLUMNS, LIST_WIDTHS, strict=True)):
        worksheet.write_string(top, column, text(f"problem_list.column.{name}", lang), bold)
        worksheet.set_column(column, column, width)
    targets = {(copy.sheet.file, copy.sheet.sheet): copy for copy in copies}
    for row, problem in enumerate(listed, top + 1):
        worksheet.write_string(row, 0, severity_word(problem, lang), fills.get(problem.severity, wrap))
        _write_place(worksheet, row, problem, targets.get((problem.file or "", problem.sheet or "")), link, wrap)
        for column, value in enumerate((problem.header, problem.value, problem.what(lang), problem.fix(lang)), 2):
            worksheet.write_string(row, column, excel_text(value or ""), wrap)
    worksheet.freeze_panes(top + 1, 0)
    worksheet.autofilter(top, 0, top + max(len(listed), 1), len(LIST_COLUMNS) - 1)
    worksheet.set_landscape()
    worksheet.fit_to_pages(1, 0)
    worksheet.repeat_rows(top)


def _write_place(
    worksheet: Worksheet, row: int, problem: Problem, copy: _Copy | None, link: Format, plain: Format,
) -> None:
    place = excel_text(problem.place())
    if copy is None or not (problem.row or problem.column):
        worksheet.write_string(row, 1, place, plain)
        return
    target_row, _ = _cell(problem, copy.header_row)
    quoted = copy.name.replace("'", "''")
    cell = f"{problem.column or 'A'}{target_row + 1}"
    worksheet.write_url(row, 1, f"internal:'{quoted}'!{cell}", link, place)


def _notes(problems: Sequence[Problem], copies: Sequence[_Copy], lang: str) -> list[str]:
    """What the reader of the workbook should know first: the counts, and what was left out."""
    notes = [summary_line(problems, lang), text("problem_list.how_to", lang)]
    if len(problems) > MOST_LISTED:
        notes.append(text("problem_list.list_cut", lang, shown=f"{MOST_LISTED:,}", count=f"{len(problems):,}"))
    for copy in copies:
        if len(copy.sheet.rows) > FULL_COPY_ROWS:
            notes.append(text(
                "problem_list.copy_cut", lang, sheet=copy.name, rows=f"{len(copy.sheet.rows):,}", context=CONTEXT_ROWS))
        if len(copy.marks) > MOST_COMMENTS:
            notes.append(text("problem_list.comments_cut", lang, sheet=copy.name, count=f"{MOST_COMMENTS:,}"))
    return notes


def _write_copy(workbook: Workbook, worksheet: Worksheet, copy: _Copy, lang: str) -> None:
    formats = _CopyFormats(workbook)
    rows = copy.sheet.rows
    width = max((len(row) for row in rows), default=0)
    for number in _copied_rows(copy):
        for column, value in enumerate(rows[number]):
            _write_value(worksheet, number, column, value, formats.of(value, None, number == copy.header_row))
    for number, ((row, column), problems) in enumerate(sorted(copy.marks.items())):
        value = rows[row][column] if row < len(rows) and column < len(rows[row]) else None
        severity = min((p.severity for p in problems), key=GRAVEST_FIRST.index)
        _write_value(worksheet, row, column, value, formats.of(value, severity, row == copy.header_row))
        if number < MOST_COMMENTS:
            worksheet.write_comment(row, column, _comment(problems, lang), {"x_scale": 2.2, "y_scale": 1.6})
    worksheet.freeze_panes(copy.header_row + 1, 0)
    if rows and width:
        worksheet.autofilter(copy.header_row, 0, max(len(rows) - 1, copy.header_row + 1), width - 1)
    for column in range(width):
        texts = [str(row[column]) for row in rows[: TOP_ROWS + 20] if column < len(row) and row[column] is not None]
        worksheet.set_column(column, column, min(40, 3 + max(map(display_width, texts), default=6)))


def _copied_rows(copy: _Copy) -> Iterable[int]:
    count = len(copy.sheet.rows)
    if count <= FULL_COPY_ROWS:
        return range(count)
    around = {
        near for row, _ in copy.marks for near in range(row - CONTEXT_ROWS, row + CONTEXT_ROWS + 1) if 0 <= near < count
    }
    return sorted(around | set(range(TOP_ROWS)))


def _comment(problems: Sequence[Problem], lang: str) -> str:
    sentences = dict.fromkeys(f"{problem.what(lang)}\n{problem.fix(lang)}" for problem in problems)
    return excel_text("\n\n".join(sentences))[:2_000]


class _CopyFormats:
    """The cell formats of a copy: by severity, header or not, and how a date is shown."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[str | None, bool, str], Format] = {}

    def of(self, value: RawCell, severity: str | None, header: bool) -> Format | None:
        """The format for ``value``; None when it needs none."""
        shown_as = ""
        if isinstance(value, datetime) and (value.hour or value.minute or value.second):
            shown_as = "yyyy-mm-dd hh:mm:ss"
        elif isinstance(value, date):
            shown_as = "yyyy-mm-dd"
        colour = COLOURS.get(severity or "")
        if not (shown_as or colour or header):
            return None
        wanted = (colour, header, shown_as)
        if wanted not in self._made:
            self._made[wanted] = self._workbook.add_format(
                ({"bg_color": colour, "border": 1} if colour else {"bg_color": "#E8EDF2"} if header else {})
                | ({"bold": True} if header else {}) | ({"num_format": shown_as} if shown_as else {}))
        return self._made[wanted]


def _write_value(worksheet: Worksheet, row: int, column: int, value: RawCell, style: Format | None) -> None:
    """Write one input cell as what it is; whatever is no number, date or flag becomes plain text."""
    if value is None or value == "":
        if style is not None:
            worksheet.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        worksheet.write_boolean(row, column, value, style)
    elif isinstance(value, (int, float)):
        worksheet.write_number(row, column, value, style)
    elif isinstance(value, datetime) and value.year >= 1900:
        worksheet.write_datetime(row, column, value, style)
    else:
        shown = value.shown if isinstance(value, CellError) else str(value)
        worksheet.write_string(row, column, excel_text(shown), style)
