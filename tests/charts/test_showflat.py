from __future__ import annotations

from datetime import datetime

from sincerity import domain
from sincerity.charts.showflat import showflat_sums, showflat_views
from sincerity.known import known_at
from tests import cases


def test_buyers_by_day_and_consultant():
    launch = cases.five_by_four()
    views = [("anna", 1, 9, ""), ("anna", 1, 17, ""), ("bo", 1, 9, "Xu"), ("anna", 2, 9, "Xu"), ("cai", 2, 9, "")]
    touchpoints = cases.table(domain.TOUCHPOINTS, [
        {"buyer_id": buyer, "kind": "showflat_view", "at": datetime(2026, 11, day, hour), "consultant": consultant}
        for buyer, day, hour, consultant in views
    ] + [{"buyer_id": "bo", "kind": "visit", "at": datetime(2026, 11, 1, 9)}])
    known, _ = known_at(cases.replace(launch, touchpoints=touchpoints), 3)
    found = showflat_views(known)
    assert found.assign(day=found["day"].dt.day).to_numpy().tolist() == [
        [1, "day", "", 2, 2], [1, "consultant", "Wu", 1, 1], [1, "consultant", "Xu", 1, 1],
        [2, "day", "", 2, 1], [2, "consultant", "Xu", 2, 1],
    ]


    assert showflat_sums(found).to_numpy().tolist() == [
        ["day", "", 4, 3, 2], ["consultant", "Wu", 1, 1, 1], ["consultant", "Xu", 3, 2, 2],
    ]


def test_no_views_give_no_rows():
    launch = cases.five_by_four()
    known, _ = known_at(cases.replace(launch, touchpoints=domain.TOUCHPOINTS.empty()), 3)
    assert showflat_views(known).empty and showflat_sums(showflat_views(known)).empty
