"""Which risks are told: the largest first, three at most, two of a kind, and none that costs nothing worth saying."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from sincerity.forecast import risks as module
from sincerity.forecast.eve import Conduct, simulate
from sincerity.forecast.risks import risks
from sincerity.forecasting import planned_eve
from sincerity.known import known_at
from sincerity.scoring.score import score_buyers
from tests import cases
from tests.forecast.days import certain

SHUT = certain(choice=dict.fromkeys(certain().choice, 0.0) | {"first": 1.0})


@pytest.fixture(scope="module")
def days():
    """Five-by-four on days when everybody takes the first choice or nothing."""
    launch = cases.five_by_four()
    known, _ = known_at(launch, 3)
    eve = planned_eve(known, score_buyers(known, launch.settings).buyers, launch.settings, "sincerity_first")
    return simulate(eve.unsteered(), Conduct(SHUT, "priority", 200, "5x4"))


def found_of(days, monkeypatch, stakes):
    """The risks told where these (kind, member, units at stake) are found."""
    rows = pd.DataFrame(stakes, columns=["risk", "member", "at_stake"]).assign(names=1, units=1)
    monkeypatch.setattr(module, "_by_layout", lambda _: rows)
    monkeypatch.setattr(module, "_overpriced", lambda _: rows.iloc[:0])
    monkeypatch.setattr(module, "_unsteady", lambda _: rows.iloc[:0])
    return risks(days)[["risk_no", "member"]].to_numpy().tolist()


def test_the_largest_come_first_numbered_from_one(days, monkeypatch):
    assert found_of(days, monkeypatch, [("crowded", "a", 1.0), ("unwanted", "b", 9.0), ("unsteady", "c", 4.0)]) == [
        [1, "b"], [2, "c"], [3, "a"]]


def test_no_more_than_three_are_told_and_two_of_a_kind(days, monkeypatch):
    stakes = [("crowded", "a", 9.0), ("crowded", "b", 8.0), ("crowded", "c", 7.0), ("unwanted", "d", 6.0),
              ("unsteady", "e", 5.0)]
    assert found_of(days, monkeypatch, stakes) == [[1, "a"], [2, "b"], [3, "d"]]


def test_what_costs_less_than_half_a_unit_is_not_told(days, monkeypatch):
    assert found_of(days, monkeypatch, [("crowded", "a", 0.5), ("unwanted", "b", 0.49)]) == [[1, "a"]]


def test_days_that_sell_everything_have_no_risk(days):
    sold_out = simulate(days.eve, replace(days.conduct, given=certain()))
    assert sold_out.sold.tolist() == [4] * 200
    assert "unwanted" not in set(risks(sold_out)["risk"])
