import io
import struct
import time
import zipfile
import zlib

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from sincerity.intake.limits import Limits
from sincerity.intake.preflight import preflight
from sincerity.intake.raw import CellError
from sincerity.intake.refused import Refused
from sincerity.intake.sheet_scan import scan_plain, scan_sheet
from sincerity.intake.sheet_xml import scan_any
from sincerity.intake.zip_parts import ZipParts
from tests.intake.workbooks import HEAD, MAIN, codes, only, packed, parts, sheet_xml, spoken, workbook

ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'


def look(content: bytes, **limits):
    return preflight(content, "x.xlsx", Limits(**limits))


def refused(content: bytes, **limits):
    plan, problems = look(content, **limits)
    assert plan is None
    problem = only(problems)
    assert (problem.severity, problem.file) == ("error", "x.xlsx")
    return problem


def facts(rows: str, after: str = ""):
    """Both ways of scanning must agree wherever the plain one answers."""
    xml = sheet_xml(rows, after).encode()
    by_parser = scan_any([xml])
    by_pattern = scan_plain([xml])
    assert by_pattern is None or by_pattern == by_parser
    return by_parser


def test_an_ordinary_workbook_passes_without_a_word():
    plan, problems = look(workbook(ONE, ONE, names=("房源", "客户")))
    assert [sheet.name for sheet in plan.sheets] == ["房源", "客户"]
    assert not problems


def test_value_in_the_far_corner_is_named_with_sheet_row_and_column():
    content = workbook('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', names=("房源",))
    assert len(content) < 4_900
    problem = refused(content)
    assert (problem.code, problem.sheet) == ("far_corner", "房源")
    assert problem.parts["rows"] == 1_048_576 and problem.parts["columns"] == 16_384
    assert "Ctrl+End" in spoken(problem)


@pytest.mark.parametrize("rows", [
    '<row r="1048576"><c  r="XFD1048576"><v>1</v></c></row>',
    "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
    '<row r="1048576"><c s="0" r="XFD1048576"><v>1</v></c></row>',
    '<!-- <c r="A1"/> --><row r="1048576"><c\nr="XFD1048576"><v>1</v></c></row>',
    '<row r="1"><c r="&#88;FD1048576"><v>1</v></c></row>',
    f'<x:row xmlns:x="{MAIN}" r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
])
def test_far_corner_is_found_in_every_spelling_of_the_xml(rows):
    assert refused(workbook(rows)).code == "far_corner"


def test_far_corner_in_utf_16_is_found():
    xml = sheet_xml('<row r="9"><c r="XFD1048576"><v>1</v></c></row>', head='<?xml version="1.0" encoding="UTF-16"?>')
    assert refused(packed(parts("") | {"xl/worksheets/sheet1.xml": xml.encode("utf-16")})).code == "far_corner"


def test_corner_limit_is_allowed_and_one_more_column_is_not():
    assert not look(workbook('<row r="10"><c r="B10"><v>1</v></c></row>'), corner=20)[1]
    assert refused(workbook('<row r="10"><c r="C10"><v>1</v></c></row>'), corner=20).code == "far_corner"


def test_blank_formatted_cells_far_out_do_not_count():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    counted = facts(rows)
    assert (counted.cells, counted.last_row, counted.last_column) == (1, 1, 1)


def test_doctype_in_any_part_is_refused_with_its_name():
    bomb = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbb">]><worksheet xmlns="{MAIN}"/>'
    problem = refused(packed(parts(bomb)))
    assert (problem.code, problem.parts["part"]) == ("doctype_in_part", "xl/worksheets/sheet1.xml")
    theme = packed(parts(sheet_xml(ONE)) | {"xl/theme/theme1.xml": '<!DOCTYPE a><a/>'.encode("utf-16-le")})
    assert refused(theme).parts["part"] == "xl/theme/theme1.xml"


def test_doctype_across_two_pieces_is_seen():
    from sincerity.intake import zip_parts
    at_the_seam = b" " * (zip_parts._PIECE_BYTES - 4) + b"<!DOCTYPE a>"
    content = packed(parts(sheet_xml(ONE)) | {"xl/a.xml": at_the_seam}, zipfile.ZIP_STORED)
    assert refused(content).code == "doctype_in_part"


