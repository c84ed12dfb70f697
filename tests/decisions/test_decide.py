"""Rulings handed back in an edited workbook: followed with the fewest moves, logged, their cost told, or refused."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from sincerity import cli
from sincerity.tables import read_tables
from tests.decisions.reviews import Review, reversed_rows
from tests.test_cli import make_launch


@pytest.fixture(scope="module")
def round_of_5x4(tmp_path_factory) -> Path:
    folder = make_launch(tmp_path_factory.mktemp("decisions") / "launch")
    assert cli.main(["run", str(folder), "--quiet"]) == 0
    return folder


@pytest.fixture
def launch(round_of_5x4, tmp_path) -> Path:
    return shutil.copytree(round_of_5x4, tmp_path / "launch", symlinks=True)


@pytest.fixture
def review(launch) -> Review:
    return Review(launch / "out" / "round-3" / "control_sheet.xlsx")


def decide(launch: Path, workbook: Path, capsys, lang: str = "en") -> tuple[int, dict]:
    capsys.readouterr()
    exit_code = cli.main(["decide", str(launch), str(workbook), "--json", "--lang", lang])
    return exit_code, json.loads(capsys.readouterr().out)


def plan(launch: Path) -> dict[str, str]:
    allocation = tables(launch)["allocation"]
    return dict(zip(allocation["buyer_id"], allocation["unit_id"], strict=True))


def tables(launch: Path) -> dict:
    return read_tables(launch / "out" / "round-3" / "tables")


def costs(facts: dict, scope: str) -> dict[tuple[str, str, str], tuple[int, int]]:
    return {
        (row["goal"], row["grades"], row["choices"]): (row["before"], row["after"])
        for row in facts["decision_costs"] if row["scope"] == scope
    }


def files_of(launch: Path) -> dict[str, bytes]:
    """Every file but the register's, the lock and the list of problems."""
    return {
        path.relative_to(launch).as_posix(): path.read_bytes() for path in sorted(launch.rglob("*"))
        if path.is_file() and path.name not in ("problems.xlsx", ".sincerity.lock") and "register" not in path.name
    }


BEFORE = {"anna": "1-101", "bo": "1-102", "cai": "1-201", "eve": "1-202"}
OVERRIDDEN = {"bo": "1-101", "cai": "1-201", "eve": "1-202"}  # anna named nothing else


def test_an_override_is_followed_logged_and_its_cost_told(launch, review, tmp_path, capsys):
    assert plan(launch) == BEFORE
    inputs = {path.name: path.read_bytes() for path in launch.glob("*.*") if path.suffix in (".csv", ".toml")}
    workbook = review.rule("bo", "1-101", "override", "promised at the show flat", "Zhang").save(tmp_path / "back.xlsx")
    exit_code, facts = decide(launch, workbook, capsys)
    assert exit_code == 0
    assert plan(launch) == OVERRIDDEN
    assert {(row["buyer_id"], row["from_unit_id"], row["to_unit_id"], row["reason"]) for row in facts["moves"]} == {
        ("anna", "1-101", "", "taken"), ("bo", "1-102", "1-101", "better_choice")}
    assert costs(facts, "newest") == costs(facts, "all")
    of_goal = costs(facts, "newest")
    assert of_goal["placed", "A", "1"] == (1, 0)
    assert of_goal["placed", "B", "1"] == (0, 1)
    assert of_goal["placed", "B", "2"] == (1, 0)
    assert of_goal["moves", "", ""] == (0, 2)
    (entry,) = tables(launch)["rulings"].to_dict("records")
    assert (entry["ruling_no"], entry["round"], entry["decision"], entry["taken_from"]) == (1, 3, "override", "anna")
    assert (entry["by"], entry["reason"]) == ("Zhang", "promised at the show flat")
    assert entry["place"].startswith("back.xlsx › Conflict review › ")
    assert {path.name: path.read_bytes() for path in launch.glob("*.*") if path.name in inputs} == inputs
    assert cli.main(["verify", str(launch)]) == 0


