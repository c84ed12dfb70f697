"""The chart counts willing households, puts each unit in one class, and stays readable in every theme."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from sincerity.reports.chart_settings import ChartSettings, band_for, chart_settings
from sincerity.reports.flowering_chart import flowering_chart
from sincerity.reports.poster import draw_svg
from sincerity.reports.svg import draw_building, escape, fit, text_width
from tests.reports.charts import launch, tower
from tests.reports.result import five_by_four_result

SVG = "{http://www.w3.org/2000/svg}"
RULES: ChartSettings = chart_settings()


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2 of ``#rrggbb``."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def lightness(colour: str) -> float:
    """CIE L* of the grey a copier makes of ``#rrggbb``, 0 to 100."""
    y = luminance(colour)
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_oracle_knows_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert lightness("#777777") == pytest.approx(50, abs=0.5)


# ---- classes ----

@pytest.mark.parametrize(("willing", "band"), [
    (0, "none"), (1, "one"), (2, "contested"), (4, "contested"), (5, "hot"), (120, "hot"),
])
def test_bands_are_half_open(willing: int, band: str) -> None:
    assert band_for(willing, RULES.views["buyers"]).band == band


def test_five_by_four_by_hand() -> None:
    chart = flowering_chart(five_by_four_result(), "en", "classic")
    shown = {unit_id: (cell.text, cell.band, cell.letter) for unit_id, cell in chart.cells.items()}
    assert shown == {
        "1-101": ("3", "contested", "C"),  # Anna, Bo, Cai
        "1-102": ("1", "one", "O"),  # Bo
        "1-201": ("1", "one", "O"),  # Cai; Dan's ceiling is below the price
        "1-202": ("1", "one", "O"),  # Eve
    }
    assert chart.cells["1-201"].title == (
        "1-201 · 2BR · 100.00 m² · 2,000,000 yuan\n1 willing of 2 buyers who named it"
    )
    assert [(item.label, item.units) for item in chart.legend] == [
        ("5 or more buyers", 0), ("2–4 buyers", 1), ("1 buyer", 3), ("no buyer", 0),
    ]
    assert chart.labels["legend"] == "4 units, 4 of them on sale"


def test_held_and_sold_units_are_classes_of_their_own() -> None:
    result = launch({"1-1-1-01": 2, "1-1-1-02": 0, "1-1-1-03": 0}, {"1-1-1-02": "held", "1-1-1-03": "sold"},
                    refused={"1-1-1-02": 3})
    chart = flowering_chart(result, "zh", "classic")
    last = [(item.band, item.letter, item.units) for item in chart.legend[-2:]]
    assert last == [("held", "留", 1), ("sold", "售", 1)]
    assert chart.cells["1-1-1-02"].text == "–"
    assert chart.cells["1-1-1-02"].title.endswith("保留房源（意向客户共 3 组）")
    assert sum(item.units for item in chart.legend) == 3


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_letters_tell_the_classes_apart_without_colour(lang: str) -> None:
    bands = [*RULES.views["buyers"], *RULES.statuses.values()]
    letters = [band.letter[lang] for band in bands]
    assert len(set(letters)) == len(letters)
    assert all(len(letter) == 1 for letter in letters)


@pytest.mark.parametrize(("name", "label"), [("1", "1栋"), ("A", "A栋"), ("1#", "1#"), ("3号楼", "3号楼")])
def test_a_building_that_says_what_it_is_keeps_its_name(name: str, label: str) -> None:
    chart = flowering_chart(launch({f"{name}-1-1-01": 0}), "zh", "classic")
    assert chart.labels[f"building {name}"] == label


# ---- colours ----

@pytest.mark.parametrize("theme", sorted(RULES.themes))
def test_text_stands_out_on_every_fill_and_hatch(theme: str) -> None:
    for tone in RULES.themes[theme].values():
        assert contrast(tone.text, tone.fill) >= 4.5
        if tone.hatch:
            assert contrast(tone.text, tone.hatch) >= 4.5


def test_the_clear_theme_keeps_its_order_in_a_grey_copy() -> None:
    fills = [RULES.themes["clear"][band.tone].fill for band in RULES.views["buyers"]]
    steps = [lightness(fill) for fill in fills]
    assert steps == sorted(steps)  # the stronger the demand, the darker
    assert min(high - low for low, high in pairwise(steps)) >= 11


def test_off_market_units_are_hatched_in_every_theme() -> None:
    for theme in RULES.themes.values():
        assert {name for name, tone in theme.items() if tone.hatch} == {"held", "sold"}


# ---- drawing ----

def drawn(chart) -> ElementTree.Element:
    return ElementTree.fromstring(draw_svg(chart))


def words(root: ElementTree.Element) -> list[str]:
    return [text for element in root.iter(f"{SVG}text") for text in element.itertext()]


def test_every_unit_is_drawn_once_with_count_letter_and_colour() -> None:
    result = launch(tower(2, 2, 5, 2))
    chart = flowering_chart(result, "zh", "clear")
    cells = [element for element in drawn(chart).iter(f"{SVG}g") if element.get("class") == "cell"]
    assert {cell.get("data-unit") for cell in cells} == set(chart.cells) and len(cells) == 40
    for cell in cells:
        expected = chart.cells[cell.get("data-unit")]
        assert [text.text for text in cell.iter(f"{SVG}text")] == [expected.letter, expected.text]
        tone = RULES.themes["clear"][RULES.tone_of(expected.band)]
        assert cell.find(f"{SVG}rect").get("fill") == tone.fill


