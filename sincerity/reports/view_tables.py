"""Frames as tables of the report: labelled columns, ready values, nothing left to compute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from sincerity.reports.view import CellValue, ColumnKind, ColumnView, TableView
from sincerity.reports.wording import Words


class Shown(NamedTuple):
    """A column of a frame that a table shows: its name there, how it reads, its width in characters."""

    key: str
    kind: ColumnKind = "text"
    width: int = 12


def table_view(key: str, frame: pd.DataFrame, shown: Sequence[Shown], words: Words, **note_parts: object) -> TableView:
    """``frame`` as the table ``key``: the columns in ``shown``, labelled from the catalogue."""
    columns = tuple(column_view(column, words) for column in shown)
    return view_of(key, frame, columns, words, **note_parts)


def view_of(
    key: str, frame: pd.DataFrame, columns: tuple[ColumnView, ...], words: Words, **note_parts: object
) -> TableView:
    """``frame`` as the table ``key`` with columns labelled already."""
    return TableView(
        key=key,
        title=words(f"table.{key}.title"),
        note=words(f"table.{key}.note", **note_parts),
        columns=columns,
        rows=tuple(zip(*(cells(frame[column.key]) for column in columns), strict=True)),
    )


def column_view(column: Shown, words: Words) -> ColumnView:
    """The column with its label."""
    return ColumnView(column.key, words(f"column.{column.key}"), column.kind, column.width)


def cells(values: pd.Series) -> list[CellValue]:
    """The values as plain Python: None where nothing is known, whole floats as they are, times as datetimes."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return [None if moment is pd.NaT else moment.to_pydatetime() for moment in values]
    if not values.hasnans:
        return values.tolist()
    plain = values.astype(object)
    return plain.where(values.notna(), None).tolist()
