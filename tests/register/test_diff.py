"""Changes between two runs of five-by-four, worked out by hand."""

import random

import pandas as pd
import pytest

from sincerity.domain import CHANGES_BUYERS, CHANGES_PICKS, REGISTER_TABLES
from sincerity.register.diff import changed_buyers, changed_picks, changed_targets, changed_units, changes, churn
from sincerity.screening_rules import DemandRules
from tests.reports.result import crowded_result, five_by_four_result

RULES = DemandRules(hot_buyers=3, cold_buyers=0)


@pytest.fixture
def before() -> dict[str, pd.DataFrame]:
    return dict(five_by_four_result().tables)


def edited(tables, name, **columns):
    return {**tables, name: tables[name].assign(**columns)}


def rows_of(frame: pd.DataFrame) -> list[tuple]:
    return list(frame.itertuples(index=False, name=None))


def test_the_same_run_has_no_changes(before):
    told = changes(before, dict(before), RULES)
    assert all(len(frame) == 0 for frame in told.values())
    assert churn(before, before) == (0, 5)


def test_without_an_earlier_run_every_table_is_there_and_empty(before):
    told = changes(None, before, RULES)
    assert list(told) == [schema.name for schema in REGISTER_TABLES if schema.name != "deadlines"]
    assert all(len(frame) == 0 for frame in told.values())
    CHANGES_BUYERS.check(told["changes_buyers"])


def test_a_buyer_who_rises_is_named_with_the_line_that_moved_most(before):
    scores, lines = before["scores"], before["score_lines"]
    bo = scores["buyer_id"] == "bo"
    after = edited(before, "scores", grade=scores["grade"].mask(bo, "A"), score=scores["score"].mask(bo, 77))
    came = (lines["buyer_id"] == "bo") & (lines["line"] == "visit_days")
    frozen = (lines["buyer_id"] == "bo") & (lines["line"] == "showflat_days")
    after = edited(after, "score_lines", points=lines["points"].mask(came, 26).mask(frozen, 12))
    assert rows_of(changed_buyers(before, after)) == [
        ("bo", "up", "B", "A", 55.0, 77.0, "visit_days", 16.0, 26.0),
        ("bo", "up", "B", "A", 55.0, 77.0, "showflat_days", 8.0, 12.0),
    ]
    assert [row[1] for row in rows_of(changed_buyers(after, before))] == ["down", "down"]


def test_points_that_leave_the_grade_alone_are_no_change(before):
    lines = before["score_lines"]
    after = edited(before, "score_lines", points=lines["points"] + 1)
    assert len(changed_buyers(before, after)) == 0


def test_buyers_new_and_gone(before):
    without_eve = {**before, "scores": before["scores"].query("buyer_id != 'eve'"),
                   "score_lines": before["score_lines"].query("buyer_id != 'eve'")}
    (row,) = rows_of(changed_buyers(without_eve, before))
    assert row[:4] == ("eve", "new", "", "U") and pd.isna(row[4]) and row[5:7] == (4.0, "")
    (row,) = rows_of(changed_buyers(before, without_eve))
    assert row[:5] == ("eve", "gone", "U", "", 4.0) and pd.isna(row[5])


def test_picks_added_dropped_and_ranked_anew(before):
    demand = before["demand"]
    swapped = demand["choice_rank"].mask(demand["buyer_id"] == "bo", 3 - demand["choice_rank"])
    after = {**before, "demand": demand.assign(choice_rank=swapped).query("buyer_id != 'eve'")}
    assert rows_of(changed_picks(before, after)) == [
        ("bo", "1-102", "raised", 2, 1), ("bo", "1-101", "lowered", 1, 2), ("eve", "1-202", "dropped", 1, 0)]
    assert rows_of(changed_picks(after, before))[-1] == ("eve", "1-202", "added", 0, 1)
    assert churn(before, after) == (2, 5)


@pytest.mark.parametrize("seed", range(20))
def test_changed_picks_of_random_demand_are_those_of_two_dictionaries(before, seed):
    rng = random.Random(seed)
    pairs = [(buyer, unit) for buyer in before["scores"]["buyer_id"] for unit in before["units"]["unit_id"]]
    sides = [{pair: rng.randint(1, 4) for pair in rng.sample(pairs, rng.randint(0, len(pairs)))} for _ in range(2)]
    frames = [
        pd.DataFrame([(*pair, rank) for pair, rank in side.items()], columns=["buyer_id", "unit_id", "choice_rank"])
        .astype({"buyer_id": "str", "unit_id": "str", "choice_rank": "int64"}) for side in sides
    ]
    told = changed_picks(*({**before, "demand": frame} for frame in frames))
    words = {(False, True): "added", (True, False): "dropped"}
    due = {
        (*pair, words.get((pair in sides[0], pair in sides[1]), "raised" if now < then else "lowered"), then, now)
        for pair in {*sides[0], *sides[1]}
        for then, now in [(sides[0].get(pair, 0), sides[1].get(pair, 0))] if then != now
    }
    assert set(rows_of(told)) == due and len(told) == len(due)
    assert told.dtypes.tolist() == CHANGES_PICKS.empty().dtypes.tolist()


def test_units_that_turn_hot_or_cold(before):
    demand = before["demand"]
    moved = demand.assign(unit_id=demand["unit_id"].mask(demand["buyer_id"] == "eve", "1-101"),
                          eligible=demand["eligible"] & (demand["buyer_id"] != "anna"))
    after = {**before, "demand": moved}
    assert rows_of(changed_units(before, after, RULES)) == [("1-202", "normal", "cold", 1, 0)]
    two = DemandRules(hot_buyers=4, cold_buyers=1)
    assert rows_of(changed_units(before, {**before, "demand": moved.assign(eligible=True)}, two)) == [
        ("1-101", "normal", "hot", 3, 4), ("1-201", "cold", "normal", 1, 2)]


def test_a_unit_that_is_sold_leaves_the_classes(before):
    units = before["units"]
    after = edited(before, "units", status=units["status"].mask(units["unit_id"] == "1-101", "sold"))
    assert rows_of(changed_units(before, after, RULES)) == [("1-101", "hot", "", 3, 0)]


def test_targets_gained_and_lost():
    short = dict(crowded_result().tables)
    met = edited(short, "targets", placed=[2, 3], shortfall=[0, 0])
    assert rows_of(changed_targets(short, met)) == [("3BR", "gained", 1, 2, 1, 0)]
    assert rows_of(changed_targets(met, short)) == [("3BR", "lost", 2, 1, 0, 1)]


def test_row_order_changes_nothing(before):
    demand, scores = before["demand"], before["scores"]
    after = {**before, "demand": demand.query("buyer_id != 'cai'"), "scores": scores.query("buyer_id != 'dan'")}
    mixed = {name: frame.sample(frac=1, random_state=5) for name, frame in after.items() if name != "units"}
    told, again = changes(before, after, RULES), changes(before, {**after, **mixed}, RULES)
    for name, frame in told.items():
        pd.testing.assert_frame_equal(frame, again[name])
    assert len(told["changes_picks"]) and len(told["changes_buyers"])
