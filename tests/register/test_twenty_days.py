"""A launch of twenty days through the program's commands ends, day by day, where a simple replay says it must.

Changed picks, buyers who come and go, rulings handed back in a workbook and taken back, late entries, a visit one
minute over the cutoff, two rollbacks, a run killed before and one after its folder has its name, rounds 1 to 3. The
launch is thinned, its runs leave out what the register does not keep and are made on the eventful days;
``python -m tests.bench twenty_days`` lives both samples at full size, with a whole run on every day.
"""

import os
import sqlite3

import pytest

from tests.register.twenty_days.life import EVENTFUL_DAYS, Life, plan_alone

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a run is killed in a forked process")


@pytest.fixture(scope="module")
def lopsided(tmp_path_factory) -> Life:
    life = Life(tmp_path_factory.mktemp("twenty") / "lopsided", "lopsided", 12, EVENTFUL_DAYS)
    with plan_alone():
        life.live()
    return life


def test_a_launch_of_twenty_days_ends_where_the_replay_says(lopsided):
    assert len(lopsided.replay.runs) == 12 and lopsided.replay.kinds.count("rollback") == 2
    assert sorted(lopsided.replay.in_force) == [1, 2, 3]
    assert [word for *_, word in lopsided.replay.rulings] == ["override", "forbid", "withdraw"]


@pytest.mark.parametrize(("edit", "found"), [
    ("UPDATE runs SET previous_run = 'round-1-0001' WHERE run_no = 9", "entry|history"),
    ("UPDATE events SET facts = replace(facts, 'override', 'keep') WHERE kind = 'ruling'", "entry|history"),
    ("DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)", "entry|history"),
])
def test_a_register_changed_by_hand_is_not_what_the_replay_says(lopsided, edit, found):
    path = lopsided.folder / "register.sqlite"
    whole = path.read_bytes()
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(edit)
    connection.close()
    try:
        with pytest.raises((AssertionError, ValueError), match=found):
            lopsided.check_end()
    finally:
        path.write_bytes(whole)
