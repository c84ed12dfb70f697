"""The page as a reader meets it: phone and desk, both languages, on paper, and without its script."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from sincerity.reports.page import render_page
from sincerity.reports.picture import font_settings
from sincerity.reports.view import ColumnView, TableView
from tests.browser import pages

pytestmark = pytest.mark.browser
EVIL = '<img src=x onerror=alert(1)></script><script>alert(2)</script><svg onload=alert(3)>"\''
CHINESE = re.compile("[\u3400-\u9fff]")
A3_LANDSCAPE_PT = (1190.55, 841.89)


@pytest.fixture(scope="module")
def wide() -> str:
    return pages.wide_page("zh")


@pytest.fixture(scope="module")
def small() -> str:
    return pages.small_page("zh")


@pytest.mark.parametrize("width", [390, 1_440])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_quiet_self_contained_and_no_sideways_scroll(visit, wide, width, lang) -> None:
    reader = visit(wide, width)
    reader.show(lang)
    for key in ("conflicts", "sincerity", "units_flat", "refusals"):
        table = reader.open_table(key)
        record = reader.page.locator(f"{table} details.record > summary").first
        if record.count():
            record.click()
    reader.page.wait_for_timeout(200)
    assert reader.overflow_px() <= 0
    assert reader.requests == [reader.address, "data:,"] or reader.requests == [reader.address]
    assert reader.complaints == []


@pytest.mark.parametrize("width", [390, 1_440])
def test_every_unit_of_the_chart_can_be_reached(visit, wide, width) -> None:
    reader = visit(wide, width)
    assert reader.page.locator(".edition:not([hidden]) svg .cell").count() == 3 * 4 * 12 * 4
    last = reader.page.locator(".edition:not([hidden]) svg .cell").last
    last.scroll_into_view_if_needed()
    box = last.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    assert box["width"] >= 20  # legible


def test_the_language_switch_changes_every_label(visit, small) -> None:
    reader = visit(small)
    reader.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert "冲突" in reader.page.inner_text("body")
    reader.show("en")
    assert reader.page.evaluate("[document.documentElement.lang, document.title]") == [
        "en", "Five by four · Screening round 3",
    ]
    # what stays Chinese is data: the sheets of the file, the words looked for in notes, and the other language's name
    reader.page.evaluate("""document.querySelectorAll(
        '[data-table=inputs] td, [data-table=settings] td, [data-set-lang=zh]').forEach(each => each.remove())""")
    shown = reader.page.inner_text("body")
    assert CHINESE.findall(shown) == []
    labels = reader.page.evaluate("""[...document.querySelectorAll('.edition:not([hidden]) *')].flatMap(each =>
        ['aria-label', 'title', 'placeholder', 'data-label'].map(name => each.getAttribute(name) ?? ''))""")
    assert not [label for label in labels if CHINESE.search(label)]
    assert reader.page.evaluate("document.activeElement.dataset.setLang") == "en"
    reader.page.reload()
    assert reader.page.evaluate("document.documentElement.lang") == "zh-CN"


def test_the_theme_switch_repaints_chart_and_legend(visit, small) -> None:
    reader = visit(small)

    def colours() -> list[str]:
        return reader.page.evaluate("""[
            getComputedStyle(document.querySelector('.edition:not([hidden]) svg .fill-second')).fill,
            getComputedStyle(document.querySelector('.edition:not([hidden]) .legend .tone-second')).backgroundColor]""")

    assert len(set(colours())) == 1
    before = colours()
    reader.page.click(".edition:not([hidden]) [data-set-theme=clear]")
    assert len(set(colours())) == 1 and colours() != before
    assert reader.page.get_attribute(".edition:not([hidden]) [data-set-theme=clear]", "aria-pressed") == "true"


def _chinese_font_installed() -> bool:
    settings = font_settings()
    names = {name.casefold() for font in settings.fonts if font.chinese for name in font.files}
    return any(path.name.casefold() in names for folder in settings.folders if folder.is_dir()
               for path in folder.rglob("*"))


@pytest.mark.skipif(not _chinese_font_installed(), reason="no known Chinese font on this machine")
@pytest.mark.parametrize("selector", [
    ".headline", "h2", "summary h3", "section.chart > .legend .swatch", "svg .cell text", "figure svg > text",
])
def test_chinese_is_drawn_with_real_glyphs(visit, small, selector) -> None:
    reader = visit(small)
    session = reader.page.context.new_cdp_session(reader.page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument", {"depth": 1})["root"]["nodeId"]
    found = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": f".edition:not([hidden]) {selector}"})
    chinese_glyphs = chinese_letters = 0
    for node in found["nodeIds"]:
        html = session.send("DOM.getOuterHTML", {"nodeId": node})["outerHTML"]
        chinese_letters += len(CHINESE.findall(re.sub(r"<title>.*?</title>|<[^>]+>", "", html, flags=re.S)))
        fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        assert not [font for font in fonts if "LastResort" in font["familyName"]]
        chinese_glyphs += sum(
            font["glyphCount"] for font in fonts
            if re.search("CJK|Han|Hei|YaHei|PingFang|Hiragino|Song|Ming", font["familyName"])
        )
    assert 0 < chinese_letters <= chinese_glyphs


def test_search_and_pages_of_a_long_table(visit, wide) -> None:
    reader = visit(wide)
    reader.show("en")
    table = reader.open_table("sincerity")
    page = reader.page
    reader.wait(f"document.querySelector('{table} .status').textContent")
    assert page.inner_text(f"{table} .status") == "Page 1 of 6, 130 of 130 entries"
    assert page.locator(f"{table} details.record").count() == 25
    assert page.is_disabled(f"{table} [data-step='-1']")
    for _ in range(5):
        page.click(f"{table} [data-step='1']")
    assert page.inner_text(f"{table} .status") == "Page 6 of 6, 130 of 130 entries"
    assert page.locator(f"{table} details.record").count() == 5
    assert page.is_disabled(f"{table} [data-step='1']")
    page.fill(f"{table} input", "B12 consultant")
    reader.wait(f"document.querySelector('{table} .status').textContent.includes(' 11 of')")
    found = page.locator(f"{table} .field-buyer").all_inner_texts()
    assert found == [f"Buyer Buyer {number}" for number in (12, *range(120, 130))]
    page.fill(f"{table} input", "nobody at all")
    page.wait_for_selector(f"{table} .rows p.note")
    assert page.inner_text(f"{table} .rows") == "Nothing matches."


def test_a_buyer_opens_to_score_lines_and_refused_picks(visit, wide) -> None:
    reader = visit(wide)
    reader.show("en")
    table = reader.open_table("sincerity")
    reader.wait(f"document.querySelector('{table} .status').textContent")
    reader.page.fill(f"{table} input", "b77")
    reader.wait(f"document.querySelectorAll('{table} .record').length === 1")
    reader.page.click(f"{table} .record summary")
    reader.page.wait_for_selector(f"{table} .record h4")
    text = reader.page.inner_text(f"{table} .record")
    assert "Visit days" in text
    assert "reason 77/1" in text and "reason 77/2" in text and "reason 7/1" not in text


def test_a_conflict_lists_its_contenders_in_order(visit, wide) -> None:
    reader = visit(wide)
    table = reader.open_table("conflicts")
    reader.wait(f"document.querySelector('{table} .status').textContent")
    reader.page.fill(f"{table} input", "1-2-3-02#1")  # found through a member, shown whole
    reader.wait(f"document.querySelectorAll('{table} .record').length === 1")
    reader.page.click(f"{table} .record summary")
    reader.page.wait_for_selector(f"{table} .record tbody tr")
    rows = reader.page.locator(f"{table} .record tbody tr").all_inner_texts()
    assert [f"1-2-3-02#{place}" in row for place, row in enumerate(rows)] == [True] * pages.CONTENDERS


def test_a_chosen_cell_says_its_words_by_mouse_and_by_keyboard(visit, small) -> None:
    reader = visit(small)
    page = reader.page
    page.click(".edition:not([hidden]) .cell[data-unit='1-101']")
    assert "1-101" in page.inner_text(".edition:not([hidden]) .picked")
    page.focus(".edition:not([hidden]) figure .scroll")
    page.keyboard.press("ArrowRight")
    assert "1-102" in page.inner_text(".edition:not([hidden]) .picked p")
    page.keyboard.press("ArrowUp")
    assert "1-202" in page.inner_text(".edition:not([hidden]) .picked p")
    page.keyboard.press("Escape")
    assert not page.is_visible(".edition:not([hidden]) .picked")
    page.click(".edition:not([hidden]) .cell[data-unit='1-101']")
    page.click(".edition:not([hidden]) [data-find-conflict]")
    assert page.get_attribute(".edition:not([hidden]) [data-table=conflicts] .record", "open") is not None


def test_the_keyboard_reaches_every_control_with_a_visible_focus(visit, small) -> None:
    reader = visit(small)
    reached = []
    for _ in range(12):
        reader.page.keyboard.press("Tab")
        reached.append(reader.page.evaluate("""() => { const e = document.activeElement;
            return [e.tagName, parseFloat(getComputedStyle(e).outlineWidth)] }"""))
    assert {"A", "BUTTON"} <= {tag for tag, _ in reached}
    assert all(outline >= 2 for _, outline in reached)


def test_outside_text_stays_text_in_the_running_page(visit) -> None:
    columns = (ColumnView("buyer_id", EVIL), ColumnView("reason", EVIL, "long_text"))
    rows = tuple((f"{EVIL}{number}", EVIL) for number in range(60))
    reports = {
        lang: replace(report, title=EVIL, headline=EVIL, notices=(EVIL,),
                      tables={"refusals": TableView("refusals", EVIL, EVIL, columns, rows)})
        for lang, report in pages.small_reports().items()
    }
    reader = visit(render_page(reports, "en"))
    table = reader.open_table("refusals")
    reader.wait(f"document.querySelectorAll('{table} tbody tr').length === 25")
    reader.page.fill(f"{table} input", "onerror=alert(1)></script>")
    reader.page.wait_for_timeout(300)
    assert reader.page.locator(f"{table} tbody tr").count() == 25
    assert reader.page.evaluate("document.querySelectorAll('img, svg[onload]').length") == 0
    assert reader.page.evaluate("document.scripts.length") == 2  # the table's data and the page's own
    assert EVIL in reader.page.inner_text(f"{table} tbody")
    assert reader.complaints == []


def test_without_its_script_the_page_still_says_the_essentials(visit, wide) -> None:
    reader = visit(wide, 390, script=False)
    page = reader.page
    assert page.is_visible(".edition:not([hidden]) .headline")
    assert page.is_visible(".edition:not([hidden]) .facts div")
    assert page.is_visible(".edition:not([hidden]) svg .cell")
    conflicts = page.locator(".edition:not([hidden]) [data-table=conflicts] details.record")
    assert conflicts.count() == 10
    conflicts.first.locator("summary").click()
    assert "1-1-1-01#0" in conflicts.first.inner_text()
    assert not page.is_visible(".edition:not([hidden]) input[type=search]")
    assert "control_sheet.xlsx" in page.inner_text(".edition:not([hidden]) [data-table=conflicts] .no-js")


def printed_pages(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height in points of every page of a PDF."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", pdf)
    return [(float(width), float(height)) for width, height in boxes]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_chart_prints_one_building_per_a3_landscape_page(visit, wide, lang) -> None:
    reader = visit(wide)
    reader.show(lang)
    reader.page.evaluate("window.print = () => {}")
    reader.page.click(".edition:not([hidden]) [data-print-chart]")
    sizes = printed_pages(reader.page.pdf(prefer_css_page_size=True, print_background=True))
    assert len(sizes) == 3
    assert all(size == pytest.approx(A3_LANDSCAPE_PT, abs=2) for size in sizes)
    reader.page.emulate_media(media="print")
    heads = reader.page.locator(".edition:not([hidden]) figure .print-head")
    assert heads.count() == 3
    assert all(heads.nth(n).is_visible() and heads.nth(n).locator("li").count() >= 5 for n in range(3))


def test_the_whole_page_prints_with_the_chart_on_pages_of_its_own(visit, small) -> None:
    reader = visit(small)
    sizes = printed_pages(reader.page.pdf(prefer_css_page_size=True))
    assert len(sizes) >= 3  # before, the one building, after
    assert all(size == pytest.approx(A3_LANDSCAPE_PT, abs=2) for size in sizes)
