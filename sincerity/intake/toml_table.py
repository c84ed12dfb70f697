"""A TOML settings file read strictly: every key is declared, every value typed, every fault told with its line.

A table is read against a tuple of ``Key``. What fits comes back as a dict; what does not becomes a problem,
and all problems of a table come at once. ``header`` of such a problem is the dotted key, ``row`` the line.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sincerity.intake.limits import Limits, read_bytes
from sincerity.problems import Problem


@dataclass(frozen=True)
class Key:
    """One allowed key. ``low`` and ``high`` bound numbers (both included); ``choices`` lists the words allowed."""

    name: str
    kind: str  # a name in KINDS
    required: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table of a settings file: its values and where they stand. ``path`` is "" for the top table."""

    file: str
    values: Mapping[str, object]
    lines: Mapping[str, int] = field(default_factory=dict)
    path: str = ""

    def dotted(self, key: str) -> str:
        """The full name of ``key``, e.g. ``allocation.quota``."""
        return f"{self.path}.{key}" if self.path else key

    def child(self, key: str) -> Table:
        """The table under ``key``; an empty one where the file has none or something else."""
        below = self.values.get(key)
        return Table(self.file, below if isinstance(below, dict) else {}, self.lines, self.dotted(key))

    def children(self, key: str) -> list[Table]:
        """The tables of the list under ``key``, counted from 1 in their path."""
        below = self.values.get(key)
        members = below if isinstance(below, list) else []
        return [
            Table(self.file, member, self.lines, f"{self.dotted(key)}[{number}]")
            for number, member in enumerate(members, 1)
            if isinstance(member, dict)
        ]

    def problem(self, code: str, key: str = "", value: object = None, **parts: object) -> Problem:
        """An error at ``key`` of this table, or at the table itself."""
        path = self.dotted(key) if key else self.path
        shown = None if value is None else shown_value(value)
        return Problem("error", code, self.file, row=self.line(path), header=path, value=shown, parts=parts)

    def line(self, path: str) -> int | None:
        """Where the dotted ``path`` stands, or the nearest table above it."""
        while path and path not in self.lines:
            path = path.rpartition(".")[0]
        return self.lines.get(path)


def read_toml(path: Path, name: str) -> tuple[Table | None, list[Problem]]:
    """The top table of the file at ``path``, called ``name`` in problems; None when it cannot be read at all."""
    raw, problems = read_bytes(path, name, Limits())
    if raw is None:
        return None, problems
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = fault.object[: fault.start].count(b"\n") + 1
        return None, [Problem("error", "settings_not_utf8", name, row=line)]
    try:
        return Table(name, tomllib.loads(content), key_lines(content)), []
    except (ValueError, RecursionError) as fault:
        return None, [_syntax_problem(name, content, str(fault))]


def read_table(table: Table, keys: Sequence[Key]) -> tuple[dict[str, object], list[Problem]]:
    """The values of ``table`` that fit ``keys``, and a problem for each key that is unknown, missing or wrong."""
    problems = [_unknown_key(table, name, [key.name for key in keys]) for name in table.values.keys() - _names(keys)]
    problems.sort(key=lambda problem: (problem.row or 0, problem.header or ""))
    fitting: dict[str, object] = {}
    for key in keys:
        if key.name not in table.values:
            if key.required:
                problems.append(table.problem("setting_missing", key.name))
            continue
        value = KINDS[key.kind](table.values[key.name])
        problem = _fault(table, key, value)
        if problem is None:
            fitting[key.name] = value
        else:
            problems.append(problem)
    return fitting, problems


def unknown_word(table: Table, key: str, value: object, allowed: Iterable[str]) -> Problem:
    """The problem of a word that is none of ``allowed``, with the nearest one where one is near."""
    names = list(allowed)
    listed = ", ".join(names)
    near = difflib.get_close_matches(str(value), names, 1, 0.6)
    if near:
        return table.problem("setting_misspelt_word", key, value, allowed=listed, nearest=near[0])
    return table.problem("setting_unknown_word", key, value, allowed=listed)


def key_lines(content: str) -> dict[str, int]:
    """Where every key and table of a TOML text stands: dotted path → line number, list members as ``rounds[2]``."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    prefix = ""
    for number, line in enumerate(content.splitlines(), 1):
        if header := _TABLE_LINE.match(line):
            prefix = _clean(header["table"])
            if header["many"]:
                lines.setdefault(prefix, number)
                counts[prefix] = counts.get(prefix, 0) + 1
                prefix = f"{prefix}[{counts[prefix]}]"
            lines.setdefault(prefix, number)
        elif key := _KEY_LINE.match(line):
            name = _clean(key["key"])
            lines.setdefault(f"{prefix}.{name}" if prefix else name, number)
    return lines


def shown_value(value: object) -> str:
    """A value as it would be written in the file, shortened where it is long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        shown = value.isoformat() if isinstance(value, date) else str(value)
    except ValueError:  # Python refuses to write out a number of thousands of digits
        return "…"
    return shown if len(shown) <= 60 else shown[:57] + "..."


