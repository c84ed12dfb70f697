"""The XML of a workbook, read by a parser that streams and knows no entities."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from xml.parsers import expat

from sincerity.intake.raw import CellError
from sincerity.intake.refused import damaged

Range = tuple[int, int, int, int]

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


@dataclass
class SheetFacts:
    """Counted while scanning. Rows and columns are 1-based; only cells with content count."""

    cells: int = 0
    last_row: int = 0
    last_column: int = 0
    merged: list[Range] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    cell_errors: dict[tuple[int, int], CellError] = field(default_factory=dict)

    @property
    def corner(self) -> int:
        """Last row × last column."""
        return self.last_row * self.last_column


def scan_any(pieces: Iterable[bytes]) -> SheetFacts:
    """The facts by an XML parser. Raises Refused when the part is not well-formed."""
    scan = _XmlScan()
    parse_xml(pieces, scan.start, scan.end, scan.text)
    return scan.facts


def parse_xml(
    pieces: Iterable[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Feed a part to an XML parser that knows no entities of its own; names come without their prefix."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(
        _local(name), {_local(key): value for key, value in attributes.items()}
    )
    if end is not None:
        parser.EndElementHandler = lambda name: end(_local(name))
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as fault:
        raise damaged(fault) from fault


def cell_position(reference: str) -> tuple[int, int]:
    """``"C12"`` → (12, 3)."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise damaged(f"cell reference {reference[:20]!r}")
    return int(match[2]), column_number(match[1])


def merged_range(reference: str) -> Range:
    """``"B10:C11"`` → (10, 2, 11, 3)."""
    first, _, last = reference.partition(":")
    return (*cell_position(first), *cell_position(last or first))


def note_cell_error(facts: SheetFacts, at: tuple[int, int], kind: str, formula: str, value: str | None) -> None:
    """Keep a cell of type ``kind`` when its ``value`` is unusable: a stored empty text is a result, nothing is none."""
    if kind == "e":
        facts.cell_errors[at] = CellError("error", value or "#ERROR")
    elif not value and not (kind == "str" and value is not None):
        facts.cell_errors[at] = CellError("formula_without_result", f"={formula}"[:60])


def column_number(letters: str) -> int:
    """``"AB"`` → 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _XmlScan:
    """Collects the facts from XML events; keeps the place where a cell or row names none."""

    def __init__(self) -> None:
        self.facts = SheetFacts()
        self._row = self._column = 0
        self._kind = "n"
        self._filled = False
        self._texts: dict[str, str] = {}
        self._open = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row = int(attributes["r"]) if attributes.get("r", "").isdecimal() else self._row + 1
            self._column = 0
            if attributes.get("hidden") in ("1", "true"):
                self.facts.hidden_rows.append(self._row)
        elif name == "c":
            self._start_cell(attributes)
        elif name in ("f", "v", "is"):
            self._filled = True
            self._open = name
            self._texts.setdefault(name, "")
        elif name == "mergeCell":
            self.facts.merged.append(merged_range(attributes.get("ref", "")))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if "r" in attributes:
            self._row, self._column = cell_position(attributes["r"])
        else:
            self._column += 1
        self._kind = attributes.get("t", "n")
        self._filled = False
        self._texts = {}

    def text(self, characters: str) -> None:
        if self._open in ("f", "v"):
            self._texts[self._open] += characters

    def end(self, name: str) -> None:
        if name in ("f", "v", "is"):
            self._open = ""
        elif name == "c" and self._filled:
            self._end_cell()

    def _end_cell(self) -> None:
        facts = self.facts
        facts.cells += 1
        facts.last_row = max(facts.last_row, self._row)
        facts.last_column = max(facts.last_column, self._column)
        if self._kind == "e" or "f" in self._texts:
            at = (self._row, self._column)
            note_cell_error(facts, at, self._kind, self._texts.get("f", ""), self._texts.get("v"))
