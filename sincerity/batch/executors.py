"""Where a batch is worked out: processes of this machine, or the workers of a Dask cluster that is already there.

Both are executors of ``concurrent.futures``, and the batch knows nothing else of them. Whatever ends the block
early, an interrupt included, also ends the work that is under way.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from multiprocessing import active_children, get_context

from sincerity.problems import Problem

CONNECT_SECONDS = 10

OpenPool = Callable[[], AbstractContextManager[Executor]]


class NoEngine(Exception):
    """The engine cannot be used here; ``problem`` says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@contextmanager
def processes(jobs: int) -> Iterator[Executor]:
    """At most ``jobs`` processes, each started fresh; on an exception they are ended at once."""
    ours_before = active_children()
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _leave_interrupts_to_the_parent)
    try:
        yield pool
    except BaseException:
        for process in set(active_children()) - set(ours_before):
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def dask_cluster(address: str) -> Iterator[Executor]:
    """The workers of the Dask scheduler at ``address``; they must see the launches under the same paths."""
    try:
        from distributed import Client
    except ImportError as missing:
        raise NoEngine(Problem("error", "dask_missing")) from missing
    try:
        client = Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as fault:
        parts = {"address": address, "detail": str(fault)}
        raise NoEngine(Problem("error", "dask_unreachable", parts=parts)) from fault
    with client, client.get_executor(pure=False) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False)
            raise


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
