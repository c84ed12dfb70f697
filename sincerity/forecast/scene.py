"""The launch day as arrays: who is invited, and what each buyer would choose from, in which order.

    b ∈ B   active buyers with something to offer them, in priority order: first those invited for a pick at an accepted
            price or a substitute, then those who named no unit
    u ∈ U   units on sale, by id

A buyer's offers are the own picks at an accepted price by choice, then the prepared substitutes. Buyers who go by
the plan look at its unit first. Who named nothing looks at a few units of the wished layout. On a steered day buyers
can be led on to what is left of their wish (``leftovers.py``). A unit a decision keeps for somebody is offered to
nobody else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sincerity.domain import GRADES, Known
from sincerity.forecast.assumptions import CHOICES
from sincerity.forecast.leftovers import Leading, leading
from sincerity.forecast.undecided import undecided_offers
from sincerity.keyed_hash import household_number

Ints = npt.NDArray[np.int64]

SUBSTITUTE, UNDECIDED = CHOICES.index("substitute"), CHOICES.index("undecided")
_AFTER_ALL_CHOICES = 1_000


@dataclass(frozen=True)
class Scene:
    """One launch day. Offer rows 0 … B−1 hold each buyer's own order, rows B … 2B−1 the plan's unit first."""

    invited: int  # the first buyers, called for what they named; the others named nothing and come last
    buyer_ids: npt.NDArray[np.object_]  # (B,)
    buyer_keys: npt.NDArray[np.uint64]  # (B,) the household's number: the same for renamed or reordered buyers
    grade: Ints  # (B,) 0 = A … 4 = U
    score: Ints  # (B,) points
    queue_place: Ints  # (B,) place by queue number, those without one after them by priority
    unit_ids: npt.NDArray[np.object_]  # (U,)
    total_yuan: Ints  # (U,)
    unit: Ints  # (2B, K) unit of each offer; U where there is none
    kind: Ints  # (2B, K) place of the offer in CHOICES; len(CHOICES) where there is none
    leading: Leading | None = None  # to what is left after the call; None where nobody is led

    @property
    def buyers(self) -> int:
        """How many buyers there are."""
        return len(self.buyer_ids)

    @property
    def readiest(self) -> Ints:
        """Per buyer the kind of the offer they are soonest ready for, (B,)."""
        return self.kind[: self.buyers].min(axis=1)

    @property
    def units(self) -> int:
        """How many units are on sale."""
        return len(self.unit_ids)


def set_scene(
    known: Known,
    scores: pd.DataFrame,
    demand: pd.DataFrame,
    plan: pd.DataFrame,
    substitutes: pd.DataFrame,
    wishes: pd.DataFrame,
    looks: int,
    seed: str,
) -> Scene:
    """The scene of a round: ``scores`` SCORES, ``demand`` DEMAND, ``plan`` ALLOCATION, ``substitutes`` STEERING rows
    for any buyer, ``wishes`` what buyers are led on to (``leftovers.leading``). Without plan, substitutes or wishes
    pass their empty frames. ``looks`` is how many units a buyer who named none looks at."""
    units = known.units[known.units["status"] == "available"].sort_values("unit_id", ignore_index=True)
    offers = _offers(demand, plan, substitutes, undecided_offers(known, demand, looks, seed), units)
    buyers = _present(known, scores, offers)
    unit, kind = _padded(offers, buyers, units)
    return Scene(
        invited=int((~buyers["undecided"]).sum()),
        buyer_ids=buyers["buyer_id"].to_numpy(object),
        buyer_keys=household_number(seed, buyers["household_key"]),
        grade=buyers["grade"].map({grade: place for place, grade in enumerate(GRADES)}).to_numpy(np.int64),
        score=buyers["score"].to_numpy(np.int64),
        queue_place=_queue_places(buyers["queue_no"]),
        unit_ids=units["unit_id"].to_numpy(object),
        total_yuan=units["total_yuan"].to_numpy(np.int64),
        unit=unit,
        kind=kind,
        leading=leading(wishes, _closed(known, demand), buyers, units, seed) if len(wishes) else None,
    )


def _closed(known: Known, demand: pd.DataFrame) -> pd.DataFrame:
    """Pairs nobody is led to: what the buyer has named already, what a decision forbids, and what it keeps for one."""
    forbidden = known.decisions.loc[known.decisions["decision"] == "forbid", ["buyer_id", "unit_id"]]
    kept = demand.loc[demand["kept"], ["unit_id"]].assign(buyer_id="")
    return pd.concat([demand[["buyer_id", "unit_id"]], forbidden, kept], ignore_index=True)


def _offers(
    demand: pd.DataFrame, plan: pd.DataFrame, substitutes: pd.DataFrame, undecided: pd.DataFrame, units: pd.DataFrame
) -> pd.DataFrame:
    """Every offer: ``buyer_id``, ``unit_id``, ``kind``, ``place`` in the own order and ``led`` in the plan's order."""
    picks = demand.loc[demand["eligible"], ["buyer_id", "unit_id", "choice_rank", "kept"]]
    own = picks.assign(kind=np.minimum(picks["choice_rank"], SUBSTITUTE) - 1, place=picks["choice_rank"])
    prepared = substitutes[["buyer_id", "unit_id", "option_no"]].assign(kind=SUBSTITUTE, kept=False)
    prepared["place"] = prepared["option_no"] + _AFTER_ALL_CHOICES
    open_to = undecided[["buyer_id", "unit_id"]].assign(kind=UNDECIDED, kept=False, place=undecided["look_no"])
    offers = pd.concat([own, prepared, open_to], ignore_index=True)
    keeper = own[own["kept"]].set_index("unit_id")["buyer_id"]
    kept_for = offers["unit_id"].map(keeper)
    offers = offers[(kept_for.isna() | (kept_for == offers["buyer_id"])) & offers["unit_id"].isin(units["unit_id"])]
    planned = pd.MultiIndex.from_frame(offers[["buyer_id", "unit_id"]]).isin(
        pd.MultiIndex.from_frame(plan[["buyer_id", "unit_id"]])
    )
    return offers.assign(led=np.where(planned, 0, offers["place"]))


