"""The launch's tables as one allocation problem in arrays.

Buyers stand in priority order, units by a key that does not depend on how the file names them, and ties by a keyed
hash of launch seed, household and unit: row order, renamed ids and repeated imports change nothing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sincerity.allocation.instance import Instance, Ints
from sincerity.domain import GRADES, Known
from sincerity.keyed_hash import pair_number, unit_keys
from sincerity.settings import Settings

TIE_BITS = 20


def build_instance(
    demand: pd.DataFrame,
    scores: pd.DataFrame,
    known: Known,
    settings: Settings,
    previous: pd.DataFrame | None = None,
) -> Instance:
    """The instance of the eligible picks in ``demand`` (DEMAND) with grades and priority from ``scores`` (SCORES).

    ``previous`` is the ALLOCATION of the plan before, None when there was none. Every unit has one price step.
    """
    eligible = demand[demand["eligible"]]
    buyers = _buyers(eligible, scores, known)
    units = _units(eligible, known)
    picks = _picks(eligible, buyers, units)
    layouts = tuple(sorted(set(known.units["layout"]) | set(known.targets["layout"]) - {""}))
    bounds = _bounds(known.targets, layouts, len(units))
    b, u = picks["b"].to_numpy(np.int64), picks["u"].to_numpy(np.int64)
    return Instance(
        buyer_ids=buyers["buyer_id"].to_numpy(object),
        unit_ids=units["unit_id"].to_numpy(object),
        layouts=layouts,
        grade=buyers["grade"].map({grade: i for i, grade in enumerate(GRADES)}).to_numpy(np.int64),
        score=buyers["score"].to_numpy(np.int64),
        priority_rank=buyers["priority_rank"].to_numpy(np.int64),
        quota=np.full(len(buyers), settings.quota, dtype=np.int64),
        unit_layout=units["layout"].map({layout: i for i, layout in enumerate(layouts)}).to_numpy(np.int64),
        step_total_yuan=units["total_yuan"].to_numpy(np.int64)[:, None],
        pick_buyer=b,
        pick_unit=u,
        pick_rank=picks["choice_rank"].to_numpy(np.int64),
        pick_top_step=np.zeros(len(picks), dtype=np.int64),
        pick_kept=picks["kept"].to_numpy(np.bool_),
        pick_tie=_tie_numbers(settings.seed, buyers["household_key"].iloc[b], units["key"].iloc[u]),
        layout_min=bounds[0][:-1],
        layout_max=bounds[1][:-1],
        all_min=int(bounds[0][-1]),
        all_max=int(bounds[1][-1]),
        previous_pick=_granted_before(picks, previous),
        had_previous=previous is not None,
    )


def _buyers(eligible: pd.DataFrame, scores: pd.DataFrame, known: Known) -> pd.DataFrame:
    ranked = known.buyers[["buyer_id", "household_key"]].merge(
        scores[["buyer_id", "grade", "score", "priority_rank"]], on="buyer_id", how="left"
    )
    ranked = ranked[ranked["buyer_id"].isin(eligible["buyer_id"])]
    unscored = {"grade": GRADES[-1], "score": 0, "priority_rank": len(scores) + 1}
    return ranked.fillna(unscored).sort_values(["priority_rank", "household_key"]).reset_index(drop=True)


def _units(eligible: pd.DataFrame, known: Known) -> pd.DataFrame:
    units = known.units.assign(key=unit_keys(known.units))
    kept = eligible.loc[eligible["kept"], "unit_id"]
    usable = units[(units["status"] == "available") | units["unit_id"].isin(kept)]
    return usable.sort_values(["key", "unit_id"]).reset_index(drop=True)


def _picks(eligible: pd.DataFrame, buyers: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    picks = eligible.assign(
        b=eligible["buyer_id"].map(pd.Series(buyers.index, index=buyers["buyer_id"])),
        u=eligible["unit_id"].map(pd.Series(units.index, index=units["unit_id"])),
    )
    return picks.sort_values(["b", "choice_rank", "u"]).reset_index(drop=True)


def _tie_numbers(seed: str, households: pd.Series, units: pd.Series) -> Ints:
    return (pair_number(seed, households, units) >> np.uint64(64 - TIE_BITS)).astype(np.int64)


def _granted_before(picks: pd.DataFrame, previous: pd.DataFrame | None) -> np.ndarray:
    if previous is None:
        return np.zeros(len(picks), dtype=np.bool_)
    before = pd.MultiIndex.from_frame(previous[["buyer_id", "unit_id"]])
    return pd.MultiIndex.from_frame(picks[["buyer_id", "unit_id"]]).isin(before)


def _bounds(targets: pd.DataFrame, layouts: tuple[str, ...], units: int) -> tuple[Ints, Ints]:
    """Minima and maxima by layout, those of all layouts together last; fractions are tightened to whole units."""
    places = [*layouts, ""]
    by_layout = targets.groupby("layout")
    low = by_layout["min_units"].max().reindex(places).fillna(0)
    high = by_layout["max_units"].min().reindex(places).fillna(units)
    return np.ceil(low).to_numpy(np.int64), np.floor(high).to_numpy(np.int64)
