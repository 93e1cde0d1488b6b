"""Every page in a browser: narrow and wide, light and dark, with nothing wrong in any."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Self

import pytest
from browser import DESK, PHONE, Scheme, Tab, base_of, browsing
from playwright.sync_api import Browser, expect
from readroom import revise
from webhouse import Filled, House, house

WIDTHS = (320, PHONE, 740, 768, DESK)
FINGER = 24
"""CSS pixels (WCAG 2.2, 2.5.8)."""

# What stands in a line of text, or is given its size by the browser, may be smaller (2.5.8).
_TOO_SMALL = """least => [...document.querySelectorAll('a[href], button, input, select, summary')]
  .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.closest('.hidden, .skip'))
  .filter(one => getComputedStyle(one).display != 'inline')
  .filter(one => !['checkbox', 'radio'].includes(one.type) || !one.closest('label'))
  .map(one => [one.outerHTML.slice(0, 120), one.getBoundingClientRect()])
  .filter(([, box]) => box.width + 0.5 < least || box.height + 0.5 < least)
  .map(([html, box]) => `${html}: ${box.width} x ${box.height}`)"""
_IS_WIDER = "document.documentElement.scrollWidth > innerWidth"
_TRANSFERRED = """[...performance.getEntriesByType('navigation'),
  ...performance.getEntriesByType('resource')].map(one => one.transferSize)"""
_BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def _story(web: House) -> int:
    """That with most outlets."""
    return web.storage.stories(limit=1)[0].story_id


def _article(web: House, language: str) -> int:
    found = (
        item.article
        for story in web.storage.stories(limit=100)
        for item in story.articles
        if item.article.language == language
    )
    return next(found).article_id


def _edition(web: House) -> str:
    edition = web.storage.digests(limit=1)[0].edition
    return f"/digests/{edition.digest}/{edition.local_date}/{edition.slot}"


PAGES: dict[str, Callable[[House], str]] = {
    "today": lambda _: "/",
    "a day before": lambda web: f"/?day={(web.now - timedelta(days=2)).date()}",
    "a story": lambda web: f"/stories/{_story(web)}",
    "a story put right": lambda web: f"/stories/{_story(web)}?edit=1",
    "two texts": lambda web: f"/stories/{_story(web)}/compare",
    "an article": lambda web: f"/articles/{_article(web, 'en')}",
    "an Arabic article": lambda web: f"/articles/{_article(web, 'ar')}",
    "a new search": lambda _: "/search",
    "a search": lambda _: "/search?q=wexcombe+OR+baku",
    "a mistyped search": lambda _: "/search?q=(wexcombe",
    "sources": lambda _: "/sources",
    "a source": lambda _: "/sources/1",
    "a source to add": lambda _: "/sources/add",
    "lists of sources": lambda _: "/sources/opml",
    "watches": lambda _: "/watches",
    "a watch": lambda _: "/watches/Baku?rehearsal=1",
    "digests": lambda _: "/digests",
    "a digest": lambda web: _edition(web).rsplit("/", 2)[0],
    "an edition": _edition,
    "the next edition": lambda web: _edition(web).rsplit("/", 2)[0] + "/preview",
    "settings": lambda _: "/settings",
    "nothing": lambda _: "/nowhere",
}
STATUS = {"a mistyped search": 400, "nothing": 404}
"""Of pages that are not answered with 200."""
every_page = pytest.mark.parametrize("name", PAGES)


class Shown:
    """Pages, each opened once, for they are only looked at."""

    def __init__(self, web: House, browser: Browser) -> None:
        self._web, self._browser = web, browser
        self._tabs: dict[str, Tab] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __call__(self, name: str, *, width: int = DESK, scheme: Scheme = "light") -> Tab:
        if name not in self._tabs:
            tab = self._stack.enter_context(browsing(self._browser, base_of(self._web)))
            assert tab.go(PAGES[name](self._web)) == STATUS.get(name, 200)
            self._tabs[name] = tab
        self._tabs[name].look(width=width, scheme=scheme)
        return self._tabs[name]


@pytest.fixture(scope="module")
def shown(
    read_press: Filled, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shown]:
    with house(read_press, tmp_path_factory.mktemp("pages")) as web, Shown(web, browser) as pages:
        yield pages


@every_page
def test_a_page_asks_nobody_else_and_breaks_no_policy(name: str, shown: Shown) -> None:
    tab = shown(name)
    missing = "error: Failed to load resource: the server responded with a status of"
    expected = [f"{missing} {STATUS[name]}"] if name in STATUS else []
    assert len(tab.complaints) == len(expected), tab.complaints
    assert all(map(str.startswith, tab.complaints, expected)), tab.complaints


@every_page
def test_axe_finds_nothing_on_any_page(name: str, shown: Shown) -> None:
    assert shown(name).faults(whole=True) == []
    looks: tuple[tuple[int, Scheme], ...] = (PHONE, "light"), (PHONE, "dark"), (DESK, "dark")
    for width, scheme in looks:
        faults = shown(name, width=width, scheme=scheme).faults(whole=False)
        assert faults == [], (width, scheme)


@every_page
def test_a_page_is_no_wider_than_a_phone_and_its_targets_fit_fingers(
    name: str, shown: Shown
) -> None:
    for width in WIDTHS:
        page = shown(name, width=width).page
        assert not page.evaluate(_IS_WIDER), width
        assert page.evaluate(_TOO_SMALL, FINGER) == [], width


LONG = "http://news.example.org/" + "a" * 600
"""An item without a title has its address."""


def test_a_headline_of_one_long_word_widens_no_page(web: House, browser: Browser) -> None:
    story = web.storage.stories(min_sources=2, limit=1, since=None, published=True)[0]
    number = story.articles[0].article.article_id
    caught = max(web.storage.caught(since=web.now - timedelta(days=7), until=web.now))
    for one in web.storage.articles([number, caught]):
        revise(web, one, title=LONG, text=f"{LONG} {one.text}")
    with browsing(browser, base_of(web), width=PHONE) as tab:
        for path in (
            f"/?day={story.articles[0].article.at.date()}",
            "/search?flat=1&q=" + "a" * 600,
            f"/stories/{story.story_id}",
            f"/stories/{story.story_id}/compare?a={number}",
            f"/articles/{number}",
            "/watches/Baku?rehearsal=1",
        ):
            assert tab.go(path) == 200
            assert LONG[:150] in tab.page.locator("main").inner_text(), path
            assert not tab.page.evaluate(_IS_WIDER), path
        expect(tab.page.locator(f"#article-{caught} bdi").first).to_have_attribute("title", LONG)
        tab.go(f"/articles/{number}")
        expect(tab.page.locator("h1")).to_have_text(LONG)


def test_dark_is_dark(shown: Shown) -> None:
    light = _brightness(shown("today"))
    dark = _brightness(shown("today", scheme="dark"))
    assert light > 200
    assert dark < 60


def test_the_first_page_with_all_it_loads_is_light(shown: Shown) -> None:
    sizes = shown("today").page.evaluate(_TRANSFERRED)
    assert len(sizes) >= 4  # the page, its style, its scripts
    assert sum(sizes) < 60_000, sizes


def _brightness(tab: Tab) -> float:
    """Of the page's ground, 0 to 255."""
    numbers = re.findall(r"\d+", tab.page.evaluate(_BACKGROUND))
    return sum(map(int, numbers[:3])) / 3
