"""What a cell says about a day or a moment. What could mean two dates, or lacks its year, is a fault."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from sincerity.intake.aliases import mark
from sincerity.intake.cells import Fault, Parsed, cell_error, clean
from sincerity.intake.raw import CellError, RawCell

EARLIEST_YEAR, LATEST_YEAR = 2000, 2100
_LAST_SERIAL = 80_000  # the year 2119 counted from 1900; larger numbers are no dates

_YEAR_FIRST = re.compile(
    r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?"
    r"(?:\s*\(?(?:星期|周)[一二三四五六日天]\)?)?"
    r"(?:(?:[\sT]+|(?<=日)|(?<=\)))(.+))?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CLOCK = re.compile(
    r"(上午|下午|am|pm)?\s*(\d{1,2})(?::|点|时)(\d{1,2})(?:(?::|分)(\d{1,2})(?:\.\d+)?)?[分秒]?\s*(am|pm)?",
    re.IGNORECASE,
)
_NO_YEAR = re.compile(r"\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(\s.*)?")
_DAY_OR_MONTH_FIRST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})(\s.*)?|\d{2}[年]\d{1,2}月\d{1,2}日?.*")


def parse_moment(cell: RawCell, blanks: frozenset[str], dates_1904: bool = False) -> Parsed[datetime]:
    """A date or a date with time, local. Serial numbers count from 1900 or 1904 as the file says."""
    if cell is None:
        return None
    if isinstance(cell, CellError):
        return cell_error(cell)
    if isinstance(cell, datetime):
        return _in_our_time(cell)
    if isinstance(cell, date):
        return _in_our_time(datetime.combine(cell, time()))
    if isinstance(cell, (time, timedelta)):
        return Fault("time_without_date")
    if isinstance(cell, bool):
        return Fault("date_unclear")
    if isinstance(cell, (int, float)):
        return _from_number(float(cell), dates_1904)
    text = clean(cell)
    return None if not text or mark(text) in blanks else _moment_in(text)


def _in_our_time(moment: datetime) -> Parsed[datetime]:
    if EARLIEST_YEAR <= moment.year < LATEST_YEAR:
        return moment.replace(tzinfo=None)
    return Fault("date_out_of_range")


def _from_number(number: float, dates_1904: bool) -> Parsed[datetime]:
    if number.is_integer() and _COMPACT.fullmatch(str(int(number))):
        return _moment_in(str(int(number)))
    if 0 <= number < 1:
        return Fault("time_without_date")
    if not 1 <= number < _LAST_SERIAL:
        return Fault("date_unclear")
    start = datetime(1904, 1, 1) if dates_1904 else datetime(1899, 12, 30)
    return _in_our_time(start + timedelta(seconds=round(number * 86_400)))


def _moment_in(text: str) -> Parsed[datetime]:
    if match := _COMPACT.fullmatch(text):
        year, month, day = match.groups()
        return _built(year, month, day, None)
    if match := _YEAR_FIRST.fullmatch(text):
        return _built(*match.groups())
    if _DAY_OR_MONTH_FIRST.fullmatch(text):
        return Fault("date_order_unclear")
    if _NO_YEAR.fullmatch(text):
        return Fault("date_without_year")
    return Fault("date_unclear")


def _built(year: str, month: str, day: str, clock: str | None) -> Parsed[datetime]:
    try:
        moment = datetime(int(year), int(month), int(day))
    except ValueError:
        return Fault("date_impossible")
    since_midnight = _clock(clock) if clock else timedelta()
    return Fault("date_unclear") if since_midnight is None else _in_our_time(moment + since_midnight)


def _clock(text: str) -> timedelta | None:
    """Time of day; None when ``text`` is none."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    before, hour_text, minute, second, after = match.groups()
    half = {"上午": "am", "下午": "pm"}.get(before or "", (before or after or "").casefold())
    hour = int(hour_text)
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0) if hour <= 12 else hour
    if hour > 23 or int(minute) > 59 or int(second or 0) > 59:
        return None
    return timedelta(hours=hour, minutes=int(minute), seconds=int(second or 0))
