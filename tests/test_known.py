from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sincerity import domain
from sincerity.known import KNOWN_ANSWERS, KNOWN_PICKS, KNOWN_TOUCHPOINTS, known_at
from tests.cases import CUTOFF, five_by_four, settings, table
from tests.scoring.launches import imported_twice, random_launch, renamed, shuffled, with_touchpoints

MINUTE = timedelta(minutes=1)
FRAMES = ("units", "buyers", "touchpoints", "picks", "answers", "targets")


def _launch(**tables):
    return replace(five_by_four(), **tables)


def _visits(*moments: tuple[datetime, datetime | None]) -> pd.DataFrame:
    return table(domain.TOUCHPOINTS, [
        {"buyer_id": "dan", "kind": "visit", "at": at, "recorded_at": recorded or pd.NaT} for at, recorded in moments
    ])


def _picks(*records: dict) -> pd.DataFrame:
    return table(domain.PICKS, [{"round": 3, "choice_rank": 1} | record for record in records])


def test_one_minute_decides_whether_a_touchpoint_counts():
    launch = _launch(touchpoints=_visits((CUTOFF - MINUTE, None), (CUTOFF, None), (CUTOFF + MINUTE, None)))
    known, problems = known_at(launch, 3)
    assert known.touchpoints["at"].tolist() == [CUTOFF - MINUTE]
    assert known.late_entries[["table", "source_row", "buyer_id", "at", "reason"]].values.tolist() == [
        ["touchpoints", 3, "dan", CUTOFF, "after_cutoff"], ["touchpoints", 4, "dan", CUTOFF + MINUTE, "after_cutoff"],
    ]
    assert [(p.severity, p.code) for p in problems] == [("warning", "late_entries")]


def test_an_entry_may_be_two_days_late_and_not_a_minute_more():
    last = CUTOFF + timedelta(days=2)
    at = CUTOFF - timedelta(days=5)
    known, problems = known_at(_launch(touchpoints=_visits((at, last), (at + MINUTE, last + MINUTE))), 3)
    assert known.touchpoints["at"].tolist() == [at]
    assert known.late_entries[["source_row", "recorded_at", "reason"]].values.tolist() == [
        [3, last + MINUTE, "recorded_late"]
    ]
    assert problems[0].parts == {"count": 1, "recorded_late": 1, "after_cutoff": 0, "cutoff": "2026-11-20 18:00"}


def test_the_warning_reads_in_both_languages():
    _, (problem,) = known_at(_launch(touchpoints=_visits((CUTOFF, None))), 3)
    assert problem.what("en") == ("1 record does not count as of 2026-11-20 18:00: 1 happened at or after the cutoff, "
                                  "0 were entered too late.")
    assert "有 1 条记录未计入" in problem.what("zh") and problem.fix("zh")


@pytest.mark.parametrize(("moment", "counts"), [(CUTOFF - MINUTE, True), (CUTOFF, False), (pd.NaT, True)])
def test_picks_answers_decisions_and_subscriptions_up_to_the_cutoff(moment, counts):
    launch = five_by_four()
    launch = replace(
        launch,
        picks=_picks({"buyer_id": "dan", "unit_id": "1-201", "recorded_at": moment}),
        answers=table(domain.ANSWERS, [
            {"buyer_id": "dan", "question": "q", "answer": "a", "recorded_at": moment}]),
        decisions=table(domain.DECISIONS, [
            {"buyer_id": "dan", "unit_id": "1-201", "decision": "keep", "decided_at": moment}]),
        buyers=launch.buyers.assign(commitment="frozen", queue_no="7", subscribed_on=pd.Series(
            [moment] * 5, dtype="datetime64[us]")),
    )
    known, _ = known_at(launch, 3)
    assert [len(known.picks), len(known.answers), len(known.decisions)] == [int(counts)] * 3
    assert set(known.buyers["commitment"]) == {"frozen" if counts else "none"}
    assert set(known.buyers["queue_no"]) == {"7" if counts else ""}
    assert len(known.late_entries) == (0 if counts else 3 + 5)


def test_buyers_registered_at_the_cutoff_are_not_known_and_neither_are_their_facts():
    launch = five_by_four()
    buyers = launch.buyers.assign(registered_on=launch.buyers["registered_on"].mask(
        launch.buyers["buyer_id"] == "anna", CUTOFF))
    known, _ = known_at(replace(launch, buyers=buyers), 3)
    for frame in (known.buyers, known.touchpoints, known.picks):
        assert "anna" not in set(frame["buyer_id"])
    assert known.late_entries[["table", "buyer_id", "reason"]].values.tolist() == [["buyers", "anna", "after_cutoff"]]


def test_as_of_goes_back_but_never_forward():
    launch = five_by_four()
    earlier = datetime(2026, 11, 6, 10, 0)
    known, _ = known_at(launch, 3, earlier)
    assert known.cutoff == earlier and (known.touchpoints["at"] < earlier).all()
    assert known.picks.empty and "eve" not in set(known.buyers["buyer_id"])
    assert known_at(launch, 3, CUTOFF + MINUTE)[0].cutoff == CUTOFF


