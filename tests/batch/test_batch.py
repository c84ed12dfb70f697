"""Many launches side by side: what is worked out, what is left alone, what is told, and what no launch can do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest

from sincerity import cli
from sincerity.batch import work
from sincerity.batch.launches import launch_folders, still_true
from sincerity.batch.run import work_out_all
from sincerity.commands import launch as commands
from sincerity.domain.batch import LaunchLine
from sincerity.lock import locked
from sincerity.reports.batch_workbook import batch_table, status_counts, write_batch_summary
from tests.batch.folders import batch, make_batch, statuses

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def threads():
    with ThreadPoolExecutor(2) as pool:
        yield pool


def in_threads(folder: Path) -> dict[str, LaunchLine]:
    lines = work_out_all(launch_folders(folder), threads, "en", lambda line: None)
    return {line.folder: line for line in lines}


@pytest.fixture(scope="module")
def worked_out(tmp_path_factory) -> tuple[Path, dict[str, LaunchLine]]:
    folder = make_batch(tmp_path_factory.mktemp("batch") / "all", "east", "broken", "west")
    return folder, in_threads(folder)


def test_processes_of_this_machine_work_out_all_launches_in_the_order_of_their_names(tmp_path, capsys):
    folder = make_batch(tmp_path / "all", "b", "a", "broken")
    exit_code, facts = batch(folder, capsys, "--jobs", "2")
    assert exit_code == 1
    assert list(statuses(facts).items()) == [("a", "done"), ("b", "done"), ("broken", "problems")]
    assert facts["summary"] == str(folder / "batch_summary.xlsx")
    assert (folder / "a" / "out" / "round-3" / "report.html").is_file()


def test_a_line_tells_rates_with_their_denominators_and_where_the_report_lies(worked_out):
    folder, lines = worked_out
    east = lines["east"]
    assert (east.status, east.name, east.round, east.policy) == ("done", "Five by four", 3, "Sincerity first")
    assert (east.buyers_placed, east.buyers_with_pick) == (4, 4)  # dan's only pick is above his ceiling
    assert (east.first_choices, east.placed) == (2, 4)  # anna and eve; bo and cai got their alternates
    assert (folder / east.report).is_file() and (folder / east.control_sheet).is_file()
    assert east.seconds > 0


def test_a_launch_with_problems_is_told_by_place_and_words_and_stops_no_other(worked_out):
    folder, lines = worked_out
    broken = lines["broken"]
    assert (broken.status, broken.errors, broken.report) == ("problems", 1, "")
    assert broken.what.startswith("picks.csv › ") and "9-999" in broken.what
    assert (folder / broken.problems_file).is_file()
    assert lines["west"].status == "done"


def test_what_is_still_true_is_left_alone_and_what_changed_is_worked_out_again(tmp_path):
    folder = make_batch(tmp_path / "all", "same", "pick", "setting", "new_file", "tampered", "earlier")
    before = in_threads(folder)
    assert {line.status for line in before.values()} == {"done"}
    picks = folder / "pick" / "picks.csv"
    picks.write_text(picks.read_text(encoding="utf-8").replace("2100000.0", "2200000.0"), encoding="utf-8")
    launch = folder / "setting" / "launch.toml"
    launch.write_text(launch.read_text(encoding="utf-8").replace('seed = "5x4"', 'seed = "other"'), encoding="utf-8")
    (folder / "new_file" / "targets.csv").write_text("layout,max_units\n2BR,2\n", encoding="utf-8")
    with (folder / before["tampered"].report).open("a", encoding="utf-8") as report:
        report.write(" ")
    assert cli.main(["run", str(folder / "earlier"), "--as-of", "2026-11-18", "--quiet"]) == 0
    after = in_threads(folder)
    assert {name for name, line in after.items() if line.status == "unchanged"} == {"same"}
    assert {line.status for name, line in after.items() if name != "same"} == {"done"}
    assert after["same"].report == before["same"].report
    assert (after["same"].placed, after["same"].warnings) == (before["same"].placed, before["same"].warnings)


def test_another_version_of_the_program_works_everything_out_again(worked_out, monkeypatch):
    folder, _ = worked_out
    assert still_true(folder / "west") is not None
    monkeypatch.setattr("sincerity.batch.launches.__version__", "0.0.1")
    assert still_true(folder / "west") is None


def test_an_unexpected_fault_is_one_line_and_a_log(tmp_path, monkeypatch):
    folder = make_batch(tmp_path / "all", "bad", "good")
    run = commands.run

    def faulty(options):
        if options.folder.name == "bad":
            raise RuntimeError("the roof fell in")
        return run(options)

    monkeypatch.setattr(work.one_launch, "run", faulty)
    lines = in_threads(folder)
    assert (lines["bad"].status, lines["good"].status) == ("failed", "done")
    assert lines["bad"].what == "RuntimeError: the roof fell in (bad/out/sincerity-error.log)"
    assert "Traceback" in (folder / "bad" / "out" / "sincerity-error.log").read_text(encoding="utf-8")


def test_a_launch_somebody_else_is_running_is_busy(tmp_path):
    folder = make_batch(tmp_path / "all", "taken")
    with locked(folder / "taken"):
        line = in_threads(folder)["taken"]
    assert line.status == "busy" and str(os.getpid()) in line.what


def test_a_worker_that_dies_takes_only_its_own_launch_along(monkeypatch):
    """The first pool breaks under all its launches; tried one by one, only the guilty launch's pool breaks again."""

    class Pool:
        def submit(self, work, folder, words):
            future = Future()
            opened[-1].append(folder.name)
            if len(opened) == 1 or folder.name == "guilty":
                future.set_exception(BrokenExecutor())
            else:
                future.set_result(LaunchLine(folder.name, "done", 1.0))
            return future

    opened: list[list[str]] = []

    @contextmanager
    def fragile():
        opened.append([])
        yield Pool()

    told = []
    lines = work_out_all([Path("a"), Path("guilty"), Path("z")], fragile, "en", lambda line: told.append(line.folder))
    assert [(line.folder, line.status) for line in lines] == [("a", "done"), ("guilty", "failed"), ("z", "done")]
    assert opened == [["a", "guilty", "z"], ["a"], ["guilty"], ["z"]]
    assert told == ["a", "z"]


