"""Chart 3.1 from day to day, on five-by-four: two runs of round 3 with a change between them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pandas as pd
import pytest

from sincerity import domain
from sincerity.charts.pick_moves import pick_moves
from sincerity.domain import Background, RegisterMark
from sincerity.known import known_at
from sincerity.round import work_out
from tests import cases

TODAY = date(2026, 11, 20)
SHOWN = ["buyer_id", "change", "from_unit_id", "from_rank", "to_unit_id", "to_rank"]


def demand(*picks: tuple[str, int, str]) -> pd.DataFrame:
    return domain.DEMAND.frame([
        {"ceiling_yuan": float("nan"), "accepts": "", "total_yuan": 0, "eligible": True, "reason": "", "kept": False,
         "buyer_id": buyer, "choice_rank": rank, "unit_id": unit} for buyer, rank, unit in picks
    ])


def run_before(*picks: tuple[str, int, str], refused: tuple[tuple[str, str, str], ...] = ()):
    refusals = domain.REFUSALS.frame([
        {"buyer_id": buyer, "unit_id": unit, "choice_rank": 1, "reason": reason, "taken_by": "", "taken_by_grade": "",
         "taken_by_priority_rank": 0, "taken_by_choice_rank": 0, "gain": 0} for buyer, unit, reason in refused
    ]) if refused else domain.REFUSALS.empty()
    return {"demand": demand(*picks), "refusals": refusals}


@pytest.fixture
def known():
    return known_at(cases.five_by_four(), 3)[0]


def test_a_unit_given_up_stands_beside_the_one_newly_named(known):
    before = run_before(("bo", 1, "1-101"), ("bo", 2, "1-102"), ("bo", 3, "1-202"), ("dan", 1, "1-202"))
    now = demand(("bo", 1, "1-102"), ("bo", 2, "1-201"), ("cai", 1, "1-101"))
    found = pick_moves(before, known, now, TODAY)
    assert found[SHOWN].to_numpy().tolist() == [
        ["bo", "moved_up", "1-102", 2, "1-102", 1],
        ["bo", "swapped", "1-101", 1, "1-201", 2],
        ["bo", "dropped", "1-202", 3, "", 0],
        ["cai", "named", "", 0, "1-101", 1],
        ["dan", "dropped", "1-202", 1, "", 0],
    ]
    assert set(found["reason"]) == {""}


def test_reasons_come_from_the_buyer_the_unit_and_the_last_plan(known):
    picks = [("anna", 1, "1-101"), ("bo", 1, "1-101"), ("cai", 1, "1-201"), ("dan", 1, "1-202")]
    before = run_before(*picks, refused=(("bo", "1-101", "taken"), ("dan", "1-202", "placed_higher")))
    buyers = known.buyers.assign(state=known.buyers["state"].where(known.buyers["buyer_id"] != "anna", "gave_up"))
    units = known.units.assign(status=known.units["status"].where(known.units["unit_id"] != "1-201", "sold"))
    now = demand(("bo", 1, "1-102"), ("cai", 1, "1-102"), ("dan", 1, "1-102"))
    found = pick_moves(before, replace(known, buyers=buyers, units=units), now, TODAY).set_index("buyer_id")
    assert found["reason"].to_dict() == {"anna": "buyer_inactive", "bo": "taken", "cai": "unit_sold", "dan": ""}


def test_the_day_is_that_of_the_new_entry_else_of_the_run(known):
    entered = known.picks.assign(recorded_at=pd.Timestamp(2026, 11, 18, 16, 5))
    now = demand(("cai", 1, "1-101"))
    found = pick_moves(run_before(("bo", 1, "1-202")), replace(known, picks=entered), now, TODAY)
    assert found.set_index("change")["changed_on"].dt.date.to_dict() == {
        "dropped": TODAY, "named": date(2026, 11, 18),
    }


def test_no_run_before_and_no_change_give_no_rows(known):
    picks = [("bo", 1, "1-101"), ("bo", 2, "1-102")]
    assert pick_moves(None, known, demand(*picks), TODAY).empty
    assert pick_moves(run_before(*picks), known, demand(*picks), TODAY).empty


def test_a_round_looks_at_the_run_of_the_same_round_alone():
    launch = cases.five_by_four()
    first = work_out(launch, 3).result.tables
    later = replace(launch, picks=launch.picks[launch.picks["buyer_id"] != "dan"])
    mark = RegisterMark("round-3-0001", "0" * 64, "0" * 64)

    def moves(of_round: int) -> pd.DataFrame:
        background = Background(mark, {name: first[name] for name in domain.KEPT_TABLES}, (), of_round)
        return work_out(later, 3, datetime(2026, 11, 20), background=background).result.tables["pick_moves"]

    assert set(moves(3)["buyer_id"]) == {"dan"} and set(moves(3)["change"]) == {"dropped"}
    assert moves(2).empty
