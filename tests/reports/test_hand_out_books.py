"""The hand-outs: one workbook per consultant, one sheet per buyer, and on it that buyer alone."""

from __future__ import annotations

import re
from dataclasses import replace

import openpyxl
import pytest

from sincerity.reports.hand_out_books import write_hand_outs
from sincerity.reports.workbook_text import display_width
from sincerity.round import work_out
from sincerity.texts import LANGUAGES
from tests import cases

BUYERS = {"anna", "bo", "cai", "dan", "eve"}


@pytest.fixture(scope="module")
def result():
    return work_out(cases.five_by_four(), 3).result


def books(result, folder, lang="en") -> dict[str, openpyxl.Workbook]:
    write_hand_outs(result, lang, folder)
    return {path.name: openpyxl.load_workbook(path) for path in sorted((folder / "hand_outs").iterdir())}


def cells_of(sheet) -> list[list]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_workbook_per_consultant_one_sheet_per_buyer(result, tmp_path, lang):
    found = books(result, tmp_path, lang)
    assert {name: book.sheetnames for name, book in found.items()} == {
        "01 Wu.xlsx": ["anna anna", "bo bo"], "02 Xu.xlsx": ["cai cai", "dan dan", "eve eve"]}


def test_a_sheet_shows_its_buyer_and_no_other(result, tmp_path):
    for book in books(result, tmp_path).values():
        for sheet in book:
            words = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)
            assert {buyer for buyer in BUYERS if buyer in words.replace("(", " ").split()} == {sheet.title.split()[0]}


def test_rows_are_the_buyers_picks_with_exact_prices(result, tmp_path):
    sheet = books(result, tmp_path)["01 Wu.xlsx"]["bo bo"]
    title, buyer, _, _, header, *rows = cells_of(sheet)
    assert title[0] == "Five by four · Purchase plan"
    assert buyer[0] == "Buyer: bo (bo)   Consultant: Wu"
    assert header[:3] == ["Choice", "Unit", "Layout"]
    place = [str(label) for label in header].index("Total (yuan)")
    assert [(row[0], row[1], row[place]) for row in rows] == [(1, "1-101", 2_000_000), (2, "1-102", 2_400_000)]
    assert rows[0][header.index("Bank mortgage: monthly (yuan)")] == 7_259


A4_CHARACTERS = 149  # landscape between margins of 0.4 inch, in characters of 7 pixels


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_sheet_prints_on_one_landscape_page_in_letters_for_a_buyer_to_read(result, tmp_path, lang):
    """With the shipped plans nothing is scaled down, and every label has the lines it needs."""
    for book in books(result, tmp_path, lang).values():
        for sheet in book:
            assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToHeight in (None, 1)
            assert {cell.font.sz for row in sheet.iter_rows(min_row=5) for cell in row} == {12}
            widths = {place: column.width for column in sheet.column_dimensions.values()
                      for place in range(column.min, column.max + 1)}
            assert sum(widths.values()) <= A4_CHARACTERS
            lines = [-(-display_width(cell.value) // int(0.7 * widths[cell.column])) for cell in sheet[5]]
            assert sheet.row_dimensions[5].height >= 17 * max(lines)
            longest = [max(map(len, re.split(r"[\s-]", str(cell.value)))) for cell in sheet[5]]
            if lang == "en":  # Chinese breaks anywhere, English between words
                assert all(word <= width for word, width in zip(longest, widths.values(), strict=True))


def test_hostile_names_stay_text_and_files_stay_in_their_folder(result, tmp_path):
    hostile = "../../=cmd|' /C calc'!A0 <script>_x0041_"
    buyers = result.tables["buyers"].assign(name=hostile, consultant=hostile)
    found = books(replace(result, tables={**result.tables, "buyers": buyers}), tmp_path)
    assert list(found) == ["01 cmd_C_calc_A0_script__x0041.xlsx"]
    sheets = next(iter(found.values()))
    assert len(sheets.sheetnames) == len(set(sheets.sheetnames)) == 5
    assert {sheet["A2"].data_type for sheet in sheets} == {"s"}
    assert all("=cmd|" in sheet["A2"].value for sheet in sheets)
    assert [path.name for path in tmp_path.iterdir()] == ["hand_outs"]


def test_equal_results_give_equal_files(result, tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
        write_hand_outs(result, "zh", folder)
    names = sorted(path.name for path in (first / "hand_outs").iterdir())
    assert [(first / "hand_outs" / name).read_bytes() for name in names] == [
        (second / "hand_outs" / name).read_bytes() for name in names]


def test_units_off_the_market_and_forbidden_ones_are_not_handed_out(result, tmp_path):
    demand = result.tables["demand"]
    off = demand.assign(reason=demand["reason"].mask(demand["unit_id"] == "1-101", "unit_sold").mask(
        demand["buyer_id"] == "eve", "forbidden"))
    found = books(replace(result, tables={**result.tables, "demand": off}), tmp_path)
    assert {name: book.sheetnames for name, book in found.items()} == {
        "01 Wu.xlsx": ["bo bo"], "02 Xu.xlsx": ["cai cai", "dan dan"]}


def test_nothing_to_hand_out_writes_nothing(result, tmp_path):
    nothing = {**result.tables, "demand": result.tables["demand"].iloc[:0]}
    write_hand_outs(replace(result, tables=nothing), "zh", tmp_path)
    assert list(tmp_path.iterdir()) == []