def _present(known: Known, scores: pd.DataFrame, offers: pd.DataFrame) -> pd.DataFrame:
    """Active buyers with an offer, those who named no unit (``undecided``) last, by priority."""
    facts = known.buyers.loc[known.buyers["state"] == "active", ["buyer_id", "household_key", "queue_no"]]
    buyers = facts.merge(scores[["buyer_id", "grade", "score", "priority_rank"]], on="buyer_id")
    buyers = buyers[buyers["buyer_id"].isin(offers["buyer_id"])]
    named = offers.loc[offers["kind"] != UNDECIDED, "buyer_id"]
    buyers = buyers.assign(undecided=~buyers["buyer_id"].isin(named))
    return buyers.sort_values(["undecided", "priority_rank", "household_key"], ignore_index=True)


def _padded(offers: pd.DataFrame, buyers: pd.DataFrame, units: pd.DataFrame) -> tuple[Ints, Ints]:
    """Units and kinds of the offers, one row per buyer and order of looking, padded at the end."""
    row = pd.Index(buyers["buyer_id"]).get_indexer(offers["buyer_id"])
    offers = offers.assign(row=row, u=pd.Index(units["unit_id"]).get_indexer(offers["unit_id"]))
    offers = offers[offers["row"] >= 0]
    led = offers.assign(row=offers["row"] + len(buyers), place=offers["led"])
    listed = pd.concat([offers, led]).sort_values(["row", "place", "unit_id"], kind="stable")
    column = listed.groupby("row").cumcount().to_numpy()
    width = int(column.max(initial=0)) + 1
    unit = np.full((2 * len(buyers), width), len(units), dtype=np.int64)
    kind = np.full((2 * len(buyers), width), len(CHOICES), dtype=np.int64)
    where = listed["row"].to_numpy(), column
    unit[where], kind[where] = listed["u"].to_numpy(), listed["kind"].to_numpy()
    return unit, kind


def _queue_places(queue_no: pd.Series) -> Ints:
    """Places by the last number written in each queue number; equal or missing ones keep the order of priority."""
    numbers = queue_no.str.extract(re.compile(r"(\d+)\D*$"), expand=False).astype("float64")
    places = np.empty(len(queue_no), dtype=np.int64)
    places[np.argsort(numbers.fillna(np.inf).to_numpy(), kind="stable")] = np.arange(len(queue_no))
    return places
