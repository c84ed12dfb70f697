"""Columns read at once: most hold nothing but clean cells, and then every cell says just what stands in it.

Each function gives the values of a whole column, equal to what the parser of single cells gives one by one, or None
when some cell is less plain than that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime

from sincerity.intake.cells import DASHES, INVISIBLE, Parsed
from sincerity.intake.moments import EARLIEST_YEAR, LATEST_YEAR
from sincerity.intake.raw import RawCell

_BETWEEN = "\n"
_MOBILES = re.compile(r"(?:1[3-9][0-9]{9}\n)+")
_ONE_DIGIT = re.compile(r"^1([0-9])\1{9}$", re.MULTILINE)


def moments(cells: Sequence[RawCell], parser: Callable[[RawCell], Parsed]) -> list[Parsed] | None:
    """Moments of our time without a time zone as they are, whatever else stands among them by ``parser``."""
    given = [cell for cell in cells if type(cell) is datetime]
    if not given or any(cell.tzinfo is not None for cell in given):
        return None
    if min(given).year < EARLIEST_YEAR or max(given).year >= LATEST_YEAR:
        return None
    others = {(type(cell), cell) for cell in cells if type(cell) is not datetime}
    meaning = {(kind, cell): parser(cell) for kind, cell in others}
    return [cell if type(cell) is datetime else meaning[type(cell), cell] for cell in cells]


def plain_texts(cells: Sequence[RawCell]) -> list[Parsed] | None:
    """Texts of normal width without spaces or invisible characters."""
    joined = _joined(cells)
    return None if joined is None else list(cells)


def plain_codes(cells: Sequence[RawCell], blanks: frozenset[str]) -> list[Parsed] | None:
    """Ids and short names, none of them a sign for "empty"."""
    joined = _joined(cells)
    if joined is None or set(joined) & {"+", "'", *map(chr, DASHES)}:
        return None
    return list(cells) if blanks.isdisjoint(joined.casefold().split(_BETWEEN)) else None


def plain_phones(cells: Sequence[RawCell], blanks: frozenset[str]) -> list[Parsed] | None:
    """Mobile numbers as bare digits."""
    joined = _joined(cells)
    if joined is None or not _MOBILES.fullmatch(joined + _BETWEEN) or _ONE_DIGIT.search(joined):
        return None
    return plain_codes(cells, blanks)


def _joined(cells: Sequence[RawCell]) -> str | None:
    """All given texts, one after the other, when each is clean as it is."""
    given = [cell for cell in cells if isinstance(cell, str)]
    joined = _BETWEEN.join(given)
    if not given or "" in given or joined.count(_BETWEEN) != len(given) - 1:
        return None
    odd = any(letter.isspace() or ord(letter) in INVISIBLE for letter in set(joined) - {_BETWEEN})
    return None if odd or not unicodedata.is_normalized("NFKC", joined) else joined
