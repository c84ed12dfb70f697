"""The published tables as CSV files: what is written reads back equal, and equal tables give equal bytes.

Form: UTF-8 with a byte order mark (Excel then shows Chinese), comma, CRLF (RFC 4180; a line break inside
a text stays as it is, in quotes). Columns stand in the order of the schema. Numbers are written in the
shortest form that reads back equal, times as ``2026-11-20 18:00:00``, dates as ``2026-11-20``, booleans as
``true`` and ``false``, nothing known as an empty cell.

A text that a spreadsheet would run as a formula gets an apostrophe in front, and so does a text that
begins with one; reading takes exactly one away again.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from sincerity.domain import PUBLISHED_TABLES
from sincerity.schema import DTYPES, Column, Kind, Schema

_SCHEMAS: Mapping[str, Schema] = {schema.name: schema for schema in PUBLISHED_TABLES}
_BYTE_ORDER_MARK = "\ufeff"
_RISKY_STARTS = frozenset("=+-@\t\r\n＝＋－＠'")
_WORDS = {True: "true", False: "false"}
_TRUTHS = {"true": True, "false": False}


class DamagedTable(ValueError):
    """A published table that is not in the form ``write_tables`` gives it; ``table`` is its name."""

    def __init__(self, table: str, detail: str) -> None:
        super().__init__(f"table {table}: {detail}")
        self.table = table
        self.detail = detail


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write each table to ``folder/<name>.csv``.

    Raises KeyError for a name that is not in PUBLISHED_TABLES and ValueError for a frame that does not
    fit its schema.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        schema = _SCHEMAS[name]
        _write(schema, schema.check(frame), folder / f"{name}.csv")


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The published tables that lie in ``folder``, typed by their schemas; other files are left alone.

    Raises DamagedTable for a file whose columns or cells are not those of its schema. A row cut short reads as
    empty last cells; the hashes of the manifest are there to tell such damage.
    """
    paths = ((schema, folder / f"{schema.name}.csv") for schema in PUBLISHED_TABLES)
    return {schema.name: _read(schema, path) for schema, path in paths if path.is_file()}


def read_table(name: str, folder: Path) -> pd.DataFrame:
    """The one published table called ``name`` in ``folder``; as ``read_tables``, OSError when it is not there."""
    return _read(_SCHEMAS[name], folder / f"{name}.csv")


def plain_records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Rows as plain values for JSON: times as ISO texts, None where nothing is known."""
    texts = {name: frame[name].dt.strftime("%Y-%m-%d %H:%M:%S") for name in frame.select_dtypes("datetime").columns}
    plain = frame.assign(**texts).astype(object)
    return plain.where(plain.notna(), None).to_dict("records")


def _write(schema: Schema, frame: pd.DataFrame, path: Path) -> None:
    cells = [_TO_TEXT[column.kind](frame[column.name]) for column in schema.columns]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(_BYTE_ORDER_MARK)
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(schema.names)
        writer.writerows(zip(*cells, strict=True))


def _read(schema: Schema, path: Path) -> pd.DataFrame:
    try:
        cells = pd.read_csv(
            path, header=None, dtype="str", na_filter=False, encoding="utf-8-sig", skip_blank_lines=False, engine="c"
        )
    except ValueError as error:
        raise DamagedTable(schema.name, str(error)) from error
    header, rows = cells.iloc[0].tolist(), cells.iloc[1:]
    if header != schema.names:
        raise DamagedTable(schema.name, f"columns {header} instead of {schema.names}")
    typed = {c.name: _typed(schema, c, rows[position]) for position, c in enumerate(schema.columns)}
    return schema.check(pd.DataFrame(typed))


def _typed(schema: Schema, column: Column, cells: pd.Series) -> pd.Series:
    try:
        return pd.Series(_FROM_TEXT[column.kind](cells), dtype=DTYPES[column.kind]).reset_index(drop=True)
    except (ValueError, KeyError, OverflowError) as error:
        raise DamagedTable(schema.name, f"column {column.name}: {error}") from error


def _safe_texts(texts: pd.Series) -> Iterable[str]:
    return ["'" + text if text[:1] in _RISKY_STARTS else text for text in texts.tolist()]


def _plain_texts(cells: pd.Series) -> pd.Series:
    return cells.str.removeprefix("'")


def _times_as_text(times: pd.Series) -> Iterable[str]:
    values = times.to_numpy()
    whole = np.datetime_as_string(values, unit="s")
    exact = np.datetime_as_string(values, unit="us")
    texts = pd.Series(np.where(values == values.astype("datetime64[s]"), whole, exact), dtype="str")
    return texts.str.replace("T", " ", regex=False).mask(np.isnat(values), "")


def _dates_as_text(dates: pd.Series) -> Iterable[str]:
    values = dates.to_numpy()
    return np.where(np.isnat(values), "", np.datetime_as_string(values, unit="D")).tolist()


def _moments(cells: pd.Series) -> pd.Series:
    return pd.to_datetime(cells.where(cells != ""), format="ISO8601").astype(DTYPES["datetime"])


_TO_TEXT: Mapping[Kind, Callable[[pd.Series], Iterable[str]]] = {
    "str": _safe_texts,
    "int": lambda numbers: map(str, numbers.tolist()),
    "float": lambda numbers: ("" if number != number else repr(number) for number in numbers.tolist()),
    "bool": lambda truths: map(_WORDS.__getitem__, truths.tolist()),
    "date": _dates_as_text,
    "datetime": _times_as_text,
}

_FROM_TEXT: Mapping[Kind, Callable[[pd.Series], object]] = {
    "str": _plain_texts,
    "int": lambda cells: [int(cell) for cell in cells],
    "float": lambda cells: [float(cell) if cell else np.nan for cell in cells],
    "bool": lambda cells: [_TRUTHS[cell] for cell in cells],
    "date": _moments,
    "datetime": _moments,
}
