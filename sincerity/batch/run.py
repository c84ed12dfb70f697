"""The launches of a batch handed to an executor, and their lines gathered in the order of their folders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from pathlib import Path

from sincerity.batch.executors import OpenPool
from sincerity.batch.work import work_on
from sincerity.domain.batch import LaunchLine
from sincerity.lock import LockHeld, locked
from sincerity.publish import tidy

Tell = Callable[[LaunchLine], object]
Lines = dict[Path, LaunchLine]


def work_out_all(folders: Sequence[Path], open_pool: OpenPool, words: str, tell: Tell) -> tuple[LaunchLine, ...]:
    """One line per folder, in their order; ``tell`` hears each as it is done.

    A worker that dies takes all launches of its pool with it; each of these is then tried once more by itself, so
    that only the guilty one fails. An interrupt leaves no half-written run behind.
    """
    lines: Lines = {}
    try:
        with open_pool() as pool:
            _gather(folders, pool, words, lines, tell)
        for folder in [folder for folder in folders if folder not in lines]:
            with open_pool() as pool:
                _gather([folder], pool, words, lines, tell)
    except BaseException:
        for folder in folders:
            if folder not in lines:
                _clear(folder)
        raise
    return tuple(lines.get(folder) or _died(folder) for folder in folders)


def _gather(folders: Sequence[Path], pool: Executor, words: str, lines: Lines, tell: Tell) -> None:
    """Adds the line of every launch whose worker lived to tell it."""
    futures: dict[Future[LaunchLine], Path] = {pool.submit(work_on, folder, words): folder for folder in folders}
    for future in as_completed(futures):
        fault = future.exception()
        if isinstance(fault, BrokenExecutor):
            continue
        folder = futures[future]
        lines[folder] = LaunchLine(folder.name, "failed", 0.0, what=str(fault)) if fault else future.result()
        tell(lines[folder])


def _died(folder: Path) -> LaunchLine:
    return LaunchLine(folder.name, "failed", 0.0, what="worker died")


def _clear(folder: Path) -> None:
    """Removes what a run that was ended left half-written."""
    out = folder / "out"
    if not out.is_dir():
        return
    try:
        with locked(out):
            tidy(out)
    except LockHeld:  # another program's run is at work there, and its files are its own
        return
