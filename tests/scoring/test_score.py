from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sincerity import domain
from sincerity.domain import TOUCHPOINT_KINDS
from sincerity.known import known_at
from sincerity.scoring.score import score_buyers
from tests.cases import CUTOFF, five_by_four
from tests.scoring.launches import imported_twice, random_launch, renamed, shuffled, with_touchpoints

FEW = hypothesis_settings(max_examples=6, deadline=None)
SEEDS = st.integers(0, 10_000)
TABLES = {"buyers": domain.SCORES, "lines": domain.SCORE_LINES, "next_steps": domain.NEXT_STEPS, "flags": domain.FLAGS}
BY_HAND = {  # points of Anna, Bo, Cai, Dan, Eve
    "visit_days": (22, 16, 8, 0, 0), "decider_came": (4, 0, 0, 0, 0), "showflat_days": (12, 8, 8, 0, 0),
    "inbound_days": (8, 4, 0, 4, 0), "asked_terms": (0, 0, 0, 0, 0), "event_days": (3, 0, 0, 0, 0),
    "commitment": (20, 12, 4, 0, 0), "pick_clarity": (4, 4, 4, 4, 4), "price_acceptance": (6, 6, 6, 0, 0),
    "days_since_contact": (5, 5, 4, 2, 0),
}
NAMES = ["anna", "bo", "cai", "dan", "eve"]


def _scores(launch, previous=None):
    known, _ = known_at(launch, 3)
    return score_buyers(known, launch.settings, previous)


def _score_of(launch) -> dict[str, int]:
    return _scores(launch).buyers.set_index("buyer_id")["score"].to_dict()


def test_five_buyers_scored_by_hand():
    buyers = _scores(five_by_four()).buyers
    assert buyers["buyer_id"].tolist() == NAMES and buyers["priority_rank"].tolist() == [1, 2, 3, 4, 5]
    assert buyers["score"].tolist() == [84, 55, 34, 10, 4]
    assert "".join(buyers["grade"]) == "ABCDU" and "".join(buyers["percentile_grade"]) == "BCCDU"
    assert buyers["percentile"].fillna(-1).tolist() == [87.5, 62.5, 37.5, 12.5, -1]
    assert buyers["grade_reason"].tolist() == ["points"] * 4 + ["registered_recently"]
    assert buyers["committed_on"].tolist()[:2] == [datetime(2026, 11, 1), datetime(2026, 11, 2)]
    assert buyers["committed_on"].isna().tolist() == [False, False, True, True, True]
    assert not buyers["grade_gap"].any() and set(buyers["trend"]) == {"unknown"}


def test_five_buyers_lines_by_hand():
    lines = _scores(five_by_four()).lines
    points = lines.pivot(index="buyer_id", columns="line", values="points").loc[NAMES]
    assert {line: tuple(points[line]) for line in points} == BY_HAND
    anna = lines[lines["buyer_id"] == "anna"]
    assert anna["line"].tolist() == list(BY_HAND) and set(anna["line_kind"]) == {"item"}
    assert anna["max_points"].tolist() == [26, 4, 15, 13, 2, 5, 20, 4, 6, 5]
    assert anna["value"].tolist() == [3, 1, 2, 2, 0, 1, 3, 3, 2, 2]
    # medians of 3,2,1,0,0 · 1,0,0,0,0 · 2,1,1,0,0 · 2,1,0,1,0 · 0 · 1,0,0,0,0 · 3,2,1,0,0 · 3 · 2,2,2,0 · 2,3,14,18
    assert anna["median_value"].tolist() == [1, 0, 1, 1, 0, 0, 1, 3, 2, 8.5]
    eve = lines[lines["buyer_id"] == "eve"].set_index("line")["value"]
    assert np.isnan(eve["price_acceptance"]) and np.isnan(eve["days_since_contact"])


def test_a_round_without_prices_and_subscriptions_rescales():
    launch = five_by_four()
    chosen = replace(launch.settings, not_available_by_round={3: ("commitment", "price_acceptance")})
    scores = _scores(replace(launch, settings=chosen))
    buyers = scores.buyers.set_index("buyer_id")
    assert set(buyers["available_points"]) == {74} and buyers.loc["anna", "raw_points"] == 58
    assert buyers.loc["anna", "score"] == 78  # 5800 / 74 = 78.38
    assert buyers.loc["dan", "score"] == 14  # 1000 / 74 = 13.51
    anna = scores.lines[scores.lines["buyer_id"] == "anna"].set_index("line")
    assert anna.loc["rescale", ["points", "max_points", "line_kind"]].tolist() == [20, 26, "rescale"]
    assert anna.loc["commitment", ["available", "points", "max_points", "value"]].tolist() == [False, 0, 0, 3.0]


