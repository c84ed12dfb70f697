"""One workbook turned into raw sheets: pre-flight first, then the values from a child process."""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from sincerity.intake.child import Answer, Request, Rows
from sincerity.intake.limits import Limits
from sincerity.intake.preflight import SheetPlan, preflight
from sincerity.intake.raw import CellError, RawCell, RawSheet
from sincerity.intake.refused import Refused, damaged
from sincerity.own_process import own_command, own_environment
from sincerity.problems import Problem

CELLS_WORTH_A_PROCESS = 100_000  # fewer are read before another process has begun

_log = logging.getLogger(__name__)


def read_workbook(content: bytes, file: str, limits: Limits) -> tuple[tuple[RawSheet, ...], list[Problem]]:
    """All worksheets of a workbook, empty cells as None, and what a person should know; none when it is refused."""
    plan, problems = preflight(content, file, limits)
    if plan is None:
        return (), problems
    try:
        values = _values(content, plan.sheets, limits)
    except Refused as refusal:
        _log.info("%s could not be read: %s", file, refusal.parts)
        return (), [*problems, refusal.problem(file)]
    return tuple(_sheet(file, sheet, values.get(sheet.name, ()), plan.dates_1904) for sheet in plan.sheets), problems


def _values(content: bytes, sheets: Sequence[SheetPlan], limits: Limits) -> Mapping[str, Rows]:
    """What the child processes answer: two side by side for a large workbook. Raises Refused as ``_answer`` does."""
    shares = _shares(sheets) if (os.cpu_count() or 1) > 1 else [sheets]
    with ThreadPoolExecutor(len(shares)) as pool:
        answers = list(pool.map(lambda share: _answer(content, share, limits), shares))
    return {name: rows for answer in answers for name, rows in answer.items()}


def _shares(sheets: Sequence[SheetPlan]) -> list[Sequence[SheetPlan]]:
    """The sheets in one share, or in two of about as many cells when there are enough of them."""
    shares: list[list[SheetPlan]] = [[], []]
    for sheet in sorted(sheets, key=_cells, reverse=True):
        min(shares, key=lambda share: sum(map(_cells, share))).append(sheet)
    worth_it = all(sum(map(_cells, share)) >= CELLS_WORTH_A_PROCESS for share in shares)
    return [*shares] if worth_it else [sheets]


def _cells(sheet: SheetPlan) -> int:
    return sheet.facts.cells


def _answer(content: bytes, sheets: Sequence[SheetPlan], limits: Limits) -> Mapping[str, Rows]:
    """What one child process answers. Raises Refused when it fails, dies or takes too long."""
    request: Request = frozenset(sheet.name for sheet in sheets), content
    command = own_command("sincerity.intake.child", str(limits.read_memory_bytes))
    try:
        done = subprocess.run(
            command, input=pickle.dumps(request, protocol=5), capture_output=True, timeout=limits.read_seconds,
            check=False, env=own_environment(),
        )
    except subprocess.TimeoutExpired as fault:
        raise Refused("reading_took_too_long", seconds=f"{limits.read_seconds:g}") from fault
    if done.returncode != 0:
        last = done.stderr.decode("utf-8", "backslashreplace").strip().splitlines()[-1:]
        raise damaged(f"reader ended with code {done.returncode}: {' '.join(last)}")
    answer: Answer = pickle.loads(done.stdout)
    values, what_failed = answer
    if what_failed:
        raise damaged(what_failed)
    return values


def _sheet(file: str, sheet: SheetPlan, rows: Rows, dates_1904: bool) -> RawSheet:
    facts = sheet.facts
    return RawSheet(
        file,
        sheet.name,
        _with_errors(rows, facts.cell_errors),
        merged=tuple(facts.merged),
        hidden_rows=tuple(facts.hidden_rows),
        hidden=sheet.hidden,
        dates_1904=dates_1904,
    )


def _with_errors(rows: Rows, errors: Mapping[tuple[int, int], CellError]) -> Rows:
    """The rows with every unusable cell named as such; rows and columns grow where only such a cell stands."""
    if not errors:
        return rows
    height = max(len(rows), max(row for row, _ in errors))
    width = max(len(rows[0]) if rows else 0, max(column for _, column in errors))
    grid: list[list[RawCell]] = [[*row, *[None] * (width - len(row))] for row in rows]
    grid += [[None] * width for _ in range(height - len(rows))]
    for (row, column), error in errors.items():
        grid[row - 1][column - 1] = error
    return tuple(map(tuple, grid))
