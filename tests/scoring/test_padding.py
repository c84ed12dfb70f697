from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pandas as pd

from sincerity import domain
from sincerity.known import known_at
from sincerity.scoring.score import score_buyers
from tests.cases import CUTOFF, five_by_four
from tests.scoring.launches import with_touchpoints


def _flags(launch) -> list[list]:
    known, _ = known_at(launch, 3)
    return score_buyers(known, launch.settings).flags.values.tolist()


def _visits(buyer: str, *days: int, **more) -> list[dict]:
    return [{"buyer_id": buyer, "kind": "visit", "at": datetime(2026, 11, day, 9)} | more for day in days]


def _quiet(**setting_overrides):
    launch = five_by_four(**setting_overrides)
    return replace(launch, touchpoints=domain.TOUCHPOINTS.empty())


def test_the_five_buyers_have_clean_records():
    assert _flags(five_by_four()) == []


def test_three_visit_days_without_a_look_at_the_open_show_flat():
    flags = _flags(with_touchpoints(_quiet(), _visits("dan", 3, 4, 4, 9) + _visits("cai", 3, 4)))
    assert flags == [["Xu", "dan", "visits_without_showflat", 3, "2026-11-03/2026-11-09"]]


def test_one_look_at_the_show_flat_clears_the_visits():
    look = {"buyer_id": "dan", "kind": "showflat_view", "at": datetime(2026, 11, 3, 10)}
    assert _flags(with_touchpoints(_quiet(), [*_visits("dan", 3, 4, 9), look])) == []


def test_visits_before_the_show_flat_opened_are_no_sign():
    launch = with_touchpoints(_quiet(), _visits("dan", 3, 4, 9))
    for opened in (date(2026, 11, 4), None):
        assert _flags(replace(launch, settings=replace(launch.settings, show_flat_open=opened))) == []


def test_many_buyers_entered_in_one_minute_by_one_consultant():
    minute = datetime(2026, 11, 10, 20, 5)
    def entries(seconds: int, *buyers: str, **more) -> list[dict]:
        recorded = minute + timedelta(seconds=seconds)
        return [row for buyer in buyers for row in _visits(buyer, 2, recorded_at=recorded, **more)]

    two = entries(0, "cai", "dan") + entries(59, "cai")
    assert _flags(with_touchpoints(_quiet(), two)) == []
    assert _flags(with_touchpoints(_quiet(), two + entries(60, "eve"))) == []
    assert _flags(with_touchpoints(_quiet(), two + entries(59, "anna"))) == []  # Anna's consultant is Wu
    assert _flags(with_touchpoints(_quiet(), two + entries(59, "anna", consultant="Xu"))) == [
        ["Xu", "", "same_minute_entries", 3, "2026-11-10 20:05"]]


def test_outbound_calls_and_missing_times_are_no_padding():
    rows = [{"buyer_id": b, "kind": "outbound_call", "at": datetime(2026, 11, 2), "consultant": "Xu",
             "recorded_at": datetime(2026, 11, 2)} for b in ("anna", "cai", "dan")]
    untimed = [{"buyer_id": b, "kind": "visit", "at": datetime(2026, 11, 2), "consultant": "Xu"}
               for b in ("anna", "cai", "dan")]
    assert _flags(with_touchpoints(_quiet(), rows + untimed)) == []


def test_points_that_jump_in_the_last_three_days():
    start = CUTOFF - timedelta(days=3)
    acts = [("visit", 0, "family"), ("showflat_view", 0, ""), ("visit", 1, ""), ("showflat_view", 1, "")]
    rows = [{"buyer_id": "dan", "kind": kind, "at": start + timedelta(days=day), "party": party}
            for kind, day, party in acts]
    # before: 4 for the exact pick; now 16 + 4 visits, 12 show flat, 5 recency, 4 pick
    assert _flags(with_touchpoints(_quiet(), rows)) == [["Xu", "dan", "late_jump", 37, "4/41"]]
    earlier = [row | {"at": row["at"] - timedelta(minutes=1)} for row in rows if row["at"] == start] + rows[2:]
    assert _flags(with_touchpoints(_quiet(), earlier)) == []  # 8+4+8+5 stood before: the rest is 8+4


def test_money_picks_and_new_registrations_make_no_jump():
    launch = _quiet()
    buyers = launch.buyers.assign(commitment="frozen", subscribed_on=pd.Timestamp(CUTOFF - timedelta(days=1)))
    assert _flags(replace(launch, buyers=buyers)) == []
    newcomer = [{"buyer_id": "eve", "kind": kind, "at": CUTOFF - timedelta(days=day), "party": "family"}
                for kind in ("visit", "showflat_view", "inbound_call") for day in (1, 0.5)]
    assert _flags(with_touchpoints(launch, newcomer)) == []