def as_day(value: object) -> date | None:
    """A calendar day from a TOML date or a text such as 2026-11-28, 2026/11/28 or 2026年11月28日."""
    moment = _moment_of_text(value) if isinstance(value, str) else value
    if isinstance(moment, datetime):
        return moment.date()
    return moment if isinstance(moment, date) else None


def as_moment(value: object) -> datetime | None:
    """A local date and time; None when the time of day is missing or a time zone is named."""
    if isinstance(value, str) and ":" not in value and "：" not in value:
        return None
    moment = _moment_of_text(value) if isinstance(value, str) else value
    return moment if isinstance(moment, datetime) and moment.tzinfo is None else None


def _text(value: object) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else None


def _identifier(value: object) -> str | None:
    return str(value) if _integer(value) is not None else _text(value)


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1e15 else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e15 else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _words(value: object) -> tuple[str, ...] | None:
    if isinstance(value, list) and all(_text(member) for member in value):
        return tuple(member.strip() for member in value)
    return None


def _integers(value: object) -> tuple[int, ...] | None:
    if isinstance(value, list) and all(_integer(member) is not None for member in value):
        return tuple(value)
    return None


def _table(value: object) -> dict[str, object] | None:
    return value if isinstance(value, dict) else None


def _tables(value: object) -> list[dict[str, object]] | None:
    return value if isinstance(value, list) and all(isinstance(member, dict) for member in value) else None


# kind → the value as the program uses it, or None where it does not fit; its problem is setting_not_<kind>
KINDS: Mapping[str, Callable[[object], object | None]] = {
    "text": _text,
    "identifier": _identifier,
    "integer": _integer,
    "number": _number,
    "flag": _flag,
    "day": as_day,
    "moment": as_moment,
    "words": _words,
    "integers": _integers,
    "table": _table,
    "tables": _tables,
}

_TABLE_LINE = re.compile(r"^\s*\[(?P<many>\[)?(?P<table>[^\[\]]+)\]")
_KEY_LINE = re.compile(r"""^\s*(?P<key>"[^"]*"|'[^']*'|[A-Za-z0-9_.\- ]+?)\s*=""")
_DATE_TEXT = re.compile(
    r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?"
    r"(?:[T\s]*(?P<hour>\d{1,2})[:：](?P<minute>\d{2})(?:[:：](?P<second>\d{2}))?)?"
)


def _moment_of_text(text: str) -> datetime | None:
    match = _DATE_TEXT.fullmatch(text.strip())
    if match is None:
        return None
    parts = [int(part or 0) for part in match.group("y", "m", "d", "hour", "minute", "second")]
    try:
        return datetime(*parts)  # type: ignore[arg-type]
    except ValueError:
        return None


def _fault(table: Table, key: Key, value: object) -> Problem | None:
    found = table.values[key.name]
    if value is None:
        return table.problem(f"setting_not_{key.kind}", key.name, found)
    if key.choices and value not in key.choices:
        return unknown_word(table, key.name, found, key.choices)
    if isinstance(value, int | float) and not _within(value, key):
        bounds = {"low": f"{key.low:g}", "high": "∞" if key.high is None else f"{key.high:g}"}
        return table.problem("setting_out_of_range", key.name, found, **bounds)
    return None


def _within(value: float, key: Key) -> bool:
    return (key.low is None or value >= key.low) and (key.high is None or value <= key.high)


def _unknown_key(table: Table, name: str, allowed: list[str]) -> Problem:
    near = difflib.get_close_matches(name, allowed, 1, 0.6)
    listed = ", ".join(allowed)
    if near:
        return table.problem("setting_misspelt_key", name, key_name=name, allowed=listed, nearest=near[0])
    return table.problem("setting_unknown_key", name, key_name=name, allowed=listed)


def _syntax_problem(name: str, content: str, message: str) -> Problem:
    place = re.search(r"\(at line (\d+), column (\d+)\)", message)
    line = int(place[1]) if place else max(1, len(content.splitlines()))
    written = content.splitlines()[line - 1 : line]
    value = written[0].strip()[:80] if written else ""
    return Problem("error", "settings_syntax", name, row=line, value=value, parts={"detail": message})


def _names(keys: Sequence[Key]) -> set[str]:
    return {key.name for key in keys}


def _clean(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in name.split("."))
