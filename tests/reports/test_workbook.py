from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import datetime
from itertools import cycle, islice
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from sincerity.reports.view import ColumnView, Report, TableView
from sincerity.reports.viewmodel import build_report
from sincerity.reports.workbook import write_control_sheet
from sincerity.reports.workbook_text import CELL_LIMIT, SheetNames, display_width, excel_text
from sincerity.texts import LANGUAGES
from tests.reports.result import crowded_result, five_by_four_result

HOSTILE = (
    "=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1:A9)", "\t=1+1", "\r=1+1", "<script>alert(1)</script>", "{{7*7}}",
    "<r><t>x</t></r>", "_x0041_", "http://example.com", "a & b < c > \"d\" 'e'", "  spaced  ", "12345678901234567890",
    "1e5", "TRUE",
)


def written(report: Report, folder: Path) -> openpyxl.Workbook:
    path = folder / "control_sheet.xlsx"
    write_control_sheet(report, path)
    return openpyxl.load_workbook(path)


def rows_of(sheet) -> list[list]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def with_texts(report: Report, texts: tuple[str, ...]) -> Report:
    """``report`` with ``texts`` in turn wherever it holds a text from outside."""
    turn = cycle(texts)

    def spoiled(table: TableView) -> TableView:
        rows = tuple(tuple(next(turn) if isinstance(value, str) else value for value in row) for row in table.rows)
        return replace(table, rows=rows, title=next(turn), note=next(turn))

    cells = {unit: replace(cell, lines=tuple(islice(turn, 4))) for unit, cell in report.control_cells.items()}
    return replace(
        report, title=next(turn), subtitle=next(turn), headline=next(turn), notices=texts, control_cells=cells,
        tables={key: spoiled(table) for key, table in report.tables.items()},
        work_lists={next(turn): spoiled(table) for table in report.work_lists.values()},
    )


def shown(value: object) -> object:
    """What Excel shows for a text stored in its cell: it reads ``_x005F_`` as an underscore; openpyxl does not."""
    return unescape(value) if isinstance(value, str) else value


@pytest.fixture(scope="module", params=LANGUAGES)
def both(request, tmp_path_factory):
    report = build_report(crowded_result(), request.param)
    return report, written(report, tmp_path_factory.mktemp("book"))


def test_sheets_stand_in_the_promised_order(tmp_path):
    book = written(build_report(crowded_result(), "zh"), tmp_path)
    assert book.sheetnames == [
        "说明", "预销控表 1栋", "图表目录", "3.1 意向变更（每日）", "3.1 意向变更（较上轮）", "3.2 客户派发清单",
        "房源清单", "冲突评审", "等候名单", "引导", "未满足意向", "诚意度判别", "清单 Wu",
        "清单 Xu", "清单 未分配顾问", "落位变动", "指标", "规则对比", "目标与证明", "户型目标", "目标冲突", "裁定",
        "记录核对", "未计入记录", "审计与设置", "数据来源",
    ]


def test_empty_tables_are_left_out_and_named(tmp_path):
    book = written(build_report(five_by_four_result(), "en"), tmp_path)
    assert "Moves" not in book.sheetnames and "Steering" in book.sheetnames
    assert rows_of(book["Summary"])[-1][0] == (
        "Empty this round and left out: "
        "Moves, Layout targets, Colliding targets, Rulings, Records to check, Records not counted"
    )
    assert book["Steering"]["A4"].value == "Nothing this round."


def test_every_table_reads_back_cell_by_cell(both):
    report, book = both
    keys = ("units_flat", "conflicts", "waiting_list", "steering", "refusals", "moves", "kpi", "frontier", "goals",
            "targets", "collisions", "decisions", "flags", "late_entries", "inputs")
    sheets = {sheet["A1"].value: sheet for sheet in book}
    for key in keys:
        table = report.tables[key]
        title, note, header, *body = rows_of(sheets[table.title])
        assert (title[0], note[0]) == (table.title, table.note)
        assert header == [column.label for column in table.columns]
        assert body == [[None if value == "" else value for value in row] for row in table.rows], key


