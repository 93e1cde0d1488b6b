"""Pictures come through the guarded fetcher, when a page of ours has named them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hookserver import Hooks, Reply, hook_server
from webhouse import House

from aggregator.config.web import ImagePolicy
from aggregator.types import (
    FailureGrade,
    Fetched,
    FetchFailed,
    FetchOutcome,
    FetchRequest,
)
from aggregator.web.images import picture_url
from aggregator.web.pictures import Busy, Limits, Picture, Pictures

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
GIF = b"GIF89a" + bytes(100)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


@pytest.fixture
def outlet() -> Iterator[Hooks]:
    """Says of its picture that it is a page."""
    headers = {"Content-Type": "text/html", "Set-Cookie": "who=1"}
    with hook_server([Reply(headers=headers, body=PNG)]) as hooks:
        yield hooks


def by(web: House, policy: ImagePolicy) -> None:
    web.config = replace(web.config, web=replace(web.config.web, images=policy))


def named(web: House, url: str) -> str:
    address = picture_url(web.site, url)
    assert address is not None
    return address


def test_a_picture_comes_through_us_as_what_it_is(web: House, outlet: Hooks) -> None:
    answer = web.client.get(
        named(web, outlet.url("/a%20b.png?w=1&h=2")),
        headers={"Referer": "http://127.0.0.1/stories/1", "Cookie": "mine=1"},
    )
    assert answer.status_code == 200
    assert answer.content == PNG
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["cache-control"].startswith("private, max-age=")
    assert "set-cookie" not in answer.headers
    (asked,) = outlet.received
    assert asked.target == "/a%20b.png?w=1&h=2"
    assert not {"cookie", "referer", "authorization"} & asked.headers.keys()


def test_it_is_fetched_once(web: House, outlet: Hooks) -> None:
    address = named(web, outlet.url("/a.png"))
    assert [web.client.get(address).content for _ in range(3)] == [PNG] * 3
    assert len(outlet.received) == 1
    assert dict(web.site.meters.pictures) == {"fetched": 1, "kept": 2}


def test_what_no_page_has_named_is_not_fetched(web: House, outlet: Hooks) -> None:
    _, _, signature, _ = named(web, outlet.url("/a.png")).split("/")
    other = named(web, outlet.url("/b.png")).split("/")[-1]
    for address in (
        f"/img/{signature}/{other}",
        f"/img//{other}",
        f"/img/ü/{other}",
        f"/img/{signature}/a",
        f"/img/{signature}/%C3%BC",
    ):
        assert web.client.get(address).status_code == 404, address
    assert outlet.received == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(headers={"Content-Type": "image/svg+xml"}, body=SVG),
        Reply(headers={"Content-Type": "image/png"}, body=b"<script>alert(1)</script>"),
        Reply(headers={"Content-Type": "image/png"}, body=PNG + bytes(5 * 1024 * 1024)),
        Reply(status=404, body=PNG),
    ],
    ids=["svg", "page", "large", "missing"],
)
def test_what_is_no_picture_or_too_large_is_not_passed_on(web: House, reply: Reply) -> None:
    with hook_server([reply]) as outlet:
        address = named(web, outlet.url("/a.png"))
        answers = [web.client.get(address) for _ in range(2)]
        assert [one.status_code for one in answers] == [404, 404]
        assert answers[0].headers["content-type"] == "application/problem+json"
        assert len(outlet.received) == 1


def test_private_addresses_are_refused(web: House, outlet: Hooks) -> None:
    web.config = replace(web.config, allow=())
    assert web.client.get(named(web, outlet.url("/a.png"))).status_code == 404
    assert outlet.received == []


def test_blocked_pictures_have_no_address(web: House, outlet: Hooks) -> None:
    before = named(web, outlet.url("/a.png"))
    by(web, ImagePolicy.BLOCK)
    assert picture_url(web.site, outlet.url("/a.png")) is None
    assert web.client.get(before).status_code == 404
    assert outlet.received == []


def test_direct_pictures_have_the_outlets_address(web: House) -> None:
    by(web, ImagePolicy.DIRECT)
    assert picture_url(web.site, "https://outlet.example/a.png") == "https://outlet.example/a.png"
    assert picture_url(web.site, "javascript:alert(1)") is None


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "/a.png",
        "data:image/png;base64,AAAA",
        "file:///etc/hostname",
        "javascript:alert(1)",
        "https://somebody@outlet.example/a.png",
        "https://outlet.example/" + "a" * 2_000,
    ],
)
def test_an_address_that_is_none_is_not_named(web: House, url: str | None) -> None:
    assert picture_url(web.site, url) is None


class Outlet:
    """Answers when it is let, and counts how many it is asked at once."""

    def __init__(self, body: bytes = GIF) -> None:
        self.asked: list[str] = []
        self.under_way = self.most = 0
        self.open = asyncio.Event()
        self._body = body

    async def fetch(self, request: FetchRequest) -> FetchOutcome:
        self.asked.append(request.url)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.open.wait()
        self.under_way -= 1
        if not self._body:
            return FetchFailed(url=request.url, grade=FailureGrade.HARD, reason="It is not there.")
        return Fetched(
            url=request.url,
            status=200,
            headers={},
            body=self._body,
            etag=None,
            last_modified=None,
            elapsed=timedelta(),
        )


async def settled() -> None:
    """Everything that can go on has."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_many_who_ask_at_once_share_one_fetch_which_outlives_the_first() -> None:
    async def main() -> None:
        outlet, pictures = Outlet(), Pictures()
        asking = [asyncio.create_task(pictures.get(outlet, "http://a/1")) for _ in range(5)]
        await settled()
        asking[0].cancel()
        outlet.open.set()
        found = await asyncio.gather(*asking[1:])
        assert found == [Picture(content=GIF, media_type="image/gif")] * 4
        assert outlet.asked == ["http://a/1"]

    asyncio.run(main())


