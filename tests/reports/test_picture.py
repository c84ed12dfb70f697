"""The PNG: wide, repeatable, and never boxes in place of Chinese."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from sincerity.reports.flowering_chart import flowering_chart
from sincerity.reports.picture import draw_png, font_settings
from sincerity.reports.poster import draw_svg
from tests.reports.charts import launch, tower

CHINESE = draw_svg(flowering_chart(launch(tower()), "zh", "classic"))
ENGLISH = draw_svg(flowering_chart(launch(tower(), name="Willow Court"), "en", "classic"))


def installed(chinese: bool) -> list[Path]:
    names = {name.casefold() for font in font_settings().fonts if font.chinese == chinese for name in font.files}
    return [path for folder in font_settings().folders if folder.is_dir()
            for path in sorted(folder.rglob("*")) if path.name.casefold() in names]


def folder_of(tmp_path: Path, fonts: list[Path]) -> Path:
    for font in fonts:
        link = tmp_path / font.name
        if not link.exists():
            link.symlink_to(font)
    return tmp_path


def size(png: bytes) -> tuple[int, int]:
    return struct.unpack(">II", png[16:24])


needs_chinese_font = pytest.mark.skipif(not installed(chinese=True), reason="no known Chinese font on this machine")
needs_latin_font = pytest.mark.skipif(not installed(chinese=False), reason="no known Latin font on this machine")


@needs_chinese_font
def test_the_picture_is_a_png_wide_enough_for_a_group_chat() -> None:
    png, problems = draw_png(CHINESE)
    assert problems == ()
    assert png is not None and png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = size(png)
    svg_width, svg_height = (int(part) for part in CHINESE.split('viewBox="0 0 ')[1].split('"')[0].split())
    assert width == 2_000
    assert height / width == pytest.approx(svg_height / svg_width, rel=0.001)


@needs_chinese_font
def test_a_wide_drawing_is_shown_at_its_own_size_up_to_a_limit() -> None:
    for width, drawn in ((2_500, 2_500), (9_000, 4_000)):
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="10"><text y="9">开</text></svg>'
        png, _ = draw_png(svg)
        assert png is not None and size(png)[0] == drawn


@needs_chinese_font
def test_equal_drawings_give_equal_bytes() -> None:
    assert draw_png(CHINESE) == draw_png(CHINESE)


@needs_chinese_font
def test_chinese_letters_are_drawn_each_in_its_own_shape() -> None:
    def picture(letter: str) -> bytes | None:
        svg = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">'
        return draw_png(f'{svg}<text x="10" y="80" font-size="80">{letter}</text></svg>')[0]

    pictures = [picture(letter) for letter in "热争单空留售"]
    assert len(set(pictures)) == 6  # a missing glyph would be the same box for all, or nothing


def test_without_any_font_the_chart_is_refused_with_the_name_of_one(tmp_path: Path) -> None:
    png, problems = draw_png(CHINESE, [tmp_path])
    assert png is None
    assert [(problem.severity, problem.code) for problem in problems] == [("warning", "picture_chinese_font_missing")]
    assert "没有中文字体" in problems[0].what("zh")
    assert "Noto Sans CJK SC" in problems[0].fix("zh") and "fonts-noto-cjk" in problems[0].fix("en")


@needs_latin_font
def test_a_latin_font_does_for_english_and_not_for_chinese(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, installed(chinese=False))
    png, problems = draw_png(ENGLISH, [folder])
    assert png is not None and problems == ()
    assert draw_png(CHINESE, [folder])[0] is None


def test_english_without_any_font_is_refused_too(tmp_path: Path) -> None:
    png, problems = draw_png(ENGLISH, [tmp_path / "nowhere"])
    assert png is None
    assert problems[0].code == "picture_font_missing"
    assert "Liberation Sans" in problems[0].fix("en")


@needs_latin_font
def test_chinese_that_is_only_in_a_tooltip_needs_no_chinese_font(tmp_path: Path) -> None:
    svg = ('<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50"><g><title>两房</title>'
           '<text y="20">2BR</text></g></svg>')
    assert draw_png(svg, [folder_of(tmp_path, installed(chinese=False))])[0] is not None


@needs_latin_font
def test_letters_reach_the_picture(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, installed(chinese=False))
    blank = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50">{}</svg>'
    with_text, _ = draw_png(blank.format('<text x="5" y="40" font-size="40">H7</text>'), [folder])
    without, _ = draw_png(blank.format(""), [folder])
    assert with_text is not None and without is not None
    assert with_text != without
