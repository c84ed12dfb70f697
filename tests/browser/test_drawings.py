"""The drawn charts on a phone and a desk: there, inside the page, and legible."""

from __future__ import annotations

import pytest

from tests.browser import pages

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [390, 1_440])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_drawings_are_legible_and_inside_the_page(visit, width, lang) -> None:
    reader = visit(pages.small_page("zh"), width)
    reader.show(lang)
    drawn = ".edition:not([hidden]) figure.drawn svg"
    assert reader.page.locator(drawn).count() >= 3
    assert reader.overflow_px() <= 0
    smallest = reader.page.evaluate(f"""Math.min(...[...document.querySelectorAll('{drawn}')].flatMap(svg =>
        [...svg.querySelectorAll('text')].map(text => Number(text.getAttribute('font-size'))
            * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)))""")
    assert smallest >= 11
    edges = reader.page.evaluate(f"""[...document.querySelectorAll('{drawn}')].map(svg => {{
        const box = svg.getBoundingClientRect(); return [box.left, box.right]; }})""")
    assert all(left >= 0 and right <= width for left, right in edges)