def test_zip_bomb_is_refused_by_ratio_and_by_declared_size():
    bomb = packed(parts(sheet_xml(ONE)) | {"xl/media/a.bin": bytes(20_000_000)})
    problem = refused(bomb)
    assert problem.code == "packed_too_tightly" and problem.parts["part"] == "xl/media/a.bin"
    large = refused(bomb, unpacked_bytes=10_000_000)
    assert large.code == "unpacks_too_large" and large.parts == {"megabytes": 20, "limit": 10}


def test_small_parts_may_be_packed_tightly():
    assert not look(packed(parts(sheet_xml(ONE)) | {"xl/media/a.bin": bytes(1_000_000)}))[1]


def declaring(content: bytes, name: str, size: int, checksum: int | None = None) -> bytes:
    """The container with another unpacked size (and checksum) in its directory."""
    changed = bytearray(content)
    at = content.rindex(name.encode()) - 46
    assert changed[at : at + 4] == b"PK\1\2"
    struct.pack_into("<L", changed, at + 24, size)
    if checksum is not None:
        struct.pack_into("<L", changed, at + 16, checksum)
    return bytes(changed)


@pytest.mark.parametrize("difference", [-1, 1, 10_000])
def test_lying_declared_sizes_are_counted_and_refused(difference):
    content = workbook(ONE)
    name = "xl/worksheets/sheet1.xml"
    true_size = len(sheet_xml(ONE))
    problem = refused(declaring(content, name, true_size + difference))
    assert problem.code == "zip_sizes_lie" and problem.parts["part"] == name


def test_a_part_longer_than_declared_is_refused_even_when_its_checksum_fits_the_declared_start():
    xml = sheet_xml(ONE + ' ' * 1000).encode()
    content = packed(parts(xml.decode()))
    lying = declaring(content, "xl/worksheets/sheet1.xml", 100, zlib.crc32(xml[:100]))
    with zipfile.ZipFile(io.BytesIO(lying)) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
        assert info.file_size == 100
    assert refused(lying).code == "zip_sizes_lie"


def test_unpacking_stops_as_soon_as_a_part_is_longer_than_declared():
    content = packed(parts(sheet_xml(ONE)) | {"xl/media/a.bin": bytes(40_000_000)})
    pieces = ZipParts(declaring(content, "xl/media/a.bin", 10), Limits()).pieces("xl/media/a.bin")
    with pytest.raises(Refused) as refusal:
        next(pieces)
    assert refusal.value.code == "zip_sizes_lie"


def test_a_wrong_checksum_and_a_stream_that_ends_early_are_damaged():
    name = "xl/worksheets/sheet1.xml"
    assert refused(declaring(workbook(ONE), name, len(sheet_xml(ONE)), 1)).parts["detail"] == f"checksum of {name}"
    short = bytearray(workbook(ONE))
    struct.pack_into("<L", short, short.rindex(name.encode()) - 46 + 20, 40)
    assert refused(bytes(short)).parts["detail"] == f"{name} ends too early"


def test_too_many_cells_over_all_sheets():
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 7))
    assert not look(workbook(rows, rows), cells=12)[1]
    problem = refused(workbook(rows, rows, names=("a", "b")), cells=11)
    assert (problem.code, problem.sheet, problem.parts["cells"]) == ("too_many_cells", "b", 12)


def test_too_many_parts():
    many = parts(sheet_xml(ONE)) | {f"xl/a{n}.bin": "" for n in range(20)}
    assert refused(packed(many), parts=10).code == "too_many_parts"


@pytest.mark.parametrize("cut", [5, 100, 600, -1, -30])
def test_truncated_files_are_damaged(cut):
    assert refused(workbook(ONE)[:cut]).code == "file_damaged"


def test_every_flipped_byte_gives_a_plan_or_a_problem_and_never_raises():
    content = workbook(ONE, '<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>')
    for place in range(len(content)):
        broken = content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :]
        plan, problems = look(broken)
        assert (plan is None) == any(p.severity == "error" for p in problems)
        codes(problems)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_never_raise(noise):
    for content in (noise, b"PK\3\4" + noise, packed(parts(sheet_xml(ONE)))[:400] + noise):
        plan, problems = look(content)
        assert plan is None and len(problems) == 1


