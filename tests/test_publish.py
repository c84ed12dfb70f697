"""A round appears whole or not at all, and nothing published is ever touched again."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from sincerity import publish
from sincerity.lock import LOCK_FILE, LockHeld, locked
from sincerity.manifest import MANIFEST_FILE, PACKAGES, file_problems, list_files, manifest, read_manifest
from sincerity.publish import PublishError, newest_round, newest_run, point_at, publish_round, replace_file, tidy
from sincerity.published import published_result
from sincerity.tables import write_tables
from tests.reports.result import five_by_four_result

ROOT = Path(__file__).parent.parent
RESULT = five_by_four_result()


def write(folder: Path) -> None:
    write_tables(RESULT.tables, folder / "tables")
    (folder / "audit.json").write_text(json.dumps(RESULT.audit), encoding="utf-8")
    (folder / "report.html").write_text("<p>报告</p>", encoding="utf-8")


def publish_once(out: Path, write=write, result=RESULT):
    return publish_round(result, {"read": 0.25}, out, write)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---- one run ----


def test_a_run_lies_under_its_number_and_the_short_path_points_at_it(tmp_path):
    published = publish_once(tmp_path)
    assert published.run == tmp_path / "runs/round-3-0001"
    assert published.folder == published.short_path == tmp_path / "round-3"
    assert (tmp_path / "round-3").resolve() == published.run.resolve()
    assert (tmp_path / "round-3/report.html").read_text(encoding="utf-8") == "<p>报告</p>"
    assert file_problems(tmp_path / "round-3") == ()


def test_the_next_run_gets_the_next_number_and_leaves_the_first_as_it_was(tmp_path):
    first = publish_once(tmp_path).run
    before = snapshot(first)
    second = publish_once(tmp_path).run
    assert (first.name, second.name) == ("round-3-0001", "round-3-0002")
    assert snapshot(first) == before
    assert (tmp_path / "round-3").resolve() == second.resolve()


def test_rounds_are_counted_apart(tmp_path):
    publish_once(tmp_path, result=replace(RESULT, round=2))
    assert publish_once(tmp_path).run.name == "round-3-0001"
    assert newest_round(tmp_path).name == "round-3-0001"
    assert newest_run(tmp_path, 2).name == "round-2-0001"


def test_going_back_is_pointing_at_an_older_run(tmp_path):
    first = publish_once(tmp_path).run
    publish_once(tmp_path)
    point_at(first, tmp_path / "round-3")
    assert (tmp_path / "round-3").resolve() == first.resolve()


def test_nothing_published_is_said(tmp_path):
    assert newest_round(tmp_path) is None
    with pytest.raises(FileNotFoundError, match="no published run of round 3"):
        newest_run(tmp_path, 3)


# ---- failures ----


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), RuntimeError("report"), KeyboardInterrupt()])
def test_a_failing_report_publishes_nothing_and_leaves_the_earlier_run(fault, tmp_path):
    publish_once(tmp_path)
    before = snapshot(tmp_path)

    def failing(folder: Path) -> None:
        write(folder)
        raise fault

    with pytest.raises(type(fault)):
        publish_once(tmp_path, failing)
    assert snapshot(tmp_path).keys() == before.keys()
    assert file_problems(tmp_path / "round-3") == ()
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["round-3-0001"]


def test_a_disk_that_is_full_while_flushing_publishes_nothing(tmp_path, monkeypatch):
    publish_once(tmp_path)

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        publish_once(tmp_path)
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["round-3-0001"]


def test_bytes_that_do_not_read_back_are_not_published(tmp_path, monkeypatch):
    def flush_and_corrupt(folder: Path) -> None:
        (folder / "report.html").write_text("rot", encoding="utf-8")

    monkeypatch.setattr(publish, "flush", flush_and_corrupt)
    with pytest.raises(PublishError, match=r"output_changed report\.html"):
        publish_once(tmp_path)
    assert list((tmp_path / "runs").iterdir()) == []


def test_what_a_killed_run_left_is_removed_and_a_dangling_short_path_mended(tmp_path):
    publish_once(tmp_path)
    second = publish_once(tmp_path).run
    (tmp_path / "runs/round-3-0003.partial/tables").mkdir(parents=True)
    (tmp_path / "round-3.new").symlink_to("runs/round-3-0003")
    (tmp_path / "round-3").unlink()
    tidy(tmp_path)
    assert (tmp_path / "round-3").resolve() == second.resolve()
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["round-3-0001", "round-3-0002"]
    assert not (tmp_path / "round-3.new").is_symlink()


def test_going_back_on_purpose_outlasts_the_runs_of_other_rounds(tmp_path):
    first = publish_once(tmp_path).run
    publish_once(tmp_path)
    point_at(first, tmp_path / "round-3")
    publish_once(tmp_path, result=replace(RESULT, round=2))
    assert (tmp_path / "round-3").resolve() == first.resolve()


# ---- where the system makes no links ----


@pytest.fixture
def no_links(monkeypatch):
    def refuse(self, target, target_is_directory=False):
        raise OSError(1314, "A required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refuse)


def test_without_links_the_short_path_is_a_copy_that_follows_the_newest_run(tmp_path, no_links):
    publish_once(tmp_path)
    second = publish_once(tmp_path, result=replace(RESULT, policy="strict_order")).run
    assert not (tmp_path / "round-3").is_symlink()
    assert snapshot(tmp_path / "round-3") == snapshot(second)
    assert sorted(path.name for path in tmp_path.glob("round-3*")) == ["round-3"]


def test_without_links_a_workbook_somebody_has_open_does_not_block_the_run(tmp_path, no_links, monkeypatch):
    first = publish_once(tmp_path).run

    def held_open(incoming, short_path):
        raise PermissionError(13, "The process cannot access the file because it is being used by another process")

    with monkeypatch.context() as patch:
        patch.setattr(publish, "_swap_in", held_open)
        published = publish_once(tmp_path, result=replace(RESULT, policy="strict_order"))
    assert published.short_path is None
    assert published.folder == tmp_path / "runs/round-3-0002"
    assert snapshot(tmp_path / "round-3") == snapshot(first)
    assert sorted(path.name for path in tmp_path.glob("round-3*")) == ["round-3"]
    assert snapshot(tmp_path / "round-3") != snapshot(published.run)
    third = publish_once(tmp_path)
    assert snapshot(tmp_path / "round-3") == snapshot(third.run)


@pytest.mark.parametrize("killed_after", ["copy", "first rename"])
def test_without_links_a_swap_cut_short_is_made_good(tmp_path, no_links, killed_after):
    run = publish_once(tmp_path).run
    if killed_after == "first rename":
        (tmp_path / "round-3").rename(tmp_path / "round-3.old")
    shutil.copytree(run / "tables", tmp_path / "round-3.new/tables")
    tidy(tmp_path)
    assert snapshot(tmp_path / "round-3") == snapshot(run)
    assert sorted(path.name for path in tmp_path.glob("round-3*")) == ["round-3"]


# ---- single files ----


def test_a_file_is_replaced_in_one_step(tmp_path):
    path = tmp_path / "out/problems.xlsx"
    replace_file(path, lambda new: new.write_text("one"))
    assert path.read_text() == "one"

    def failing(new: Path) -> None:
        new.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        replace_file(path, failing)
    assert path.read_text() == "one"
    assert [file.name for file in path.parent.iterdir()] == ["problems.xlsx"]


# ---- the manifest ----


def test_the_manifest_says_what_repeats_the_run(tmp_path):
    folder = publish_once(tmp_path).run
    told = read_manifest(folder)
    assert told["inputs"]["tables"]["units"]["rows_read"] == 4
    assert told["round"] == {
        "number": 3, "cutoff": "2026-11-20T18:00:00", "policy": "sincerity_first", "screened_on": None,
    }
    assert told["register"] is None
    assert told["settings"]["scorecard"]["items"][0]["item"] == "visit_days"
    assert told["settings"]["policies"]["sincerity_first"]["steps"][0] == {"goal": "layout_shortfall", "sense": "min"}
    assert told["solution"]["status"] == "proven"
    assert told["solution"]["goals"][0].keys() >= {"goal", "value", "bound", "gap", "status"}
    assert told["counts"]["allocation"] == 4
    assert told["timings_s"] == {"read": 0.25}
    assert told["versions"].keys() == {"python", "sincerity", *PACKAGES}
    assert told["plan_sha256"] == told["outputs"]["tables/allocation.csv"]["sha256"]
    assert told["outputs"] == list_files(folder)


def test_the_manifest_holds_no_seed_and_nothing_about_people(tmp_path):
    folder = publish_once(tmp_path, result=replace(RESULT, settings=replace(RESULT.settings, seed="geheim"))).run
    written = (folder / MANIFEST_FILE).read_text(encoding="utf-8")
    assert "geheim" not in written
    assert all(phone not in written for phone in ("13800000001", "anna", "Wu"))


def test_the_manifest_is_one_form_of_json(tmp_path):
    folder = publish_once(tmp_path).run
    written = (folder / MANIFEST_FILE).read_bytes()
    told = json.loads(written)
    assert written.decode() == json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    assert "房源" in written.decode()


def test_equal_results_differ_in_their_manifests_only_by_clock(tmp_path):
    write(tmp_path)
    one, two = manifest(RESULT, {}, tmp_path), manifest(RESULT, {}, tmp_path)
    assert {**one, "published_at": ""} == {**two, "published_at": ""}


def test_every_change_after_publishing_shows(tmp_path):
    folder = publish_once(tmp_path).run
    (folder / "report.html").write_text("other")
    (folder / "tables/moves.csv").unlink()
    (folder / "notes.txt").write_text("mine")
    assert [(problem.code, problem.file) for problem in file_problems(folder)] == [
        ("output_missing", "tables/moves.csv"), ("output_added", "notes.txt"), ("output_changed", "report.html"),
    ]
    (folder / MANIFEST_FILE).write_text("[]")
    assert [problem.code for problem in file_problems(folder)] == ["manifest_unreadable"]


def test_a_published_run_reads_back_as_the_result_it_was(tmp_path):
    again = published_result(publish_once(tmp_path).run)
    assert again.settings == replace(RESULT.settings, seed="")
    assert again.tables.keys() == RESULT.tables.keys()
    assert all(again.tables[name].equals(frame) for name, frame in RESULT.tables.items())
    assert (again.round, again.cutoff, again.policy, again.status, again.path, again.audit) == (
        RESULT.round, RESULT.cutoff, RESULT.policy, RESULT.status, RESULT.path, RESULT.audit)
    assert (again.sources, again.files) == (RESULT.sources, RESULT.files)


# ---- locks ----


def holder(folder: Path) -> subprocess.Popen:
    """A process that takes the lock of ``folder``, says so, and holds it until it is ended."""
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom sincerity.lock import locked\n"
        "with locked(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, folder], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_run_learns_who_is_at_work_until_the_first_is_killed(tmp_path):
    with holder(tmp_path) as first:
        with pytest.raises(LockHeld) as caught, locked(tmp_path):
            pass
        parts = caught.value.problem.parts
        assert parts["pid"] == first.pid
        assert caught.value.problem.code == "folder_locked"
        assert f"process {first.pid}" in caught.value.problem.what("en")
        assert parts["user"] in caught.value.problem.what("zh")
        first.send_signal(signal.SIGKILL)
        first.wait()
    with locked(tmp_path):
        assert json.loads((tmp_path / LOCK_FILE).read_text())["pid"] == os.getpid()


def test_publishing_waits_for_nobody(tmp_path):
    publish_once(tmp_path)
    before = snapshot(tmp_path / "runs")
    with locked(tmp_path), pytest.raises(LockHeld):
        publish_once(tmp_path)
    assert snapshot(tmp_path / "runs") == before


def test_a_lock_file_with_a_torn_name_still_tells_that_it_is_held(tmp_path):
    with locked(tmp_path):
        (tmp_path / LOCK_FILE).write_text('{"pid": 1')
        with pytest.raises(LockHeld) as caught, locked(tmp_path):
            pass
    assert caught.value.problem.parts["pid"] == "?"


def test_a_folder_that_is_not_there_needs_no_lock(tmp_path):
    with locked(tmp_path / "nowhere"):
        assert not (tmp_path / "nowhere").exists()


# ---- kill -9 at any moment ----

# Every step of publishing is slowed down, so that random kills hit all of them; children are forked from one
# process that has its imports behind it.
PUBLISHER = """
import os, sys, time
from pathlib import Path
from sincerity import publish
from tests import test_publish

