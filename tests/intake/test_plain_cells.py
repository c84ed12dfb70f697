"""What is read a column at a time says the same as cell by cell."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sincerity.intake.cells import parse_code, parse_free_text, parse_phone
from sincerity.intake.moments import parse_moment
from sincerity.intake.plain_cells import moments, plain_codes, plain_phones, plain_texts
from sincerity.intake.raw import CellError

BLANKS = frozenset({"-", "无", "n/a", "none"})
ODD = st.sampled_from([
    None, "", " ", "-", "无", "N/A", "None", "'1", "1e+5", "２", "a b", "a\u200b", "１－２", "a\nb", "\n", "\u3000",
    "\u0338a", "é", "e\u0301", "²", "1–2", "138****8888", "13800000000", "11111111111", "13711111111", "+8613800000000",
    "021-1234567",
])
TEXTS = st.lists(st.one_of(ODD, st.text(max_size=4), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)), max_size=4)
MOMENTS = st.one_of(
    st.datetimes(datetime(1995, 1, 1), datetime(2105, 1, 1)), st.dates(date(1995, 1, 1), date(2105, 1, 1)),
    st.sampled_from([
        None, 1, 1.0, True, 45_000, "2026-11-28", "明天", time(9), timedelta(1), CellError("error", "#N/A"),
        datetime(2026, 1, 1, tzinfo=UTC),
    ]),
)


@pytest.mark.parametrize(("at_once", "one_by_one"), [
    (plain_texts, parse_free_text),
    (partial(plain_codes, blanks=BLANKS), partial(parse_code, blanks=BLANKS)),
    (partial(plain_phones, blanks=BLANKS), partial(parse_phone, blanks=BLANKS)),
], ids=["texts", "codes", "phones"])
@given(cells=TEXTS)
def test_a_column_of_texts_says_what_its_cells_say(at_once, one_by_one, cells):
    values = at_once(cells)
    assert values is None or values == [one_by_one(cell) for cell in cells]


@given(st.lists(MOMENTS, max_size=5))
def test_a_column_of_moments_says_what_its_cells_say(cells):
    parser = partial(parse_moment, blanks=BLANKS)
    values = moments(cells, parser)
    assert values is None or values == [parser(cell) for cell in cells]


def test_clean_columns_are_read_at_once():
    day = datetime(2026, 11, 28)
    assert plain_texts(["张三", None, "Ann"]) == ["张三", None, "Ann"]
    assert plain_codes(["1-2-301", "B_7"], BLANKS) == ["1-2-301", "B_7"]
    assert plain_phones(["13800000001", None], BLANKS) == ["13800000001", None]
    assert moments([day, date(2026, 11, 29), None, "x"], lambda cell: cell) == [day, date(2026, 11, 29), None, "x"]


@pytest.mark.parametrize("cell", ["a b", "Ａ", "a\u200b", "", "a\nb", " a"])
def test_a_cell_that_needs_cleaning_sends_its_column_the_long_way(cell):
    assert plain_texts(["a", cell]) is None


@pytest.mark.parametrize("cell", ["无", "N/A", "1e+5", "'1", "1–2"])
def test_a_code_that_needs_a_second_look_sends_its_column_the_long_way(cell):
    assert plain_codes(["a", cell], BLANKS) is None


@pytest.mark.parametrize("cell", ["1380000000", "11111111111", "021-12345678", "１3800000000", "138****0000"])
def test_a_number_that_needs_a_second_look_sends_its_column_the_long_way(cell):
    assert plain_phones(["13800000001", cell], BLANKS) is None
