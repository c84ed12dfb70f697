"""The flowering chart by wave in the workbook: buildings one below the other, a printed A3 page for each."""

from __future__ import annotations

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sincerity.reports.chart_settings import chart_settings
from sincerity.reports.table_sheet import A3, set_up_print
from sincerity.reports.view import FacadeBuilding, FloweringChart, Report
from sincerity.reports.workbook_styles import Styles
from sincerity.reports.workbook_text import excel_text

FLOOR_WIDTH, CELL_WIDTH = 6.5, 7.5


def write_waves(sheet: Worksheet, chart: FloweringChart, report: Report, styles: Styles) -> None:
    """Every building of ``chart`` on an empty ``sheet``: wave letter and chance in each cell, in the wave's colour."""
    sheet.write_string(0, 0, excel_text(chart.title), styles.title())
    sheet.write_string(1, 0, excel_text(chart.subtitle), styles.get(font_size=9))
    for column, item in enumerate(chart.legend):
        sheet.write_string(2, 2 * column, excel_text(item.letter), _tone(item.band, chart, styles))
        sheet.write_string(2, 2 * column + 1, excel_text(item.label), styles.get(font_size=9))
    row, breaks = 4, []
    for building in chart.buildings:
        row = _write_building(sheet, row, building, chart, styles)
        breaks.append(row)
    sheet.set_column(0, 0, FLOOR_WIDTH)
    sheet.set_column(1, max(_width(building) for building in chart.buildings), CELL_WIDTH)
    set_up_print(sheet, report, A3)
    sheet.set_h_pagebreaks(breaks[:-1])


def _write_building(
    sheet: Worksheet, row: int, building: FacadeBuilding, chart: FloweringChart, styles: Styles
) -> int:
    """``building`` from ``row`` down; gives the row after it."""
    quiet = styles.get(font_size=9, align="center")
    sheet.write_string(row, 0, excel_text(chart.labels[f"building {building.name}"]), styles.get(bold=True))
    floors = building.sections[0].floors
    for line, floor in enumerate(floors):
        sheet.write_string(row + 2 + line, 0, f"{floor}{chart.labels['floor']}", quiet)
    left = 1
    for section in building.sections:
        for column, room in enumerate(section.rooms):
            sheet.write_string(row + 1, left + column, excel_text(room), quiet)
        for line, units in enumerate(section.unit_ids):
            for column, unit_id in enumerate(units):
                if unit_id is not None:
                    cell = chart.cells[unit_id]
                    words = f"{cell.letter} {cell.text}"
                    sheet.write_string(row + 2 + line, left + column, words, _tone(cell.band, chart, styles))
        left += len(section.rooms) + 1
    return row + 3 + len(floors)


def _tone(band: str, chart: FloweringChart, styles: Styles) -> Format:
    rules = chart_settings()
    tone = rules.themes[chart.theme][rules.tone_of(band)]
    return styles.get(bg_color=tone.fill, font_color=tone.text, align="center", border=1, border_color="#FFFFFF")


def _width(building: FacadeBuilding) -> int:
    return sum(len(section.rooms) + 1 for section in building.sections)
