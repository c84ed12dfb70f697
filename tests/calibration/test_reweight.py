"""Re-weighting: faithful to the card without data, right with much, never against the buyer, never by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import expit

from sincerity.calibration.backtest import leave_one_out
from sincerity.calibration.new_card import card_text
from sincerity.calibration.reweight import Proposal, item_multipliers, proposal, reweighted
from sincerity.calibration.rules import calibration_rules
from sincerity.intake.card_file import read_card, recognised_card_columns
from sincerity.intake.csv_file import read_csv
from sincerity.intake.launch_file import default_settings
from sincerity.intake.limits import Limits
from sincerity.scoring.card import Card
from sincerity.scoring.indicators import MEASURES
from sincerity.settings import Scorecard
from tests.calibration.pasts import past, simulated

RULES = replace(calibration_rules(), chance_draws=200)


def shipped_card() -> Card:
    scorecard = default_settings().scorecard
    groups = tuple(dict.fromkeys(item.group for item in scorecard.items))
    return Card(scorecard.items, (True,) * len(scorecard.items), groups,
                tuple(scorecard.group_caps[group] for group in groups))


def only_visits_matter(launches: int, size: int):
    rng = np.random.default_rng(3)
    count = launches * size
    calls, visits = rng.integers(0, 51, count), rng.integers(0, 51, count)
    bought = rng.random(count) < expit((visits - 30) / 6)
    return past(calls + visits, bought, np.repeat(np.arange(launches), size), calls=calls)


def test_hardly_any_data_leaves_the_card_as_it_is():
    few = simulated(1, launches=1, size=10)
    assert item_multipliers(few, few.item_points(), RULES) == pytest.approx([1, 1], abs=0.2)


def test_an_item_that_tells_nothing_loses_weight_and_the_proposal_gains():
    history = only_visits_matter(4, 400)
    found = proposal(history, leave_one_out(history, RULES), RULES)
    calls, visits = found.multipliers
    assert calls < 0.5 < visits
    assert sum(found.card.caps) == 100
    assert found.card.caps[1] > found.card.caps[0]
    assert found.is_worth_it


def test_a_card_that_is_right_is_kept():
    history = simulated(4, launches=4, size=300)
    found = proposal(history, leave_one_out(history, RULES), RULES)
    assert found.multipliers == pytest.approx((1, 1), abs=0.25)
    assert abs(found.gain[0]) < 0.01


def test_the_multiplier_of_an_item_that_speaks_against_the_buyer_stops_at_nothing():
    rng = np.random.default_rng(5)
    calls, visits = rng.integers(0, 51, 4_000), rng.integers(0, 51, 4_000)
    bought = rng.random(4_000) < expit((visits - calls) / 5)
    history = past(calls + visits, bought, np.repeat([0, 1], 2_000), calls=calls)
    found = item_multipliers(history, history.item_points(), RULES)
    assert found[0] == 0
    assert found[1] > 0.5


def test_one_launch_cannot_show_a_gain():
    card = shipped_card()
    assert not Proposal((1.0,), card, card, 1, (0.5, float("nan"))).is_worth_it
    assert not Proposal((1.0,), card, card, 3, (0.1, 0.1)).is_worth_it
    assert Proposal((1.0,), card, card, 3, (0.11, 0.1)).is_worth_it


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 3), min_size=10, max_size=10))
@example([0.0] * 9 + [2.225073858507e-311])
def test_every_reweighted_card_is_a_card_the_program_reads(multipliers):
    old = shipped_card()
    assert len(old.items) == 10
    new = reweighted(old, np.array(multipliers))
    text = card_text(Proposal(tuple(multipliers), old, new, 2, (1.0, 0.1)), "tried")
    sheet, problems = read_csv(text.encode(), "card.csv", recognised_card_columns, Limits())
    assert problems == []
    labels = default_settings().scorecard.group_labels
    read, problems = read_card(sheet, list(MEASURES), labels)
    assert problems == []
    caps = dict(zip(new.groups, new.caps, strict=True))
    assert read.points_sha256 == Scorecard(new.items, caps, {}).points_sha256
    assert read.items[0].source.endswith("; tried")


def test_equal_multipliers_change_nothing():
    old = shipped_card()
    assert reweighted(old, np.ones(10)) == old
    assert reweighted(old, np.full(10, 0.5)) == old
    assert reweighted(old, np.zeros(10)) == old


def test_multipliers_that_all_but_vanish_change_nothing():
    old, last = shipped_card(), np.eye(10)[9]
    assert reweighted(old, 1e-311 * last) == old
    assert reweighted(old, 1e-7 * last) == old
    assert reweighted(old, 1e-3 * last) == reweighted(old, last) != old
