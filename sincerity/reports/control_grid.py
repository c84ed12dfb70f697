"""The pre-sale control grid: one building per sheet and printed page, laid out as the building stands.

Each unit takes three columns and two rows: its letter (the holder's grade) at the left, unit and price above,
holder and number of contenders below. No cells are merged, so filters, copies and comments keep working.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from xlsxwriter.worksheet import Worksheet

from sincerity.reports.table_sheet import A3, set_up_print
from sincerity.reports.view import ControlCell, FacadeBuilding, FacadeSection, Report
from sincerity.reports.wording import Words
from sincerity.reports.workbook_styles import (
    AMBER,
    GRADE_FILLS,
    GRADE_INKS,
    INK,
    LINE,
    NAVY,
    QUIET,
    STATE_FILLS,
    Styles,
)
from sincerity.reports.workbook_text import display_width, excel_text

FLOOR_WIDTH, LETTER_WIDTH, GAP_WIDTH = 6.5, 3.2, 1.5
MAIN_WIDTHS, SIDE_WIDTHS = (15, 26), (10, 15)  # narrowest and widest, in characters
HEADER_ROWS = 5  # title, note, legend, sections, rooms
ONE_PAGE_FLOORS = 45  # a building with more floors continues on a second page
UNIT_COLUMNS = 3


class Place(NamedTuple):
    """Where a room's column of units begins, and which room of which section it is."""

    column: int
    section: FacadeSection
    room: int


def write_grid(sheet: Worksheet, building: FacadeBuilding, report: Report, styles: Styles) -> None:
    """``building`` on an empty ``sheet``."""
    places = list(_places(building))
    last_column = places[-1].column + UNIT_COLUMNS - 1
    _set_widths(sheet, building, places, report)
    _write_head(sheet, building, places, report, styles)
    floors = building.sections[0].floors
    for position, floor in enumerate(floors):
        _write_floor(sheet, HEADER_ROWS + 2 * position, floor, position, places, report, styles)
    last_row = HEADER_ROWS + 2 * len(floors) - 1
    sheet.freeze_panes(HEADER_ROWS, 1)
    set_up_print(sheet, report, A3, pages_tall=1 if len(floors) <= ONE_PAGE_FLOORS else 0)
    sheet.repeat_rows(0, HEADER_ROWS - 1)
    sheet.print_area(0, 0, last_row, last_column)
    sheet.center_horizontally()


def building_label(building: FacadeBuilding, report: Report) -> str:
    """The building's name as the flowering chart says it."""
    return report.chart.labels.get(f"building {building.name}", building.name)


def units_of(building: FacadeBuilding) -> list[str]:
    """The building's units from the top left to the bottom right."""
    return [unit for section in building.sections for floor in section.unit_ids for unit in floor if unit is not None]


def _places(building: FacadeBuilding) -> Iterator[Place]:
    column = 1
    for section in building.sections:
        for room in range(len(section.rooms)):
            yield Place(column, section, room)
            column += UNIT_COLUMNS
        column += 1


def _set_widths(sheet: Worksheet, building: FacadeBuilding, places: list[Place], report: Report) -> None:
    cells = [report.control_cells[unit] for unit in units_of(building)]
    main = _width((cell.lines[line] for cell in cells for line in (0, 2)), *MAIN_WIDTHS)
    side = _width((cell.lines[line] for cell in cells for line in (1, 3)), *SIDE_WIDTHS)
    sheet.set_column(0, places[-1].column + UNIT_COLUMNS, GAP_WIDTH)
    sheet.set_column(0, 0, FLOOR_WIDTH)
    for place in places:
        sheet.set_column(place.column, place.column, LETTER_WIDTH)
        sheet.set_column(place.column + 1, place.column + 1, main)
        sheet.set_column(place.column + 2, place.column + 2, side)


def _width(texts: Iterator[str], least: int, most: int) -> float:
    return max(least, min(most, max((display_width(text) for text in texts), default=0) + 2))


def _write_head(
    sheet: Worksheet, building: FacadeBuilding, places: list[Place], report: Report, styles: Styles
) -> None:
    words, label = Words(report.lang), building_label(building, report)
    sheet.set_row(0, 30)
    title = words("sheet.grid_title", building=label) + f"　{report.title}"
    sheet.write_string(0, 0, excel_text(title), styles.title())
    sheet.set_row(1, 16)
    note = "　".join(filter(None, (words("sheet.grid_note"), report.synthetic_note)))
    sheet.write_string(1, 0, excel_text(note), styles.get(font_size=9, font_color=QUIET))
    _write_legend(sheet, building, report, styles)
    _write_sections(sheet, places, report, styles)


