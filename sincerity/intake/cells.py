"""What one cell says: text, a number, a moment, a choice – or a fault that names what is wrong with it.

Every parser takes a raw cell and returns its value, None for an empty cell, or a Fault. Nothing is guessed:
what could mean two things is a fault.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeAlias, TypeVar

from sincerity.intake.aliases import Wrapping, key, mark
from sincerity.intake.raw import CellError, RawCell
from sincerity.problems import Severity

DIGITS_LOST_FROM = 1e15  # Excel keeps 15 digits of a number; longer ids have lost their end

DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-"))
INVISIBLE = str.maketrans(dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", None))
_SCIENTIFIC = re.compile(r"\d+(\.\d+)?e[+-]?\d+", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?|\.\d+")
_AMOUNT = re.compile(r"¥?\s*([+-]?)\s*([\d.][\d,. ]*?)\s*([^\d.,\s].*)?")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{9,11}|[48]00\d{7}")
_ABROAD = re.compile(r"\+\d{8,15}")
_CHINA = re.compile(r"^(?:\+|00)?86(?=1\d{10}$)")
_CHINESE_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_ROOM_TAIL = re.compile(r"(?<=[室房])(?:[\d一二两三四五六](?:厅|卫|厨|阳台?))+$")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell: a problem's code, the parts of its sentence, and how grave it is."""

    code: str
    parts: Mapping[str, object] = field(default_factory=dict, hash=False)
    severity: Severity = "error"


Value = TypeVar("Value")
Parsed: TypeAlias = "Value | Fault | None"


def clean(text: str) -> str:
    """``text`` in normal width, without invisible characters, single inner spaces, no spaces around."""
    if text.isascii():
        return text if text.isalnum() else " ".join(text.split())
    if text.isalnum() and unicodedata.is_normalized("NFKC", text):
        return text
    return " ".join(unicodedata.normalize("NFKC", text).translate(INVISIBLE).split())


def shown(cell: RawCell) -> str:
    """A cell as a person would see it, cut to 60 characters."""
    if isinstance(cell, CellError):
        return cell.shown
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < DIGITS_LOST_FROM:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    full = " ".join(str(cell).split()) if cell is not None else ""
    return full if len(full) <= 60 else full[:59] + "…"


def parse_free_text(cell: RawCell) -> Parsed[str]:
    """Any text a person wrote; dates and numbers are kept as they would be shown."""
    if isinstance(cell, CellError):
        return cell_error(cell)
    if isinstance(cell, str):
        return clean(cell) or None
    return shown(cell) or None


def parse_code(cell: RawCell, blanks: frozenset[str]) -> Parsed[str]:
    """An id or a short name. 1234.0 is "1234"; what Excel has turned into a date or rounded is a fault."""
    if cell is None:
        return None
    if isinstance(cell, CellError):
        return cell_error(cell)
    if isinstance(cell, (bool, datetime, date, time, timedelta)):
        return Fault("code_turned_into_date" if not isinstance(cell, bool) else "code_turned_into_boolean")
    if isinstance(cell, (int, float)):
        return Fault("digits_lost") if abs(cell) >= DIGITS_LOST_FROM else shown(float(cell))
    text = clean(cell)
    text = (text if text.isascii() else text.translate(DASHES)).removeprefix("'")
    if "+" in text and _SCIENTIFIC.fullmatch(text):
        return Fault("scientific_text")
    return None if not text or mark(text) in blanks else text


def parse_phone(cell: RawCell, blanks: frozenset[str]) -> Parsed[str]:
    """A phone number as bare digits, +86 dropped. Masked and impossible numbers are faults of the warning kind."""
    text = parse_code(cell, blanks)
    if text is None or isinstance(text, Fault):
        return text
    if "*" in text:
        return Fault("phone_masked", severity="warning")
    digits = text if text.isdigit() and text[0] == "1" else _CHINA.sub("", re.sub(r"[\s\-().]", "", text))
    if _MOBILE.fullmatch(digits) and len(set(digits[1:])) > 1:
        return digits
    if _LANDLINE.fullmatch(digits) or _ABROAD.fullmatch(digits):
        return digits
    return Fault("phone_invalid", severity="warning")