def test_work_lists_read_back_cell_by_cell(both):
    report, book = both
    sheets = {sheet["A1"].value: sheet for sheet in book}
    for table in report.work_lists.values():
        expected = [[None if value == "" else value for value in row] for row in table.rows]
        found = rows_of(sheets[table.title])[3:]
        assert found == (expected or found[:1])


def test_score_is_a_live_sum_with_its_value_stored(tmp_path):
    path = tmp_path / "control_sheet.xlsx"
    write_control_sheet(build_report(five_by_four_result(), "zh"), path)
    live = openpyxl.load_workbook(path)["诚意度判别"]
    stored = openpyxl.load_workbook(path, data_only=True)["诚意度判别"]
    place = next(cell.column_letter for cell in live[3] if cell.value == "诚意分")
    assert [live[f"{place}{row}"].value for row in range(4, 9)] == [f"=SUM(G{row}:P{row})" for row in range(4, 9)]
    assert [stored[f"{place}{row}"].value for row in range(4, 9)] == [84, 55, 34, 10, 4]
    assert [sum(cell.value for cell in stored[row][6:16]) for row in range(4, 9)] == [84, 55, 34, 10, 4]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed: sums are not recalculated")
def test_recalculated_sums_equal_the_stored_ones(tmp_path):
    write_control_sheet(build_report(five_by_four_result(), "zh"), tmp_path / "control_sheet.xlsx")
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx",
               "--outdir", str(tmp_path / "again"), str(tmp_path / "control_sheet.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    sheet = openpyxl.load_workbook(tmp_path / "again" / "control_sheet.xlsx", data_only=True)["诚意度判别"]
    place = next(cell.column for cell in sheet[3] if cell.value == "诚意分") - 1
    assert [sheet[row][place].value for row in range(4, 9)] == [84, 55, 34, 10, 4]


def test_control_grid_shows_each_unit_where_it_stands(tmp_path):
    sheet = written(build_report(five_by_four_result(), "zh"), tmp_path)["预销控表 1栋"]
    assert [[cell.value for cell in row] for row in sheet["A6:G9"]] == [
        ["2层", "C", "1-201 · 2BR", "200万元", "U", "1-202 · 3BR", "240万元"],
        [None, None, "cai · 第2意向", "1人要", None, "eve · 第1意向", "1人要"],
        ["1层", "A", "1-101 · 2BR", "200万元", "B", "1-102 · 3BR", "240万元"],
        [None, None, "anna · 第1意向", "3人要", None, "bo · 第2意向", "1人要"],
    ]
    assert not [merged for merged in sheet.merged_cells.ranges if merged.min_row >= 4]
    fills = {cell: sheet[cell].fill.fgColor.rgb for cell in ("C8", "C6", "B8")}
    assert len(set(fills.values())) == 3


def test_sheets_are_set_up_for_print(both):
    _, book = both
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape", sheet.title
        wide = 2 if sheet["A1"].value in ("诚意度判别", "Sincerity assessment") else 1
        assert (sheet.page_setup.fitToWidth or 1) == wide and sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        assert sheet.print_area and "Five by four" in sheet.oddHeader.left.text, sheet.title
        assert "2026-11-20 18:00" in sheet.oddFooter.left.text and "&P" in sheet.oddFooter.right.text
        assert wide == 1 or sheet.print_title_cols == "$A:$F", "the second page says whose row it is"
    grid = book.worksheets[1]
    assert (grid.page_setup.paperSize, grid.page_setup.fitToHeight, grid.print_title_rows) == (8, None, "$1:$5")
    assert grid.freeze_panes == "B6"


def test_tables_have_filters_and_frozen_headers(tmp_path):
    sheet = written(build_report(five_by_four_result(), "zh"), tmp_path)["房源清单"]
    assert (sheet.auto_filter.ref, sheet.freeze_panes, sheet.print_title_rows) == ("A3:S7", "A4", "$3:$3")
    assert sheet["J4"].number_format == "#,##0"


def test_ruling_offers_every_ruling_there_is(tmp_path):
    sheet = written(build_report(five_by_four_result(), "zh"), tmp_path)["冲突评审"]
    (rule,) = sheet.data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1) == ("P4:P6", '"保留给,改判给,不给,撤销"')
    assert [sheet[f"{column}3"].value for column in "PQR"] == ["裁定", "裁定原因", "裁定人"]
    assert [sheet[f"{column}4"].value for column in "PQR"] == [None, None, None]


