"""What every test shares: property tests without a stopwatch, and plain words where a browser is missing."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import settings

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_CHROMIUM = "no Chromium found: the browser tests were skipped (Debian: apt install chromium fonts-noto-cjk)"

settings.register_profile("sincerity", deadline=None, print_blob=True)
settings.load_profile("sincerity")


def chromium() -> str | None:
    """The path of the Chromium that drives the browser tests; None when there is none."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items):
    if chromium() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NO_CHROMIUM in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(NO_CHROMIUM, yellow=True)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The path of the Chromium to drive; tests that ask for it carry the marker ``browser``."""
    found = chromium()
    if found is None:
        pytest.skip(NO_CHROMIUM)
    return found
