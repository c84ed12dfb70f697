"""The story of intake: a launch folder in, a validated launch out, and every problem of it at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sincerity.domain import INPUT_TABLES, InputFile, Launch
from sincerity.intake.aliases import Aliases
from sincerity.intake.checks import check_launch
from sincerity.intake.launch_aliases import load_aliases
from sincerity.intake.launch_file import default_settings, load_settings
from sincerity.intake.model_file import model_of
from sincerity.intake.parse import ParsedTable, parse_table
from sincerity.intake.price_names import price_name_problems
from sincerity.intake.raw import RawSheet
from sincerity.intake.recognise import recognise
from sincerity.intake.rulings_file import read_rulings
from sincerity.intake.sheets import read_sheets
from sincerity.problems import Problem, has_errors
from sincerity.settings import Settings


def read_launch(folder: Path) -> tuple[Launch | None, tuple[Problem, ...]]:
    """The launch in ``folder`` and all its problems, by file, sheet, row and column; None when one is an error."""
    settings, settings_problems = load_settings(folder)
    aliases, alias_problems = load_aliases(folder)
    chance_model, model_problems = model_of(folder, settings)
    sheets, files, file_problems = read_sheets(folder)
    launch, table_problems = assemble(settings, sheets, files, aliases, complete=not has_errors(file_problems))
    rulings, ruling_problems = read_rulings(folder)
    price_problems = price_name_problems(folder, launch.units) if settings else ()
    problems = in_reading_order((
        *settings_problems, *model_problems, *alias_problems, *file_problems, *table_problems, *ruling_problems,
        *price_problems,
    ))
    if has_errors(problems):
        return None, problems
    return replace(launch, chance_model=chance_model, rulings=rulings), problems


def assemble(
    settings: Settings | None, sheets: tuple[RawSheet, ...], files: tuple[InputFile, ...], aliases: Aliases,
    complete: bool = True,
) -> tuple[Launch, tuple[Problem, ...]]:
    """The tables of ``sheets`` as a launch, faulty cells neutral, with the problems of tables and cells.

    ``complete`` says that every file could be read: only then can a table be called missing.
    """
    found, problems = recognise(sheets, aliases)
    if not complete:
        problems = tuple(problem for problem in problems if problem.code != "table_missing")
    parsed = {table.table: parse_table(table, aliases) for table in found}
    launch = _launch(settings or default_settings(), parsed, files)
    of_cells = tuple(problem for table in parsed.values() for problem in table.problems)
    return launch, problems + of_cells + check_launch(launch, settings is not None)


def in_reading_order(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Problems as a reader meets them: by file, sheet, row, column; those without a place first."""
    return tuple(sorted(problems, key=_place))


def _place(problem: Problem) -> tuple:
    column = problem.column or ""
    return (problem.file or "", problem.sheet or "", problem.row or 0, len(column), column, problem.code)


def _launch(settings: Settings, parsed: dict[str, ParsedTable], files: tuple[InputFile, ...]) -> Launch:
    frames = {s.name: parsed[s.name].frame if s.name in parsed else s.empty() for s in INPUT_TABLES}
    sources = {name: table.source for name, table in parsed.items()}
    return Launch(settings=settings, sources=sources, files=files, **frames)
