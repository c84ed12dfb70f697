"""A closed launch as history: what counts, who is left out, and which launches must wait."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, datetime, timedelta

import pandas as pd
import pytest

from sincerity import domain
from sincerity.calibration.closed_launch import closed_launch
from sincerity.calibration.rules import calibration_rules
from sincerity.domain import Launch
from sincerity.texts import LANGUAGES
from tests import cases

RULES = calibration_rules()
CLOSED = date(2026, 12, 5)  # seven days after the launch day
FATES = {"anna": "bought", "bo": "bought", "cai": "came_no_choice", "dan": "blocked", "eve": "no_show"}


def outcomes(fates: dict[str, str], **more) -> pd.DataFrame:
    return cases.table(domain.OUTCOMES, [
        {"buyer_id": buyer, "status": status, "at": datetime(2026, 11, 28, 10), **more}
        for buyer, status in fates.items()
    ])


def launch_with(fates: dict[str, str] = FATES, outcomes_as_of: date | None = CLOSED, **more) -> Launch:
    return replace(cases.five_by_four(outcomes_as_of=outcomes_as_of), outcomes=outcomes(fates, **more))


def history(launch: Launch):
    found, problems = closed_launch(launch, "past", RULES)
    assert found is not None, problems
    return found


def codes(launch: Launch) -> list[str]:
    return [problem.code for problem in closed_launch(launch, "past", RULES)[1]]


def test_outcomes_meet_the_scores_of_the_cutoff_and_blocked_buyers_are_counted_not_fitted():
    found = history(launch_with())
    assert (found.account.buyers, found.account.bought, found.account.blocked, found.account.unknown) == (4, 2, 1, 0)
    assert dict(zip(found.buyers.score.tolist(), found.buyers.bought.tolist(), strict=True)) == {
        84: True, 55: True, 34: False, 4: False}
    assert sorted(found.buyers.grade) == ["A", "B", "C", "U"]
    assert found.buyers.counts().log_served.tolist() == pytest.approx([math.log(2 / 3)])
    assert found.reference["grade"] == {"A": 1, "B": 1, "C": 1, "D": 1, "U": 1}


def test_a_household_bought_when_any_member_did():
    launch = launch_with({**FATES, "anna": "no_show", "bo": "bought"})
    shared = launch.buyers["phone"].mask(launch.buyers["buyer_id"] == "bo", "13800000001")
    found = history(replace(launch, buyers=launch.buyers.assign(phone=shared)))
    assert found.account.buyers == 3
    assert found.account.bought == 1


@pytest.mark.parametrize(("minutes", "counts"), [(0, False), (-1, True)])
def test_an_event_at_the_cutoff_counts_nowhere_and_one_minute_earlier_it_does(minutes, counts):
    launch = launch_with()
    visit = cases.table(domain.TOUCHPOINTS, [
        {"buyer_id": "dan", "kind": "visit", "at": cases.CUTOFF + timedelta(minutes=minutes)},
    ])
    launch = replace(
        launch,
        touchpoints=pd.concat([launch.touchpoints, visit], ignore_index=True),
        outcomes=outcomes({**FATES, "dan": "no_show"}),
    )
    before, after = history(launch_with({**FATES, "dan": "no_show"})), history(launch)
    assert (sorted(before.buyers.score) != sorted(after.buyers.score)) == counts
    assert (before.reference != after.reference) == counts


def test_the_state_of_today_is_not_read():
    launch = launch_with()
    gone = replace(launch, buyers=launch.buyers.assign(
        state=launch.buyers["state"].mask(launch.buyers["buyer_id"] == "cai", "bought_elsewhere")))
    assert history(gone).buyers.grade.tolist() == history(launch).buyers.grade.tolist()
    assert 0.0 in history(gone).buyers.columns["state"]


def test_excluded_buyers_are_no_history():
    launch = launch_with()
    state = launch.buyers["state"].mask(launch.buyers["buyer_id"] == "cai", "excluded")
    excluded = replace(launch, buyers=launch.buyers.assign(state=state))
    assert history(excluded).account.buyers == 3
    assert "history_not_known" in codes(excluded)


@pytest.mark.parametrize(("exported", "code"), [
    (date(2026, 12, 4), "history_window_open"), (None, "history_window_unknown"), (CLOSED, None)])
def test_an_open_window_is_refused_with_the_date_from_which_it_may_be_used(exported, code):
    found, problems = closed_launch(launch_with(outcomes_as_of=exported), "past", RULES)
    assert (found is None) == (code is not None)
    if code:
        (problem,) = problems
        assert problem.code == code
        assert problem.place() == "past/launch.toml"
        for lang in LANGUAGES:
            assert "2026-12-05" in problem.what(lang)


def test_without_an_export_day_the_newest_outcome_may_close_the_window():
    assert history(launch_with(outcomes_as_of=None, at=datetime(2026, 12, 5, 9))).account.bought == 2


def test_orders_after_the_window_count_as_not_bought_and_are_told():
    launch = launch_with(outcomes_as_of=date(2026, 12, 20))
    late = launch.outcomes["at"].mask(launch.outcomes["buyer_id"] == "anna", pd.Timestamp("2026-12-06 00:00"))
    in_time = launch.outcomes["at"].mask(launch.outcomes["buyer_id"] == "anna", pd.Timestamp("2026-12-05 23:59"))
    too_late = replace(launch, outcomes=launch.outcomes.assign(at=late))
    assert history(too_late).account.bought == 1
    assert "history_orders_late" in codes(too_late)
    assert history(replace(launch, outcomes=launch.outcomes.assign(at=in_time))).account.bought == 2


def test_a_list_of_buyers_only_is_refused_and_names_the_others():
    found, (problem,) = closed_launch(launch_with({"anna": "bought", "bo": "bought"}), "past", RULES)
    assert found is None
    assert problem.code == "history_coverage"
    assert "3" in problem.what("en")
    assert "cai, dan, eve" in problem.what("en")


def test_a_launch_without_outcomes_of_its_own_is_refused():
    other = launch_with(launch_id="another")
    assert codes(other) == ["history_no_outcomes"]


def test_undated_facts_are_told_and_so_are_outcomes_of_people_nobody_knew():
    launch = launch_with({**FATES, "zoe": "bought"})
    assert codes(launch) == ["history_not_known", "history_undated"]  # cai's card has no date
    picks = launch.picks.assign(recorded_at=pd.NaT)
    told = closed_launch(replace(launch, picks=picks), "past", RULES)[1][-1]
    assert (told.parts["commitments"], told.parts["picks"]) == (1, 7)


def test_the_consultants_own_grade_is_the_last_one_written_before_the_cutoff():
    answers = cases.table(domain.ANSWERS, [
        {"buyer_id": "anna", "question": "顾问评级", "answer": "b", "recorded_at": datetime(2026, 11, 10)},
        {"buyer_id": "anna", "question": "顾问评级", "answer": " Ａ ", "recorded_at": datetime(2026, 11, 12)},
        {"buyer_id": "anna", "question": "顾问评级", "answer": "D", "recorded_at": cases.CUTOFF},
        {"buyer_id": "bo", "question": "consultant's grade", "answer": "maybe", "recorded_at": datetime(2026, 11, 1)},
    ])
    found = history(replace(launch_with(), answers=answers))
    assert sorted(found.buyers.opinion) == ["", "", "", "A"]
