"""The press's pages: that they answer as they should, and say what its data says."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from urllib.parse import urljoin

from pressreader import (
    BROKEN,
    CONSENT,
    LIVE,
    MISSING,
    MOVED,
    PAYWALLED,
    SPLIT,
    Page,
    by_title,
    follow,
    get,
    read_feed,
)

from aggregator.demo.press import Press


def test_every_link_of_every_feed_answers_as_it_should(press: Press) -> None:
    for url, truth in press.truth().items():
        reply = follow(url)
        expected = {MISSING: 404, BROKEN: 500}.get(truth.title, 200)
        assert reply.status == expected, url
        if expected != 200 or truth.title == CONSENT:
            continue
        page = Page(reply.body)
        if truth.title == SPLIT:
            page.texts += Page(get(f"{truth.page_url}&page=2").body).texts
        assert page.html["lang"] == truth.language
        assert page.html["dir"] == ("rtl" if truth.language == "ar" else "ltr")
        assert page.rel["canonical"] == page.meta["og:url"] == truth.page_url
        assert page.meta["og:title"] == truth.title
        published = datetime.fromisoformat(page.meta["article:published_time"])
        assert published == truth.published_at
        assert set(truth.text.split("\n\n")) <= set(page.texts), url


def test_where_the_page_fails_the_feed_tells_the_story(press: Press) -> None:
    summaries = {e.title: e.summary for o in press.outlets for e in read_feed(o)[1]}
    for title in (MISSING, BROKEN, CONSENT):
        assert len(summaries[title].split()) >= 60


def test_one_page_asks_for_consent_and_shows_nothing(press: Press) -> None:
    url = by_title(press, CONSENT)
    texts = " ".join(Page(get(url).body).texts)
    assert "cookies" in texts
    assert not any(paragraph in texts for paragraph in press.truth()[url].text.split("\n\n"))


def test_one_article_is_split_over_two_pages(press: Press) -> None:
    url = by_title(press, SPLIT)
    texts = press.truth()[url].text.split("\n\n")
    first, second = (Page(get(one).body) for one in (url, f"{url}&page=2"))
    shown = [sum(text in page.texts for text in texts) for page in (first, second)]
    assert sum(shown) == len(texts)
    assert min(shown) >= 3
    assert f"{url}&page=2" in first.links
    assert second.rel["canonical"] == url
    assert press.truth_of(f"{url}&page=2") == press.truth()[url]
    for page in ("3", "0", "x", "%C2%B2"):
        assert get(f"{url}&page={page}").status == 404
    assert get(f"{by_title(press, LIVE)}?page=2").status == 404


def test_one_article_is_behind_a_paywall_and_one_is_a_live_blog(press: Press) -> None:
    walled = Page(follow(by_title(press, PAYWALLED)).body)
    assert json.loads(walled.scripts[0])["isAccessibleForFree"] is False
    assert not any("Pat Dyer" in text for text in walled.texts)
    live = json.loads(Page(get(by_title(press, LIVE)).body).scripts[0])
    assert live["@type"] == "LiveBlogPosting"


def test_lines_recur_on_the_pages_of_an_outlet_and_in_no_text(press: Press) -> None:
    recurring = {one.name: one.furniture for one in press.outlets}
    assert sum(map(bool, recurring.values())) >= 5
    pages = {
        truth.page_url: Page(get(truth.page_url).body).texts
        for truth in press.truth().values()
        if truth.title not in {MISSING, BROKEN, CONSENT}
    }
    for truth in press.truth().values():
        for text in recurring[truth.outlet]:
            assert text in pages.get(truth.page_url, [text])
            assert text not in truth.text


def test_times_are_given_as_the_clocks_of_the_outlet_show_them(press: Press) -> None:
    url, truth = next(
        (url, truth) for url, truth in press.truth().items() if truth.outlet == "The Gulf Observer"
    )
    said = datetime.fromisoformat(Page(get(url).body).meta["article:published_time"])
    assert said == truth.published_at
    assert said.utcoffset() == timedelta(hours=4)


def test_pages_carry_teasers_of_other_articles(press: Press) -> None:
    truths = list(press.truth().values())
    for truth in truths:
        if truth.title in {MISSING, BROKEN, CONSENT}:
            continue
        texts = set(Page(get(truth.page_url).body).texts)
        others = [t for t in truths if t.outlet == truth.outlet and t.title != truth.title]
        assert sum(other.title in texts for other in others) >= 3, truth.page_url


def test_linked_data_says_what_the_page_says(press: Press) -> None:
    url = by_title(press, "Brannoch to swallow Lindal Dairies in 412 million pound deal")
    page = Page(get(url).body)
    data = json.loads(page.scripts[0])
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == press.truth()[url].title
    assert data["image"] == [page.meta["og:image"]]


def test_no_link_within_a_site_is_dead(press: Press) -> None:
    allowed = {truth.page_url for truth in press.truth().values()}
    for outlet in press.outlets:
        home = get(outlet.site_url)
        assert Page(home.body).rel["alternate"] == outlet.feed_url
        links = {urljoin(outlet.site_url, link) for link in Page(home.body).links}
        article = next(t.page_url for t in press.truth().values() if t.outlet == outlet.name)
        links |= {urljoin(article, link) for link in Page(get(article).body).links}
        for link in links - allowed:
            assert get(link.partition("#")[0]).status == 200, link
        assert b"Disallow: /search" in get(f"{outlet.site_url}robots.txt").body
        assert get(f"{outlet.site_url}nothing-here").status == 404


def test_one_page_has_moved(press: Press) -> None:
    url = by_title(press, MOVED)
    reply = get(url)
    assert reply.status == 301
    assert reply.headers["Location"] == press.truth()[url].page_url
