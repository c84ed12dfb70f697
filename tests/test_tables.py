"""What a round publishes as CSV reads back equal, stays text in a spreadsheet, and has one form in bytes."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from sincerity.domain import ALLOCATION, PUBLISHED_TABLES, SCORES
from sincerity.schema import DTYPES, Column, Schema
from sincerity.tables import DamagedTable, read_tables, write_tables

FORMULA_STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
DAYS = st.none() | st.dates(date(1677, 10, 1), date(2262, 4, 1))
TIMES = st.none() | st.datetimes(datetime(1677, 10, 1), datetime(2262, 4, 1))
NASTY = ["", "'", "''=1", "=1+1", "NA", "nan", "null", "\x00", "a\r\nb", '"', ",", "\ufeff"]
VALUES = {
    "str": TEXTS | st.sampled_from(NASTY),
    "int": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(allow_nan=True, allow_infinity=True),
    "bool": st.booleans(),
    "date": DAYS,
    "datetime": TIMES,
}


def one_row(schema: Schema, **values) -> pd.DataFrame:
    blank = {"str": "", "int": 0, "float": np.nan, "bool": False, "date": pd.NaT, "datetime": pd.NaT}
    return schema.frame([{c.name: blank[c.kind] for c in schema.columns} | values])


@st.composite
def frames(draw, schema: Schema) -> pd.DataFrame:
    size = draw(st.integers(0, 4))
    columns = {c.name: [draw(VALUES[c.kind]) for _ in range(size)] for c in schema.columns}
    return pd.DataFrame({c.name: pd.Series(columns[c.name], dtype=DTYPES[c.kind]) for c in schema.columns})


@pytest.mark.parametrize("schema", PUBLISHED_TABLES, ids=lambda schema: schema.name)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_every_table_reads_back_equal(schema, data, tmp_path_factory):
    frame = data.draw(frames(schema))
    folder = tmp_path_factory.mktemp("tables")
    write_tables({schema.name: frame}, folder)
    assert_frame_equal(read_tables(folder)[schema.name], frame, check_exact=True)


@settings(max_examples=200, deadline=None)
@given(texts=st.lists(VALUES["str"], min_size=1, max_size=5))
def test_any_text_reads_back_to_the_last_character(texts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    frame = pd.concat([one_row(ALLOCATION, buyer_id=text) for text in texts], ignore_index=True)
    write_tables({"allocation": frame}, folder)
    assert read_tables(folder)["allocation"]["buyer_id"].tolist() == texts


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_a_text_that_looks_like_a_formula_stays_text(start, tmp_path):
    write_tables({"allocation": one_row(ALLOCATION, unit_id=f"{start}cmd|' /C calc'!A0")}, tmp_path)
    written = (tmp_path / "allocation.csv").read_bytes().decode("utf-8-sig")
    assert f"'{start}cmd|' /C calc'!A0" in written
    assert read_tables(tmp_path)["allocation"]["unit_id"].tolist() == [f"{start}cmd|' /C calc'!A0"]


def test_negative_numbers_stay_numbers(tmp_path):
    write_tables({"allocation": one_row(ALLOCATION, total_yuan=-5)}, tmp_path)
    assert b",-5," in (tmp_path / "allocation.csv").read_bytes()


def test_the_form_on_disk_is_the_documented_one(tmp_path):
    frame = one_row(
        SCORES, buyer_id="客户1", score=80, percentile=12.5, grade_gap=True,
        committed_on=datetime(2026, 11, 1, 9, 30), registered_on=datetime(2026, 10, 1, 0, 0, 0, 5),
    )
    write_tables({"scores": frame}, tmp_path)
    written = (tmp_path / "scores.csv").read_bytes()
    head, line = ",".join(SCORES.names), "客户1,80,0,0,,12.5,,,,true,0,2026-11-01 09:30:00,2026-10-01 00:00:00.000005,,"
    assert written == b"\xef\xbb\xbf" + f"{head}\r\n{line}\r\n".encode()


def test_equal_tables_give_equal_bytes(tmp_path):
    frame = one_row(SCORES, buyer_id="b", percentile=1 / 3)
    write_tables({"scores": frame}, tmp_path / "one")
    write_tables({"scores": frame.copy()}, tmp_path / "two")
    assert (tmp_path / "one/scores.csv").read_bytes() == (tmp_path / "two/scores.csv").read_bytes()


def test_dates_are_written_without_a_time(tmp_path, monkeypatch):
    diary = Schema("diary", (Column("day", "date"),))
    monkeypatch.setattr("sincerity.tables._SCHEMAS", {"diary": diary})
    write_tables({"diary": diary.frame({"day": ["2026-11-20", None]})}, tmp_path)
    assert (tmp_path / "diary.csv").read_bytes() == b'\xef\xbb\xbfday\r\n2026-11-20\r\n""\r\n'


def test_a_frame_that_does_not_fit_is_a_programmers_mistake(tmp_path):
    with pytest.raises(ValueError, match="score: float64 instead of int64"):
        write_tables({"allocation": one_row(ALLOCATION).astype({"score": "float64"})}, tmp_path)
    with pytest.raises(KeyError):
        write_tables({"gossip": one_row(ALLOCATION)}, tmp_path)


@pytest.mark.parametrize(("find", "put", "words"), [
    ("buyer_id", "buyer", "columns"),
    (",7,", ",seven,", "column score"),
    ("false", "maybe", "column kept"),
    (",7,", ",7,7,", "Expected 8 fields"),
    (",7,", ",99999999999999999999,", "column score"),
    ("bo", "\udcff", "utf-8"),
], ids=["header", "number", "truth", "cells", "too large", "encoding"])
def test_a_damaged_file_is_named(find, put, words, tmp_path):
    write_tables({"allocation": one_row(ALLOCATION, buyer_id="bo", score=7)}, tmp_path)
    path = tmp_path / "allocation.csv"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(find.encode(), put.encode("utf-8", "surrogateescape"), 1))
    assert path.read_bytes() != whole
    with pytest.raises(DamagedTable, match=words) as caught:
        read_tables(tmp_path)
    assert caught.value.table == "allocation"


def test_an_empty_file_is_named(tmp_path):
    (tmp_path / "scores.csv").write_bytes(b"")
    with pytest.raises(DamagedTable, match="table scores"):
        read_tables(tmp_path)


def test_only_known_tables_are_read(tmp_path):
    (tmp_path / "notes.csv").write_text("anything", encoding="utf-8")
    assert read_tables(tmp_path) == {}
