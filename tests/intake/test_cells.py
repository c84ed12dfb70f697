"""What single cells mean: every usual way to write a value gives the same value, and what is unclear is a fault."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sincerity.intake.aliases import Wrapping, shipped_aliases
from sincerity.intake.cells import (
    Fault,
    clean,
    nearest,
    parse_choice,
    parse_code,
    parse_free_text,
    parse_number,
    parse_phone,
    parse_whole,
    shown,
)
from sincerity.intake.moments import parse_moment
from sincerity.intake.raw import CellError

WORDS = shipped_aliases()
BLANKS = WORDS.blanks
YUAN = WORDS.measures["yuan"]
SQUARE_METRES = WORDS.measures["m²"]
FULL_WIDTH = str.maketrans("0123456789.,-:", "０１２３４５６７８９．，－：")


@pytest.mark.parametrize(("cell", "expected"), [
    (2100000, 2100000), ("2,100,000", 2100000), ("2，100，000", 2100000), ("2 100 000", 2100000), ("210万", 2100000),
    ("210 万元", 2100000), ("0.021亿", 2100000), ("¥2,100,000", 2100000), ("￥2100000元", 2100000), ("２１０万",
    2100000),
    ("210.35万", 2103500), (" 1.5 ", 1.5), (".5", 0.5), (None, None), ("", None), ("—", None), ("暂无", None), ("/",
    None),
])
def test_amounts(cell, expected):
    assert parse_number(cell, BLANKS, YUAN) == expected


@pytest.mark.parametrize("cell", ["80.5㎡", "80.5 m2", "80.5平方米", "80.5 sqm", 80.5, "８０．５"])
def test_areas(cell):
    assert parse_number(cell, BLANKS, SQUARE_METRES) == 80.5


@pytest.mark.parametrize(("cell", "code"), [
    ("约80", "number_unclear"), ("80-90", "number_unclear"), ("1,23", "number_unclear"), ("12,3456", "number_unclear"),
    ("80..5", "number_unclear"), ("1.234,5", "number_unclear"), ("80 吨", "number_unclear"), ("210万左右",
    "number_unclear"),
    ("1.2E+06", "scientific_text"), ("12%", "number_is_percent"), (True, "number_unclear"), (time(1, 2),
    "number_unclear"),
    (datetime(2026, 1, 1), "number_unclear"), (CellError("error", "#N/A"), "cell_error"),
    (CellError("formula_without_result", "=A1"), "formula_without_result"),
])
def test_unclear_numbers(cell, code):
    assert parse_number(cell, BLANKS, YUAN).code == code


def test_a_unit_in_the_cell_counts_before_the_one_in_the_header():
    assert parse_number(210, BLANKS, YUAN, 10_000) == 2_100_000
    assert parse_number("210", BLANKS, YUAN, 10_000) == 2_100_000
    assert parse_number("210万", BLANKS, YUAN, 10_000) == 2_100_000
    assert parse_number("2100000元", BLANKS, YUAN, 10_000) == 2_100_000


@pytest.mark.parametrize(("cell", "expected"), [
    (3, 3), (3.0, 3), ("3", 3), ("3F", 3), ("3层", 3), ("第3层", 3), ("三层", 3), ("十二层", 12), ("二十", 20),
    ("三十一楼", 31),
    ("B1", -1), ("-1", -1), ("负一层", -1), ("地下二层", -2), ("－１", -1), ("3.0", 3),
])
def test_floors(cell, expected):
    assert parse_whole(cell, BLANKS, WORDS.around["floor"]) == expected


@pytest.mark.parametrize("cell", ["第三轮", "3轮", "Round 3", "R3", "三", 3])
def test_rounds(cell):
    assert parse_whole(cell, BLANKS, WORDS.around["round"]) == 3


@pytest.mark.parametrize("cell", ["第一意向", "第1志愿", "意向1", "一", "1", 1.0])
def test_ranks(cell):
    assert parse_whole(cell, BLANKS, WORDS.around["choice_rank"]) == 1


@pytest.mark.parametrize("cell", ["3.5", 3.5, "三至五层", "顶层", "3-5", "三三", True, datetime(2026, 1, 1)])
def test_unclear_whole_numbers(cell):
    assert parse_whole(cell, BLANKS, WORDS.around["floor"]).code == "whole_unclear"


def test_whole_numbers_without_wrapping_words():
    assert parse_whole("7", BLANKS, Wrapping()) == 7
    assert parse_whole("7层", BLANKS, Wrapping()).code == "whole_unclear"


DAY = datetime(2026, 11, 1)
NOON = datetime(2026, 11, 1, 12, 30)


@pytest.mark.parametrize(("cell", "expected"), [
    (DAY, DAY), (date(2026, 11, 1), DAY), ("2026-11-01", DAY), ("2026/11/1", DAY), ("2026.11.1", DAY), ("2026年11月1日",
    DAY),
    ("２０２６－１１－０１", DAY), ("20261101", DAY), (20261101, DAY), (46327, DAY), (46327.0, DAY),
    ("2026-11-01 星期日", DAY),
    ("2026-11-01 12:30", NOON), ("2026/11/1 12:30:00", NOON), ("2026年11月1日12时30分", NOON), ("2026-11-01T12:30:00",
    NOON),
    ("2026-11-1 下午12:30", NOON), ("2026-11-1 12:30 PM", NOON), (46327.520833333336, NOON),
    ("2026-11-01 上午12:30", datetime(2026, 11, 1, 0, 30)), (None, None), ("待定", None),
])
def test_moments(cell, expected):
    assert parse_moment(cell, BLANKS) == expected


def test_day_numbers_of_the_1904_calendar():
    assert parse_moment(46327 - 1462, BLANKS, dates_1904=True) == DAY


@pytest.mark.parametrize(("cell", "code"), [
    ("11/1", "date_without_year"), ("11月1日", "date_without_year"), ("11-1 10:00", "date_without_year"),
    ("01/02/2026", "date_order_unclear"), ("26/11/01", "date_order_unclear"), ("26年11月1日", "date_order_unclear"),
    ("2026-02-30", "date_impossible"), ("20261301", "date_impossible"), ("1999-12-31", "date_out_of_range"),
    (datetime(1900, 1, 1), "date_out_of_range"), ("2026-11", "date_unclear"), ("2026-11-01 25:00", "date_unclear"),
    ("2026-11-01T10:00:00+08:00", "date_unclear"), (True, "date_unclear"), (1e9, "date_unclear"), (-1.0,
    "date_unclear"),
    (time(10, 0), "time_without_date"), (0.5, "time_without_date"), (CellError("error", "#REF!"), "cell_error"),
])
def test_unclear_moments(cell, code):
    assert parse_moment(cell, BLANKS).code == code


@pytest.mark.parametrize(("cell", "expected"), [
    (1234.0, "1234"), (1234, "1234"), ("１－１０１", "1-101"), ("1–101", "1-101"), (" 1-101 ", "1-101"), ("'0101",
    "0101"),
    ("A\u200b1", "A1"), ("a  b", "a b"), (1.5, "1.5"), ("无", None), (None, None), ("   ", None),
])
def test_codes(cell, expected):
    assert parse_code(cell, BLANKS) == expected


@pytest.mark.parametrize(("cell", "code"), [
    (1e15, "digits_lost"), (310101199001011234, "digits_lost"), ("1.38E+10", "scientific_text"),
    (datetime(2026, 3, 1), "code_turned_into_date"), (time(3, 1), "code_turned_into_date"),
    (True, "code_turned_into_boolean"), (CellError("error", "#VALUE!"), "cell_error"),
])
def test_codes_that_lost_their_form(cell, code):
    assert parse_code(cell, BLANKS).code == code


def test_an_id_with_an_e_between_digits_is_no_scientific_number():
    assert parse_code("1E10", BLANKS) == "1E10"


@pytest.mark.parametrize(("cell", "expected"), [
    ("13800001111", "13800001111"), (13800001111, "13800001111"), (13800001111.0, "13800001111"),
    ("138 0000 1111", "13800001111"), ("+86 138-0000-1111", "13800001111"), ("008613800001111", "13800001111"),
    ("(021) 5555-1234", "02155551234"), ("+852 9123 4567", "+85291234567"), ("无", None),
])
def test_phones(cell, expected):
    assert parse_phone(cell, BLANKS) == expected


@pytest.mark.parametrize(("cell", "code"), [
    ("123", "phone_invalid"), ("11111111111", "phone_invalid"), ("23800001111", "phone_invalid"), ("B01",
    "phone_invalid"),
    ("138****1111", "phone_masked"),
])
def test_phones_that_join_nobody(cell, code):
    assert parse_phone(cell, BLANKS) == Fault(code, severity="warning")


def test_free_text_keeps_what_a_person_wrote():
    assert parse_free_text("  想要\n 南向 ") == "想要 南向"
    assert parse_free_text("=1+1") == "=1+1"
    assert parse_free_text(datetime(2027, 5, 1)) == "2027-05-01"
    assert parse_free_text(3.0) == "3"
    assert parse_free_text("-") == "-"


@pytest.mark.parametrize("cell", ["可售", "在售", "待售", " 可 售 ", "Available", "for sale"])
def test_choices_by_any_name(cell):
    assert parse_choice(cell, BLANKS, WORDS.choices["units", "status"]) == "available"


def test_a_word_that_is_both_a_choice_and_a_sign_for_empty_is_the_choice():
    assert parse_choice("无", BLANKS, WORDS.choices["buyers", "commitment"]) == "none"
    assert parse_choice("无", BLANKS, WORDS.choices["units", "status"]) is None
    assert parse_choice("可能", BLANKS, WORDS.choices["units", "status"]) == Fault("choice_unknown")


def test_long_values_are_cut_where_they_are_shown():
    assert shown("x" * 100) == "x" * 59 + "…"
    assert shown(12.0) == "12"
    assert clean("Ａ１\u3000Ｂ") == "A1 B"


def test_the_nearest_name():
    assert nearest("b01", ["B01", "B02"]) == "B01"
    assert nearest("zzz", ["B01", "B02"]) == ""


amounts = st.integers(10_000, 999_999_999)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(lambda m: m.replace(microsecond=0, second=0))


def _rendered_amount(number: int) -> st.SearchStrategy:
    plain, grouped = str(number), f"{number:,}"
    wan = f"{number // 10_000}.{number % 10_000:04d}万"
    forms = [number, float(number), plain, grouped, f"¥{grouped}", f"{plain}元", f" {grouped} 元", wan, f"{wan}元"]
    return st.sampled_from([*forms, *(f.translate(FULL_WIDTH) for f in forms if isinstance(f, str))])


def _rendered_moment(moment: datetime) -> st.SearchStrategy:
    m = moment
    days = [f"{m:%Y-%m-%d}", f"{m.year}/{m.month}/{m.day}", f"{m.year}.{m.month}.{m.day}",
    f"{m.year}年{m.month}月{m.day}日"]
    clocks = [f"{m:%H:%M}", f"{m.hour}:{m.minute:02d}:00", f"{m.hour}时{m.minute}分",
              f"{'下午' if m.hour >= 12 else '上午'}{m.hour % 12 or 12}:{m.minute:02d}"]
    texts = [f"{d} {c}" for d in days for c in clocks]
    serial = (m - datetime(1899, 12, 30)).total_seconds() / 86_400
    return st.sampled_from([m, serial, *texts, *(t.translate(FULL_WIDTH) for t in texts)])


@given(amounts.flatmap(lambda number: st.tuples(st.just(number), _rendered_amount(number))))
def test_every_way_to_write_an_amount_gives_the_amount(case):
    number, written = case
    assert parse_number(written, BLANKS, YUAN) == number


@given(moments.flatmap(lambda moment: st.tuples(st.just(moment), _rendered_moment(moment))))
def test_every_way_to_write_a_moment_gives_the_moment(case):
    moment, written = case
    assert parse_moment(written, BLANKS) == moment


@given(st.one_of(st.text(), st.floats(), st.integers(), st.datetimes(), st.booleans(), st.none()))
def test_no_cell_breaks_a_parser(cell):
    words = WORDS.choices["units", "status"]
    for answer in (
        parse_number(cell, BLANKS, YUAN), parse_whole(cell, BLANKS, WORDS.around["floor"]), parse_moment(cell, BLANKS),
        parse_code(cell, BLANKS), parse_phone(cell, BLANKS), parse_choice(cell, BLANKS, words), parse_free_text(cell),
    ):
        assert answer is None or isinstance(answer, (str, float, int, datetime, Fault))
