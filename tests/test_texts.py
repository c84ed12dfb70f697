"""The catalogue: plurals, and templates that ask for the same things in both languages."""

from __future__ import annotations

import re
from string import Formatter

import pandas as pd
import pytest

from sincerity.console import say
from sincerity.reports.formatting import fill
from sincerity.texts import catalogue, chosen, is_plural, text, texts_in

TEMPLATE = "{n} {n:unit|units}, {m} left"


@pytest.mark.parametrize(("units", "said"), [(0, "0 units"), (1, "1 unit"), (2, "2 units"), ("1", "1 unit"),
                                             ("1,001", "1,001 units")])
def test_a_count_takes_its_word(units, said):
    assert text("picture.unit_picks.units", "en", units=units) == said


def test_the_command_line_counts_in_words_too():
    said = say("done.check", "en", units=1, buyers=2, touchpoints=1, picks=0)
    assert said == "The input can be used: 1 unit, 2 buyers, 1 touchpoint, 0 picks."


COUNTED = {  # key → the counts it is told with, and what it says of one and of two
    "problem.history_coverage.what": (["missing"], "1 has no outcome", "2 have no outcome"),
    "problem.history_not_known.what": (
        ["count"], "1 outcome of x is of a buyer not registered before the last cutoff, or excluded; it is left out.",
        "2 outcomes of x are of buyers not registered before the last cutoff, or excluded; they are left out."),
    "problem.history_undated.what": (["commitments", "picks"], "x has 1 commitment and 1 pick without a date",
                                     "x has 2 commitments and 2 picks without a date"),
    "problem.phone_masked_column.what": (["count"], "in “x” is masked", "in “x” are masked"),
    "problem.phone_invalid_column.what": (["count"], "in “x” is no phone number;", "in “x” are no phone numbers;"),
    "problem.late_entries.what": (["recorded_late"], "1 was entered too late.", "2 were entered too late."),
    "problem.rulings_stand_already.what": (
        ["count"], "1 ruling of the workbook stands", "2 rulings of the workbook stand "),
    "problem.price_average_unreachable.what": (["units"], "the bands 1 unit reaches x", "the bands 2 units reach x"),
    "problem.price_base_average_unreachable.what": (["units"], "1 unit reaches x", "2 units reach x"),
    "problem.price_list_value_unreachable.what": (["units"], "the bands 1 unit reaches x", "the bands 2 units reach x"),
    "problem.price_rounding_leaves_one.what": (
        ["units", "all"], "1 of 1 unit has a single price left in its band",
        "2 of 2 units have a single price left in their band"),
    "problem.price_ceilings_below_all.what": (["picks"], "Of 1 pick none has", "Of 2 picks none has"),
    "problem.price_answers_unread.what": (
        ["count", "all"],
        "1 of 1 questionnaire answer on prices tells no amount and no option, e.g. “x”: the price check leaves it out.",
        "2 of 2 questionnaire answers on prices tell no amount and no option, e.g. “x”: the price check leaves them "
        "out."),
    "problem.price_plan_not_proven.what": (["goals", "all"], "1 of 1 goal is open;", "2 of 2 goals are open;"),
    "problem.audit_price_total.what": (["count"], "1 row is at fault", "2 rows are at fault"),
    "report.price_heard.some": (["willing"], "1 buyer accepts this price", "2 buyers accept this price"),
    "forecast.risk.crowded": (["names"], "1 names it first", "2 name it first"),
    "forecast.risk.unwanted": (["names"], "1 names it first", "2 name it first"),
    "model.reason.few_orders": (["found"], "1 order, fewer", "2 orders, fewer"),
    "model.reason.range_misses": (
        ["found", "asked"], "1 of 1 total lay inside its range", "2 of 2 totals lay inside their range"),
    "model.limit.blocked": (["blocked"], "1 of them is left out", "2 of them are left out"),
    "picture.unit_picks.level_from": (["low"], "1 buyer or more", "2 buyers or more"),
    "cli.done.close_inside": (
        ["rows", "inside"], "Of 1 figure 1 lies inside its range.", "Of 2 figures 2 lie inside their range."),
    "cli.done.close_outside": (
        ["rows", "inside"], "Of 1 figure 1 lies inside its range.", "Of 2 figures 2 lie inside their range."),
    "cli.decide.moves_since": (["count"], "1 buyer moves.", "2 buyers move."),
    "cli.done.plan": (["placed"], "1 buyer placed,", "2 buyers placed,"),
    "cli.done.plan_failed": (["errors"], "has 1 error.", "has 2 errors."),
    "review.parts": (["rows", "inside"], "Of 1 cut by layout, grade and building 1 lies inside its range",
                     "Of 2 cuts by layout, grade and building 2 lie inside their range"),
    "review.units": (["units"], "of 1 unit went", "of 2 units went"),
    "review.buyers": (["sold"], "of the 1 unit sold", "of the 2 units sold"),
}


@pytest.mark.parametrize("key", COUNTED)
def test_verbs_and_nouns_agree_with_one_and_with_two(key):
    counts, of_one, of_two = COUNTED[key]
    others = {name: "x" for _, name, _, _ in Formatter().parse(catalogue()[key]["en"]) if name}
    for number, said in ((1, of_one), (2, of_two)):
        assert said in text(key, "en", **(others | dict.fromkeys(counts, number)))


def test_every_count_of_prices_takes_its_words():
    """No text of prices counts with a bare placeholder before a noun in the plural or its verb."""
    bare = re.compile(r"\{(units|all|picks|count|goals|lost|willing)\} (of|have|are|tell|\w+s)\b(?! \{)")
    assert not [key for key, entry in texts_in("pricing").items() if bare.search(entry["en"])]


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
