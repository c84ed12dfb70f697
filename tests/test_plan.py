"""The plan before the reports: the one the next run publishes, told by its moves, and checkable by itself."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from sincerity import cli
from sincerity.commands import plan as plan_command
from sincerity.manifest import MANIFEST_FILE, list_files
from sincerity.register.database import REGISTER_FILE
from sincerity.verify import holds_plan_alone, verify_output
from tests.test_cli import make_launch


@pytest.fixture(scope="module")
def edited(tmp_path_factory) -> Path:
    """Five-by-four with its third round published, after which anna no longer names the unit she was given."""
    folder = make_launch(tmp_path_factory.mktemp("plan") / "launch")
    assert cli.main(["run", str(folder), "--quiet"]) == 0
    picks = pd.read_csv(folder / "picks.csv", dtype=str)
    gone = (picks["buyer_id"] == "anna") & (picks["unit_id"] == "1-101")
    assert gone.any()
    picks[~gone].to_csv(folder / "picks.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def planned(edited, tmp_path_factory) -> Path:
    """The edited launch with its plan made; to be copied."""
    folder = shutil.copytree(edited, tmp_path_factory.mktemp("planned") / "launch", symlinks=True)
    assert cli.main(["plan", str(folder), "--quiet", "--lang", "en"]) == 0
    return folder


@pytest.fixture
def launch(planned, tmp_path) -> Path:
    """A copy of the planned launch."""
    return shutil.copytree(planned, tmp_path / "launch", symlinks=True)


def test_the_next_run_publishes_the_same_plan_and_moves_and_takes_the_first_away(launch):
    first = {name: (launch / "out/plan/tables" / name).read_bytes() for name in ("allocation.csv", "moves.csv")}
    assert b"anna" in first["moves.csv"]
    assert cli.main(["run", str(launch), "--quiet"]) == 0
    assert {name: (launch / "out/round-3/tables" / name).read_bytes() for name in first} == first
    assert not (launch / "out/plan").exists()


def test_a_plan_tells_its_moves_and_leaves_register_and_runs_alone(edited, tmp_path, capsys):
    folder = shutil.copytree(edited, tmp_path / "launch", symlinks=True)
    register = (folder / REGISTER_FILE).read_bytes()
    runs = list_files(folder / "out/runs")
    assert cli.main(["plan", str(folder), "--quiet", "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    moves = pd.read_csv(folder / "out/plan/tables/moves.csv")
    assert f"Against the plan in force (round-3-0001), {len(moves)} buyers move." in shown
    assert "anna (anna): 1-101 -> " in shown
    assert "The buyer no longer names the old unit" in shown
    assert "No reports are written" in shown and "proven optimal" in shown
    assert (folder / REGISTER_FILE).read_bytes() == register
    assert list_files(folder / "out/runs") == runs


def test_a_first_plan_of_a_launch_has_nothing_to_be_compared_with(tmp_path, capsys):
    folder = make_launch(tmp_path / "launch")
    assert cli.main(["plan", str(folder), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["compared_with"], facts["moves"]) == ("", [])
    assert facts["placed"] == len(pd.read_csv(folder / "out/plan/tables/allocation.csv"))


def test_a_plan_is_verified_by_itself_and_says_what_it_is(launch, capsys):
    left_out = json.loads((launch / "out/plan" / MANIFEST_FILE).read_text(encoding="utf-8"))["left_out"]
    assert "score_lines" in left_out and "allocation" not in left_out
    assert cli.main(["verify", str(launch / "out/plan"), "--lang", "en"]) == 0
    assert "the plan alone, without reports" in capsys.readouterr().out


def test_a_tampered_plan_is_found_though_its_manifest_was_made_to_agree(launch):
    plan, table = launch / "out/plan", launch / "out/plan/tables/allocation.csv"
    rows = pd.read_csv(table, dtype=str, encoding="utf-8-sig")
    rows.iloc[:-1].to_csv(table, index=False, encoding="utf-8-sig", lineterminator="\n")
    manifest = json.loads((plan / MANIFEST_FILE).read_text(encoding="utf-8"))
    manifest["outputs"] = list_files(plan)
    manifest["plan_sha256"] = manifest["outputs"]["tables/allocation.csv"]["sha256"]
    manifest["counts"]["allocation"] -= 1
    (plan / MANIFEST_FILE).write_text(json.dumps(manifest), encoding="utf-8")
    agrees, problems = verify_output(plan)
    assert not agrees
    assert "audit_goal_values" in {problem.code for problem in problems}


def test_leaving_out_anything_else_is_no_plan(launch):
    plan = launch / "out/plan"
    manifest = json.loads((plan / MANIFEST_FILE).read_text(encoding="utf-8"))
    manifest["left_out"].append("moves")
    (plan / MANIFEST_FILE).write_text(json.dumps(manifest), encoding="utf-8")
    assert not holds_plan_alone(plan)
    assert not verify_output(plan)[0]


def test_input_with_errors_and_a_full_disk_leave_the_plan_before(launch, capsys, monkeypatch):
    before = list_files(launch / "out/plan")

    def full(result, folder):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(plan_command, "write_plan", full)
        assert cli.main(["plan", str(launch), "--lang", "en"]) == 1
        assert "No space left on device" in capsys.readouterr().err
    picks = launch / "picks.csv"
    picks.write_text(picks.read_text(encoding="utf-8").replace("1-202", "9-999"), encoding="utf-8")
    assert cli.main(["plan", str(launch), "--lang", "en"]) == 1
    shown = capsys.readouterr().out
    assert "9-999" in shown and "No plan was made" in shown
    assert list_files(launch / "out/plan") == before
    assert {path.name for path in (launch / "out").iterdir() if path.is_dir()} == {"plan", "runs", "round-3"}
