"""Redirects of real servers on loopback: which are followed, and what goes along."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from clients import FEED, fetcher
from exchanging import exchange
from server import Answer, Seen, Server

from aggregator.types import Fetched, FetchFailed, FetchRequest


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(status: int) -> None:
    moved = Answer(status=status, headers=[("Location", "../real.xml?a=1#top")])
    result = exchange(moved, others={"/real.xml": Answer(body=FEED)})
    assert result.fetched.body == FEED
    assert result.requests[1].target == "/real.xml?a=1"


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("/feed.xml", "the redirects go in a circle"),
        ("ftp://example.com/feed.xml", "redirects to what is no http or https address ('ftp://"),
        ("javascript:alert(1)", "redirects to what is no http or https address ('javascript"),
        ("http://[x]/", "redirects to what is no http or https address ('http://[x]/')"),
        ("", "the server answered 302 Found without saying where to go"),
    ],
)
def test_redirects_that_lead_nowhere(location: str, reason: str) -> None:
    failed = exchange(Answer(status=302, headers=[("Location", location)])).failed
    assert reason in failed.reason
    assert failed.url.endswith("/feed.xml")


@pytest.mark.parametrize(("hops", "works"), [(10, True), (11, False)])
def test_redirects_come_to_an_end(hops: int, works: bool) -> None:
    others = {
        f"/{number}": Answer(status=302, headers=[("Location", f"/{number + 1}")])
        for number in range(1, hops)
    }
    others[f"/{hops}"] = Answer(body=FEED)
    result = exchange(Answer(status=302, headers=[("Location", "/1")]), others=others)
    (outcome,) = result.outcomes
    assert isinstance(outcome, Fetched) is works
    if isinstance(outcome, FetchFailed):
        assert outcome.reason == "more than 10 redirects"


def _redirected(location: Callable[[Server, Server], str], *, where: str) -> Seen:
    """What arrives at "here" or "there" when here redirects to `location`."""

    async def main() -> Seen:
        async with Server() as here, Server() as there, fetcher() as client:
            here.answers["/feed.xml"] = Answer(
                status=302, headers=[("Location", location(here, there))]
            )
            here.answers["/real.xml"] = there.answers["/real.xml"] = Answer(body=FEED)
            request = FetchRequest(
                url=here.url("/feed.xml").replace("//", "//me:secret@"),
                accept="text/xml",
                etag='"1"',
                last_modified="then",
                headers=(("X-Api-Key", "secret"), ("User-Agent", "mine/1")),
            )
            outcome = await client.fetch(request)
            assert isinstance(outcome, Fetched), outcome
            return (here if where == "here" else there).requests[-1]

    return asyncio.run(main())


SECRETS = {"authorization", "x-api-key", "if-none-match", "if-modified-since"}


def test_another_origin_gets_neither_secrets_nor_validators() -> None:
    seen = _redirected(lambda _, there: there.url("/real.xml"), where="there")
    assert not SECRETS & set(seen.headers)
    assert (seen.headers["accept"], seen.headers["user-agent"]) == ("text/xml", "mine/1")


def test_another_origin_is_not_fooled_into_a_login() -> None:
    location = _redirected(
        lambda _, there: there.url("/real.xml").replace("//", "//you:pw@"), where="there"
    )
    assert "authorization" not in location.headers


def test_the_same_origin_gets_both_again() -> None:
    seen = _redirected(lambda *_: "/real.xml", where="here")
    assert set(seen.headers) >= SECRETS
