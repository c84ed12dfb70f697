"""A small launch without a fault, and the ways to spoil it: a Book is changed in memory, then written to a folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import openpyxl
import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol

LAUNCH_TOML = """\
name = "小样"
launch_id = "small"
seed = "small"
show_flat_open = 2026-10-17
launch_day = 2026-11-28
language = "zh"

[[rounds]]
number = 2
cutoff = 2026-11-13T18:00:00

[[rounds]]
number = 3
cutoff = 2026-11-27T20:00:00
"""
WORKBOOK = "launch.xlsx"


@dataclass(frozen=True)
class ErrorCell:
    """A cell whose formula ends in an Excel error."""

    shown: str


@dataclass(frozen=True)
class BareFormula:
    """A formula whose result was never stored, as programs other than Excel write it."""

    text: str


@dataclass
class Book:
    """The sheets of one workbook (or CSV folder), its launch.toml, and further files."""

    sheets: dict[str, list[list]]
    launch_toml: str | None = LAUNCH_TOML
    merged: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    workbook: str | None = WORKBOOK
    options: dict[str, object] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """The launch folder, written."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.launch_toml is not None:
            (folder / "launch.toml").write_text(self.launch_toml, encoding="utf-8")
        if self.workbook:
            self._write_workbook(folder / self.workbook)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        return folder

    def csv_bytes(self, sheet: str, encoding: str = "utf-8-sig") -> bytes:
        """One sheet as a CSV file."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(
            ["" if cell is None else cell for cell in row] for row in self.sheets[sheet])
        return text.getvalue().encode(encoding)

    def to_csv(self, encoding: str = "utf-8-sig") -> None:
        """Turns the workbook into one CSV file per sheet."""
        self.files |= {f"{sheet}.csv": self.csv_bytes(sheet, encoding) for sheet in self.sheets}
        self.workbook = None

    def _write_workbook(self, path: Path) -> None:
        bare: list[tuple[str, int, int, str]] = []
        with xlsxwriter.Workbook(str(path), self.options) as book:
            formats = {kind: book.add_format({"num_format": shown}) for kind, shown in (
                (datetime, "yyyy-mm-dd hh:mm"), (date, "yyyy-mm-dd"))}
            for name, rows in self.sheets.items():
                sheet = book.add_worksheet(name)
                for r, row in enumerate(rows):
                    for c, value in enumerate(row):
                        if isinstance(value, BareFormula):
                            bare.append((name, r, c, value.text))
                        elif isinstance(value, ErrorCell):
                            sheet.write_formula(r, c, "=NA()", None, value.shown)
                        elif isinstance(value, (datetime, date)):
                            sheet.write_datetime(r, c, value, formats[type(value)])
                        elif isinstance(value, str):
                            sheet.write_string(r, c, value)
                        elif value is not None:
                            sheet.write(r, c, value)
                for title, cells in self.merged:
                    if title == name:
                        first, last = map(xl_cell_to_rowcol, cells.split(":"))
                        sheet.merge_range(*first, *last, rows[first[0]][first[1]])
        if bare:
            _write_bare_formulas(path, bare)


Change = Callable[[Book], None]


def good_book() -> Book:
    """Ten units, five buyers, and every optional table: read without a single remark."""
    day = lambda d, h=10: datetime(2026, 11, d, h)  # noqa: E731 (a table reads better than a def)
    return Book({
        "房源": [
            ["房号", "楼栋", "单元", "楼层", "室号", "户型", "房间数", "建筑面积", "朝向", "基础单价", "执行单价",
             "状态"],
            *([f"1-{floor}0{room}", "1", "1", floor, f"0{room}", "三房" if room == 1 else "两房", 4 - room,
               120.5 if room == 1 else 88.25, "南", 20000 + 100 * floor, 20200 + 100 * floor, "可售"]
              for floor in range(1, 6) for room in (1, 2)),
        ],
        "客户": [
            ["客户编号", "姓名", "手机", "家庭编号", "置业顾问", "登记日期", "来源", "购房目的", "预算上限", "付款方式",
             "认筹日期",
             "认筹号", "认筹方式", "客户状态"],
            ["B01", "安娜", "13800000001", None, "吴磊", date(2026, 10, 10), "自然到访", "首置", 2600000, "按揭",
             day(1), "V001",
             "冻结资金", "有效"],
            ["B02", "波", "13800000002", None, "吴磊", date(2026, 10, 11), "渠道", "改善", 2800000, "按揭", day(2),
             "V002",
             "可退诚意金", "有效"],
            ["B03", "蔡", "13800000003", None, "徐静", date(2026, 10, 12), "渠道", "改善", None, "一次性", None, None,
             "办卡", "有效"],
            ["B04", "丹", "13800000004", None, "徐静", date(2026, 10, 13), "自然到访", "投资", None, "按揭", None, None,
             "无", "有效"],
            ["B05", "伊", "13800000005", None, "徐静", date(2026, 10, 14), "老带新", "首置", None, "按揭", None, None,
             "无", "有效"],
        ],
        "接触记录": [
            ["客户编号", "类型", "时间", "录入时间", "同行人", "置业顾问", "备注"],
            ["B01", "到访", day(1), day(1, 18), "家人", "吴磊", "问付款"],
            ["B01", "看样板房", day(3), day(3, 18), "决策人", "吴磊", None],
            ["B02", "到访", day(2), day(2, 18), "独自", "吴磊", None],
            ["B02", "来电", day(6), day(6, 18), None, "吴磊", None],
            ["B03", "到访", day(4), day(4, 18), None, "徐静", None],
            ["B04", "来电", day(5), day(5, 18), None, "徐静", None],
            ["B05", "去电", day(7), day(7, 18), None, "徐静", None],
        ],
        "意向房号": [
            ["轮次", "客户编号", "意向顺序", "房号", "可承受总价", "价格认可", "录入时间"],
            [3, "B01", 1, "1-101", 2500000, "接受基准", day(20)],
            [3, "B01", 2, "1-201", 2500000, "接受基准", day(20)],
            [3, "B02", 1, "1-101", 2450000, "接受下限", day(20)],
            [3, "B02", 2, "1-102", 1800000, "接受上限", day(20)],
            [3, "B03", 1, "1-301", 2500000, None, day(20)],
            [3, "B04", 1, "1-202", 1790000, None, day(20)],
            [3, "B05", 1, "1-302", None, None, day(20)],
        ],
        "问卷": [
            ["客户编号", "问题", "答案", "录入时间"],
            ["B01", "意向户型", "三房", day(8)],
            ["B02", "意向楼栋", "1", day(8)],
        ],
        "目标": [["户型", "下限", "上限", "奖励"], ["三房", 1, 5, 0], ["两房", 1, 5, 2]],
        "裁定": [
            ["客户编号", "房号", "裁定", "裁定人", "原因", "裁定时间"],
            ["B03", "1-301", "保留给", "李总", "老业主", day(21)],
            ["B05", "1-302", "不给", "李总", "已另荐", day(21)],
        ],
    })


def put(place: str, value: object) -> Change:
    """Sets one cell, e.g. ``put("房源!H3", 3)``; rows and columns grow as needed."""
    sheet, cell = place.split("!")
    row, column = xl_cell_to_rowcol(cell)

    def change(book: Book) -> None:
        rows = book.sheets[sheet]
        rows.extend([] for _ in range(row + 1 - len(rows)))
        rows[row].extend([None] * (column + 1 - len(rows[row])))
        rows[row][column] = value

    return change


def fill(sheet: str, column: str, values: list | Callable) -> Change:
    """Sets a column from row 2 down, to ``values`` or to what ``values`` makes of each cell."""
    _, c = xl_cell_to_rowcol(f"{column}1")

    def change(book: Book) -> None:
        for i, row in enumerate(book.sheets[sheet][1:]):
            row.extend([None] * (c + 1 - len(row)))
            row[c] = values(row[c]) if callable(values) else values[i]

    return change


def add_row(sheet: str, *cells: object) -> Change:
    """Adds a row at the bottom."""
    return lambda book: book.sheets[sheet].append(list(cells))


def insert_row(sheet: str, row: int, *cells: object) -> Change:
    """Inserts a row so that it becomes Excel row ``row``."""
    return lambda book: book.sheets[sheet].insert(row - 1, list(cells))


def drop_column(sheet: str, column: str) -> Change:
    """Removes a column."""
    _, c = xl_cell_to_rowcol(f"{column}1")

    def change(book: Book) -> None:
        for row in book.sheets[sheet]:
            del row[c]

    return change


def drop_sheet(sheet: str) -> Change:
    """Removes a sheet."""
    return lambda book: book.sheets.pop(sheet) and None


def rename_sheet(old: str, new: str) -> Change:
    """Gives a sheet another name."""

    def change(book: Book) -> None:
        book.sheets = {new if name == old else name: rows for name, rows in book.sheets.items()}

    return change


def merge(sheet: str, cells: str) -> Change:
    """Merges a range; the value stands in its first cell, the others are emptied."""
    first, last = map(xl_cell_to_rowcol, cells.split(":"))

    def change(book: Book) -> None:
        for r in range(first[0], last[0] + 1):
            for c in range(first[1], last[1] + 1):
                if (r, c) != first:
                    book.sheets[sheet][r][c] = None
        book.merged.append((sheet, cells))

    return change


def both(*changes: Change) -> Change:
    """Several changes, one after the other."""

    def change(book: Book) -> None:
        for each in changes:
            each(book)

    return change


def _write_bare_formulas(path: Path, formulas: list[tuple[str, int, int, str]]) -> None:
    book = openpyxl.load_workbook(path)
    for sheet, row, column, text in formulas:
        book[sheet].cell(row + 1, column + 1).value = text
    book.save(path)
