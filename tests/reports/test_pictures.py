"""What the drawings show, on small tables counted by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import pandas as pd
import pytest

from sincerity import domain
from sincerity.reports.lookup import Lookup
from sincerity.reports.pictures import HOTTEST, LISTED, PICTURES, pictures
from sincerity.reports.viewmodel import build_report
from sincerity.reports.wording import Words
from tests.reports.result import five_by_four_result, frame

PICKS = [("1-101", 3, 0, 0, 1, 1), ("1-102", 0, 1, 0, 0, 3), ("1-201", 1, 1, 0, 0, 2), ("1-202", 0, 0, 0, 0, 4)]


@pytest.fixture
def result():
    made = five_by_four_result()
    views = [(1, "day", "", 3, 2), (1, "consultant", "Wu", 3, 2), (2, "day", "", 2, 1), (2, "consultant", "", 2, 1)]
    return replace(made, tables={**made.tables, **{
        "unit_picks": domain.UNIT_PICKS.frame([
            {"unit_id": unit, "first": first, "second": second, "third": third, "later": later,
             "buyers": first + second + third + later, "serious_buyers": 0, "place": place}
            for unit, first, second, third, later, place in PICKS
        ]),
        "pick_levels": domain.PICK_LEVELS.frame(pd.DataFrame(
            {"at_least": [0, 1, 2, 5], "at_most": [0.0, 1.0, 4.0, float("nan")], "units": [1, 1, 2, 0]})),
        "answer_tally": frame(domain.ANSWER_TALLY, [
            {"question_no": 5, "question_key": "payment", "question": "付款方式", "option_no": 1, "answer": "一次性",
             "buyers": 3, "answered": 4},
            {"question_no": 9, "question": "Pets?", "answer": "<cat>", "buyers": 1, "answered": 1},
        ]),
        "price_acceptance": frame(domain.PRICE_ACCEPTANCE, [
            {"scope": scope, "name": name, "price_share": share, "buyers": 4, "accepting": accepting, "low": 0.2,
             "high": 0.9} for scope, name in (("all", ""), ("building", "1"))
            for share, accepting in ((-0.1, 4), (-0.03, 3), (0.0, 2), (0.03, 1), (0.1, 0))
        ]),
        "price_band": frame(domain.PRICE_BAND, [
            {"unit_id": "1-101", "named_by": 3, "edge": "upper"}, {"unit_id": "1-102", "named_by": 1, "edge": ""},
            {"unit_id": "1-201", "named_by": 1, "edge": "lower"},
        ]),
        "feedback_shares": frame(domain.FEEDBACK_SHARES, [
            {"scope": "all", "picks": 10, "high": 2, "base": 5, "low": 1, "below": 1, "unsaid": 1, "accept_low": 8,
             "accept_base": 7, "accept_high": 2},
        ]),
        "showflat_views": domain.SHOWFLAT_VIEWS.frame([
            {"day": datetime(2026, 11, day), "scope": scope, "consultant": who, "buyers": seen,
             "first_time_buyers": new}
            for day, scope, who, seen, new in views
        ]),
        "showflat_sums": frame(domain.SHOWFLAT_SUMS, [
            {"scope": "day", "views": 5, "first_time_views": 3, "busiest": 3},
            {"scope": "consultant", "consultant": "", "views": 2, "first_time_views": 1, "busiest": 2},
            {"scope": "consultant", "consultant": "Wu", "views": 3, "first_time_views": 2, "busiest": 3},
        ]),
    }})


def drawn(result, key: str, lang: str = "en"):
    picture = PICTURES[key](Lookup(result, Words(lang)))
    return [re.findall(r"<text[^>]*>(?:<title>.*?</title>)?([^<]*)</text>", svg) for svg in picture.drawings], picture


def test_units_by_rank_the_most_named_first(result):
    (hottest, levels), picture = drawn(result, "unit_picks")
    assert hottest[0] == "The 3 units named by most"
    assert hottest[5:] == [
        "4 buyers", "1-101 · 2BR", "3", "1", "2 buyers", "1-201 · 2BR", "1", "1", "1 buyer", "1-102 · 3BR", "1",
    ]
    assert levels[1:] == [
        "1 unit", "Nobody", "1 unit", "1 buyer", "2 units", "2–4 buyers", "0 units", "5 buyers or more",
    ]
    assert picture.notes == ("1 unit on sale that nobody names: 1-202",)


def test_long_lists_of_units_end_in_an_ellipsis(result):
    stock = result.tables["units"]
    many = pd.concat([stock.assign(unit_id=stock["unit_id"] + f"-{n}") for n in range(10)], ignore_index=True)
    picks = domain.UNIT_PICKS.frame(many[["unit_id"]].assign(
        first=0, second=0, third=0, later=0, buyers=0, serious_buyers=0, place=range(1, 41)))
    made = replace(result, tables={**result.tables, "units": many, "unit_picks": picks,
                                   "allocation": domain.ALLOCATION.empty()})
    note = drawn(made, "unit_picks")[1].notes[0]
    assert note.startswith("40 units on sale that nobody names: ")
    assert note.count(", ") == LISTED - 1 and note.endswith(" …") and HOTTEST < 40


def test_answers_by_question_with_their_share(result):
    (payment, pets), _ = drawn(result, "answer_tally")
    assert payment == ["Payment method", "3 · 75%", "Cash"]
    assert pets == ["Pets?", "1 · 100%", "&lt;cat&gt;"]
    assert drawn(result, "answer_tally", "zh")[0][0] == ["付款方式", "3 组 · 75%", "一次性"]


def test_the_band_says_who_accepts_each_of_its_prices_and_which_units_stand_at_its_edges(result):
    (everybody,), picture = drawn(result, "price_band")
    assert everybody == [
        "All layouts · 4 buyers stated a ceiling", "3 accept · 75%", "Base price −3%", "2 accept · 50%",
        "Base price ±0", "1 accepts · 25%", "Base price +3%",
    ]
    assert [note.split(": ")[1] for note in picture.notes] == ["1-101", "1-201"]


def test_feedback_shows_every_edge(result):
    (shares,), _ = drawn(result, "feedback_shares")
    assert shares[6:] == ["base 70% · upper edge 20%", "All layouts · 10 picks", "2", "5", "1", "1", "1"]


def test_show_flat_days_come_everybody_first_then_the_busiest_consultant(result):
    (days,), picture = drawn(result, "showflat_views")
    assert days[3:] == [
        "5 in all · busiest day 3", "All consultants", "3 in all · busiest day 3", "Wu", "2 in all · busiest day 2",
        "No consultant", "11-01",
    ]
    assert picture.notes == ()


def test_policies_stand_side_by_side_the_one_in_force_marked(result):
    charts, _ = drawn(result, "frontier")
    assert [chart[0] for chart in charts] == [
        "Placed buyers", "Of them on their first choice", "Overtaken pairs (fewer is better)"]
    assert all(sum("(in force)" in word for word in chart) == 1 for chart in charts)


def test_only_tables_with_rows_of_the_round_have_a_picture(result):
    report = build_report(result, "en")  # round 3 shows neither 1.3 nor 2.4
    assert set(report.pictures) == {"price_band", "frontier"}
    bare = {"frontier": replace(report.tables["frontier"], rows=())}
    assert not pictures(Lookup(result, Words("en")), bare)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_picture_is_the_same_twice_and_in_its_language(result, lang):
    for key in PICTURES:
        said, picture = drawn(result, key, lang)
        assert picture == drawn(result, key, lang)[1]
        if lang == "en":
            assert not [word for chart in said for word in chart if re.search("[一-鿿]", word)], key
