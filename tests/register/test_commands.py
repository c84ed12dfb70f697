"""The register as a person meets it: run, change a pick, run again, look back, go back, take along, forget."""

import json

import pytest

from sincerity import cli
from sincerity.register.database import REGISTER_FILE
from tests.register.conftest import PASSWORD
from tests.test_cli import make_launch


def say(capsys, *arguments, code=0) -> str:
    assert cli.main([*map(str, arguments), "--lang", "en"]) == code, capsys.readouterr().out
    return capsys.readouterr().out


def run(capsys, launch, *options) -> str:
    return say(capsys, "run", launch, "--quiet", *options)


def table(launch, name, run="round-3"):
    return (launch / "out" / run / "tables" / f"{name}.csv").read_text(encoding="utf-8-sig").splitlines()


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """Five-by-four run twice as it was, then once more with Eve's pick moved to the unit Cai has."""
    launch = make_launch(tmp_path_factory.mktemp("lived") / "launch")
    buyers = launch / "buyers.csv"
    buyers.write_text(buyers.read_text(encoding="utf-8").replace("\neve,,", "\neve,Eve Zhao,"), encoding="utf-8")
    for _ in range(2):
        assert cli.main(["run", str(launch), "--quiet", "--lang", "en"]) == 0
    picks = launch / "picks.csv"
    picks.write_text(picks.read_text(encoding="utf-8").replace("eve,1,1-202", "eve,1,1-201"), encoding="utf-8")
    assert cli.main(["run", str(launch), "--quiet", "--lang", "en"]) == 0
    return launch


def test_an_unchanged_rerun_gives_the_same_plan_and_no_moves(lived):
    runs = [f"runs/round-3-000{number}" for number in (1, 2)]
    for name in ("allocation", "scores", "refusals", "demand"):
        assert table(lived, name, runs[0]) == table(lived, name, runs[1])
    for name in ("moves", "changes_buyers", "changes_picks", "changes_units", "changes_targets"):
        assert len(table(lived, name, runs[1])) == 1
    assert "churn_since_run,0,5" in table(lived, "kpis", runs[1])
    assert not any(row.startswith("churn_since_run") for row in table(lived, "kpis", runs[0]))
    page = (lived / "out" / runs[1] / "report.html").read_text(encoding="utf-8")
    assert "Since the run before (round-3-0001) no buyer, pick or placement has changed." in page
    assert "与上一次（round-3-0001）相比：客户、意向和落位方案都没有变化。" in page and "新增客户 0 组" not in page


def test_the_manifest_names_the_run_it_was_compared_with(lived):
    first, second, third = (
        json.loads((lived / "out" / "runs" / f"round-3-000{number}" / "manifest.json").read_text(encoding="utf-8"))
        for number in (1, 2, 3)
    )
    assert first["register"] == {"previous_run": "", "previous_plan_sha256": "", "chain_head": "0" * 64}
    assert second["register"]["previous_run"] == "round-3-0001"
    assert third["register"]["previous_run"] == "round-3-0002"
    assert third["register"]["chain_head"] not in (second["register"]["chain_head"], "0" * 64)
    assert second["register"]["previous_plan_sha256"] == third["register"]["previous_plan_sha256"] != ""


def test_a_moved_pick_is_told_with_what_follows_from_it(lived):
    assert table(lived, "changes_picks")[1:] == ["eve,1-201,added,0,1", "eve,1-202,dropped,1,0"]
    assert table(lived, "changes_units")[1:] == ["1-202,normal,cold,1,0"]
    assert table(lived, "moves")[1:] == ["eve,1-202,,pick_withdrawn"]
    assert "churn_since_run,1,5" in table(lived, "kpis")
    page = (lived / "out" / "round-3" / "report.html").read_text(encoding="utf-8")
    assert "1 buyer changed their picks, a churn of 20%" in page
    assert "与上一次（round-3-0002）相比：新增客户 0 组" in page


def test_history_marks_the_run_in_force_and_verifies(lived, capsys):
    told = say(capsys, "history", lived, "--verify")
    lines = told.splitlines()
    assert [line.split()[1] for line in lines[:3]] == ["round-3-0001", "round-3-0002", "round-3-0003"]
    assert [("in force for round 3" in line) for line in lines[:3]] == [False, False, True]
    assert "The register agrees: 3 entries in the log" in told
    facts = json.loads(say(capsys, "history", lived, "--json"))
    assert facts["head"] in told and len(facts["runs"]) == 3


def test_diff_of_two_runs(lived, capsys):
    told = say(capsys, "diff", lived, 1, 3)
    assert told.splitlines()[0] == "From run 1 to run 3: 1 of 5 buyers changed their picks."
    assert "  Eve Zhao · eve · Xu · 1-201 · added · — · 1" in told
    assert "  Eve Zhao · eve · Xu · U · 5 · 1-202 · — · The buyer no longer names the old unit" in told
    zh = cli.main(["diff", str(lived), "1", "3", "--lang", "zh"]), capsys.readouterr().out
    assert zh[0] == 0 and "  Eve Zhao · eve · Xu · 1-202 · 取消意向 · 1 · —" in zh[1]
    facts = json.loads(say(capsys, "diff", lived, 2, 3, "--json"))
    assert facts["moves"] == [
        {"buyer_id": "eve", "from_unit_id": "1-202", "to_unit_id": "", "reason": "pick_withdrawn"}]
    assert "The register has no run 9; it has: 1, 2, 3." in say(capsys, "diff", lived, 1, 9, code=1)


