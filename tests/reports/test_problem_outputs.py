"""Problems as words, as records, and as a workbook whose links lead to coloured cells."""

from __future__ import annotations

import json

import openpyxl

from sincerity.intake.launch import read_launch
from sincerity.problems import Problem
from sincerity.reports import problems_workbook
from sincerity.reports.problem_list import problem_records, problem_text
from sincerity.reports.problems_workbook import write_problems_workbook
from tests.bad_inputs.good_launch import Book, good_book, put

INJECTION = '=HYPERLINK("http://x","y")'


def spoiled() -> Book:
    book = good_book()
    for change in (put("房源!H3", "约80"), put("客户!C3", "123"), put("客户!B3", INJECTION), put("接触记录!B2",
    "吃饭")):
        change(book)
    return book


def many(count: int) -> list[Problem]:
    return [Problem("error", "required_missing", "a.xlsx", "房源", row, "H", "建筑面积", "", {"field": "f",
    "field_zh": "面"})
            for row in range(2, 2 + count)]


def test_the_terminal_groups_by_sheet_and_tells_errors_first(tmp_path):
    _, problems = read_launch(spoiled().write(tmp_path))
    lines = problem_text(problems, "zh").split("\n")
    assert lines[0] == "launch.xlsx › 房源"
    assert lines[1] == "  错误 H3 [建筑面积]：“约80”不是一个明确的数字。"
    assert lines[2].startswith("    → 只填一个数字")
    assert [line for line in lines if line.startswith("launch")] == [
        "launch.xlsx › 房源", "launch.xlsx › 接触记录", "launch.xlsx › 客户"]
    assert lines[-1] == "共 2 处错误、1 处警告、0 条提示。"
    assert problem_text(problems, "en").endswith("2 errors, 1 warning, 0 notes.")


def test_the_terminal_lists_twenty_of_a_kind_and_counts_the_others():
    words = problem_text(many(25), "en")
    assert words.count("is empty") == 20
    assert "5 more of this kind" in words
    assert words.count("→") == 1
    assert problem_text(many(20), "en").count("more of this kind") == 0


def test_records_have_stable_keys_and_both_languages():
    record = json.loads(json.dumps(problem_records(many(1), "zh")))[0]
    assert list(record) == ["severity", "code", "file", "sheet", "row", "column", "header", "value", "place", "message",
                            "what", "fix"]
    assert record["what"] == {"zh": "“建筑面积”没有填。", "en": "“建筑面积” is empty."}
    assert record["message"] == record["what"]["zh"]
    assert record["place"] == "a.xlsx › 房源 › H2"


def test_the_workbook_links_each_problem_to_its_coloured_cell(tmp_path):
    folder = spoiled().write(tmp_path / "launch")
    _, problems = read_launch(folder)
    path = tmp_path / "problems.xlsx"
    write_problems_workbook(problems, path, "zh", folder)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["问题清单", "房源", "客户", "接触记录"]
    places = [cell for row in book["问题清单"].iter_rows() for cell in row if cell.hyperlink]
    assert [cell.hyperlink.location for cell in places] == ["'房源'!H3", "'接触记录'!B2", "'客户'!C3"]
    bad, doubted = book["房源"]["H3"], book["客户"]["C3"]
    assert (bad.value, bad.fill.fgColor.rgb) == ("约80", "FFF8B4AE")
    assert "不是一个明确的数字" in bad.comment.text
    assert doubted.fill.fgColor.rgb == "FFFFE2A8"
    assert book["房源"]["H2"].fill.fgColor.rgb == "00000000"
    assert book["房源"].freeze_panes == "A2"
    assert book["房源"].auto_filter.ref == "A1:L11"


def test_input_text_stays_text_in_the_copy(tmp_path):
    folder = spoiled().write(tmp_path / "launch")
    _, problems = read_launch(folder)
    write_problems_workbook(problems, tmp_path / "p.xlsx", "en", folder)
    cell = openpyxl.load_workbook(tmp_path / "p.xlsx")["客户"]["B3"]
    assert (cell.value, cell.data_type) == (INJECTION, "s")


def test_the_same_problems_give_the_same_bytes(tmp_path):
    folder = spoiled().write(tmp_path / "launch")
    _, problems = read_launch(folder)
    for name in ("a.xlsx", "b.xlsx"):
        write_problems_workbook(problems, tmp_path / name, "zh", folder)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_long_sheet_is_copied_around_its_problems_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(problems_workbook, "FULL_COPY_ROWS", 5)
    monkeypatch.setattr(problems_workbook, "TOP_ROWS", 2)
    folder = spoiled().write(tmp_path / "launch")
    put_far = good_book()
    put("房源!H9", "约80")(put_far)
    put_far.write(folder)
    _, problems = read_launch(folder)
    write_problems_workbook(problems, tmp_path / "p.xlsx", "en", folder)
    book = openpyxl.load_workbook(tmp_path / "p.xlsx")
    ids = [book["房源"].cell(row, 1).value for row in range(1, 12)]
    assert ids[:6] == ["房号", "1-101", None, None, None, None]
    assert ids[6:11] == ["1-302", "1-401", "1-402", "1-501", "1-502"]
    notes = [book["Problems"].cell(row, 1).value for row in range(1, 5)]
    assert any(note and "“房源” has 11 rows" in note for note in notes)


def test_a_folder_that_cannot_be_read_still_gives_a_list(tmp_path):
    _, problems = read_launch(tmp_path / "nowhere")
    assert problems
    write_problems_workbook(problems, tmp_path / "p.xlsx", "zh", tmp_path / "nowhere")
    assert openpyxl.load_workbook(tmp_path / "p.xlsx").sheetnames == ["问题清单"]
