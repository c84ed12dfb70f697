"""The register on SQLite and on PostgreSQL: what goes in comes out, personal data can go, tampering shows."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
import sqlalchemy as sql

from sincerity.domain import KEPT_TABLES
from sincerity.register.chain import GENESIS
from sincerity.register.checks import register_problems
from sincerity.register.database import BLOBS, CONTENTS, EVENTS, PEOPLE_FACTS, REGISTER_FILE, ROUNDS, RUNS
from sincerity.register.faults import RegisterFault
from sincerity.register.packing import unsqueezed
from sincerity.register.people import kept_people
from sincerity.register.snapshot import SNAPSHOT_TABLES, people, snapshot
from sincerity.register.store import INPUT, OUTPUT
from sincerity.register.transfer import export_register, import_register
from tests.register.runs import ANSWER, AT, NOTE, launch, register_in, result, run


def keep(register, placed=4, name="round-3-0001", of=None, **results):
    """A run kept as if it had been published."""
    found = replace(result(placed, register.background(3)), **results)
    prepared = register.prepare(of or launch(), found, name)
    register.confirm(prepared.run_no, "m" * 64, AT)
    return found


def personal(register) -> pd.DataFrame:
    with register.engine.connect() as connection:
        return kept_people(connection, register.launch_id)


def test_an_empty_register_knows_nothing(register):
    background = register.background(3)
    assert (background.mark.previous_run, background.mark.chain_head) == ("", GENESIS)
    assert (background.tables, background.screened_on) == (None, ())
    assert register_problems(register) == ()


def test_a_kept_run_comes_back_equal(register):
    of, found = launch(), keep(register)
    for name, frame in snapshot(of).items():
        pd.testing.assert_frame_equal(register.tables(1, INPUT)[name], frame)
    kept = register.tables(1, OUTPUT)
    assert set(kept) == set(KEPT_TABLES) and len(register.tables(1, INPUT)) == len(SNAPSHOT_TABLES)
    for name, frame in kept.items():
        pd.testing.assert_frame_equal(frame, found.tables[name].reset_index(drop=True))


def test_the_next_run_is_told_of_the_one_before(register):
    found = keep(register, screened_on=date(2026, 11, 18))
    background = register.background(3)
    assert background.mark.previous_run == "round-3-0001"
    assert background.mark.previous_plan_sha256 == register.run(1).plan_sha256
    assert background.mark.chain_head == register.events()[-1].sha256
    assert background.screened_on == (date(2026, 11, 18),)
    pd.testing.assert_frame_equal(background.tables["allocation"], found.tables["allocation"])


def test_an_earlier_round_is_the_background_of_a_later_one_and_not_the_other_way_round(register):
    keep(register, 2, "round-2-0001", round=2)
    assert register.background(3).mark.previous_run == "round-2-0001"
    keep(register, 4, "round-3-0001")
    assert register.background(3).mark.previous_run == "round-3-0001"
    assert register.background(2).mark.previous_run == "round-2-0001"
    assert register.background(1).mark.previous_run == ""


def test_a_rollback_changes_what_is_in_force_and_deletes_nothing(register):
    keep(register, 4, "round-3-0001")
    keep(register, 3, "round-3-0002")
    register.log_rollback(register.run(1), AT)
    assert register.in_force() == {3: 1}
    assert len(register.background(3).tables["allocation"]) == 4
    assert [run.run_no for run in register.runs()] == [1, 2]
    keep(register, 2, "round-3-0003")
    assert (register.in_force(), register.run(3).previous_run) == ({3: 3}, "round-3-0001")


def test_a_prepared_run_is_not_a_run_and_can_be_forgotten(register):
    keep(register)
    register.prepare(launch(), result(1), "round-3-0002")
    assert [run.run_no for run in register.runs()] == [1]
    assert register.in_force() == {3: 1}
    register.drop_prepared()
    assert register.prepared() is None
    with register.engine.connect() as connection:
        kept = connection.execute(sql.select(CONTENTS.c.run_no).where(CONTENTS.c.launch_id == register.launch_id))
        assert set(kept.scalars()) == {1}
    assert register_problems(register) == ()


def test_an_unchanged_table_is_kept_once(register):
    def blobs() -> int:
        with register.engine.connect() as connection:
            query = sql.select(sql.func.count()).select_from(BLOBS).where(BLOBS.c.launch_id == register.launch_id)
            return connection.execute(query).scalar_one()

    keep(register, 4, "round-3-0001")
    first = blobs()
    keep(register, 4, "round-3-0002")
    assert blobs() == first
    keep(register, 3, "round-3-0003")
    assert blobs() == first + 1


def test_rounds_are_those_of_the_newest_run(register):
    keep(register)
    with register.engine.connect() as connection:
        rows = connection.execute(sql.select(ROUNDS).where(ROUNDS.c.launch_id == register.launch_id)).all()
    assert [tuple(row)[1:] for row in rows] == [(3, "2026-11-20T18:00:00", "", "")]


def test_personal_data_mirror_the_newest_input(register):
    keep(register)
    pd.testing.assert_frame_equal(
        personal(register).sort_values(["buyer_id", "field", "about"], ignore_index=True),
        people(launch()).sort_values(["buyer_id", "field", "about"], ignore_index=True),
    )
    of = launch()
    renamed = replace(of, buyers=of.buyers.assign(name=of.buyers["name"].replace("Bo Zhao", "Bo Qian")))
    keep(register, name="round-3-0002", of=renamed)
    names = personal(register).query("field == 'name'").set_index("buyer_id")["content"]
    assert names["bo"] == "Bo Qian" and len(names) == 5


def test_an_erased_buyer_is_gone_stays_gone_and_every_run_verifies(register):
    keep(register)
    assert register.erase("anna", AT) == 1 + 1 + 8 + 1
    keep(register, name="round-3-0002")
    facts = personal(register)
    assert facts[facts["buyer_id"] == "anna"]["field"].tolist() == ["erased"]
    assert set(facts["buyer_id"]) == {"anna", "bo", "cai", "dan", "eve"}
    assert not facts["content"].isin([NOTE, ANSWER, "Anna Zhao", "13800000001"]).any()
    logged = register.events()[1]
    assert logged.kind == "erased" and "anna" not in str(logged.facts)
    assert register_problems(register) == ()
    with pytest.raises(RegisterFault) as fault:
        register.erase("anna", AT)
    assert fault.value.problem.code == "register_buyer_unknown"
    assert len(register.events()) == 3


def live_rows(register) -> str:
    """Everything the launch's rows say, tables unpacked."""
    told = []
    with register.engine.connect() as connection:
        for relation in (ROUNDS, RUNS, CONTENTS, BLOBS, EVENTS, PEOPLE_FACTS):
            rows = connection.execute(sql.select(relation).where(relation.c.launch_id == register.launch_id)).all()
            told += [unsqueezed(cell).decode("latin-1") if isinstance(cell, bytes) else str(cell)
                     for row in rows for cell in row]
    return "\n".join(told)


