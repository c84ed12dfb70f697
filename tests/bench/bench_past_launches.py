"""How often the forecast's range held what happened on past sample launches, by shipped and by calibrated chances.

    python -m tests.bench.bench_past_launches                    # 9 launches of each shape, 3 of them as history
    python -m tests.bench.bench_past_launches --seeds 14 --history 5 --shapes normal cold lopsided hot
    python -m tests.bench.bench_past_launches --first 201 …  # launches nobody has looked at while the model was made

The launches and their launch days come from the generator of samples, which knows nothing of the forecast. The first
launches of every shape are history for the chance model; the forecast is held against the others. Beside the hits
stands how many the forecasts themselves expect (the share of simulated days their ranges hold), and the hits with
equals split evenly: of a launch forecast at 394 to 395 units, the part of the truth's days that lies from 0.1 to 0.9.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sample_data.generate import generate
from sample_data.write import write_launch
from sincerity.beyond_the_round import household_outcomes
from sincerity.calibration.closed_launch import ClosedLaunch, closed_launch
from sincerity.calibration.past import joined
from sincerity.calibration.rules import calibration_rules
from sincerity.domain import ChanceModel
from sincerity.forecast.draws import seed_number
from sincerity.forecast.eve import Conduct, Eve, simulate
from sincerity.forecast.ranges import ranges, share_inside
from sincerity.forecasting import conduct_of, planned_eve
from sincerity.intake.launch import read_launch
from sincerity.known import known_at
from sincerity.scoring.chance import draw_chances, fit
from sincerity.scoring.score import score_buyers
from tests.bench.table import print_table

SHAPES = ("normal", "cold", "lopsided", "hot")
FIRST_SEED = 101
RUNS = 1_000


@dataclass(frozen=True)
class Past:
    """A past launch: its eve, how its day is simulated, what was sold, and its history."""

    shape: str
    seed: int
    eve: Eve
    conduct: Conduct
    sold: int
    history: ClosedLaunch


def past_launch(shape: str, seed: int) -> Past:
    """The launch generated, written, read, planned, with what its outcomes say."""
    with tempfile.TemporaryDirectory() as folder:
        write_launch(generate(shape, seed, past=True), Path(folder))
        launch, problems = read_launch(Path(folder))
    if launch is None:
        raise ValueError(f"{shape} {seed} cannot be read: {problems[:3]}")
    known, _ = known_at(launch, 3)
    scores = score_buyers(known, launch.settings).buyers
    eve = planned_eve(known, scores, launch.settings, launch.settings.policy)
    history, refused = closed_launch(launch, f"{shape}-{seed}", calibration_rules())
    if eve is None or history is None:
        raise ValueError(f"{shape} {seed} cannot be used: {refused[:3]}")
    sold = int((household_outcomes(launch, known)["status"] == "bought").sum())
    conduct = replace(conduct_of(launch.settings, len(scores), None), runs=RUNS)
    return Past(shape, seed, eve, conduct, sold, history)


def held(past: Past, model: ChanceModel | None) -> dict[str, object]:
    """One forecast beside its launch."""
    drawn = None if model is None else draw_chances(model, RUNS, seed_number(past.conduct.seed, "model"))
    days = simulate(past.eve, replace(past.conduct, model_chances=drawn))
    found = {level: int(value) for level, value in ranges(days.sold, "sold").items()}
    inside = found["sold_p10"] <= past.sold <= found["sold_p90"]
    return {"shape": past.shape, "seed": past.seed, "chances": "shipped" if model is None else "calibrated",
            "units": days.scene.units, **found, "sold": past.sold, "inside": inside,
            "says": round(float(share_inside(days.sold)), 2), "split": round(_split(days.sold, past.sold), 2),
            "place": round(float((days.sold < past.sold).mean()), 2),
            "error": round(found["sold_p50"] / past.sold - 1, 3)}


def _split(sold: np.ndarray, fact: int) -> float:
    """The chance that the fact's place among the simulated days, equals split by lot, lies from 0.1 to 0.9."""
    below, upto = (sold < fact).mean(), (sold <= fact).mean()
    if upto == below:
        return float(0.1 <= below <= 0.9)
    return float(max(0.0, min(upto, 0.9) - max(below, 0.1)) / (upto - below))


def summary(rows: list[dict[str, object]], shapes: list[str]) -> list[dict[str, object]]:
    """Hits, bias and width by shape and source of the chances."""
    lines = []
    for chances in ("shipped", "calibrated"):
        for shape in [*shapes, "all"]:
            of = [row for row in rows if row["chances"] == chances and shape in (row["shape"], "all")]
            lines.append({
                "chances": chances, "shape": shape, "launches": len(of),
                "inside_%": round(100 * np.mean([row["inside"] for row in of])),
                "says_%": round(100 * np.mean([row["says"] for row in of])),
                "split_%": round(100 * np.mean([row["split"] for row in of])),
                "median_error_%": round(100 * np.median([row["error"] for row in of]), 1),
                "half_width_%": round(100 * np.median(
                    [(row["sold_p90"] - row["sold_p10"]) / 2 / row["sold_p50"] for row in of]), 1),
            })
    return lines


def main() -> None:
    """Print every launch and the summary."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shapes", nargs="+", default=list(SHAPES[:3]), choices=SHAPES)
    parser.add_argument("--seeds", type=int, default=9)
    parser.add_argument("--history", type=int, default=3)
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="the first seed")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    pasts = [past_launch(shape, seed) for shape in options.shapes for seed in seeds]
    history = [past for past in pasts if past.seed < options.first + options.history]
    model = fit(joined([past.history.buyers for past in history]).counts())
    judged = [past for past in pasts if past.seed >= options.first + options.history]
    rows = [held(past, chances) for chances in (None, model) for past in judged]
    print_table(rows)
    print_table(summary(rows, options.shapes))


if __name__ == "__main__":
    main()
