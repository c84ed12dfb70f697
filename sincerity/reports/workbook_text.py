"""Text from outside as Excel can hold it: nothing lost that can be kept, nothing live, no name refused."""

from __future__ import annotations

import re

CELL_LIMIT = 32_767  # UTF-16 units Excel allows in a cell
NAME_LIMIT = 31  # UTF-16 units Excel allows in a sheet's name
UNKNOWN = "�"  # stands for a character no workbook can hold
_LINE_ENDS = re.compile(r"\r\n?")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]+")
_RESERVED = {"history"}


def excel_text(value: str) -> str:
    """``value`` as a cell can hold it: no control characters, no half characters, within Excel's length.

    A text that looks like a rich-text run (``<r>…</r>``) gets a space behind it: the writer would pass it on
    as markup.
    """
    if _UNWRITABLE.search(value) or "\r" in value:
        value = _UNWRITABLE.sub(UNKNOWN, _LINE_ENDS.sub("\n", value))
    if value.startswith("<r>") and value.endswith("</r>"):
        value += " "
    if len(value) > CELL_LIMIT // 2:
        value = cut_to(value, CELL_LIMIT)
    return value


def display_width(value: str) -> int:
    """How many narrow characters wide a text is; Chinese characters count two."""
    return max((len(line.encode("gb18030", "replace")) for line in value.split("\n")), default=0)


class SheetNames:
    """Names for the sheets of one workbook: valid, and no two alike to Excel, which ignores case."""

    def __init__(self) -> None:
        self._taken = set(_RESERVED)

    def claim(self, wanted: str) -> str:
        """The name nearest to ``wanted`` that Excel accepts and no sheet has yet."""
        clean = _NOT_IN_NAMES.sub("_", wanted).strip().strip("'") or "_"
        name, number = cut_to(clean, NAME_LIMIT), 1
        while name.casefold() in self._taken:
            number += 1
            tail = f" ({number})"
            name = cut_to(clean, NAME_LIMIT - len(tail)) + tail
        self._taken.add(name.casefold())
        return name


def cut_to(value: str, units: int) -> str:
    """``value`` cut to ``units`` UTF-16 units, the cut shown as "…"."""
    encoded = value.encode("utf-16-le")
    if len(encoded) <= 2 * units:
        return value
    return encoded[: 2 * (units - 1)].decode("utf-16-le", "ignore") + "…"