def parse_number(
    cell: RawCell, blanks: frozenset[str], measures: Mapping[str, float], header_factor: float = 1.0,
) -> Parsed[float]:
    """A number in the field's own unit.

    A unit word in the cell (``210万``) counts before the unit in the header (``header_factor``).
    """
    if cell is None:
        return None
    if isinstance(cell, CellError):
        return cell_error(cell)
    if isinstance(cell, (bool, datetime, date, time, timedelta)):
        return Fault("number_unclear")
    if isinstance(cell, (int, float)):
        return _scaled(repr(cell), header_factor)
    text = clean(cell)
    if not text or mark(text) in blanks:
        return None
    return _number_in(text.translate(DASHES), measures, header_factor)


def parse_whole(cell: RawCell, blanks: frozenset[str], wrapping: Wrapping) -> Parsed[int]:
    """A whole number such as 3, "3F", "第三层" or "B1", as the field's wrapping words allow."""
    if cell is None:
        return None
    if isinstance(cell, CellError):
        return cell_error(cell)
    if isinstance(cell, (bool, datetime, date, time, timedelta)):
        return Fault("whole_unclear")
    if isinstance(cell, (int, float)):
        return int(cell) if float(cell).is_integer() else Fault("whole_unclear")
    text = mark(clean(cell)).translate(DASHES)
    if not text or text in blanks:
        return None
    return _whole_in(_ROOM_TAIL.sub("", text), wrapping)


def parse_choice(cell: RawCell, blanks: frozenset[str], words: Mapping[str, str]) -> Parsed[str]:
    """One of the field's values, by any of its names; an unknown word is a fault with the nearest one."""
    if cell is None:
        return None
    if isinstance(cell, CellError):
        return cell_error(cell)
    text = clean(shown(cell))
    if key(text) in words:
        return words[key(text)]
    if not text or mark(text) in blanks:
        return None
    return Fault("choice_unknown")


def nearest(text: str, known: list[str]) -> str:
    """The member of ``known`` most like ``text``, "" when none is close; equal closeness: the first in order."""
    folded = {key(name): name for name in reversed(known)}
    found = difflib.get_close_matches(key(text), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else ""


def cell_error(cell: CellError) -> Fault:
    """The fault of a cell that holds an error or a formula without a stored result."""
    return Fault("formula_without_result" if cell.kind == "formula_without_result" else "cell_error")


def _scaled(number: str, factor: float) -> float:
    """``number`` times ``factor`` without binary dust: 210.35 万 is 2,103,500 exactly."""
    return float(number) if factor == 1 else round(float(number) * factor, 6)


def _number_in(text: str, measures: Mapping[str, float], header_factor: float) -> Parsed[float]:
    if _SCIENTIFIC.fullmatch(text):
        return Fault("scientific_text")
    if text.endswith("%"):
        return Fault("number_is_percent")
    amount = _AMOUNT.fullmatch(text)
    if amount is None:
        return Fault("number_unclear")
    sign, digits, unit = amount.groups()
    digits = re.sub(r"(?<=\d) (?=\d{3}\b)", ",", digits)
    if not _NUMBER.fullmatch(digits) or (unit and key(unit) not in measures):
        return Fault("number_unclear")
    return _scaled(sign + digits.replace(",", ""), measures[key(unit)] if unit else header_factor)


def _whole_in(text: str, wrapping: Wrapping) -> Parsed[int]:
    sign, bare = 1, text
    for word in sorted(wrapping.after, key=len, reverse=True):
        if bare.endswith(word):
            bare = bare.removesuffix(word).strip()
            break
    for word in sorted((*wrapping.minus, *wrapping.before), key=len, reverse=True):
        if bare.startswith(word):
            bare = bare.removeprefix(word).strip()
            sign = -1 if word in wrapping.minus else 1
            break
    if re.fullmatch(r"-?\d+(\.0+)?", bare):
        return sign * int(float(bare))
    value = _chinese_number(bare)
    return Fault("whole_unclear") if value is None else sign * value


def _chinese_number(text: str) -> int | None:
    """The value of 一 … 九十九; None for anything else."""
    if text in _CHINESE_DIGITS:
        return _CHINESE_DIGITS[text]
    tens, ten, ones = text.partition("十")
    if not ten or (tens and tens not in _CHINESE_DIGITS) or (ones and ones not in _CHINESE_DIGITS):
        return None
    return _CHINESE_DIGITS.get(tens, 1) * 10 + _CHINESE_DIGITS.get(ones, 0)
