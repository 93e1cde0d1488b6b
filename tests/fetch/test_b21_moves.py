"""B21 through the line, on both backends: feeds that move."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from authority import Authority
from newsfeed import FEED, asked, page, redirect, rss
from server import Answer, Server
from station import DAY, HOUR, Station

from aggregator.core.urls import host_key
from aggregator.types import PagePolicy

pytestmark = pytest.mark.anyio

NEW = "/new.xml"


@pytest.mark.parametrize("status", [301, 308])
async def test_b21_three_permanent_answers_in_a_row_replace_the_address(
    station: Station, status: int
) -> None:
    station.follow()
    station.says(FEED, redirect(NEW, status))
    station.says(NEW, Answer(body=rss("ferry"), headers=[("ETag", '"1"')]))
    await station.polls(2)
    assert station.state().address is None
    assert station.state().moved_times == 2
    await station.polls(3)
    assert station.state().address == station.server.url(NEW)
    assert len(station.requests()) == 3
    assert [asked(seen)[0] for seen in station.requests(NEW)] == [None, *['"1"'] * 4]
    assert station.slugs() == ["ferry"]


async def test_b21_a_304_behind_the_redirect_counts(station: Station) -> None:
    station.follow()
    station.says(FEED, redirect(NEW))
    station.says(NEW, Answer(body=rss("ferry"), headers=[("ETag", '"1"')]), Answer(status=304))
    await station.polls(4)
    assert station.state().address == station.server.url(NEW)
    assert asked(station.requests(NEW)[-1]) == ('"1"', None)
    assert len(station.requests()) == 3


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_b21_temporary_redirects_never_replace(station: Station, status: int) -> None:
    station.follow()
    station.says(FEED, redirect(NEW, status))
    station.says(NEW, Answer(body=rss("ferry")))
    await station.polls(8)
    assert (station.state().address, len(station.requests())) == (None, 8)


@pytest.mark.parametrize("statuses", [(301, 302), (307, 308), (301, 303, 308)])
async def test_b21_a_chain_with_one_temporary_hop_is_temporary(
    station: Station, statuses: tuple[int, ...]
) -> None:
    station.follow(path="/0")
    for number, status in enumerate(statuses):
        station.says(f"/{number}", redirect(f"/{number + 1}", status))
    station.says(f"/{len(statuses)}", Answer(body=rss("ferry")))
    await station.polls(5)
    assert (station.state().address, len(station.requests("/0"))) == (None, 5)


@pytest.mark.parametrize(
    "between",
    [
        Answer(status=503),
        Answer(body=rss("ferry")),
        redirect("/elsewhere.xml"),
        redirect(NEW, 302),
        redirect("/broken.html"),
    ],
)
async def test_b21_the_answers_must_be_consecutive_and_identical_and_have_a_feed(
    station: Station, between: Answer
) -> None:
    station.follow()
    for path in (NEW, "/elsewhere.xml"):
        station.says(path, Answer(body=rss("ferry")))
    station.says("/broken.html", Answer(body=b"<html><p>Parked</p></html>"))
    station.says(FEED, redirect(NEW), redirect(NEW), between, redirect(NEW))
    await station.polls(5)
    assert station.state().address is None
    await station.polls(1)
    assert station.state().address == station.server.url(NEW)


async def test_b21_a_target_that_is_no_feed_never_replaces(station: Station) -> None:
    station.follow()
    station.says(FEED, redirect("/parked.html"))
    station.says("/parked.html", Answer(body=b"<html><p>Parked</p></html>"))
    await station.polls(6)
    assert station.state().address is None
    assert len(station.requests()) == 6


async def test_b21_https_to_http_is_never_made_permanent(
    station: Station, authority: Authority
) -> None:
    secure = await station.serve(Server(tls=authority.server()))
    station.ca_file = Path(authority.ca_file)
    await station.restart()
    station.says("/plain.xml", Answer(body=rss("ferry")))
    station.says(FEED, redirect(station.server.url("/plain.xml")), server=secure)
    station.follow(url=secure.url(FEED))
    await station.polls(5)
    assert station.state().address is None
    # The other way round it is.
    station.says("/up.xml", redirect(secure.url("/secure.xml")))
    station.says("/secure.xml", Answer(body=rss("lights")), server=secure)
    station.follow("Other", "/up.xml")
    await station.polls(3, "Other")
    assert station.state("Other").address == secure.url("/secure.xml")


async def test_b21_a_login_stays_on_its_origin_and_goes_nowhere_else(station: Station) -> None:
    other = await station.serve(Server(address="127.0.0.2"))
    login = station.server.url(FEED).replace("//", "//me:secret@")
    station.follow(url=login)
    station.says(FEED, redirect(NEW))
    station.says(NEW, Answer(body=rss("ferry")))
    await station.polls(4)
    assert station.state().address == station.server.url(NEW).replace("//", "//me:secret@")
    assert {seen.headers.get("authorization") for seen in station.server.requests} == {
        "Basic bWU6c2VjcmV0"
    }
    station.says(NEW, redirect(other.url(FEED)))
    station.says(FEED, Answer(body=rss("ferry")), server=other)
    await station.polls(4)
    assert station.state().address == other.url(FEED)
    assert len(other.requests) == 4
    assert not [seen for seen in other.requests if "authorization" in seen.headers]


async def test_b21_secret_headers_do_not_follow_a_feed_to_another_origin(
    station: Station,
) -> None:
    """Neither through the redirect, nor once it is polled there, nor with its pages."""
    other = await station.serve(Server(address="127.0.0.2"))
    headers = (("X-Api-Key", "secret"), ("User-Agent", "desk/1 (+https://example.org/desk)"))
    station.follow(headers=headers, pages=PagePolicy.AUTO)
    station.says(FEED, redirect(other.url(FEED)))
    station.says(FEED, Answer(body=rss("ferry", link=other.url(""))), server=other)
    station.says("/ferry", Answer(body=page()), server=other)
    await station.polls(3)
    station.says(FEED, Answer(body=rss("ferry", "lock", link=other.url(""))), server=other)
    station.says("/lock", Answer(body=page()), server=other)
    await station.polls(2)
    assert station.state().address == other.url(FEED)
    assert len(station.requests("/lock", server=other)) == 1
    assert {seen.headers["x-api-key"] for seen in station.requests()} == {"secret"}
    assert [seen.target for seen in other.requests if "x-api-key" in seen.headers] == []
    assert {seen.headers["user-agent"] for seen in station.requests(server=other)} == {
        headers[1][1]
    }


async def test_b21_a_feed_that_moves_back_is_polled_at_its_own_host_again(
    station: Station,
) -> None:
    other = await station.serve(Server(address="127.0.0.2"))
    station.follow()
    station.says(FEED, redirect(other.url(FEED)))
    station.says(FEED, Answer(body=rss("ferry")), server=other)
    await station.polls(3)
    (there,) = station.storage.due_hosts(now=station.now + HOUR, limit=9)
    assert there.host == host_key(other.url())
    station.says(FEED, Answer(body=rss("ferry", "lock")))
    station.says(FEED, redirect(station.server.url(FEED)), server=other)
    await station.polls(4)
    assert station.state().address is None
    (back,) = station.storage.due_hosts(now=station.now + HOUR, limit=9)
    assert back.host == host_key(station.server.url())
    assert len(station.requests(server=other)) == 6


async def test_b21_the_pace_stays_with_a_feed_that_moves(station: Station) -> None:
    station.says(FEED, redirect(NEW))
    station.says(NEW, Answer(body=rss("ferry")))
    station.follow(max_interval=DAY)
    await station.polls(4)
    pace = station.state().pace
    assert pace is not None
    assert pace.observed > timedelta()
