"""The pages in a browser in which scripts are off."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from browser import Tab, base_of, browsing
from playwright.sync_api import Browser, expect
from webdoor import PASSWORD, with_password
from webhouse import House

from aggregator.config import load


@pytest.fixture
def plain(web: House, browser: Browser) -> Iterator[Tab]:
    with browsing(browser, base_of(web), javascript=False) as opened:
        yield opened


def test_stories_and_articles_are_read_and_marked(web: House, plain: Tab) -> None:
    plain.go("/")
    plain.page.locator(".story .headline a").first.click()
    expect(plain.page.locator("h1")).to_be_visible()
    plain.page.locator(".line .headline a").first.click()
    expect(plain.page.locator(".prose")).to_be_visible()
    number = int(plain.path.rsplit("/", 1)[1])
    star = plain.page.get_by_role("button", name="Star:")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    assert plain.path == f"/articles/{number}"
    plain.page.get_by_role("button", name="Read:").click()
    marks = web.storage.marks([number])[number]
    assert (marks.starred, marks.read) == (True, False)
    assert plain.path == "/"  # the article's own page would mark it again


def test_a_mark_comes_back_to_its_place_in_the_list(plain: Tab) -> None:
    plain.go("/")
    second = plain.page.locator(".story").nth(1)
    second.get_by_role("button", name="Star:").click()
    expect(second.get_by_role("button", name="Star:")).to_have_attribute("aria-pressed", "true")
    assert plain.path == f"/#{second.get_attribute('id')}"


def test_search_goes_by_links_and_forms(plain: Tab) -> None:
    plain.go("/")
    field = plain.page.get_by_role("searchbox")
    field.fill("wexcombe")
    field.press("Enter")
    found = plain.page.locator("[data-item]")
    before = plain.page.locator(".found-head [role=status]").inner_text()
    plain.page.locator(".facet a").first.click()
    assert plain.page.locator(".found-head [role=status]").inner_text() != before
    plain.page.get_by_role("link", name="Every article").click()
    expect(found.first).to_be_visible()


def test_two_texts_are_compared(web: House, plain: Tab) -> None:
    story = web.storage.stories(min_sources=3, limit=1)[0].story_id
    plain.go(f"/stories/{story}")
    plain.page.get_by_role("link", name="Compare two texts").click()
    plain.page.get_by_label("Second text").select_option(index=2)
    plain.page.get_by_role("button", name="Compare").click()
    expect(plain.page.get_by_label("Second text").locator("option").nth(2)).to_be_attached()
    assert plain.page.locator(".compare-row").count() > 1


def test_a_watch_is_added_and_a_digest_looked_at(web: House, plain: Tab) -> None:
    plain.go("/watches")
    plain.page.get_by_label("Name", exact=True).fill("Ferries")
    plain.page.get_by_label("What to look for").fill("ferry OR ship*")
    plain.page.get_by_label("desk").check()
    plain.page.get_by_role("button", name="Add the watch").click()
    web.config = load(web.folder / "feeds.yaml", environ={})
    plain.go("/watches/Ferries?rehearsal=1")
    expect(plain.page.locator("h1")).to_have_text("Ferries")
    plain.go("/digests")
    plain.page.locator("[data-open]").first.click()
    plain.page.locator("[data-open]").first.click()
    expect(plain.page.frame_locator("iframe").locator("h1")).to_be_visible()


def test_a_password_lets_in_and_out(web: House, plain: Tab) -> None:
    with_password(web)
    plain.go("/settings")
    plain.page.get_by_label("Password").fill(PASSWORD)
    plain.page.get_by_role("button", name="Log in").click()
    expect(plain.page.locator("h1")).to_have_text("Settings")
    plain.page.get_by_role("button", name="Log out").click()
    expect(plain.page).to_have_title(re.compile("Log in"))


def test_what_only_scripts_can_do_is_not_offered(plain: Tab) -> None:
    plain.go("/")
    for name in "Keys", "Light or dark":
        expect(plain.page.get_by_role("button", name=name)).to_have_count(0)