def test_a_host_is_asked_little_at_once_and_all_hosts_together_not_much() -> None:
    async def main() -> None:
        outlet = Outlet()
        pictures = Pictures(Limits(at_once=3, at_once_from_host=2))
        one_host = [pictures.get(outlet, f"http://a/{number}") for number in range(5)]
        asking = asyncio.gather(*one_host)
        await settled()
        assert outlet.under_way == 2
        others = asyncio.gather(*[pictures.get(outlet, f"http://{host}/1") for host in "bcd"])
        await settled()
        assert outlet.under_way == 3
        outlet.open.set()
        assert all(await asking)
        assert all(await others)
        assert outlet.most == 3

    asyncio.run(main())


def test_too_many_that_wait_are_turned_away() -> None:
    async def main() -> None:
        outlet, pictures = Outlet(), Pictures(Limits(waiting=2))
        asking = asyncio.gather(*[pictures.get(outlet, f"http://a/{number}") for number in (1, 2)])
        await settled()
        with pytest.raises(Busy):
            await pictures.get(outlet, "http://a/3")
        outlet.open.set()
        await asking
        assert await pictures.get(outlet, "http://a/3")

    asyncio.run(main())


def test_memory_is_bounded_and_what_was_asked_for_last_stays() -> None:
    async def main() -> None:
        outlet, pictures = Outlet(), Pictures(Limits(memory=1_500))
        outlet.open.set()
        for name in ("1", "2", "1", "3", "1", "2"):
            await pictures.get(outlet, f"http://a/{name}")
        assert [url[-1] for url in outlet.asked] == ["1", "2", "3", "2"]

    asyncio.run(main())


def test_what_was_not_to_be_had_is_asked_for_again_after_a_while() -> None:
    async def main() -> None:
        now = 0.0
        outlet, pictures = Outlet(b""), Pictures(timer=lambda: now)
        outlet.open.set()
        for at in (0.0, 599.0, 601.0):
            now = at
            assert await pictures.get(outlet, "http://a/1") is None
        assert len(outlet.asked) == 2

    asyncio.run(main())


def test_an_outlet_that_never_answers_is_given_up() -> None:
    async def main() -> None:
        outlet, pictures = Outlet(), Pictures(Limits(seconds=0.01))
        assert await pictures.get(outlet, "http://a/1") is None

    asyncio.run(main())
