"""How long ``sincerity plan`` takes after a change of one pick, whole process, until plan and moves are on disk.

    python -m tests.bench.bench_plan            # stress
    python -m tests.bench.bench_plan normal
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from sample_data.generate import generate
from sample_data.write import write_launch
from tests.bench.table import print_table

AIM_S = 5.0
REPEATS = 3


def measure(shapes: Iterable[str] = ("stress",)) -> list[dict[str, object]]:
    """Per shape the stages of the quickest of three plans, then its whole process; ``cpu_s`` is the work of all of its
    processes, the figure to compare on a busy machine."""
    return [row for shape in shapes for row in _measure_one(shape)]


def _measure_one(shape: str) -> list[dict[str, object]]:
    sample = generate(shape)
    with tempfile.TemporaryDirectory() as folder:
        launch = Path(folder) / shape
        write_launch(sample, launch)
        _sincerity("run", launch)
        plan = pd.read_csv(launch / "out/round-3/tables/allocation.csv", dtype=str, encoding="utf-8-sig")
        picks = sample.tables["picks"]
        granted = (picks["buyer_id"] == plan["buyer_id"][0]) & (picks["unit_id"] == plan["unit_id"][0])
        first = granted & (picks["round"] == 3)
        write_launch(replace(sample, tables=sample.tables | {"picks": picks[~first]}), launch)
        best = min((_sincerity("plan", launch) for _ in range(REPEATS)), key=lambda took: took[0])
        told = json.loads((launch / "out/plan/manifest.json").read_text(encoding="utf-8"))
    stages = [{"launch": shape, "stage": stage, "s": took} for stage, took in told["timings_s"].items()]
    moves = {"launch": shape, "stage": "moves", "rows": told["counts"]["moves"]}
    return [*stages, moves, {"launch": shape, "stage": "whole process", "s": round(best[0], 2), "aim_s": AIM_S,
                             "cpu_s": round(best[1], 2)}]


def _sincerity(command: str, launch: Path) -> tuple[float, float]:
    """Seconds on the clock and of work that the command takes."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "sincerity", command, str(launch), "--quiet"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        raise SystemExit(f"{command} on {launch.name} ended with exit code {os.waitstatus_to_exitcode(status)}")
    return seconds, usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    print_table(measure(sys.argv[1:] or ("stress",)))
