"""From what somebody types to the feeds of a site: which addresses are asked, and which are not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from newssite import NewsSite, Page, announced, html, rss

from aggregator.config import Config, parse
from aggregator.core.urls import host_key
from aggregator.errors import UsageError
from aggregator.fetch.gate import HostGate
from aggregator.sandbox.inline import InlineSandbox
from aggregator.service.finding import MAX_REQUESTS, find, followed_as
from aggregator.service.findings import Findings, addresses, format_name
from aggregator.service.runtime import fetcher_for

pytestmark = pytest.mark.anyio

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


class CountingGate(HostGate):
    """Without a pause, and with a list of the turns that were taken."""

    def __init__(self) -> None:
        super().__init__(timedelta())
        self.turns: list[tuple[str, timedelta | None]] = []

    @asynccontextmanager
    async def turn(
        self, host: str, *, wait: timedelta = timedelta(), delay: timedelta | None = None
    ) -> AsyncIterator[None]:
        self.turns.append((host, delay))
        async with super().turn(host, wait=wait, delay=delay):
            yield


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


def configured(*allow: str, sources: str = "[https://example.org/]") -> Config:
    text = f"allow: [{', '.join(allow)}]\nsources: {sources}\n"
    return parse(text, file="feeds.yaml", folder=Path(), environ={})


async def found(site: NewsSite, typed: str = "", *, gate: HostGate | None = None) -> Findings:
    config = configured(site.host)
    async with fetcher_for(config) as fetcher, InlineSandbox() as sandbox:
        return await find(
            typed or site.url(),
            config=config,
            fetcher=fetcher,
            sandbox=sandbox,
            gate=CountingGate() if gate is None else gate,
            clock=lambda: datetime.now(UTC),
        )


def paths(findings: Findings) -> list[str]:
    return ["/" + feed.url.partition("://")[2].partition("/")[2] for feed in findings.feeds]


# --- what was typed ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://example.org/feed", ["https://example.org/feed"]),
        ("http://example.org", ["http://example.org/"]),
        ("example.org/press", ["https://example.org/press", "http://example.org/press"]),
        ("  EXAMPLE.org ", ["https://example.org/", "http://example.org/"]),
        ("feed:https://example.org/a", ["https://example.org/a"]),
        ("feed://example.org/a", ["https://example.org/a", "http://example.org/a"]),
        ("localhost:8080/a", ["https://localhost:8080/a", "http://localhost:8080/a"]),
        (
            "example.org/?a=1&amp;b=2",
            ["https://example.org/?a=1&b=2", "http://example.org/?a=1&b=2"],
        ),
    ],
)
def test_what_addresses_are_meant(typed: str, meant: list[str]) -> None:
    assert list(addresses(typed)) == meant


@pytest.mark.parametrize("typed", ["file:///etc/passwd", "ftp://example.org/", "two words", ""])
def test_what_is_no_web_address(typed: str) -> None:
    with pytest.raises(UsageError, match="is no web address"):
        addresses(typed)


@pytest.mark.parametrize("typed", ["https://me:s3cret@example.org/", "me:s3cret@example.org/a"])
def test_a_login_in_the_address_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(UsageError, match="`login`") as refused:
        addresses(typed)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("rss20", "RSS 2.0"),
        ("rss091", "RSS 0.91"),
        ("atom10", "Atom 1.0"),
        ("json11", "JSON Feed 1.1"),
        ("rss", "RSS"),
        ("sitemap-news", "news sitemap"),
        ("odd", "odd"),
    ],
)
def test_formats_have_names(code: str, name: str) -> None:
    assert format_name(code) == name


async def test_an_address_without_scheme_is_tried_with_https_then_http(site: NewsSite) -> None:
    site.pages["/feed.xml"] = Page(rss("Harbour"))
    findings = await found(site, f"{site.host}/feed.xml")
    assert findings.url == site.url("/feed.xml")
    assert paths(findings) == ["/feed.xml"]
    assert findings.requests == 2


async def test_a_feed_is_its_own_only_candidate(site: NewsSite) -> None:
    site.pages["/feed.xml"] = Page(rss("Harbour"))
    findings = await found(site, f"feed:{site.url('/feed.xml')}")
    assert [feed.name for feed in findings.feeds] == ["Harbour"]
    assert findings.feeds[0].freshness.items == 3
    assert site.asked == ["/feed.xml"]


async def test_a_feed_that_has_moved_for_good_is_followed_where_it_is(site: NewsSite) -> None:
    site.pages["/old"] = Page(status=301, headers={"Location": "/new.xml"})
    site.pages["/for-now"] = Page(status=302, headers={"Location": "/new.xml"})
    site.pages["/new.xml"] = Page(rss("Harbour"))
    assert paths(await found(site, site.url("/old"))) == ["/new.xml"]
    assert paths(await found(site, site.url("/for-now"))) == ["/for-now"]


async def test_a_host_that_does_not_answer_is_asked_nothing_else() -> None:
    with NewsSite() as gone:
        pass
    config = configured("127.0.0.1")
    async with fetcher_for(config) as fetcher, InlineSandbox() as sandbox:
        findings = await find(
            gone.url(),
            config=config,
            fetcher=fetcher,
            sandbox=sandbox,
            gate=CountingGate(),
            clock=lambda: datetime.now(UTC),
        )
    assert findings.requests == 1
    assert findings.trouble is not None
    assert "refused the connection" in findings.trouble


# --- which candidates are asked ------------------------------------------------------------------


async def test_announced_feeds_that_are_good_end_the_search(site: NewsSite) -> None:
    site.pages["/"] = html(
        announced("/feed.xml", "All") + announced("/sport.xml", "Sport"),
        "<a href='/linked/rss.xml'>RSS</a>",
    )
    site.pages["/feed.xml"] = Page(rss("Harbour"))
    site.pages["/sport.xml"] = Page(rss("Harbour Sport"))
    findings = await found(site)
    assert [feed.name for feed in findings.feeds] == ["Harbour", "Harbour Sport"]
    assert findings.feeds[0].why == "The page announces it."
    assert site.asked == ["/", "/feed.xml", "/sport.xml"]


async def test_a_feed_that_nobody_writes_any_more_comes_last_and_ends_nothing(
    site: NewsSite,
) -> None:
    site.pages["/"] = html(announced("/old.xml"), "<a href='/live/rss.xml'>RSS</a>")
    site.pages["/old.xml"] = Page(rss("Old", newest=timedelta(days=900)))
    site.pages["/live/rss.xml"] = Page(rss("Live"))
    findings = await found(site)
    assert paths(findings) == ["/live/rss.xml", "/old.xml"]
    assert "nobody may write it" in findings.feeds[1].freshness.says


async def test_common_paths_are_tried_where_the_page_names_nothing(site: NewsSite) -> None:
    site.pages["/"] = html()
    site.pages["/rss.xml"] = Page(rss("Harbour"))
    findings = await found(site)
    assert paths(findings) == ["/rss.xml"]
    assert {miss.error for miss in findings.misses[1:]} == {"the server answered 404 Not Found"}
    assert "/robots.txt" not in site.asked


async def test_common_paths_are_tried_where_the_page_cannot_be_had(site: NewsSite) -> None:
    site.pages["/"] = Page(status=403)
    site.pages["/feed/"] = Page(rss("Harbour"))
    findings = await found(site)
    assert paths(findings) == ["/feed/"]
    assert findings.trouble == "the server answered 403 Forbidden"


@pytest.mark.parametrize("status", [401, 429])
async def test_whoever_wants_no_requests_gets_no_more(site: NewsSite, status: int) -> None:
    site.pages["/"] = Page(status=status)
    findings = await found(site)
    assert site.asked == ["/"]
    assert findings.feeds == ()


async def test_a_candidate_that_leads_nowhere_ends_nothing(site: NewsSite) -> None:
    site.pages["/"] = html(announced("/circle.xml"), "<a href='/live/rss.xml'>RSS</a>")
    site.pages["/circle.xml"] = Page(status=302, headers={"Location": "/circle.xml"})
    site.pages["/live/rss.xml"] = Page(rss("Live"))
    findings = await found(site)
    assert paths(findings) == ["/live/rss.xml"]
    assert "in a circle" in findings.misses[-1].error


async def test_the_first_request_would_rather_have_a_page_than_data(site: NewsSite) -> None:
    site.pages["/"] = html(announced("/feed.xml"))
    site.pages["/feed.xml"] = Page(rss("Harbour"))
    await found(site)
    assert site.requests[0].headers["accept"].startswith("text/html, ")
    assert site.requests[1].headers["accept"].startswith("application/rss+xml, ")


async def test_a_429_ends_the_guessing(site: NewsSite) -> None:
    site.pages["/"] = html()
    site.pages["/feed/"] = Page(status=429)
    await found(site)
    assert site.asked == ["/", "/feed/"]


async def test_a_page_of_feeds_is_followed_for_one_level(site: NewsSite) -> None:
    site.pages["/"] = html(body="<a href='/rss'>RSS feeds</a>")
    site.pages["/rss"] = html(body="<a href='/rss/more'>RSS</a>" + announced("/news/rss.xml"))
    site.pages["/news/rss.xml"] = Page(rss("Harbour"))
    findings = await found(site)
    assert paths(findings) == ["/news/rss.xml"]
    assert site.url("/rss") in findings.feeds[0].why


async def test_the_same_feed_is_shown_once(site: NewsSite) -> None:
    site.pages["/"] = html(announced("/feed.xml", "All of it") + announced("/latest.xml", "Latest"))
    site.pages["/feed.xml"] = site.pages["/latest.xml"] = Page(rss("Harbour"))
    findings = await found(site)
    assert paths(findings) == ["/feed.xml"]
    assert site.url("/latest.xml") in findings.feeds[0].also


async def test_the_number_of_requests_is_bounded(site: NewsSite) -> None:
    links = "".join(announced(f"/{number}/feed.xml", f"Part {number}") for number in range(40))
    site.pages["/"] = html(links)
    findings = await found(site)
    assert findings.requests == len(site.requests) == MAX_REQUESTS
    assert findings.feeds == ()


# --- sitemaps ------------------------------------------------------------------------------------


def news_sitemap(site: NewsSite) -> Page:
    now = datetime.now(UTC).isoformat()
    body = (
        f"<urlset xmlns='{SITEMAP}' xmlns:news='{NEWS}'><url><loc>{site.url('/pier')}</loc>"
        "<news:news><news:publication><news:name>Harbour</news:name></news:publication>"
        f"<news:publication_date>{now}</news:publication_date>"
        "<news:title>Pier opens</news:title></news:news></url></urlset>"
    )
    return Page(body.encode(), type="application/xml")


def index(*urls: str) -> Page:
    rows = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    body = f"<sitemapindex xmlns='{SITEMAP}'>{rows}</sitemapindex>"
    return Page(body.encode(), type="application/xml")


async def test_a_news_sitemap_that_robots_txt_names_is_found(site: NewsSite) -> None:
    site.pages["/"] = html()
    site.pages["/robots.txt"] = Page(f"Sitemap: {site.url('/maps/news.xml')}\n".encode())
    site.pages["/maps/news.xml"] = news_sitemap(site)
    findings = await found(site)
    assert paths(findings) == ["/maps/news.xml"]
    assert findings.feeds[0].why == "The site's robots.txt names this sitemap."


async def test_an_index_of_sitemaps_is_followed_for_one_level(site: NewsSite) -> None:
    site.pages["/"] = html()
    site.pages["/robots.txt"] = Page(f"Sitemap: {site.url('/sitemap-all-news.xml')}\n".encode())
    site.pages["/sitemap-all-news.xml"] = index(
        site.url("/sitemap-pages.xml"), site.url("/sitemap-news-1.xml"), site.url("/news-index.xml")
    )
    site.pages["/sitemap-news-1.xml"] = index(site.url("/sitemap-news-deep.xml"))
    site.pages["/news-index.xml"] = news_sitemap(site)
    site.pages["/sitemap-news-deep.xml"] = news_sitemap(site)
    findings = await found(site)
    assert paths(findings) == ["/news-index.xml"]
    assert "/sitemap-pages.xml" not in site.asked
    assert "/sitemap-news-deep.xml" not in site.asked


async def test_a_site_that_wants_long_pauses_is_not_asked_for_sitemaps(site: NewsSite) -> None:
    site.pages["/"] = html()
    site.pages["/robots.txt"] = Page(b"User-agent: *\nCrawl-delay: 60\n", type="text/plain")
    await found(site)
    assert site.asked[-1] == "/robots.txt"


async def test_a_short_crawl_delay_is_kept(site: NewsSite) -> None:
    site.pages["/"] = html()
    site.pages["/robots.txt"] = Page(b"User-agent: *\nCrawl-delay: 0.01\n", type="text/plain")
    gate = CountingGate()
    await found(site, gate=gate)
    assert gate.turns[-1] == (site.host, timedelta(seconds=0.01))


# --- the guard and the turns ---------------------------------------------------------------------


async def test_b26_a_page_cannot_make_us_ask_what_is_not_public(site: NewsSite) -> None:
    with NewsSite() as inside:
        inside.pages["/feed.xml"] = Page(rss("Secret"))
        site.pages["/"] = html(
            announced(inside.url("/feed.xml"), "One")
            + announced("http://169.254.169.254/latest/feed.xml", "Two")
            + announced("/feed.xml", "Three")
        )
        site.pages["/feed.xml"] = Page(rss("Harbour"))
        findings = await found(site)
        assert inside.requests == []
    assert [feed.name for feed in findings.feeds] == ["Harbour"]
    refused = [miss for miss in findings.misses if "is not public" in miss.error]
    assert {host_key(miss.url) for miss in refused} == {inside.host, "169.254.169.254"}


async def test_b26_a_redirect_cannot_either(site: NewsSite) -> None:
    with NewsSite() as inside:
        inside.pages["/feed.xml"] = Page(rss("Secret"))
        site.pages["/"] = Page(status=302, headers={"Location": inside.url("/feed.xml")})
        findings = await found(site)
        assert inside.requests == []
    assert findings.trouble is not None
    assert "is not public" in findings.trouble


async def test_b34_discovery_takes_the_host_s_turn_for_each_request(site: NewsSite) -> None:
    site.pages["/"] = html()
    gate = CountingGate()
    findings = await found(site, gate=gate)
    assert [host for host, _ in gate.turns] == [site.host] * len(site.requests)
    assert findings.requests == len(site.requests) > 5


# --- what is followed already --------------------------------------------------------------------


@asynccontextmanager
async def following(site: NewsSite, sources: str) -> AsyncIterator[str | None]:
    """As what the feed at /feed.xml is followed."""
    config = configured(site.host, sources=sources)
    async with fetcher_for(config) as fetcher:
        findings = await found(site, site.url("/feed.xml"))
        known = await followed_as(findings.feeds[0], config, fetcher=fetcher, gate=CountingGate())
        yield known.name if known else None


@pytest.mark.parametrize("path", ["/feed.xml", "/feed.xml/", "/feed.xml?utm_source=a", "/moved"])
async def test_a_feed_is_followed_already_under_another_address(site: NewsSite, path: str) -> None:
    site.pages["/feed.xml"] = Page(rss("Harbour"))
    site.pages["/moved"] = Page(status=302, headers={"Location": "/feed.xml"})
    async with following(site, f"[{{url: '{site.url(path)}', name: Old name}}]") as name:
        assert name == "Old name"


async def test_another_feed_of_the_same_host_is_another(site: NewsSite) -> None:
    site.pages["/feed.xml"] = Page(rss("Harbour"))
    site.pages["/sport.xml"] = Page(rss("Sport"))
    async with following(site, f"['{site.url('/sport.xml')}', 'https://example.org/a']") as name:
        assert name is None
    assert site.asked.count("/sport.xml") == 1
