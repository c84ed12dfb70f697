"""The scripted launch of twenty days on both samples at full size, every run worked out whole, held against the replay.

    python -m tests.bench.bench_twenty_days             # normal and lopsided
    python -m tests.bench.bench_twenty_days lopsided

A day that differs from the replay ends the bench with the difference. Reports are left out but for the control sheets
that rulings are written into.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.table import print_table
from tests.register.twenty_days.life import Life, without_reports


def measure(shapes: Sequence[str] = ("normal", "lopsided")) -> list[dict[str, object]]:
    """One row per sample: runs published, buyers, and seconds for the whole launch."""
    return [_lived(shape) for shape in shapes]


def _lived(shape: str) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        life = Life(Path(folder) / shape, shape)
        clock, cpu = time.perf_counter(), time.process_time()
        with without_reports():
            life.live()
        return {
            "launch": shape, "buyers": len(life.book["buyers"]), "runs": len(life.replay.runs),
            "log entries": len(life.replay.kinds), "differences": 0,
            "seconds": round(time.perf_counter() - clock, 1), "CPU s": round(time.process_time() - cpu, 1),
        }


if __name__ == "__main__":
    print_table(measure(sys.argv[1:] or ("normal", "lopsided")))
