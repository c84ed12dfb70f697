from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest

from sincerity.domain import TOUCHPOINTS
from sincerity.known import known_at
from sincerity.scoring.card import Card, card_in_force, card_warnings, level_points, line_points
from sincerity.settings import CardItem, CardLevel, RoundPlan
from tests.cases import CUTOFF, five_by_four, settings

LEVELS = {  # item: (value, points) on both sides of every edge of the shipped card
    "visit_days": [(0, 0), (1, 8), (2, 16), (3, 22), (4, 26), (40, 26)],
    "decider_came": [(0, 0), (1, 4)],
    "showflat_days": [(0, 0), (1, 8), (2, 12), (3, 15), (4, 15)],
    "inbound_days": [(0, 0), (1, 4), (2, 8), (3, 11), (4, 13), (9, 13)],
    "asked_terms": [(0, 0), (1, 2)],
    "event_days": [(0, 0), (1, 3), (2, 5), (3, 5)],
    "commitment": [(0, 0), (1, 4), (2, 12), (3, 20)],
    "pick_clarity": [(0, 0), (1, 2), (2, 3), (3, 4)],
    "price_acceptance": [(0, 0), (1, 3), (2, 6)],
    "days_since_contact": [(0, 5), (7, 5), (8, 4), (14, 4), (15, 2), (30, 2), (31, 0), (400, 0)],
}


def _item(name: str, group: str, *levels: tuple[float, int], measure: str = "visit_days") -> CardItem:
    return CardItem(name, group, measure, tuple(CardLevel(*level) for level in levels), {"zh": name, "en": name},
                    "days", "test")


def _card(*items: CardItem, caps: dict[str, int], available: tuple[bool, ...] | None = None) -> Card:
    return Card(items, available or (True,) * len(items), tuple(caps), tuple(caps.values()))


@pytest.mark.parametrize("item", LEVELS)
def test_points_on_both_sides_of_every_edge(item):
    card_item = next(i for i in settings().scorecard.items if i.item == item)
    values, points = zip(*LEVELS[item], strict=True)
    assert level_points(np.array(values, dtype=float), card_item).tolist() == list(points)
    assert level_points(np.array([np.nan]), card_item).tolist() == [0]
    just_below = np.nextafter([float(level.at_least) for level in card_item.levels[1:]], -1)
    assert level_points(just_below, card_item).tolist() == [level.points for level in card_item.levels[:-1]]


def test_a_value_below_the_first_level_is_worth_nothing():
    assert level_points(np.array([1.0, 2.0]), _item("a", "g", (2, 7))).tolist() == [0, 7]


def test_the_shipped_card_is_worth_100_points():
    card = card_in_force(settings(), 3, CUTOFF)
    assert card.available_points == 100 and not card.is_rescaled


def test_a_cap_takes_back_what_a_group_has_too_much():
    card = _card(_item("a", "g", (0, 0), (1, 60)), _item("b", "g", (0, 0), (1, 50)), _item("c", "h", (0, 0), (1, 30)),
                 caps={"g": 70, "h": 30})
    points = line_points(np.array([[1.0, 1, 1], [1, 0, 0], [0, 0, 0]]), card)
    assert points.caps.tolist() == [[-40, 0], [0, 0], [0, 0]]
    assert points.score.tolist() == [100, 60, 0] and not points.rescale.any()


@pytest.mark.parametrize(("available_most", "points", "score"), [
    (80, 50, 63),  # 62.5 goes up
    (80, 49, 61),  # 61.25
    (80, 80, 100), (80, 0, 0),
    (200, 1, 1),  # 0.5 goes up
    (3, 1, 33), (3, 2, 67), (96, 75, 78),  # 78.125
])
def test_points_are_stretched_half_up(available_most, points, score):
    card = _card(_item("a", "g", (0, 0), (1, points), (2, available_most)), caps={"g": available_most})
    value = {0: 0.0, available_most: 2.0}.get(points, 1.0)
    assert line_points(np.array([[value]]), card).score.tolist() == [score]
    assert card.is_rescaled


