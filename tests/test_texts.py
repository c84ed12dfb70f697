"""The catalogue: plurals, and templates that ask for the same things in both languages."""

from __future__ import annotations

from string import Formatter

import pandas as pd
import pytest

from sincerity.console import say
from sincerity.reports.formatting import fill
from sincerity.texts import catalogue, chosen, is_plural, text

TEMPLATE = "{n} {n:unit|units}, {m} left"


@pytest.mark.parametrize(("units", "said"), [(0, "0 units"), (1, "1 unit"), (2, "2 units"), ("1", "1 unit"),
                                             ("1,001", "1,001 units")])
def test_a_count_takes_its_word(units, said):
    assert text("picture.unit_picks.units", "en", units=units) == said


def test_the_command_line_counts_in_words_too():
    said = say("done.check", "en", units=1, buyers=2, touchpoints=1, picks=0)
    assert said == "The input can be used: 1 unit, 2 buyers, 1 touchpoint, 0 picks."


def test_columns_of_sentences_take_their_words_row_by_row():
    rows = pd.Index([4, 7])
    parts = {"n": pd.Series(["1", "12"], index=rows), "m": pd.Series(["0", "1"], index=rows)}
    assert fill(TEMPLATE, parts, rows).tolist() == ["1 unit, 0 left", "12 units, 1 left"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_plural_has_two_words_and_counts_something_the_other_language_names(lang):
    other = {"zh": "en", "en": "zh"}[lang]
    plurals = 0
    for key, entry in catalogue().items():
        if "|" not in entry[lang] or "{" not in entry[lang]:
            continue
        fields = [(name, form) for _, name, form, _ in Formatter().parse(entry[lang]) if name]
        for name, form in fields:
            if is_plural(form):
                plurals += 1
                assert form.count("|") == 1 and chosen(form, "1") != chosen(form, "2"), key
                assert f"{{{name}" in entry[other], key
    assert plurals or lang == "zh"
