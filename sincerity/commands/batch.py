"""The command ``batch``: many launches side by side, one summary workbook over them."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from functools import partial

from sincerity.batch.executors import NoEngine, OpenPool, dask_cluster, processes
from sincerity.batch.launches import launch_folders
from sincerity.batch.run import Tell, work_out_all
from sincerity.commands.answer import DONE, INPUT_PROBLEMS, NOT_PROVEN, Answer
from sincerity.console import say
from sincerity.domain.batch import LaunchLine
from sincerity.lock import locked
from sincerity.problems import Problem
from sincerity.publish import replace_file
from sincerity.reports.batch_workbook import status_counts, write_batch_summary
from sincerity.texts import text

SUMMARY_FILE = "batch_summary.xlsx"
TROUBLE = ("problems", "busy", "failed")


def batch(options: Namespace) -> Answer:
    """Every launch under a folder worked out, or left alone where its published run is still true."""
    folder = options.folder.resolve()
    folders = launch_folders(folder)
    if not folders:
        return _refused(Problem("error", "batch_no_launches", parts={"folder": str(options.folder)}))
    if options.engine == "dask" and not options.address:
        return _refused(Problem("error", "dask_without_address"))
    with locked(folder):
        try:
            lines = work_out_all(folders, _pool(options, len(folders)), options.words, _tell(options, len(folders)))
        except NoEngine as missing:
            return _refused(missing.problem)
        path = folder / SUMMARY_FILE
        replace_file(path, lambda new: write_batch_summary(lines, new, options.words))
    words = (status_counts(lines, options.words), *_troubles(lines), say("done.batch", options.words, path=path))
    facts = {"summary": str(path), "launches": [vars(line) for line in lines]}
    return Answer(_exit_code(lines), words, facts=facts)


def _pool(options: Namespace, launches: int) -> OpenPool:
    if options.engine == "dask":
        return partial(dask_cluster, options.address)
    return partial(processes, min(options.jobs or os.cpu_count() or 1, launches))


def _tell(options: Namespace, launches: int) -> Tell:
    """Says each launch as it is done, to a person who watches."""
    done: list[LaunchLine] = []

    def tell(line: LaunchLine) -> None:
        done.append(line)
        if sys.stderr.isatty() and not options.quiet:
            status = text(f"batch.status.{line.status}", options.words)
            print(f"  [{len(done)}/{launches}] {line.folder}: {status}, {line.seconds:.1f} s", file=sys.stderr)

    return tell


def _troubles(lines: Sequence[LaunchLine]) -> tuple[str, ...]:
    return tuple(f"  {line.folder}: {line.what}" for line in lines if line.status in TROUBLE)


def _exit_code(lines: Sequence[LaunchLine]) -> int:
    if any(line.status in TROUBLE for line in lines):
        return INPUT_PROBLEMS
    return NOT_PROVEN if any(line.status == "unproven" for line in lines) else DONE


def _refused(problem: Problem) -> Answer:
    return Answer(INPUT_PROBLEMS, problems=(problem,))


