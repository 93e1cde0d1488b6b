"""Which feeds a page may have, and in which order they are tried."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.candidates import Rank
from aggregator.core.discovery import Candidate, find_feeds, guess_feeds, sitemap_feeds
from aggregator.core.feed_addresses import feed_address, feed_key
from aggregator.core.freshness import is_same_feed, judge
from aggregator.types import ParsedEntry, ParsedFeed

URL = "https://www.example.org/news/"
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
RSS = "application/rss+xml"


def find(html: str, url: str = URL) -> tuple[Candidate, ...]:
    return find_feeds(html.encode(), url)


def urls(html: str, url: str = URL) -> list[str]:
    """Of what was not guessed."""
    return [one.url for one in find(html, url) if not one.guessed]


def link(href: str, *, rel: str = "alternate", kind: str = RSS, more: str = "") -> str:
    return f'<link rel="{rel}" type="{kind}" href="{href}" {more}>'


class TestAnnounced:
    @pytest.mark.parametrize(
        "markup",
        [
            link("/feed"),
            link("/feed", rel="ALTERNATE home"),
            link("/feed", rel="home,alternate"),
            link("/feed", rel="feed", kind=""),
            link("/feed", rel="service.feed", kind="application/atom+xml"),
            link("/feed", kind="Application/RSS+XML; charset=utf-8"),
            link("/feed", kind="application/atom+xml"),
            link("/feed", kind="application/feed+json"),
            link("/feed", kind="application/rdf+xml"),
            link("/feed", kind="application/x.atom+xml"),
            link("/feed", kind="application/json"),
            link("/feed", kind="text/xml"),
            link("/feed", kind=""),
            link("/feed", kind="text/html"),
            link(" \n/feed\t"),
            link("//www.example.org/feed"),
            link("feed:https://www.example.org/feed"),
            '<base href="https://www.example.org/"><base href="/x/">' + link("feed"),
            f"<LINK REL=alternate TYPE={RSS} HREF=/feed>",
            f"<body><div>{link('/feed')}</div>",
            f"<link type='{RSS}' href='/feed'>",
        ],
    )
    def test_is_found(self, markup: str) -> None:
        assert urls(markup) == ["https://www.example.org/feed"]

    @pytest.mark.parametrize(
        "markup",
        [
            link("/x", rel="stylesheet alternate", kind="text/css"),
            link("/de/", kind="", more='hreflang="de"'),
            link("/de/", kind="text/html", more='hreflang="de"'),
            link("https://m.example.org/", kind="", more='media="handheld"'),
            link("/wp-json/wp/v2/pages/7", kind="application/json"),
            link("/api/wp/v2/posts/7", kind="application/json"),
            link("/embed?url=x", kind="application/json+oembed"),
            link("/oembed?format=xml", kind="text/xml"),
            link("https://twitter.com/example"),
            link("javascript:alert(1)"),
            link("https://[broken"),
            link(""),
            link("/amp", rel="amphtml", kind=""),
            "<link rel=alternate>",
            f"<!-- {link('/feed')} -->",
        ],
    )
    def test_is_none(self, markup: str) -> None:
        assert urls(markup) == []

    def test_comes_before_what_is_linked_and_says_why(self) -> None:
        announced = link("/main", more="title='The &amp;amp; Feed'")
        found = find("<a href='/rss.xml'>All</a>" + announced)
        assert [(one.url, one.rank) for one in found] == [
            ("https://www.example.org/main", Rank.ANNOUNCED),
            ("https://www.example.org/rss.xml", Rank.LINKED),
        ]
        assert found[0].title == "The & Feed"
        assert found[0].why == "The page announces it."

    @pytest.mark.parametrize(
        ("href", "title"),
        [
            ("/comments/feed/", ""),
            ("/feed2", "Example » Comments Feed"),
            ("/feed2", "Feed de comentarios"),
            ("/feed2", "Kommentar-Feed"),
            ("/feeds/123/comments/default", ""),
            ("/news/a-story/feed/", ""),
        ],
    )
    def test_a_feed_of_comments_comes_last(self, href: str, title: str) -> None:
        article = '<meta property="og:type" content="article">'
        markup = article + link(href, more=f"title='{title}'") + "<a href='/rss'>RSS</a>"
        found = find(markup, "https://www.example.org/news/a-story")
        assert [one.rank for one in found] == [Rank.LINKED, Rank.COMMENTS]
        assert "comments" in found[-1].why


class TestOneFeedOnce:
    def test_under_several_addresses(self) -> None:
        found = find(link("http://example.org/feed") + link("/feed/") + link("/feed?utm_source=x"))
        assert [one.url for one in found] == ["http://example.org/feed"]
        assert found[0].also == (
            "https://www.example.org/feed/",
            "https://www.example.org/feed?utm_source=x",
        )

    def test_in_several_formats(self) -> None:
        found = find(
            link("/index.xml", more="title='RSS 2.0'")
            + link("/atom.xml", more="title=Atom")
            + link("/feed.json", kind="application/feed+json")
            + link("/news.rss", more="title='News RSS'")
            + link("/news.atom", more="title='News (Atom)'")
            + link("/feeds/posts/default")
            + link("/feeds/posts/default?alt=rss")
        )
        assert [one.url.partition(".org/")[2] for one in found] == [
            "index.xml",
            "news.rss",
            "feeds/posts/default",
        ]
        assert len(found[0].also) == 2

    def test_titles_tell_feeds_apart(self) -> None:
        found = find(link("/rss", more="title=News") + link("/feed", more="title=Podcast"))
        assert len(found) == 2

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("https://example.org/feed/", "http://www.example.org/feed", True),
            ("https://example.org/feed?format=xml", "https://example.org/feed", True),
            ("https://example.org/?feed=rss2", "https://example.org/?feed=atom", False),
            ("https://example.org/?format=rss", "https://example.org/", False),
            ("https://example.org/Feed", "https://example.org/feed", False),
        ],
    )
    def test_keys(self, one: str, other: str, same: bool) -> None:
        assert (feed_key(one) == feed_key(other)) == same


class TestLinked:
    @pytest.mark.parametrize(
        ("anchor", "found", "rank"),
        [
            ("<a href='/rss/world.xml'>RSS</a>", "/rss/world.xml", Rank.NAMED),
            ("<a href='/world.rss'>World</a>", "/world.rss", Rank.LINKED),
            ("<a href='?feed=atom'>x</a>", "/news/?feed=atom", Rank.LINKED),
            (f"<a type='{RSS}' href='/x'>x</a>", "/x", Rank.LINKED),
            ("<a href='feed://www.example.org/x'>x</a>", "http://www.example.org/x", Rank.LINKED),
            ("<a href='/feeds-all'>RSS feeds</a>", "/feeds-all", Rank.NAMED),
            (
                "<a href='https://feeds.example.com/x.rss'>x</a>",
                "https://feeds.example.com/x.rss",
                Rank.LINKED,
            ),
            (
                "<a href='https://example.com/x.rss'>x</a>",
                "https://example.com/x.rss",
                Rank.FOREIGN,
            ),
            (
                "<a href='https://feedly.com/i/subscription/feed%2Fhttps%3A%2F%2Fexample.org%2Fx'>x</a>",
                "https://example.org/x",
                Rank.READER,
            ),
            (
                "<a href='https://www.inoreader.com/?add_feed=https://example.org/x'>x</a>",
                "https://example.org/x",
                Rank.READER,
            ),
        ],
    )
    def test_is_found(self, anchor: str, found: str, rank: Rank) -> None:
        expected = found if "://" in found else f"https://www.example.org{found}"
        assert (expected, rank) in [(one.url, one.rank) for one in find(anchor)]

    @pytest.mark.parametrize(
        "anchor",
        [
            "<a href='#feed'>RSS</a>",
            "<a href='/about'>How our feeds are made, and why RSS is not dead</a>",
            "<a href='/feedback'>Feedback</a>",
            "<a href='https://example.com/rss-history'>RSS</a>",
            "<a href='https://feedly.com/'>Feedly</a>",
            "<a>RSS</a>",
        ],
    )
    def test_is_none(self, anchor: str) -> None:
        assert urls(anchor) == []


class TestKnownSites:
    @pytest.mark.parametrize(
        ("url", "feed"),
        [
            (
                "https://www.youtube.com/channel/UC0123456789abcdefghijkl/videos",
                "https://www.youtube.com/feeds/videos.xml?channel_id=UC0123456789abcdefghijkl",
            ),
            (
                "https://m.youtube.com/user/example",
                "https://www.youtube.com/feeds/videos.xml?user=example",
            ),
            (
                "https://www.youtube.com/watch?v=x&list=PLabc-1",
                "https://www.youtube.com/feeds/videos.xml?playlist_id=PLabc-1",
            ),
            ("https://old.reddit.com/r/example/top/", "https://www.reddit.com/r/example/.rss"),
            ("https://www.reddit.com/u/ann", "https://www.reddit.com/user/ann/.rss"),
            ("https://github.com/ann/lib.git", "https://github.com/ann/lib/releases.atom"),
            ("https://github.com/ann/lib/issues", "https://github.com/ann/lib/releases.atom"),
            ("https://github.com/ann", "https://github.com/ann.atom"),
            (
                "https://gitlab.example.org/group/sub/lib/-/tree/main",
                "https://gitlab.example.org/group/sub/lib/-/releases.atom",
            ),
            ("https://codeberg.org/ann/lib", "https://codeberg.org/ann/lib/releases.rss"),
            ("https://medium.com/@ann", "https://medium.com/feed/@ann"),
            ("https://medium.com/some-paper/a-story", "https://medium.com/feed/some-paper"),
            ("https://ann.medium.com/", "https://ann.medium.com/feed"),
            ("https://ann.substack.com/p/x", "https://ann.substack.com/feed"),
            ("https://substack.com/@ann", "https://ann.substack.com/feed"),
            ("https://ann.tumblr.com/", "https://ann.tumblr.com/rss"),
            ("https://ann.blogspot.co.uk/", "https://ann.blogspot.co.uk/feeds/posts/default"),
            ("https://ann.wordpress.com/about/", "https://ann.wordpress.com/feed/"),
            (
                "https://bsky.app/profile/ann.example.org",
                "https://bsky.app/profile/ann.example.org/rss",
            ),
            ("https://pypi.org/project/lib/", "https://pypi.org/rss/project/lib/releases.xml"),
            (
                "https://news.google.com/search?q=flood&hl=en",
                "https://news.google.com/rss/search?q=flood&hl=en",
            ),
        ],
    )
    def test_by_address(self, url: str, feed: str) -> None:
        first = guess_feeds(url)[0]
        assert (first.url, first.rank, first.guessed) == (feed, Rank.KNOWN_SITE, True)
        assert find("<p>x</p>", url)[0].url == feed

    @pytest.mark.parametrize(
        ("url", "markup", "feed"),
        [
            (URL, '<meta name="generator" content="WordPress 6.8">', "/feed/"),
            (URL, "<link href='https://www.example.org/news/wp-json/'>", "/news/feed/"),
            (URL, "<script>x='https:\\/\\/cdn.example.com\\/wp-content\\/a.js'</script>", "/feed/"),
            (URL, '<meta name="generator" content="Ghost 5.1">', "/rss/"),
            (URL, '<meta name="generator" content="Hugo 0.1">', "/news/index.xml"),
            (URL, '<meta name="generator" content="Drupal 11">', "/rss.xml"),
            (URL, '<meta name="generator" content="Joomla! - x">', "/news?format=feed&type=rss"),
            (URL, '<meta name="generator" content="Jekyll v4">', "/feed.xml"),
            (URL, "<img src='https://static1.squarespace.com/x'>", "/news?format=rss"),
            ("/c/law/5", '<meta name="generator" content="Discourse 3">', "/c/law/5.rss"),
            ("/t/x/7", '<meta name="generator" content="Discourse 3">', "/t/x/7.rss"),
            ("/", '<meta name="generator" content="Discourse 3">', "/latest.rss"),
            ("/@ann", "<div id='mastodon'></div>", "/@ann.rss"),
            (URL, "<script>Fusion.arcSite='x'</script>", "/arc/outboundfeeds/rss/?outputType=xml"),
        ],
    )
    def test_by_markup(self, url: str, markup: str, feed: str) -> None:
        page = url if "://" in url else f"https://www.example.org{url}"
        first = find(markup, page)[0]
        assert (first.url, first.rank) == (f"https://www.example.org{feed}", Rank.SYSTEM)
        assert "keeps its feed there" in first.why

    def test_a_channel_is_named_in_the_page(self) -> None:
        page = '<script>{"externalId":"UC0123456789abcdefghijkl"}</script>'
        first = find(page, "https://www.youtube.com/@ann")[0]
        assert first.url.endswith("?channel_id=UC0123456789abcdefghijkl")

    def test_common_paths_only_where_nothing_is_known(self) -> None:
        found = find("<p>Hello</p>", "https://www.example.org/world/asia/")
        assert {one.rank for one in found} == {Rank.COMMON}
        paths = [one.url.partition(".org")[2] for one in found]
        assert paths[:5] == [
            "/world/asia/feed/",
            "/world/asia/rss",
            "/world/feed/",
            "/world/rss",
            "/feed/",
        ]
        assert all(one.guessed for one in found)
        assert Rank.COMMON not in {one.rank for one in find(link("/feed"))}

    def test_an_article_has_none_below_it(self) -> None:
        page = "<meta property='og:type' content='article'>"
        found = find(page, "https://www.example.org/world/a-story")
        assert [one.url.partition(".org")[2] for one in found][:2] == ["/world/feed/", "/world/rss"]

    def test_what_is_no_address_has_none(self) -> None:
        assert guess_feeds("mailto:ann@example.org") == ()


def test_sitemaps_of_news_come_first() -> None:
    found = sitemap_feeds(
        URL, ["https://www.example.org/sitemap.xml", "/sitemaps/news.xml", "ftp://example.org/x"]
    )
    assert [one.url.rpartition("/")[2] for one in found] == [
        "news.xml",
        "news-sitemap.xml",
        "sitemap-news.xml",
        "sitemap_news.xml",
        "googlenews.xml",
        "sitemap.xml",
    ]
    assert [one.guessed for one in found] == [False, True, True, True, True, False]


class TestHostilePages:
    def test_many_links(self) -> None:
        page = "".join(f"<a href='/{n}/feed/rss'>RSS</a>" for n in range(30_000))
        assert len(find(page)) == 100

    def test_variants_without_end(self) -> None:
        page = "".join(
            f"<a title=t{n} href='/{'feed/' * (n % 90)}rss?a={n}'>x</a>" for n in range(5_000)
        )
        assert find(page)

    def test_endless_nesting_and_attributes(self) -> None:
        assert find("<div>" * 100_000 + link("/feed"))
        assert (
            find(link("/" + "x" * 100_000) + link("/feed"))[0].url == "https://www.example.org/feed"
        )

    @given(st.binary(max_size=300), st.text(max_size=50))
    def test_nothing_is_raised(self, body: bytes, href: str) -> None:
        find_feeds(body, URL)
        find(link(href.replace('"', "")) + f"<a href='{href}'>rss</a><base href='{href}'>")
        feed_address(href)
        guess_feeds(href)


# --- how alive a candidate is --------------------------------------------------------------------


def feed(*ages: timedelta | None, title: str = "T", url: str = "https://example.org") -> ParsedFeed:
    entries = tuple(
        ParsedEntry(
            guid=None,
            url=f"{url}/{number}",
            title=f"Item {number}",
            published_at=None if age is None else NOW - age,
        )
        for number, age in enumerate(ages)
    )
    return ParsedFeed(format="rss20", title=title, site_url=None, language=None, entries=entries)


DAY = timedelta(days=1)


class TestFreshness:
    @pytest.mark.parametrize(
        ("ages", "per_week", "says"),
        [
            ((), None, "no items"),
            ((None,), None, "1 item, none with a date"),
            (
                [DAY * n for n in range(15)],
                7.5,
                "15 items, about 8 a week, the newest less than an hour old",
            ),
            (
                [DAY * n for n in range(60)],
                7.25,
                "60 items, about 7 a week, the newest less than an hour old",
            ),
            ([DAY * 27], 7 / 27, "1 item, about 0.3 a week, the newest 27 days old"),
            ([DAY / 24, None], 7, "2 items, about 7 a week, the newest 1 hour old"),
            ([-DAY], 7, "1 item, about 7 a week, the newest less than an hour old"),
            ([DAY * 40], 0, "1 item, the newest 1 month old"),
            ([DAY * 800], 0, "1 item, the newest 2 years old, so nobody may write it any more"),
        ],
    )
    def test_is_told(self, ages: list[timedelta | None], per_week: float | None, says: str) -> None:
        found = judge(feed(*ages), NOW)
        assert found.says == says
        assert found.per_week == pytest.approx(per_week)
        assert found.items == len(ages)
        dated = [age for age in ages if age is not None]
        assert found.latest_at == (NOW - max(min(dated), timedelta()) if dated else None)

    def test_the_same_feed_is_recognised_by_its_items(self) -> None:
        whole, part = feed(*[DAY] * 20), feed(*[DAY] * 10, title="Other")
        assert is_same_feed(whole, part)
        assert not is_same_feed(whole, feed(*[DAY] * 10, url="https://example.com"))
        assert not is_same_feed(whole, feed())
        assert is_same_feed(feed(), feed())
        assert not is_same_feed(feed(), feed(title="Other"))
