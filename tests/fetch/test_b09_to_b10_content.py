"""B9 and B10 through the line, on both backends: when the content is asked for again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from newsfeed import ETAG, FEED, MODIFIED, answer, asked, conditional, rss
from server import Answer
from station import DAY, HOUR, OpenStore, Station

pytestmark = pytest.mark.anyio


async def in_two(*, whole: bytes) -> AsyncIterator[bytes]:
    """Chunks whose end does not come."""
    for part in (whole[:60], whole[60:120]):
        yield b"%x\r\n%s\r\n" % (len(part), part)


def broken_bodies() -> dict[str, Answer]:
    new = rss("ferry", "harbour")
    validators = [("ETag", '"2"'), ("Last-Modified", "Mon, 02 Mar 2026 10:00:00 GMT")]
    chunked = [*validators, ("Transfer-Encoding", "chunked")]
    return {
        "by length": Answer(body=new[:-40], headers=validators, declared=len(new)),
        "chunked": Answer(headers=chunked, chunks=lambda: in_two(whole=new)),
        "within the document": Answer(body=new[: new.rindex(b"<item>") + 30], headers=validators),
        "no feed": Answer(body=b"<html><p>Be right back</p></html>", headers=validators),
        "empty": Answer(body=b"", headers=validators),
    }


@pytest.mark.parametrize("kind", broken_bodies())
async def test_b09_a_body_that_broke_off_or_did_not_parse_commits_no_validators(
    station: Station, kind: str
) -> None:
    station.follow()
    station.says(
        FEED,
        answer("ferry", etag=ETAG, modified=MODIFIED),
        broken_bodies()[kind],
        answer("ferry", "harbour", etag='"2"', modified=MODIFIED),
    )
    await station.poll()
    broken = await station.poll_next()
    await station.restart()
    await station.poll_next()
    assert [asked(seen) for seen in station.requests()] == [
        (None, None),
        (ETAG, MODIFIED),
        (ETAG, MODIFIED),
    ]
    assert broken.error or broken.warning
    assert station.slugs() == ["ferry", "harbour"]
    assert asked_next(station) == ('"2"', MODIFIED)


def asked_next(station: Station) -> tuple[str | None, str | None]:
    state = station.state()
    return state.etag, state.last_modified


@pytest.mark.parametrize("kind", ["by length", "chunked", "within the document", "no feed"])
async def test_b09_a_first_fetch_that_failed_is_followed_by_an_unconditional_one(
    station: Station, kind: str
) -> None:
    station.follow()
    station.says(FEED, broken_bodies()[kind], answer("ferry", "harbour", etag=ETAG))
    await station.poll()
    await station.poll_next()
    assert [asked(seen) for seen in station.requests()] == [(None, None)] * 2
    assert sorted(station.slugs()) == ["ferry", "harbour"]
    assert asked_next(station) == (ETAG, None)


async def test_b10_a_year_of_polls_has_one_unconditional_fetch(station: Station) -> None:
    station.follow(interval=12 * HOUR)
    station.server.answers[FEED] = conditional()
    end = station.now + 365 * DAY
    while station.now < end:
        await station.poll_next()
        if station.now.day == 1:
            await station.restart()
    first, *later = map(asked, station.requests())
    assert first == (None, None)
    assert len(later) == 730
    assert set(later) == {(ETAG, MODIFIED)}


async def test_b10_lost_state_leads_to_one_unconditional_fetch_and_no_loop(
    station: Station, new_store: Callable[[], OpenStore]
) -> None:
    station.follow()
    station.server.answers[FEED] = conditional()
    for _ in range(3):
        await station.poll_next()
    station.open_store = new_store()
    await station.restart()
    for _ in range(24):
        await station.poll()
        station.pass_time(minutes=10)
    found = [asked(seen) for seen in station.requests()]
    assert found == [(None, None), *[(ETAG, MODIFIED)] * 2, (None, None), *[(ETAG, MODIFIED)] * 3]


async def test_b10_without_validators_there_is_one_fetch_an_interval(station: Station) -> None:
    station.follow()
    station.says(FEED, answer("ferry"))
    for step in range(36):
        await station.poll()
        if step % 6 == 0:
            await station.restart()
        station.pass_time(minutes=10)
    assert [asked(seen) for seen in station.requests()] == [(None, None)] * 6