def test_a_cap_is_a_line_of_its_own_for_those_it_cuts():
    launch = five_by_four()
    card = launch.settings.scorecard
    capped = replace(card, group_caps={**card.group_caps, "visit": 20, "showflat": 25})
    lines = _scores(replace(launch, settings=replace(launch.settings, scorecard=capped))).lines
    cuts = lines[lines["line_kind"] == "cap"]
    assert cuts[["buyer_id", "line", "group", "points"]].values.tolist() == [["anna", "cap_visit", "visit", -6]]


@pytest.mark.parametrize(("registered_before", "grade"), [
    (timedelta(days=3), "B"), (timedelta(days=3) - timedelta(minutes=1), "U"),
])
def test_three_days_make_a_grade(registered_before, grade):
    launch = five_by_four()
    registered = launch.buyers["registered_on"].mask(launch.buyers["buyer_id"] == "bo", CUTOFF - registered_before)
    buyers = _scores(replace(launch, buyers=launch.buyers.assign(registered_on=registered))).buyers
    assert buyers.set_index("buyer_id").loc["bo", "grade"] == grade


@pytest.mark.parametrize(("kind", "reason"), [
    ("outbound_call", "no_scored_event"), ("visit", "points"), ("deposit", "points"), ("event", "points"),
    ("showflat_view", "no_scored_event"),  # the card cannot score it: the show flat is not open
])
def test_what_ends_the_silence_of_a_record(kind, reason):
    launch = replace(five_by_four(), touchpoints=domain.TOUCHPOINTS.empty())
    launch = replace(launch, settings=replace(launch.settings, show_flat_open=None))
    launch = with_touchpoints(launch, [{"buyer_id": "dan", "kind": kind, "at": datetime(2026, 11, 2)}])
    buyers = _scores(launch).buyers.set_index("buyer_id")
    assert buyers.loc["dan", "grade_reason"] == reason
    assert buyers.loc["cai", "grade_reason"] == "points"  # a free card is a commitment


def test_percentile_grades_govern_where_the_launch_says_so():
    launch = five_by_four()
    chosen = replace(launch.settings, grades=replace(launch.settings.grades, governing="percentile"))
    buyers = _scores(replace(launch, settings=chosen)).buyers
    assert "".join(buyers["grade"]) == "BCCDU" and "".join(buyers["absolute_grade"]) == "ABCDU"


def test_two_steps_between_the_grades_are_flagged():
    launch = five_by_four()
    weak = launch.buyers.assign(registered_on=datetime(2026, 10, 10))
    only = replace(launch, buyers=weak[weak["buyer_id"].isin(["anna"])])
    buyers = _scores(only).buyers  # alone: absolute A, percentile D
    assert buyers[["absolute_grade", "percentile_grade", "grade_gap"]].values.tolist() == [["A", "D", True]]


def test_gone_buyers_are_d_and_last_and_excluded_ones_leave():
    launch = five_by_four()
    states = launch.buyers.assign(state=["gave_up", "excluded", "bought_elsewhere", "active", "active"])
    buyers = _scores(replace(launch, buyers=states)).buyers
    assert buyers["buyer_id"].tolist() == ["dan", "eve", "anna", "cai"]
    assert "".join(buyers["grade"]) == "DUDD" and buyers["grade_reason"].tolist()[2:] == ["gave_up", "bought_elsewhere"]


def test_money_without_a_subscription_date_counts_from_the_first_deposit():
    launch = five_by_four()
    nothing = pd.Series([pd.NaT] * 5, dtype="datetime64[us]")
    undated = replace(launch, buyers=launch.buyers.assign(subscribed_on=nothing))
    undated = with_touchpoints(undated, [
        {"buyer_id": b, "kind": "deposit", "at": datetime(2026, 11, d)} for b, d in (("bo", 9), ("bo", 4), ("cai", 4))
    ])
    committed = _scores(undated).buyers.set_index("buyer_id")["committed_on"]
    assert committed["bo"] == datetime(2026, 11, 4) and committed.drop("bo").isna().all()


def test_the_trend_against_the_last_run():
    launch = five_by_four()
    known, _ = known_at(launch, 3, CUTOFF - timedelta(days=10))
    previous = score_buyers(known, launch.settings).buyers
    trend = _scores(launch, previous).buyers.set_index("buyer_id")["trend"]
    assert trend["bo"] == "improving" and trend["eve"] == "unknown"


