"""What holds of every plan, from the launch's own tables to the price table: ceilings, bands, locked prices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sincerity.domain import GRADES
from sincerity.price_settings import LockedPrice
from sincerity.pricing.plan import price_plan
from sincerity.reports.price_files import units_with_prices
from tests.pricing.test_price_round import facts
from tests.reports.result import five_by_four_result

SEEDS = range(3)


def random_facts(seed, **rules):
    """Five-by-four with ceilings around the band, and its scores, which stay as they are whatever is changed."""
    rng = np.random.default_rng(seed)
    known, _, scores, settings = facts(frontier_points=0, **rules)
    base = known.picks["unit_id"].map(known.units.set_index("unit_id")["base_total_yuan"])
    ceilings = (base * rng.uniform(0.955, 1.045, len(base))).round(-3)
    return replace(known, picks=known.picks.assign(max_total_yuan=ceilings)), scores, settings, rng


def optimum(known, scores, settings):
    """Placed buyers by grade, best grade first, then revenue: larger is better. All of it must be proven."""
    tables, problems = price_plan(known, scores, settings)
    assert problems == () and set(tables["price_goals"]["status"]) == {"proven"}
    by_grade = tables["price_placements"]["grade"].astype("str").value_counts()
    return (*(int(by_grade.get(grade, 0)) for grade in GRADES), int(tables["price_placements"]["total_yuan"].sum()))


@pytest.mark.parametrize("seed", SEEDS)
def test_raising_ceilings_never_lowers_the_optimum(seed):
    known, scores, settings, rng = random_facts(seed)
    picks = known.picks
    raised = picks["max_total_yuan"] + rng.integers(0, 60_000, len(picks)) * (rng.random(len(picks)) < 0.6)
    willing = replace(known, picks=picks.assign(max_total_yuan=raised))
    assert optimum(willing, scores, settings) >= optimum(known, scores, settings)


@pytest.mark.parametrize("seed", SEEDS)
def test_widening_the_band_by_whole_steps_never_lowers_the_optimum(seed):
    known, scores, settings, _ = random_facts(seed)
    wide = replace(settings, band_low=-0.05, band_high=0.05, price=replace(settings.price, steps=11))
    assert optimum(known, scores, wide) >= optimum(known, scores, settings)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("round_to", [("price", 1), ("total", 1_000)])
def test_a_locked_price_is_kept_to_the_cent_down_to_the_written_file(seed, round_to):
    cents = int(np.random.default_rng(seed).integers(1_945_000, 2_055_000))
    rules = {"round_to": round_to[0], "round_yuan": round_to[1], "average_tolerance": 0.05}
    known, scores, settings, _ = random_facts(seed, locked=(LockedPrice("1-102", cents / 100),), **rules)
    tables, _ = price_plan(known, scores, settings)
    price = tables["prices"].set_index("unit_id")["price_yuan_per_m2"]
    assert price["1-102"] == cents / 100
    result = five_by_four_result()
    written = units_with_prices(replace(result, tables={**result.tables, "units": known.units, **tables}))
    pd.testing.assert_series_equal(written.set_index("unit_id")["price_yuan_per_m2"], price.loc[written["unit_id"]])
