from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pandas as pd
import pytest

from sincerity.allocation.demand import demand_table
from sincerity.charts.picks import feedback_shares, pick_changes, pick_feedback, pick_levels, unit_picks
from sincerity.known import known_at
from sincerity.scoring.score import score_buyers
from sincerity.settings import RoundPlan
from tests import cases

NO_OBJECTIONS = pd.DataFrame({"objection_no": pd.Series(dtype="int64"), "objection": pd.Series(dtype="str")})


@pytest.fixture(scope="module")
def round_three():
    launch = cases.five_by_four()
    known, _ = known_at(launch, 3)
    scores = score_buyers(known, launch.settings).buyers
    return known, scores, demand_table(known, scores, launch.settings)


def test_picks_per_unit_by_rank(round_three):
    known, scores, demand = round_three
    counts = unit_picks(demand, known.units, scores).set_index("unit_id")
    assert counts.loc["1-101", ["first", "second", "third", "later", "buyers"]].tolist() == [3, 0, 0, 0, 3]
    assert counts.loc["1-102", ["first", "second", "buyers"]].tolist() == [0, 1, 1]
    assert counts.loc["1-201", ["first", "second", "buyers"]].tolist() == [1, 1, 2]
    grades = scores.set_index("buyer_id")["grade"]
    assert counts.loc["1-101", "serious_buyers"] == grades[["anna", "bo", "cai"]].isin(["A", "B"]).sum() > 0


def test_a_unit_nobody_names_stands_with_noughts_and_a_fifth_choice_is_a_later_one(round_three):
    known, scores, demand = round_three
    moved = demand.assign(choice_rank=demand["choice_rank"].replace({2: 5}))
    counts = unit_picks(moved[moved["buyer_id"] != "eve"], known.units, scores).set_index("unit_id")
    assert counts.loc["1-202", ["first", "second", "third", "later", "buyers", "serious_buyers"]].tolist() == [0] * 6
    assert counts.loc["1-102", ["second", "later"]].tolist() == [0, 1]


def test_the_hottest_unit_comes_first_and_equals_stand_by_first_choices(round_three):
    known, scores, demand = round_three
    counts = unit_picks(demand, known.units, scores).set_index("unit_id")
    assert counts["place"].to_dict() == {"1-101": 1, "1-201": 2, "1-202": 3, "1-102": 4}
    assert counts.loc[["1-202", "1-102"], ["first", "buyers"]].to_numpy().tolist() == [[1, 1], [0, 1]]


def test_units_on_sale_by_how_many_name_them(round_three):
    known, scores, demand = round_three
    picks = unit_picks(demand, known.units, scores)  # named by 3, 1, 2 and 1
    levels = pick_levels(picks, known.units, (0, 1, 2, 3))
    assert levels["units"].tolist() == [0, 2, 1, 1]
    assert levels["at_most"].tolist()[:3] == [0, 1, 2] and levels["at_most"].isna().tolist()[3]
    held = known.units.assign(status=known.units["status"].where(known.units["unit_id"] != "1-101", "held"))
    assert pick_levels(picks, held, (0, 1, 3))["units"].tolist() == [0, 3, 0]


def test_buyers_who_gave_up_count_nowhere(round_three):
    known, scores, demand = round_three
    gone = demand.assign(reason=demand["reason"].where(demand["buyer_id"] != "anna", "buyer_inactive"))
    assert unit_picks(gone, known.units, scores).set_index("unit_id").loc["1-101", "buyers"] == 2
    assert "anna" not in set(pick_feedback(gone, known.units, NO_OBJECTIONS)["buyer_id"])


