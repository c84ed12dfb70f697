"""The blank launch of `sincerity init`: accepted as it stands, filled in with its examples, and never overwritten."""

from __future__ import annotations

import tomllib

import openpyxl
import pytest

from sincerity.domain import INPUT_TABLES, REQUIRED_TABLES
from sincerity.intake.launch import read_launch
from sincerity.intake.launch_file import load_settings
from sincerity.paths import config_dir
from sincerity.template import WORKBOOK, write_template


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_settings_of_the_template_are_valid(tmp_path, lang):
    write_template(tmp_path, lang)
    settings, problems = load_settings(tmp_path)
    assert problems == ()
    assert settings.language == lang
    assert [plan.number for plan in settings.rounds] == [1, 2, 3]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_input_table_has_a_sheet_with_all_its_columns(tmp_path, lang):
    write_template(tmp_path, lang)
    book = openpyxl.load_workbook(tmp_path / WORKBOOK[lang])
    sheets = book.worksheets[1:-1]
    for schema, sheet in zip(INPUT_TABLES, sheets, strict=True):
        stars = [str(cell.value).endswith(" *") for cell in sheet[1]]
        assert stars == [c.required for c in schema.columns if c.name != "source_row"], schema.name
        assert all(cell.comment for cell in sheet[1])


def test_choices_are_drop_downs_in_the_language_of_the_form(tmp_path):
    write_template(tmp_path, "zh")
    sheet = openpyxl.load_workbook(tmp_path / WORKBOOK["zh"])["接触记录"]
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert lists["B2:B2001"] == '"到访,来电,去电,看样板房,主动咨询,活动,认筹"'


def test_an_existing_launch_is_left_alone(tmp_path):
    (tmp_path / "launch.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match=r"launch\.toml"):
        write_template(tmp_path, "zh")
    assert [path.name for path in tmp_path.iterdir()] == ["launch.toml"]
    assert (tmp_path / "launch.toml").read_text(encoding="utf-8") == "mine"


def test_a_form_filled_with_its_own_examples_is_accepted(tmp_path):
    write_template(tmp_path, "zh")
    examples = tomllib.loads((config_dir() / "template.toml").read_text(encoding="utf-8"))
    book = openpyxl.load_workbook(tmp_path / WORKBOOK["zh"])
    for schema, sheet in zip(INPUT_TABLES, book.worksheets[1:-1], strict=True):
        for position, value in enumerate(examples[schema.name].values(), 1):
            sheet.cell(2, position, value)
    book.save(tmp_path / WORKBOOK["zh"])
    read, problems = read_launch(tmp_path)
    assert [problem.code for problem in problems] == ["min_above_stock"]  # the example wants 60 of one unit
    assert len(read.units) == len(read.buyers) == len(read.picks) == 1
    assert read.picks["max_total_yuan"].item() == 2_280_000


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_untouched_form_misses_only_the_tables_a_launch_needs(tmp_path, lang):
    write_template(tmp_path, lang)
    _, problems = read_launch(tmp_path)
    told = {p.parts["table"]: (p.severity, p.code) for p in problems}
    assert len(told) == len(problems) == len(INPUT_TABLES)
    for schema in INPUT_TABLES:
        needed = schema.name in REQUIRED_TABLES
        assert told[schema.name] == (("error", "table_empty") if needed else ("info", "table_not_used"))
