from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from sincerity import domain
from sincerity.known import known_at
from sincerity.scoring.indicators import COUNTS_DAYS, MEASURES, READS_KINDS, facts_of, first_deposit_at, outbound_calls
from tests.cases import CUTOFF, five_by_four, table
from tests.scoring.launches import with_touchpoints


def _value(measure: str, touchpoints=(), buyer: str = "eve", **tables) -> float:
    """The measure of ``buyer`` (Eve: no touchpoint, one pick without a price) with these facts added."""
    launch = replace(five_by_four(), **tables)
    launch = with_touchpoints(launch, [{"buyer_id": buyer} | record for record in touchpoints])
    known, _ = known_at(launch, 3)
    position = known.buyers["buyer_id"].tolist().index(buyer)
    return float(MEASURES[measure](facts_of(known, launch.settings))[position])


def _on(kind: str, day: int, hour: int = 9, **more) -> dict:
    return {"kind": kind, "at": datetime(2026, 11, day, hour)} | more


@pytest.mark.parametrize(("measure", "kind"), [
    ("visit_days", "visit"), ("showflat_days", "showflat_view"), ("inbound_days", "inbound_call"),
    ("inbound_days", "message_in"), ("event_days", "event"),
])
def test_days_count_once_however_often_the_buyer_came(measure, kind):
    same_day = [_on(kind, 3, 9), _on(kind, 3, 23)]
    assert _value(measure) == 0
    assert _value(measure, same_day) == 1
    assert _value(measure, [*same_day, _on(kind, 4, 0)]) == 2


def test_a_call_and_a_message_on_one_day_are_one_inbound_day():
    assert _value("inbound_days", [_on("inbound_call", 3), _on("message_in", 3, 15)]) == 1


@pytest.mark.parametrize("measure", sorted(MEASURES))
def test_outbound_calls_are_in_no_measure(measure):
    calls = [_on("outbound_call", day, note="问贷款", party="decider") for day in (1, 5, 20)]
    assert np.isclose(_value(measure, calls), _value(measure), equal_nan=True)


@pytest.mark.parametrize(("kind", "party", "came"), [
    ("visit", "family", 1), ("visit", "decider", 1), ("visit", "alone", 0), ("visit", "", 0),
    ("showflat_view", "decider", 0), ("event", "family", 0),
])
def test_family_or_decider_must_come_to_a_visit(kind, party, came):
    assert _value("decider_came", [_on(kind, 3, party=party)]) == came


@pytest.mark.parametrize(("kind", "note", "asked"), [
    ("inbound_call", "问首付比例", 1), ("message_in", "ＬＯＡＮ rate?", 1), ("visit", "Down Payment?", 1),
    ("visit", "likes the view", 0), ("visit", "", 0), ("showflat_view", "问贷款", 0), ("event", "贷款", 0),
])
def test_terms_are_asked_in_a_contact_or_visit(kind, note, asked):
    assert _value("asked_terms", [_on(kind, 3, note=note)]) == asked


@pytest.mark.parametrize(("word", "level"), [("none", 0), ("card", 1), ("refundable", 2), ("frozen", 3)])
def test_commitment_levels(word, level):
    launch = five_by_four()
    assert _value("commitment", buyers=launch.buyers.assign(commitment=word)) == level


def test_a_deposit_of_unstated_manner_is_a_card_and_lowers_nothing():
    assert _value("commitment", [_on("deposit", 3)]) == 1
    assert _value("commitment", [_on("deposit", 3)], buyer="anna") == 3


@pytest.mark.parametrize(("questions", "picked", "level"), [
    ([], False, 0), (["意向楼栋"], False, 0), (["意向户型"], False, 1), (["意向户型", "意向楼栋"], False, 2),
    ([" Intended LAYOUT ？"], False, 1), (["意向户型："], False, 1), (["why"], False, 0), ([], True, 3),
    (["意向户型", "意向楼栋"], True, 3),
])
def test_pick_clarity(questions, picked, level):
    launch = five_by_four()
    answers = table(domain.ANSWERS, [{"buyer_id": "eve", "question": q, "answer": "3"} for q in questions])
    picks = launch.picks if picked else launch.picks[launch.picks["buyer_id"] != "eve"]
    assert _value("pick_clarity", answers=answers, picks=picks) == level


