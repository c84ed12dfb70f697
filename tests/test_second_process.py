"""The second process does what it is told, tells what failed there, and never outlives the one that started it."""

import operator
import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from sincerity import cli, own_process
from sincerity.commands import launch as commands
from sincerity.second_process import InTurn, SecondProcess, SecondProcessDied
from tests.test_cli import ROOT, make_launch

HOLDER = """
import sys, time
from sincerity.second_process import SecondProcess
if __name__ == "__main__":
    with SecondProcess() as beside:
        beside.begin(time.sleep, 60)
        print(beside._process.pid, flush=True)
        time.sleep(60)
"""


@pytest.mark.parametrize("worker", [SecondProcess, lambda: nullcontext(InTurn())])
def test_works_are_done_in_turn_and_answered_in_their_order(worker, tmp_path):
    with worker() as beside:
        beside.begin(Path.write_text, tmp_path / "a.txt", "字")
        beside.begin(Path.read_text, tmp_path / "a.txt")
        assert beside.finish() == [1, "字"]
        beside.begin(operator.add, [1] * 300_000, [2])
        assert sum(beside.finish()[0]) == 300_002
        assert beside.finish() == []


def test_what_a_work_prints_disturbs_no_answer():
    with SecondProcess() as beside:
        beside.begin(print, "hello")
        assert beside.finish() == [None]


def test_what_fails_there_is_raised_here_with_its_place(tmp_path):
    with SecondProcess() as beside:
        beside.begin(operator.add, 1, 1)
        beside.begin(os.mkdir, tmp_path / "no" / "folder")
        with pytest.raises(FileNotFoundError) as failed:
            beside.finish()
    assert failed.value.errno == 2
    assert "Traceback" in failed.value.__notes__[0]


def test_a_process_that_dies_is_told_with_its_last_words():
    with SecondProcess() as beside:
        beside.begin(os.write, 2, b"out of memory")
        beside.begin(os._exit, 7)
        with pytest.raises(SecondProcessDied, match=r"code 7: .*out of memory"):
            beside.finish()


def test_leaving_early_ends_it_at_once():
    began = time.perf_counter()
    with pytest.raises(KeyboardInterrupt), SecondProcess() as beside:
        beside.begin(time.sleep, 60)
        raise KeyboardInterrupt
    assert beside._process.returncode is not None
    assert time.perf_counter() - began < 10


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_it_ends_with_the_process_that_started_it():
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=own_process.own_environment())
    pid = int(holder.stdout.readline())
    holder.kill()
    holder.communicate()
    deadline = time.perf_counter() + 10
    while _lives(pid) and time.perf_counter() < deadline:
        time.sleep(0.05)
    assert not _lives(pid)


def test_a_run_writes_the_same_files_with_it_and_without(tmp_path, monkeypatch):
    written = {}
    for least_bytes in (0, 10**9):
        monkeypatch.setattr(commands, "WORTH_A_SECOND_PROCESS_BYTES", least_bytes)
        folder = make_launch(tmp_path / str(least_bytes))
        assert cli.main(["run", str(folder), "--quiet"]) == 0
        out = folder / "out"
        written[least_bytes] = {
            path.relative_to(out): path.read_bytes() for path in sorted(out.rglob("*"))
            if path.is_file() and path.name not in ("manifest.json", ".sincerity.lock", "problems.xlsx")
        }
        assert (out / "problems.xlsx").is_file()
    assert written[0] == written[10**9]
    assert {"flowering_chart.png", "control_sheet.xlsx", "report.html"} <= {path.name for path in written[0]}
    assert any("hand_outs" in path.parts for path in written[0])


def _lives(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
