"""Problems that point at rows of a parsed table: file, sheet, Excel row, column letter and header filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from sincerity.domain import Launch
from sincerity.intake.aliases import key
from sincerity.intake.cells import nearest
from sincerity.problems import Problem, Severity
from sincerity.texts import text

MOST_HINTS = 20  # different unknown ids that get a hint; finding one takes long among thousands
MOST_COMPARED = 5_000  # known ids a hint is sought among

_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def point(
    launch: Launch, table: str, field: str, severity: Severity, code: str, bad: pd.DataFrame,
    parts: Mapping[str, str | Sequence[str]] | None = None,
) -> list[Problem]:
    """One problem per row of ``bad`` (rows of ``table``, in order), its cell the one of ``field``.

    ``parts`` fill the sentence: a text goes to every row, a sequence row by row.
    """
    if bad.empty:
        return []
    source = launch.sources[table]
    letter, header = source.columns.get(field, (None, None))
    per_row = {n: [p] * len(bad) if isinstance(p, str) else list(map(str, p)) for n, p in (parts or {}).items()}
    fillings = [dict(zip(per_row, row, strict=True)) for row in zip(*per_row.values(), strict=True)] or [{}] * len(bad)
    return [
        Problem(severity, code, source.file, source.sheet, int(row), letter, header, as_text(value), filling)
        for row, value, filling in zip(bad["source_row"], bad[field], fillings, strict=True)
    ]


def point_at_column(
    launch: Launch, table: str, field: str, severity: Severity, code: str, **parts: object,
) -> Problem:
    """One problem about a whole column; its row is left open."""
    source = launch.sources[table]
    letter, header = source.columns.get(field, (None, None))
    return Problem(severity, code, source.file, source.sheet, None, letter, header, None, parts)


def as_text(value: object) -> str:
    """A parsed value as a person would write it; "" where nothing is known."""
    if value is None or value is pd.NaT or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return f"{value:,.0f}"
    return str(value).removesuffix(" 00:00:00")


def amounts(numbers: Iterable[float]) -> list[str]:
    """Numbers with thousands separators and at most two decimals."""
    return [f"{number:,.2f}".rstrip("0").rstrip(".") for number in numbers]


def hint_parts(names: Sequence[str]) -> dict[str, list[str]]:
    """The parts ``hint`` and ``hint_zh``: "Did you mean …?" for every name, "" where there is none."""
    return {
        part: [text("problem_hint.did_you_mean", lang, name=name) if name else "" for name in names]
        for part, lang in (("hint", "en"), ("hint_zh", "zh"))
    }


def most_like(unknown: Sequence[str], known: Iterable[str]) -> list[str]:
    """For each id of ``unknown`` the known one that is most like it, "" when none is close."""
    if not unknown:
        return []
    names = sorted(set(known))
    bare = {_bare(name): name for name in reversed(names)}
    found: dict[str, str] = {}
    for name in list(dict.fromkeys(unknown))[:MOST_HINTS]:
        found[name] = bare.get(_bare(name)) or nearest(name, names[:MOST_COMPARED])
    return [found.get(name, "") for name in unknown]


def _bare(name: str) -> str:
    """An id without joining marks and without zeros before its numbers: 01-0101 and 1_101 alike."""
    return key("|".join(_ZEROS.sub("", part) for part in re.split(r"[^0-9A-Za-z\u4e00-\u9fff]+", name)))
