"""Tables as the page shows them: display texts, the first records as HTML, the rest packed for the page's script.

Both languages share one packed block: every column is a list of places in a list of distinct texts, so a
name or a number is stored once and only words that differ stand twice.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sincerity.reports.view import CellValue, ColumnView, TableView

NUMERIC = ("int", "number", "yuan", "yuan_per_m2", "percent")
WHOLE_TABLE_ROWS = 40  # up to so many rows stand in the page as they are
FIRST_RECORDS = 10  # of a longer table, so that the page says something without its script

Row = tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """How a table lies on the page.

    Without ``head`` it is a plain table. With it, every record is a line of the head columns that opens to
    the body columns; rows with the same ``group_by`` are one record. ``children`` are tables whose rows with
    the record's ``child_key`` are shown in it.
    """

    head: tuple[str, ...] = ()
    body_without: tuple[str, ...] = ()
    group_by: str = ""
    children: tuple[str, ...] = ()
    child_key: str = ""


LAYOUTS: Mapping[str, Layout] = {
    "conflicts": Layout(
        head=("unit_id", "layout", "total_yuan", "contenders", "first_choice_contenders", "standing", "buyer", "grade"),
        body_without=("unit_id", "layout", "total_yuan", "contenders", "first_choice_contenders"),
        group_by="unit_id",
    ),
    "sincerity": Layout(
        head=("priority_rank", "buyer", "grade", "score", "consultant", "placed_unit"),
        body_without=("priority_rank", "buyer", "grade", "score", "consultant", "placed_unit"),
        children=("refusals", "steering"),
        child_key="buyer_id",
    ),
}


@dataclass(frozen=True)
class ColumnBlock:
    """A column of the page: key, label, and how its cells lie (text, number, long)."""

    key: str
    label: str
    shape: str


@dataclass(frozen=True)
class TableBlock:
    """A table ready for the template. ``head``, ``body`` and ``group`` are places in ``columns`` and in every row."""

    key: str
    title: str
    note: str
    columns: tuple[ColumnBlock, ...]
    head: tuple[int, ...]
    body: tuple[int, ...]
    group: int | None
    records: tuple[tuple[Row, ...], ...]  # the first ones, or all
    total: int  # number of records
    packed: bool
    children: tuple[str, ...]
    child_place: int | None


def display(value: CellValue, kind: str) -> str:
    """A value as people read it on the page; "" where nothing is known."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if kind == "date" else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, str):
        return value
    if kind == "percent":
        return f"{100 * value:.1f}".removesuffix(".0") + "%"
    if kind in ("yuan", "yuan_per_m2"):
        return f"{value:,.0f}"
    return f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"


def table_block(table: TableView, shown: Sequence[int]) -> TableBlock:
    """``table`` with the columns at the places ``shown``, and as many records as the page carries openly."""
    layout = LAYOUTS.get(table.key, Layout())
    columns = [table.columns[place] for place in shown]
    names = [column.key for column in columns]
    records = _records(table, layout.group_by)
    packed = len(table.rows) > WHOLE_TABLE_ROWS
    open_records = records[:FIRST_RECORDS] if packed else records
    return TableBlock(
        key=table.key,
        title=table.title,
        note=table.note,
        columns=tuple(ColumnBlock(column.key, column.label, _shape(column)) for column in columns),
        head=tuple(names.index(name) for name in layout.head if name in names),
        body=tuple(place for place, name in enumerate(names) if name not in layout.body_without),
        group=_place(names, layout.group_by),
        records=tuple(tuple(_display_row(row, table, shown) for row in rows) for rows in open_records),
        total=len(records),
        packed=packed,
        children=layout.children,
        child_place=_place(names, layout.child_key),
    )


def shown_columns(tables: Sequence[TableView]) -> tuple[int, ...]:
    """Places of the columns that hold anything; ``tables`` is one table in every language.

    Raises ValueError where the languages differ in columns or number of rows: one result has one shape.
    """
    first = tables[0]
    for other in tables[1:]:
        if [c.key for c in other.columns] != [c.key for c in first.columns] or len(other.rows) != len(first.rows):
            raise ValueError(f"table {first.key}: the languages differ in columns or rows")
    empty = (None, "")
    return tuple(
        place
        for place in range(len(first.columns))
        if not first.rows or any(row[place] not in empty for table in tables for row in table.rows)
    )


def pack(tables: Mapping[str, TableView], shown: Sequence[int]) -> str:
    """One table in every language as base64 of zlib-packed JSON.

    ``{"rows": n, "columns": [{"places": […], "texts": {lang: […]}}]}``; a language whose texts equal the first
    one's is left out.
    """
    columns = [_packed_column(tables, place) for place in shown]
    rows = len(next(iter(tables.values())).rows)
    data = json.dumps({"rows": rows, "columns": columns}, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(data.encode("utf-8"))).decode("ascii")


def _packed_column(tables: Mapping[str, TableView], place: int) -> dict[str, object]:
    """One column: per row its place among the distinct values, and those values as texts per language."""
    values = [[row[place] for row in table.rows] for table in tables.values()]
    number_of: dict[tuple[CellValue, ...], int] = {}
    places = [number_of.setdefault(together, len(number_of)) for together in zip(*values, strict=True)]
    texts = {
        lang: [display(together[number], table.columns[place].kind) for together in number_of]
        for number, (lang, table) in enumerate(tables.items())
    }
    first = next(iter(texts))
    kept = {lang: words for lang, words in texts.items() if lang == first or words != texts[first]}
    return {"places": places, "texts": kept}


def _display_row(row: tuple[CellValue, ...], table: TableView, shown: Sequence[int]) -> Row:
    return tuple(display(row[place], table.columns[place].kind) for place in shown)


def _records(table: TableView, group_by: str) -> list[list[tuple[CellValue, ...]]]:
    """The rows of each record, in order."""
    place = _place([column.key for column in table.columns], group_by)
    if place is None:
        return [[row] for row in table.rows]
    return [list(members) for _, members in groupby(table.rows, key=lambda row: row[place])]


def _shape(column: ColumnView) -> str:
    if column.kind == "long_text":
        return "long"
    return "number" if column.kind in NUMERIC else "text"


def _place(names: list[str], name: str) -> int | None:
    return names.index(name) if name in names else None
