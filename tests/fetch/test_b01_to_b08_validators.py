"""B1 to B8 through the line, on both backends: what a feed is asked with, over restarts too."""

from __future__ import annotations

import pytest
from newsfeed import ETAG, FEED, MODIFIED, answer, asked, conditional, redirect, rss
from server import Answer, Server
from station import Station

pytestmark = pytest.mark.anyio


async def test_b01_only_the_first_fetch_is_unconditional(station: Station) -> None:
    station.follow()
    station.server.answers[FEED] = conditional()
    await station.poll()
    for step in range(12):
        if step == 4:
            await station.restart()
        if step == 8:
            await station.crash()
        if step == 10:
            station.wake(force=True)
        await station.poll_next()
    first, *later = map(asked, station.requests())
    assert first == (None, None)
    assert later == [(ETAG, MODIFIED)] * 12


@pytest.mark.parametrize(
    "etag",
    [
        '"abc-gzip"',
        'W/"weak"',
        'w/"odd"',
        "bare",
        '"with "quotes" within"',
        '"a, b"',
        'W/"5f2-gzip;br"',
        '""',
        '"\u00e9"',
        '" spaced "',
    ],
)
async def test_b02_the_etag_is_sent_back_byte_for_byte(station: Station, etag: str) -> None:
    station.follow()
    station.says(FEED, answer("ferry", etag=etag))
    await station.poll()
    await station.restart()
    await station.poll_next()
    sent = dict(station.requests()[1].raw_headers)
    assert sent[b"if-none-match"] == etag.encode("latin-1")
    assert b"if-modified-since" not in sent


@pytest.mark.parametrize(
    "modified",
    [
        MODIFIED,
        "Monday, 02-Mar-26 08:00:00 GMT",
        "Mon Mar  2 08:00:00 2026",
        "Mon, 2 Mar 2026 8:00:00 +0100",
        "2026-03-02T08:00:00Z",
        "Wed, 31 Dec 1969 23:59:59 GMT",
        "Fri, 31 Feb 2099 25:61:61 GMT",
        "0",
        "-1",
        "yesterday, about noon",
    ],
)
async def test_b03_last_modified_is_sent_back_byte_for_byte(
    station: Station, modified: str
) -> None:
    """Never Date, never a date from the feed, never now."""
    dated = rss("ferry", channel="<lastBuildDate>Sun, 01 Mar 2026 10:00:00 GMT</lastBuildDate>")
    headers = [("Date", "Mon, 02 Mar 2026 12:00:01 GMT"), ("Last-Modified", modified)]
    station.follow()
    station.says(FEED, Answer(body=dated, headers=headers))
    await station.poll()
    await station.restart()
    await station.poll_next()
    sent = dict(station.requests()[1].raw_headers)
    assert sent[b"if-modified-since"] == modified.encode("latin-1")
    assert b"if-none-match" not in sent


async def test_b03_without_last_modified_no_date_is_made_up(station: Station) -> None:
    dated = rss("ferry", channel="<pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate>")
    station.follow()
    station.says(FEED, Answer(body=dated, headers=[("Date", "Mon, 02 Mar 2026 12:00:01 GMT")]))
    for _ in range(2):
        await station.poll_next()
    assert [asked(seen) for seen in station.requests()] == [(None, None)] * 2


async def test_b04_both_are_sent_when_both_were_given(station: Station) -> None:
    station.follow()
    station.says(FEED, answer("ferry", etag=ETAG, modified=MODIFIED))
    await station.poll()
    await station.restart()
    await station.poll_next()
    assert asked(station.requests()[1]) == (ETAG, MODIFIED)


async def test_b05_the_same_body_with_new_validators_replaces_the_old_ones(
    station: Station,
) -> None:
    station.follow()
    later = "Mon, 02 Mar 2026 09:30:00 GMT"
    station.says(
        FEED,
        answer("ferry", etag=ETAG, modified=MODIFIED),
        answer("ferry", etag='"touched"', modified=later),
    )
    await station.poll()
    polled = await station.poll_next()
    assert (polled.unchanged, polled.error) == (True, None)
    await station.restart()
    await station.poll_next()
    assert [asked(seen) for seen in station.requests()] == [
        (None, None),
        (ETAG, MODIFIED),
        ('"touched"', later),
    ]


