"""From the launch folder to round 3: prices planned in round 2, put in place of the units, in force to the cent."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from sincerity.allocation.audit.price_checks import PRICE_CHECKS
from sincerity.choices import Choices
from sincerity.cli import main
from sincerity.problems import has_errors
from sincerity.round import run_round
from sincerity.tables import read_tables, write_tables
from sincerity.verify import verify_output
from tests.bad_inputs.good_launch import WORKBOOK, good_book, put

RULES = """
[forecast]
runs = 200

[price]
round_to = "total"
round_yuan = 1000
frontier_points = 1
average_tolerance = 0.005

[[price.locked]]
unit_id = "1-101"
price_yuan_per_m2 = 20123.45
"""


FACTS = ["price_yuan_per_m2", "total_yuan", "area_m2", "base_total_yuan"]


def launch(folder: Path, csv: bool) -> Path:
    """The good launch with the same picks in rounds 2 and 3, odd areas, and prices quoted in thousands."""
    book = good_book()
    book.launch_toml += RULES
    picks = book.sheets["意向房号"]
    picks += [[2, *row[1:6], row[6].replace(day=10)] for row in picks[1:]]
    put("裁定!F2", datetime(2026, 11, 10, 10))(book)
    for row, area in enumerate((119.37, 88.01, 120.53, 87.99, 121.07, 88.4, 120.5, 88.25, 119.99, 88.13), 2):
        put(f"房源!H{row}", area)(book)
    if csv:
        book.to_csv()
    return book.write(folder)


def run(folder: Path, number: int, capsys) -> dict:
    code = main(["run", str(folder), "--round", str(number), "--json"])
    said = json.loads(capsys.readouterr().out)
    assert code == 0, said["problems"]
    return said


def in_force(folder: Path, number: int) -> pd.DataFrame:
    """Price and total of every unit as the round published them."""
    prices = read_tables(folder / f"out/round-{number}/tables")["prices"].set_index("unit_id")
    return prices[FACTS]


@pytest.fixture(scope="module")
def planned(tmp_path_factory) -> Path:
    """A CSV launch after round 2."""
    folder = launch(tmp_path_factory.mktemp("prices") / "launch", csv=True)
    assert main(["run", str(folder), "--round", "2", "--quiet"]) == 0
    return folder


def test_round_two_is_audited_and_its_totals_are_quoted_in_thousands(planned):
    found = json.loads((planned / "out/round-2/audit.json").read_text(encoding="utf-8"))
    assert found["ok"]
    prices = in_force(planned, 2)
    assert prices.loc["1-101", "price_yuan_per_m2"] == 20_123.45
    assert (prices["total_yuan"].drop("1-101") % 1_000 == 0).all()


def test_a_csv_launch_takes_the_written_file_as_its_units(planned, tmp_path, capsys):
    folder = Path(shutil.copytree(planned, tmp_path / "launch"))
    (folder / "房源.csv").unlink()
    shutil.copy(folder / "out/round-2/prices_for_units.csv", folder / "units.csv")
    run(folder, 3, capsys)
    pd.testing.assert_frame_equal(in_force(folder, 3), in_force(folder, 2))
    assert verify_output(folder / "out/round-3") == (True, ())


def test_a_workbook_launch_takes_the_written_sheet_as_its_units(planned, tmp_path):
    folder = launch(tmp_path / "launch", csv=False)
    book = openpyxl.load_workbook(folder / WORKBOOK)
    del book["房源"]
    written = openpyxl.load_workbook(planned / "out/round-2/prices_for_units.xlsx")["units"]
    sheet = book.create_sheet("units")
    for row in written.iter_rows(values_only=True):
        sheet.append(row)
    book.save(folder / WORKBOOK)
    outcome = run_round(folder, Choices(round=3))
    assert outcome.result.audit["ok"] and not has_errors(outcome.problems)
    prices = outcome.result.tables["prices"].set_index("unit_id")
    pd.testing.assert_frame_equal(prices[FACTS], in_force(planned, 2), check_dtype=False)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice recalculates the sheet")
def test_the_sheet_s_formulas_recalculated_are_the_published_figures(planned, tmp_path):
    book = openpyxl.load_workbook(planned / "out/round-2/control_sheet.xlsx")
    for name in book.sheetnames:
        if name != "一房一价":
            del book[name]
    book.save(tmp_path / "prices.xlsx")  # without the stored results: LibreOffice must work them out
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", "xlsx", "--outdir", tmp_path / "new"]
    subprocess.run([*command, tmp_path / "prices.xlsx"], check=True, capture_output=True, timeout=180)
    sheet = openpyxl.load_workbook(tmp_path / "new/prices.xlsx", data_only=True)["一房一价"]
    rows = list(sheet.iter_rows(values_only=True))
    header = next(number for number, row in enumerate(rows) if row[0] == "房号")
    shown = pd.DataFrame(rows[header + 1 : header + 11], columns=rows[header]).set_index("房号")
    prices = in_force(planned, 2)
    assert shown["总价（元）"].to_dict() == prices["total_yuan"].to_dict()
    assert shown["基础总价（元）"].to_dict() == prices["base_total_yuan"].to_dict()
    sums = dict(zip(rows[header], rows[header + 11], strict=True))
    assert sums["总价（元）"] == prices["total_yuan"].sum()
    area = prices["area_m2"].sum()
    assert sums["单价（元/m²）"] == pytest.approx(prices["total_yuan"].sum() / area, rel=1e-12)
    assert sums["基础单价（元/m²）"] == pytest.approx(prices["base_total_yuan"].sum() / area, rel=1e-12)


def _set(table: str, column: str, change: Callable | object) -> Callable:
    """Changes the first row's value, to ``change`` or to what it makes of it."""

    def tamper(tables: dict[str, pd.DataFrame]) -> None:
        old = tables[table].loc[0, column]
        tables[table].loc[0, column] = change(old) if callable(change) else change

    return tamper


