"""What a sheet's XML says besides its values: size, merged ranges, hidden rows, cells without a usable value.

The fast value reader drops error cells and formulas without a stored result, and it dies on a value in the far
corner, so this is read first. Spreadsheet programs write a plain form of XML that a few byte patterns read at
50 MB a second; anything less plain (prefixes, comments, odd attribute order) goes through the XML parser, with
the same answer.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Iterator
from html import unescape

from sincerity.intake.sheet_xml import SheetFacts, cell_position, column_number, merged_range, note_cell_error, scan_any

_PLAIN_START = re.compile(
    rb"""(?:\xef\xbb\xbf)?\s*(?:<\?xml(?![^>]*encoding=["'](?!(?i:utf-8)["']))[^>]*\?>)?\s*<worksheet(?=[\s>])"""
)
_NOT_PLAIN = (b"<!", b":c ", b":c>", b":row", b":mergeCell", b" r='", b" t='", b" hidden='")
_ODD_CELL = re.compile(rb'<c(?! r="[A-Z]{1,3}[1-9]\d{0,6}"|[A-Za-z])')
_ODD_ROW = re.compile(rb'<row(?! r="\d{1,7}"|[A-Za-z])')
_ODD_RANGE = re.compile(rb'<mergeCell(?! ref="[A-Z0-9:]+"|s)')

_ROW_END = b"</row>"
_FILLED_CELL = re.compile(rb'<c r="([A-Z]{1,3}\d+)"(?! s="\d+"/>|/>)')
_LETTERS = string.ascii_uppercase.encode()
_HIDDEN_ROW = re.compile(rb'<row r="(\d+)"[^<>]*? hidden="(?:1|true)"')
_RANGE = re.compile(rb'<mergeCell ref="([A-Z0-9:]+)"')

_FORMULA = rb"<f(?:\s[^<>]*)?(?:/>|>([^<]*)</f>)"
_ERROR_CELL = re.compile(
    rb'<c r="([A-Z]+\d+)"[^<>]* t="e"[^<>]*(?<!/)>\s*+(?!</c>)(?:' + _FORMULA + rb")?\s*(?:<v(?:\s[^<>]*)?>([^<]*))?"
)
_CELL_WITHOUT_RESULT = re.compile(
    rb'<c r="([A-Z]+\d+)"(?![^<>]* t="e")([^<>]*)>\s*' + _FORMULA + rb"\s*+(?!<v(?:\s[^<>]*)?>[^<])(<v[\s/>])?"
)


def scan_sheet(pieces: Callable[[], Iterable[bytes]]) -> SheetFacts:
    """The facts of one sheet; ``pieces`` starts a new pass over its XML. Raises Refused when it is damaged."""
    return scan_plain(pieces()) or scan_any(pieces())


def scan_plain(pieces: Iterable[bytes]) -> SheetFacts | None:
    """The facts by byte patterns, or None when the XML is not of the plain form they can read."""
    facts = SheetFacts()
    begun = False
    for block in _blocks(pieces):
        start = _PLAIN_START.match(block) if not begun else None
        if not begun and start is None:
            return None
        rows = block[start.end() :] if start else block
        begun = True
        if not _is_plain(rows):
            return None
        _add_cells(facts, rows)
        _add_rows_and_ranges(facts, rows)
        _add_cell_errors(facts, rows)
    return facts if begun else None


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, cut only after a row's end."""
    rest = b""
    for piece in pieces:
        searched = max(0, len(rest) - len(_ROW_END))
        rest += piece
        cut = rest.rfind(_ROW_END, searched)
        if cut >= 0:
            yield rest[: cut + len(_ROW_END)]
            rest = rest[cut + len(_ROW_END) :]
    if rest:
        yield rest


def _is_plain(block: bytes) -> bool:
    return not any(mark in block for mark in _NOT_PLAIN) and not any(
        odd.search(block) for odd in (_ODD_CELL, _ODD_ROW, _ODD_RANGE)
    )


def _add_cells(facts: SheetFacts, block: bytes) -> None:
    references = _FILLED_CELL.findall(block)
    if references:
        listed = b" ".join(references)
        columns = {column_number(letters.decode()) for letters in set(listed.translate(None, b"0123456789").split())}
        rows = map(int, set(listed.translate(None, _LETTERS).split()))
        facts.cells += len(references)
        facts.last_column = max(facts.last_column, *columns)
        facts.last_row = max(facts.last_row, *rows)


def _add_rows_and_ranges(facts: SheetFacts, block: bytes) -> None:
    if b' hidden="' in block:
        facts.hidden_rows += map(int, _HIDDEN_ROW.findall(block))
    if b"<mergeCell " in block:
        facts.merged += (merged_range(reference.decode()) for reference in _RANGE.findall(block))


def _add_cell_errors(facts: SheetFacts, block: bytes) -> None:
    if b' t="e"' in block:
        for reference, formula, value in _ERROR_CELL.findall(block):
            note_cell_error(facts, cell_position(reference.decode()), "e", _text(formula), _text(value))
    if b"<f" in block:
        for cell in _CELL_WITHOUT_RESULT.finditer(block):
            reference, attributes, formula, value = cell.groups(b"")
            kind = "str" if b' t="str"' in attributes else "n"
            note_cell_error(facts, cell_position(reference.decode()), kind, _text(formula), "" if value else None)


def _text(content: bytes) -> str:
    return unescape(content.decode("utf-8", "backslashreplace"))
