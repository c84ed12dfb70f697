import datetime as dt
import hashlib
import subprocess
import sys

import pytest
import xlsxwriter

from sincerity.intake import workbook_file
from sincerity.intake.limits import Limits
from sincerity.intake.raw import CellError
from sincerity.intake.sheets import read_sheets
from sincerity.intake.workbook_file import read_workbook
from tests.intake.workbooks import codes, only, packed, parts, sheet_xml, spoken, workbook

ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
UNITS_CSV = "房号,楼栋,楼层\n1-101,1,1\n".encode()


def write(folder, **files):
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_bytes(content)
    return folder


def test_rows_are_excel_rows_and_every_kind_of_value_arrives(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("房源")
        book.add_worksheet("空表")
        when = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write(2, 1, "客户")
        sheet.write(3, 1, 5)
        sheet.write_datetime(4, 1, dt.datetime(2026, 1, 2, 3, 4), when)
        sheet.write_boolean(5, 1, True)
        sheet.write_formula(6, 2, "=1/0", None, "#DIV/0!")
        sheet.write_formula(8, 1, "=B4+1", None, "")
        sheet.write_formula(9, 1, "=B4+1", None, 6)
        sheet.merge_range("B11:C12", "m")
        sheet.write(10, 3, 110101199001011234)
    sheets, inputs, problems = read_sheets(tmp_path)
    rows = sheets[0].rows
    assert [row[1] for row in rows[:6]] == [None, None, "客户", 5.0, dt.datetime(2026, 1, 2, 3, 4), True]
    assert rows[6][2] == CellError("error", "#DIV/0!")
    assert rows[8][1] == CellError("formula_without_result", "=B4+1")
    assert rows[9][1] == 6.0
    assert rows[10][3] == pytest.approx(1.10101199001011234e17)
    assert sheets[0].merged == ((11, 2, 12, 3),)
    assert (sheets[1].sheet, sheets[1].rows) == ("空表", ())
    assert not problems
    content = (tmp_path / "a.xlsx").read_bytes()
    assert [(i.name, i.size_bytes, i.sha256) for i in inputs] == [
        ("a.xlsx", len(content), hashlib.sha256(content).hexdigest())
    ]


def test_an_error_cell_beyond_the_last_value_is_kept():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="3"><c r="C3" t="e"><v>#N/A</v></c></row>'
    sheets, _ = read_workbook(workbook(rows), "a.xlsx", Limits())
    assert sheets[0].rows[2][2] == CellError("error", "#N/A")
    alone, _ = read_workbook(workbook('<row r="2"><c r="B2"><f>A1</f></c></row>'), "a.xlsx", Limits())
    assert alone[0].rows == ((None, None), (None, CellError("formula_without_result", "=A1")))


def test_hidden_sheets_and_the_1904_flag_are_carried():
    content = workbook(ONE, ONE, states=("visible", "hidden"), workbook_pr='<workbookPr date1904="1"/>')
    sheets, problems = read_workbook(content, "a.xlsx", Limits())
    assert [sheet.hidden for sheet in sheets] == [False, True]
    assert all(sheet.dates_1904 for sheet in sheets)
    assert codes(problems) == ["sheet_hidden"]


def test_values_the_reader_cannot_parse_make_a_damaged_file_not_a_traceback():
    content = workbook('<row r="1"><c r="A1"><v>1</c></row>')
    sheets, problems = read_workbook(content, "a.xlsx", Limits())
    assert sheets == ()
    assert only(problems).code == "file_damaged"
    assert "Traceback" not in spoken(problems[0])


def test_a_reader_that_panics_is_a_damaged_file():
    content = workbook('<row r="1"><c r="A1" t="s"><v>999</v></c></row>')
    _, problems = read_workbook(content, "a.xlsx", Limits())
    assert only(problems).code == "file_damaged"


def test_date_cells_count_from_1904_where_the_workbook_says_so(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx", {"date_1904": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        book.add_worksheet("S").write_datetime(0, 0, dt.datetime(2026, 11, 28), day)
    sheets, _ = read_workbook((tmp_path / "a.xlsx").read_bytes(), "a.xlsx", Limits())
    assert sheets[0].dates_1904
    assert sheets[0].rows[0][0] in (dt.date(2026, 11, 28), dt.datetime(2026, 11, 28))


def test_a_reader_that_takes_too_long_is_stopped_and_named():
    sheets, problems = read_workbook(workbook(ONE), "a.xlsx", Limits(read_seconds=0.001))
    assert sheets == () and only(problems).code == "reading_took_too_long"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its memory limit")
def test_a_reader_that_needs_too_much_memory_dies_alone():
    corner = '<row r="1"><c r="A1"><v>1</v></c></row><row r="20000"><c r="ALL20000"><v>1</v></c></row>'
    sheets, problems = read_workbook(workbook(corner), "a.xlsx", Limits(read_memory_bytes=300_000_000))
    assert sheets == () and only(problems).code == "file_damaged"


def test_a_child_that_crashes_is_a_damaged_file_with_the_detail_in_the_log(monkeypatch, caplog):
    def crash(command, **options):
        return subprocess.CompletedProcess(command, -6, b"", b"thread panicked\nmemory allocation failed\n")
    monkeypatch.setattr(workbook_file.subprocess, "run", crash)
    with caplog.at_level("INFO"):
        _, problems = read_workbook(workbook(ONE), "房源.xlsx", Limits())
    assert only(problems).code == "file_damaged"
    assert "memory allocation failed" in caplog.text and "房源.xlsx" in caplog.text


def test_csv_files_come_one_sheet_per_file_in_name_order(tmp_path):
    write(tmp_path, units__csv=UNITS_CSV, buyers__CSV="客户编号,登记日期\nB1,2026-01-01\n".encode("gb18030"))
    sheets, inputs, problems = read_sheets(tmp_path)
    assert [(s.file, s.sheet, s.rows[0][0]) for s in sheets] == [
        ("buyers.CSV", "", "客户编号"), ("units.csv", "", "房号")
    ]
    assert [i.name for i in inputs] == ["buyers.CSV", "units.csv"]
    assert not problems


def test_launch_and_rule_files_are_inputs_but_not_tables(tmp_path):
    launch = b'[files]\nscorecard = "scorecard.csv"\n'
    write(tmp_path, columns__toml=b"", launch__toml=launch, scorecard__csv=b"group,item\n")
    write(tmp_path, a__xlsx=workbook(ONE), problems__xlsx=b"old")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "b.xlsx").write_bytes(b"")
    sheets, inputs, problems = read_sheets(tmp_path)
    assert [s.file for s in sheets] == ["a.xlsx"]
    assert [i.name for i in inputs] == ["launch.toml", "columns.toml", "scorecard.csv", "a.xlsx"]
    assert not problems


def test_a_scorecard_nobody_named_is_a_second_workbook(tmp_path):
    write(tmp_path, a__xlsx=workbook(ONE), scorecard__xlsx=workbook(ONE))
    sheets, _, problems = read_sheets(tmp_path)
    assert sheets == ()
    assert only(problems).parts["files"] == "a.xlsx, scorecard.xlsx"
    assert problems[0].code == "two_workbooks"


def test_workbook_beside_csv_is_a_question(tmp_path):
    write(tmp_path, a__xlsx=workbook(ONE), units__csv=UNITS_CSV)
    sheets, _, problems = read_sheets(tmp_path)
    assert sheets == () and only(problems).code == "workbook_and_csv"
    assert "units.csv" in spoken(problems[0]) and "？" in problems[0].what("zh")


def test_lock_files_are_named_as_such(tmp_path):
    lock = "~$a.xlsx"
    (tmp_path / lock).write_bytes(bytes(165))
    sheets, _, problems = read_sheets(tmp_path)
    problem = only(problems)
    assert sheets == () and (problem.severity, problem.code, problem.file) == ("error", "only_lock_file", lock)
    (tmp_path / "a.xlsx").write_bytes(workbook(ONE))
    sheets, _, problems = read_sheets(tmp_path)
    problem = only(problems)
    assert len(sheets) == 1 and (problem.severity, problem.code, problem.file) == ("warning", "workbook_open", lock)


@pytest.mark.parametrize("name", ["a.xls", "a.XLSB", "a.et", "a.ods", "a.tsv"])
def test_other_formats_are_named(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    problem = only(read_sheets(tmp_path)[2])
    assert (problem.severity, problem.code, problem.file) == ("error", "format_not_read", name)
    (tmp_path / "a.xlsm").write_bytes(workbook(ONE))
    assert [(p.severity, p.code) for p in read_sheets(tmp_path)[2]] == [("warning", "format_not_read")]


def test_empty_folder_missing_folder_and_zero_byte_file(tmp_path):
    assert only(read_sheets(tmp_path)[2]).code == "no_tables"
    assert only(read_sheets(tmp_path / "nowhere")[2]).value == "nowhere"
    (tmp_path / "a.xlsx").write_bytes(b"")
    problem = only(read_sheets(tmp_path)[2])
    assert (problem.code, problem.file) == ("file_empty", "a.xlsx")


def test_a_file_over_the_limit_is_not_even_opened(tmp_path):
    write(tmp_path, a__xlsx=b"PK\3\4" + bytes(2_000_000))
    problem = only(read_sheets(tmp_path, limits=Limits(file_bytes=1_000_000))[2])
    assert problem.code == "file_too_large" and problem.parts == {"megabytes": "2.0", "limit": "1"}


def test_all_damaged_csv_files_are_told_at_once(tmp_path):
    write(tmp_path, units__csv=b"", buyers__csv=b'a,b\n"open', picks__csv=b"a\0b\n")
    assert [(p.file, p.code) for p in read_sheets(tmp_path)[2]] == [
        ("buyers.csv", "csv_open_quote"), ("picks.csv", "csv_nul_byte"), ("units.csv", "file_empty")
    ]


def test_the_child_finds_the_package_from_any_folder_and_ignores_modules_lying_there(tmp_path, monkeypatch):
    (tmp_path / "pickle.py").write_text("raise SystemExit('the wrong pickle')")
    (tmp_path / "a.xlsx").write_bytes(packed(parts(sheet_xml(ONE))))
    monkeypatch.chdir(tmp_path)
    sheets, _, problems = read_sheets(tmp_path)
    assert sheets[0].rows == ((1.0,),) and not problems


def test_an_unreadable_file_is_told_in_words(tmp_path, monkeypatch):
    write(tmp_path, a__xlsx=workbook(ONE))
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda self: (_ for _ in ()).throw(PermissionError(13, "denied")))
    problem = only(read_sheets(tmp_path)[2])
    assert (problem.code, problem.file) == ("file_unreadable", "a.xlsx")
    assert "denied" in spoken(problem)
