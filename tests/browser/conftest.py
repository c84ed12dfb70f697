"""A real browser for the page: the Chromium found on this machine, or a skip that says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")


@pytest.fixture(scope="session")
def browser() -> Iterator:
    with playwright_api.sync_playwright() as playwright:
        found = next((path for name in NAMES if (path := shutil.which(name))), playwright.chromium.executable_path)
        if not Path(found).exists():
            pytest.skip("no Chromium found: install chromium, or run `playwright install chromium`")
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Visit:
    """A page opened in the browser with everything it asked for, said or tried."""

    def __init__(self, page, address: str) -> None:
        self.page = page
        self.address = address
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.goto(address)

    def show(self, lang: str) -> None:
        """Switch the page to ``lang`` the way a reader does."""
        self.page.click(f".edition:not([hidden]) [data-set-lang={lang}]")

    def open_table(self, key: str) -> str:
        """Open the table ``key`` of the shown language and return its selector."""
        selector = f".edition:not([hidden]) details.table[data-table={key}]"
        if not self.page.eval_on_selector(selector, "table => table.open"):
            self.page.click(f"{selector} > summary")
        return selector

    def wait(self, condition: str) -> None:
        """Until the expression ``condition`` holds in the page; a fault after 10 seconds."""
        self.page.wait_for_function(f"() => {condition}", timeout=10_000)

    def overflow_px(self) -> int:
        """How far the page can be scrolled sideways."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.fixture
def visit(browser, tmp_path: Path) -> Iterator[Callable[..., Visit]]:
    """``visit(html, width=1440, script=True)`` opens the page in a fresh context."""
    contexts = []

    def open_page(html: str, width: int = 1_440, script: bool = True) -> Visit:
        path = tmp_path / "report.html"
        path.write_text(html, encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, offline=False
        )
        contexts.append(context)
        return Visit(context.new_page(), path.as_uri())

    yield open_page
    for context in contexts:
        context.close()
