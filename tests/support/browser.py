"""Pages in a real browser: Debian's Chromium, driven by Playwright.

with chromium() as browser, browsing(browser, "http://127.0.0.1:8460") as tab:
    tab.go("/")
    tab.page.keyboard.press("j")
    assert tab.complaints == []
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)
from webhouse import House

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parents[2] / ".venv/node/node_modules/axe-core/axe.min.js"
"""Where `make` installs what tests/html/package.json names."""
PATIENCE = 10_000
"""Milliseconds for anything that is waited for."""
PHONE, DESK = 360, 1280
"""Widths in CSS pixels."""

Scheme = Literal["light", "dark"]

# The rules that colours, sizes and what is hidden can make fail; the others see the same in every
# look.
_OF_LOOKS = (
    *("color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"),
    *("heading-order", "page-has-heading-one", "landmark-one-main", "aria-hidden-focus"),
)
_STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def base_of(web: House) -> str:
    """Its address, without a slash at the end."""
    return str(web.client.base_url).rstrip("/")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser. While it is open nothing else in this thread can run an event loop. The test is
    left out where there is none."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    # As root there is no sandbox to be had; nothing but our own pages is opened.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


@dataclass(kw_only=True)  # no slots: Playwright keeps something with the handlers
class Tab:
    """A page of one site, and everything that is wrong while it is open."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    """Errors and warnings of the console, which tells of violated policies too, errors of scripts,
    and requests to any other host. Not pictures of publishers that are not to be had."""

    def go(self, path: str) -> int:
        """Open a page of the site; its status."""
        response = self.page.goto(self.base + path)
        assert response is not None
        return response.status

    @property
    def path(self) -> str:
        """With its query."""
        return self.page.url.removeprefix(self.base)

    @property
    def focus(self) -> str:
        """The text of what has the focus, in one line."""
        text: str = self.page.evaluate("document.activeElement.textContent")
        return " ".join(text.split())

    def look(self, *, width: int, scheme: Scheme) -> None:
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.emulate_media(color_scheme=scheme)

    def faults(self, *, whole: bool) -> list[str]:
        """What axe-core finds; not `whole`: only by the rules about looks."""
        if not AXE.exists():
            pytest.skip("axe-core of tests/html/package.json is not installed in .venv/node")
        if self.page.evaluate("typeof axe") == "undefined":
            self.page.evaluate(AXE.read_text("utf-8"))  # no policy of the page holds for this
        only = (
            {"type": "tag", "values": _STANDARDS}
            if whole
            else {"type": "rule", "values": _OF_LOOKS}
        )
        options = {"runOnly": only, "resultTypes": ["violations"], "preload": False}
        found = self.page.evaluate(f"axe.run(document, {json.dumps(options)})")
        return [
            f"{rule['id']}: {node['html'][:200]}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    # --- what happens in it

    def heard(self, message: ConsoleMessage) -> None:
        if "/img/" in message.location["url"]:
            return
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text} ({self.page.url})")

    def asked(self, request: Request) -> None:
        if not request.url.startswith((self.base + "/", "data:")):
            self.complaints.append(f"request to {request.url} ({self.page.url})")


@contextmanager
def browsing(
    browser: Browser, base: str, *, javascript: bool = True, width: int = DESK
) -> Iterator[Tab]:
    """A visitor with nothing remembered."""
    context = browser.new_context(
        java_script_enabled=javascript,
        viewport={"width": width, "height": 800},
        color_scheme="light",
        reduced_motion="reduce",  # no colour is looked at on its way to another
        locale="en-GB",
        timezone_id="UTC",
    )
    try:
        yield _tab(context, base)
    finally:
        context.close()


def _tab(context: BrowserContext, base: str) -> Tab:
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    tab = Tab(page=context.new_page(), base=base)
    context.on("console", tab.heard)
    context.on("weberror", lambda error: tab.complaints.append(str(error.error)))
    context.on("request", tab.asked)
    return tab
