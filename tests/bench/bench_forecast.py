"""How long the launch-day forecast takes, what it needs, and how its range settles with more runs.

    python -m tests.bench.bench_forecast                      # normal 10,000 runs, group 1,000 runs
    python -m tests.bench.bench_forecast --shapes normal --orders priority online

The launch is read and planned first; only the forecast is timed: the days (draws, calling order, sales) and the
published tables. Memory is the peak of the whole process after the forecast.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from sample_data.generate import generate
from sample_data.write import write_launch
from sincerity.domain import CALLING_ORDERS
from sincerity.forecast.eve import Conduct, Eve, simulate
from sincerity.forecast.forecast import forecast_tables
from sincerity.forecast.ranges import ranges
from sincerity.forecasting import conduct_of, planned_eve
from sincerity.intake.launch import read_launch
from sincerity.known import known_at
from sincerity.scoring.score import score_buyers
from tests.bench.table import print_table

RUNS = {"normal": 10_000, "group": 1_000}
SETTLING = (100, 300, 1_000, 3_000, 10_000)


def planned(shape: str) -> tuple[Eve, Conduct]:
    """The shape generated, read, scored and planned; nobody's plan is timed here."""
    with tempfile.TemporaryDirectory() as folder:
        write_launch(generate(shape), Path(folder))
        launch, problems = read_launch(Path(folder))
    if launch is None:
        raise ValueError(f"{shape} cannot be read: {problems[:3]}")
    known, _ = known_at(launch, 3)
    scores = score_buyers(known, launch.settings).buyers
    eve = planned_eve(known, scores, launch.settings, "strict_order")
    if eve is None:
        raise ValueError(f"{shape} cannot be planned")
    return eve, conduct_of(launch.settings, len(scores), None)


def measure(eve: Eve, conduct: Conduct, shape: str, runs: int, orders=("priority",)) -> list[dict[str, object]]:
    """One row per calling order: seconds of the days and of the tables (on the clock, of one core), peak memory."""
    rows = []
    for order in orders:
        start, cpu_start = perf_counter(), process_time()
        days = simulate(eve, replace(conduct, order=order, runs=runs))
        simulated, cpu_days = perf_counter(), process_time()
        forecast_tables(days, None)
        done, cpu_done = perf_counter(), process_time()
        found = ranges(days.sold, "sold")
        rows.append({
            "shape": shape, "order": order, "buyers": days.scene.buyers, "units": days.scene.units, "runs": runs,
            "days_s": round(simulated - start, 2), "days_cpu_s": round(cpu_days - cpu_start, 2),
            "tables_s": round(done - simulated, 2), "tables_cpu_s": round(cpu_done - cpu_days, 2),
            "cpu_ms_per_run": round(1e3 * (cpu_done - cpu_start) / runs, 3),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "sold": f"{found['sold_p50']} ({found['sold_p10']}–{found['sold_p90']})",
        })
    return rows


def settling(eve: Eve, conduct: Conduct, repeats: int = 10) -> list[dict[str, object]]:
    """How the range's width and its ends vary between seeds, by number of runs."""
    rows = []
    for runs in SETTLING:
        ends = []
        for seed in range(repeats):
            days = simulate(eve, replace(conduct, runs=runs, seed=f"{conduct.seed} {seed}"))
            ends.append([int(end) for end in ranges(days.sold, "sold").values()])
        low, middle, high = np.array(ends).T
        rows.append({
            "runs": runs, "width_mean": round((high - low).mean(), 1), "width_sd": round((high - low).std(), 2),
            "p10_sd": round(low.std(), 2), "p50_sd": round(middle.std(), 2), "p90_sd": round(high.std(), 2),
        })
    return rows


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shapes", nargs="+", default=list(RUNS), choices=list(RUNS))
    parser.add_argument("--orders", nargs="+", default=list(CALLING_ORDERS), choices=CALLING_ORDERS)
    options = parser.parse_args()
    for shape in options.shapes:
        eve, conduct = planned(shape)
        print_table(measure(eve, conduct, shape, RUNS[shape], options.orders))
        if shape == "normal":
            print_table(settling(eve, conduct))


if __name__ == "__main__":
    main()
