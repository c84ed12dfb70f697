"""A run's dealings with its launch's register: what came before, and the run itself kept once it is published.

A run published elsewhere than in the launch's own ``out`` is a trial: it is compared with the run in force and
not kept. Only used under the launch's lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sincerity.domain import Background, Launch, RoundResult
from sincerity.domain.rulings import RULINGS
from sincerity.publish import Published, run_number
from sincerity.register.place import has_register, open_register
from sincerity.register.recovery import manifest_sha256, reconcile
from sincerity.register.store import Register, Run

OUT_FOLDER = "out"


class History:
    """The register of the launch in ``folder`` as one run uses it; a context manager."""

    def __init__(self, folder: Path, out_root: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._out_root = out_root
        self._environ = environ
        self._keeps = out_root.resolve() == (folder / OUT_FOLDER).resolve()
        self._register: Register | None = None
        self._prepared: Run | None = None
        self._rulings = RULINGS.empty()

    def __enter__(self) -> History:
        """The history itself; nothing is opened yet."""
        return self

    def __exit__(self, *_) -> None:
        """Let go of the register."""
        if self._register is not None:
            self._register.engine.dispose()

    def background(self, launch: Launch, round_number: int, only: Sequence[str] | None = None) -> Background | None:
        """What the register tells a run of the round, by all tables kept or ``only`` some; None where the launch has
        none. RegisterFault when it fails."""
        if not (self._keeps or has_register(self._folder, launch.settings)):
            return None
        self._register = open_register(self._folder, launch.settings, self._environ)
        if self._keeps:
            reconcile(self._register, self._out_root, datetime.now())
        return self._register.background(round_number, only)

    def taken(self, round_number: int) -> int:
        """The highest run number of the round the register knows, also of runs whose folders are elsewhere."""
        runs = self._register.runs() if self._keeps and self._register is not None else ()
        return max((run_number(run.run) for run in runs if run.round == round_number), default=0)

    def prepare(self, launch: Launch, result: RoundResult, run_name: str) -> None:
        """The run is about to be published under this name."""
        if self._keeps and self._register is not None:
            self._prepared = self._register.prepare(launch, result, run_name)
            self._rulings = launch.rulings

    def confirm(self, published: Published) -> None:
        """The run is published, and the rulings it followed are logged."""
        if self._register is not None and self._prepared is not None:
            self._register.log_rulings(self._rulings, datetime.now())
            self._register.confirm(self._prepared.run_no, manifest_sha256(published.run), datetime.now())