def test_an_empty_answer_says_nothing():
    launch = five_by_four()
    answers = table(domain.ANSWERS, [{"buyer_id": "eve", "question": "意向户型", "answer": " 　"}])
    assert _value("pick_clarity", answers=answers, picks=launch.picks[:0]) == 0


@pytest.mark.parametrize(("accepts", "ceiling", "level"), [  # band of 1-101: 1 940 000, 2 000 000, 2 060 000
    ("below", 9e9, 0), ("low", np.nan, 1), ("base", np.nan, 2), ("high", np.nan, 2),
    ("", 1_939_999.0, 0), ("", 1_940_000.0, 1), ("", 1_999_999.0, 1), ("", 2_000_000.0, 2), ("", 9e9, 2),
    ("", np.nan, np.nan),
])
def test_price_acceptance_by_word_else_by_ceiling(accepts, ceiling, level):
    picks = table(domain.PICKS, [{"round": 3, "buyer_id": "eve", "choice_rank": 1, "unit_id": "1-101",
                                  "accepts": accepts, "max_total_yuan": ceiling}])
    assert np.isclose(_value("price_acceptance", picks=picks), level, equal_nan=True)


def test_price_acceptance_is_the_best_over_the_picks():
    picks = table(domain.PICKS, [
        {"round": 3, "buyer_id": "eve", "choice_rank": rank, "unit_id": unit, "accepts": accepts}
        for rank, unit, accepts in ((1, "1-101", "below"), (2, "1-102", "low"), (3, "1-201", ""))
    ])
    assert _value("price_acceptance", picks=picks) == 1


def test_nobody_without_picks_has_a_price():
    assert np.isnan(_value("price_acceptance", picks=five_by_four().picks[:0]))


@pytest.mark.parametrize(("before_cutoff", "days"), [
    (timedelta(minutes=1), 0), (timedelta(days=1) - timedelta(minutes=1), 0), (timedelta(days=1), 1),
    (timedelta(days=8) - timedelta(minutes=1), 7), (timedelta(days=8), 8), (timedelta(days=31), 31),
])
def test_whole_days_since_the_last_contact(before_cutoff, days):
    assert _value("days_since_contact", [{"kind": "visit", "at": CUTOFF - before_cutoff}]) == days


@pytest.mark.parametrize("kind", ["outbound_call", "showflat_view", "event", "deposit"])
def test_only_inbound_contacts_and_visits_renew_the_contact(kind):
    assert np.isnan(_value("days_since_contact", [_on(kind, 3)]))


def test_effort_and_first_deposit_stand_beside_the_measures():
    launch = with_touchpoints(five_by_four(), [
        {"buyer_id": "dan"} | _on("deposit", 9), {"buyer_id": "dan"} | _on("deposit", 7),
        {"buyer_id": "dan"} | _on("outbound_call", 13),
    ])
    known, _ = known_at(launch, 3)
    facts = facts_of(known, launch.settings)
    assert outbound_calls(facts).tolist() == [0, 0, 0, 2, 0]
    assert first_deposit_at(facts)[3] == np.datetime64("2026-11-07T09:00")
    assert np.isnat(first_deposit_at(facts)[[0, 1, 2, 4]]).all()


def test_facts_of_an_unknown_buyer_are_refused():
    known, _ = known_at(five_by_four(), 3)
    with pytest.raises(ValueError, match=r"unknown buyers: \['anna'\]"):
        facts_of(replace(known, buyers=known.buyers[1:]), five_by_four().settings)


def test_every_item_of_the_shipped_card_has_a_measure_and_the_notes_on_measures_name_real_ones():
    assert {item.measure for item in five_by_four().settings.scorecard.items} == set(MEASURES)
    assert set(MEASURES) >= set(READS_KINDS) | COUNTS_DAYS