def paused(step):
    def slow(*arguments):
        time.sleep(0.002)
        result = step(*arguments)
        time.sleep(0.002)
        return result
    return slow

for name in ("_flush_file", "_flush_entry", "_check_read_back", "_swap_in", "_remove", "write_manifest", "tidy"):
    setattr(publish, name, paused(getattr(publish, name)))
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        test_publish.publish_once(Path(sys.argv[1]))
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def whole_runs(out: Path) -> dict[str, bytes]:
    """The manifests of the published runs, every file of each agreeing with its manifest."""
    runs = [run for run in sorted((out / "runs").iterdir()) if run.suffix != ".partial"]
    assert [file_problems(run) for run in runs] == [()] * len(runs)
    return {run.name: (run / MANIFEST_FILE).read_bytes() for run in runs}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_100_random_moments_the_earlier_runs_stay_whole(tmp_path):
    moments = random.Random(20261121)
    publish_once(tmp_path)
    command = [sys.executable, "-c", PUBLISHER, tmp_path]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as publisher:
        assert start(publisher) and int(publisher.stdout.readline()) == 0
        began = time.perf_counter()
        assert start(publisher) and int(publisher.stdout.readline()) == 0
        duration_s = time.perf_counter() - began
        killed = started = 0
        while killed < 100 and started < 400:  # one that ends before its moment comes is not counted
            before, started = whole_runs(tmp_path), started + 1
            child = start(publisher)
            time.sleep(moments.uniform(0, duration_s))
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            killed += int(publisher.stdout.readline()) == -signal.SIGKILL
            after = whole_runs(tmp_path)
            assert {name: after[name] for name in before} == before
            assert len(after) - len(before) in (0, 1)
            assert (tmp_path / "round-3").resolve().name in after
        publisher.stdin.close()
    assert killed == 100
    last = publish_once(tmp_path)
    assert last.folder.resolve() == newest_run(tmp_path, 3).resolve()
    assert not list(tmp_path.glob("runs/*.partial"))


def start(publisher: subprocess.Popen) -> int:
    publisher.stdin.write("go\n")
    publisher.stdin.flush()
    return int(publisher.stdout.readline())
