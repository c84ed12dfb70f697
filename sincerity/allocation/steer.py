"""Steering: for every buyer left without a unit up to three substitutes among the units nobody holds.

Option 1 is exclusive: no two buyers are sent to the same unit. As many buyers as possible get one, the most
sincere first; among these the sum of distances (``config/steering.toml``) is least. Options 2 and 3 are spread: in
order of priority each buyer takes the nearest unit that fewer than ``buyers_per_shared_unit`` were given so far.
A buyer for whom no exclusive unit is left may have options 2 and 3 alone.

A substitute costs no more than the buyer's ceiling: the highest stated with the picks, else the budget, else the
price of the lost unit plus a tolerance. Own picks and forbidden pairs are never offered.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from sincerity.allocation.instance import Ints
from sincerity.allocation.steering_rules import SteeringRules, steering_rules
from sincerity.domain import STEERING

OUT_OF_REACH = 1_000_000_000  # points; above any sum of distances
_BLOCK = 1_000  # buyers whose distances are held in memory together
_NOBODY = -1


def substitutes(
    demand: pd.DataFrame,
    allocation: pd.DataFrame,
    scores: pd.DataFrame,
    buyers: pd.DataFrame,
    units: pd.DataFrame,
    decisions: pd.DataFrame,
    rules: SteeringRules | None = None,
) -> pd.DataFrame:
    """STEERING rows by priority and option for every active buyer with a pick and without a unit.

    ``buyers`` and ``decisions`` are those of Known, ``units`` QUOTED_UNITS.
    """
    rules = rules or steering_rules()
    free = units[(units["status"] == "available") & ~units["unit_id"].isin(allocation["unit_id"])]
    free = free.sort_values("unit_id", ignore_index=True)
    losers = losing_buyers(demand, allocation, scores, buyers, units, rules)
    if free.empty or losers.empty:
        return STEERING.empty()
    search = _Search(losers, free, rules, _excluded_pairs(losers, free, demand, decisions))
    first = _exclusive_options(search)
    second, third = _shared_options(search, first, rules)
    return _rows(search, (first, second, third))


def losing_buyers(
    demand: pd.DataFrame,
    allocation: pd.DataFrame,
    scores: pd.DataFrame,
    buyers: pd.DataFrame,
    units: pd.DataFrame,
    rules: SteeringRules,
) -> pd.DataFrame:
    """Buyers to steer, by priority: ``buyer_id``, ``ceiling_yuan`` and the facts of the best pick lost (``lost``…)."""
    active = buyers.loc[buyers["state"] == "active", ["buyer_id", "budget_yuan"]]
    known = active.merge(scores[["buyer_id", "priority_rank"]], on="buyer_id")
    open_picks = demand[~demand["buyer_id"].isin(allocation["buyer_id"])].sort_values(["choice_rank", "unit_id"])
    best = open_picks.drop_duplicates("buyer_id")[["buyer_id", "unit_id"]].merge(units, on="unit_id")
    ceiling = open_picks.groupby("buyer_id")["ceiling_yuan"].max()
    losers = known.merge(best, on="buyer_id").sort_values(["priority_rank", "buyer_id"], ignore_index=True)
    fallback = losers["total_yuan"] * (1 + rules.limit_price_above_lost)
    stated = losers["buyer_id"].map(ceiling).fillna(losers["budget_yuan"])
    return losers.assign(ceiling_yuan=stated.fillna(fallback))


def _excluded_pairs(losers, free, demand, decisions) -> tuple[Ints, Ints]:
    """Positions (buyer, unit), by buyer, of own picks and forbidden pairs."""
    forbidden = decisions.loc[decisions["decision"] == "forbid", ["buyer_id", "unit_id"]]
    pairs = pd.concat([demand[["buyer_id", "unit_id"]], forbidden])
    buyer = pd.Index(losers["buyer_id"]).get_indexer(pairs["buyer_id"])
    unit = pd.Index(free["unit_id"]).get_indexer(pairs["unit_id"])
    both = (buyer >= 0) & (unit >= 0)
    order = np.argsort(buyer[both], kind="stable")
    return buyer[both][order], unit[both][order]


@dataclass(frozen=True)
class _Search:
    """Buyers to steer (rows, by priority) and free units (columns), and how far apart they are."""

    losers: pd.DataFrame
    free: pd.DataFrame
    rules: SteeringRules
    excluded: tuple[Ints, Ints]

    def distances(self, rows: Ints, columns: Ints) -> np.ndarray:
        """Points between the lost units of ``rows`` and the free ``columns``; OUT_OF_REACH: not to be offered."""
        lost, free, rules = self.losers.iloc[rows], self.free.iloc[columns], self.rules
        price = _column(lost, "total_yuan")
        points = (
            rules.distance_layout * _differs(lost, free, "layout")
            + rules.distance_area * np.minimum(_apart(lost, free, "area_m2"), rules.cap_area)
            + rules.distance_floor * np.minimum(_apart(lost, free, "floor"), rules.cap_floor)
            + rules.distance_building * _differs(lost, free, "building")
            + rules.distance_orientation * _differs(lost, free, "orientation")
            + rules.distance_price * np.minimum(100 * _apart(lost, free, "total_yuan") / price, rules.cap_price)
        )
        points = np.rint(points).astype(np.int64)
        points[free["total_yuan"].to_numpy() > _column(lost, "ceiling_yuan")] = OUT_OF_REACH
        points[self._excluded_among(rows, columns)] = OUT_OF_REACH
        return points

    def blocks(self, rows: Ints, columns: Ints) -> Iterator[tuple[Ints, np.ndarray]]:
        """``rows`` in blocks of bounded size, each with its distances."""
        for start in range(0, len(rows), _BLOCK):
            block = rows[start : start + _BLOCK]
            yield block, self.distances(block, columns)

    def _excluded_among(self, rows: Ints, columns: Ints) -> tuple[Ints, Ints]:
        row_at, column_at = np.full(len(self.losers), _NOBODY), np.full(len(self.free), _NOBODY)
        row_at[rows], column_at[columns] = np.arange(len(rows)), np.arange(len(columns))
        row, column = row_at[self.excluded[0]], column_at[self.excluded[1]]
        both = (row >= 0) & (column >= 0)
        return row[both], column[both]


def _column(frame: pd.DataFrame, name: str) -> np.ndarray:
    return frame[name].to_numpy(dtype=np.float64)[:, None]


def _apart(lost: pd.DataFrame, free: pd.DataFrame, name: str) -> np.ndarray:
    return np.abs(_column(lost, name) - free[name].to_numpy(dtype=np.float64))


def _differs(lost: pd.DataFrame, free: pd.DataFrame, name: str) -> np.ndarray:
    codes, _ = pd.factorize(pd.concat([lost[name], free[name]]))
    return codes[: len(lost), None] != codes[len(lost) :]


def _exclusive_options(search: _Search) -> Ints:
    """Option 1 of every buyer: a unit of one's own, or −1.

    Buyers are chosen as if nothing but price stood in the way, then assigned at least total distance. The few
    whom an excluded pair leaves without a unit step back, and the next in priority are tried on what is left.
    """
    option = np.full(len(search.losers), _NOBODY, dtype=np.int64)
    untried = np.arange(len(search.losers))
    left = np.arange(len(search.free))
    while True:
        chosen = untried[_affording(search.losers["ceiling_yuan"].to_numpy()[untried], _totals(search.free)[left])]
        if not len(chosen):
            return option
        points = np.concatenate([block for _, block in search.blocks(chosen, left)])
        row, column = linear_sum_assignment(points)
        real = points[row, column] < OUT_OF_REACH
        option[chosen[row[real]]] = left[column[real]]
        untried, left = np.setdiff1d(untried, chosen), np.delete(left, column[real])


def _totals(free: pd.DataFrame) -> Ints:
    return free["total_yuan"].to_numpy(dtype=np.int64)


def _affording(ceilings: np.ndarray, totals: Ints) -> Ints:
    """Ascending positions of the buyers who can each have a unit within their ceiling, earlier buyers first.

    Units go from the dearest to the cheapest, each to the earliest buyer not yet served who can pay for it. Since
    who can pay for a unit can pay for all cheaper ones, no other choice serves an earlier buyer or more buyers.
    """
    dearest_first = np.sort(totals)[::-1]
    able_from = np.searchsorted(-dearest_first, -ceilings, side="left")
    able = np.argsort(able_from, kind="stable")[: int((able_from < len(totals)).sum())]
    arrivals = np.split(able, np.searchsorted(able_from[able], range(1, len(totals))))
    waiting: list[int] = []
    served: list[int] = []
    for buyers_now_able in arrivals:
        for buyer in buyers_now_able.tolist():
            heapq.heappush(waiting, buyer)
        if waiting:
            served.append(heapq.heappop(waiting))
    return np.array(sorted(served), dtype=np.int64)


def _shared_options(search: _Search, first: Ints, rules: SteeringRules) -> tuple[Ints, Ints]:
    """Options 2 and 3 of every buyer, −1 where none is left within reach."""
    room = np.full(len(search.free), int(rules.limit_buyers_per_shared_unit), dtype=np.int64)
    second = _in_turns(search, room, (first,))
    return second, _in_turns(search, room, (first, second))


def _in_turns(search: _Search, room: Ints, before: tuple[Ints, ...]) -> Ints:
    """In order of priority each buyer takes the nearest unit with room; ``room`` shrinks. Sequential by nature."""
    option = np.full(len(search.losers), _NOBODY, dtype=np.int64)
    for rows, points in search.blocks(np.arange(len(search.losers)), np.arange(len(search.free))):
        if not room.any():
            break
        for earlier in before:
            has = earlier[rows] >= 0
            points[np.flatnonzero(has), earlier[rows[has]]] = OUT_OF_REACH
        for row, point in zip(rows, points, strict=True):
            open_points = np.where(room > 0, point, OUT_OF_REACH)
            nearest = int(np.argmin(open_points))
            if open_points[nearest] < OUT_OF_REACH:
                option[row] = nearest
                room[nearest] -= 1
    return option


def _rows(search: _Search, options: tuple[Ints, Ints, Ints]) -> pd.DataFrame:
    buyer, option_no = np.nonzero(np.column_stack(options) >= 0)
    unit = np.column_stack(options)[buyer, option_no]
    lost = search.losers.iloc[buyer].reset_index(drop=True)
    free = search.free.iloc[unit].reset_index(drop=True)
    same = {name: lost[name] == free[name] for name in ("layout", "building", "orientation")}
    area_gap, floor_gap = (free["area_m2"] - lost["area_m2"]).round(2), free["floor"] - lost["floor"]
    return STEERING.frame({
        "buyer_id": lost["buyer_id"],
        "option_no": option_no + 1,
        "unit_id": free["unit_id"],
        "from_unit_id": lost["unit_id"],
        "same_layout": same["layout"],
        "area_gap_m2": area_gap,
        "floor_gap": floor_gap,
        "same_building": same["building"],
        "price_gap_yuan": free["total_yuan"] - lost["total_yuan"],
        "total_yuan": free["total_yuan"],
        "gives_up": _codes({
            "layout": ~same["layout"],
            "area": area_gap < -search.rules.limit_smaller_area,
            "floor": floor_gap < -search.rules.limit_lower_floors,
            "building": ~same["building"],
            "orientation": ~same["orientation"],
        }),
    })


def _codes(given_up: dict[str, pd.Series]) -> pd.Series:
    marks = [pd.Series(np.where(lost, f"{code} ", ""), dtype="str") for code, lost in given_up.items()]
    return sum(marks[1:], start=marks[0]).str.rstrip()