def test_later_runs_follow_the_rulings_until_they_are_withdrawn(launch, review, tmp_path, capsys):
    workbook = review.rule("bo", "1-101", "override").save(tmp_path / "one.xlsx")
    assert decide(launch, workbook, capsys)[0] == 0
    assert cli.main(["run", str(launch), "--quiet"]) == 0
    assert plan(launch) == OVERRIDDEN
    assert tables(launch)["moves"].empty
    exit_code, facts = decide(launch, workbook, capsys)
    assert exit_code == 1 and facts["problems"][-1]["code"] == "rulings_stand_already"
    again = Review(launch / "out" / "round-3" / "control_sheet.xlsx").rule("bo", "1-101", "withdraw", "a mistake")
    assert decide(launch, again.save(tmp_path / "two.xlsx"), capsys)[0] == 0
    assert plan(launch) == BEFORE
    assert tables(launch)["rulings"]["decision"].tolist() == ["override", "withdraw"]
    assert tables(launch)["decision_costs"].empty


def test_the_register_logs_who_ruled_why_and_when(launch, review, tmp_path, capsys):
    assert decide(launch, review.rule("cai", "1-101", "forbid").save(tmp_path / "back.xlsx"), capsys)[0] == 0
    capsys.readouterr()
    assert cli.main(["history", str(launch), "--json", "--verify"]) == 0
    from sincerity.intake.launch_file import load_settings
    from sincerity.register.place import open_register

    with open_register(launch, load_settings(launch)[0], {}) as register:
        (entry,) = [entry for entry in register.events() if entry.kind == "ruling"]
    assert entry.facts["decision"] == "forbid" and entry.facts["buyer_id"] == "cai"
    assert (entry.facts["by"], entry.facts["reason"]) == ("Zhang", "old customer")
    assert entry.facts["decided_at"] > "2026-01-01T00:00:00"


def test_sorted_filtered_moved_and_trimmed_sheets_say_the_same(launch, review, tmp_path, capsys):
    review.rule("bo", "1-101", "override")
    sheet = review.sheet
    reversed_rows(sheet, review.header_row)
    sheet.delete_rows(review.row_of("cai", "1-101"))
    sheet.insert_cols(review.column("ruling"))
    sheet.cell(review.header_row, review.column("ruling") - 1).value = "my notes"
    sheet.row_dimensions[review.row_of("bo", "1-101")].hidden = True
    sheet.insert_rows(1, 2)
    sheet.title = "renamed by Zhang"
    assert decide(launch, review.save(tmp_path / "edited.xlsx"), capsys)[0] == 0
    assert plan(launch) == OVERRIDDEN


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_workbook_saved_by_libreoffice_says_the_same(launch, review, tmp_path, capsys):
    saved = review.rule("bo", "1-101", "override").save(tmp_path / "back.xlsx")
    office = tmp_path / "office"
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx",
         "--outdir", office, saved], check=True, capture_output=True, timeout=120)
    assert decide(launch, office / "back.xlsx", capsys)[0] == 0
    assert plan(launch) == OVERRIDDEN


def test_a_chinese_sheet_takes_chinese_words(launch, tmp_path, capsys):
    toml = launch / "launch.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('language = "en"', 'language = "zh"'), encoding="utf-8")
    assert cli.main(["run", str(launch), "--quiet"]) == 0
    review = Review(launch / "out" / "round-3" / "control_sheet.xlsx", "zh")
    workbook = review.rule("bo", "1-101", "改判给", "老客户", "张经理").save(tmp_path / "back.xlsx")
    capsys.readouterr()
    assert cli.main(["decide", str(launch), str(workbook), "--lang", "zh"]) == 0
    said = capsys.readouterr().out
    assert "按裁定重新落位，共 2 组客户变动。" in said
    assert "1-101 → –" in said and "1-102 → 1-101" in said
    assert "本次裁定的代价：" in said


def test_the_drop_down_offers_the_rulings(review):
    offered = {rule.formula1 for rule in review.sheet.data_validations.dataValidation}
    assert offered == {'"keep,override,forbid,withdraw"'}


