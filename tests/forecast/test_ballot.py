"""The public ballot: repeatable with nothing but its own list, and every forgery seen."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest

from sincerity.domain import FORECAST_BUYERS
from sincerity.forecast.ballot import draw_ballot, formula
from sincerity.verify_ballot import ballot_problems

BUYERS = ["anna", "bo", "cai", "dan"]


def tables(ballot):
    invited = FORECAST_BUYERS.frame(FORECAST_BUYERS.empty().reindex(range(4)).assign(buyer_id=BUYERS, grade="A"))
    return {"ballot": ballot, "forecast_buyers": invited}


def test_anyone_can_repeat_it_with_a_pocket_tool():
    drawn = draw_ballot(BUYERS, "5x4", ("12", "34"))
    by_hand = sorted(BUYERS, key=lambda buyer: hashlib.sha256(f"5x4|12-34|{buyer}".encode()).hexdigest())
    assert drawn["buyer_id"].tolist() == by_hand
    assert drawn["position"].tolist() == [1, 2, 3, 4]
    assert formula("5x4", ("12", "34")) == 'SHA-256("5x4|12-34|buyer_id")'
    assert list(ballot_problems(tables(drawn))) == []


def test_the_order_of_the_list_does_not_matter_and_every_digit_does():
    assert draw_ballot(BUYERS[::-1], "5x4", ("12", "34")).equals(draw_ballot(BUYERS, "5x4", ("12", "34")))
    orders = {tuple(draw_ballot(BUYERS, "5x4", ("12", str(last)))["buyer_id"]) for last in range(40)}
    assert len(orders) > 10


def swapped(ballot):
    return ballot.assign(buyer_id=ballot["buyer_id"].tolist()[::-1])


def moved_up(ballot):
    return ballot.iloc[[3, 0, 1, 2]].assign(position=[1, 2, 3, 4])


def other_number(ballot):
    return ballot.assign(number=["0" * 64, *ballot["number"].tolist()[1:]])


def other_digits_for_one(ballot):
    alone = draw_ballot(["dan"], "5x4", ("99", "99"))
    mixed = pd.concat([ballot[ballot["buyer_id"] != "dan"], alone]).sort_values("number", ignore_index=True)
    return mixed.assign(position=range(1, 5))


def one_left_out(ballot):
    return draw_ballot(BUYERS[:3], "5x4", ("12", "34"))


@pytest.mark.parametrize(("forge", "code"), [
    (swapped, "verify_ballot"), (moved_up, "verify_ballot"), (other_number, "verify_ballot"),
    (other_digits_for_one, "verify_ballot_mixed"), (one_left_out, "verify_ballot_list"),
])
def test_every_forgery_is_seen(forge, code):
    forged = forge(draw_ballot(BUYERS, "5x4", ("12", "34")))
    assert [problem.code for problem in ballot_problems(tables(forged))] == [code]
