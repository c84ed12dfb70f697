"""Publishing: a run appears whole or not at all, and nothing that was published is ever touched again.

    <out>/runs/round-3-0007.partial/   while it is written
    <out>/runs/round-3-0007/           once it is whole: flushed, read back, renamed in one step
    <out>/round-3                      points at the newest run of round 3

A run that is killed or fails leaves at most a ``.partial`` folder, which the next run removes. Where the
system lets this account make no links (Windows without the right), ``<out>/round-3`` is a copy, swapped in
by two renames. A swap cut short is made good by the next run; one that a workbook somebody has open holds up
leaves the older copy there, and the run itself is published all the same.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sincerity.domain import RoundResult
from sincerity.lock import locked
from sincerity.manifest import MANIFEST_FILE, file_problems, write_manifest

_RUN_NAME = re.compile(r"round-(\d+)-(\d{4,})")
PLAN_FOLDER = "plan"  # under the output folder: the plan published before its reports
_PARTIAL = ".partial"
_INCOMING = ".new"
_OUTGOING = ".old"


class PublishError(Exception):
    """What was written is not what reads back; nothing has been published."""


@dataclass(frozen=True)
class Published:
    """A published run: its own folder, for good, and the short path that points at the newest run of its round.

    ``short_path`` is None when it could not be turned to this run yet.
    """

    run: Path
    short_path: Path | None

    @property
    def folder(self) -> Path:
        """The path to show to people."""
        return self.short_path or self.run


def publish_round(
    result: RoundResult,
    timings_s: Mapping[str, float],
    out_root: Path,
    write: Callable[[Path], None],
    taken: int = 0,
) -> Published:
    """Publish what ``write`` puts into the folder it is given, with a manifest over it, as the round's newest run.

    ``taken``: the round's run numbers up to this one were given away, whether their folders are here or not.
    Raises LockHeld when another run is publishing there, PublishError when the files do not read back as
    written, and whatever ``write`` raises; in each case everything published before stays as it was.
    """
    out_root.mkdir(parents=True, exist_ok=True)
    with locked(out_root):
        tidy(out_root)
        with new_run(out_root, result.round, taken) as partial:
            write(partial)
            write_manifest(result, timings_s, partial)
        run = newest_run(out_root, result.round)
        return Published(run, point_at(run, out_root / f"round-{result.round}"))


def publish_folder(folder: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a folder, its manifest included, and put it at ``folder`` in the place of the one before.

    Raises what ``publish_round`` raises; in each case the one before stays.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.parent):
        incoming = folder.with_name(folder.name + _PARTIAL)
        _remove(incoming)
        incoming.mkdir()
        try:
            write(incoming)
            flush(incoming)
            _check_read_back(incoming)
            _swap_in(incoming, folder)
        except BaseException:
            _remove(incoming)
            raise
        _flush_entry(folder.parent)


def remove_folder(folder: Path) -> None:
    """Remove a folder that ``publish_folder`` published, if it is there."""
    _remove(folder)


@contextmanager
def new_run(out_root: Path, round_number: int, taken: int = 0) -> Iterator[Path]:
    """A folder to write the next run of the round into; published when the block ends well, removed when not."""
    run = _next_run(out_root / "runs", round_number, taken)
    partial = run.with_name(run.name + _PARTIAL)
    partial.mkdir(parents=True)
    try:
        yield partial
        flush(partial)
        _check_read_back(partial)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    partial.rename(run)
    _flush_entry(run.parent)


def tidy(out_root: Path) -> None:
    """Remove what killed runs left behind and mend a short path that leads nowhere; only under the lock.

    A short path that leads to an older run stays: somebody may have gone back on purpose.
    """
    for left_over in [*out_root.glob(f"runs/*{_PARTIAL}"), *out_root.glob(f"round-*{_INCOMING}")]:
        _remove(left_over)
    for number in sorted({round_number for round_number, _ in _runs(out_root)}):
        short_path = out_root / f"round-{number}"
        if not (short_path / MANIFEST_FILE).is_file():
            point_at(newest_run(out_root, number), short_path)
    for swapped_out in out_root.glob(f"round-*{_OUTGOING}"):
        _remove(swapped_out)


def newest_run(out_root: Path, round_number: int) -> Path:
    """The folder of the round's newest published run; FileNotFoundError when there is none."""
    numbers = [run for number, run in _runs(out_root) if number == round_number]
    if not numbers:
        raise FileNotFoundError(f"no published run of round {round_number} in {out_root}")
    return _run_path(out_root / "runs", round_number, max(numbers))


