"""The executive's first look, as a phone and a desk show it, word by word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sincerity.beyond_the_round import with_review
from sincerity.domain import OUTCOMES
from sincerity.known import known_at
from sincerity.levers import compare_levers
from sincerity.reports.page import render_page
from sincerity.reports.viewmodel import build_report
from sincerity.round import work_out
from tests import cases

pytestmark = pytest.mark.browser
GOLDEN = Path(__file__).parent / "golden"
LEGIBLE_PX = 10.5


@pytest.fixture(scope="module")
def page() -> str:
    """Five-by-four with its forecast and its levers, both languages."""
    launch = cases.five_by_four(forecast_runs=400)
    result = work_out(launch, 3).result
    known, _ = known_at(launch, 3)
    levers = compare_levers(launch, known, result.tables["scores"], [("1-101",)])
    result = replace(result, tables={**result.tables, "levers": levers})
    return render_page({lang: build_report(result, lang) for lang in ("zh", "en")}, "zh")


@pytest.fixture(scope="module")
def closed_page() -> str:
    """Five-by-four after its launch: anna and eve bought, cai found nothing left."""
    fates = [("anna", "bought", "1-101"), ("bo", "no_show", ""), ("cai", "blocked", ""), ("eve", "bought", "1-202")]
    rows = [dict(zip(("buyer_id", "status", "unit_id"), fate, strict=True)) for fate in fates]
    launch = replace(cases.five_by_four(forecast_runs=400), outcomes=cases.table(OUTCOMES, rows))
    result = with_review(launch, work_out(launch, 3).result, None)
    return render_page({lang: build_report(result, lang) for lang in ("zh", "en")}, "zh")


@pytest.mark.parametrize("width", [390, 1_440])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_closed_launch_opens_with_its_review(visit, closed_page, width, lang):
    reader = visit(closed_page, width)
    reader.show(lang)
    words = "\n".join(reader.page.inner_text(f"#{lang}-{part}") for part in ("review", "review-units"))
    assert words.split() == (GOLDEN / f"review_{lang}.txt").read_text(encoding="utf-8").split()
    tops = [reader.page.locator(f"#{lang}-{part}").bounding_box()["y"]
            for part in ("review", "review-units", "forecast")]
    assert tops == sorted(tops)
    assert reader.overflow_px() <= 0
    assert reader.complaints == []


@pytest.mark.parametrize("width", [390, 1_440])
def test_the_review_is_drawn_legibly_and_every_unit_tells_its_fate(visit, closed_page, width):
    reader = visit(closed_page, width)
    reader.show("en")
    heights = reader.page.eval_on_selector_all(
        "#en-review svg text", "all => all.map(one => parseFloat(getComputedStyle(one).fontSize) * one.getCTM().a)")
    assert min(heights) >= LEGIBLE_PX
    drawn = reader.page.locator("#en-review svg")
    assert drawn.count() == 4  # in total, by layout, by grade, by building
    diamonds = reader.page.eval_on_selector_all(
        "#en-review svg", "all => all.map(one => one.querySelectorAll('path[stroke-width=\"1.5\"]').length)")
    assert diamonds == [1, 2, 5, 1]
    reader.page.click('#en-review-units [data-unit="1-101"] text >> nth=1')
    assert "Sold to anna" in reader.page.inner_text(".edition:not([hidden]) .picked p")


@pytest.mark.parametrize("width", [390, 1_440])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_first_look_reads_as_kept(visit, page, width, lang):
    reader = visit(page, width)
    reader.show(lang)
    words = "\n".join(reader.page.inner_text(f"#{lang}-{part}") for part in ("forecast", "levers"))
    assert words.split() == (GOLDEN / f"forecast_{lang}.txt").read_text(encoding="utf-8").split()
    assert reader.overflow_px() <= 0
    assert reader.complaints == []


@pytest.mark.parametrize("width", [390, 1_440])
def test_every_word_of_the_curve_and_the_levers_is_legible(visit, page, width):
    reader = visit(page, width)
    heights = reader.page.eval_on_selector_all(
        "#zh-forecast svg text, #zh-levers svg text",
        "all => all.map(one => parseFloat(getComputedStyle(one).fontSize) * one.getCTM().a)",
    )
    assert len(heights) > 20
    assert min(heights) >= LEGIBLE_PX
    sides = reader.page.eval_on_selector_all("#zh-forecast svg text, #zh-levers svg text", """all => all.map(one => {
        const box = one.getBBox(), view = one.ownerSVGElement.viewBox.baseVal;
        return Math.min(box.x, view.width - box.x - box.width);
    })""")
    assert min(sides) >= -1  # nothing is cut off at the picture's edge


@pytest.mark.parametrize("width", [390, 1_440])
def test_the_forecast_comes_before_everything_else_and_its_chart_before_the_levers(visit, page, width):
    reader = visit(page, width)
    tops = [reader.page.locator(selector).first.bounding_box()["y"]
            for selector in ("#zh-forecast", "#zh-waves", "#zh-levers", ".edition:not([hidden]) .facts", "#zh-chart")]
    assert tops == sorted(tops)


def test_a_unit_of_the_wave_chart_says_its_chance_and_likely_buyer(visit, page):
    reader = visit(page, 390)
    reader.show("en")
    reader.page.click('#en-waves [data-unit="1-101"] text >> nth=1')
    said = reader.page.inner_text(".edition:not([hidden]) .picked p")
    assert "1-101" in said
    assert "mostly in wave 1; most likely buyer anna" in said


def test_waves_are_printed_one_building_to_an_a3_page(visit, page):
    reader = visit(page, 1_440)
    reader.page.emulate_media(media="print")
    heads = reader.page.locator("#zh-waves figure .print-head")
    assert heads.count() == 1
    assert heads.first.is_visible()
    assert "预计去化波次" in heads.first.inner_text()
