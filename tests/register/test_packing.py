"""Packed tables: equal to the last bit when read back, equal bytes for equal tables, damage never silent."""

from datetime import datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sincerity.register.packing import pack, sha256_of, squeezed, unpack, unsqueezed
from sincerity.schema import Column, Schema

TABLE = Schema("things", (
    Column("name", "str"), Column("count", "int"), Column("share", "float"), Column("sure", "bool"),
    Column("day", "date"), Column("at", "datetime"),
))
MOMENTS = st.none() | st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1))
ROWS = st.lists(st.tuples(
    st.text(st.characters(exclude_categories=["Cs"])), st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=True), st.booleans(), MOMENTS, MOMENTS,
), max_size=8)


def frame(rows) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) or [[] for _ in TABLE.columns]
    return TABLE.frame(dict(zip(TABLE.names, columns, strict=True)))


@given(ROWS)
def test_what_is_packed_unpacks_equal(rows):
    given_frame = frame(rows)
    pd.testing.assert_frame_equal(unpack(unsqueezed(squeezed(pack(TABLE, given_frame)))), given_frame)


@given(ROWS)
def test_equal_tables_give_equal_bytes(rows):
    assert pack(TABLE, frame(rows)) == pack(TABLE, frame(list(rows)))


def test_one_changed_cell_changes_the_hash():
    rows = [("a", 1, 0.5, True, None, None), ("b", 2, 0.5, False, None, None)]
    changed = [rows[0], ("b", 3, 0.5, False, None, None)]
    assert sha256_of(pack(TABLE, frame(rows))) != sha256_of(pack(TABLE, frame(changed)))


def test_a_frame_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="table things: count"):
        pack(TABLE, frame([]).drop(columns="count"))


@pytest.mark.parametrize("cut", [1, 20])
def test_bytes_cut_short_or_long_are_refused(cut):
    content = pack(TABLE, frame([("a", 1, 0.5, True, None, None)]))
    with pytest.raises(ValueError, match="bytes instead of"):
        unpack(content[:-cut])
    with pytest.raises(ValueError, match="bytes instead of"):
        unpack(content + b"x" * cut)


def test_damaged_compression_is_a_value_error():
    with pytest.raises(ValueError, match="decompress"):
        unsqueezed(squeezed(b"0123456789")[:-3])
