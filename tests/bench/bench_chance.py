"""How long calibration takes: the fit alone, and the whole study. ``python -m tests.bench.bench_chance``."""

from __future__ import annotations

from time import perf_counter

from sincerity.calibration.generic_table import accounts_of, references_of
from sincerity.calibration.rules import calibration_rules
from sincerity.calibration.study import study
from sincerity.scoring.chance import draw_chances, fit
from tests.bench.table import print_table
from tests.calibration.pasts import simulated

SIZES = ((5, 1_000), (10, 1_000), (20, 5_000))  # launches, buyers in each


def measure(sizes: tuple[tuple[int, int], ...] = SIZES, draws: int = 4_000) -> list[dict[str, object]]:
    """Seconds for counting and fitting, for the draws of one forecast, and for fit, back-tests, alarms and proposal."""
    return [_measure_one(launches, buyers, draws) for launches, buyers in sizes]


def _measure_one(launches: int, buyers: int, draws: int) -> dict[str, object]:
    past = simulated(1, launches, buyers)
    start = perf_counter()
    model = fit(past.counts())
    after_fit = perf_counter()
    draw_chances(model, draws, 1)
    after_draws = perf_counter()
    study(past, accounts_of(past), references_of(past), calibration_rules())
    return {
        "launches": launches,
        "buyers": launches * buyers,
        "fit s": f"{after_fit - start:.2f}",
        "draws s": f"{after_draws - after_fit:.2f}",
        "study s": f"{perf_counter() - after_draws:.1f}",
    }


if __name__ == "__main__":
    print_table(measure())