@pytest.mark.parametrize(("content", "code", "words"), [
    (b"", "file_empty", "空"),
    (bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "workbook_encrypted",
     "password"),
    (bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600), "workbook_old_format", ".et"),
    (b"<html><table>", "not_a_workbook", "<html>"),
    (packed({"a.txt": "hello"}), "zip_without_workbook", "xl/workbook.xml"),
    (packed({"xl/workbook.bin": "x"}), "workbook_binary", ".xlsb"),
])
def test_files_that_are_no_xlsx_are_named_as_what_they_are(content, code, words):
    problem = refused(content)
    assert problem.code == code
    assert words in spoken(problem)


def test_encrypted_parts_and_unknown_packing_are_refused():
    content = workbook(ONE)
    locked = bytearray(content)
    struct.pack_into("<H", locked, content.rindex(b"xl/worksheets/sheet1.xml") - 46 + 8, 1)
    assert refused(bytes(locked)).code == "workbook_encrypted"
    assert refused(packed(parts(sheet_xml(ONE)), zipfile.ZIP_BZIP2)).code == "file_damaged"


def test_missing_sheet_part_and_malformed_workbook_xml_are_damaged():
    contents = parts(sheet_xml(ONE))
    del contents["xl/worksheets/sheet1.xml"]
    assert "sheet1.xml" in str(refused(packed(contents)).parts["detail"])
    assert refused(packed(parts(sheet_xml(ONE)) | {"xl/workbook.xml": "<workbook>"})).code == "file_damaged"
    no_links = parts(sheet_xml(ONE))
    del no_links["xl/_rels/workbook.xml.rels"]
    assert refused(packed(no_links)).code == "file_damaged"


