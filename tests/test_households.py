from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from sincerity import domain
from sincerity.households import HOUSEHOLDS, household_members, merge_households, phone_numbers
from tests.cases import table

DAY = datetime(2026, 10, 10)


def _households(*records: dict) -> pd.DataFrame:
    buyers = table(domain.BUYERS, [{"registered_on": DAY} | record for record in records])
    return merge_households(household_members(buyers))


def _members(*records: dict) -> list[str]:
    return sorted(_households(*records)["members"])


@pytest.mark.parametrize(("written", "numbers"), [
    ("13800000001", ["13800000001"]),
    ("138 0000-0001", ["13800000001"]),
    ("+86 138 0000 0001", ["13800000001"]),
    ("008613800000001", ["13800000001"]),
    ("013800000001", ["13800000001"]),
    ("１３８００００００１２", ["13800000012"]),
    ("13800000001/13900000002", ["13800000001", "13900000002"]),
    ("13800000001、13900000002；010-88886661", ["13800000001", "13900000002", "01088886661"]),
    ("010-88886661", ["01088886661"]),
    ("+44 20 7946 0958", ["442079460958"]),
    ("8613800", ["8613800"]),
    ("138****0001", []),
    ("138xxxx0001", []),
    ("110", []),
    ("123456", []),
    ("0000000", []),
    ("无", []),
    ("", []),
])
def test_phone_numbers(written, numbers):
    assert phone_numbers(pd.Series([written], dtype="str")).tolist() == numbers


def test_links_chain_over_household_ids_and_phones():
    assert _members(
        {"buyer_id": "a", "household_id": "h1", "phone": "13800000001"},
        {"buyer_id": "b", "household_id": "h1", "phone": "13800000002"},
        {"buyer_id": "c", "household_id": "h2", "phone": "13800000002"},
        {"buyer_id": "d", "household_id": "h2"},
        {"buyer_id": "e", "household_id": "h3", "phone": "13800000005"},
    ) == ["a b c d", "e"]


def test_a_cell_with_two_phones_joins_both_sides():
    assert _members(
        {"buyer_id": "a", "phone": "13800000001"},
        {"buyer_id": "b", "phone": "13800000001/13800000002"},
        {"buyer_id": "c", "phone": "13800000002"},
    ) == ["a b c"]


def test_empty_masked_and_filler_phones_join_nobody():
    assert _members(
        {"buyer_id": "a"}, {"buyer_id": "b"}, {"buyer_id": "c", "phone": "138****0001"},
        {"buyer_id": "d", "phone": "138****0001"}, {"buyer_id": "e", "phone": "00000000000"},
        {"buyer_id": "f", "phone": "00000000000"}, {"buyer_id": "g", "household_id": "  "},
    ) == ["a", "b", "c", "d", "e", "f", "g"]


def test_a_phone_is_no_household_id():
    assert _members(
        {"buyer_id": "a", "phone": "13800000001"}, {"buyer_id": "b", "household_id": "13800000001"},
        {"buyer_id": "13800000001"},
    ) == ["13800000001", "a", "b"]


def test_the_first_registered_represents_then_the_lower_phone_then_the_lower_id():
    later = datetime(2026, 10, 11)
    first = _households({"buyer_id": "a", "household_id": "h", "registered_on": later},
                        {"buyer_id": "b", "household_id": "h"})
    assert (first["buyer_id"][0], first["members"][0], first["registered_on"][0]) == ("b", "b a", DAY)
    phone = _households({"buyer_id": "a", "household_id": "h"},
                        {"buyer_id": "b", "household_id": "h", "phone": "13800000009"},
                        {"buyer_id": "c", "household_id": "h", "phone": "13800000003"})
    assert phone["members"][0] == "c b a"
    assert _households({"buyer_id": "z", "household_id": "h"}, {"buyer_id": "y", "household_id": "h"}
                       )["members"][0] == "y z"


@pytest.mark.parametrize(("states", "state"), [
    (["active", "gave_up"], "active"),
    (["gave_up", "gave_up"], "gave_up"),
    (["active", "bought_elsewhere"], "bought_elsewhere"),
    (["gave_up", "bought_elsewhere"], "bought_elsewhere"),
])
def test_state_of_a_household(states, state):
    joined = _households(*({"buyer_id": str(n), "household_id": "h", "state": s} for n, s in enumerate(states)))
    assert joined["state"].tolist() == [state]


def test_the_strongest_commitment_counts_with_its_own_date_and_number():
    joined = _households(
        {"buyer_id": "a", "household_id": "h", "commitment": "card", "subscribed_on": DAY, "queue_no": "1"},
        {"buyer_id": "b", "household_id": "h", "commitment": "frozen", "subscribed_on": datetime(2026, 11, 3),
         "queue_no": "3"},
        {"buyer_id": "c", "household_id": "h", "commitment": "frozen", "subscribed_on": datetime(2026, 11, 2),
         "queue_no": "2"},
    ).iloc[0]
    assert (joined["commitment"], joined["subscribed_on"], joined["queue_no"]) == ("frozen", datetime(2026, 11, 2), "2")


def test_what_the_representative_leaves_open_comes_from_the_next_member():
    joined = _households(
        {"buyer_id": "a", "household_id": "h", "consultant": "Wu"},
        {"buyer_id": "b", "household_id": "h", "consultant": "Xu", "name": "Li", "budget_yuan": 2e6},
    ).iloc[0]
    assert (joined["consultant"], joined["name"], joined["budget_yuan"]) == ("Wu", "Li", 2e6)


def test_household_key_says_what_it_rests_on():
    keys = _households(
        {"buyer_id": "a", "household_id": "h1"}, {"buyer_id": "b", "household_id": "h1", "phone": "13800000001"},
        {"buyer_id": "c", "household_id": "h2"}, {"buyer_id": "d"},
    )["household_key"]
    assert keys.tolist() == ["buyer:d", "household:h2", "phone:13800000001"]


def test_no_buyers_no_households():
    assert HOUSEHOLDS.check(merge_households(household_members(domain.BUYERS.empty()))).empty


def test_result_fits_its_schema():
    assert len(HOUSEHOLDS.check(_households({"buyer_id": "a"}, {"buyer_id": "b"}))) == 2
