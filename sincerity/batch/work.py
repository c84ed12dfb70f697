"""One launch of a batch, from its folder to its line in the summary; runs in a process of its own."""

from __future__ import annotations

import time
import traceback
from argparse import Namespace
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sincerity import __version__
from sincerity.batch.launches import still_true
from sincerity.commands import launch as one_launch
from sincerity.commands.answer import INPUT_PROBLEMS
from sincerity.domain.batch import LaunchLine
from sincerity.intake.launch_file import load_settings
from sincerity.lock import LockHeld
from sincerity.manifest import read_manifest
from sincerity.problems import Problem
from sincerity.tables import read_table

LOG_FILE = "sincerity-error.log"
_AS_THE_LAUNCH_SAYS = dict.fromkeys(("round", "as_of", "policy", "theme", "lang", "out"))


def work_on(folder: Path, words: str) -> LaunchLine:
    """The launch run and published unless its run is still true; never raises. ``words``: language of what is said."""
    began = time.perf_counter()
    try:
        line = _line(folder, words)
    except LockHeld as held:
        line = LaunchLine(folder.name, "busy", 0.0, what=held.problem.what(words))
    except Exception as fault:
        line = LaunchLine(folder.name, "failed", 0.0, what=_logged(folder, fault))
    return replace(line, seconds=time.perf_counter() - began)


def _line(folder: Path, words: str) -> LaunchLine:
    kept = still_true(folder)
    if kept is not None:
        run, problems = kept
        notes = sum(read_manifest(run)["notes"].values())
        return _published(folder, run, "unchanged", _count(problems, "warning") + notes, words)
    answer = one_launch.run(Namespace(**_AS_THE_LAUNCH_SAYS, folder=folder, words=words, quiet=True, alone=False))
    if answer.exit_code == INPUT_PROBLEMS:
        return _refused(folder, answer.problems, words)
    return _published(folder, Path(str(answer.facts["run"])), "done", _count(answer.problems, "warning"), words)


def _published(folder: Path, run: Path, status: str, warnings: int, words: str) -> LaunchLine:
    manifest = read_manifest(run)
    rates = read_table("kpis", run / "tables").set_index("kpi")
    return LaunchLine(
        folder=folder.name,
        status=status if manifest["solution"]["status"] == "proven" else "unproven",
        seconds=0.0,
        name=manifest["settings"]["name"],
        round=manifest["round"]["number"],
        policy=manifest["settings"]["policies"][manifest["round"]["policy"]]["label"][words],
        buyers_placed=int(rates.loc["placement", "numerator"]),
        buyers_with_pick=int(rates.loc["placement", "denominator"]),
        first_choices=int(rates.loc["first_choice", "numerator"]),
        placed=int(rates.loc["first_choice", "denominator"]),
        warnings=warnings,
        report=_relative(run / "report.html", folder),
        control_sheet=_relative(run / "control_sheet.xlsx", folder),
        problems_file=_problems_file(folder),
    )


def _refused(folder: Path, problems: tuple[Problem, ...], words: str) -> LaunchLine:
    settings, _ = load_settings(folder)
    first = next(problem for problem in problems if problem.severity == "error")
    place = f"{first.place()} " if first.place() else ""
    return LaunchLine(
        folder=folder.name,
        status="problems",
        seconds=0.0,
        name=settings.name if settings else "",
        errors=_count(problems, "error"),
        warnings=_count(problems, "warning"),
        what=f"{place}{first.what(words)}",
        problems_file=_problems_file(folder),
    )


def _count(problems: tuple[Problem, ...], severity: str) -> int:
    return sum(problem.severity == severity for problem in problems)


def _problems_file(folder: Path) -> str:
    path = folder / "out" / one_launch.PROBLEMS_FILE
    return _relative(path, folder) if path.is_file() else ""


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder.parent).as_posix()


def _logged(folder: Path, fault: Exception) -> str:
    """What to say of an unexpected exception: its last line, the rest in the launch's log."""
    log = folder / "out" / LOG_FILE
    last = traceback.format_exception_only(fault)[-1].strip()
    try:
        log.parent.mkdir(exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now().isoformat(' ', 'seconds')} sincerity {__version__} batch\n")
            file.write(f"{''.join(traceback.format_exception(fault))}\n")
    except OSError:
        return last
    return f"{last} ({_relative(log, folder)})"
