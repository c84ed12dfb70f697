"""Problems for the terminal and for other programs: words grouped by sheet, and records with stable keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from sincerity.problems import Problem
from sincerity.texts import LANGUAGES, text

GRAVEST_FIRST = ("error", "warning", "info")
SHOWN_PER_KIND = {"error": 20, "warning": 10, "info": 3}  # of one kind in one column; the others are counted


def problem_text(problems: Iterable[Problem], lang: str) -> str:
    """Every sheet with its problems, errors first, then one line that counts them."""
    by_sheet: dict[str, list[Problem]] = {}
    for problem in problems:
        by_sheet.setdefault(_sheet(problem, lang), []).append(problem)
    gravest = {sheet: min(map(_gravity, members)) for sheet, members in by_sheet.items()}
    sheets = sorted(by_sheet, key=gravest.__getitem__)
    blocks = ["\n".join([sheet, *_lines(by_sheet[sheet], lang)]) for sheet in sheets]
    everything = [problem for members in by_sheet.values() for problem in members]
    return "\n\n".join([*blocks, summary_line(everything, lang)])


def summary_line(problems: Iterable[Problem], lang: str) -> str:
    """How many errors, warnings and notes there are."""
    counts = Counter(str(problem.severity) for problem in problems)
    return text("problem_list.summary", lang, **{severity: counts[severity] for severity in GRAVEST_FIRST})


def problem_records(problems: Iterable[Problem], lang: str) -> list[dict[str, object]]:
    """One record per problem; ``message`` is in ``lang``, ``what`` and ``fix`` are in every language."""
    return [
        {
            "severity": problem.severity,
            "code": problem.code,
            "file": problem.file,
            "sheet": problem.sheet,
            "row": problem.row,
            "column": problem.column,
            "header": problem.header,
            "value": problem.value,
            "place": problem.place(),
            "message": problem.what(lang),
            "what": {language: problem.what(language) for language in LANGUAGES},
            "fix": {language: problem.fix(language) for language in LANGUAGES},
        }
        for problem in problems
    ]


def severity_word(problem: Problem, lang: str) -> str:
    """错误, 警告 or 提示."""
    return text(f"problem_list.{problem.severity}", lang)


def _lines(problems: Sequence[Problem], lang: str) -> list[str]:
    """The lines of one sheet: every problem's place and sentence, and how to mend its kind once below."""
    kinds: dict[tuple, list[Problem]] = {}
    for problem in sorted(problems, key=_gravity):
        kinds.setdefault((_gravity(problem), problem.column or "", problem.code), []).append(problem)
    return [line for kind in kinds.values() for line in _kind_lines(kind, lang)]


def _kind_lines(kind: Sequence[Problem], lang: str) -> list[str]:
    listed = kind[: SHOWN_PER_KIND[kind[0].severity]]
    lines = [f"  {_opening(problem, lang)}{problem.what(lang)}" for problem in listed]
    if len(kind) > len(listed):
        lines.append("  " + text("problem_list.more", lang, count=len(kind) - len(listed)))
    fixes = [fix for fix, _ in groupby(problem.fix(lang) for problem in listed)]
    return lines + [f"    → {fix}" for fix in fixes]


def _opening(problem: Problem, lang: str) -> str:
    cell = f"{problem.column or ''}{problem.row or ''}"
    header = f"[{problem.header}]" if problem.header else ""
    return " ".join(filter(None, (severity_word(problem, lang), cell, header))) + text("problem_list.colon", lang)


def _sheet(problem: Problem, lang: str) -> str:
    where = " › ".join(part for part in (problem.file, problem.sheet) if part)
    return where or text("problem_list.nowhere", lang)


def _gravity(problem: Problem) -> int:
    return GRAVEST_FIRST.index(problem.severity)
