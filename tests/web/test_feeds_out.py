"""Feeds of stories and articles: Atom, JSON Feed, OPML."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import feedparser
import httpx
import pytest
from lxml import etree
from webdoor import bearer, configured, token, with_password
from webhouse import House

from aggregator.core.opml import parse_opml
from aggregator.core.query import parse
from aggregator.types import Assignment, Relation, Scope, Watch, WatchPer
from aggregator.web.access.secrets import fever_key
from aggregator.web.feeds_atom import to_atom
from aggregator.web.feeds_content import Entry, Feed
from aggregator.web.feeds_json import to_json_feed

ATOM = "{http://www.w3.org/2005/Atom}"


def base(web: House) -> str:
    return str(web.client.base_url).rstrip("/")


def atom(answer: httpx.Response) -> Any:
    """As feedparser reads it; well-formed."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/atom+xml")
    etree.fromstring(answer.content)
    read = feedparser.parse(answer.content)
    assert not read.bozo, read.bozo_exception
    return read


def told(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/feed+json")
    found: dict[str, Any] = answer.json()
    return found


# --- stories --------------------------------------------------------------------------------------


def test_each_story_is_one_entry_with_all_its_outlets(web: House) -> None:
    stories = {one.story_id: one for one in web.storage.stories(limit=1_000)}
    items = told(web.client.get("/feeds/stories.json?n=100"))["items"]
    assert {one["url"] for one in items} == {f"{base(web)}/stories/{one}" for one in stories}
    for item in items:
        story = stories[int(item["url"].rpartition("/")[2])]
        outlets = item["_aggregator"]["outlets"]
        assert tuple(one["name"] for one in outlets) == story.outlets
        assert [one["standing"] for one in outlets].count("first") == 1
        for one in story.articles:
            if one.relation is not Relation.SAME and one.article.url:
                assert one.article.url.replace("&", "&amp;") in item["content_html"]


def test_a_story_says_who_was_first_and_who_only_copied(web: House) -> None:
    story = max(web.storage.stories(limit=1_000), key=lambda one: len(one.outlets))
    items = told(web.client.get("/feeds/stories.json?n=100"))["items"]
    item = next(one for one in items if one["url"].endswith(f"/stories/{story.story_id}"))
    assert f"First: {story.outlets[0]}" in item["content_html"]
    copied = [o["name"] for o in item["_aggregator"]["outlets"] if o["standing"] == "copy"]
    assert copied
    assert f"Only copied by: {', '.join(copied)}." in item["content_html"]


def test_the_story_whose_last_article_came_last_comes_first(web: House) -> None:
    last = {
        one.story_id: max(item.article.article_id for item in one.articles)
        for one in web.storage.stories(limit=1_000)
    }
    entries = atom(web.client.get("/feeds/stories.atom?n=100")).entries
    order = [last[int(one.link.rpartition("/")[2])] for one in entries]
    assert order == sorted(last.values(), reverse=True)


def test_an_entry_keeps_its_id_and_is_newer_when_its_story_grows(web: House) -> None:
    def entry_of(story_id: int) -> Any:
        entries = atom(web.client.get("/feeds/stories.atom?n=100")).entries
        return next(one for one in entries if one.link.endswith(f"/stories/{story_id}"))

    big, small = sorted(web.storage.stories(limit=1_000), key=lambda one: -len(one.articles))[:2]
    before = entry_of(big.story_id)
    web.now = web.now.replace(year=web.now.year + 1)
    moved = small.articles[-1].article.article_id
    web.storage.place(
        [
            Assignment(
                article_id=moved,
                story=big.story_id,
                relation=Relation.REPORT,
                of=big.first.article.article_id,
                score=1.0,
                why="By hand.",
            )
        ],
        now=web.now,
    )
    after = entry_of(big.story_id)
    assert after.id == before.id
    assert after.updated > before.updated


def test_feeds_of_stories_follow_a_query_a_tag_and_a_watch(web: House) -> None:
    by_query = told(web.client.get("/feeds/stories.json?q=source:Tessmark&n=100"))
    assert by_query["items"]
    for item in by_query["items"]:
        assert "Tessmark" in {one["name"] for one in item["_aggregator"]["outlets"]}
    tag = web.config.sources[0].tags[0]
    outlets = {one.name for one in web.config.sources if tag in one.tags}
    by_tag = told(web.client.get("/feeds/articles.json", params={"tag": tag, "n": 100}))
    assert {one["_aggregator"]["source"] for one in by_tag["items"]} == outlets
    both = told(web.client.get("/feeds/articles.json", params={"tag": tag, "q": "source:Tessmark"}))
    assert {one["_aggregator"]["source"] for one in both["items"]} <= outlets & {"Tessmark"}


def test_feeds_follow_a_watch(web: House) -> None:
    wire = Watch(name="The wire", query="source:Tessmark", per=WatchPer.STORY, to=())
    quiet = Watch(name="Quiet", query="", per=WatchPer.STORY, to=(), silent=timedelta(days=1))
    web.config = replace(web.config, watches=(wire, quiet))
    by_watch = told(web.client.get("/feeds/articles.json?watch=the%20WIRE&n=100"))
    assert {one["_aggregator"]["source"] for one in by_watch["items"]} == {"Tessmark"}
    assert by_watch["title"].endswith("The wire")
    assert web.client.get("/feeds/articles.json?watch=Quiet").status_code == 404
    assert web.client.get("/feeds/articles.json?watch=nothing").status_code == 404


@pytest.mark.parametrize("given", ["q=%00&tag=%00&watch=%00", "n=x&tag=%FF", "after=x"])
def test_addresses_that_nobody_made_are_answered(web: House, given: str) -> None:
    assert web.client.get(f"/feeds/stories.atom?{given}").status_code in (200, 400, 404)


def test_a_feed_of_nothing_is_as_old_as_the_store(web: House) -> None:
    read = atom(web.client.get("/feeds/stories.atom?q=zzyzxquux"))
    assert not read.entries
    created_at = web.storage.created_at()
    assert created_at is not None
    assert read.feed.updated_parsed[:5] == created_at.timetuple()[:5]


def test_a_search_that_cannot_be_read_is_refused_with_a_sentence(web: House) -> None:
    answer = web.client.get("/feeds/articles.atom", params={"q": '"half'})
    assert answer.status_code == 400
    assert answer.json()["detail"]


# --- articles -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["stories", "articles"])
def test_pages_lead_from_one_to_the_next_and_each_entry_is_on_one(web: House, kind: str) -> None:
    whole = told(web.client.get(f"/feeds/{kind}.json?n=100"))
    found: list[str] = []
    address: str | None = f"{base(web)}/feeds/{kind}.json?n=13"
    while address:
        page = told(web.client.get(address))
        found += [one["id"] for one in page["items"]]
        address = page.get("next_url")
    assert found == [one["id"] for one in whole["items"]]
    assert len(found) == len(set(found)) > 26


def test_atom_and_json_tell_the_same_of_articles(web: House) -> None:
    entries = atom(web.client.get("/feeds/articles.atom?n=100")).entries
    items = told(web.client.get("/feeds/articles.json?n=100"))["items"]
    assert [(one.id, one.title, one.link) for one in entries] == [
        (one["id"], one["title"], one["url"]) for one in items
    ]
    assert len(items) == web.storage.counts().articles


def test_an_article_is_whole_with_language_and_direction(web: House) -> None:
    items = told(web.client.get("/feeds/articles.json?q=lang:ar"))["items"]
    assert items
    assert all(one["language"] == "ar" for one in items)
    assert all(one["content_html"].startswith('<div lang="ar" dir="rtl">') for one in items)


# --- asked again ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/feeds/stories.atom", "/feeds/articles.json"])
def test_who_asks_again_is_told_that_nothing_has_changed(web: House, path: str) -> None:
    first = web.client.get(path)
    by_tag = web.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (by_tag.status_code, by_tag.content) == (304, b"")
    by_time = web.client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert by_time.status_code == 304
    other = {"If-None-Match": '"x"', "If-Modified-Since": first.headers["Last-Modified"]}
    assert web.client.get(path, headers=other).status_code == 200
    old = {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}
    assert web.client.get(path, headers=old).status_code == 200
    assert web.client.get(path, headers={"If-Modified-Since": "yesterday"}).status_code == 200


def test_a_feed_of_what_is_unread_has_changed_when_something_is_read(web: House) -> None:
    path = "/feeds/articles.json?q=is:unread"
    first = web.client.get(path)
    assert "Last-Modified" not in first.headers
    again = {"If-None-Match": first.headers["ETag"]}
    assert web.client.get(path, headers=again).status_code == 304
    before = [one["id"] for one in first.json()["items"]]
    hits = web.storage.search(parse("is:unread", now=web.now), limit=2).hits
    web.storage.mark_read([hits[1].article.article_id], now=web.now)
    since = {"If-Modified-Since": format_datetime(web.now, usegmt=True)}
    for headers in (again, since):
        listed = web.client.get(path, headers=headers).json()["items"]
        assert [one["id"] for one in listed][: len(before) - 1] == [before[0], *before[2:]]


def test_head_is_answered_without_a_body(web: House) -> None:
    answer = web.client.head("/feeds/stories.atom")
    assert (answer.status_code, answer.content) == (200, b"")


def test_addresses_are_those_that_the_page_has_outside(web: House) -> None:
    configured(web, url="https://news.example.org")
    read = atom(web.client.get("/feeds/stories.atom?n=1", headers=bearer(token(web))))
    assert read.feed.links[0].href == "https://news.example.org/"
    assert read.entries[0].link.startswith("https://news.example.org/stories/")


def test_ids_do_not_depend_on_the_address(web: House) -> None:
    before = atom(web.client.get("/feeds/articles.atom?n=5"))
    configured(web, url="https://news.example.org")
    after = atom(web.client.get("/feeds/articles.atom?n=5", headers=bearer(token(web))))
    assert [one.id for one in after.entries] == [one.id for one in before.entries]
    assert after.feed.id == before.feed.id


# --- who may have them ----------------------------------------------------------------------------


def test_an_address_with_a_token_is_enough_for_feeds_and_for_nothing_else(web: House) -> None:
    with_password(web)
    secret = token(web, scope=Scope.READ)
    assert web.client.get("/feeds/stories.atom").status_code == 401
    assert web.client.get("/feeds/stories.atom?token=agg_no").status_code == 401
    for path in ("/feeds/stories.atom", "/feeds/articles.json", "/feeds.opml"):
        assert web.client.get(path, params={"token": secret}).status_code == 200
    for path in ("/settings", "/api/v1/stories", "/"):
        assert web.client.get(path, params={"token": secret}).status_code in (303, 401)
    web.storage.revoke_token("phone")
    assert web.client.get("/feeds/stories.atom", params={"token": secret}).status_code == 401


def test_a_token_that_is_none_is_refused_at_this_machine_too(web: House) -> None:
    assert web.client.get("/feeds/stories.atom").status_code == 200
    assert web.client.get("/feeds/stories.atom?token=agg_no").status_code == 401
    key = fever_key("phone", token(web))
    assert web.client.get("/feeds/stories.atom", params={"token": key}).status_code == 401


def test_a_reader_that_asks_for_a_name_is_told_to_send_name_and_token(web: House) -> None:
    with_password(web)
    secret = token(web)
    answer = web.client.get("/feeds/stories.atom")
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert web.client.get("/feeds/stories.atom", auth=("phone", secret)).status_code == 200


def test_the_next_page_can_be_had_with_the_same_token(web: House) -> None:
    with_password(web)
    secret = token(web)
    page = told(web.client.get("/feeds/articles.json", params={"token": secret, "n": 5}))
    assert len(told(web.client.get(page["next_url"]))["items"]) == 5


def test_what_is_followed_is_a_list_for_other_readers(web: House) -> None:
    first = replace(web.config.sources[0], url="https://me:secret@outlet.example/feed")
    web.config = replace(web.config, sources=(first, *web.config.sources[1:]))
    with_password(web)
    reader, owner = token(web, "a"), token(web, "b", Scope.ADMIN)
    answer = web.client.get("/feeds.opml", params={"token": reader})
    assert answer.headers["content-type"].startswith("text/x-opml")
    urls = {one.url for one in parse_opml(answer.content).entries}
    assert urls == {"https://outlet.example/feed", *(one.url for one in web.config.sources[1:])}
    whole = web.client.get("/feeds.opml", headers=bearer(owner))
    assert "me:secret@" in whole.text


# --- any text -------------------------------------------------------------------------------------


def test_whatever_a_text_holds_the_feed_can_be_read(web: House) -> None:
    hostile = "]]>\x00\x08\x1f\ud800\ufffe<script>alert(1)</script> & \"'\u202e é\r\n\t𝄞"
    at = web.now
    entry = Entry(
        entry_id="urn:x:1",
        title=hostile,
        url="https://outlet.example/?a=1&b=2",
        related=None,
        published_at=at,
        updated_at=at,
        authors=(hostile,),
        source=hostile,
        html=f"<p>{hostile}</p>",
        summary=hostile,
        language="en",
        categories=(hostile,),
    )
    feed = Feed(
        feed_id="urn:x",
        title=hostile,
        home="https://news.example/",
        self_url="https://news.example/feed?a=1&b=2",
        next_url=None,
        updated_at=at,
        author=hostile,
        entries=(entry,),
    )
    root = etree.fromstring(to_atom(feed))
    title = root.findtext(f"{ATOM}entry/{ATOM}title")
    assert title is not None
    assert "<script>alert(1)</script>" in title
    link = root.find(f"{ATOM}entry/{ATOM}link")
    assert link is not None
    assert link.get("href") == "https://outlet.example/?a=1&b=2"
    harmless = replace(feed, title="x", author="x", entries=())
    assert b'"items":[]' in to_json_feed(harmless)
