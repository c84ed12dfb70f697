"""Which launches a batch is about, and which of them have a published run that is still true."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sincerity import __version__
from sincerity.choices import current_round
from sincerity.domain import Launch
from sincerity.intake.launch import read_launch
from sincerity.intake.launch_file import LAUNCH_FILE, load_settings
from sincerity.intake.sheets import input_files
from sincerity.manifest import file_problems, read_manifest
from sincerity.problems import Problem
from sincerity.publish import newest_round, newest_run


def launch_folders(folder: Path) -> tuple[Path, ...]:
    """The folders right under ``folder`` that hold a launch, by name."""
    found = (path.parent for path in folder.glob(f"*/{LAUNCH_FILE}"))
    return tuple(sorted(launch for launch in found if not launch.name.startswith(".")))


def still_true(folder: Path) -> tuple[Path, tuple[Problem, ...]] | None:
    """The newest published run of the launch's current round and the input's warnings, when a run would repeat it.

    It would when program version, settings, input files, round and cutoff are those of the run's manifest and no
    published file was changed. None otherwise. Files are compared first; only equal ones are read.
    """
    newest = newest_round(folder / "out")
    if newest is None or not _same_files(newest, folder):
        return None
    launch, problems = read_launch(folder)
    if launch is None:
        return None
    run = _run_of_current_round(folder, launch)
    if run is None or not _same_files(run, folder) or not _same_cutoff(run, launch) or file_problems(run):
        return None
    return run, problems


def _run_of_current_round(folder: Path, launch: Launch) -> Path | None:
    try:
        return newest_run(folder / "out", current_round(launch, None))
    except FileNotFoundError:
        return None


def _same_files(run: Path, folder: Path) -> bool:
    try:
        manifest = read_manifest(run)
    except (OSError, ValueError):
        return False
    settings, _ = load_settings(folder)
    if settings is None or manifest["settings_sha256"] != settings.sha256:
        return False
    listed = sorted((file["name"], file["sha256"]) for file in manifest["inputs"]["files"])
    found = sorted((file.name, file.sha256) for file in input_files(folder))
    return manifest["versions"]["sincerity"] == __version__ and listed == found


def _same_cutoff(run: Path, launch: Launch) -> bool:
    told = read_manifest(run)["round"]
    return datetime.fromisoformat(told["cutoff"]) == launch.settings.round_plan(told["number"]).cutoff
