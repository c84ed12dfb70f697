"""The commands as a person meets them: words, languages, exit codes, JSON, old consoles, and no traceback ever."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from sincerity import cli, console
from sincerity import round as rounds
from sincerity.commands import launch as commands
from sincerity.domain import INPUT_TABLES
from sincerity.lock import locked
from sincerity.manifest import file_problems
from sincerity.progress import Progress
from sincerity.texts import LANGUAGES, texts_in
from tests import cases

ROOT = Path(__file__).parent.parent
LAUNCH_TOML = """
name = "Five by four"
launch_id = "5x4"
seed = "5x4"
show_flat_open = 2026-10-01
launch_day = 2026-11-28
language = "en"
[[rounds]]
number = 3
cutoff = 2026-11-20T18:00:00
"""


@pytest.fixture
def launch(tmp_path) -> Path:
    """Five-by-four as a folder of CSV files."""
    return make_launch(tmp_path / "launch")


@pytest.fixture(scope="module")
def round_of_5x4(tmp_path_factory) -> Path:
    """Five-by-four with its third round published; to be copied."""
    folder = make_launch(tmp_path_factory.mktemp("published") / "launch")
    assert cli.main(["run", str(folder), "--quiet"]) == 0
    return folder


@pytest.fixture
def published(round_of_5x4, tmp_path) -> Path:
    """A copy of five-by-four with its third round published."""
    return shutil.copytree(round_of_5x4, tmp_path / "launch", symlinks=True)


def make_launch(folder: Path) -> Path:
    folder.mkdir()
    (folder / "launch.toml").write_text(LAUNCH_TOML, encoding="utf-8")
    tables = cases.five_by_four()
    for schema in INPUT_TABLES:
        frame = getattr(tables, schema.name)
        if len(frame):
            frame.drop(columns="source_row").to_csv(folder / f"{schema.name}.csv", index=False)
    return folder


@pytest.fixture
def broken(launch) -> Path:
    """Five-by-four with a pick on a unit that is not there."""
    path = launch / "picks.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("1-202", "9-999"), encoding="utf-8")
    return launch


def sincerity(*arguments, env=None, **options) -> subprocess.CompletedProcess:
    """The command in a process of its own, English unless asked otherwise; its output as bytes."""
    surroundings = {**os.environ, "LC_ALL": "en_US.UTF-8", "PYTHONUTF8": "0", **(env or {})}
    return subprocess.run(
        [sys.executable, "-m", "sincerity", *map(str, arguments)],
        cwd=ROOT, env=surroundings, capture_output=True, check=False, **options,
    )


# ---- help and usage ----


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from sincerity.cli import main\n"
        "try: main(['--help'])\n"
        "finally: print(sorted({'pandas', 'numpy', 'scipy', 'pulp', 'xlsxwriter', 'jinja2'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.endswith("[]\n")


def test_help_answers_at_once():
    def seconds() -> float:  # of processor time: a busy machine must not fail this test
        began = os.times()
        assert sincerity("--help").returncode == 0
        ended = os.times()
        return ended.children_user + ended.children_system - began.children_user - began.children_system

    assert min(seconds() for _ in range(5)) < 0.3


@pytest.mark.parametrize(("lang", "words"), [("zh", "用法："), ("en", "usage: ")])
def test_every_command_explains_itself(lang, words, capsys):
    for command in ("init", "check", "run", "verify", "explain", "demo"):
        with pytest.raises(SystemExit) as left:
            cli.main([command, "--help", "--lang", lang])
        assert left.value.code == 0
        shown = capsys.readouterr().out
        assert shown.startswith(f"{words}sincerity {command}")
        assert console.say(f"help.{command}", lang)[:20] in shown


def test_every_help_text_of_an_option_exists_in_both_languages():
    for lang in LANGUAGES:
        assert cli.parser(lang).format_help()


@pytest.mark.parametrize(("arguments", "words"), [
    ([], "COMMAND 缺失|缺少 COMMAND"),
    (["fly"], "不能是“fly”"),
    (["run"], "缺少 DIR"),
    (["run", "x", "--speed"], "不认识 --speed"),
    (["run", "x", "--theme", "pink"], "--theme 不能是“pink”"),
    (["run", "x", "--out"], "--out 后面要跟一个值"),
    (["run", "x", "--round", "two"], "--round 不能是“two”"),
    (["run", "x", "--as-of", "yesterday"], "--as-of 不能是“yesterday”"),
    (["explain", "x"], "缺少 --buyer --unit"),
    (["explain", "x", "--buyer", "a", "--unit", "b"], "--unit 与 --buyer 不能同时使用"),
])
def test_wrong_usage_is_told_in_words_and_leaves_with_2(arguments, words, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    assert left.value.code == 2
    assert re.search(words, capsys.readouterr().err)


@pytest.mark.parametrize(("arguments", "environ", "lang"), [
    (["run", "--lang", "zh"], {"LANG": "en_US.UTF-8"}, "zh"),
    (["run", "--lang=en"], {"LANG": "zh_CN.UTF-8"}, "en"),
    (["run", "zh"], {"LANG": "C"}, "en"),
    ([], {"LC_ALL": "zh_CN.GBK", "LANG": "en_US"}, "zh"),
    ([], {"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "en_US"}, "zh"),
    ([], {"LANG": "de_DE"}, "en"),
])
def test_the_language_is_asked_for_or_the_terminals(arguments, environ, lang):
    assert console.language_of(arguments, environ) == lang


@pytest.mark.parametrize(("written", "end"), [
    ("2026-11-20", datetime(2026, 11, 21)),
    ("2026-11-20T18:00", datetime(2026, 11, 20, 18)),
    ("2026-11-20 18:00:30", datetime(2026, 11, 20, 18, 0, 30)),
])
def test_as_of_a_day_includes_the_day_as_of_a_moment_does_not(written, end):
    assert cli.moment(written) == end


@pytest.mark.parametrize("written", ["", "20 Nov", "2026-13-01", "2026-11-20T18:00+08:00"])
def test_as_of_something_else_is_refused(written):
    with pytest.raises(ValueError):
        cli.moment(written)


# ---- the life of a launch ----


def test_init_makes_a_launch_and_never_overwrites_one(tmp_path, capsys):
    assert cli.main(["init", str(tmp_path / "new"), "--lang", "en"]) == 0
    assert "sincerity check" in capsys.readouterr().out
    assert (tmp_path / "new/launch.toml").is_file()
    assert cli.main(["init", str(tmp_path / "new"), "--lang", "en"]) == 1
    assert "already holds launch.toml" in capsys.readouterr().out


def test_a_run_publishes_and_says_where_the_report_lies(launch, capsys):
    assert cli.main(["run", str(launch), "--lang", "en"]) == 0
    shown = capsys.readouterr()
    assert "Round 3 is published: 4 buyers placed, 2 of them on their first choice." in shown.out
    assert str(launch / "out/round-3/report.html") in shown.out
    assert "proven optimal" in shown.out
    assert shown.err == ""
    assert file_problems(launch / "out/round-3") == ()
    assert {"report.html", "control_sheet.xlsx", "flowering_chart.svg", "audit.json", "manifest.json", "tables"} <= {
        path.name for path in (launch / "out/round-3").iterdir()}


def test_a_run_goes_where_it_is_told(launch, tmp_path, capsys):
    assert cli.main(["run", str(launch), "--out", str(tmp_path / "elsewhere"), "--lang", "en"]) == 0
    assert str(tmp_path / "elsewhere/round-3/report.html") in capsys.readouterr().out
    assert file_problems(tmp_path / "elsewhere/round-3") == ()
    assert not (launch / "out").exists()


def test_a_published_run_verifies_from_its_folder_alone(published, tmp_path, capsys):
    out = (published / "out").rename(tmp_path / "elsewhere")
    for named in (out, out / "round-3", out / "runs/round-3-0001"):
        assert cli.main(["verify", str(named), "--lang", "en"]) == 0
        assert "Everything agrees" in capsys.readouterr().out
    (out / "round-3/report.html").write_text("tampered", encoding="utf-8")
    assert cli.main(["verify", str(out), "--lang", "en"]) == 1
    assert "report.html" in capsys.readouterr().out


def test_verifying_nothing_says_so(tmp_path, capsys):
    assert cli.main(["verify", str(tmp_path), "--lang", "en"]) == 1
    assert "Nothing has been published" in capsys.readouterr().out


def test_bad_input_is_listed_and_leaves_earlier_results_as_they_were(published, capsys):
    launch = published
    before = {path: path.read_bytes() for path in (launch / "out/round-3").rglob("*") if path.is_file()}
    picks = launch / "picks.csv"
    picks.write_text(picks.read_text(encoding="utf-8").replace("1-202", "9-999"), encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["run", str(launch), "--lang", "en"]) == 1
    shown = capsys.readouterr().out
    assert "9-999" in shown and "picks.csv" in shown and "D8" in shown
    assert "earlier results are as they were" in shown
    assert str(launch / "out/problems.xlsx") in shown
    assert (launch / "out/problems.xlsx").is_file()
    assert {path: path.read_bytes() for path in before} == before
    assert len(list((launch / "out/runs").iterdir())) == 1


def test_check_reads_and_computes_nothing(launch, capsys):
    assert cli.main(["check", str(launch), "--lang", "en"]) == 0
    assert "4 units, 5 buyers, 16 touchpoints, 7 picks" in capsys.readouterr().out
    assert not (launch / "out/runs").exists()


def test_problems_that_are_mended_leave_no_stale_list(broken, capsys):
    assert cli.main(["check", str(broken), "--lang", "zh"]) == 1
    assert "1 处错误" in capsys.readouterr().out
    stale = broken / "out/problems.xlsx"
    assert stale.is_file()
    picks = broken / "picks.csv"
    picks.write_text(picks.read_text(encoding="utf-8").replace("9-999", "1-202"), encoding="utf-8")
    assert cli.main(["check", str(broken)]) == 0
    assert not stale.exists()


def test_a_round_or_policy_that_is_not_there_is_told(launch, capsys):
    assert cli.main(["run", str(launch), "--round", "2", "--policy", "luck", "--lang", "en"]) == 1
    shown = capsys.readouterr().out
    assert "launch.toml plans no round 2" in shown
    assert "luck" in shown


def test_a_folder_that_is_not_there_is_told(tmp_path, capsys):
    assert cli.main(["run", str(tmp_path / "nowhere"), "--lang", "en"]) == 1
    assert "nowhere" in capsys.readouterr().out
    assert not (tmp_path / "nowhere").exists()


def test_a_plan_without_proof_leaves_with_3(launch, capsys, monkeypatch):
    def unproven(*arguments):
        outcome = run_round(*arguments)
        return rounds.replace(outcome, result=rounds.replace(outcome.result, status="feasible"))

    run_round = rounds.run_round
    monkeypatch.setattr(rounds, "run_round", unproven)
    assert cli.main(["run", str(launch), "--lang", "en"]) == 3
    assert "do not call it optimal" in capsys.readouterr().out


# ---- explain ----


def test_explain_tells_a_buyer_from_the_published_round(published, capsys):
    (published / "picks.csv").unlink()  # the published tables suffice
    assert cli.main(["explain", str(published), "--buyer", "bo", "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"Buyer bo \(bo\): grade B, \d+ points, rank 2 of 5", shown)
    points = [int(found) for found in re.findall(r", (\d+) of \d+ points", shown)]
    assert f"Sum: {sum(points)} points" in shown
    assert re.search(r"Choice 1, 1-101 \(2m yuan\): .*anna", shown)
    assert re.search(r"Choice 2, 1-102 \(2\.4m yuan\): granted", shown)


def test_explain_tells_a_unit_with_its_contenders_in_order(launch, capsys):
    assert cli.main(["explain", str(launch), "--unit", "1-101", "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert "Goes to anna (anna):" in shown
    assert re.findall(r"Rank \d+, (\w+)", shown) == ["anna", "bo", "cai"]
    assert re.findall(r"\d\. (\w+) \(", shown) == ["bo", "cai"]
    assert "granted" in shown
    assert not (launch / "out/runs").exists()  # worked out for the answer, not published


@pytest.mark.parametrize(("whom", "words"), [("--buyer", "no buyer 'zed'"), ("--unit", "no unit 'zed'")])
def test_explain_says_when_there_is_no_such_buyer_or_unit(whom, words, published, capsys):
    assert cli.main(["explain", str(published), whom, "zed", "--lang", "en"]) == 1
    assert words in capsys.readouterr().out


# ---- JSON ----


def test_json_is_all_that_a_run_prints(launch):
    answer = sincerity("run", launch, "--json")
    told = json.loads(answer.stdout)
    assert answer.returncode == told["exit_code"] == 0
    assert told["folder"] == str(launch / "out/round-3")
    assert (told["round"], told["placed"], told["first_choices"], told["status"]) == (3, 4, 2, "proven")
    assert answer.stderr == b""


def test_json_lists_problems_for_other_programs(broken, capsys):
    assert cli.main(["check", str(broken), "--json", "--lang", "zh"]) == 1
    told = json.loads(capsys.readouterr().out)
    (error,) = [problem for problem in told["problems"] if problem["severity"] == "error"]
    assert (error["file"], error["row"], error["column"], error["value"]) == ("picks.csv", 8, "D", "9-999")
    assert told["exit_code"] == 1


# ---- old consoles ----


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
@pytest.mark.parametrize("arguments", [["check"], ["check", "--json"], ["explain", "--buyer", "bo"]])
def test_nothing_breaks_on_a_console_that_lacks_characters(encoding, arguments, broken):
    command, *options = arguments
    answer = sincerity(command, broken, *options, "--lang", "zh", env={"PYTHONIOENCODING": encoding})
    assert (answer.returncode, answer.stderr) == (1, b"")
    assert "9-999" in answer.stdout.decode(encoding)


def test_a_gbk_console_shows_chinese_as_chinese(broken):
    shown = sincerity("check", broken, "--lang", "zh", env={"PYTHONIOENCODING": "gbk"}).stdout.decode("gbk")
    assert "资料有 1 处错误" in shown
    assert "\\u" not in shown


def test_what_a_code_page_lacks_is_spelled_out(tmp_path):
    path = tmp_path / "shown.txt"
    with path.open("w", encoding="gbk") as stream:
        console.prepare(stream)
        stream.write("a › b, m² − 3 😀 é")
    assert path.read_bytes().decode("gbk") == "a > b, m2 - 3 \\U0001f600 é"


# ---- failures ----


def test_the_second_run_says_who_holds_the_folder(launch):
    with locked(launch):
        answer = sincerity("run", launch)
    assert answer.returncode == 1
    assert f"process {os.getpid()}" in answer.stdout.decode()
    assert not (launch / "out/runs").exists()


def test_an_unexpected_failure_is_one_sentence_and_a_log(launch, capsys, monkeypatch):
    def fail(*arguments):
        raise RuntimeError("the roof is leaking")

    monkeypatch.setattr(rounds, "run_round", fail)
    (launch / "out").mkdir()
    assert cli.main(["run", str(launch), "--lang", "en"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.strip().splitlines()) == 1
    assert "Traceback" not in shown.err
    log = launch / "out" / cli.LOG_FILE
    assert str(log) in shown.err
    assert "RuntimeError: the roof is leaking" in log.read_text(encoding="utf-8")


def test_a_full_disk_is_one_sentence_and_the_earlier_run_stays(published, capsys, monkeypatch):
    def full(result, folder, beside):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rounds, "write_reports", full)
    assert cli.main(["run", str(published), "--lang", "en"]) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert file_problems(published / "out/round-3") == ()
    assert [path.name for path in (published / "out/runs").iterdir()] == ["round-3-0001"]


def test_ctrl_c_leaves_with_a_word(launch, capsys, monkeypatch):
    def interrupt(result, folder, beside):
        raise KeyboardInterrupt

    monkeypatch.setattr(rounds, "write_reports", interrupt)
    assert cli.main(["run", str(launch), "--lang", "zh"]) == 130
    assert "已中断" in capsys.readouterr().err
    assert list((launch / "out/runs").iterdir()) == []


def test_a_reader_that_leaves_early_is_no_failure(published):
    command = f'"{sys.executable}" -m sincerity explain "{published}" --unit 1-101 --lang en | head -c 1 >/dev/null'
    answer = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.stderr == ""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_a_real_run_killed_on_the_way_leaves_the_earlier_one_whole(published):
    launch = published
    began = time.perf_counter()
    assert sincerity("run", launch).returncode == 0
    duration_s = time.perf_counter() - began
    before = (launch / "out/runs/round-3-0001/manifest.json").read_bytes()
    for share in (0.6, 0.9):
        run = subprocess.Popen([sys.executable, "-m", "sincerity", "run", launch], cwd=ROOT, stdout=subprocess.DEVNULL)
        time.sleep(share * duration_s)
        run.kill()
        run.wait()
        assert file_problems(launch / "out/round-3") == ()
    assert (launch / "out/runs/round-3-0001/manifest.json").read_bytes() == before
    assert sincerity("run", launch).returncode == 0
    assert not list((launch / "out/runs").glob("*.partial"))


# ---- demo ----


def test_demo_copies_the_sample_and_refuses_a_folder_with_other_things(tmp_path, capsys, monkeypatch):
    ran = []
    monkeypatch.setattr(commands, "run", lambda options: ran.append(options.folder) or commands.Answer(0))
    folder = tmp_path / "demo"
    assert cli.main(["demo", str(folder), "--lang", "en"]) == 0
    assert "synthetic" in capsys.readouterr().out
    assert {"launch.toml", "normal.xlsx"} <= {path.name for path in folder.iterdir()}
    (folder / "launch.toml").write_text("name = 'mine'", encoding="utf-8")
    assert cli.main(["demo", str(folder), "--lang", "en"]) == 0
    assert (folder / "launch.toml").read_text(encoding="utf-8") == "name = 'mine'"
    assert ran == [folder, folder]
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/diary.txt").write_text("dear diary", encoding="utf-8")
    assert cli.main(["demo", str(tmp_path / "taken"), "--lang", "en"]) == 1
    assert "holds something else" in capsys.readouterr().out


# ---- progress ----


def test_progress_names_the_stages_and_keeps_their_times(capsys):
    progress = Progress(sys.stdout, lambda stage: stage.upper())
    progress("read")
    progress("score")
    progress.finish()
    assert re.fullmatch(r"  READ … \d\.\d s\n  SCORE … \d\.\d s\n", capsys.readouterr().out)
    assert progress.timings_s.keys() == {"read", "score"}


def test_every_stage_of_the_story_has_its_words():
    source = (ROOT / "sincerity/round.py").read_text(encoding="utf-8") + (
        ROOT / "sincerity/commands/launch.py").read_text(encoding="utf-8")
    stages = set(re.findall(r'\b(?:say|progress)\("(\w+)"\)', source))
    assert stages >= {"read", "score", "allocate", "explain", "audit", "report", "publish"}
    assert {f"cli.stage.{stage}" for stage in stages} <= texts_in("cli").keys()