def wait_until_gone(group: int) -> bool:
    """True once no process of the group runs any more; False after ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        listed = subprocess.run(["ps", "-A", "-o", "pgid=,stat="], capture_output=True, text=True, check=True).stdout
        rows = [line.split() for line in listed.splitlines()]
        if not [stat for pgid, stat in rows if int(pgid) == group and not stat.startswith("Z")]:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(os.name == "nt", reason="signals as on a terminal")
def test_an_interrupt_leaves_cleanly(tmp_path):
    folder = make_batch(tmp_path / "all", *(f"launch{number}" for number in range(6)))
    command = [sys.executable, "-m", "sincerity", "batch", str(folder), "--jobs", "2", "--lang", "en"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                               start_new_session=True)
    deadline = time.monotonic() + 60
    while not list(folder.glob("*/out/runs/*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert not list(folder.glob("*/out/runs/*.partial"))
    assert not (folder / "batch_summary.xlsx").exists()
    assert wait_until_gone(process.pid)


def test_the_exit_code_says_the_worst(monkeypatch, tmp_path, capsys):
    folder = make_batch(tmp_path / "all", "x")
    for status, code in (("done", 0), ("unchanged", 0), ("unproven", 3), ("busy", 1), ("failed", 1), ("problems", 1)):
        line = LaunchLine("x", status, 1.0)
        monkeypatch.setattr("sincerity.commands.batch.work_out_all", lambda *given, line=line: (line,))
        assert batch(folder, capsys)[0] == code


def test_the_summary_says_what_it_counts_and_links_to_the_reports(tmp_path):
    lines = (
        LaunchLine("a#1", "done", 2.34, "East", 3, "Sincerity first", 10, 8, 8, 5, 0, 2, "", "a#1/out/report.html",
                   "a#1/out/control_sheet.xlsx", ""),
        LaunchLine("b", "problems", 0.5, "=1+1", errors=3, what="picks.csv › C3 no such unit"),
    )
    path = tmp_path / "summary.xlsx"
    write_batch_summary(lines, path, "en")
    sheet = openpyxl.load_workbook(path).active
    rows = list(sheet.iter_rows(min_row=3))
    header = [cell.value for cell in rows[0]]
    first, second = ({name: cell.value for name, cell in zip(header, row, strict=True)} for row in rows[1:3])
    assert (first["Buyers placed"], first["Buyers with a valid pick"], first["Placement rate"]) == (8, 10, 0.8)
    assert (first["On first choice"], first["Units placed"], first["First-choice rate"]) == (5, 8, 0.625)
    assert (first["Status"], first["Seconds"], first["Warnings"]) == ("done", 2.3, 2)
    assert rows[1][header.index("Report")].hyperlink.target.replace("\\", "/") == "a%231/out/report.html"
    assert (second["Launch"], second["Placement rate"], second["Errors"]) == ("=1+1", None, 3)
    assert second["What is the matter"] == "picks.csv › C3 no such unit"


def test_both_languages_say_the_same_counts():
    lines = (LaunchLine("a", "done", 1.0), LaunchLine("b", "failed", 1.0), LaunchLine("c", "done", 1.0))
    assert status_counts(lines, "en").startswith("3 launches: 2 worked out, 1 failed unexpectedly.")
    assert status_counts(lines, "zh").startswith("共 3 个项目：2 个已计算，1 个意外中断。")
    assert [row[2] for row in batch_table(lines, "zh").rows] == ["已计算", "意外中断", "已计算"]


@pytest.mark.parametrize(("arguments", "words"), [
    ((), "holds no launches"),
    (("--engine", "dask"), "needs --address"),
])
def test_what_cannot_be_started_is_told(tmp_path, capsys, arguments, words):
    folder = make_batch(tmp_path / "all", *(["one"] if arguments else []))
    exit_code, facts = batch(folder, capsys, *arguments)
    assert exit_code == 1 and words in facts["problems"][0]["message"]


def test_jobs_are_counted_from_one(tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["batch", str(tmp_path), "--jobs", "0", "--lang", "en"])
    assert left.value.code == 2 and "--jobs cannot be '0'" in capsys.readouterr().err


def test_two_batches_in_one_folder_do_not_meet(tmp_path, capsys):
    folder = make_batch(tmp_path / "all", "one")
    with locked(folder):
        exit_code = cli.main(["batch", str(folder), "--lang", "en"])
    assert exit_code == 1 and "Another run is at work" in capsys.readouterr().out