def _write_legend(sheet: Worksheet, building: FacadeBuilding, report: Report, styles: Styles) -> None:
    """The classes of this building, each with its colour, letter and number of units."""
    words = Words(report.lang)
    states = [report.control_cells[unit].state for unit in units_of(building)]
    column = 1
    sheet.set_row(2, 20)
    for state, fill in STATE_FILLS.items():
        if state in states:
            swatch = styles.get(bg_color=fill, border=1, border_color=LINE, align="center", font_size=9)
            letter = words(f"letter.{state}") if words.has(f"letter.{state}") else ""
            sheet.write_string(2, column, letter, swatch)
            said = f"{words(f'state.{state}')}  {words('summary.units', units=states.count(state))}"
            sheet.write_string(2, column + 1, said, styles.get(font_size=9, font_color=QUIET, indent=1))
            column += UNIT_COLUMNS


def _write_sections(sheet: Worksheet, places: list[Place], report: Report, styles: Styles) -> None:
    section = styles.get(bold=True, font_color=NAVY, align="center_across", bottom=2, bottom_color=NAVY)
    room = styles.get(font_size=9, font_color=QUIET, align="center_across")
    sheet.set_row(3, 20)
    for place in places:
        label = report.chart.labels.get(f"section {place.section.name}", place.section.name)
        for offset in range(UNIT_COLUMNS):
            text = label if place.room == 0 and offset == 0 else ""
            _write_text(sheet, 3, place.column + offset, text, section)
    sheet.set_row(4, 16)
    for place in places:
        _write_text(sheet, 4, place.column, place.section.rooms[place.room], room)
        _write_text(sheet, 4, place.column + 1, "", room)
        _write_text(sheet, 4, place.column + 2, "", room)


def _write_floor(
    sheet: Worksheet, row: int, floor: int, position: int, places: list[Place], report: Report, styles: Styles
) -> None:
    found = {place.column: place.section.unit_ids[position][place.room] for place in places}
    cells = {column: report.control_cells[unit] for column, unit in found.items() if unit is not None}
    label = Words(report.lang)("summary.floor", floor=floor)
    sheet.set_row(row, 15.5)
    sheet.set_row(row + 1, 15.5)
    sheet.write_string(row, 0, label, styles.get(bold=True, align="center", valign="bottom", font_color=NAVY))
    for line in (0, 1):
        for column, cell in cells.items():
            _write_line(sheet, row + line, column, line, cell, report.lang, styles)


def _write_line(
    sheet: Worksheet, row: int, column: int, line: int, cell: ControlCell, lang: str, styles: Styles
) -> None:
    """The upper (0) or lower (1) row of a unit's block."""
    main, side = cell.lines[2 * line], cell.lines[2 * line + 1]
    edge = {("top", "bottom")[line]: 1, f"{('top', 'bottom')[line]}_color": LINE}
    fill = {"bg_color": STATE_FILLS[cell.state], "font_size": 9}
    letter = _letter(cell, lang) if line == 0 else ""
    _write_text(sheet, row, column, letter, styles.get(**edge, **_letter_look(cell), left=1, left_color=LINE))
    who = line == 1 and bool(cell.grade)
    main_look = {"bold": who, "font_color": INK if who else QUIET, "indent": 1}
    _write_text(sheet, row, column + 1, main, styles.get(**edge, **fill, **main_look))
    fought_over = line == 1 and cell.state == "contested"
    side_look = {"align": "right", "indent": 1, "bold": fought_over, "font_color": AMBER if fought_over else QUIET}
    _write_text(sheet, row, column + 2, side, styles.get(**edge, **fill, **side_look, right=1, right_color=LINE))


def _letter(cell: ControlCell, lang: str) -> str:
    """The holder's grade, or the state's letter where nobody holds the unit."""
    return cell.grade or Words(lang)(f"letter.{cell.state}")


def _letter_look(cell: ControlCell) -> Mapping[str, object]:
    fill = GRADE_FILLS.get(cell.grade, STATE_FILLS[cell.state])
    ink, held = GRADE_INKS.get(cell.grade, QUIET), bool(cell.grade)
    return {"bg_color": fill, "font_color": ink, "bold": held, "align": "center", "font_size": 10 if held else 9}


def _write_text(sheet: Worksheet, row: int, column: int, text: str, style) -> None:
    if text:
        sheet.write_string(row, column, excel_text(text), style)
    else:
        sheet.write_blank(row, column, None, style)
