"""The drawn bars and days: lengths as the counts, words whole and legible, the same bytes for the same chart."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from datetime import date
from itertools import pairwise

import pytest

from sincerity.reports.bar_charts import EDGE, FEEDBACK, PLAIN, RANKS, WIDTH, Bar, BarChart, draw_bars
from sincerity.reports.day_columns import DayChart, DayRow, draw_days
from tests.reports.test_flowering_chart import contrast, lightness

SVG = "{http://www.w3.org/2000/svg}"
EVIL = '"/><script>alert(1)</script>&\x00'
SHOWN_ON_A_PHONE = 358 / WIDTH  # a phone of 390 pixels leaves 358 for the drawing
RANK_CHART = BarChart(
    "Named most", "by rank",
    (Bar("1-101", "9 buyers", (4, 3, 0, 2)), Bar("1-102", "3 buyers", (0, 0, 3, 0))), 12, RANKS,
    ("First", "Second", "Third", "Later"),
)


def drawn(chart: BarChart, prefix: str = "x") -> ElementTree.Element:
    return ElementTree.fromstring(draw_bars(chart, "en", prefix))


def bar_widths(root: ElementTree.Element) -> list[float]:
    bars = [each for each in root.iter(f"{SVG}rect") if each.get("height") == "16" and each.get("stroke")]
    return [float(each.get("width")) + 1 for each in bars]


def words(root: ElementTree.Element) -> list[str]:
    return ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]


def test_parts_are_as_long_as_their_counts():
    scale = (WIDTH - 2 * EDGE) / 12
    assert bar_widths(drawn(RANK_CHART)) == pytest.approx([4 * scale, 3 * scale, 2 * scale, 3 * scale], abs=0.11)


def test_a_bar_with_a_whole_of_its_own_fills_its_share_of_the_width():
    chart = BarChart("t", "d", (Bar("a", "", (5,), whole=10), Bar("b", "", (5,))), 20)
    assert bar_widths(drawn(chart)) == pytest.approx([(WIDTH - 8) / 2, (WIDTH - 8) / 4], abs=0.11)


def test_every_part_says_its_count_where_it_has_room_and_the_legend_names_the_parts():
    said = words(drawn(RANK_CHART))
    assert [word for word in said if word.isdigit()] == ["4", "3", "2", "3"]
    assert said[1:5] == ["First", "Second", "Third", "Later"]
    narrow = BarChart("t", "d", (Bar("a", "", (1, 999, 0, 0)),), 1_000, RANKS, RANK_CHART.legend)
    assert "1" not in words(drawn(narrow)) and "999" in words(drawn(narrow))


@pytest.mark.parametrize("tones", [RANKS, FEEDBACK, PLAIN])
def test_words_stand_out_from_their_part_and_parts_from_each_other_in_grey(tones):
    assert all(contrast(tone.fill, tone.text) >= 4.5 for tone in tones)
    order = [lightness(tone.fill) for tone in tones if not tone.hatch]
    assert all(darker + 10 <= lighter for darker, lighter in pairwise(order))
    assert all(contrast(tone.hatch, tone.text) >= 4.5 for tone in tones if tone.hatch)


def test_no_text_is_smaller_than_eleven_pixels_on_a_phone():
    days = draw_days(DAYS, "zh")
    for svg in (draw_bars(RANK_CHART, "en", "x"), days):
        sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', svg)]
        assert sizes and min(sizes) * SHOWN_ON_A_PHONE >= 11


def test_outside_words_stay_words_and_a_long_label_is_cut_beside_what_is_said():
    chart = BarChart(EVIL, EVIL, (Bar(EVIL, EVIL, (1,)), Bar("很长的答案" * 20, "12 · 3%", (1,))), 1, PLAIN)
    root = drawn(chart)
    assert not list(root.iter(f"{SVG}script"))
    title = list(root.iter(f"{SVG}title"))[-1]
    assert title.text == "很长的答案" * 20


def test_pattern_ids_carry_the_prefix_and_every_use_finds_its_pattern():
    chart = BarChart("t", "d", (Bar("a", "", (1, 1, 1, 1, 1)),), 5, FEEDBACK, ("a", "b", "c", "d", "e"))
    svg = draw_bars(chart, "en", "zh-feedback-0")
    used, made = set(re.findall(r"url\(#([^)]+)\)", svg)), set(re.findall(r'<pattern id="([^"]+)"', svg))
    assert used == made == {"zh-feedback-0-3", "zh-feedback-0-4"}
    assert svg == draw_bars(chart, "en", "zh-feedback-0")


def test_a_range_lies_around_the_end_of_its_bar():
    svg = draw_bars(BarChart("t", "d", (Bar("a", "", (50,), (40.0, 60.0)),), 100), "en", "x")
    low, high = (EDGE + (WIDTH - 2 * EDGE) * share for share in (0.4, 0.6))
    assert f"M{low:.1f} " in svg and f"H{high:.1f}" in svg


DAYS = DayChart(
    "Views", "from to", date(2026, 10, 17), date(2026, 11, 13),
    (
        DayRow("All", "9 in all", ((date(2026, 10, 17), 4, 3), (date(2026, 10, 19), 5, 0)), 8, strong=True),
        DayRow(EVIL, "2 in all", ((date(2026, 11, 13), 2, 2),), 4),
    ),
    "first time", "again",
)


def test_columns_stand_on_their_days_as_high_as_their_counts():
    root = ElementTree.fromstring(draw_days(DAYS, "en"))
    columns = [(float(each.get("x")), float(each.get("height"))) for each in root.iter(f"{SVG}rect")][2:]
    step = (WIDTH - 2 * EDGE) / 28
    assert columns == [
        pytest.approx((EDGE, 16.0), abs=0.1), pytest.approx((EDGE, 12.0), abs=0.1),
        pytest.approx((EDGE + 2 * step, 20.0), abs=0.1),
        pytest.approx((EDGE + 27 * step, 16.0), abs=0.1), pytest.approx((EDGE + 27 * step, 16.0), abs=0.1),
    ]
    assert words(root)[-3:] == ["10-17", "10-31", "11-13"]


def test_a_single_day_is_drawn_once_with_its_date():
    chart = DayChart("t", "d", date(2026, 11, 1), date(2026, 11, 1),
                     (DayRow("All", "", ((date(2026, 11, 1), 1, 1),), 1),), "a", "b")
    assert words(ElementTree.fromstring(draw_days(chart, "en"))).count("11-01") == 1
