"""Register and published files brought together again after a kill: each step can be repeated.

    killed before the folder got its name      the prepared run is forgotten
    killed before the run was logged           its folder is whole, so it is logged now
    killed before the short path was turned    the short path is turned to the run in force
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from sincerity.manifest import MANIFEST_FILE
from sincerity.publish import point_at, tidy
from sincerity.register.store import Register

RUNS_FOLDER = "runs"


def reconcile(register: Register, out_root: Path, at: datetime) -> None:
    """Settle what a killed run left behind; only under the launch's lock."""
    tidy(out_root)
    prepared = register.prepared()
    if prepared is not None:
        folder = out_root / RUNS_FOLDER / prepared.run
        if (folder / MANIFEST_FILE).is_file():
            register.confirm(prepared.run_no, manifest_sha256(folder), at)
        else:
            register.drop_prepared()
    turn_short_paths(register, out_root)


def turn_short_paths(register: Register, out_root: Path) -> None:
    """Point every round's short path at its run in force, as far as the run's folder is there."""
    runs = {run.run_no: run for run in register.runs()}
    for number, run_no in register.in_force().items():
        folder, short_path = out_root / RUNS_FOLDER / runs[run_no].run, out_root / f"round-{number}"
        if folder.is_dir() and manifest_sha256(short_path) != manifest_sha256(folder):
            point_at(folder, short_path)


def manifest_sha256(folder: Path) -> str:
    """The hash of the manifest in ``folder``; "" when there is none."""
    path = folder / MANIFEST_FILE
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
