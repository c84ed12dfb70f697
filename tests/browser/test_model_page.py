"""The model page in a real browser: phone and desk, both languages, nothing asked of the network."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sincerity.calibration.generic_table import accounts_of, references_of
from sincerity.calibration.rules import calibration_rules
from sincerity.calibration.study import study
from sincerity.calibration.study_tables import model_study
from sincerity.reports.model_page import render_model_page
from sincerity.reports.model_view import model_report
from tests.calibration.pasts import simulated

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def html() -> str:
    rules = replace(calibration_rules(), chance_draws=200)
    consultant = ["<b>Wu</b>", "Xu"] * 300
    past = simulated(1, launches=4, size=150, consultant=consultant)
    found = study(past, accounts_of(past), references_of(past), rules)
    shown = model_study(found, "<script>alert(1)</script>", 1, date(2026, 11, 21), "test", True, rules)
    return render_model_page({lang: model_report(shown, lang) for lang in ("zh", "en")}, "zh")


@pytest.mark.parametrize("width", [390, 1440])
def test_it_fits_speaks_both_languages_and_asks_for_nothing(visit, html, width):
    opened = visit(html, width)
    for lang, verdict in (("zh", "谨慎使用"), ("en", "Usable with care")):
        opened.page.click(f".edition:not([hidden]) [data-set-lang={lang}]")
        edition = opened.page.locator(".edition:not([hidden])")
        assert edition.locator(".verdict").inner_text() == verdict
        for details in edition.locator("details").all():
            details.locator("summary").click()
        assert opened.overflow_px() == 0
        assert edition.locator("figure svg").count() == 2
    assert opened.requests == [opened.address]
    assert opened.complaints == []


def test_drawn_text_stays_legible_on_a_phone(visit, html):
    opened = visit(html, 390)
    sizes = opened.page.eval_on_selector_all(
        ".edition:not([hidden]) figure svg text", "marks => marks.map(mark => mark.getBoundingClientRect().height)")
    assert sizes
    assert min(sizes) >= 9


def test_without_script_the_first_language_is_there(visit, html):
    opened = visit(html, 390, script=False)
    assert opened.page.locator(".edition:not([hidden]) .headline").inner_text()