def test_an_unavailable_item_leaves_points_and_maximum():
    items = (_item("a", "g", (0, 0), (1, 40)), _item("b", "h", (0, 0), (1, 60)))
    card = _card(*items, caps={"g": 40, "h": 60}, available=(True, False))
    points = line_points(np.array([[1.0, 1.0], [0.0, 1.0]]), card)
    assert card.available_points == 40
    assert points.items.tolist() == [[40, 0], [0, 0]] and points.rescale.tolist() == [60, 0]


def test_a_cap_still_binds_the_maximum_when_an_item_of_its_group_is_gone():
    items = (_item("a", "g", (0, 0), (1, 60)), _item("b", "g", (0, 0), (1, 50)), _item("c", "g", (0, 0), (1, 5)))
    assert _card(*items, caps={"g": 70}, available=(True, True, False)).available_points == 70
    assert _card(*items, caps={"g": 70}, available=(True, False, True)).available_points == 65


def test_nothing_observable_is_zero_points_for_all():
    card = _card(_item("a", "g", (0, 0), (1, 100)), caps={"g": 100}, available=(False,))
    assert line_points(np.array([[1.0]]), card).score.tolist() == [0]


def test_launch_and_round_declare_items_not_available():
    chosen = settings(not_available=("event_days",))
    assert _names_missing(card_in_force(chosen, 3, CUTOFF)) == {"event_days"}
    assert _names_missing(card_in_force(chosen, 1, CUTOFF)) == {"event_days", "commitment", "price_acceptance"}


@pytest.mark.parametrize(("opened", "missing"), [
    (None, {"showflat_days"}), (date(2026, 11, 21), {"showflat_days"}), (date(2026, 11, 20), set()),
])
def test_the_show_flat_counts_from_the_day_it_opens(opened, missing):
    assert _names_missing(card_in_force(replace(settings(), show_flat_open=opened), 3, CUTOFF)) == missing


def test_opening_at_midnight_of_the_cutoff_is_too_late():
    assert _names_missing(card_in_force(replace(settings(), show_flat_open=date(2026, 11, 20)), 3,
                                        datetime(2026, 11, 20))) == {"showflat_days"}


def test_items_nobody_ever_recorded_are_named_with_the_way_out():
    launch = five_by_four()
    silent = launch.touchpoints[launch.touchpoints["kind"] != "event"]
    known, _ = known_at(replace(launch, touchpoints=silent), 3)
    (problem,) = card_warnings(known, launch.settings)
    assert (problem.severity, problem.code, problem.value) == ("warning", "item_never_recorded", "event_days")
    assert "“Events attended”" in problem.what("en") and "参加活动次数" in problem.what("zh")
    assert 'not_available = ["event_days"]' in problem.fix("en")
    assert card_warnings(known, replace(launch.settings, not_available=("event_days",))) == ()


def test_a_full_record_gives_no_warning_and_an_empty_one_names_every_item_of_touchpoints():
    launch = five_by_four()
    assert card_warnings(known_at(launch, 3)[0], launch.settings) == ()
    empty = replace(launch, touchpoints=TOUCHPOINTS.empty(), buyers=launch.buyers.assign(commitment="none"))
    codes = [p.value for p in card_warnings(known_at(empty, 3)[0], launch.settings)]
    assert codes == ["visit_days", "decider_came", "showflat_days", "inbound_days", "asked_terms", "event_days",
                     "commitment", "days_since_contact"]


def test_a_thin_basis_is_told():
    launch = five_by_four(not_available=("visit_days", "event_days"))
    chosen = replace(launch.settings, rounds=(RoundPlan(3, CUTOFF),))
    warnings = card_warnings(known_at(launch, 3)[0], chosen)
    assert [(p.code, p.parts["points"]) for p in warnings] == [("thin_evidence", 69)]
    assert "Only 69 points" in warnings[0].what("en")


def _names_missing(card: Card) -> set[str]:
    return {item.item for item, available in zip(card.items, card.available, strict=True) if not available}
