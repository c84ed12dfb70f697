"""The sample launches: their six shapes, their seed, and the two that are committed."""

from __future__ import annotations

import hashlib
import zipfile

import numpy as np
import pytest

from sample_data.generate import generate
from sample_data.shapes import SHAPES
from sample_data.write import write_launch
from sincerity.paths import sample_dir


@pytest.mark.parametrize(("name", "units", "buyers"), [
    ("normal", 500, 900), ("hot", 400, 3_000), ("cold", 600, 500), ("lopsided", 300, 500), ("stress", 1_700, 9_000),
    ("group", 5_000, 20_000),
])
def test_shapes_have_the_stated_size(name, units, buyers):
    assert (SHAPES[name].units, SHAPES[name].buyers) == (units, buyers)


def test_lopsided_names_one_layout_at_about_twice_its_stock_and_another_at_about_a_tenth():
    tables = generate("lopsided").tables
    picks = tables["picks"]
    layout = tables["units"].set_index("unit_id")["layout"]
    firsts = picks[(picks["round"] == 3) & (picks["choice_rank"] == 1)]["unit_id"].map(layout).value_counts()
    ratio = (firsts / layout.value_counts()).sort_values()
    assert 0.05 <= ratio.iloc[0] <= 0.15
    assert 1.8 <= ratio.iloc[-1] <= 2.2


def test_the_sincere_come_more_often_and_accept_more():
    sample = generate("normal")
    visits = sample.tables["touchpoints"].query("kind == 'visit'")["buyer_id"].value_counts()
    count = sample.tables["buyers"]["buyer_id"].map(visits).fillna(0)
    assert np.corrcoef(count, sample.z)[0, 1] > 0.3
    ceilings = sample.tables["picks"].query("round == 3").groupby("buyer_id")["max_total_yuan"].mean()
    assert len(ceilings) > 400


def test_picks_change_between_rounds_for_about_one_buyer_in_six():
    picks = generate("normal").tables["picks"]
    named = {n: rows.groupby("buyer_id")["unit_id"].apply(tuple) for n, rows in picks.groupby("round")}
    both = named[2].index.intersection(named[3].index)
    changed = (named[2][both] != named[3][both]).mean()
    assert 0.10 < changed < 0.22


@pytest.mark.parametrize("name", ["normal", "lopsided"])
def test_the_committed_sample_is_what_the_generator_makes(tmp_path, name):
    write_launch(generate(name), tmp_path)
    committed = sample_dir() / name
    assert (tmp_path / "launch.toml").read_bytes() == (committed / "launch.toml").read_bytes()
    assert _parts(tmp_path / f"{name}.xlsx") == _parts(committed / f"{name}.xlsx")


def _parts(workbook):
    """Hash of every part of a workbook, uncompressed: packing differs between builds of zlib, content must not."""
    with zipfile.ZipFile(workbook) as archive:
        return {part: hashlib.sha256(archive.read(part)).hexdigest() for part in archive.namelist()}


def test_outcomes_of_a_past_launch_follow_the_hidden_sincerity():
    sample = generate("normal", past=True)
    bought = sample.tables["outcomes"]["status"].eq("bought").to_numpy()
    assert sample.z[bought].mean() > sample.z[~bought].mean() + 0.5


@pytest.mark.parametrize(("name", "least", "most"), [("normal", 0.35, 0.75), ("cold", 0.15, 0.35)])
def test_a_past_launch_sells_about_what_its_shape_says(name, least, most):
    sample = generate(name, 5, past=True)
    sold = sample.tables["outcomes"]["status"].eq("bought").sum()
    assert least < sold / (sample.tables["units"]["status"] == "available").sum() < most


def test_on_the_launch_day_a_unit_is_sold_once_to_a_buyer_who_could_pay_it():
    sample = generate("lopsided", 3, past=True)
    outcomes, units = sample.tables["outcomes"], sample.tables["units"].set_index("unit_id")
    bought = outcomes[outcomes["status"] == "bought"]
    assert (outcomes.loc[outcomes["status"] != "bought", "unit_id"] == "").all()
    assert bought["unit_id"].is_unique
    assert (units.loc[bought["unit_id"], "status"] == "available").all()
    last = sample.tables["picks"].query("round == 3")
    claimed = bought.merge(last, on=["buyer_id", "unit_id"])
    total = units["base_price_yuan_per_m2"] * units["area_m2"]
    assert len(claimed) > len(bought) / 3
    assert (claimed["unit_id"].map(total) <= claimed["max_total_yuan"]).all()
    families = sample.tables["buyers"].set_index("buyer_id").loc[bought["buyer_id"], "household_id"]
    assert families[families != ""].is_unique
    assert set(outcomes["status"]) == {"bought", "no_show", "came_no_choice", "blocked", "withdrew"}
