"""Files that cannot or must not be read."""

from __future__ import annotations

import io
import zipfile

from tests.bad_inputs.case import Case
from tests.bad_inputs.good_launch import WORKBOOK, Book, put
from tests.intake.workbooks import packed, parts, sheet_xml

OLE_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _file(content: bytes, name: str = WORKBOOK):
    def change(book: Book) -> None:
        book.workbook = None
        book.files[name] = content

    return change


def _csv(sheet: str, spoil, encoding: str = "utf-8-sig"):
    def change(book: Book) -> None:
        book.to_csv(encoding)
        book.files[f"{sheet}.csv"] = spoil(book.files[f"{sheet}.csv"])

    return change


def _torn_zip() -> bytes:
    whole = packed(parts(sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')))
    return whole[: len(whole) // 2]


def _zip_of_pictures() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("photo.txt", "no workbook")
    return target.getvalue()


def _encrypted() -> bytes:
    return OLE_HEAD + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512


FAR_CORNER = packed(parts(sheet_xml('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')))
DOCTYPE = packed(parts(sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>', head='<!DOCTYPE a [<!ENTITY b "c">]>')))


def _settings(old: str, new: str):
    def change(book: Book) -> None:
        book.launch_toml = (book.launch_toml or "").replace(old, new)

    return change


def _without_launch_file(book: Book) -> None:
    book.launch_toml = None


def _second_workbook(book: Book) -> None:
    book.files["copy.xlsx"] = packed(parts(sheet_xml("")))


FILES = (
    Case("no_data", lambda book: setattr(book, "workbook", None), "no_tables", "", "文件夹里没有数据", "no data",
         file=None,
         also=("table_missing",)),
    Case("empty_workbook", _file(b""), "file_empty", "", "文件是空的", "empty"),
    Case("torn_zip", _file(_torn_zip()), "file_damaged", "", "文件已损坏", "damaged"),
    Case("not_a_workbook", _file(b"<html><table></table></html>"), "not_a_workbook", "", "这不是 Excel 工作簿",
         "<html>"),
    Case("zip_without_workbook", _file(_zip_of_pictures()), "zip_without_workbook", "", "压缩包里没有工作簿",
         "xl/workbook.xml"),
    Case("encrypted", _file(_encrypted()), "workbook_encrypted", "", "工作簿设了打开密码", "password"),
    Case("old_format", _file(OLE_HEAD + b"\0" * 1024), "workbook_old_format", "", "旧版工作簿", ".xls"),
    Case("far_corner", _file(FAR_CORNER), "far_corner", "S1", "第 1048576 行、第 16384 列", "1048576"),
    Case("doctype", _file(DOCTYPE), "doctype_in_part", "", "含有 DOCTYPE 声明", "DOCTYPE"),
    Case("two_workbooks", _second_workbook, "two_workbooks", "", "copy.xlsx, launch.xlsx", "copy.xlsx, launch.xlsx",
         file=None),
    Case("old_xls_only", _file(OLE_HEAD, "launch.xls"), "format_not_read", "", "这种格式不读取", ".xlsx",
         file="launch.xls"),
    Case("csv_wrong_encoding", _csv("客户", lambda content: content[:60] + b"\xff\xff" + content[60:], "utf-8"),
         "csv_undecodable", "!1",
         "无法识别的字节", "byte", file="客户.csv"),
    Case("csv_open_quote", _csv("客户", lambda content: content + b'"B06,'), "csv_open_quote", "!7",
         "引号没有结束",
         "A quotation mark opened in row 7 is never closed", file="客户.csv"),
    Case("csv_nul_byte", _csv("客户", lambda content: content + b"\0\0"), "csv_nul_byte", "!7", "空字节", "NUL",
         file="客户.csv"),
    Case("csv_bad_cell", _csv("客户", lambda content: content.replace(b"2026-10-11", "10月11日".encode())),
         "date_without_year", "!F3",
         "“10月11日”没有年份", "“10月11日” has no year", file="客户.csv"),
    Case("no_launch_file", _without_launch_file, "launch_file_missing", "", "没有 launch.toml", "launch.toml",
         file="launch.toml"),
    Case("misspelt_setting", _settings("language", "langage"), "setting_misspelt_key", "!6", "是不是想写 language",
         "language", file="launch.toml"),
    Case("cutoffs_out_of_order", _settings("2026-11-13", "2026-11-29"), "cutoffs_out_of_order", "!14", "2026-11-27",
         "is not later than the one before", also=("cutoff_after_launch_day",), file="launch.toml"),
    Case("settings_and_cells_at_once", lambda book: (_settings("language", "langage")(book), put("房源!H3",
         None)(book))[0],
         "required_missing", "房源!H3", "“建筑面积”没有填", "is empty", also=("setting_misspelt_key",)),
)
