import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sincerity.intake.csv_file import read_csv
from sincerity.intake.headers import recognised_fields
from sincerity.intake.limits import Limits
from tests.intake.workbooks import only, spoken

HEADER = ("房号", "楼栋", "楼层")
COMMON = "一二三四五六七八九十客户房号楼栋层张王李中文備註電話"  # characters GB18030 and Big5 both hold
BIG5 = "".join(c for c in COMMON if c.encode("big5", "ignore"))


def read(content: bytes, **limits):
    return read_csv(content, "units.csv", recognised_fields, Limits(**limits))


def rows(content: bytes):
    sheet, problems = read(content)
    assert not problems
    return sheet.rows


def refused(content: bytes, **limits):
    sheet, problems = read(content, **limits)
    assert sheet is None
    return only(problems)


def written(records, delimiter=",", end="\r\n") -> str:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter, lineterminator=end).writerows(records)
    return target.getvalue()


def cells(alphabet):
    return st.lists(st.lists(st.text(alphabet, max_size=6), min_size=3, max_size=3), max_size=8)


PLAIN = st.sampled_from(list('ab1 ,;\t"\n') + list(COMMON))


@settings(deadline=None, max_examples=60)
@given(cells(PLAIN), st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
       st.sampled_from([",", ";", "\t"]), st.sampled_from(["\r\n", "\n"]))
def test_text_comes_back_in_every_encoding_and_delimiter(records, encoding, delimiter, end):
    found = rows(written([HEADER, *records, ("end", "", "")], delimiter, end).encode(encoding))
    expected = [tuple(cell or None for cell in record) for record in [HEADER, *records, ("end", "", "")]]
    assert list(found) == expected


@settings(deadline=None)
@given(cells(st.sampled_from(list("ab1 ") + list(BIG5))))
def test_big5_is_taken_when_its_header_is_the_one_recognised(records):
    header = ("戶型", "樓層", "房號")
    text = written([header, *records, ("end", "x", "x")])

    def recognise(found):
        return sum(cell in header for cell in found)

    sheet, problems = read_csv(text.encode("big5"), "a.csv", recognise, Limits())
    assert not problems
    assert sheet.rows[0] == header and sheet.rows[-1] == ("end", "x", "x")
    assert list(sheet.rows[1:-1]) == [tuple(cell or None for cell in record) for record in records]


def test_rows_are_records_even_with_line_breaks_inside_quotes():
    found = rows('房号,楼栋,楼层\n1-101,"a\nb\nc",1\n\n1-102,b,2\n'.encode())
    assert found[1] == ("1-101", "a\nb\nc", "1")
    assert found[2] == (None, None, None)
    assert found[3][0] == "1-102"


def test_lone_carriage_returns_end_rows_too():
    assert rows("房号,楼栋\r1-101,1\r".encode()) == (("房号", "楼栋"), ("1-101", "1"))


def test_short_records_are_filled_to_one_width():
    assert rows(b"unit_id,building\n1-101\n1,2,3\n") == (
        ("unit_id", "building", None), ("1-101", None, None), ("1", "2", "3")
    )


def test_the_separator_line_of_excel_is_not_a_row():
    assert rows("sep=;\r\n房号;楼栋\r\n1-101;1\r\n".encode()) == (("房号", "楼栋"), ("1-101", "1"))


def test_a_title_line_with_other_delimiters_does_not_mislead():
    found = rows("一期;二期;三期\n房号,楼栋,楼层\n1-101,1,1\n".encode())
    assert found[1] == ("房号", "楼栋", "楼层")


def test_unclosed_quote_names_its_row():
    problem = refused('房号,楼栋\n1-101,"x\ny"\n1-102,"open\n1-103,1\n'.encode())
    assert (problem.code, problem.row) == ("csv_open_quote", 3)
    assert "3" in problem.what("zh")


def test_an_endless_field_names_its_row():
    problem = refused(('房号,楼栋\n1-101,"' + "x\n" * 200_000).encode())
    assert (problem.code, problem.row) == ("csv_broken_record", 2)


def test_nul_byte_names_its_line():
    problem = refused("房号,楼栋\n1-101,1\n1-1\x0002,1\n".encode())
    assert (problem.code, problem.row) == ("csv_nul_byte", 3)


def test_utf_8_with_one_broken_byte_is_refused_and_not_read_as_gbk():
    body = "unit_id,building\n" + "客户,客户\n" * 40
    broken = body.encode() + b"\xe5\xae,x\n"
    assert broken.decode("gb18030")
    problem = refused(broken)
    assert (problem.code, problem.row) == ("csv_undecodable", 42)
    assert problem.value.startswith("E5 AE")


def test_bytes_of_no_encoding_name_the_line_where_reading_ended():
    problem = refused("房号,楼栋\n".encode("gb18030") + b"\xff\xff\n")
    assert (problem.code, problem.row) == ("csv_undecodable", 2)
    assert "CSV UTF-8" in spoken(problem)
    assert refused(b"\xff\xfea\0b\0\xd8\xd8").code == "csv_undecodable"


@pytest.mark.parametrize("content", [b"", b"  \r\n ", b"\xef\xbb\xbf"])
def test_files_without_content_are_empty(content):
    assert refused(content).code == "file_empty"


def test_limits_of_cells_and_corner():
    assert refused(b"a,b\n" * 10, cells=19).code == "too_many_cells"
    assert read(b"a,b\n" * 10, cells=20)[0] is not None
    wide = b"a\n" * 9 + b"," * 9
    problem = refused(wide, corner=99)
    assert problem.code == "far_corner" and problem.parts["columns"] == 10
    assert read(wide, corner=100)[0] is not None


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_never_raise(noise):
    sheet, problems = read(noise)
    assert (sheet is None) == (len(problems) == 1)
    for problem in problems:
        spoken(problem)
