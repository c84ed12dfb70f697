"""Headers and sheets: known by many names, never guessed silently."""

from __future__ import annotations

import pytest

from sincerity.domain import INPUT_TABLES
from sincerity.intake.aliases import build_aliases, key, shipped_aliases, shipped_words
from sincerity.intake.headers import column_letter, header_cells, recognised_fields
from sincerity.intake.launch_aliases import load_aliases
from sincerity.intake.raw import RawSheet
from sincerity.intake.recognise import recognise, table_of_name

WORDS = shipped_aliases()
UNITS = ["房号", "楼栋", "楼层", "户型", "建筑面积", "基础单价"]
BUYERS = ["客户编号", "登记日期"]
TOUCHPOINTS = ["客户编号", "类型", "时间"]
PICKS = ["轮次", "客户编号", "意向顺序", "房号"]


def sheet(name: str, *rows: list) -> RawSheet:
    return RawSheet("launch.xlsx", name, tuple(map(tuple, rows)))


def only_field(header: str, table: str) -> tuple[str, str]:
    cells = header_cells([header], table, WORDS)
    return (cells[0].field, cells[0].unit) if cells else ("", "")


@pytest.mark.parametrize(("header", "table", "field"), [
    ("房源编号", "units", "unit_id"), ("房 号", "units", "unit_id"), ("房\n号", "units", "unit_id"), ("*房号", "units",
    "unit_id"),
    ("UNIT_ID", "units", "unit_id"), ("Unit No.", "units", "unit_id"), ("楼栋号", "units", "building"), ("房号（必填）",
    "units", "unit_id"),
    ("联系电话", "buyers", "phone"), ("手机号码", "buyers", "phone"), ("客户姓名", "buyers", "name"), ("跟进人",
    "buyers", "consultant"),
    ("首访日期", "buyers", "registered_on"), ("登记时间", "buyers", "registered_on"), ("登记时间", "touchpoints",
    "recorded_at"),
    ("状态", "units", "status"), ("状态", "buyers", "state"), ("房號", "units", ""), ("价格", "units", ""),
])
def test_columns_by_many_names(header, table, field):
    assert only_field(header, table)[0] == field


@pytest.mark.parametrize(("header", "field", "unit"), [
    ("建筑面积(㎡)", "area_m2", "m2"), ("建筑面积（平方米）", "area_m2", "平方米"), ("建筑面积㎡", "area_m2", "m2"),
    ("面积[sqft]", "area_m2", "sqft"),
    ("基础单价\n（元/㎡）", "base_price_yuan_per_m2", "元m2"), ("基价万元", "base_price_yuan_per_m2", "万元"),
    ("建筑面积", "area_m2", ""),
])
def test_units_written_in_headers(header, field, unit):
    assert only_field(header, "units") == (field, unit)


def test_the_best_table_counts():
    assert recognised_fields(UNITS) == 6
    assert recognised_fields(["房号", "房源编号"]) == 1
    assert recognised_fields(["甲", "乙", None, 3.0]) == 0


def test_letters_above_columns():
    assert [column_letter(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_every_field_and_choice_has_a_name_in_both_languages():
    for schema in INPUT_TABLES:
        for column in schema.columns[:-1]:
            assert WORDS.columns[schema.name][key(column.name)] == column.name
            assert not WORDS.labels[schema.name, column.name].isascii()
            for choice in column.choices:
                assert WORDS.choices[schema.name, column.name][key(choice)] == choice


@pytest.mark.parametrize(("name", "table"), [
    ("房源", "units"), ("房源表", "units"), ("1.房源", "units"), ("客户明细 (2)", "buyers"), ("Picks", "picks"),
    ("意向房号表", "picks"),
    ("Sheet1", ""), ("说明", ""),
])
def test_sheets_by_many_names(name, table):
    assert table_of_name(sheet(name), WORDS) == table


def test_a_csv_is_known_by_its_file():
    assert table_of_name(RawSheet("units.csv", "", ()), WORDS) == "units"
    assert table_of_name(RawSheet("房源.CSV", "房源", ()), WORDS) == "units"


def test_the_header_is_found_below_titles():
    units = sheet("房源", ["某某花园一期房源表", None], [None], ["制表：策划部", "2026-11-01"], UNITS, ["1-101", "1", 1,
    "A", 80, 2e4])
    tables, _ = recognise((units,), WORDS)
    assert tables[0].header_row == 3
    assert tables[0].place("area_m2") == ("E", "建筑面积")


def test_an_unnamed_sheet_is_taken_only_when_it_fits_one_missing_table():
    named = (sheet("房源", UNITS, ["x"]), sheet("客户", BUYERS, ["x"]), sheet("接触记录", TOUCHPOINTS, ["x"]))
    tables, problems = recognise((*named, sheet("Sheet9", PICKS, ["x"])), WORDS)
    assert [table.table for table in tables] == ["units", "buyers", "touchpoints", "picks"]
    assert [problem.code for problem in problems] == ["sheet_guessed"]
    tables, problems = recognise((*named, sheet("意向房号", PICKS, ["x"]), sheet("Sheet9", PICKS, ["x"])), WORDS)
    assert [problem.code for problem in problems] == ["sheet_not_used"]
    assert len(tables) == 4


def test_a_launch_lays_its_own_names_over_the_shipped_ones(tmp_path):
    own = '[tables.units]\nignore = ["预测面积"]\n[tables.units.columns]\narea_m2 = ["面积Ａ"]\nunit_id = ["状态"]\n'
    (tmp_path / "columns.toml").write_text(own, encoding="utf-8")
    aliases, problems = load_aliases(tmp_path)
    assert problems == ()
    assert header_cells(["面积a", "状态", "建筑面积"], "units", aliases)[0].field == "area_m2"
    assert header_cells(["状态"], "units", aliases)[0].field == "unit_id"
    header = [*UNITS, "预测面积"]
    assert "column_twice" not in {p.code for p in recognise((sheet("房源", header, ["x"]),), aliases)[1]}
    assert "column_twice" in {p.code for p in recognise((sheet("房源", header, ["x"]),), WORDS)[1]}


@pytest.mark.parametrize("own", [
    {"tables": {"rooms": {"names": ["x"]}}}, {"tables": {"units": {"columns": {"size": ["x"]}}}},
    {"tables": {"units": {"choices": {"status": {"gone": ["x"]}}}}},
    {"tables": {"units": {"columns": {"floor": ["x"], "area_m2": ["x"]}}}}, {"coloms": {}},
])
def test_names_for_nothing_or_for_two_things_are_refused(own):
    with pytest.raises(ValueError, match=r"not one of|stands for"):
        build_aliases(shipped_words(), own)
