"""calibrate and backtest as a person meets them: words, files, refusals, and a run that uses the model."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit

from sample_data.generate import generate
from sample_data.write import write_launch
from sincerity.cli import main
from sincerity.intake.launch import read_launch
from sincerity.intake.model_file import read_model

TABLE_OPTIONS = ["--outcome", "bought", "--group", "launch"]


def past_table(folder: Path, leak: bool = True) -> Path:
    """Four launches of 150 buyers; ``paid`` was written afterwards."""
    rng = np.random.default_rng(1)
    visits, calls = rng.integers(0, 6, 600), rng.integers(0, 4, 600)
    bought = rng.random(600) < expit(-2.2 + 0.5 * visits + 0.3 * calls)
    lines = ["visits,calls,paid,launch,bought"]
    lines += [f"{v},{c},{int(b and leak)},L{i // 150},{int(b)}"
              for i, (v, c, b) in enumerate(zip(visits, calls, bought, strict=True))]
    path = folder / "past.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def closed(tmp_path_factory) -> list[Path]:
    """Two synthetic closed launches as folders."""
    folders = []
    for seed in (1, 2):
        folder = tmp_path_factory.mktemp("history") / f"cold-{seed}"
        write_launch(generate("cold", seed, past=True), folder)
        toml = folder / "launch.toml"
        toml.write_text(re.sub('launch_id = ".*"', f'launch_id = "cold-{seed}"', toml.read_text("utf-8")), "utf-8")
        folders.append(folder)
    return folders


def test_a_table_is_tested_and_its_leak_is_questioned(tmp_path, capsys):
    path = past_table(tmp_path)
    arguments = ["backtest", str(path), *TABLE_OPTIONS, "--items", "visits,calls", "--lang", "en"]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "4 launches with 600 buyers" in said
    assert "“paid” alone tells buyers from others (AUC 1.00, above 0.80). When was this written?" in said
    assert main([*arguments, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["alarms"] == ["leak paid"]
    losses = facts["methods"]["leave_one_out"]
    assert losses["model"] < losses["base"] < losses["points"] + 1
    assert facts["verdict"] == "with_care"


def test_the_page_stands_alone_and_the_workbook_beside_it(tmp_path, capsys):
    page = tmp_path / "report" / "backtest.html"
    assert main(["backtest", str(past_table(tmp_path)), *TABLE_OPTIONS, "--page", str(page), "--lang", "zh"]) == 0
    html = page.read_text("utf-8")
    assert "default-src 'none'" in html
    assert "谨慎使用" in html
    assert "Usable with care" in html
    assert not re.search(r"(src|href)=\"(?!data:)", html)
    assert page.with_suffix(".xlsx").is_file()
    assert "这一列是什么时候写的？" in capsys.readouterr().out


@pytest.mark.parametrize(("options", "words"), [
    ([], "needs --outcome and --group"),
    (["--outcome", "sold", "--group", "launch"], "There is no column “sold”"),
    ([*TABLE_OPTIONS, "--accept-card", "card.csv"], "make no scoring card"),
])
def test_a_table_that_cannot_be_used_is_refused_in_words(tmp_path, capsys, options, words):
    assert main(["backtest", str(past_table(tmp_path)), *options, "--lang", "en"]) == 1
    assert words in capsys.readouterr().out
    assert not (tmp_path / "card.csv").exists()


def test_a_model_is_kept_used_by_a_run_and_never_silently_replaced(closed, tmp_path, capsys):
    model = tmp_path / "model.toml"
    calibrate = ["calibrate", *map(str, closed), "--out", str(model), "--lang", "en"]
    assert main(calibrate) == 0
    assert "It rests on 2 launches" in capsys.readouterr().out
    assert model.with_suffix(".html").is_file()
    first = model.read_bytes()

    assert main(calibrate) == 1
    assert "--model-version 2" in capsys.readouterr().out
    assert model.read_bytes() == first

    assert main([*calibrate, "--model-version", "2"]) == 0
    assert (tmp_path / "model.v1.toml").read_bytes() == first
    found, problems = read_model(model, "model.toml")
    assert problems == ()
    assert found.version == 2

    launch = tmp_path / "next"
    write_launch(generate("cold", 3), launch)
    (launch / "model.toml").write_bytes(model.read_bytes())
    with (launch / "launch.toml").open("a", encoding="utf-8") as file:
        file.write('\n[files]\nmodel = "model.toml"\n')
    read, _ = read_launch(launch)
    assert read.chance_model.version == 2
    assert "model.toml" in [file.name for file in read.files]


def test_folders_that_cannot_be_history_are_named(closed, tmp_path, capsys):
    assert main(["backtest", str(closed[0]), str(closed[0]), "--lang", "en"]) == 1
    assert "cold-1 is given twice" in capsys.readouterr().out
    running = tmp_path / "running"
    write_launch(generate("cold", 4), running)
    assert main(["backtest", str(closed[0]), str(running), "--lang", "en"]) == 1
    assert "holds no outcomes" in capsys.readouterr().out


def test_a_card_without_a_reliable_gain_is_not_written(closed, tmp_path, capsys):
    card = tmp_path / "card.csv"
    code = main(["backtest", *map(str, closed), "--accept-card", str(card), "--lang", "en"])
    said = capsys.readouterr().out
    assert (code == 0) == card.exists()
    assert ("The new card" if card.exists() else "brings no reliable gain") in said
