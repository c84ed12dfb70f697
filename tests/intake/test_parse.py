"""From sheets to typed tables: order never matters, merged cells fill only their range, and big sheets are quick."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sincerity.domain import INPUT_TABLES
from sincerity.intake.aliases import shipped_aliases
from sincerity.intake.launch import assemble, in_reading_order
from sincerity.intake.launch_file import default_settings
from sincerity.intake.parse import parse_table
from sincerity.intake.raw import RawSheet
from sincerity.intake.recognise import recognise
from sincerity.problems import Problem
from tests.bad_inputs.good_launch import Book, good_book

WORDS = shipped_aliases()
SETTINGS = replace(default_settings(), launch_day=datetime(2026, 11, 28).date())


def raw(book: Book) -> tuple[RawSheet, ...]:
    return tuple(RawSheet("launch.xlsx", name, tuple(map(tuple, rows))) for name, rows in book.sheets.items())


def parsed(sheet: RawSheet):
    tables, problems = recognise((sheet,), WORDS)
    table = parse_table(tables[0], WORDS)
    return table, (*(p for p in problems if p.code != "table_missing"), *table.problems)


def frames(sheets: tuple[RawSheet, ...]) -> dict[str, pd.DataFrame]:
    launch, _ = assemble(SETTINGS, sheets, (), WORDS)
    return {s.name: getattr(launch, s.name) for s in INPUT_TABLES}


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    plain = frame.drop(columns="source_row")
    return plain.sort_values(list(plain.columns)).reset_index(drop=True)


def shuffled(book: Book, seed: int) -> Book:
    chance = random.Random(seed)
    for name, (header, *rows) in book.sheets.items():
        columns = chance.sample(range(len(header)), len(header))
        chance.shuffle(rows)
        book.sheets[name] = [[row[c] for c in columns] for row in (header, *rows)]
    return book


def test_a_good_table_is_typed_by_its_schema():
    table, problems = parsed(raw(good_book())[0])
    assert problems == ()
    first = table.frame.iloc[0]
    assert (first["unit_id"], first["floor"], first["area_m2"], first["status"]) == ("1-101", 1, 120.5, "available")
    assert list(table.frame["source_row"]) == list(range(2, 12))
    assert table.source.columns["area_m2"] == ("H", "建筑面积")
    assert (table.source.rows_read, table.source.rows_refused) == (10, 0)


@given(st.integers(0, 10_000))
def test_the_order_of_rows_and_columns_changes_nothing(seed):
    expected, found = frames(raw(good_book())), frames(raw(shuffled(good_book(), seed)))
    for name in expected:
        pd.testing.assert_frame_equal(in_order(found[name]), in_order(expected[name]))


def test_the_order_of_rows_does_not_change_what_is_told():
    book = good_book()
    book.sheets["意向房号"][1][3] = "9-999"
    _, problems = assemble(SETTINGS, raw(book), (), WORDS)
    book.sheets["意向房号"][1:] = book.sheets["意向房号"][:0:-1]
    _, again = assemble(SETTINGS, raw(book), (), WORDS)
    assert [p.what("zh") for p in in_reading_order(problems)] == [p.what("zh") for p in in_reading_order(again)]


def test_blank_rows_are_skipped_and_rows_keep_their_numbers():
    units = good_book().sheets["房源"]
    rows = [["某项目房源表"], [None], units[0], [None] * 12, units[1], ["  "], units[2]]
    table, problems = parsed(RawSheet("a.xlsx", "房源", tuple(map(tuple, rows))))
    assert problems == ()
    assert list(table.frame["source_row"]) == [5, 7]


def test_merged_cells_fill_their_own_range_only():
    units = [list(row) for row in good_book().sheets["房源"]]
    for row in (*units[2:5], units[6]):
        row[1] = None
    sheet = RawSheet("a.xlsx", "房源", tuple(map(tuple, units)), merged=((2, 2, 5, 2),))
    table, problems = parsed(sheet)
    assert list(table.frame["building"]) == ["1"] * 5 + [""] + ["1"] * 4
    assert [(p.code, p.row) for p in problems] == [("merged_filled", 2), ("required_missing", 7)]


def test_cells_of_equal_value_and_other_type_are_kept_apart():
    rows = (("客户编号", "问题", "答案"), ("B1", "q", 1.0), ("B2", "q", True), ("B3", "q", "1"))
    table, problems = parsed(RawSheet("a.xlsx", "问卷", rows))
    assert list(table.frame["answer"]) == ["1", "True", "1"]
    rows = (("房号", "客户编号", "裁定"), (1.0, "B2", "keep"), (True, "B1", "keep"))
    _, problems = parsed(RawSheet("a.xlsx", "裁定", rows))
    assert [(p.code, p.row) for p in problems] == [("code_turned_into_boolean", 3)]


def test_defaults_stand_where_nothing_was_written_but_not_where_something_wrong_was():
    units = [list(row) for row in good_book().sheets["房源"]]
    units[1][11], units[2][11] = None, "???"
    table, _ = parsed(RawSheet("a.xlsx", "房源", tuple(map(tuple, units))))
    assert list(table.frame["status"][:3]) == ["available", "", "available"]
    assert table.source.rows_refused == 1


def test_short_rows_are_read_as_if_padded():
    rows = (("客户编号", "登记日期", "备用", "姓名"), ("B1", "2026-11-01"), ("B2", "2026-11-02", None, "王"))
    table, problems = parsed(RawSheet("a.csv", "客户", rows))
    assert list(table.frame["name"]) == ["", "王"]
    assert {p.code for p in problems} == {"columns_extra"}


@pytest.mark.parametrize("unit", ["（万元）", "万元", "[万]"])
def test_a_unit_in_the_header_converts_the_column(unit):
    rows = (("轮次", "客户编号", "意向顺序", "房号", f"可承受总价{unit}"), (3, "B1", 1, "1-1", 210.35), (3, "B2", 1,
    "1-1", "1,999元"))
    table, problems = parsed(RawSheet("a.xlsx", "意向房号", rows))
    assert table.frame["max_total_yuan"][0] == 2_103_500
    assert [p.code for p in problems] == ["unit_converted", "out_of_range"]


def test_problems_are_told_in_reading_order():
    places = [("b", "s", 1, "A"), ("a", "s", 12, "B"), ("a", "s", 12, "AA"), ("a", "s", 2, "Z"), (None, None, None,
    None)]
    problems = tuple(Problem("error", "required_missing", *place) for place in places)
    assert [(p.file, p.row, p.column) for p in in_reading_order(problems)] == [
        (None, None, None), ("a", 2, "Z"), ("a", 12, "B"), ("a", 12, "AA"), ("b", 1, "A")]
