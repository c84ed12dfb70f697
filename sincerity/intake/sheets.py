"""The files of a launch folder turned into raw sheets: one workbook, or one CSV file per table."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sincerity.domain import InputFile
from sincerity.domain.rulings import RULINGS_FILE
from sincerity.intake.csv_file import Recognise, read_csv
from sincerity.intake.headers import recognised_fields
from sincerity.intake.launch_aliases import FILE_NAME as COLUMNS_FILE
from sincerity.intake.launch_file import LAUNCH_FILE, rule_file_names
from sincerity.intake.limits import Limits, read_bytes
from sincerity.intake.raw import RawSheet
from sincerity.intake.workbook_file import read_workbook
from sincerity.problems import Problem

WORKBOOKS = (".xlsx", ".xlsm")
OTHER_SPREADSHEETS = (".xls", ".xlsb", ".et", ".ods", ".numbers", ".tsv", ".xlt", ".xltx", ".wps")
SETTINGS_FILES = (LAUNCH_FILE, COLUMNS_FILE, RULINGS_FILE)
OUR_OWN = ("problems.xlsx",)  # what the program itself writes beside the input
_LOCK_MARK = "~$"  # Excel and WPS put such a file beside a workbook that is open


@dataclass(frozen=True)
class _Found:
    """The file names of a launch folder by what they are, each sorted."""

    workbooks: Sequence[str]
    csvs: Sequence[str]
    others: Sequence[str]
    locks: Sequence[str]


def read_sheets(
    folder: Path, recognise: Recognise = recognised_fields, limits: Limits | None = None
) -> tuple[tuple[RawSheet, ...], tuple[InputFile, ...], tuple[Problem, ...]]:
    """All sheets of the launch in ``folder``, the files read (settings files included), and all problems."""
    if not folder.is_dir():
        return (), (), (Problem("error", "folder_missing", value=folder.name),)
    bounds = limits or Limits()
    rules = rule_file_names(folder)
    found = _found(folder, rules)
    problems = _choice_problems(found)
    inputs = [read for name in (*SETTINGS_FILES, *sorted(rules)) for read in _input(folder, name, bounds)]
    sheets: list[RawSheet] = []
    if not any(problem.severity == "error" for problem in problems):
        for name in (*found.workbooks, *found.csvs):
            read, file_sheets, file_problems = _read_file(folder, name, recognise, bounds)
            inputs += [read] if read else []
            sheets += file_sheets
            problems += file_problems
    return tuple(sheets), tuple(inputs), tuple(problems)


def input_files(folder: Path, limits: Limits | None = None) -> tuple[InputFile, ...]:
    """The files ``read_sheets`` would read in ``folder``, described by size and hash alone."""
    rules = rule_file_names(folder)
    found = _found(folder, rules)
    names = (*SETTINGS_FILES, *sorted(rules), *found.workbooks, *found.csvs)
    return tuple(described for name in names for described in _input(folder, name, limits or Limits()))


def _found(folder: Path, rules: frozenset[str]) -> _Found:
    own_rules = {(folder / name).resolve() for name in rules}
    names = sorted(
        path.name for path in folder.iterdir()
        if path.is_file() and not path.name.startswith(".") and path.resolve() not in own_rules
    )
    plain = [name for name in names if not name.startswith(_LOCK_MARK) and name.lower() not in OUR_OWN]
    return _Found(
        workbooks=[name for name in plain if name.lower().endswith(WORKBOOKS)],
        csvs=[name for name in plain if name.lower().endswith(".csv")],
        others=[name for name in plain if name.lower().endswith(OTHER_SPREADSHEETS)],
        locks=[name for name in names if name.startswith(_LOCK_MARK) and name.lower().endswith(WORKBOOKS)],
    )


def _choice_problems(found: _Found) -> list[Problem]:
    """What stands in the way of taking the one workbook, or the CSV files, as the launch's tables."""
    problems = []
    if len(found.workbooks) > 1:
        problems.append(Problem("error", "two_workbooks", parts={"files": ", ".join(found.workbooks)}))
    if found.workbooks and found.csvs:
        parts = {"files": ", ".join(found.workbooks), "csvs": ", ".join(found.csvs)}
        problems.append(Problem("error", "workbook_and_csv", parts=parts))
    usable = bool(found.workbooks or found.csvs)
    problems += [Problem("warning" if usable else "error", "format_not_read", name) for name in found.others]
    if usable:
        problems += [Problem("warning", "workbook_open", name) for name in found.locks]
    elif found.locks:
        problems += [Problem("error", "only_lock_file", name) for name in found.locks]
    elif not found.others:
        problems.append(Problem("error", "no_tables"))
    return problems


def _read_file(
    folder: Path, name: str, recognise: Recognise, limits: Limits
) -> tuple[InputFile | None, tuple[RawSheet, ...], list[Problem]]:
    content, problems = read_bytes(folder / name, name, limits)
    if content is None:
        return None, (), problems
    if name.lower().endswith(WORKBOOKS):
        sheets, problems = read_workbook(content, name, limits)
        return _described(name, content), sheets, problems
    sheet, problems = read_csv(content, name, recognise, limits)
    return _described(name, content), (sheet,) if sheet else (), problems


def _input(folder: Path, name: str, limits: Limits) -> list[InputFile]:
    """The description of a settings file; none where it cannot be read, which reading the settings reports."""
    content, _ = read_bytes(folder / name, name, limits)
    return [] if content is None else [_described(name, content)]


def _described(name: str, content: bytes) -> InputFile:
    return InputFile(name, len(content), hashlib.sha256(content).hexdigest())
