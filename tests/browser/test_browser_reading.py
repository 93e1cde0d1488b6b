"""Reading in a browser: by the keys that readers know, with marks, through stories and texts."""

from __future__ import annotations

import re
from datetime import timedelta

from browser import Tab
from playwright.sync_api import expect
from webhouse import House

from aggregator.types import Marks, Relation

STARRED, READ = Marks(starred=True, read=True), Marks(starred=False, read=True)


def _marks(web: House, article_id: int) -> Marks:
    return web.storage.marks([article_id])[article_id]


def _number(tab: Tab) -> int:
    """That of the story or article which is open."""
    found = re.search(r"/(?:stories|articles)/(\d+)", tab.path)
    assert found
    return int(found[1])


def _with_a_copy(web: House) -> tuple[int, int]:
    """A story, and an article of it that is another's copy."""
    return next(
        (story.story_id, item.article.article_id)
        for story in web.storage.stories(min_sources=3, limit=50)
        for item in story.articles
        if item.relation is Relation.COPY
    )


# --- keys


def test_stories_are_walked_and_opened_by_keys_as_in_other_readers(tab: Tab) -> None:
    tab.go("/")
    headlines = tab.page.locator(".story .headline a").all_inner_texts()
    for key, at in ("j", 0), ("j", 1), ("k", 0), ("j", 1):
        tab.page.keyboard.press(key)
        assert tab.focus == headlines[at]
    tab.page.keyboard.press("o")
    expect(tab.page.locator("h1")).to_have_text(headlines[1])
    assert tab.path.startswith("/stories/")
    tab.page.keyboard.press("u")
    expect(tab.page.locator("h1")).to_have_text("Today")


def test_the_place_in_a_list_is_kept_on_the_way_back(web: House, tab: Tab) -> None:
    day = f"/?day={(web.now - timedelta(days=1)).date()}"
    tab.go(day)
    headlines = tab.page.locator("[data-item] [data-open]").all_inner_texts()
    for _ in range(5):
        tab.page.keyboard.press("j")
    assert tab.focus == headlines[4]
    tab.page.keyboard.press("o")
    tab.page.wait_for_url(re.compile("/(stories|articles)/"))
    tab.page.go_back()
    expect(tab.page.locator(":focus")).to_have_text(headlines[4])
    tab.page.keyboard.press("j")
    assert tab.focus == headlines[5]
    tab.page.keyboard.press("k")
    tab.page.keyboard.press("o")
    tab.page.wait_for_url(re.compile("/(stories|articles)/"))
    tab.page.keyboard.press("u")
    tab.page.wait_for_url("**" + day)
    expect(tab.page.locator(":focus")).to_have_text(headlines[4])
    expect(tab.page.locator(":focus")).to_be_in_viewport()
    tab.go(day)  # anew, it begins at the top
    tab.page.keyboard.press("j")
    assert tab.focus == headlines[0]


def test_an_article_of_a_story_is_starred_and_marked_unread_by_keys(web: House, tab: Tab) -> None:
    tab.go("/")
    for key in "jo":
        tab.page.keyboard.press(key)
    tab.page.wait_for_url("**/stories/*")
    for key in "jo":
        tab.page.keyboard.press(key)
    tab.page.wait_for_url("**/articles/*")
    number = _number(tab)
    star = tab.page.get_by_role("button", name="Star:")
    read = tab.page.get_by_role("button", name="Read:")
    expect(read).to_have_attribute("aria-pressed", "true")
    assert _marks(web, number) == READ
    tab.page.keyboard.press("s")
    expect(star).to_have_attribute("aria-pressed", "true")
    assert _marks(web, number) == STARRED
    tab.page.keyboard.press("m")
    expect(read).to_have_attribute("aria-pressed", "false")
    assert _marks(web, number) == Marks(starred=True, read=False)
    assert _number(tab) == number  # nothing was loaded anew


def test_a_mark_is_said_aloud_and_seen_where_the_reader_comes_back(web: House, tab: Tab) -> None:
    tab.go("/")
    tab.page.keyboard.press("j")
    first = tab.page.locator(".story").first
    tab.page.keyboard.press("s")
    expect(tab.page.locator("[data-live]")).to_have_text("Starred.")
    tab.page.keyboard.press("m")
    expect(tab.page.locator("[data-live]")).to_have_text("Read.")
    expect(first).to_have_class(re.compile("item-read"))
    tab.go("/sources")
    tab.page.go_back()
    expect(first.get_by_role("button", name="Star:")).to_have_attribute("aria-pressed", "true")
    expect(first).to_have_class(re.compile("item-read"))


def test_help_lists_the_keys_and_gives_the_focus_back(tab: Tab) -> None:
    tab.go("/")
    tab.page.keyboard.press("j")
    before = tab.focus
    tab.page.keyboard.press("?")
    keys = tab.page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    expect(keys.get_by_text("next, previous item")).to_be_visible()
    tab.page.keyboard.press("j")  # not while it is open
    tab.page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    assert tab.focus == before


def test_keys_can_be_turned_off(tab: Tab) -> None:
    tab.go("/")
    tab.page.keyboard.press("?")
    tab.page.get_by_label("Turn single keys off").check()
    tab.page.keyboard.press("Escape")
    tab.page.keyboard.press("?")
    expect(tab.page.get_by_role("dialog")).to_be_hidden()
    tab.go("/sources")
    tab.page.keyboard.press("j")
    assert tab.page.evaluate("document.activeElement === document.body")