@pytest.mark.parametrize(("buildings", "sections", "floors", "rooms"), [
    (1, 1, 1, 1), (34, 1, 3, 2), (2, 2, 40, 4), (3, 4, 11, 2), (5, 1, 25, 4),
])
def test_nothing_leaves_the_picture_and_no_two_cells_touch(buildings, sections, floors, rooms) -> None:
    root = drawn(flowering_chart(launch(tower(buildings, sections, floors, rooms)), "en", "classic"))
    width, height = float(root.get("width")), float(root.get("height"))
    assert root.get("viewBox") == f"0 0 {width:g} {height:g}"
    boxes = [
        tuple(float(cell.find(f"{SVG}rect").get(name)) for name in ("x", "y", "width", "height"))
        for cell in root.iter(f"{SVG}g") if cell.get("class") == "cell"
    ]
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in boxes)
    assert len(boxes) == buildings * sections * floors * rooms
    in_lines: dict[float, list[float]] = {}
    for x, y, _, _ in boxes:
        in_lines.setdefault(y, []).append(x)
    assert all(b - a >= 46 for xs in in_lines.values() for a, b in pairwise(sorted(xs)))
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x")) <= width and 0 <= float(text.get("y")) <= height


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_long_legend_takes_more_lines_instead_of_running_out(lang: str) -> None:
    units = tower(1, 1, 3, 2)
    chart = flowering_chart(launch(units, dict(zip(units, ["held", "sold"], strict=False))), lang, "classic")
    root = drawn(chart)
    labels = [item.label for item in chart.legend]
    texts = [t for t in root.iter(f"{SVG}text") if any((t.text or "").startswith(f"{label} ·") for label in labels)]
    assert len(texts) == len(labels)
    for text in texts:
        assert float(text.get("x")) + text_width(text.text, 13) <= float(root.get("width"))


def test_the_drawing_names_launch_round_cutoff_and_that_it_is_synthetic() -> None:
    said = " | ".join(words(drawn(flowering_chart(launch(tower()), "zh", "classic"))))
    for part in ("云栖府", "开花图", "第3轮", "2026-11-20 18:00", "模拟数据", "共 6 套，其中可售 6 套", "1栋", "1单元",
                 "3层"):
        assert part in said
    real = " | ".join(words(drawn(flowering_chart(launch(tower(), synthetic=False), "zh", "classic"))))
    assert "模拟数据" not in real


def test_the_same_chart_is_the_same_bytes_whatever_the_row_order() -> None:
    result = launch(tower(2, 1, 4, 3))
    shuffled = {**result.tables, "units": result.tables["units"].sample(frac=1, random_state=7),
                "demand": result.tables["demand"].sample(frac=1, random_state=8)}
    other = replace(result, tables=shuffled)
    assert draw_svg(flowering_chart(result, "zh", "clear")) == draw_svg(flowering_chart(other, "zh", "clear"))


def test_outside_text_stays_text() -> None:
    evil = '</text><script>alert(1)</script>"\'&\x00\x1b'
    root = drawn(flowering_chart(launch(tower(), name=evil), "en", "classic"))
    assert not list(root.iter(f"{SVG}script"))
    assert any("<script>alert(1)</script>" in text for text in words(root))
    assert root.get("aria-label").startswith("</text><script>")


def test_a_long_name_is_cut_and_keeps_its_whole_in_the_title() -> None:
    long = "非常长的项目名称" * 20
    root = drawn(flowering_chart(launch(tower(), name=long), "zh", "classic"))
    titles = [t for t in root.iter(f"{SVG}text") if t.find(f"{SVG}title") is not None]
    assert [t.find(f"{SVG}title").text for t in titles] == [f"{long} · 开盘开花图"]
    assert titles[0].find(f"{SVG}title").tail.endswith("…")


@pytest.mark.parametrize(("text", "width", "shown"), [
    ("开花图", 60, "开花图"), ("开花图", 59, "开…"), ("", 0, ""), ("abc", 1, "…"),
])
def test_text_is_fitted_by_its_width(text: str, width: float, shown: str) -> None:
    assert fit(text, width, 20) == shown


def test_characters_xml_cannot_hold_are_replaced() -> None:
    assert escape("a\x00b\x0bc\ud800<&>") == "a\ufffdb\ufffdc\ufffd&lt;&amp;&gt;"


def test_pattern_ids_of_buildings_in_one_page_do_not_meet() -> None:
    chart = flowering_chart(launch(tower(2), {"1-1-1-01": "held", "2-1-1-01": "sold"}), "zh", "classic")
    pages = [draw_building(chart, building, f"zh-{n}") for n, building in enumerate(chart.buildings)]
    ids = [set(re.findall(r'id="([^"]+)"', page)) for page in pages]
    assert not ids[0] & ids[1]
    for page, own in zip(pages, ids, strict=True):
        assert set(re.findall(r"url\(#([^)]+)\)", page)) <= own
