"""B28 to B31 and B33 through the line, on both backends: what counts as an answer, and what it
changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from authority import Authority
from newsfeed import FEED, asked, rss
from server import Answer, Seen, Server
from station import HOUR, Station

from aggregator.core.digest_troubles import trouble

pytestmark = pytest.mark.anyio

ETAG = [("ETag", '"1"')]
LINKED = (
    "<!doctype html><html lang=en><head><title>Orrinmouth Post</title>"
    "<link rel=alternate type='application/rss+xml' href='/feeds/all.xml' title=All></head>"
    "<body><p>Welcome.</p></body></html>"
)
CHALLENGE = (
    "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>"
    "<script>window._cf_chl_opt={}</script><p>Checking your browser before you go on.</p></body>"
)


# --- B28


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (LINKED, "text/html", "/feeds/all.xml"),
        (LINKED, "application/rss+xml", "/feeds/all.xml"),
        (CHALLENGE, "text/html", "asks for a human visitor"),
        ("", "application/rss+xml", "empty"),
        (" \n", "application/rss+xml", "empty"),
        ("Not found.", "text/plain", "no XML, JSON or HTML"),
        ('{"error": "quota"}', "application/json", "JSON"),
        ("<?xml version='1.0'?><error>No such feed</error>", "text/xml", "error"),
    ],
)
async def test_b28_what_is_no_feed_is_a_named_failure_and_nothing_is_lost(
    station: Station, body: str, content_type: str, words: str
) -> None:
    station.says(
        FEED,
        Answer(body=rss("ferry", "harbour"), headers=ETAG),
        Answer(body=body.encode(), headers=[("Content-Type", content_type), ("ETag", '"2"')]),
        Answer(status=304),
    )
    station.follow()
    await station.poll()
    known = station.articles()
    polled = await station.poll_next()
    assert words in (polled.error or ""), polled.error
    assert polled.status == 200
    assert station.wait() > HOUR
    assert trouble(station.status(), now=station.now) is not None
    await station.restart()
    assert station.articles() == known
    assert station.state().title == "News"
    again = await station.poll_next()
    assert asked(station.requests()[-1]) == ('"1"', None)
    assert (again.error, trouble(station.status(), now=station.now)) == (None, None)


# --- B29


async def test_b29_a_feed_without_items_deletes_nothing(station: Station) -> None:
    station.says(
        FEED,
        Answer(body=rss("ferry", "harbour")),
        Answer(body=rss()),
        Answer(body=rss("harbour", "ferry")),
    )
    station.follow()
    await station.poll()
    known = station.articles()
    empty = await station.poll_next()
    assert (empty.error, empty.new, station.articles()) == (None, 0, known)
    await station.restart()
    again = await station.poll_next()
    assert (again.new, again.revised, station.articles()) == (0, 0, known)


# --- B30


async def test_b30_a_304_is_a_success_and_resets_the_failures(station: Station) -> None:
    station.says(
        FEED,
        Answer(body=rss("ferry"), headers=ETAG),
        *[Answer(status=500)] * 5,
        Answer(status=304),
    )
    station.follow()
    await station.poll()
    for _ in range(5):
        await station.poll_next()
    assert station.state().failures == 2.5
    assert trouble(station.status(), now=station.now) is not None
    await station.restart()
    polled = await station.poll_next()
    state = station.state()
    assert (polled.error, polled.unchanged, polled.status) == (None, True, 304)
    assert (state.failures, state.last_error, state.last_ok_at) == (0.0, None, station.now)
    assert station.wait() == HOUR
    assert trouble(station.status(), now=station.now) is None


# --- B31


async def test_b31_certificates_are_verified_and_an_authority_can_be_given(
    station: Station, authority: Authority
) -> None:
    secure = await station.serve(Server(tls=authority.server()))
    station.says(FEED, Answer(body=rss("ferry")), server=secure)
    station.follow(url=secure.url(FEED))
    (refused,) = await station.poll()
    assert "certificate" in (refused.error or "")
    assert secure.requests == []
    station.ca_file = Path(authority.ca_file)
    await station.restart()
    polled = await station.poll_next()
    assert (polled.error, station.slugs()) == (None, ["ferry"])


async def test_b31_a_certificate_for_another_name_is_refused(
    station: Station, authority: Authority
) -> None:
    secure = await station.serve(Server(tls=authority.server(), address="127.0.0.2"))
    station.ca_file = Path(authority.ca_file)
    await station.restart()
    station.says(FEED, Answer(body=rss("ferry")), server=secure)
    station.follow(url=secure.url(FEED))
    (refused,) = await station.poll()
    assert "certificate" in (refused.error or "")
    assert secure.requests == []


# --- B33


async def test_b33_a_226_is_merged(station: Station) -> None:
    """Only what is new is sent; what is not there is neither lost nor taken for withdrawn."""
    versions = [rss("ferry", "harbour"), rss("lights"), rss("quay", "lock")]

    def script(seen: Seen) -> Answer:
        number = len(station.requests())
        etag = [("ETag", f'"{number}"')]
        if number == 1:
            assert "a-im" not in seen.headers
            return Answer(body=versions[0], headers=etag)
        assert (seen.headers["a-im"], asked(seen)[0]) == ("feed", f'"{number - 1}"')
        if number < 4:
            return Answer(status=226, body=versions[number - 1], headers=[*etag, ("IM", "feed")])
        return Answer(body=versions[0], headers=etag)

    station.server.answers[FEED] = script
    station.follow()
    polls = []
    for _ in range(4):
        polls.append(await station.poll_next())
        await station.restart()
    assert [(polled.status, polled.new, polled.error) for polled in polls] == [
        (200, 2, None),
        (226, 1, None),
        (226, 2, None),
        (200, 0, None),
    ]
    assert sorted(station.slugs()) == ["ferry", "harbour", "lights", "lock", "quay"]
    assert all(article.withdrawn_at is None for article in station.articles())
    assert station.wait() == HOUR
