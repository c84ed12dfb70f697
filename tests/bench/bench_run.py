"""How long a whole run takes, by stage, and how much memory it needs at its peak.

    python -m tests.bench.bench_run                 # normal and stress
    python -m tests.bench.bench_run group
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from sample_data.generate import generate
from sample_data.write import write_launch
from tests.bench.table import print_table

AIM_S = {"normal": 6.0, "stress": 25.0}


def measure(shapes: Iterable[str] = tuple(AIM_S)) -> list[dict[str, object]]:
    """Per shape one row for each stage of ``sincerity run``, then the whole process with its peak memory.

    ``s`` is what the clock on the wall says, ``cpu_s`` the work of all processes: the one to compare on a busy machine.
    """
    return [row for shape in shapes for row in _measure_one(shape)]


def _measure_one(shape: str) -> list[dict[str, object]]:
    with tempfile.TemporaryDirectory() as folder:
        launch = Path(folder) / shape
        write_launch(generate(shape), launch)
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "sincerity", "run", str(launch), "--quiet"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"the run on {shape} ended with exit code {os.waitstatus_to_exitcode(status)}")
        manifest = json.loads((launch / "out" / "round-3" / "manifest.json").read_text(encoding="utf-8"))
    stages = [{"launch": shape, "stage": stage, "s": took} for stage, took in manifest["timings_s"].items()]
    whole = {"launch": shape, "stage": "whole process", "s": round(seconds, 2), "aim_s": AIM_S.get(shape, ""),
             "cpu_s": round(usage.ru_utime + usage.ru_stime, 2), "peak_mb": round(usage.ru_maxrss / 1024)}
    return [*stages, whole]


if __name__ == "__main__":
    print_table(measure(sys.argv[1:] or tuple(AIM_S)))
