"""Folders of small launches for batches."""

from __future__ import annotations

import json
from pathlib import Path

from sincerity import cli
from tests.test_cli import make_launch


def make_batch(folder: Path, *names: str) -> Path:
    """A folder of five-by-four launches with these names; one called ``broken`` names a unit that is not there."""
    folder.mkdir()
    for name in names:
        launch = make_launch(folder / name)
        if name == "broken":
            picks = launch / "picks.csv"
            picks.write_text(picks.read_text(encoding="utf-8").replace("1-202", "9-999"), encoding="utf-8")
    return folder


def batch(folder: Path, capsys, *arguments: str) -> tuple[int, dict]:
    """The command's exit code and its facts."""
    exit_code = cli.main(["batch", str(folder), "--lang", "en", "--json", *arguments])
    return exit_code, json.loads(capsys.readouterr().out)


def statuses(facts: dict) -> dict[str, str]:
    return {line["folder"]: line["status"] for line in facts["launches"]}
