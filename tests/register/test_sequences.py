"""Register, published files and log stay together, whatever is run, gone back to or killed, in whatever order."""

import random
import shutil
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from sincerity import manifest
from sincerity.domain.rulings import RULING_WORDS, RULINGS
from sincerity.history import History
from sincerity.manifest import file_problems
from sincerity.publish import publish_round, run_name
from sincerity.register import checks, place, store
from sincerity.register.checks import register_problems
from sincerity.register.recovery import manifest_sha256, reconcile, turn_short_paths
from tests.register import runs
from tests.register.runs import AT, launch, register_in, result, run

LAUNCH = launch()
SEQUENCES, STEPS = 300, 5
KILLED = ("before_prepare", "before_rename", "before_log", "before_pointing", "between_log_and_pointing")


class Killed(Exception):
    """Stands for the end of the process: nothing after it happens."""


def killed_run(folder, placed, where, of=LAUNCH):
    """A run that ends at ``where`` as a killed process would: no clean-up of its own."""
    out_root = folder / "out"
    with History(folder, out_root, {}) as history:
        found = result(placed, history.background(of, 3))

        def write(partial):
            (partial / "plan.txt").write_text(f"{placed}\n", encoding="utf-8")
            if where == "before_prepare":
                raise Killed
            history.prepare(of, found, run_name(partial))
            if where == "before_rename":
                raise Killed

        try:
            published = publish_round(found, {}, out_root, write, history.taken(found.round))
        except Killed:
            return False
        if where in ("before_pointing", "between_log_and_pointing"):
            point_back(out_root)
        if where == "between_log_and_pointing":
            history.confirm(published)
    return True


def point_back(out_root):
    """The short path as it was before the newest run."""
    runs = sorted((out_root / "runs").iterdir())
    (out_root / "round-3").unlink()
    if len(runs) > 1:
        (out_root / "round-3").symlink_to(runs[-2].relative_to(out_root))


def go_back(folder, number):
    with register_in(folder) as register:
        reconcile(register, folder / "out", AT)
        register.log_rollback(register.run(number), AT)
        turn_short_paths(register, folder / "out")


def with_ruling(of):
    """The launch with one ruling more at the end of its log, as ``sincerity decide`` hands it to the run."""
    number = len(of.rulings) + 1
    ruling = RULINGS.frame([{
        "ruling_no": number, "round": 3, "plan_cutoff": AT, "buyer_id": "bo", "unit_id": "1-101",
        "decision": RULING_WORDS[number % len(RULING_WORDS)], "by": "Zhang", "reason": "old customer", "decided_at": AT,
        "taken_from": "", "place": "",
    }])
    return replace(of, rulings=pd.concat([of.rulings, ruling], ignore_index=True))


def is_whole(folder, plans, in_force, rulings=0):
    """Whether the register tells exactly these plans (placements per run) and rulings, and all files agree with it."""
    out_root = folder / "out"
    with register_in(folder) as register:
        reconcile(register, out_root, AT)
        assert register_problems(register, out_root) == ()
        assert register.prepared() is None
        assert [len(register.tables(known.run_no, "output")["allocation"]) for known in register.runs()] == plans
        assert register.in_force().get(3) == in_force
        ruled = [entry.facts["ruling_no"] for entry in register.events() if entry.kind == "ruling"]
        assert ruled == list(range(1, rulings + 1))
        folders = {path.name for path in (out_root / "runs").iterdir()} if (out_root / "runs").is_dir() else set()
        assert folders == {known.run for known in register.runs()}
        for known in register.runs():
            assert file_problems(out_root / "runs" / known.run) == ()
            assert (out_root / "runs" / known.run / "plan.txt").read_text() == f"{plans[known.run_no - 1]}\n"
        if in_force is not None:
            assert manifest_sha256(out_root / "round-3") == register.run(in_force).manifest_sha256


