from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from sincerity import domain
from sincerity.known import known_at
from sincerity.scoring.score import score_buyers
from sincerity.scoring.steps import next_value
from tests.cases import five_by_four, settings
from tests.scoring.launches import random_launch, with_touchpoints


def _scores(launch):
    known, _ = known_at(launch, 3)
    return score_buyers(known, launch.settings)


def _steps(launch, buyer: str) -> list[list]:
    steps = _scores(launch).next_steps
    columns = ["line", "from_value", "to_value", "gain_points", "reaches_grade"]
    return steps.loc[steps["buyer_id"] == buyer, columns].values.tolist()


@pytest.mark.parametrize(("item", "value", "target"), [
    ("visit_days", 0, 1), ("visit_days", 3, 4), ("visit_days", 4, np.nan), ("commitment", 1, 2),
    ("price_acceptance", np.nan, 1), ("price_acceptance", 2, np.nan),
    ("days_since_contact", np.nan, 0), ("days_since_contact", 20, 0), ("days_since_contact", 8, 0),
    ("days_since_contact", 7, np.nan),
])
def test_next_value_of_an_item(item, value, target):
    card_item = next(i for i in settings().scorecard.items if i.item == item)
    assert np.isclose(next_value(np.array([float(value)]), card_item)[0], target, equal_nan=True)


def test_bos_steps_fewest_acts_then_most_gain():
    assert _steps(five_by_four(), "bo") == [
        ["commitment", 2.0, 3.0, 8, ""], ["visit_days", 2.0, 3.0, 6, ""], ["decider_came", 0.0, 1.0, 4, ""],
        ["showflat_days", 1.0, 2.0, 4, ""], ["inbound_days", 1.0, 2.0, 4, ""], ["event_days", 0.0, 1.0, 3, ""],
        ["asked_terms", 0.0, 1.0, 2, ""],
    ]


def test_a_step_that_reaches_a_grade_says_so_and_the_buyer_too():
    launch = five_by_four()
    frozen = launch.buyers.assign(commitment=launch.buyers["commitment"].mask(launch.buyers["buyer_id"] == "cai",
                                                                              "refundable"))
    scores = _scores(replace(launch, buyers=frozen))  # Cai: 34 + 8 = 42; frozen funds or a visit bring 50
    reaching = [step for step in _steps(replace(launch, buyers=frozen), "cai") if step[-1]]
    assert reaching == [["visit_days", 1.0, 2.0, 8, "B"], ["commitment", 2.0, 3.0, 8, "B"]]
    assert scores.buyers.set_index("buyer_id")["next_grade"].to_dict() == {
        "anna": "", "bo": "", "cai": "B", "dan": "", "eve": ""}


def test_two_acts_come_after_one_even_with_more_gain():
    launch = five_by_four()
    card = launch.settings.scorecard
    leap = [replace(i, levels=(i.levels[0], replace(i.levels[2], at_least=3))) if i.item == "visit_days" else i
            for i in card.items]
    chosen = replace(launch.settings, scorecard=replace(card, items=tuple(leap)))
    known, _ = known_at(launch, 3)
    steps = score_buyers(known, chosen).next_steps
    assert steps.loc[steps["buyer_id"] == "cai", "line"].tolist()[-1] == "visit_days"  # from 1 to 3: two acts


def test_gone_buyers_have_no_steps_and_new_ones_no_grade_to_reach():
    launch = five_by_four()
    states = launch.buyers.assign(state=["gave_up", "bought_elsewhere", "active", "active", "active"])
    steps = _scores(replace(launch, buyers=states)).next_steps
    assert set(steps["buyer_id"]) == {"cai", "dan", "eve"}
    assert set(steps.loc[steps["buyer_id"] == "eve", "reaches_grade"]) == {""}


def test_a_silent_buyer_gets_a_grade_by_a_first_act_but_not_by_a_price():
    launch = five_by_four()
    silent = replace(launch, buyers=launch.buyers.assign(registered_on=datetime(2026, 10, 10)))
    reached = {line: grade for line, _, _, _, grade in _steps(silent, "eve")}
    assert reached.pop("price_acceptance") == "" and set(reached.values()) == {"D"}
    assert _scores(silent).buyers.set_index("buyer_id").loc["eve", "grade_reason"] == "no_scored_event"


def test_steps_of_an_unavailable_item_are_not_offered():
    steps = _steps(five_by_four(not_available=("commitment",)), "bo")
    assert "commitment" not in [step[0] for step in steps]


def test_rising_among_the_same_buyers_does_not_make_the_launch_larger():
    launch = five_by_four()  # of four graded buyers only the first is B; nobody's single step overtakes
    chosen = replace(launch.settings, grades=replace(launch.settings.grades, governing="percentile"))
    buyers = _scores(replace(launch, settings=chosen)).buyers
    assert "".join(buyers["grade"]) == "BCCDU" and set(buyers["next_grade"]) == {""}


ACTS = {"visit_days": "visit", "showflat_days": "showflat_view", "event_days": "event"}


@pytest.mark.parametrize("governing", ["absolute", "percentile"])
def test_a_step_taken_brings_the_promised_points_and_grade(governing):
    """Promised steps of a random launch, done for real, on a card that stretches."""
    launch = random_launch(7, not_available=("asked_terms",))
    chosen = replace(launch.settings, grades=replace(launch.settings.grades, governing=governing))
    launch = replace(launch, settings=chosen)
    scores = _scores(launch)
    before = scores.buyers.set_index("buyer_id")
    promised = scores.next_steps[scores.next_steps["line"].isin(["showflat_days", "event_days"])]
    promised = promised.sort_values(["reaches_grade", "gain_points"], kind="stable")
    some = promised.iloc[[0, 1, -2, -1]]
    assert some["reaches_grade"].eq("").tolist() == [True, True, False, False]
    for step in some.itertuples():
        act = {"buyer_id": step.buyer_id, "kind": ACTS[step.line], "at": datetime(2026, 10, 1)}
        after = _scores(with_touchpoints(launch, [act])).buyers.set_index("buyer_id").loc[step.buyer_id]
        assert after["score"] == before.loc[step.buyer_id, "score"] + step.gain_points
        higher = domain.GRADES.index(after["grade"]) < domain.GRADES.index(before.loc[step.buyer_id, "grade"])
        assert step.reaches_grade == (after["grade"] if higher else "")