def test_hidden_rows_sheets_macros_and_links_are_told_and_do_not_stop():
    rows = "".join(f'<row r="{n}" hidden="{int(n > 3)}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 16))
    contents = parts(sheet_xml(rows), sheet_xml(ONE), sheet_xml(ONE), names=("客户", "表2", "表3"),
                     states=("visible", "hidden", "veryHidden"))
    contents |= {"xl/vbaProject.bin": "x", "xl/externalLinks/externalLink1.xml": "<a/>"}
    plan, problems = look(packed(contents))
    assert [(p.severity, p.code, p.sheet) for p in problems] == [
        ("info", "workbook_has_macros", None), ("warning", "workbook_has_links", None),
        ("warning", "rows_hidden", "客户"), ("info", "sheet_hidden", "表2"), ("info", "sheet_hidden", "表3"),
    ]
    assert problems[2].row == 4 and problems[2].parts == {"count": 12, "rows": "4, 5, 6, 7, 8, 9, 10, 11, 12, 13 …"}
    assert plan.sheets[0].facts.hidden_rows == list(range(4, 16))
    assert [sheet.hidden for sheet in plan.sheets] == [False, True, True]


@pytest.mark.parametrize(("pr", "expected"), [
    ("", False), ('<workbookPr date1904="1"/>', True), ('<workbookPr date1904="true"/>', True),
    ('<workbookPr date1904="0"/>', False),
])
def test_the_1904_flag(pr, expected):
    assert look(workbook(ONE, workbook_pr=pr))[0].dates_1904 is expected


def test_absolute_and_dotted_part_names_are_followed():
    contents = parts(sheet_xml(ONE))
    links = contents["xl/_rels/workbook.xml.rels"]
    for target in ("/xl/worksheets/sheet1.xml", "../xl/worksheets/sheet1.xml"):
        contents["xl/_rels/workbook.xml.rels"] = links.replace("worksheets/sheet1.xml", target)
        assert look(packed(contents))[0].sheets[0].facts.cells == 1


def test_merged_ranges_one_based_and_included():
    found = facts(ONE, '<mergeCells count="2"><mergeCell ref="B10:C11"/><mergeCell ref="A1"/></mergeCells>')
    assert found.merged == [(10, 2, 11, 3), (1, 1, 1, 1)]


@pytest.mark.parametrize(("cell", "error"), [
    ('<c r="C7" t="e"><f>1/0</f><v>#DIV/0!</v></c>', CellError("error", "#DIV/0!")),
    ('<c r="C7" s="2" t="e"><v>#N/A</v></c>', CellError("error", "#N/A")),
    ('<c r="C7"><f>A1&amp;"&lt;x"</f></c>', CellError("formula_without_result", '=A1&"<x')),
    ('<c r="C7"><f>A1+1</f><v></v></c>', CellError("formula_without_result", "=A1+1")),
    ('<c r="C7"><f>A1+1</f><v/></c>', CellError("formula_without_result", "=A1+1")),
    ('<c r="C7"><f>A1+1</f> \n <v></v></c>', CellError("formula_without_result", "=A1+1")),
    ('<c r="C7"><f t="shared" si="0"/></c>', CellError("formula_without_result", "=")),
    ('<c r="C7" t="str"><f>A1</f></c>', CellError("formula_without_result", "=A1")),
])
def test_cells_without_a_usable_value(cell, error):
    shown = CellError(error.kind, error.shown + ('"' if "<x" in error.shown else ""))
    assert facts(f'<row r="7">{cell}<c r="D7"><v>1</v></c></row>').cell_errors == {(7, 3): shown}


@pytest.mark.parametrize("cell", [
    '<c r="C7"><f>A1+1</f><v>2</v></c>',
    '<c r="C7"><f>A1+1</f> <v>2</v></c>',
    '<c r="C7"><f t="shared" ref="C7:C9" si="0">A1</f><v>0</v></c>',
    '<c r="C7" t="str"><f>IF(1,"","")</f><v></v></c>',
    '<c r="C7" t="str"><f>A1</f><v>text</v></c>',
    '<c r="C7" t="b"><f>A1</f><v>1</v></c>',
    '<c r="C7" t="inlineStr"><is><t>say t="e" now</t></is></c>',
    '<c r="C7" t="s"><v>0</v></c>',
])
def test_cells_with_a_value_are_left_alone(cell):
    assert facts(f'<row r="7">{cell}</row>').cell_errors == {}


def test_cells_that_name_no_place_are_counted_on():
    found = facts('<row><c><v>1</v></c><c><v>2</v></c></row><row r="5"><c t="e"><v>#N/A</v></c></row>')
    assert (found.cells, found.last_row, found.last_column) == (3, 5, 2)
    assert found.cell_errors == {(5, 1): CellError("error", "#N/A")}


@settings(deadline=None)
@given(st.lists(st.tuples(
    st.integers(1, 40), st.integers(1, 30),
    st.sampled_from(["<v>1</v>", "<f>A1</f>", "<f>A1</f><v>3</v>", "<f>A1</f><v></v>", "", "<is><t>x</t></is>"]),
    st.sampled_from(["", ' t="e"', ' t="str"', ' s="3" t="s"', ' s="3"']),
), unique_by=lambda cell: cell[:2]), st.integers(1, 60))
def test_patterns_and_parser_agree_however_the_bytes_arrive(cells, piece_bytes):
    from sincerity.intake.headers import column_letter
    rows = "".join(
        f'<row r="{row}" hidden="{row % 2}">'
        + (f'<c r="{column_letter(column - 1)}{row}"{kind}>{inside}</c>' if inside else
           f'<c r="{column_letter(column - 1)}{row}" s="1"/>') + "</row>"
        for row, column, inside, kind in cells
    )
    xml = sheet_xml(rows, '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>').encode()
    pieces = [xml[start : start + piece_bytes] for start in range(0, len(xml), piece_bytes)]
    assert scan_plain(pieces) == scan_any(pieces) == scan_any([xml])


def test_what_spreadsheet_programs_write_takes_the_fast_way(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("房源")
        sheet.write_row(0, 0, ["房号", 1, True])
        sheet.write_formula(1, 0, "=A1")
        sheet.merge_range(2, 0, 3, 1, "m")
        sheet.set_row(5, None, None, {"hidden": True})
    zipped = ZipParts((tmp_path / "a.xlsx").read_bytes(), Limits())
    fast = scan_plain(zipped.pieces("xl/worksheets/sheet1.xml"))
    assert fast is not None and fast == scan_any(zipped.pieces("xl/worksheets/sheet1.xml"))


def test_hostile_repetition_is_scanned_in_linear_time():
    begun = time.perf_counter()
    for rows in ('<f ' * 300_000, ' t="e"' * 300_000, '<c r="A1" ' * 100_000, '<row r="1" ' * 100_000):
        scan_plain([(HEAD + f'<worksheet xmlns="{MAIN}">' + rows).encode()])
    cell = '<c r="A1" t="inlineStr"><is><t>' + ' t="e"' * 300_000 + "</t></is></c>"
    found = scan_sheet(lambda: [sheet_xml(f'<row r="1">{cell}</row>').encode()])
    assert found.cells == 1 and found.cell_errors == {}
    assert time.perf_counter() - begun < 10