def test_keys_of_fields_and_of_the_browser_are_left_alone(tab: Tab) -> None:
    tab.go("/search")
    field = tab.page.get_by_role("searchbox")
    expect(field).to_be_focused()
    tab.page.keyboard.type("j/s?")
    expect(field).to_have_value("j/s?")
    tab.page.keyboard.press("Escape")
    expect(field).not_to_be_focused()


def test_two_keys_go_to_any_page(tab: Tab) -> None:
    tab.go("/")
    for key, path in ("s", "/sources"), ("d", "/digests"), (",", "/settings"), ("t", "/"):
        tab.page.keyboard.press("g")
        tab.page.keyboard.press(key)
        tab.page.wait_for_url(tab.base + path)


def test_the_keyboard_alone_reaches_the_content_first(tab: Tab) -> None:
    tab.go("/")
    tab.page.keyboard.press("Tab")
    assert tab.focus == "Skip to the content"
    expect(tab.page.locator(":focus")).to_be_in_viewport()
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("main")).to_be_focused()


# --- what is read


def test_a_copy_is_compared_with_its_origin(web: House, tab: Tab) -> None:
    story, copy = _with_a_copy(web)
    tab.go(f"/stories/{story}")
    row = tab.page.locator(f"#article-{copy}")
    expect(row.locator(".relation")).to_contain_text("copy")
    row.get_by_role("link", name="What differs from").click()
    tab.page.wait_for_url("**/compare?*")
    assert tab.page.locator(".compare-row").count() > 2
    assert tab.page.locator(".compare del, .compare ins").count() > 0
    tab.page.get_by_label("First text").select_option(index=0)
    tab.page.get_by_role("button", name="Compare").click()
    expect(tab.page.locator(".compare-head").get_by_role("columnheader")).to_have_count(2)


def test_a_text_in_arabic_runs_from_right_to_left(web: House, tab: Tab) -> None:
    number = next(
        item.article.article_id
        for story in web.storage.stories(limit=100)
        for item in story.articles
        if item.article.language == "ar"
    )
    tab.go(f"/articles/{number}")
    for part in tab.page.locator("h1"), tab.page.locator(".prose"):
        expect(part).to_have_attribute("dir", "rtl")
        expect(part).to_have_attribute("lang", "ar")
    heading, bar = tab.page.locator("h1"), tab.page.locator(".menu")
    assert heading.evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert bar.evaluate("one => getComputedStyle(one).direction") == "ltr"


def test_an_original_is_opened_without_saying_where_from(web: House, tab: Tab) -> None:
    tab.go("/")
    link = tab.page.locator(".story [data-out]").first
    expect(link).to_have_attribute("rel", re.compile("noopener"))
    assert tab.page.evaluate("document.referrer") == ""


def test_light_or_dark_is_chosen_and_remembered(tab: Tab) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    tab.go("/")
    light = tab.page.evaluate(ground)
    switch = tab.page.get_by_role("button", name="Light or dark:")
    for word in "light", "dark":
        switch.click()
        expect(switch).to_have_text(f"Light or dark: {word}")
    dark = tab.page.evaluate(ground)
    assert dark != light
    tab.go("/sources")
    assert tab.page.evaluate(ground) == dark


# --- search


def test_search_is_one_key_away_and_narrowed_by_facets_and_days(tab: Tab) -> None:
    tab.go("/")
    tab.page.keyboard.press("/")
    tab.page.keyboard.type("wexcombe")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/search?*")
    side = tab.page.get_by_role("complementary", name="Narrow the search")
    facet = side.locator(".facet a").first
    name, count = facet.locator("bdi").inner_text(), facet.locator(".num").inner_text()
    facet.click()
    expect(tab.page.locator(".found-head [role=status]")).to_contain_text(f"{count} article")
    expect(tab.page.get_by_role("link", name="Without source:")).to_have_count(1)
    assert set(tab.page.locator(".hit-facts li:first-child").all_inner_texts()) == {name}
    tab.page.get_by_role("link", name="Without source:").click()
    day = tab.page.get_by_role("navigation", name="Articles by day").get_by_role("link").last
    said = day.get_attribute("aria-label")
    assert said
    day.click()
    expect(tab.page.locator(".found-head [role=status]")).to_contain_text(said.split()[-2])


def test_the_search_goes_on_page_by_page(tab: Tab) -> None:
    tab.go("/search?q=the&flat=1")
    seen: list[str | None] = []
    while True:
        found = tab.page.locator("[data-item]")
        seen += [one.get_attribute("id") for one in found.all()]
        more = tab.page.get_by_role("link", name="More", exact=True)
        if not more.count():
            break
        more.click()
    assert len(seen) > 30
    assert len(set(seen)) == len(seen)


def test_a_mistyped_search_says_where(tab: Tab) -> None:
    tab.go("/")
    tab.page.keyboard.press("/")
    tab.page.keyboard.type("wexcombe titel:bridge")
    tab.page.keyboard.press("Enter")
    alert = tab.page.get_by_role("alert")
    expect(alert).to_contain_text("titel")
    expect(alert.locator("mark")).to_have_text("t")
    expect(tab.page.get_by_role("searchbox")).to_have_attribute("aria-invalid", "true")
    assert "400" in tab.complaints.pop()  # the status of such a page, and nothing else