def test_a_launch_without_buyers_scores_nobody():
    launch = five_by_four()
    empty = replace(launch, buyers=launch.buyers[:0])
    scores = _scores(empty)
    for name, schema in TABLES.items():
        assert schema.check(getattr(scores, name)).empty


@FEW
@given(SEEDS, st.booleans(), st.sampled_from(["absolute", "percentile"]))
def test_lines_sum_to_the_score_of_every_buyer(seed, capped, governing):
    launch = random_launch(seed, not_available=("event_days",) if seed % 2 else ())
    card = launch.settings.scorecard
    caps = {**card.group_caps, "visit": 15, "inbound": 5} if capped else card.group_caps
    chosen = replace(launch.settings, scorecard=replace(card, group_caps=caps),
                     grades=replace(launch.settings.grades, governing=governing))
    scores = _scores(replace(launch, settings=chosen))
    sums = scores.lines.groupby("buyer_id")["points"].sum()
    assert (sums[scores.buyers["buyer_id"]].to_numpy() == scores.buyers["score"].to_numpy()).all()
    assert scores.buyers["score"].between(0, 100).all()
    assert not scores.lines.duplicated(["buyer_id", "line"]).any()
    assert (scores.lines["points"] <= scores.lines["max_points"]).all()
    for name, schema in TABLES.items():
        schema.check(getattr(scores, name))


@FEW
@given(SEEDS, st.sampled_from([k for k in TOUCHPOINT_KINDS if k != "outbound_call"]), st.integers(0, 10**6))
def test_an_act_more_never_lowers_anybodys_points(seed, kind, minutes):
    launch = random_launch(seed)
    act = {"buyer_id": f"b{seed % 30}", "kind": kind, "at": CUTOFF - timedelta(minutes=minutes % 60_000),
           "party": ["alone", "family"][seed % 2], "note": ["", "贷款"][seed % 2]}
    before, after = _score_of(launch), _score_of(with_touchpoints(launch, [act]))
    assert all(after[buyer] >= points for buyer, points in before.items())
    assert sum(after[buyer] != points for buyer, points in before.items()) <= 1


@FEW
@given(SEEDS)
def test_outbound_calls_change_no_score_grade_or_rank(seed):
    launch = random_launch(seed)
    calls = [{"buyer_id": f"b{n}", "kind": "outbound_call", "at": CUTOFF - timedelta(hours=n + 1), "note": "贷款",
              "party": "decider"} for n in range(30)]
    one, other = _scores(launch), _scores(with_touchpoints(launch, calls))
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), obj=name)


@FEW
@given(SEEDS)
def test_row_order_and_repeated_imports_change_no_cell(seed):
    launch = random_launch(seed)
    scores = _scores(launch)
    for other in (_scores(shuffled(launch, seed)), _scores(imported_twice(launch))):
        for name in TABLES:
            pd.testing.assert_frame_equal(getattr(scores, name), getattr(other, name), obj=name)


@FEW
@given(SEEDS)
def test_renamed_buyers_keep_their_scores_and_places(seed):
    launch = random_launch(seed)
    one, other = _scores(launch), _scores(renamed(launch, lambda old: f"x{900 - int(old[1:])}"))
    pd.testing.assert_frame_equal(one.buyers.drop(columns="buyer_id"), other.buyers.drop(columns="buyer_id"))
    pd.testing.assert_frame_equal(one.lines.drop(columns="buyer_id"), other.lines.drop(columns="buyer_id"))
    pd.testing.assert_frame_equal(one.next_steps.drop(columns="buyer_id"), other.next_steps.drop(columns="buyer_id"))


def test_equal_buyers_are_ordered_by_the_seed():
    launch = five_by_four()
    twins = replace(launch, touchpoints=domain.TOUCHPOINTS.empty(), picks=launch.picks[:0], buyers=launch.buyers.assign(
        commitment="none", subscribed_on=pd.Series([pd.NaT] * 5, dtype="datetime64[us]"),
        registered_on=datetime(2026, 10, 10)))
    orders = set()
    for seed in ("a", "b", "c", "d", "e", "f"):
        chosen = replace(twins, settings=replace(twins.settings, seed=seed))
        order = _scores(chosen).buyers["buyer_id"].tolist()
        assert order == _scores(shuffled(chosen, 3)).buyers["buyer_id"].tolist()
        orders.add(tuple(order))
    assert len(orders) > 3