BAD = [
    ([("bo", "1-101", "keep", "r", "Z")], "ruling_keep_overturns", "The plan gives unit “1-101” to buyer “anna”",
     "方案把房号“1-101”给了客户“anna”"),
    ([("bo", "1-101", "maybe", "r", "Z")], "ruling_unknown_word", "“maybe” is no ruling", "不认识的裁定“maybe”"),
    ([("bo", "1-101", "override", "", "Z")], "ruling_without_reason", "gives no reason", "没有写原因"),
    ([("bo", "1-101", "override", "r", "")], "ruling_without_name", "does not say who ruled", "没有写裁定人"),
    ([("bo", "1-101", "", "r", "Z")], "ruling_missing", "no ruling (buyer “bo”", "却没有写裁定"),
    ([("zed", "1-101", "keep", "r", "Z")], "ruling_unknown_buyer", "no buyer “zed”", "没有客户“zed”"),
    ([("bo", "9-999", "keep", "r", "Z")], "ruling_unknown_unit", "no unit “9-999”", "没有房号“9-999”"),
    ([("bo", "1-202", "keep", "r", "Z")], "ruling_not_a_pick", "“bo” did not name unit “1-202”",
     "意向里没有房号“1-202”"),
    ([("dan", "1-201", "override", "r", "Z")], "ruling_price_above_ceiling",
     "costs 2,000,000 yuan, above the 1,800,000 yuan", "总价 2,000,000 元"),
    ([("bo", "1-101", "withdraw", "r", "Z")], "ruling_nothing_to_withdraw", "No ruling on buyer “bo”", "没有可撤销"),
    ([("bo", "1-101", "override", "r", "Z"), ("cai", "1-101", "override", "r", "Z")], "ruling_unit_for_two",
     "is to go to buyer “cai” and to buyer “bo” (back.xlsx › Conflict review › ", "同时要给客户“cai”和“bo”"),
    ([("bo", "1-101", "override", "r", "Z"), ("bo", "1-102", "keep", "r", "Z")], "ruling_over_quota",
     "A buyer may get 1; besides unit “1-102” buyer “bo” would keep 1-101 (back.xlsx", "每位客户最多 1 套"),
    ([], "ruling_none", "No ruling was filled in", "没有填写任何裁定"),
]


@pytest.mark.parametrize(("rulings", "code", "words", "chinese"), BAD, ids=[bad[1] for bad in BAD])
def test_a_ruling_that_cannot_be_followed_is_named_and_nothing_changes(
    launch, review, tmp_path, capsys, rulings, code, words, chinese
):
    for buyer, unit, *written in rulings:
        review.rule(buyer, unit, *written)
    workbook, before = review.save(tmp_path / "back.xlsx"), files_of(launch)
    exit_code, facts = decide(launch, workbook, capsys)
    (problem,) = [problem for problem in facts["problems"] if problem["severity"] == "error"]
    assert (exit_code, problem["code"]) == (1, code)
    assert words in problem["what"]["en"] and chinese in problem["what"]["zh"]
    assert problem["file"] == "back.xlsx"
    if rulings:
        buyer, unit = rulings[-1][:2]
        assert problem["row"] == review.row_of(buyer, unit)
    assert files_of(launch) == before


def test_two_rulings_on_one_pair_are_named_with_both_places(launch, review, tmp_path, capsys):
    review.rule("bo", "1-101", "override")
    first, last = review.row_of("bo", "1-101"), review.sheet.max_row + 1
    for name, value in (("buyer", "bo"), ("unit", "1-101"), ("ruling", "forbid"), ("reason", "r"), ("by", "Z")):
        review.sheet.cell(last, review.column(name)).value = value
    exit_code, facts = decide(launch, review.save(tmp_path / "back.xlsx"), capsys)
    (problem,) = [problem for problem in facts["problems"] if problem["severity"] == "error"]
    assert (exit_code, problem["code"], problem["row"]) == (1, "ruling_twice", last)
    assert f"“forbid” here, “override” at back.xlsx › Conflict review › {first}" in problem["message"]


@pytest.mark.parametrize(("status", "code"), [("held", "ruling_unit_held"), ("sold", "ruling_unit_sold")])
def test_a_unit_gone_since_the_review_cannot_be_kept(launch, review, tmp_path, capsys, status, code):
    units = launch / "units.csv"
    rows = [line + (f",{status}" if line.startswith("1-101,") else ",available") if i else line + ",status"
            for i, line in enumerate(_without_status(units))]
    units.write_text("\n".join(rows) + "\n", encoding="utf-8")
    exit_code, facts = decide(launch, review.rule("bo", "1-101", "override").save(tmp_path / "back.xlsx"), capsys)
    assert (exit_code, [p["code"] for p in facts["problems"] if p["severity"] == "error"]) == (1, [code])


