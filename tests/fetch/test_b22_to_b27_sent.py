"""B22 to B27 through the line, on both backends: what is sent, and what is not let in."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from clients import Names
from newsfeed import FEED, page, redirect, rss
from server import Answer, Server
from station import Station

from aggregator.fetch.decoding import ACCEPT_ENCODING
from aggregator.types import PagePolicy, TextState

pytestmark = pytest.mark.anyio


# --- B22, B23, B24


async def test_b22_nothing_is_kept_nor_added(station: Station) -> None:
    headers = [("Set-Cookie", "id=1; Path=/; Max-Age=99999"), ("Accept-CH", "Sec-CH-UA")]
    here = station.server.url("")
    feed = rss("ferry", link=here).replace(b"/ferry<", b"/ferry?id=7#comments<")
    station.says(FEED, Answer(body=feed, headers=headers))
    station.says("/ferry", Answer(body=page(), headers=headers))
    station.follow(path="/feed.xml?format=rss#latest", pages=PagePolicy.AUTO)
    for _ in range(3):
        await station.poll_next()
        await station.restart()
    assert [seen.target for seen in station.server.requests] == [
        "/feed.xml?format=rss",
        "/robots.txt",
        "/ferry?id=7",
        "/feed.xml?format=rss",
        "/feed.xml?format=rss",
    ]
    plain = {"host", "user-agent", "accept", "accept-encoding"}
    assert {frozenset(seen.headers) for seen in station.server.requests} == {frozenset(plain)}


async def test_b23_everything_is_asked_under_the_same_name(station: Station) -> None:
    own = "desk-monitor/1 (+https://desk.example.org)"
    for name, headers in (("News", ()), ("Own", (("User-Agent", own),))):
        station.says(f"/{name}.xml", Answer(body=rss(name, link=station.server.url(""))))
        station.says(f"/{name}", Answer(body=page()))
        station.follow(name, f"/{name}.xml", pages=PagePolicy.AUTO, headers=headers)
    await station.poll()
    agents = {seen.target: seen.headers["user-agent"] for seen in station.server.requests}
    assert agents["/News.xml"] == agents["/News"]
    assert agents["/News"].startswith("aggregator/9 (")
    assert "desk@example.org" in agents["/News"]
    assert agents["/Own.xml"] == agents["/Own"] == own
    assert "mozilla" not in " ".join(agents.values()).lower()


async def test_b24_accept_names_feeds_and_accept_encoding_what_is_decoded(
    station: Station,
) -> None:
    station.says(FEED, Answer(body=rss("ferry", link=station.server.url(""))))
    station.says("/ferry", Answer(body=page()))
    station.follow(pages=PagePolicy.AUTO)
    await station.poll()
    (feed,), (text,) = station.requests(), station.requests("/ferry")
    assert feed.headers["accept"].startswith(
        "application/rss+xml, application/atom+xml, application/feed+json"
    )
    assert text.headers["accept"].startswith("text/html")
    assert {seen.headers["accept-encoding"] for seen in (feed, text)} == {ACCEPT_ENCODING}
    assert ACCEPT_ENCODING == "gzip, deflate, br, zstd"


@pytest.mark.parametrize("declared", ["gzip", "br", "zstd", "deflate", "x-gzip", "identity", ""])
async def test_b24_a_lying_content_encoding_is_survived(station: Station, declared: str) -> None:
    station.says(FEED, Answer(body=rss("ferry"), headers=[("Content-Encoding", declared)]))
    station.follow()
    (polled,) = await station.poll()
    assert (polled.error, station.slugs()) == (None, ["ferry"])


async def test_b24_packing_that_is_not_declared_is_a_named_failure(station: Station) -> None:
    packed = Answer(body=gzip.compress(rss("ferry")), headers=[("ETag", '"2"')])
    station.says(FEED, Answer(body=rss("ferry"), headers=[("ETag", '"1"')]), packed)
    station.follow()
    await station.poll()
    polled = await station.poll_next()
    assert "is no XML, JSON or HTML" in (polled.error or "")
    assert (station.state().etag, station.slugs()) == ('"1"', ["ferry"])


# --- B25


async def drip() -> AsyncIterator[bytes]:
    while True:
        yield b" "
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("kind", ["bomb", "endless", "drip", "headers"])
async def test_b25_what_is_too_large_or_too_slow_is_cut_and_the_rest_goes_on(
    station: Station, kind: str
) -> None:
    answers = {
        "bomb": Answer(
            body=gzip.compress(bytes(50_000_000)), headers=[("Content-Encoding", "gzip")]
        ),
        "endless": Answer(body=rss("ferry") + b" " * 2_000_000),
        "drip": Answer(chunks=drip),
        "headers": Answer(headers=[("X-Large", "x" * 2_000_000)], body=rss("ferry")),
    }
    station.timeout = timedelta(seconds=1)
    await station.restart()
    station.says(FEED, Answer(body=rss("ferry"), headers=[("ETag", '"1"')]))
    station.follow()
    await station.poll()
    station.says(FEED, answers[kind])
    station.says("/sport.xml", Answer(body=rss("match")))
    station.follow("Sport", "/sport.xml")
    polled = await station.poll_next()
    reasons = {"bomb": "larger", "endless": "larger", "drip": "took", "headers": "too large"}
    assert reasons[kind] in (polled.error or "")
    assert station.state().etag == '"1"'
    assert sorted(station.slugs()) == ["ferry", "match"]
    assert max(one.decoded for one in station.exchanges) <= station.max_feed_size + 65_536


# --- B26


async def inside_of(station: Station) -> Server:
    """A server that the guard does not let through, at the same port as the open one."""
    server = Server(address="127.0.0.2", listen_port=station.server.port)
    for path in (FEED, "/ferry", "/robots.txt", "/"):
        server.answers[path] = Answer(body=rss("secret"))
    station.allow = ("127.0.0.1",)
    station.resolve = Names({"evil.example.org": [["127.0.0.2"]]})
    await station.restart()
    return await station.serve(server)


@pytest.mark.parametrize("host", ["127.0.0.2", "evil.example.org", "[::ffff:7f00:2]", "127.2"])
@pytest.mark.parametrize("status", [None, 301, 302])
async def test_b26_a_feed_inside_is_not_asked_by_address_name_or_redirect(
    station: Station, host: str, status: int | None
) -> None:
    inside = await inside_of(station)
    url = station.server.url(FEED, host=host)
    if status is not None:
        station.says(FEED, redirect(url, status))
        url = station.server.url(FEED)
    station.follow(url=url)
    for _ in range(4):
        polled = await station.poll_next()
        assert "is not asked" in (polled.error or "")
    assert (inside.connections, station.articles()) == (0, [])
    assert station.state().address is None


@pytest.mark.parametrize("host", ["127.0.0.2", "evil.example.org"])
@pytest.mark.parametrize("respect_robots", [True, False])
async def test_b26_a_page_inside_is_not_asked(
    station: Station, host: str, *, respect_robots: bool
) -> None:
    inside = await inside_of(station)
    station.says(FEED, Answer(body=rss("ferry", link=station.server.url("", host=host))))
    station.follow(pages=PagePolicy.ALWAYS, respect_robots=respect_robots)
    await station.poll()
    (text,) = station.texts()
    assert "is not asked" in (text.error or "")
    assert text.state is TextState.RETRY
    (article,) = station.articles()
    assert article.text == "The ferry is back."
    assert inside.connections == 0


async def test_b26_neither_a_page_nor_robots_txt_redirects_inside(station: Station) -> None:
    inside = await inside_of(station)
    station.says(FEED, Answer(body=rss("ferry", "lock", link=station.server.url(""))))
    station.says("/robots.txt", redirect(inside.url("/robots.txt"), 302))
    station.says("/ferry", redirect(inside.url("/ferry"), 302))
    station.follow(pages=PagePolicy.ALWAYS)
    await station.poll()
    station.follow(pages=PagePolicy.ALWAYS, respect_robots=False)
    station.pass_time(hours=1)
    await station.poll()
    assert len(station.requests("/ferry")) == 1
    assert inside.connections == 0
    assert not any("secret" in article.text for article in station.articles())


async def test_b26_a_name_that_changes_its_address_does_not_pass(station: Station) -> None:
    inside = await inside_of(station)
    station.resolve = Names({"news.example.org": [["127.0.0.1"], ["127.0.0.2"]]})
    await station.restart()
    station.says(FEED, Answer(body=rss("ferry"), headers=[("Connection", "close")]))
    station.follow(url=station.server.url(FEED, host="news.example.org"))
    first = await station.poll_next()
    second = await station.poll_next()
    assert first.error is None
    assert "news.example.org is not asked" in (second.error or "")
    assert (inside.connections, station.slugs()) == (0, ["ferry"])


# --- B27

TITLE = "Новости о пароме"


@pytest.mark.parametrize(
    ("content_type", "encoding", "declared"),
    [
        ("application/rss+xml; charset=windows-1251", "windows-1251", "utf-8"),
        ("application/rss+xml; charset=koi8-r", "utf-8-sig", "windows-1251"),
        ("application/rss+xml", "koi8-r", "koi8-r"),
        ("application/rss+xml", "utf-16", "utf-16"),
        ("application/rss+xml", "utf-8", None),
        # Wrong declarations are tolerated.
        ("application/rss+xml; charset=iso-8859-1", "utf-8", "utf-8"),
        ("text/xml; charset=us-ascii", "utf-8", "utf-8"),
        ("application/rss+xml; charset=no-such", "utf-8", "utf-8"),
        ("application/rss+xml", "utf-8", "iso-8859-1"),
    ],
)
async def test_b27_the_character_set_is_found(
    station: Station, content_type: str, encoding: str, declared: str | None
) -> None:
    head = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    document = head + rss("ferry").decode().replace("About the ferry", TITLE)
    station.says(
        FEED, Answer(body=document.encode(encoding), headers=[("Content-Type", content_type)])
    )
    station.follow()
    await station.poll()
    (article,) = station.articles()
    assert article.summary.title == TITLE
