"""A new launch to fill in: ``launch.toml`` and an Excel workbook with drop-downs, hints and blank forms."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import xlsxwriter

from sincerity.blank_forms import write_forms
from sincerity.domain import INPUT_TABLES
from sincerity.intake.aliases import shipped_words
from sincerity.paths import config_dir
from sincerity.schema import Column, Schema
from sincerity.texts import text

FORM_ROWS = 2_000  # rows that get drop-downs and date checks
WORKBOOK = {"zh": "开盘数据.xlsx", "en": "launch data.xlsx"}
_CREATED = datetime(2026, 1, 1)


def write_template(folder: Path, lang: str) -> tuple[Path, ...]:
    """Writes the blank launch into ``folder`` and gives the files written.

    FileExistsError names the file when the folder already holds one of them; nothing is written then.
    """
    settings, workbook = folder / "launch.toml", folder / WORKBOOK[lang]
    for path in (settings, workbook):
        if path.exists():
            raise FileExistsError(path.name)
    folder.mkdir(parents=True, exist_ok=True)
    shipped = (config_dir() / "launch_template.toml").read_text(encoding="utf-8")
    settings.write_text(shipped.replace("{language}", lang), encoding="utf-8")
    _write_workbook(workbook, lang)
    return settings, workbook


def _write_workbook(path: Path, lang: str) -> None:
    words = shipped_words()["tables"]
    examples = tomllib.loads((config_dir() / "template.toml").read_text(encoding="utf-8"))
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _CREATED})
        _guide(book, words, examples, lang)
        for schema in INPUT_TABLES:
            _form(book, schema, words, examples[schema.name], lang)
        write_forms(book, lang)


def _guide(book: xlsxwriter.Workbook, words: Mapping, examples: Mapping, lang: str) -> None:
    def label(name: str) -> str:
        return text(f"template.{name}", lang)

    sheet = book.add_worksheet(label("guide_sheet"))
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
    sheet.write_string(0, 0, label("guide_title"), book.add_format({"bold": True}))
    titles = ("table", "column", "required", "unit", "words", "example")
    for position, title in enumerate(titles):
        sheet.write_string(2, position, label(f"guide_{title}"), bold)
    row = 3
    for schema in INPUT_TABLES:
        for column in _fields(schema):
            sheet.write_row(row, 0, (
                _sheet_name(schema, words, lang), _header(schema, column, words, lang),
                label("yes") if column.required else "", column.unit,
                " / ".join(_choices(schema, column, words, lang)), examples[schema.name][column.name],
            ))
            row += 1
    sheet.set_column(0, 3, 14)
    sheet.set_column(4, 5, 44)
    sheet.freeze_panes(3, 0)


def _form(book: xlsxwriter.Workbook, schema: Schema, words: Mapping, examples: Mapping[str, str], lang: str) -> None:
    sheet = book.add_worksheet(_sheet_name(schema, words, lang))
    looks = {
        True: book.add_format({"bold": True, "bg_color": "#F9E2C8", "border": 1}),
        False: book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1}),
    }
    formats = {
        "datetime": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "str": book.add_format({"num_format": "@"}),
    }
    for position, column in enumerate(_fields(schema)):
        star = " *" if column.required else ""
        sheet.write_string(0, position, _header(schema, column, words, lang) + star, looks[column.required])
        hint = "template.hint_required" if column.required else "template.hint"
        sheet.write_comment(0, position, text(hint, lang, example=examples[column.name]))
        sheet.set_column(position, position, 16, formats.get(column.kind))
        rule = _rule(schema, column, words, lang)
        if rule:
            sheet.data_validation(1, position, FORM_ROWS, position, rule)
    sheet.freeze_panes(1, 0)


def _rule(schema: Schema, column: Column, words: Mapping, lang: str) -> dict[str, object] | None:
    """The data validation of a column: a drop-down for choices, bounds for numbers, a date for dates."""
    choices = _choices(schema, column, words, lang)
    if choices:
        return {"validate": "list", "source": list(choices),
                "error_message": text("template.choose", lang, words=" ".join(choices))[:255]}
    if column.kind == "datetime":
        return {"validate": "date", "criteria": ">=", "value": datetime(2000, 1, 1)}
    if column.low is not None and column.high is not None:
        kind = "integer" if column.kind == "int" else "decimal"
        return {"validate": kind, "criteria": "between", "minimum": column.low, "maximum": column.high}
    return None


def _fields(schema: Schema) -> tuple[Column, ...]:
    return tuple(column for column in schema.columns if column.name != "source_row")


def _sheet_name(schema: Schema, words: Mapping, lang: str) -> str:
    return words[schema.name]["names"][0] if lang == "zh" else schema.name


def _header(schema: Schema, column: Column, words: Mapping, lang: str) -> str:
    return words[schema.name]["columns"][column.name][0] if lang == "zh" else column.name


def _choices(schema: Schema, column: Column, words: Mapping, lang: str) -> tuple[str, ...]:
    if lang == "en":
        return column.choices
    return tuple(words[schema.name]["choices"][column.name][choice][0] for choice in column.choices)