def test_a_buyer_who_left_cannot_keep(launch, review, tmp_path, capsys):
    buyers = launch / "buyers.csv"
    text = buyers.read_text(encoding="utf-8").splitlines()
    buyers.write_text("\n".join(line.replace("active", "gave_up") if line.startswith("bo,") else line for line in text))
    exit_code, facts = decide(launch, review.rule("bo", "1-101", "override").save(tmp_path / "back.xlsx"), capsys)
    errors = [p["code"] for p in facts["problems"] if p["severity"] == "error"]
    assert (exit_code, errors) == (1, ["ruling_buyer_inactive"])


def test_the_planners_own_table_is_not_overruled_in_silence(launch, review, tmp_path, capsys):
    (launch / "decisions.csv").write_text(
        "buyer_id,unit_id,decision\nbo,1-101,forbid\n", encoding="utf-8")
    workbook = review.rule("bo", "1-101", "override").save(tmp_path / "back.xlsx")
    exit_code, facts = decide(launch, workbook, capsys)
    (problem,) = [problem for problem in facts["problems"] if problem["severity"] == "error"]
    assert (exit_code, problem["code"]) == (1, "ruling_against_table")
    assert "contradicts the table of decisions (decisions.csv › 2)" in problem["message"]
    (launch / "decisions.csv").unlink()
    assert decide(launch, workbook, capsys)[0] == 0
    (launch / "decisions.csv").write_text("buyer_id,unit_id,decision\nbo,1-101,forbid\n", encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["run", str(launch), "--json", "--lang", "en"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    (problem,) = [problem for problem in problems if problem["severity"] == "error"]
    assert (problem["file"], problem["row"]) == ("decisions/rulings.csv", 2)


def test_an_earlier_ruling_stands_against_a_new_one(launch, review, tmp_path, capsys):
    assert decide(launch, review.rule("bo", "1-101", "override").save(tmp_path / "one.xlsx"), capsys)[0] == 0
    later = Review(launch / "out" / "round-3" / "control_sheet.xlsx").rule("cai", "1-101", "override")
    exit_code, facts = decide(launch, later.save(tmp_path / "two.xlsx"), capsys)
    (problem,) = [problem for problem in facts["problems"] if problem["severity"] == "error"]
    assert (exit_code, problem["code"]) == (1, "ruling_unit_for_two")
    assert "to buyer “bo” (decisions/rulings.csv › 2, Zhang)" in problem["message"]


def test_a_workbook_without_a_review_and_a_launch_without_a_plan_are_told(launch, tmp_path, capsys):
    other = next((launch / "out" / "round-3").glob("*.xlsx"))
    review = Review(other)
    review.sheet.cell(review.header_row, review.column("by")).value = "something else"
    exit_code, facts = decide(launch, review.save(tmp_path / "other.xlsx"), capsys)
    assert (exit_code, facts["problems"][-1]["code"]) == (1, "ruling_sheet_missing")
    exit_code, facts = decide(launch, tmp_path / "nowhere.xlsx", capsys)
    assert (exit_code, facts["problems"][-1]["code"]) == (1, "file_missing")
    shutil.rmtree(launch / "out")
    exit_code, facts = decide(launch, other, capsys)
    assert (exit_code, facts["problems"][-1]["code"]) == (1, "rulings_without_plan")


def test_a_damaged_log_stops_the_run(launch, capsys):
    (launch / "decisions").mkdir()
    (launch / "decisions" / "rulings.csv").write_text("nonsense\n", encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["run", str(launch), "--json", "--lang", "en"]) == 1
    assert json.loads(capsys.readouterr().out)["problems"][0]["code"] == "rulings_damaged"


def _without_status(units: Path) -> list[str]:
    lines = [line.split(",") for line in units.read_text(encoding="utf-8").splitlines()]
    place = lines[0].index("status")
    return [",".join(cells[:place] + cells[place + 1 :]) for cells in lines]
