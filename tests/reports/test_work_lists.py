"""Tasks of the work lists that rest on the subscription, and the limits that a planner may change."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from sincerity.reports.lookup import Lookup
from sincerity.reports.wording import Words
from sincerity.reports.work_list_rules import work_list_rules
from sincerity.reports.work_lists import work_lists
from tests.reports.result import five_by_four_result


def soft(lang="zh", **buyers) -> dict[str, str]:
    """Buyer → what the lists say of a soft subscription, with columns of single buyers changed."""
    result = five_by_four_result()
    table = result.tables["buyers"].set_index("buyer_id", drop=False)
    for buyer_id, values in buyers.items():
        for column, value in values.items():
            table.loc[buyer_id, column] = value
    changed = replace(result, tables={**result.tables, "buyers": table.reset_index(drop=True)})
    lists = work_lists(Lookup(changed, Words(lang)))
    tasks = [dict(zip([c.key for c in each.columns], row, strict=True)) for each in lists.values() for row in each.rows]
    return {row["buyer_id"]: row["what_to_do"] for row in tasks if row["task"] == Words(lang)("task.soft")}


def long_silent(days: int) -> dict[str, object]:
    moment = pd.Timestamp(five_by_four_result().cutoff) - pd.Timedelta(days=days)
    return {"commitment": "card", "subscribed_on": moment, "last_contact_at": moment}


def test_a_subscriber_silent_to_the_day_is_soft_and_one_a_day_short_is_not():
    limit = work_list_rules().soft_silent_days
    assert soft(bo=long_silent(limit))["bo"] == f"已认筹（免费卡），已 {limit} 天无来往：核实是否仍要购买"
    assert "bo" not in soft(bo=long_silent(limit - 1))


def test_a_subscription_alone_is_soft_by_its_grade():
    recent = long_silent(1)
    assert soft(lang="en", dan=recent) == {
        **soft(lang="en"), "dan": "Subscribed (free card), only grade D: ask whether the buyer still wants to buy"}
    assert "dan" not in soft(dan=recent | {"commitment": "none"})


@pytest.mark.parametrize("state", ["gave_up", "bought_elsewhere"])
def test_who_left_is_called_by_nobody(state):
    assert "bo" not in soft(bo=long_silent(90) | {"state": state})


def test_a_subscription_counts_as_a_sign_of_life():
    days = work_list_rules().soft_silent_days
    silent = long_silent(days + 5)
    assert "bo" in soft(bo=silent)
    assert "bo" not in soft(bo=silent | {"subscribed_on": pd.Timestamp(five_by_four_result().cutoff)})


def test_lists_hold_only_the_consultants_own_buyers_and_name_nobody_else():
    result = five_by_four_result()
    owner = result.tables["buyers"].set_index("buyer_id")["consultant"]
    for consultant, table in work_lists(Lookup(result, Words("en"))).items():
        keys = [column.key for column in table.columns]
        assert {owner[row[keys.index("buyer_id")]] for row in table.rows} <= {consultant}
        others = set(owner.index[owner != consultant])
        texts = [value for row in table.rows for value in row if isinstance(value, str)]
        assert not [text for text in texts if others & {*text.split()}]


def test_the_note_says_the_limits_in_force():
    note = work_lists(Lookup(five_by_four_result(), Words("en")))["Wu"].note
    assert "A: 2 days, B: 7 days, C: 15 days" in note and "silent for 10 days or of grade D" in note
