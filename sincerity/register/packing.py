"""A table as bytes: equal tables give equal bytes on every machine, and what is packed unpacks equal.

    header    JSON in one line: table, rows, columns (name, kind, distinct texts of a text column)
    columns   one after another, little-endian, the bytes of the numbers transposed (first bytes first), which
              makes sorted ids and times pack three times smaller

The hash of a table is the SHA-256 of these bytes; compression comes after it and may differ between machines.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping

import numpy as np
import pandas as pd

from sincerity.schema import DTYPES, Kind, Schema

_NUMBERS: Mapping[Kind, str] = {"int": "<i8", "float": "<f8", "bool": "<u1", "date": "<i8", "datetime": "<i8"}
_CODES = "<u4"


def pack(schema: Schema, frame: pd.DataFrame) -> bytes:
    """``frame`` as bytes. ValueError when it does not fit its schema."""
    schema.check(frame)
    columns, parts = [], []
    for column in schema.columns:
        distinct, numbers = _numbers(frame[column.name], column.kind)
        columns.append([column.name, column.kind, distinct])
        parts.append(_transposed(numbers))
    header = {"table": schema.name, "rows": len(frame), "columns": columns}
    return json.dumps(header, ensure_ascii=False).encode() + b"\n" + b"".join(parts)


def unpack(content: bytes) -> pd.DataFrame:
    """The table that ``pack`` made bytes of. ValueError when the bytes are not such a table."""
    header, _, body = content.partition(b"\n")
    told = json.loads(header)
    rows, place, columns = told["rows"], 0, {}
    for name, kind, distinct in told["columns"]:
        dtype = np.dtype(_CODES if kind == "str" else _NUMBERS[kind])
        size = rows * dtype.itemsize
        columns[name] = _series(_restored(body[place : place + size], dtype, rows), kind, distinct)
        place += size
    if place != len(body):
        raise ValueError(f"table {told['table']}: {len(body)} bytes instead of {place}")
    return pd.DataFrame(columns)


def sha256_of(content: bytes) -> str:
    """The hash that names ``content``."""
    return hashlib.sha256(content).hexdigest()


def squeezed(content: bytes) -> bytes:
    """``content`` compressed for keeping."""
    return zlib.compress(content, 6)


def unsqueezed(kept: bytes) -> bytes:
    """What ``squeezed`` was given. ValueError when it is damaged."""
    try:
        return zlib.decompress(kept)
    except zlib.error as fault:
        raise ValueError(str(fault)) from fault


def _numbers(values: pd.Series, kind: Kind) -> tuple[list[str] | None, np.ndarray]:
    if kind == "str":
        codes, distinct = pd.factorize(values.to_numpy(dtype=object), sort=True)
        return [str(text) for text in distinct], codes.astype(_CODES)
    numbers = values.to_numpy()
    if kind in ("date", "datetime"):
        numbers = numbers.astype("datetime64[us]").astype(np.int64)
    return None, numbers.astype(_NUMBERS[kind])


def _series(numbers: np.ndarray, kind: Kind, distinct: list[str] | None) -> pd.Series:
    if kind == "str":
        texts = np.array(distinct, dtype=object)[numbers] if len(numbers) else np.array([], dtype=object)
        return pd.Series(texts, dtype=DTYPES[kind])
    if kind in ("date", "datetime"):
        numbers = numbers.astype("datetime64[us]")
    return pd.Series(numbers, dtype=DTYPES[kind])


def _transposed(numbers: np.ndarray) -> bytes:
    return np.ascontiguousarray(numbers).view(np.uint8).reshape(len(numbers), -1).T.tobytes() if len(numbers) else b""


def _restored(content: bytes, dtype: np.dtype, rows: int) -> np.ndarray:
    if len(content) != rows * dtype.itemsize:
        raise ValueError(f"{len(content)} bytes instead of {rows * dtype.itemsize}")
    if not rows:
        return np.empty(0, dtype=dtype)
    by_byte = np.frombuffer(content, dtype=np.uint8).reshape(dtype.itemsize, rows)
    return np.ascontiguousarray(by_byte.T).view(dtype).reshape(rows)
