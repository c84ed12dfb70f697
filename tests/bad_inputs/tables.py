"""Sheets and headers: missing, doubled, unclear, in the wrong unit."""

from __future__ import annotations

from tests.bad_inputs.case import Case
from tests.bad_inputs.good_launch import (
    Book,
    add_row,
    both,
    drop_column,
    drop_sheet,
    fill,
    insert_row,
    merge,
    put,
    rename_sheet,
)


def _no_rows(sheet: str):
    return lambda book: book.sheets.update({sheet: book.sheets[sheet][:1]})


def _second_header(book: Book) -> None:
    header = book.sheets["意向房号"][0]
    book.sheets["意向房号"].insert(0, [*header[3:], *header[:3]])


def _no_header(book: Book) -> None:
    del book.sheets["房源"][0]


def _copy(sheet: str, name: str):
    return lambda book: book.sheets.update({name: [list(row) for row in book.sheets[sheet]]})


def _columns_toml(text: str):
    return lambda book: book.files.update({"columns.toml": text.encode()})


TABLES = (
    Case("table_missing", drop_sheet("接触记录"), "table_missing", "", "缺少必需的表“接触记录”（touchpoints）",
         "The required table “touchpoints” (接触记录) is missing", file=None),
    Case("table_without_rows", _no_rows("意向房号"), "table_empty", "意向房号!1", "“意向房号”表没有数据行",
         "The table “picks” has no rows",
         also=("keep_not_picked",)),
    Case("sheet_quite_empty", lambda book: book.sheets.update({"问卷": []}), "table_not_used", "问卷",
         "“问卷”表没有数据行，本次不用",
         "The table “answers” has no rows and is not used", "info"),
    Case("optional_table_without_rows", _no_rows("目标"), "table_not_used", "目标!1", "“目标”表没有数据行，本次不用",
         "The table “targets” has no rows and is not used", "info"),
    Case("table_on_two_sheets", _copy("客户", "客户明细"), "table_twice", "客户明细",
         "有两个工作表都是“客户”表，另一个在 launch.xlsx › 客户",
         "Two sheets hold the table “buyers”; the other one is launch.xlsx › 客户"),
    Case("sheet_of_unknown_name", rename_sheet("意向房号", "Sheet4"), "sheet_guessed", "Sheet4",
         "按表头当作“意向房号”表读取",
         "by its header it was read as the table “picks”", "warning"),
    Case("two_sheets_of_unknown_name", both(rename_sheet("意向房号", "Sheet4"), _copy("Sheet4", "Sheet5")),
         "sheet_unclear", "Sheet4",
         "看不出这个工作表是哪张表，表头可对应：意向房号", "its header fits: picks",
         also=("sheet_unclear", "table_missing", "keep_not_picked")),
    Case("sheet_of_notes", lambda book: book.sheets.update({"说明": [["本表由销售部填写"]]}), "sheet_not_used", "说明",
         "没有使用",
         "was not used", "info"),
    Case("no_header", _no_header, "header_not_found", "房源", "前30行里找不到“房源”表的表头；看到的文字：1-101",
         "No header row for the table “units” in the first 30 rows; found: 1-101"),
    Case("two_different_headers", _second_header, "header_unclear", "意向房号!2", "第1行和第2行都像表头",
         "Rows 1 and 2 both look like the header", also=("header_again", "required_missing", "date_unclear",
         "whole_unclear",
         "choice_unknown", "number_unclear", "out_of_range", "unknown_buyer", "unknown_unit", "keep_not_picked",
         "code_turned_into_date", "rank_twice", "pick_twice", "round_not_planned", "dates_from_numbers",
         "date_out_of_range",
         "looks_like_ranks", "looks_like_wan", "looks_too_small")),
    Case("header_repeated", insert_row("意向房号", 5, "轮次", "客户编号", "意向顺序", "房号", "可承受总价"),
         "header_again", "意向房号!A5",
         "数据中间又出现了一行表头", "The header row is repeated among the data"),
    Case("column_missing", drop_column("房源", "J"), "column_missing", "房源!1",
         "缺少必填列“基础单价”（base_price_yuan_per_m2）",
         "The required column “base_price_yuan_per_m2” (基础单价) is missing"),
    Case("column_misnamed", put("房源!F1", "户型代号"), "column_missing", "房源!1", "是否应为“户型代号”？",
         "Did you mean “户型代号”?",
         also=("columns_extra", "unknown_layout")),
    Case("column_twice", put("房源!M1", "预测建筑面积"), "column_twice", "房源!M1",
         "“预测建筑面积”和 H “建筑面积” 都可以作为“建筑面积”",
         "Both “预测建筑面积” and H “建筑面积” could be “area_m2”"),
    Case("column_nobody_knows", put("客户!O1", "微信昵称"), "columns_extra", "客户!1", "有1列没有使用：微信昵称",
         "Columns not used (1): 微信昵称", "info"),
    Case("unit_that_does_not_fit", put("房源!H1", "建筑面积(平方英尺)"), "unit_does_not_fit", "房源!H1",
         "写的单位是“平方英尺”，而“建筑面积”的单位应是㎡", "says “平方英尺”, but area_m2 is measured in m²"),
    Case("price_header_in_square_metres", put("房源!J1", "基础单价（㎡）"), "unit_does_not_fit", "房源!J1",
         "单位应是元/㎡",
         "is measured in yuan/m²"),
    Case("unit_of_ten_thousand", both(put("意向房号!E1", "可承受总价（万元）"), fill("意向房号", "E",
         lambda c: c and c / 10000)),
         "unit_converted", "意向房号!E1", "单位是“万元”，数值已乘以10,000换算", "its numbers were multiplied by 10,000",
         "info"),
    Case("merged_cells", merge("房源", "B2:B5"), "merged_filled", "房源!B2", "合并单元格 B2:B5 已把首行的值填到下面3行",
         "Merged cells B2:B5: the top value was filled down into 3 rows", "info"),
    Case("own_columns_twice", _columns_toml('[tables.units.columns]\narea_m2 = ["面"]\nfloor = ["面"]\n'),
         "columns_file_wrong", "",
         "columns.toml 不能使用", "'面' stands for area_m2 and for floor", file="columns.toml"),
    Case("own_columns_unknown_field", _columns_toml('[tables.units.columns]\narea = ["面"]\n'), "columns_file_wrong",
         "",
         "'area' is not one of", "'area' is not one of", file="columns.toml"),
    Case("own_columns_broken", _columns_toml('[tables.units\n'), "columns_file_wrong", "!1", "columns.toml 不能使用",
         "columns.toml cannot be used", file="columns.toml"),
    Case("repeated_total", add_row("目标", "合计", 2, 10), "total_row", "目标!A4", "“合计”", "“合计”"),
)
