"""What a round may know, seen in the published tables: one minute decides, what came late is counted."""

import pytest

from tests.register.test_commands import run, table
from tests.test_cli import make_launch


def with_visit(launch, at, recorded=""):
    """One more visit of Cai, in the sheet as a consultant enters it."""
    path = launch / "touchpoints.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    cells = {"buyer_id": "cai", "kind": "visit", "at": at, "recorded_at": recorded}
    rows.append(",".join(cells.get(name, "") for name in header.split(",")))
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def cai_visit_days(launch) -> str:
    (row,) = [row.split(",") for row in table(launch, "score_lines") if row.startswith("cai,") and "visit_days" in row]
    header = table(launch, "score_lines")[0].split(",")
    return row[header.index("value")]


@pytest.mark.parametrize(("at", "recorded", "days", "late"), [
    ("2026-11-20 17:59", "", "2.0", None),
    ("2026-11-20 18:00", "", "1.0", "after_cutoff"),
    ("2026-11-20 17:59", "2026-11-22 18:00", "2.0", None),
    ("2026-11-20 17:59", "2026-11-22 18:01", "1.0", "recorded_late"),
])
def test_one_minute_over_the_line_drops_out_and_is_counted(tmp_path, capsys, at, recorded, days, late):
    launch = make_launch(tmp_path / "launch")
    with_visit(launch, at, recorded)
    told = run(capsys, launch)
    assert cai_visit_days(launch) == days
    entries = table(launch, "late_entries")[1:]
    assert [entry.rsplit(",", 1)[1] for entry in entries if entry.startswith("touchpoints")] == ([late] if late else [])
    assert len(entries) == bool(late)
    assert ("1 record does not count as of 2026-11-20 18:00" in told) == bool(late)
    assert ("not count as of" in told) == bool(late)


def test_the_report_says_what_the_round_is_for(tmp_path, capsys):
    launch = make_launch(tmp_path / "launch")
    settings = launch / "launch.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + 'purpose = "fix prices"\nevent = "price calculation"\n',
                        encoding="utf-8")
    run(capsys, launch)
    page = (launch / "out" / "round-3" / "report.html").read_text(encoding="utf-8")
    assert "Purpose: fix prices; tied to: price calculation" in page
    assert "本轮目的：fix prices；结合节点：price calculation" in page