def newest_round(out_root: Path) -> Path | None:
    """The newest published run of the highest round in ``out_root``; None when nothing was published."""
    rounds = {number for number, _ in _runs(out_root)}
    return newest_run(out_root, max(rounds)) if rounds else None


def round_in_force(out_root: Path) -> Path | None:
    """The run that the short path of the highest round points at; its newest one where the short path is not there."""
    newest = newest_round(out_root)
    if newest is None:
        return None
    short_path = out_root / newest.name.rpartition("-")[0]
    if not (short_path / MANIFEST_FILE).is_file():
        return newest
    return out_root / short_path.readlink() if short_path.is_symlink() else short_path


def point_at(run: Path, short_path: Path) -> Path | None:
    """Turn ``short_path`` to ``run`` and give it; None when a file open in the old copy holds it in place."""
    incoming = short_path.with_name(short_path.name + _INCOMING)
    _remove(incoming)
    try:
        incoming.symlink_to(Path("runs") / run.name, target_is_directory=True)
    except (OSError, NotImplementedError):
        shutil.copytree(run, incoming)
        flush(incoming)
    try:
        _swap_in(incoming, short_path)
    except PermissionError:
        _remove(incoming)
        return None
    _flush_entry(short_path.parent)
    return short_path


def replace_file(path: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` make a file and put it at ``path`` in one step; the old one stays until then."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        write(partial)
        _flush_file(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def run_name(partial: Path) -> str:
    """The name under which the run in the folder ``partial`` will be published."""
    return partial.name.removesuffix(_PARTIAL)


def flush(folder: Path) -> None:
    """Force every file and folder under ``folder`` to the disk."""
    for path in folder.rglob("*"):
        (_flush_entry if path.is_dir() else _flush_file)(path)
    _flush_entry(folder)


def _check_read_back(folder: Path) -> None:
    problems = file_problems(folder)
    if problems:
        raise PublishError(", ".join(f"{problem.code} {problem.file}" for problem in problems))


def _swap_in(incoming: Path, short_path: Path) -> None:
    if incoming.is_symlink() and os.name != "nt" and not _is_folder(short_path):
        incoming.replace(short_path)
        return
    outgoing = short_path.with_name(short_path.name + _OUTGOING)
    _remove(outgoing)
    if short_path.exists() or short_path.is_symlink():
        short_path.rename(outgoing)
    incoming.rename(short_path)
    _remove(outgoing)


def _runs(out_root: Path) -> list[tuple[int, int]]:
    names = (_RUN_NAME.fullmatch(path.name) for path in out_root.glob("runs/round-*") if path.is_dir())
    return [(int(name[1]), int(name[2])) for name in names if name]


def _next_run(runs: Path, round_number: int, taken: int) -> Path:
    found = [run for number, run in _runs(runs.parent) if number == round_number]
    return _run_path(runs, round_number, max([taken, *found]) + 1)


def run_number(name: str) -> int:
    """The number within its round of the run called ``name``; 0 for any other name."""
    parts = _RUN_NAME.fullmatch(name)
    return int(parts[2]) if parts else 0


def _run_path(runs: Path, round_number: int, run_number: int) -> Path:
    return runs / f"round-{round_number}-{run_number:04d}"


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _remove(path: Path) -> None:
    if _is_folder(path):
        shutil.rmtree(path)
    elif path.is_symlink() and os.name == "nt":
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def _flush_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_entry(folder: Path) -> None:
    if os.name == "nt":  # Windows opens no folders; its renames are journalled
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
