"""The blank forms of a new launch's workbook: questionnaire, pick feedback, show-flat log, pick changes.

They are printed or filled in by hand; no run reads them. Their sheets' names stand under ``own_sheets`` in
``config/columns.toml``, so that nobody takes one for a table of the launch.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import xlsxwriter

from sincerity.paths import config_dir
from sincerity.questionnaire import questionnaire
from sincerity.texts import text

FORM_LINES = 30  # empty lines of a form, one printed page
_HEADER_LINE = 3  # 0-based; the example follows, then the empty lines
_A4 = 9


def write_forms(book: xlsxwriter.Workbook, lang: str) -> None:
    """Adds the questionnaire and the other forms to ``book``, in ``lang``."""
    _questionnaire(book, lang)
    forms = tomllib.loads((config_dir() / "forms.toml").read_text(encoding="utf-8"))["form"]
    for form in forms:
        _form(book, form, lang)


def _form(book: xlsxwriter.Workbook, form: Mapping[str, Any], lang: str) -> None:
    sheet = book.add_worksheet(form[lang])
    sheet.write_string(0, 0, form[lang], book.add_format({"bold": True, "font_size": 16}))
    sheet.write_string(1, 0, form["into"][lang], book.add_format({"font_color": "#66727F"}))
    header = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True, "align": "center"})
    example = book.add_format({"italic": True, "font_color": "#66727F", "border": 1})
    cell = book.add_format({"border": 1, "num_format": "@"})
    first, last = _HEADER_LINE + 2, _HEADER_LINE + 1 + FORM_LINES
    for place, column in enumerate(form["columns"]):
        sheet.set_column(place, place, 18)
        sheet.write_string(_HEADER_LINE, place, column[lang], header)
        shown = column[f"example_{lang}"]
        hint = text("template.hint", lang, example=shown) if shown else ""
        sheet.write_string(_HEADER_LINE + 1, place, hint, example)
        for line in range(first, last + 1):
            sheet.write_blank(line, place, None, cell)
        choices = _choices(column, lang)
        if choices:
            sheet.data_validation(first, place, last, place, {
                "validate": "list", "source": choices, "error_type": "warning",
                "error_message": text("template.choose", lang, words=" ".join(choices))[:255],
            })
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 1)


def _choices(column: Mapping[str, Any], lang: str) -> list[str]:
    """The words a column offers: its own, or the options of the question it notes."""
    options = {question.key: question.options[lang] for question in questionnaire()}
    return list(column.get(f"choices_{lang}", options.get(column.get("question", ""), ())))


def _questionnaire(book: xlsxwriter.Workbook, lang: str) -> None:
    sheet = book.add_worksheet(text("template.form_sheet", lang))
    sheet.write_string(0, 0, text("template.form_title", lang), book.add_format({"bold": True, "font_size": 16}))
    sheet.write_string(2, 0, text("template.form_buyer", lang))
    for number, question in enumerate(questionnaire(), 1):
        options = "    ".join(f"□ {option}" for option in question.options[lang])
        asked = f"{number}. {question.wording[lang]}"
        sheet.write_string(2 + 2 * number, 0, asked, book.add_format({"bold": True}))
        sheet.write_string(3 + 2 * number, 0, "    " + (options or text("template.form_free", lang)))
    sheet.set_column(0, 0, 100)
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 1)