def _repeat(table: str, **values: object) -> Callable:
    """Adds the first row again with other ``values``."""

    def tamper(tables: dict[str, pd.DataFrame]) -> None:
        row = tables[table].iloc[[0]].assign(**values)
        tables[table] = pd.concat([tables[table], row.astype(tables[table].dtypes)], ignore_index=True)

    return tamper


def _nobody_kept(tables: dict[str, pd.DataFrame]) -> None:
    placed = tables["price_placements"]
    tables["price_placements"] = placed[~placed["kept"]].reset_index(drop=True)


def _odd_total(tables: dict[str, pd.DataFrame]) -> None:
    """A total off the thousand, of a unit that is not locked."""
    tables["prices"].loc[1, "total_yuan"] += 1


def _upside_down(tables: dict[str, pd.DataFrame]) -> None:
    """The top floor at the price of the ground floor and the other way round."""
    prices = tables["prices"].set_index("unit_id")["price_yuan_per_m2"]
    swapped = prices.rename({"1-201": "1-501", "1-501": "1-201"})
    tables["prices"]["price_yuan_per_m2"] = tables["prices"]["unit_id"].map(swapped)


TAMPERINGS = (  # of one published round at once: each must be named though the others are there, too
    {
        "price_total": _set("prices", "total_yuan", lambda yuan: yuan + 1),
        "price_of_unit": _set("prices", "area_m2", lambda area: area + 0.01),
        "price_locked": _set("prices", "price_yuan_per_m2", 20_123.44),
        "price_holder": _set("prices", "buyer_id", "B99"),
        "price_willing": _set("prices", "willing", 99),
        "price_keeps": _nobody_kept,
        "price_placement_facts": _set("price_placements", "choice_rank", 9),
        "price_variant_row": lambda t: t.update(price_variants=t["price_variants"].assign(revenue_yuan=1)),
        "price_goal_values": _set("price_goals", "value", lambda value: value + 1),
        "price_goal_status": _set("price_goals", "bound", lambda bound: bound + 2),
    },
    {
        "price_band_as_set": _set("prices", "band_high", 0.1),
        "price_within_band": _set("prices", "price_yuan_per_m2", 30_000.0),
        "price_list_value": _set("prices", "total_yuan", lambda yuan: yuan + 500_000),
        "price_unit_once": _repeat("price_placements", buyer_id="B99"),
        "price_quota": _repeat("price_placements", unit_id="1-502"),
        "price_placement": _set("price_placements", "total_yuan", lambda yuan: yuan + 1),
        "price_layout_maximum": _set("targets", "max_units", 0.0),
    },
    {"price_stack_order": _upside_down, "price_rounded": _odd_total},
)


@pytest.mark.parametrize("tamperings", TAMPERINGS)
def test_verify_names_every_price_rule_that_changed_tables_break(planned, tmp_path, tamperings):
    folder = tmp_path / "out"
    shutil.copytree(planned / "out/round-2/tables", folder / "tables")
    for name in ("audit.json", "manifest.json"):
        shutil.copy(planned / "out/round-2" / name, folder / name)
    tables = read_tables(folder / "tables")
    for tamper in tamperings.values():
        tamper(tables)
    write_tables(tables, folder / "tables")
    agrees, problems = verify_output(folder)
    assert not agrees
    assert {f"audit_{check}" for check in tamperings} <= {problem.code for problem in problems}


def test_every_price_check_has_its_tampering():
    assert {check for each in TAMPERINGS for check in each} == {check for check, _, _ in PRICE_CHECKS}