def test_feedback_takes_what_was_said_else_the_highest_edge_within_the_ceiling(round_three):
    known, _, demand = round_three  # 1-101: 100 m² at 20,000, so low 1,940,000, base 2,000,000, high 2,060,000
    ceilings = {"anna": 2_060_000, "bo": 2_059_999, "cai": 1_939_999}
    demand = demand[(demand["unit_id"] == "1-101")].assign(ceiling_yuan=lambda d: d["buyer_id"].map(ceilings) * 1.0)
    found = pick_feedback(demand, known.units, NO_OBJECTIONS).set_index("buyer_id")
    assert found["edge"].to_dict() == {"anna": "high", "bo": "base", "cai": "below"}
    assert set(found["basis"]) == {"ceiling"}
    said = demand.assign(accepts="low")
    assert set(pick_feedback(said, known.units, NO_OBJECTIONS)["edge"]) == {"low"}
    silent = pick_feedback(demand.assign(ceiling_yuan=float("nan")), known.units, NO_OBJECTIONS)
    assert set(silent["edge"]) == set(silent["basis"]) == {""}


def test_feedback_counted_by_edge_and_layout(round_three):
    known, _, demand = round_three
    two_layouts = known.units.assign(layout=["M", "M", "L", "L"])
    said = demand.assign(accepts=["high", "base", "", "low", "below", "high", "base"][: len(demand)],
                         ceiling_yuan=float("nan"))
    found = feedback_shares(pick_feedback(said, known.units, NO_OBJECTIONS), two_layouts).set_index(["scope", "name"])
    assert found.index.tolist() == [("all", ""), ("layout", "L"), ("layout", "M")]
    edges = ["high", "base", "low", "below", "unsaid"]
    assert found.loc[("all", ""), ["picks", *edges]].tolist() == [7, 2, 2, 1, 1, 1]
    assert found.loc[("all", ""), ["accept_low", "accept_base", "accept_high"]].tolist() == [5, 4, 2]
    by_layout = found.loc["layout"]
    assert (by_layout[edges].sum(axis=1) == by_layout["picks"]).all()
    assert by_layout[edges].sum().tolist() == [2, 2, 1, 1, 1]
    assert feedback_shares(cases.domain.PICK_FEEDBACK.empty(), two_layouts).empty


def test_feedback_carries_the_buyers_objection(round_three):
    known, _, demand = round_three
    objections = pd.DataFrame({"objection_no": [1], "objection": ["总价高"]}, index=["bo"])
    found = pick_feedback(demand, known.units, objections)
    assert found.groupby("buyer_id")["objection"].first().to_dict() == {
        "anna": "", "bo": "总价高", "cai": "", "dan": "", "eve": ""}


def two_rounds():
    """bo names 1-102 then 1-101 in round 2; in round 3 the case as everybody knows it."""
    launch = cases.five_by_four()
    earlier = cases.table(cases.domain.PICKS, [
        {"round": 2, "buyer_id": buyer, "choice_rank": rank, "unit_id": unit}
        for buyer, rank, unit in [("anna", 1, "1-101"), ("bo", 1, "1-102"), ("bo", 2, "1-101"), ("dan", 1, "1-202")]
    ])
    rounds = (RoundPlan(2, datetime(2026, 11, 10)), *launch.settings.rounds)
    return replace(
        launch, picks=pd.concat([earlier, launch.picks], ignore_index=True),
        settings=replace(launch.settings, rounds=rounds),
    )


def test_changes_between_rounds():
    launch = two_rounds()
    before, now = known_at(launch, 2)[0], known_at(launch, 3)[0]
    found = pick_changes(before, now)[["buyer_id", "unit_id", "change", "from_rank", "to_rank"]]
    assert found.to_numpy().tolist() == [
        ["bo", "1-101", "moved_up", 2, 1], ["bo", "1-102", "moved_down", 1, 2],
        ["cai", "1-101", "named", 0, 1], ["cai", "1-201", "named", 0, 2],
        ["dan", "1-201", "named", 0, 1], ["dan", "1-202", "dropped", 1, 0],
        ["eve", "1-202", "named", 0, 1],
    ]


def test_the_first_round_has_no_changes_and_equal_rounds_have_none():
    known, _ = known_at(cases.five_by_four(), 3)
    assert pick_changes(None, known).empty
    assert pick_changes(known, known).empty