def test_outside_text_stays_text(tmp_path):
    report = with_texts(build_report(crowded_result(), "en"), HOSTILE)
    book = written(report, tmp_path)
    for key, name in (("units_flat", "Units"), ("sincerity", "Sincerity assessment"), ("conflicts", "Conflict review")):
        found = [[shown(value) for value in row] for row in rows_of(book[name])[3:]]
        total = {place for place, column in enumerate(report.tables[key].columns) if column.sum_of}
        blank = {place for place, column in enumerate(report.tables[key].columns) if column.fill_in}
        for row, values in enumerate(report.tables[key].rows):
            for place in set(range(len(values))) - total - blank:
                value = values[place]
                assert found[row][place] == (excel_text(value) if isinstance(value, str) else value)
    formulas = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas and all(re.fullmatch(r"=SUM\([A-Z]+\d+:[A-Z]+\d+\)", cell.value) for cell in formulas)
    links = [cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert all(link.location and not link.target for link in links)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_stay_text(text, tmp_path):
    report = build_report(crowded_result(), "en")
    few = {key: replace(table, rows=()) for key, table in report.tables.items()}
    book = written(replace(report, title=text, headline=text, work_lists={text: few["goals"]}, tables=few), tmp_path)
    assert [book["Summary"][cell].value for cell in ("A1", "A4")] == [excel_text(text)] * 2


@pytest.mark.parametrize(("given", "kept"), [
    ("a\x00b\x0bc", "a�b�c"), ("\ud800half", "�half"), ("a\r\nb\rc", "a\nb\nc"), ("\ufffe", "�"),
    ("tab\tkept", "tab\tkept"), ("<r>a</r>", "<r>a</r> "),
])
def test_characters_no_cell_can_hold_are_shown_as_unknown(given, kept):
    assert excel_text(given) == kept


@pytest.mark.parametrize("text", ["字" * 40_000, "🏠" * 20_000])
def test_text_longer_than_a_cell_is_cut_visibly(text):
    cut = excel_text(text)
    assert CELL_LIMIT - 1 <= len(cut.encode("utf-16-le")) // 2 <= CELL_LIMIT
    assert cut.endswith("…") and text.startswith(cut[:-1])


def test_unwritable_and_endless_texts_do_not_break_the_workbook(tmp_path):
    texts = ("a\x00b", "\ud800half", "\ufffe", "🏠" * 20_000, "&" * 300, "字" * 40_000)
    report = with_texts(build_report(five_by_four_result(), "en"), texts)
    sheet = written(replace(report, title=texts[3], subtitle=texts[4]), tmp_path)["Units"]
    assert {excel_text(text) for text in texts} <= {value for row in rows_of(sheet)[3:] for value in row}


def test_same_report_gives_the_same_bytes(tmp_path):
    report = build_report(crowded_result(), "zh")
    for name in ("one.xlsx", "two.xlsx"):
        write_control_sheet(report, tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_every_part_is_dated_alike(tmp_path):
    write_control_sheet(build_report(five_by_four_result(), "zh"), tmp_path / "book.xlsx")
    with zipfile.ZipFile(tmp_path / "book.xlsx") as book:
        assert {part.date_time for part in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z" in book.read("docProps/core.xml")


def test_contents_lead_to_every_sheet(both):
    _, book = both
    targets = [cell.hyperlink.location for row in book.worksheets[0].iter_rows() for cell in row if cell.hyperlink]
    assert targets == ["'" + name + "'!A1" for name in book.sheetnames[1:]]


def test_sheet_names_are_valid_and_unlike_to_excel():
    names = SheetNames()
    claimed = [names.claim(name) for name in ("Wu", "WU", "wu", "a/b[c]:d*e?f\\g", "'quoted'", "", "History", "x" * 40,
                                              "x" * 41, "🏠" * 20)]
    assert claimed[:7] == ["Wu", "WU (2)", "wu (3)", "a_b_c_d_e_f_g", "quoted", "_", "History (2)"]
    assert all(1 <= len(name.encode("utf-16-le")) // 2 <= 31 for name in claimed)
    assert len({name.casefold() for name in claimed}) == len(claimed)


def test_two_consultants_alike_but_for_case_have_a_sheet_each(tmp_path):
    report = build_report(five_by_four_result(), "en")
    lists = {"wu": report.work_lists["Wu"], "WU": report.work_lists["Xu"]}
    assert {"List wu", "List WU (2)"} <= set(written(replace(report, work_lists=lists), tmp_path).sheetnames)


def test_dates_older_than_excels_calendar_are_text(tmp_path):
    report = build_report(five_by_four_result(), "en")
    late = TableView("late_entries", "Dates", "note", (ColumnView("at", "At", "datetime"),),
                     ((datetime(1899, 5, 1, 8, 30),), (datetime(2026, 11, 20, 18, 0),)))
    sheet = written(replace(report, tables={**report.tables, "late_entries": late}), tmp_path)["Not counted"]
    assert [sheet["A4"].value, sheet["A5"].value] == ["1899-05-01 08:30:00", datetime(2026, 11, 20, 18, 0)]


@pytest.mark.parametrize(("rows", "printed", "told"), [(250, 103, True), (100, 103, False), (3, 6, False)])
def test_of_a_long_list_of_records_not_counted_a_print_takes_the_first_rows_and_says_so(tmp_path, rows, printed, told):
    report = build_report(crowded_result(), "en")
    late = report.tables["late_entries"]
    long = replace(report, tables={**report.tables, "late_entries": replace(late, rows=late.rows[:1] * rows)})
    sheet = written(long, tmp_path)["Not counted"]
    assert sheet.max_row == rows + 3  # all of them stand in the sheet
    assert str(sheet.print_area).endswith(f"$G${printed}")
    assert ("A print takes the first 100 rows" in sheet["A2"].value) == told


def test_rows_are_as_high_as_their_longest_text(tmp_path):
    report = build_report(five_by_four_result(), "zh")
    table = report.tables["refusals"]
    place = [column.key for column in table.columns].index("reason")
    rows = tuple(tuple("字" * 100 if i == place and n == 0 else v for i, v in enumerate(row))
                 for n, row in enumerate(table.rows))
    tall = replace(report, tables={**report.tables, "refusals": replace(table, rows=rows)})
    sheet = written(tall, tmp_path)["未满足意向"]
    assert sheet.row_dimensions[4].height == pytest.approx(4 * 13.5 + 2)
    assert sheet.row_dimensions[5].height == pytest.approx(13.5 + 2)


def test_width_counts_chinese_twice():
    assert [display_width(text) for text in ("abc", "房号", "房号 1\n二", "")] == [3, 4, 6, 0]


def test_a_dark_line_parts_one_contested_unit_from_the_next(tmp_path):
    sheet = written(build_report(crowded_result(), "en"), tmp_path)["Conflict review"]
    ((area, (rule,)),) = ((str(each.sqref), each.rules) for each in sheet.conditional_formatting)
    assert area == f"A4:R{sheet.max_row}"
    assert rule.formula == ["$A4<>$A3"]
    assert rule.dxf.border.top.style == "thin"


def test_the_assessment_prints_without_its_long_texts(tmp_path):
    sheet = written(build_report(crowded_result(), "en"), tmp_path)["Sincerity assessment"]
    header = [cell.value for cell in sheet[3]]
    last_printed = str(sheet.print_area).split("$")[-2]
    assert sheet[f"{last_printed}3"].value == header[-3] == "Next step"
