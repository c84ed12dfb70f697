"""Which stage a run is at and how long each took: for the person who waits, and for the manifest."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO


class Progress:
    """Call it with a stage's code as the stage begins, ``finish`` it at the end.

    ``stream`` gets one line per stage (None: nothing is shown); ``label`` turns a code into words.
    ``timings_s`` maps the codes of finished stages to seconds.
    """

    def __init__(self, stream: TextIO | None, label: Callable[[str], str]) -> None:
        self.timings_s: dict[str, float] = {}
        self._stream = stream
        self._label = label
        self._stage: str | None = None
        self._began = 0.0

    def __call__(self, stage: str) -> None:
        """A stage begins, and with that the one before has ended."""
        self.finish()
        self._stage, self._began = stage, time.perf_counter()
        self._show(f"  {self._label(stage)} … ")

    def finish(self) -> None:
        """The running stage has ended."""
        if self._stage is None:
            return
        seconds = time.perf_counter() - self._began
        self.timings_s[self._stage] = self.timings_s.get(self._stage, 0.0) + seconds
        self._stage = None
        self._show(f"{seconds:.1f} s\n")

    def _show(self, words: str) -> None:
        if self._stream is not None:
            self._stream.write(words)
            self._stream.flush()
