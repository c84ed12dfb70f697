"""How long it takes to know and to score a launch, by size: ``python -m tests.bench.bench_scoring``."""

from __future__ import annotations

from time import perf_counter

from sincerity.keyed_hash import pair_number, unit_keys
from sincerity.known import known_at
from sincerity.scoring.score import score_buyers
from tests.bench.table import print_table
from tests.scoring.launches import random_launch

SIZES = ((900, 6_000, 2_500), (9_000, 60_000, 27_000), (20_000, 130_000, 70_000))


def measure(sizes: tuple[tuple[int, int, int], ...] = SIZES) -> list[dict[str, object]]:
    """Seconds per stage for launches of (buyers, touchpoints, picks)."""
    return [_measure_one(*size) for size in sizes]


def _measure_one(buyers: int, touchpoints: int, picks: int) -> dict[str, object]:
    launch = random_launch(1, buyers, touchpoints, picks)
    start = perf_counter()
    known, _ = known_at(launch, 3)
    after_known = perf_counter()
    score_buyers(known, launch.settings)
    after_scores = perf_counter()
    key_of_unit = unit_keys(known.units).set_axis(known.units["unit_id"])
    key_of_buyer = known.buyers.set_index("buyer_id")["household_key"]
    before_hash = perf_counter()
    pair_number("seed", key_of_buyer[known.picks["buyer_id"]].tolist(), key_of_unit[known.picks["unit_id"]].tolist())
    return {
        "buyers": buyers, "touchpoints": touchpoints, "picks": picks,
        "known s": f"{after_known - start:.2f}",
        "score s": f"{after_scores - after_known:.2f}",
        "pair numbers s": f"{perf_counter() - before_hash:.2f}",
    }


if __name__ == "__main__":
    print_table(measure())
