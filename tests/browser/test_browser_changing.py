"""What is changed from the pages in a browser: sources, watches, stories, who is let in."""

from __future__ import annotations

import re

from browser import PHONE, Tab
from playwright.sync_api import expect
from webdoor import PASSWORD, with_password
from webhouse import House

from aggregator.config import load
from aggregator.demo.press import Press


def _followed(web: House) -> None:
    """What a running service does when feeds.yaml has changed."""
    web.config = load(web.folder / "feeds.yaml", environ={})
    web.storage.sync_sources(web.config.sources, now=web.now)


def _log_in(tab: Tab, password: str) -> None:
    tab.page.get_by_label("Password").fill(password)
    tab.page.get_by_role("button", name="Log in").click()


# --- sources


def test_a_source_is_found_looked_at_and_followed(web: House, tab: Tab, press: Press) -> None:
    site = press.outlets[0].site_url  # of another press than that which is followed
    tab.go("/sources")
    tab.page.get_by_role("link", name="Add a source").click()
    expect(tab.page.get_by_label("Address")).to_be_focused()
    tab.page.keyboard.type(site)
    tab.page.keyboard.press("Enter")
    candidate = tab.page.locator(".candidate").first
    expect(candidate.locator(".preview a").first).to_be_visible(timeout=30_000)
    candidate.get_by_label("Name").fill("A new one")
    candidate.get_by_label("Tags").fill("harbour, ships")
    candidate.get_by_role("button", name="Follow").click()
    expect(tab.page.get_by_role("status").first).to_contain_text("added")
    _followed(web)
    tab.go("/sources?name=a+new+one")
    row = tab.page.get_by_role("listitem").filter(has=tab.page.get_by_role("heading"))
    expect(row).to_have_count(1)
    expect(row).to_contain_text("A new one")
    expect(row.get_by_role("link", name="ships")).to_be_visible()
    assert "A new one" in (web.folder / "feeds.yaml").read_text("utf-8")


def test_a_source_that_is_not_there_is_told_in_a_sentence(tab: Tab) -> None:
    tab.go("/sources/add")
    tab.page.get_by_label("Address").fill("http://127.0.0.1:9/")
    tab.page.get_by_role("button", name="Look").click()
    expect(tab.page.get_by_text("No feed was found")).to_be_visible(timeout=30_000)
    expect(tab.page.get_by_text("could not be had")).to_be_visible()


def test_a_source_is_paused_and_resumed(web: House, tab: Tab) -> None:
    tab.go("/sources/1")
    name = tab.page.locator("h1").inner_text()
    tab.page.get_by_role("button", name="Pause").click()
    _followed(web)
    tab.go("/sources?state=paused")
    expect(tab.page.get_by_role("heading", name=name)).to_be_visible()
    tab.page.get_by_role("button", name=f"Resume {name}").click()
    _followed(web)
    tab.go("/sources?state=paused")
    expect(tab.page.get_by_role("heading", name="No source is paused")).to_be_visible()


# --- watches, digests, stories


def test_a_watch_is_added_from_a_search_and_removed(web: House, tab: Tab) -> None:
    tab.go("/search?q=ferry")
    tab.page.get_by_role("link", name="Save as a watch").click()
    expect(tab.page.get_by_label("What to look for")).to_have_value("ferry")
    tab.page.get_by_label("Name", exact=True).fill("Ferries")
    tab.page.get_by_label("desk").check()
    tab.page.get_by_role("button", name="Add the watch").click()
    expect(tab.page.get_by_role("status").first).to_contain_text("added")
    _followed(web)
    tab.go("/watches")
    tab.page.get_by_role("link", name="Ferries").click()
    expect(tab.page.locator("h1")).to_have_text("Ferries")
    tab.page.get_by_text("Remove this watch").click()
    tab.page.get_by_role("button", name="Remove it").click()
    expect(tab.page.get_by_role("status").first).to_contain_text("removed")
    _followed(web)
    tab.go("/watches")
    expect(tab.page.get_by_role("link", name="Baku")).to_be_visible()
    expect(tab.page.get_by_role("link", name="Ferries")).to_have_count(0)


def test_a_past_digest_is_shown_in_a_frame_as_it_was_made(web: House, tab: Tab) -> None:
    tab.go("/digests")
    tab.page.locator("[data-open]").first.click()
    tab.page.locator("[data-open]").first.click()
    frame = tab.page.locator("iframe")
    assert "allow-scripts" not in (frame.get_attribute("sandbox") or "")
    body = tab.page.frame_locator("iframe").locator("body")
    expect(body).to_contain_text("Baku")
    headings = body.locator("h1, h2")
    kept = web.storage.digests(limit=1)[0].rendered.html
    assert headings.count() == len(re.findall("<h[12]", kept))
    box = frame.bounding_box()
    assert box is not None
    assert box["height"] > 300


def test_an_article_is_taken_out_of_a_story(web: House, tab: Tab) -> None:
    story = web.storage.stories(min_sources=3, limit=1)[0]
    tab.go(f"/stories/{story.story_id}")
    tab.page.get_by_role("link", name="Choose articles to take out").click()
    last = story.articles[-1].article.article_id
    tab.page.locator(f"#article-{last}").get_by_role("checkbox").check()
    tab.page.get_by_role("button", name="Take the chosen ones out").click()
    tab.go(f"/stories/{story.story_id}")
    expect(tab.page.locator(f"#article-{last}")).to_have_count(0)
    after = web.storage.story(story.story_id)
    assert after is not None
    assert len(after.articles) == len(story.articles) - 1


def test_everything_is_marked_as_read(web: House, tab: Tab) -> None:
    tab.go("/")
    tab.page.get_by_role("button", name="Mark everything as read").click()
    expect(tab.page.locator("[data-item]:not(.item-read)")).to_have_count(0)


# --- who is let in


def test_a_password_lets_in_and_out_and_a_wrong_one_does_not(web: House, tab: Tab) -> None:
    with_password(web)
    tab.go("/sources?state=failing")
    expect(tab.page.locator("h1")).to_have_text("Log in")
    assert tab.faults(whole=True) == []
    tab.look(width=PHONE, scheme="dark")
    assert tab.faults(whole=False) == []
    _log_in(tab, "six dry geese")
    expect(tab.page.get_by_role("alert")).to_be_visible()
    assert tab.faults(whole=True) == []
    _log_in(tab, PASSWORD)
    expect(tab.page.locator("h1")).to_have_text("Sources")
    assert tab.path == "/sources?state=failing"  # where it was wanted
    tab.page.get_by_role("button", name="Log out").click()
    expect(tab.page.get_by_label("Password")).to_be_visible()
    tab.go("/")
    expect(tab.page.locator("h1")).to_have_text("Log in")
    refused = [one for one in tab.complaints if re.search(r"status of 40[13]", one)]
    assert tab.complaints == refused
    tab.complaints.clear()


def test_a_token_is_shown_once_and_revoked(web: House, tab: Tab) -> None:
    tab.go("/settings")
    tab.page.get_by_label("Name of a new token").fill("phone")
    tab.page.get_by_role("button", name="Make a token").click()
    secret = tab.page.locator(".notice code").inner_text()
    assert len(secret) > 20
    tab.go("/settings")
    assert secret not in tab.page.content()
    tab.page.get_by_role("button", name="Revoke phone").click()
    expect(tab.page.get_by_role("button", name="Revoke phone")).to_have_count(0)
    assert web.storage.tokens() == []