def test_no_live_row_of_any_relation_names_an_erased_buyer(register):
    keep(register)
    private = ("Anna Zhao", "13800000001", NOTE, ANSWER)
    assert all(fact in live_rows(register) for fact in private)
    register.erase("anna", AT)
    keep(register, name="round-3-0002")
    left = live_rows(register)
    assert not [fact for fact in private if fact in left] and "Bo Zhao" in left


def test_nothing_of_an_erased_buyer_is_left_in_the_file(tmp_path):
    run(tmp_path)
    with register_in(tmp_path) as register:
        register.erase("anna", AT)
    content = (tmp_path / REGISTER_FILE).read_bytes()
    assert b"Bo Zhao" in content
    for private in ("Anna Zhao", "13800000001", NOTE, ANSWER):
        assert private.encode() not in content


TAMPERED = {
    "an event's facts": (
        EVENTS, {"facts": '{"round":3,"run_no":1}'}, {"register_chain_broken", "register_run_differs"}),
    "an event's time": (EVENTS, {"at": "2020-01-01T00:00:00"}, {"register_chain_broken"}),
    "an event's hash": (EVENTS, {"sha256": "0" * 64}, {"register_chain_broken"}),
    "a run's plan": (RUNS, {"plan_sha256": "0" * 64}, {"register_run_differs"}),
    "a table's list": (CONTENTS, {"name": "else"}, {"register_contents_differ"}),
    "a table": (BLOBS, {"content": b"else"}, {"register_table_damaged"}),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_is_tampered_with_shows(register, what):
    keep(register)
    relation, values, codes = TAMPERED[what]
    key = list(relation.primary_key.columns)[-1]
    with register.engine.begin() as connection:
        ours = relation.c.launch_id == register.launch_id
        one = connection.execute(sql.select(key).where(ours).order_by(key).limit(1)).scalar_one()
        mine = ours & (key == one)
        if relation is CONTENTS:
            mine &= relation.c.part == INPUT if one in register.tables(1, INPUT) else relation.c.part == OUTPUT
        connection.execute(relation.update().where(mine).values(**values))
    assert {problem.code for problem in register_problems(register)} == codes


@pytest.mark.parametrize("relation", [EVENTS, RUNS, CONTENTS, BLOBS], ids=lambda relation: relation.name)
def test_what_is_deleted_shows(register, relation):
    keep(register)
    keep(register, 3, "round-3-0002")
    with register.engine.begin() as connection:
        ours = relation.c.launch_id == register.launch_id
        key = list(relation.primary_key.columns)[-1]
        first = connection.execute(sql.select(sql.func.min(key)).where(ours)).scalar_one()
        connection.execute(relation.delete().where(ours & (key == first)))
    assert register_problems(register) != ()


def test_export_and_import_are_equal_to_the_bit(register, tmp_path):
    keep(register)
    keep(register, 3, "round-3-0002")
    register.log_rollback(register.run(1), AT)
    register.erase("bo", AT)
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    rows = export_register(register, first)
    with register.engine.begin() as connection:
        for relation in (ROUNDS, RUNS, CONTENTS, BLOBS, EVENTS, PEOPLE_FACTS):
            connection.execute(relation.delete().where(relation.c.launch_id == register.launch_id))
    assert import_register(register, first) == rows
    assert export_register(register, second) == rows
    assert first.read_bytes() == second.read_bytes()
    assert (register.in_force(), register_problems(register)) == ({3: 1}, ())


@pytest.mark.parametrize(("edit", "code"), [
    (lambda text: text.replace('"policy": "sincerity_first"', '"policy": "most_sales"'), "register_file_damaged"),
    (lambda text: text.replace('"kind": "run"', '"kind": "rum"'), "register_file_damaged"),
    (lambda text: text[: len(text) // 2], "register_file_damaged"),
    (lambda text: text.replace("sincerity-register", "another thing"), "register_file_damaged"),
    (lambda text: text.replace('"launch_id": "', '"launch_id": "x', 1), "register_of_other_launch"),
    (lambda text: "", "register_file_damaged"),
])
def test_a_file_that_is_not_true_is_not_imported(register, tmp_path, edit, code):
    keep(register)
    path = tmp_path / "register.jsonl"
    export_register(register, path)
    with register.engine.begin() as connection:
        for relation in (ROUNDS, RUNS, CONTENTS, BLOBS, EVENTS, PEOPLE_FACTS):
            connection.execute(relation.delete().where(relation.c.launch_id == register.launch_id))
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(RegisterFault) as fault:
        import_register(register, path)
    assert fault.value.problem.code == code
    assert (register.runs(), register.events(), len(personal(register))) == ((), (), 0)


def test_a_register_that_holds_something_is_not_overwritten(register, tmp_path):
    keep(register)
    path = tmp_path / "register.jsonl"
    export_register(register, path)
    with pytest.raises(RegisterFault) as fault:
        import_register(register, path)
    assert fault.value.problem.code == "register_not_empty"
    assert len(register.runs()) == 1


def test_a_run_nobody_knows_is_named_with_those_there_are(register):
    keep(register)
    with pytest.raises(RegisterFault) as fault:
        register.run(7)
    assert fault.value.problem.what("en") == "The register has no run 7; it has: 1."
