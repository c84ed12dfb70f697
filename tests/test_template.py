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
    sheets = book.worksheets[1 : 1 + len(INPUT_TABLES)]
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
    for schema, sheet in zip(INPUT_TABLES, book.worksheets[1 : 1 + len(INPUT_TABLES)], strict=True):
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


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_blank_forms_offer_their_words_and_show_an_example(tmp_path, lang):
    write_template(tmp_path, lang)
    book = openpyxl.load_workbook(tmp_path / WORKBOOK[lang])
    forms = book.worksheets[2 + len(INPUT_TABLES) :]
    assert [sheet.title for sheet in forms] == {
        "zh": ["意向反馈空表", "样板房参观空表", "意向变更空表"],
        "en": ["Blank pick feedback", "Blank show-flat log", "Blank pick change"],
    }[lang]
    for sheet in forms:
        assert all(cell.value for cell in sheet[4])
        assert sheet["A5"].value == {"zh": "示例：K00012", "en": "Example: K00012"}[lang]
        assert sheet["A6"].value is None
    offered = {str(rule.sqref): rule.formula1 for rule in forms[0].data_validations.dataValidation}
    assert offered == {
        "zh": {"D6:D35": '"低于下限,接受下限,接受基准,接受上限"',
               "F6:F35": '"总价高,楼层不理想,户型不合适,位置远,再看看"'},
        "en": {"D6:D35": '"below,low,base,high"', "F6:F35": '"Total price,Floor,Layout,Location,Still looking"'},
    }[lang]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_filled_in_form_is_never_taken_for_a_table(tmp_path, lang):
    write_template(tmp_path, lang)
    before = [(p.code, p.parts.get("table")) for p in read_launch(tmp_path)[1]]
    book = openpyxl.load_workbook(tmp_path / WORKBOOK[lang])
    for sheet in book.worksheets[2 + len(INPUT_TABLES) :]:
        for line in range(6, 10):
            for place in range(1, sheet.max_column + 1):
                sheet.cell(line, place, "1")
    book.save(tmp_path / WORKBOOK[lang])
    assert [(p.code, p.parts.get("table")) for p in read_launch(tmp_path)[1]] == before
