"""The flowering chart as a PNG for group chats.

A picture carries its letters as drawn shapes, so the machine that draws it needs a font with Chinese
characters. Where there is none, the caller gets a problem that says what to install, never boxes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path

import resvg_py

from sincerity.paths import config_dir
from sincerity.problems import Problem

MIN_WIDTH_PX, MAX_WIDTH_PX = 2_000, 4_000
_CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_DRAWN = re.compile(r"<text[^>]*>(?:<title>[^<]*</title>)?([^<]*)</text>")
_NATURAL_WIDTH = re.compile(r'<svg[^>]* width="(\d+)"')


@dataclass(frozen=True)
class Font:
    """A font the picture may use: family name as the font itself says it, and its usual file names."""

    family: str
    files: tuple[str, ...]
    chinese: bool


@dataclass(frozen=True)
class FontSettings:
    """Known fonts, best first, and the folders where systems keep them."""

    fonts: tuple[Font, ...]
    folders: tuple[Path, ...]


@cache
def font_settings() -> FontSettings:
    """Known fonts and font folders from ``config/fonts.toml``."""
    raw = tomllib.loads((config_dir() / "fonts.toml").read_text(encoding="utf-8"))
    return FontSettings(
        fonts=tuple(Font(font["family"], tuple(font["files"]), font["chinese"]) for font in raw["font"]),
        folders=tuple(Path(folder).expanduser() for folder in raw["folders"]),
    )


def draw_png(svg: str, font_folders: Sequence[Path] | None = None) -> tuple[bytes | None, tuple[Problem, ...]]:
    """The SVG as PNG bytes, 2,000 to 4,000 pixels wide; None and a problem where a needed font is missing.

    Only one font family is loaded, so that equal SVG and equal font give equal bytes on any machine.
    ``font_folders`` are searched instead of the system's.
    """
    found = _find_font(svg, font_folders)
    if found is None:
        return None, missing_font(svg, font_folders)
    font, files = found
    png = resvg_py.svg_to_bytes(
        svg_string=svg,
        width=min(max(_natural_width(svg), MIN_WIDTH_PX), MAX_WIDTH_PX),
        skip_system_fonts=True,
        font_files=[str(path) for path in files],
        font_family=font.family,
        sans_serif_family=font.family,
    )
    return bytes(png), ()


def missing_font(svg: str, font_folders: Sequence[Path] | None = None) -> tuple[Problem, ...]:
    """The problem that keeps ``draw_png`` from drawing the SVG here, if there is one."""
    if _find_font(svg, font_folders) is not None:
        return ()
    needs_chinese = _needs_chinese(svg)
    code = "picture_chinese_font_missing" if needs_chinese else "picture_font_missing"
    return (Problem("warning", code, parts={"fonts": _names(font_settings().fonts, needs_chinese)}),)


def _needs_chinese(svg: str) -> bool:
    return any(_CHINESE.search(unescape(words)) for words in _DRAWN.findall(svg))


def _natural_width(svg: str) -> int:
    match = _NATURAL_WIDTH.search(svg)
    return int(match[1]) if match else MIN_WIDTH_PX


def _find_font(svg: str, folders: Iterable[Path] | None) -> tuple[Font, list[Path]] | None:
    """The best known font present that can draw the SVG, and its files."""
    settings, needs_chinese = font_settings(), _needs_chinese(svg)
    present = _font_files(tuple(settings.folders if folders is None else folders))
    for font in settings.fonts:
        files = [present[name.casefold()] for name in font.files if name.casefold() in present]
        if files and (font.chinese or not needs_chinese):
            return font, files
    return None


@cache
def _font_files(folders: tuple[Path, ...]) -> dict[str, Path]:
    """Font files below ``folders`` by lower-case file name; of equal names the first in path order."""
    files = (path for folder in folders if folder.is_dir() for path in sorted(folder.rglob("*.[tToO][tT][fFcC]")))
    by_name: dict[str, Path] = {}
    for path in files:
        by_name.setdefault(path.name.casefold(), path)
    return by_name


def _names(fonts: Iterable[Font], chinese: bool) -> str:
    return " / ".join(font.family for font in fonts if font.chinese == chinese)
