"""Snapshots: no person's data, nothing about the order of rows; personal data complete and apart."""

from dataclasses import replace

import pandas as pd

from sincerity.register.packing import pack
from sincerity.register.snapshot import SNAPSHOT_TABLES, people, snapshot
from tests.register.runs import ANSWER, NOTE, launch


def packed(of) -> bytes:
    tables = snapshot(of)
    return b"".join(pack(schema, tables[schema.name]) for schema in SNAPSHOT_TABLES)


def test_no_personal_data_in_a_snapshot():
    content = packed(launch()).decode("utf-8", "replace")
    for private in ("Zhao", "13800000001", NOTE, ANSWER):
        assert private not in content
    assert "anna" in content


def test_row_order_makes_no_other_snapshot():
    of = launch()
    shuffled = {name: getattr(of, name).sample(frac=1, random_state=3).reset_index(drop=True)
                for name in ("units", "buyers", "touchpoints", "picks")}
    assert packed(replace(of, **shuffled)) == packed(of)


def test_a_moved_pick_makes_another_snapshot():
    of = launch()
    moved = of.picks.assign(unit_id=of.picks["unit_id"].replace("1-202", "1-102"))
    assert packed(replace(of, picks=moved)) != packed(of)


def test_personal_facts_each_once():
    of = launch()
    facts = people(of)
    assert len(facts) == 5 + 5 + 8 + 1
    anna = facts[facts["buyer_id"] == "anna"].set_index("field")["content"]
    assert (anna["name"], anna["phone"], anna["answer"]) == ("Anna Zhao", "13800000001", ANSWER)
    assert set(anna["note"]) == {NOTE}
    twice = replace(of, buyers=pd.concat([of.buyers, of.buyers], ignore_index=True))
    pd.testing.assert_frame_equal(people(twice), facts)
