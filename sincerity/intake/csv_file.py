"""A CSV file turned into raw rows: its encoding and delimiter found by evidence, never by replacing characters.

Several encodings can decode the same bytes, so the one whose header is recognised wins; on equal evidence the
earlier one in ``ENCODINGS`` does. The same holds for the delimiter. A record's row is its number among the
records, which is the row Excel shows when it opens the file, whatever line breaks stand inside quotes.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from sincerity.intake.limits import Limits
from sincerity.intake.raw import RawCell, RawSheet
from sincerity.problems import Problem

ENCODINGS = ("utf-8", "gb18030", "big5")
DELIMITERS = (",", ";", "\t")
HEADER_ROWS = 20  # the header stands within this many rows from the top

_HEAD_CHARACTERS = 100_000
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_END = "\ue000end of file\ue000"  # a last record of our own; missing from the result when a quote swallowed it

Recognise = Callable[[Sequence[RawCell]], int]


@dataclass(frozen=True)
class _Reading:
    """One way to read the file, and how many header cells were recognised that way."""

    text: str
    delimiter: str
    recognised: int


def read_csv(content: bytes, file: str, recognise: Recognise, limits: Limits) -> tuple[RawSheet | None, list[Problem]]:
    """The rows of one CSV file, all of one width, empty cells as None; None when it cannot be read."""
    texts, failure = _decoded(content)
    if not texts:
        return None, [_undecodable(file, content, failure)]
    best = max(
        (_Reading(text, mark, _recognised(text, mark, recognise)) for text in texts for mark in DELIMITERS),
        key=lambda reading: reading.recognised,
    )
    if not best.text.strip():
        return None, [Problem("error", "file_empty", file)]
    if "\0" in best.text:
        line = best.text[: best.text.index("\0")].count("\n") + 1
        return None, [Problem("error", "csv_nul_byte", file, row=line, parts={"line": line})]
    return _parsed(best, file, limits)


def _decoded(content: bytes) -> tuple[list[str], UnicodeDecodeError | None]:
    """Every way the bytes can be read as text, most likely first, or the failure that came furthest."""
    marked = [encoding for mark, encoding in _BYTE_ORDER_MARKS if content.startswith(mark)]
    texts: list[str] = []
    furthest: UnicodeDecodeError | None = None
    for encoding in marked or ENCODINGS:
        try:
            texts.append(content.decode(encoding))
        except UnicodeDecodeError as failure:
            if encoding == "utf-8" and _is_torn_utf8(content):
                return [], failure
            if furthest is None or failure.start > furthest.start:
                furthest = failure
    return texts, furthest


def _is_torn_utf8(content: bytes) -> bool:
    """True for UTF-8 with a few broken bytes, which GB18030 would read as nonsense without complaint."""
    loose = content.decode("utf-8", "replace")
    foreign = len(loose) - len(loose.encode("ascii", "ignore"))
    return loose.count("\ufffd") * 20 < foreign


def _undecodable(file: str, content: bytes, failure: UnicodeDecodeError | None) -> Problem:
    start = failure.start if failure else 0
    line = content[:start].count(b"\n") + 1
    shown = content[start : start + 4].hex(" ").upper()
    return Problem("error", "csv_undecodable", file, row=line, value=shown, parts={"line": line})


def _recognised(text: str, delimiter: str, recognise: Recognise) -> int:
    head = csv.reader(io.StringIO(text[:_HEAD_CHARACTERS], newline=""), delimiter=delimiter)
    best = 0
    try:
        for record in islice(head, HEADER_ROWS):
            best = max(best, recognise(record))
    except csv.Error:
        return best
    return best


def _parsed(reading: _Reading, file: str, limits: Limits) -> tuple[RawSheet | None, list[Problem]]:
    body = _without_separator_line(reading.text).rstrip("\r\n")
    reader = csv.reader(io.StringIO(f"{body}\n{_END}", newline=""), delimiter=reading.delimiter)
    records: list[list[str]] = []
    cells = 0
    try:
        for record in reader:
            records.append(record)
            cells += len(record) if record != [_END] else 0
            if cells > limits.cells:
                return None, [Problem("error", "too_many_cells", file, parts={"cells": cells, "limit": limits.cells})]
    except csv.Error as fault:
        return None, [Problem("error", "csv_broken_record", file, row=len(records) + 1,
                              parts={"row": len(records) + 1, "detail": str(fault)})]
    if records.pop() != [_END]:
        row = len(records) + 1
        return None, [Problem("error", "csv_open_quote", file, row=row, parts={"row": row})]
    return _sheet(records, file, limits)


def _sheet(records: list[list[str]], file: str, limits: Limits) -> tuple[RawSheet | None, list[Problem]]:
    width = max(map(len, records))
    if width * len(records) > limits.corner:
        parts = {"rows": len(records), "columns": width, "limit": limits.corner}
        return None, [Problem("error", "far_corner", file, parts=parts)]
    blank = (None,)
    rows = tuple(tuple(cell or None for cell in record) + blank * (width - len(record)) for record in records)
    return RawSheet(file, "", rows), []


def _without_separator_line(text: str) -> str:
    """The text without Excel's ``sep=;`` line, which Excel does not show as a row."""
    first, _, rest = text.partition("\n")
    return rest if first.strip().lower() in {f"sep={mark}" for mark in DELIMITERS} else text