async def test_b06_a_304_has_its_new_validators_stored_and_keeps_the_others(
    station: Station,
) -> None:
    later = "Mon, 02 Mar 2026 09:30:00 GMT"
    station.follow()
    station.says(
        FEED,
        answer("ferry", etag=ETAG, modified=MODIFIED),
        Answer(status=304, headers=[("ETag", '"2"')]),
        Answer(status=304, headers=[("Last-Modified", later)]),
        Answer(status=304),
    )
    for _ in range(5):
        await station.poll_next()
        await station.restart()
    assert [asked(seen) for seen in station.requests()] == [
        (None, None),
        (ETAG, MODIFIED),
        ('"2"', MODIFIED),
        ('"2"', later),
        ('"2"', later),
    ]


async def test_b07_a_200_that_lacks_a_validator_drops_it(station: Station) -> None:
    station.follow()
    station.says(
        FEED,
        answer("ferry", etag=ETAG, modified=MODIFIED),
        answer("ferry", "harbour", etag='"2"'),
        answer("ferry", "harbour", modified=MODIFIED),
        answer("ferry", "harbour", "lights"),
        answer("ferry"),
    )
    for _ in range(5):
        await station.poll_next()
        await station.restart()
    assert [asked(seen) for seen in station.requests()] == [
        (None, None),
        (ETAG, MODIFIED),
        ('"2"', None),
        (None, MODIFIED),
        (None, None),
    ]


async def test_b08_an_error_neither_gives_validators_nor_takes_them(station: Station) -> None:
    station.follow()
    errors = [
        Answer(status=status, headers=[("ETag", '"error"'), ("Last-Modified", "never")])
        for status in (404, 500, 403, 503)
    ]
    station.says(FEED, answer("ferry", etag=ETAG, modified=MODIFIED), *errors, answer("ferry"))
    for _ in range(6):
        await station.poll_next()
    first, *later = map(asked, station.requests())
    assert first == (None, None)
    assert later == [(ETAG, MODIFIED)] * 5


async def test_b08_a_redirect_hop_gives_no_validators(station: Station) -> None:
    hop = Answer(
        status=302,
        headers=[("Location", "/real.xml"), ("ETag", '"hop"'), ("Last-Modified", MODIFIED)],
    )
    station.follow()
    station.says(FEED, hop)
    station.says("/real.xml", answer("ferry", etag=ETAG))
    for _ in range(3):
        await station.poll_next()
    for path in (FEED, "/real.xml"):
        assert [asked(seen) for seen in station.requests(path)] == [
            (None, None),
            (ETAG, None),
            (ETAG, None),
        ]


async def test_b08_another_server_gives_no_validators_and_gets_none(station: Station) -> None:
    other = await station.serve(Server(address="127.0.0.2"))
    station.follow()
    station.says(FEED, answer("ferry", etag=ETAG), redirect(other.url("/f"), 302), answer("ferry"))
    station.says("/f", answer("ferry", etag='"theirs"'), server=other)
    for _ in range(3):
        await station.poll_next()
    assert [asked(seen) for seen in station.requests()] == [
        (None, None),
        (ETAG, None),
        (None, None),
    ]
    assert [asked(seen) for seen in station.requests("/f", server=other)] == [(None, None)]


async def test_b08_validators_do_not_survive_a_change_of_the_address(station: Station) -> None:
    station.follow()
    for path in (FEED, "/new.xml"):
        station.says(path, answer("ferry", etag=ETAG, modified=MODIFIED))
    await station.poll()
    station.follow(path="/new.xml")
    await station.poll()
    assert [asked(seen) for seen in station.requests("/new.xml")] == [(None, None)]
    station.follow()
    await station.poll()
    assert asked(station.requests()[-1]) == (None, None)
    assert station.slugs() == ["ferry"]
