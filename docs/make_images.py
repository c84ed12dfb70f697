"""The pictures of the manual, all drawn by the program from ``sample_data/normal``:

    python docs/make_images.py

Needs Chromium and playwright (the group ``dev``); ``--chromium`` names a browser playwright did not install itself.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1180, "height": 800}


def main() -> int:
    """Runs the sample in a folder of its own and writes every picture into ``docs/images``."""
    parser = argparse.ArgumentParser(description="Draw the pictures of the manual anew.")
    parser.add_argument("--chromium", help="path of a Chromium to use")
    browser_path = parser.parse_args().chromium
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        out = run_sample(Path(scratch) / "normal")
        photograph(out, browser_path)
    for picture in sorted(IMAGES.glob("*.png")):
        print(f"{picture.relative_to(ROOT)}  {picture.stat().st_size / 1000:.0f} KB")
    return 0


def run_sample(folder: Path) -> Path:
    """The published round of a fresh copy of the sample in ``folder``."""
    sys.path.insert(0, str(ROOT))
    from sincerity.cli import main as sincerity

    shutil.copytree(ROOT / "sample_data" / "normal", folder)
    if code := sincerity(["run", str(folder), "--lang", "zh", "--quiet"]):
        raise SystemExit(code)
    return folder / "out" / "round-3"


def photograph(out: Path, browser_path: str | None) -> None:
    """The flowering chart, and the report's parts that the manual shows as a phone and a desk see them."""
    report = (out / "report.html").as_uri()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        phone = browser.new_page(viewport=PHONE, device_scale_factor=1.5)
        phone.goto(report)
        phone.screenshot(path=IMAGES / "report_phone.png")
        desk = browser.new_page(viewport=DESK)
        desk.goto((out / "flowering_chart.svg").as_uri())
        desk.locator("svg").first.screenshot(path=IMAGES / "flowering_chart.png")
        desk.goto(report)
        desk.locator("#zh-conflicts-section details.record").first.click()
        part_of(desk, "#zh-conflicts-section", "conflict_review.png", height=700)
        part_of(desk, "#zh-control-section", "control_grid.png", height=620)
        browser.close()


def part_of(page: Page, section: str, name: str, height: int) -> None:
    """The top of a section of the report, at most ``height`` pixels of it."""
    top, tall = page.locator(section).evaluate(
        "part => [part.getBoundingClientRect().top + window.scrollY, part.offsetHeight]")
    area = {"x": 0, "y": top, "width": DESK["width"], "height": min(height, tall)}
    page.screenshot(path=IMAGES / name, full_page=True, clip=area)


if __name__ == "__main__":
    sys.exit(main())