def play(folder, rng):
    """Random steps, followed on paper: the placements of every run there must be, the one in force, the rulings."""
    plans, in_force, of = [], None, LAUNCH
    for _ in range(rng.randint(1, STEPS)):
        step = rng.choice(("run", "run", "decide", "rollback", "killed"))
        placed = rng.randint(0, 4)
        if step == "rollback" and plans:
            in_force = rng.randint(1, len(plans))
            go_back(folder, in_force)
        elif step == "killed":
            if killed_run(folder, placed, rng.choice(KILLED), of):
                plans.append(placed)
                in_force = len(plans)
        else:
            of = with_ruling(of) if step == "decide" else of
            run(folder, placed, of)
            plans.append(placed)
            in_force = len(plans)
    return plans, in_force, len(of.rulings)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """No waiting for the disk, and equal tables packed once: what is tested is the order of steps."""
    packed = {placed: store._contents(LAUNCH, result(placed)) for placed in range(5)}
    monkeypatch.setattr(store, "_contents", lambda of, found: packed[len(found.tables["allocation"])])
    for module, name in ((store, "unpack"), (store, "squeezed"), (store, "unsqueezed"), (checks, "unsqueezed"),
                         (manifest, "versions"), (place, "sqlite_engine"), (runs, "sqlite_engine")):
        monkeypatch.setattr(module, name, cache(getattr(module, name)))
    facts = store.people(LAUNCH)
    monkeypatch.setattr(store, "people", lambda of: facts)
    monkeypatch.setattr("sincerity.publish._flush_file", lambda path: None)
    monkeypatch.setattr("sincerity.publish._flush_entry", lambda folder: None)
    monkeypatch.setattr("os.fsync", lambda handle: None)


@pytest.mark.parametrize("start", range(0, SEQUENCES, 50))
def test_random_sequences_keep_register_files_and_log_together(tmp_path, start):
    for seed in range(start, start + 50):
        folder = tmp_path / str(seed)
        folder.mkdir()
        is_whole(folder, *play(folder, random.Random(seed)))
        shutil.rmtree(folder)


@pytest.mark.parametrize("where", KILLED)
def test_a_run_killed_anywhere_leaves_the_one_before_or_is_taken_in(tmp_path, where):
    run(tmp_path, 4, LAUNCH)
    survived = killed_run(tmp_path, 2, where)
    assert survived == (where not in ("before_prepare", "before_rename"))
    is_whole(tmp_path, [4, 2] if survived else [4], 2 if survived else 1)


def test_a_run_killed_the_first_time_leaves_nothing(tmp_path):
    assert not killed_run(tmp_path, 2, "before_rename")
    is_whole(tmp_path, [], None)


def test_a_rollback_killed_before_the_path_was_turned_is_made_good(tmp_path):
    run(tmp_path, 4, LAUNCH)
    run(tmp_path, 3, LAUNCH)
    with register_in(tmp_path) as register:
        register.log_rollback(register.run(1), AT)
    is_whole(tmp_path, [4, 3], 1)


def test_a_changed_or_deleted_folder_is_named(tmp_path):
    run(tmp_path, 4, LAUNCH)
    second = run(tmp_path, 3, LAUNCH)
    manifest = second.run / "manifest.json"
    manifest.write_text(manifest.read_text().replace("5x4", "4x5"))
    shutil.rmtree(tmp_path / "out" / "runs" / "round-3-0001")
    with register_in(tmp_path) as register:
        found = register_problems(register, tmp_path / "out")
    assert [(problem.severity, problem.code, problem.value) for problem in found] == [
        ("warning", "register_folder_gone", "round-3-0001"), ("error", "register_folder_differs", "round-3-0002")]


def test_a_number_once_given_is_not_given_again(tmp_path):
    run(tmp_path, 4, LAUNCH)
    shutil.rmtree(tmp_path / "out")
    assert run(tmp_path, 4, LAUNCH).run.name == "round-3-0002"
