"""Work done in a second process beside this one: files that need nothing of one another, written side by side.

The second process imports what it needs while the first still reads, then does what it is told, one thing after the
other. It ends with the process that started it: its standard input is a pipe that only that one holds, and when
the pipe closes it stops in the middle of whatever it does. What fails there is raised here.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import IO, Any

from sincerity.own_process import own_command, own_environment

_LENGTH_BYTES = 8


class SecondProcessDied(RuntimeError):
    """The second process ended without an answer; the text holds the last it said."""


class InTurn:
    """The same without a second process: each work is done as it is begun."""

    def __init__(self) -> None:
        self._given: list[Any] = []

    def begin(self, work: Callable[..., Any], *arguments: object) -> None:
        """Do ``work(*arguments)``."""
        self._given.append(work(*arguments))

    def finish(self) -> list[Any]:
        """What the works since the last time gave, in their order."""
        given, self._given = self._given, []
        return given


class SecondProcess:
    """A process that has imported ``modules``; ``begin`` gives it work, ``finish`` waits for all of it.

    A context manager: whatever leaves the block early ends the process at once.
    """

    def __init__(self, *modules: str) -> None:
        self._modules = modules
        self._begun = 0

    def __enter__(self) -> SecondProcess:
        """The process, started."""
        self._said = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            own_command("sincerity.second_process", *self._modules), env=own_environment(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said,
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise SecondProcessDied("the second process has no pipes")
        self._works, self._answers = self._process.stdin, self._process.stdout
        return self

    def __exit__(self, *_) -> None:
        """End the process, wherever it is."""
        self._process.kill()
        self._process.communicate()
        self._said.close()

    def begin(self, work: Callable[..., Any], *arguments: object) -> None:
        """Have ``work(*arguments)`` done there, after what was begun before; ``work`` is a module's function."""
        try:
            _send(self._works, pickle.dumps((work, arguments), protocol=5))
        except OSError as fault:
            raise self._death() from fault
        self._begun += 1

    def finish(self) -> list[Any]:
        """What the works begun since the last time gave, in their order. Raises what the first that failed raised."""
        answers = []
        for _ in range(self._begun):
            content = _receive(self._answers)
            if content is None:
                raise self._death()
            answers.append(pickle.loads(content))
        self._begun = 0
        for _, fault, trace in answers:
            if fault is not None:
                fault.add_note(trace)
                raise fault
        return [value for value, _, _ in answers]

    def _death(self) -> SecondProcessDied:
        code = self._process.wait()
        self._said.seek(0)
        said = self._said.read().decode("utf-8", "backslashreplace").strip()
        return SecondProcessDied(f"the second process ended with code {code}: {said[-2_000:]}")


Worker = SecondProcess | InTurn


def main() -> None:
    """Do one work after the other until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started us decides
    answers, sys.stdout = os.fdopen(os.dup(sys.stdout.fileno()), "wb"), sys.stderr
    works: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(works,), daemon=True).start()
    for module in sys.argv[1:]:
        import_module(module)
    while True:
        _send(answers, _answer(works.get()))


def _listen(works: queue.SimpleQueue[bytes]) -> None:
    """Take in works as they come; when the pipe closes, end the process."""
    while (content := _receive(sys.stdin.buffer)) is not None:
        works.put(content)
    os._exit(0)


def _answer(content: bytes) -> bytes:
    """The pickled value of a work, or the exception it raised and where."""
    try:
        work, arguments = pickle.loads(content)
        return pickle.dumps((work(*arguments), None, ""), protocol=5)
    except Exception as fault:
        return _pickled_fault(fault, traceback.format_exc())


def _pickled_fault(fault: Exception, trace: str) -> bytes:
    """The exception itself where it can travel, else one that holds its words."""
    try:
        content = pickle.dumps((None, fault, trace), protocol=5)
        pickle.loads(content)
    except Exception:
        return pickle.dumps((None, RuntimeError(f"{type(fault).__name__}: {fault}"), trace), protocol=5)
    return content


def _send(stream: IO[bytes], content: bytes) -> None:
    stream.write(len(content).to_bytes(_LENGTH_BYTES, "big"))
    stream.write(content)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes | None:
    """The next content; None at the end of the stream, also in the middle of one."""
    length = stream.read(_LENGTH_BYTES)
    if len(length) < _LENGTH_BYTES:
        return None
    size = int.from_bytes(length, "big")
    content = stream.read(size)
    return content if len(content) == size else None


if __name__ == "__main__":
    main()
