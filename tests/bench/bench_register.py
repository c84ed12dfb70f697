"""The register of a large launch after 60 daily runs: its size, and how long its answers take.

    python -m tests.bench.bench_register            # 60 runs of stress
    python -m tests.bench.bench_register 10 normal

Each day a few buyers change their picks and as many visits come in, so that scores, demand and plan differ from day
to day. The plan of a day is the first day's with some placements left out: the register does not care where a plan
comes from, and solving sixty times would only measure the solver.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from sample_data.generate import generate
from sample_data.write import write_launch
from sincerity import cli
from sincerity.domain import Launch, RoundResult
from sincerity.intake.launch import read_launch
from sincerity.register.checks import register_problems
from sincerity.register.database import REGISTER_FILE, sqlite_engine
from sincerity.register.diff import changes
from sincerity.register.store import OUTPUT, Register
from sincerity.round import work_out
from sincerity.screening_rules import demand_rules
from tests.bench.table import print_table

CHANGED_SHARE = 0.02


def measure(runs: int = 60, shape: str = "stress") -> list[dict[str, object]]:
    """Size of the register, seconds to keep a run, to compare two runs, to list all and to verify all.

    ``diff`` and ``history`` are the commands as a person calls them, but for the start of Python.
    """
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / shape
        launch, result = _first_day(folder, shape)
        path = folder / REGISTER_FILE
        rng = np.random.default_rng(20261121)
        with Register(sqlite_engine(path), launch.settings.launch_id) as register:
            kept_s = [_timed(lambda number=number: _keep(register, *_next_day(launch, result, rng), number))
                      for number in range(1, runs + 1)]
            alike_s = _timed(lambda: _diff(register, runs - 1, runs))
            verify_s = _timed(lambda: register_problems(register))
        diff_s = _timed(lambda: _command("diff", folder, 1, runs))
        history_s = _timed(lambda: _command("history", folder))
        return [
            {"figure": f"{runs} runs of {shape}", "value": round(path.stat().st_size / 1e6, 1), "unit": "MB"},
            {"figure": "keep one run, median", "value": round(float(np.median(kept_s)), 2), "unit": "s"},
            {"figure": "keep one run, worst", "value": round(max(kept_s), 2), "unit": "s"},
            {"figure": "changes of the last day alone", "value": round(alike_s, 2), "unit": "s"},
            {"figure": f"sincerity diff 1 {runs}", "value": round(diff_s, 2), "unit": "s"},
            {"figure": "sincerity history", "value": round(history_s, 2), "unit": "s"},
            {"figure": "verify the whole register", "value": round(verify_s, 2), "unit": "s"},
        ]


def _first_day(folder: Path, shape: str) -> tuple[Launch, RoundResult]:
    write_launch(generate(shape), folder)
    launch, problems = read_launch(folder)
    if launch is None:
        raise SystemExit(f"the sample does not read: {problems}")
    result = work_out(launch, 3).result
    if result is None:
        raise SystemExit("the sample gives no result")
    return launch, result


def _next_day(launch: Launch, result: RoundResult, rng: np.random.Generator) -> tuple[Launch, RoundResult]:
    """The launch and the result with a small share of rows changed."""
    def some(frame: pd.DataFrame) -> np.ndarray:
        return rng.random(len(frame)) < CHANGED_SHARE

    tables = dict(result.tables)
    scores, lines, demand = tables["scores"], tables["score_lines"], tables["demand"]
    tables["scores"] = scores.assign(score=scores["score"] + some(scores))
    tables["score_lines"] = lines.assign(points=lines["points"] + some(lines))
    tables["demand"] = demand.assign(choice_rank=demand["choice_rank"] + some(demand))
    tables["allocation"] = tables["allocation"][~some(tables["allocation"])].reset_index(drop=True)
    acts = launch.touchpoints[~some(launch.touchpoints)].reset_index(drop=True)
    picks = launch.picks.assign(choice_rank=launch.picks["choice_rank"] + some(launch.picks))
    return replace(launch, touchpoints=acts, picks=picks), replace(result, tables=tables)


def _keep(register: Register, launch: Launch, result: RoundResult, number: int) -> None:
    run = register.prepare(launch, result, f"round-3-{number:04d}")
    register.confirm(run.run_no, "0" * 64, datetime(2026, 11, 21))


def _diff(register: Register, earlier: int, later: int) -> None:
    changes(register.tables(earlier, OUTPUT), register.tables(later, OUTPUT), demand_rules())


def _command(name: str, folder: Path, *arguments: int) -> None:
    with redirect_stdout(io.StringIO()):
        code = cli.main([name, str(folder), *map(str, arguments), "--lang", "en"])
    if code:
        raise SystemExit(f"sincerity {name} ended with {code}")


def _timed(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    given = sys.argv[1:]
    print_table(measure(int(given[0]) if given else 60, given[1] if len(given) > 1 else "stress"))
