"""``compare``, ``ballot`` and ``close`` as a person calls them: words, exit codes, what is published."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from sincerity.cli import main
from sincerity.tables import read_tables
from tests.test_cli import make_launch

OUTCOMES = "buyer_id,status,unit_id\nanna,bought,1-101\nbo,no_show,\n"


@pytest.fixture
def launch(tmp_path) -> Path:
    folder = make_launch(tmp_path / "launch")
    rules = folder / "launch.toml"
    rules.write_text(rules.read_text(encoding="utf-8") + "\n[forecast]\nruns = 200\n", encoding="utf-8")
    return folder


def tables_of(folder):
    return read_tables(folder / "out" / "round-3" / "tables")


def call(*arguments):
    return main([*map(str, arguments), "--lang", "en"])


def test_compare_publishes_the_levers_and_says_them(launch, capsys):
    assert call("compare", launch, "--hold", "1-101,1-102", "--quiet") == 0
    said = capsys.readouterr().out
    assert "What each lever does to the units sold" in said
    assert "Held back: 1-101 1-102: " in said
    levers = tables_of(launch)["levers"]
    assert {"order", "policy", "steering", "release"} < set(levers["lever"])
    assert call("verify", launch) == 0


def test_compare_refuses_a_unit_it_does_not_know(launch, capsys):
    assert call("compare", launch, "--hold", "9-999", "--quiet") == 1
    assert "not in the table of units" in capsys.readouterr().out
    assert not (launch / "out" / "round-3").exists()


def test_a_ballot_is_drawn_and_verified_and_a_changed_one_is_seen(launch, capsys):
    assert call("ballot", launch, "--digits", "12", "34", "--quiet") == 0
    assert '|12-34|buyer_id")' in capsys.readouterr().out
    ballot = tables_of(launch)["ballot"]
    assert sorted(ballot["buyer_id"]) == sorted(tables_of(launch)["forecast_buyers"]["buyer_id"])
    assert call("verify", launch) == 0
    path = launch / "out" / "round-3" / "tables" / "ballot.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\r\n".join([lines[0], lines[2], lines[1], *lines[3:]]) + "\r\n", encoding="utf-8-sig", newline="")
    capsys.readouterr()
    assert call("verify", launch) == 1
    assert "does not follow from its formula" in capsys.readouterr().out


@pytest.mark.parametrize("digits", [("12",), ("12", "x"), ("12", "三"), ("1.5", "2")])
def test_a_ballot_needs_digits_of_at_least_two_people(launch, digits, capsys):
    assert call("ballot", launch, "--digits", *digits, "--quiet") == 1
    assert "at least two people" in capsys.readouterr().out


def test_a_launch_without_outcomes_cannot_be_closed(launch, capsys):
    assert call("close", launch, "--quiet") == 1
    assert "no outcomes yet" in capsys.readouterr().out
    assert not (launch / "out" / "round-3").exists()


def test_closing_publishes_forecast_and_fact_together(launch, capsys):
    (launch / "outcomes.csv").write_text(OUTCOMES, encoding="utf-8")
    assert call("close", launch, "--quiet", "--json") == 0
    folder = Path(json.loads(capsys.readouterr().out)["folder"])
    tables = read_tables(folder / "tables")
    total = tables["forecast_review"].query("scope == 'all'").iloc[0]
    assert total["actual"] == 1
    assert tables["unit_review"].set_index("unit_id").loc["1-101", ["sold", "buyer_id"]].tolist() == [True, "anna"]
    assert tables["forecast_kpis"]["kpi"].tolist() == ["forecast_error", "forecast_inside"]
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "Launch review: forecast and fact" in report
    assert "1 unit was sold, " in report
    assert call("verify", launch) == 0


def test_a_closed_launch_is_history_for_calibrate_as_it_stands(launch, tmp_path, capsys):
    """What close has published beside the outcomes disturbs nothing: the model knows the launch and its orders."""
    rules = launch / "launch.toml"
    rules.write_text("outcomes_as_of = 2026-12-20\n" + rules.read_text(encoding="utf-8"), encoding="utf-8")
    fates = "anna,bought,1-101\nbo,no_show,\ncai,blocked,\ndan,came_no_choice,\neve,bought,1-202\n"
    (launch / "outcomes.csv").write_text("buyer_id,status,unit_id\n" + fates, encoding="utf-8")
    assert call("close", launch, "--quiet") == 0
    sold = tables_of(launch)["forecast_review"].query("scope == 'all'")["actual"].item()
    model = tmp_path / "model.toml"
    assert call("calibrate", launch, "--out", model) == 0
    past = tomllib.loads(model.read_text(encoding="utf-8"))
    assert sold == 2
    assert [(row["launch_id"], row["buyers"], row["bought"], row["blocked"]) for row in past["launches"]] == [
        ("5x4", 4, 2, 1)]