def test_a_round_without_picks_is_a_warning_and_other_rounds_stay_out():
    launch = five_by_four()
    known, problems = known_at(replace(launch, picks=launch.picks.assign(round=2)), 3)
    assert known.picks.empty and known.late_entries.empty
    assert [(p.code, p.parts) for p in problems] == [("round_without_picks", {"round": 3})]


def test_a_round_the_launch_does_not_plan_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError):
        known_at(five_by_four(), 1)


def test_excluded_buyers_leave_before_households_are_joined():
    launch = five_by_four()
    shared = launch.buyers.assign(
        phone=["13800000001", "13800000001/13800000003", "13800000003", "", ""],
        state=["active", "excluded", "active", "active", "active"],
    )
    known, _ = known_at(replace(launch, buyers=shared), 3)
    assert sorted(known.buyers["members"]) == ["anna", "cai", "dan", "eve"]
    assert "bo" not in set(known.touchpoints["buyer_id"])


def test_picks_of_a_household_are_merged_and_ranked_without_gaps():
    launch = five_by_four()
    together = launch.buyers.assign(phone=["13800000001", "13800000001", "", "", ""])
    picks = _picks(
        {"buyer_id": "bo", "choice_rank": 1, "unit_id": "1-102", "max_total_yuan": 2.3e6, "accepts": "low"},
        {"buyer_id": "anna", "choice_rank": 1, "unit_id": "1-201", "accepts": "below"},
        {"buyer_id": "anna", "choice_rank": 4, "unit_id": "1-102", "max_total_yuan": 2.5e6, "accepts": "base"},
        {"buyer_id": "bo", "choice_rank": 3, "unit_id": "1-202"},
    )
    known, _ = known_at(replace(launch, buyers=together, picks=picks), 3)
    rows = known.picks[["buyer_id", "choice_rank", "unit_id", "accepts"]].values.tolist()
    assert rows == [["anna", 1, "1-201", "below"], ["anna", 2, "1-102", "base"], ["anna", 3, "1-202", ""]]
    assert known.picks["max_total_yuan"].fillna(0).tolist() == [0, 2.5e6, 0]


def test_late_entries_stand_under_the_representative():
    launch = five_by_four()
    together = launch.buyers.assign(phone=["13800000001", "13800000001", "", "", ""])
    launch = with_touchpoints(replace(launch, buyers=together), [{"buyer_id": "bo", "kind": "visit", "at": CUTOFF}])
    assert known_at(launch, 3)[0].late_entries["buyer_id"].tolist() == ["anna"]


def test_the_same_fact_from_two_imports_counts_once_and_keeps_the_first_record():
    at = CUTOFF - timedelta(days=1)
    launch = _launch(touchpoints=_visits((at, at + 9 * MINUTE), (at, at + MINUTE), (at, None)))
    assert known_at(launch, 3)[0].touchpoints["recorded_at"].tolist() == [at + MINUTE]


def test_frames_fit_their_schemas():
    known, _ = known_at(random_launch(3), 3)
    for schema, frame in ((KNOWN_TOUCHPOINTS, known.touchpoints), (KNOWN_PICKS, known.picks),
                          (KNOWN_ANSWERS, known.answers), (domain.DECISIONS, known.decisions),
                          (domain.QUOTED_UNITS, known.units), (domain.LATE_ENTRIES, known.late_entries)):
        assert schema.check(frame) is frame


def _assert_same_facts(one, other, names=FRAMES):
    for name in names:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), obj=name)


@hypothesis_settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_row_order_and_repeated_imports_change_nothing(seed):
    launch = random_launch(seed)
    known = known_at(launch, 3)[0]
    _assert_same_facts(known, known_at(shuffled(launch, seed), 3)[0])
    _assert_same_facts(known, known_at(imported_twice(launch), 3)[0])


@hypothesis_settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_renamed_buyers_are_the_same_households_in_the_same_order(seed):
    launch = random_launch(seed)
    known = known_at(launch, 3)[0]
    other = known_at(renamed(launch, lambda old: f"x{900 - int(old[1:])}"), 3)[0]
    assert known.buyers["household_key"].tolist() == other.buyers["household_key"].tolist()
    _assert_same_facts(_anonymous(known), _anonymous(other))


def _anonymous(known):
    def plain(frame):
        return frame.drop(columns=["buyer_id", "members"], errors="ignore")

    return replace(known, **{name: plain(getattr(known, name)) for name in FRAMES})


def test_the_settings_are_those_of_the_launch():
    launch = five_by_four(late_entry_days=0)
    at = CUTOFF - timedelta(days=1)
    known, _ = known_at(replace(launch, touchpoints=_visits((at, CUTOFF), (at + MINUTE, CUTOFF + MINUTE))), 3)
    assert known.touchpoints["at"].tolist() == [at]
    assert settings().late_entry_days == 2