def test_going_back_and_on(tmp_path, capsys):
    launch = make_launch(tmp_path / "launch")
    run(capsys, launch)
    picks = launch / "picks.csv"
    picks.write_text(picks.read_text(encoding="utf-8").replace("eve,1,1-202", "eve,1,1-201"), encoding="utf-8")
    run(capsys, launch)
    assert "Round 3 is back at run 1 (round-3-0001)" in say(capsys, "rollback", launch, 1)
    assert any(row.startswith("eve,1-202") for row in table(launch, "allocation"))
    assert (launch / "out" / "runs" / "round-3-0002" / "manifest.json").is_file()
    told = say(capsys, "history", launch, "--verify")
    assert "went back to run 1" in told and "in force for round 3" in told.splitlines()[0]
    run(capsys, launch)
    manifest = json.loads((launch / "out" / "round-3" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["register"]["previous_run"] == "round-3-0001"
    assert table(launch, "moves")[1:] == ["eve,1-202,,pick_withdrawn"]


def test_a_trial_elsewhere_is_compared_and_not_kept(tmp_path, capsys):
    launch = make_launch(tmp_path / "launch")
    run(capsys, launch, "--out", tmp_path / "trial")
    assert not (launch / REGISTER_FILE).exists()
    run(capsys, launch)
    run(capsys, launch, "--out", tmp_path / "trial")
    manifest = json.loads((tmp_path / "trial" / "round-3" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["register"]["previous_run"] == "round-3-0001"
    assert "1 entry in the log" in say(capsys, "history", launch, "--verify")


def test_export_import_and_erase(lived, tmp_path, capsys):
    file, again = tmp_path / "register.jsonl", tmp_path / "again.jsonl"
    say(capsys, "export", lived, file)
    other = make_launch(tmp_path / "other")
    assert "imported and agrees" in say(capsys, "import", other, file)
    say(capsys, "export", other, again)
    assert file.read_bytes() == again.read_bytes()
    assert "1 personal fact of buyer anna is deleted" in say(capsys, "erase", other, "--buyer", "anna")
    assert b"13800000001" not in (other / REGISTER_FILE).read_bytes()
    told = say(capsys, "history", other, "--verify")  # the published folders stayed behind: warnings, no error
    assert "The register agrees: 4 entries in the log" in told and "is no longer under out/runs" in told
    assert "holds no personal data of buyer 'nobody'" in say(capsys, "erase", other, "--buyer", "nobody", code=1)


@pytest.mark.parametrize("command", [("history",), ("diff", 1, 2), ("rollback", 1), ("export", "x.jsonl")])
def test_without_a_register_every_command_says_so(tmp_path, capsys, command):
    launch = make_launch(tmp_path / "launch")
    told = say(capsys, command[0], launch, *command[1:], code=1)
    assert "has no register yet" in told and "Run sincerity run first" in told
    assert not (launch / REGISTER_FILE).exists()


SERVERS = {
    '[register]\nurl = "postgresql+psycopg://planner:secret@host/db"\n': "holds a password",
    '[register]\nurl = "no address at all"\n': "[register] url in launch.toml cannot be used",
    '[register]\nurl = "postgresql+psycopg://planner@127.0.0.1:1/db"\n': "cannot be opened",
    '[register]\nurl = "postgresql+psycopg://planner@127.0.0.1:1/db"\npassword_env = "NOT_SET_ANYWHERE"\n':
        "The environment variable NOT_SET_ANYWHERE is not set",
}


@pytest.mark.parametrize("written", SERVERS)
def test_a_server_that_cannot_be_used_stops_the_run_in_words(tmp_path, capsys, written):
    launch = make_launch(tmp_path / "launch")
    settings = launch / "launch.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + written, encoding="utf-8")
    told = say(capsys, "run", launch, "--quiet", code=1)
    assert SERVERS[written] in told and "secret" not in told
    assert not (launch / "out" / "runs").exists()


def test_a_launch_on_a_server(postgres, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("REGISTER_PASSWORD", PASSWORD)
    launch = make_launch(tmp_path / "launch")
    settings = launch / "launch.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + (
        f'[register]\nurl = "{postgres.url}"\npassword_env = "REGISTER_PASSWORD"\n'), encoding="utf-8")
    run(capsys, launch)
    run(capsys, launch)
    assert "The register agrees: 2 entries in the log" in say(capsys, "history", launch, "--verify")
    assert not (launch / REGISTER_FILE).exists()
    assert PASSWORD not in (launch / "out" / "round-3" / "manifest.json").read_text(encoding="utf-8")
