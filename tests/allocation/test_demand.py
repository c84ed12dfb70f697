"""Which picks can be granted: the ceiling that governs, and the reason beside every pick that cannot."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from sincerity import domain
from sincerity.allocation.demand import demand_table
from sincerity.known import known_at
from sincerity.scoring.score import score_buyers
from tests.cases import five_by_four, table

LOW, BASE, HIGH = 1_940_000, 2_000_000, 2_060_000  # unit 1-101 at −3 %, 0 and +3 %


def demand_of(launch):
    known, _ = known_at(launch, 3)
    return demand_table(known, score_buyers(known, launch.settings).buyers, launch.settings)


def with_pick(launch, buyer, unit, **changes):
    picks = launch.picks.copy()
    row = (picks["buyer_id"] == buyer) & (picks["unit_id"] == unit)
    assert row.sum() == 1
    for name, value in changes.items():
        picks.loc[row, name] = value
    return replace(launch, picks=picks)


def with_decisions(launch, *rows):
    decisions = [
        {"buyer_id": buyer, "unit_id": unit, "decision": decision, "decided_at": datetime(2026, 11, 19)}
        for buyer, unit, decision in rows
    ]
    return replace(launch, decisions=table(domain.DECISIONS, decisions))


def row_of(demand, buyer, unit):
    (row,) = demand[(demand["buyer_id"] == buyer) & (demand["unit_id"] == unit)].to_dict("records")
    return row


def test_five_by_four_by_heart():
    demand = domain.DEMAND.check(demand_of(five_by_four()))
    shown = demand[["buyer_id", "choice_rank", "unit_id", "total_yuan", "eligible", "reason"]]
    assert shown.to_numpy().tolist() == [
        ["anna", 1, "1-101", 2_000_000, True, ""],
        ["bo", 1, "1-101", 2_000_000, True, ""],
        ["bo", 2, "1-102", 2_400_000, True, ""],
        ["cai", 1, "1-101", 2_000_000, True, ""],
        ["cai", 2, "1-201", 2_000_000, True, ""],
        ["dan", 1, "1-201", 2_000_000, False, "price_above_ceiling"],
        ["eve", 1, "1-202", 2_400_000, True, ""],
    ]
    assert not demand["kept"].any()


@pytest.mark.parametrize(
    ("stated", "accepts", "budget", "ceiling", "eligible"),
    [
        (2_000_000, "", np.nan, 2_000_000, True),  # bounds are included
        (1_999_999, "", np.nan, 1_999_999, False),
        (np.nan, "below", np.nan, LOW - 1, False),
        (np.nan, "low", np.nan, LOW, False),
        (np.nan, "base", np.nan, BASE, True),
        (np.nan, "high", np.nan, HIGH, True),
        (2_500_000, "below", 1_000_000, 2_500_000, True),  # the pick's own ceiling governs
        (np.nan, "high", 1_000_000, HIGH, True),  # then the accepted level
        (np.nan, "", 1_999_999, 1_999_999, False),  # then the budget
        (np.nan, "", np.nan, np.nan, True),  # nothing stated
    ],
)
def test_the_most_specific_statement_is_the_ceiling(stated, accepts, budget, ceiling, eligible):
    launch = with_pick(five_by_four(), "anna", "1-101", max_total_yuan=float(stated), accepts=accepts)
    launch.buyers.loc[launch.buyers["buyer_id"] == "anna", "budget_yuan"] = float(budget)
    row = row_of(demand_of(launch), "anna", "1-101")
    assert row["ceiling_yuan"] == pytest.approx(ceiling, nan_ok=True)
    assert row["eligible"] is eligible
    assert row["reason"] == ("" if eligible else "price_above_ceiling")


@pytest.mark.parametrize(("status", "reason"), [("held", "unit_held"), ("sold", "unit_sold")])
def test_units_off_the_market(status, reason):
    launch = five_by_four()
    launch.units.loc[launch.units["unit_id"] == "1-101", "status"] = status
    demand = demand_of(launch)
    assert set(demand.loc[demand["unit_id"] == "1-101", "reason"]) == {reason}


@pytest.mark.parametrize("state", ["gave_up", "bought_elsewhere"])
def test_buyers_who_left(state):
    launch = five_by_four()
    launch.buyers.loc[launch.buyers["buyer_id"] == "bo", "state"] = state
    demand = demand_of(launch)
    assert demand.loc[demand["buyer_id"] == "bo", "reason"].tolist() == ["buyer_inactive"] * 2


def test_forbidden_pairs_only():
    demand = demand_of(with_decisions(five_by_four(), ("cai", "1-101", "forbid")))
    assert row_of(demand, "cai", "1-101")["reason"] == "forbidden"
    assert row_of(demand, "cai", "1-201")["eligible"]


def test_a_kept_pick_is_eligible_whatever_its_price_or_status():
    launch = with_decisions(five_by_four(), ("dan", "1-201", "keep"))
    launch.units.loc[launch.units["unit_id"] == "1-201", "status"] = "held"
    row = row_of(demand_of(launch), "dan", "1-201")
    assert (row["eligible"], row["kept"], row["reason"], row["choice_rank"]) == (True, True, "", 1)


def test_kept_pairs_nobody_picked_stand_after_the_last_choice():
    launch = with_decisions(five_by_four(), ("bo", "1-201", "keep"), ("bo", "1-202", "keep"))
    demand = demand_of(launch)
    bo = demand[demand["buyer_id"] == "bo"]
    assert bo[["choice_rank", "unit_id", "kept", "eligible"]].to_numpy().tolist() == [
        [1, "1-101", False, True], [2, "1-102", False, True], [3, "1-201", True, True], [4, "1-202", True, True],
    ]


def test_row_order_of_the_file_changes_nothing():
    launch = with_decisions(five_by_four(), ("bo", "1-201", "keep"), ("cai", "1-101", "forbid"))
    shuffled = replace(launch, **{
        name: getattr(launch, name).sample(frac=1, random_state=3) for name in ("units", "buyers", "picks", "decisions")
    })
    pd.testing.assert_frame_equal(demand_of(launch), demand_of(shuffled))
