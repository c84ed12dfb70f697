"""All benchmarks, one table after the other: ``python -m tests.bench``, or some: ``python -m tests.bench run reading``.

A benchmark is a module ``bench_<name>.py`` here whose ``measure()`` gives rows.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter

from tests.bench.table import print_table


def main(names: list[str]) -> None:
    """Measure ``names``, all of them when none is named; the load says how busy the machine was."""
    there = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    if unknown := sorted(set(names) - set(there)):
        raise SystemExit(f"no benchmark called {', '.join(unknown)}; there are: {', '.join(there)}")
    for name in names or there:
        started = perf_counter()
        print(f"{name} (load {_load()}, {os.cpu_count()} cores)", flush=True)
        print_table(import_module(f"tests.bench.bench_{name}").measure())
        print(f"{perf_counter() - started:.0f} s\n", flush=True)


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


if __name__ == "__main__":
    main(sys.argv[1:])
