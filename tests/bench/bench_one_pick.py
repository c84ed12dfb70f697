"""One pick of a launch changed: seconds of the whole process until plan and moves are on disk, and in the solver.

    python -m tests.bench.bench_one_pick            # stress
    python -m tests.bench.bench_one_pick normal

The launch is run once, the last pick of one buyer is taken out of the workbook, and ``sincerity run`` is called again
as a process of its own. ``plan on disk`` is when its register names the run with its plan, moves and every table.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from sample_data.generate import generate
from sample_data.launch import SampleLaunch
from sample_data.write import write_launch
from sincerity.allocation.build import build_instance
from sincerity.allocation.demand import demand_table
from sincerity.allocation.solve import solve
from sincerity.intake.launch import read_launch
from sincerity.known import known_at
from sincerity.scoring.score import score_buyers
from tests.bench.table import print_table


def measure(shape: str = "stress") -> list[dict[str, object]]:
    """Seconds by the clock and of the processor for the second run, and for its solve alone."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / shape
        sample = generate(shape)
        write_launch(sample, folder)
        _run(folder)
        before = pd.read_csv(folder / "out" / "round-3" / "tables" / "allocation.csv", encoding="utf-8-sig")
        write_launch(_one_pick_fewer(sample), folder)
        clock_s, cpu_s = _run(folder)
        manifest = json.loads((folder / "out" / "round-3" / "manifest.json").read_text(encoding="utf-8"))
        moves = pd.read_csv(folder / "out" / "round-3" / "tables" / "moves.csv", encoding="utf-8-sig")
        solver_s, solver_cpu_s = _solve_s(folder, before)
    rows = [{"figure": f"{shape}, one pick taken out: whole process", "seconds": clock_s, "CPU s": cpu_s},
            {"figure": f"solver, {len(moves)} moves", "seconds": solver_s, "CPU s": solver_cpu_s}]
    stages = manifest["timings_s"].items()
    return rows + [{"figure": f"  {stage}", "seconds": round(seconds, 2), "CPU s": ""} for stage, seconds in stages]


def _one_pick_fewer(sample: SampleLaunch) -> SampleLaunch:
    picks = sample.tables["picks"]
    last = picks[(picks["round"] == 3) & picks.duplicated(["round", "buyer_id"])].index[0]
    return SampleLaunch(sample.shape, sample.seed, {**sample.tables, "picks": picks.drop(index=last)}, sample.z)


def _run(folder: Path) -> tuple[float, float]:
    """Seconds by the clock and of the processor, children of the process included."""
    clock, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "sincerity", "run", folder, "--quiet"], check=True, capture_output=True)
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    return round(time.perf_counter() - clock, 1), round(cpu, 1)


def _solve_s(folder: Path, before: pd.DataFrame) -> tuple[float, float]:
    """Seconds by the clock and of the processor for the solve alone, ``before`` being the plan it is to stay near."""
    launch, _ = read_launch(folder)
    if launch is None:
        raise SystemExit("the sample does not read")
    known, _ = known_at(launch, 3)
    scores = score_buyers(known, launch.settings).buyers
    demand = demand_table(known, scores, launch.settings)
    plan_before = before.astype({"buyer_id": "str", "unit_id": "str"})
    instance = build_instance(demand, scores, known, launch.settings, plan_before)
    clock, cpu = time.perf_counter(), time.process_time()
    solve(instance, launch.settings.policies[launch.settings.policy], launch.settings.time_limit_s)
    return round(time.perf_counter() - clock, 2), round(time.process_time() - cpu, 2)


if __name__ == "__main__":
    print_table(measure(*sys.argv[1:2]))
