"""``sincerity price``: the plan alone, for people and for programs."""

from __future__ import annotations

import json
import shutil

from sincerity.cli import main
from sincerity.paths import sample_dir


def test_price_compares_the_ways_and_publishes_nothing(tmp_path, capsys):
    folder = tmp_path / "launch"
    shutil.copytree(sample_dir() / "lopsided", folder)
    settings = folder / "launch.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n[price]\ntime_limit_s = 2\nfrontier_points = 0\n",
                        encoding="utf-8")
    code = main(["price", str(folder), "--json", "--lang", "en"])
    said = json.loads(capsys.readouterr().out)
    variants = {row["variant"]: row for row in said["price_variants"]}
    assert code in (0, 3) and {"base_table", "joint"} <= set(variants)
    assert variants["joint"]["keeps_rules"] and not (folder / "out").exists()
    assert len(said["prices"]) > 0
