"""B17 to B35 as far as one exchange goes: moves, deltas, what is sent, records, connections."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from authority import Authority
from clients import AGENT, FEED, Names, failed, fetched, fetcher
from server import Answer, Seen, Server

from aggregator.core.urls import host_key
from aggregator.fetch.gate import HostGate
from aggregator.fetch.guard import Guard
from aggregator.fetch.http import Exchange
from aggregator.types import Fetched, FetchFailed, FetchOutcome, FetchRequest, NotModified

pytestmark = pytest.mark.anyio


def redirect(location: str, status: int = 301) -> Answer:
    return Answer(status=status, headers=[("Location", location)])


async def through(*statuses: int, end: Answer | None = None) -> tuple[FetchOutcome, str]:
    """(What comes of redirects with these statuses, the address where they end)."""
    async with Server() as server, fetcher() as client:
        for number, status in enumerate(statuses):
            server.answers[f"/{number}"] = redirect(f"/{number + 1}", status)
        server.answers[f"/{len(statuses)}"] = end or Answer(body=FEED)
        request = FetchRequest(url=server.url("/0"), etag='"1"')
        return await client.fetch(request), server.url(f"/{len(statuses)}")


# --- B21


@pytest.mark.parametrize("statuses", [(301,), (308,), (301, 308, 301)])
async def test_b21_a_chain_of_permanent_redirects_says_where_the_feed_is(
    statuses: tuple[int, ...],
) -> None:
    outcome, target = await through(*statuses)
    assert fetched(outcome).moved_to == target
    outcome, target = await through(*statuses, end=Answer(status=304))
    assert isinstance(outcome, NotModified)
    assert outcome.moved_to == target


@pytest.mark.parametrize(
    "statuses", [(), (302,), (303,), (307,), (301, 302), (302, 301), (308, 307, 308)]
)
async def test_b21_one_temporary_hop_makes_a_chain_temporary(statuses: tuple[int, ...]) -> None:
    outcome, _ = await through(*statuses)
    assert fetched(outcome).moved_to is None


async def test_b21_from_https_to_http_is_never_permanent(authority: Authority) -> None:
    async with Server(tls=authority.server()) as secure, Server() as plain:
        plain.answers["/feed.xml"] = Answer(body=FEED)
        plain.answers["/up"] = redirect(secure.url("/feed.xml"))
        secure.answers["/feed.xml"] = Answer(body=FEED)
        secure.answers["/down"] = redirect(plain.url("/feed.xml"))
        secure.answers["/down-up"] = redirect(plain.url("/up"))
        async with fetcher(ca_file=authority.ca_file) as client:

            async def moved_to(url: str) -> str | None:
                return fetched(await client.fetch(FetchRequest(url=url))).moved_to

            assert await moved_to(secure.url("/down")) is None
            assert await moved_to(secure.url("/down-up")) is None
            assert await moved_to(plain.url("/up")) == secure.url("/feed.xml")


async def test_b21_where_a_feed_has_moved_is_said_without_login_and_fragment() -> None:
    async with Server() as server, fetcher() as client:
        server.answers["/old"] = redirect("/new#top")
        server.answers["/new"] = Answer(body=FEED)
        url = server.url("/old").replace("//", "//me:secret@")
        outcome = fetched(await client.fetch(FetchRequest(url=url)))
        assert outcome.moved_to == server.url("/new")
        assert [seen.headers.get("authorization") for seen in server.requests] == [
            "Basic bWU6c2VjcmV0"
        ] * 2


# --- B22, B23


async def test_b22_nothing_is_kept_between_polls() -> None:
    async with Server() as server, fetcher() as client:
        server.answers["/feed.xml"] = Answer(
            body=FEED,
            headers=[
                ("Set-Cookie", "id=1; Path=/; Max-Age=9999"),
                ("Set-Cookie", "track=2; Path=/"),
                ("Accept-CH", "Sec-CH-UA"),
                ("Strict-Transport-Security", "max-age=9999"),
                ("Alt-Svc", 'h3=":443"'),
            ],
        )
        request = FetchRequest(url=server.url("/feed.xml?a=1#entry"), accept="text/xml")
        for _ in range(3):
            await client.fetch(request)
        assert server.requests[0] == server.requests[1] == server.requests[2]
        assert server.requests[0].target == "/feed.xml?a=1"
        assert set(server.requests[0].headers) == {
            "host",
            "user-agent",
            "accept",
            "accept-encoding",
        }


async def test_b23_the_user_agent_says_who_asks_and_a_request_may_say_it_otherwise() -> None:
    async with Server() as server, fetcher() as client:
        own = (("User-Agent", "desk-monitor/1 (+https://example.org/desk)"),)
        for headers in ((), own):
            await client.fetch(FetchRequest(url=server.url("/feed.xml"), headers=headers))
        agents = [seen.headers["user-agent"] for seen in server.requests]
    assert agents == [AGENT, own[0][1]]
    assert AGENT.startswith("aggregator/")
    assert not any("mozilla" in agent.lower() for agent in agents)


# --- B27


@pytest.mark.parametrize(
    "content_type",
    [
        "application/rss+xml; charset=windows-1251",
        'text/xml; charset="ISO-8859-1"',
        "text/xml;charset=UTF-8;boundary=x",
        "application/xml",
        "text/html; charset=no-such",
    ],
)
async def test_b27_the_character_set_and_the_bytes_come_as_the_server_sends_them(
    content_type: str,
) -> None:
    body = "<?xml version='1.0' encoding='koi8-r'?><rss>Новости</rss>".encode("koi8-r")
    async with Server() as server, fetcher() as client:
        server.answers["/feed.xml"] = Answer(body=body, headers=[("Content-Type", content_type)])
        outcome = fetched(await client.fetch(FetchRequest(url=server.url("/feed.xml"))))
    assert (outcome.content_type, outcome.body) == (content_type, body)


async def test_b27_of_two_content_types_the_first_counts() -> None:
    async with Server() as server, fetcher() as client:
        headers = [("Content-Type", "text/xml; charset=utf-8"), ("Content-Type", "text/html")]
        server.answers["/feed.xml"] = Answer(body=FEED, headers=headers)
        outcome = fetched(await client.fetch(FetchRequest(url=server.url("/feed.xml"))))
    assert outcome.content_type == "text/xml; charset=utf-8"


# --- B33

CONDITIONAL = {"etag": '"1"', "delta": True}


async def delta_exchange(
    answer: Answer, *, etag: str | None, delta: bool
) -> tuple[FetchOutcome, Seen]:
    async with Server() as server, fetcher() as client:
        server.answers["/feed.xml"] = answer
        request = FetchRequest(url=server.url("/feed.xml"), etag=etag, delta=delta)
        return await client.fetch(request), server.requests[0]


@pytest.mark.parametrize("im", ["feed", "Feed", None])
async def test_b33_a_226_has_what_is_new_and_is_marked(im: str | None) -> None:
    headers = [("ETag", '"2"'), *([("IM", im)] if im else [])]
    answer = Answer(status=226, body=FEED, headers=headers)
    outcome, seen = await delta_exchange(answer, etag='"1"', delta=True)
    assert (seen.headers["a-im"], seen.headers["if-none-match"]) == ("feed", '"1"')
    outcome = fetched(outcome)
    assert (outcome.status, outcome.body, outcome.etag, outcome.delta) == (226, FEED, '"2"', True)


async def test_b33_a_200_to_the_same_request_is_no_delta() -> None:
    outcome, _ = await delta_exchange(Answer(body=FEED), etag='"1"', delta=True)
    assert not fetched(outcome).delta


@pytest.mark.parametrize(("etag", "delta"), [('"1"', False), (None, True), (None, False)])
async def test_b33_a_226_that_was_not_asked_for_is_a_failure(
    etag: str | None, *, delta: bool
) -> None:
    outcome, seen = await delta_exchange(Answer(status=226, body=FEED), etag=etag, delta=delta)
    assert "a-im" not in seen.headers
    assert failed(outcome).reason == "the server answered 226 IM Used"


@pytest.mark.parametrize("im", ["vcdiff", "feed, gzip", ""])
async def test_b33_a_226_in_another_form_is_a_failure(im: str) -> None:
    answer = Answer(status=226, body=FEED, headers=[("IM", im)])
    outcome, _ = await delta_exchange(answer, etag='"1"', delta=True)
    assert failed(outcome).status == 226


async def test_b33_another_origin_is_not_asked_for_a_delta() -> None:
    async with Server() as here, Server() as there, fetcher() as client:
        here.answers["/feed.xml"] = redirect(there.url("/feed.xml"))
        there.answers["/feed.xml"] = Answer(body=FEED)
        await client.fetch(FetchRequest(url=here.url("/feed.xml"), etag='"1"', delta=True))
        assert "a-im" in here.requests[0].headers
        assert "a-im" not in there.requests[0].headers


# --- B34


async def test_b34_polls_pages_and_discovery_share_the_turns_of_a_host() -> None:
    """Whoever asks a host takes its turn at the one gate: never two at once."""
    busy = most = 0

    async def slowly() -> AsyncIterator[bytes]:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        for _ in range(5):
            await asyncio.sleep(0)
            yield FEED
        busy -= 1

    async with Server() as server, fetcher() as client:
        gate = HostGate(timedelta())
        paths = ["/feed.xml", "/page.html", "/favicon.ico", "/sitemap.xml", "/robots.txt"] * 3
        for path in paths:
            server.answers[path] = Answer(chunks=slowly)

        async def ask(path: str) -> FetchOutcome:
            url = server.url(path)
            async with gate.turn(host_key(url)):
                return await client.fetch(FetchRequest(url=url))

        outcomes = await asyncio.gather(*map(ask, paths))
    assert all(isinstance(outcome, Fetched) for outcome in outcomes)
    assert (most, len(server.requests)) == (1, len(paths))


# --- B35


async def exchanges(*requests: FetchRequest, **options: object) -> list[Exchange]:
    seen: list[Exchange] = []
    async with fetcher(on_exchange=seen.append, **options) as client:  # type: ignore[arg-type]  # names fit
        for request in requests:
            await client.fetch(request)
    return seen


async def test_b35_each_exchange_leaves_one_record() -> None:
    async with Server() as server:
        packed = gzip.compress(FEED)
        server.answers["/feed.xml"] = Answer(body=packed, headers=[("Content-Encoding", "gzip")])
        server.answers["/same.xml"] = Answer(status=304)
        server.answers["/moved.xml"] = redirect("/feed.xml")
        urls = {path: server.url(path) for path in (*server.answers, "/gone.xml")}
        first, same, gone, moved = await exchanges(
            FetchRequest(url=urls["/feed.xml"].replace("//", "//me:secret@") + "#top"),
            FetchRequest(url=urls["/same.xml"], etag='"1"'),
            FetchRequest(url=urls["/gone.xml"]),
            FetchRequest(url=urls["/moved.xml"]),
        )
    assert first.url == urls["/feed.xml"]
    assert isinstance(first.outcome, Fetched)
    assert (first.received, first.decoded) == (len(packed), len(FEED))
    assert first.elapsed == first.outcome.elapsed > timedelta()
    (step,) = first.steps
    assert (step.url, step.status, step.address, step.http_version) == (
        urls["/feed.xml"],
        200,
        "127.0.0.1",
        "HTTP/1.1",
    )
    assert (step.reused, step.tls) == (False, None)
    assert step.connect is not None
    assert step.wait is not None
    assert step.connect + step.wait <= first.elapsed
    assert isinstance(same.outcome, NotModified)
    assert same.last is not None
    assert (same.last.reused, same.last.connect, same.received) == (True, None, 0)
    assert isinstance(gone.outcome, FetchFailed)
    assert gone.last is not None
    assert gone.last.status == gone.outcome.status == 404
    assert [(step.url, step.status) for step in moved.steps] == [
        (urls["/moved.xml"], 301),
        (urls["/feed.xml"], 200),
    ]
    assert (moved.url, moved.received) == (urls["/moved.xml"], len(packed))


async def test_b35_a_record_says_how_far_a_failure_came(authority: Authority) -> None:
    async with Server(tls=authority.server()) as secure, Server() as plain:
        plain.answers["/big"] = Answer(chunks=_endless)
        refused, untrusted, cut, never = await exchanges(
            FetchRequest(url="http://evil.example.org/"),
            FetchRequest(url=secure.url("/", host="localhost")),
            FetchRequest(url=plain.url("/big"), max_bytes=1_000),
            FetchRequest(url=plain.url("/"), headers=(("X-Key", "a\nb"),)),
            guard=Guard.allowing(["127.0.0.1"]),
            resolve=Names({"evil.example.org": [["127.0.0.2"]], "localhost": [["127.0.0.1"]]}),
        )
    assert refused.last is not None
    assert (refused.last.status, refused.last.address, refused.last.connect) == (None, None, None)
    assert untrusted.last is not None
    assert untrusted.last.connect is not None
    assert (untrusted.last.tls, untrusted.last.status) == (None, None)
    assert 1_000 < cut.received <= 64 * 1024
    assert cut.last is not None
    assert cut.last.status == 200
    assert never.last is not None
    assert (never.last.status, never.last.reused) == (None, False)


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield b"<item/>" * 1_000


async def test_b35_a_record_tells_tls_and_its_time(authority: Authority) -> None:
    async with Server(tls=authority.server()) as server:
        server.answers["/feed.xml"] = Answer(body=FEED)
        request = FetchRequest(url=server.url("/feed.xml", host="localhost"))
        one, other = await exchanges(request, request, ca_file=authority.ca_file)
    assert one.last is not None
    assert one.last.tls is not None
    assert other.last is not None
    assert (other.last.reused, other.last.tls) == (True, None)


# --- connections


@pytest.mark.parametrize(
    "answers",
    [
        [Answer(body=FEED)],
        [Answer(status=304)],
        [Answer(status=404, body=b"not here"), Answer(body=FEED)],
        [redirect("/feed.xml?2", 302), Answer(body=FEED)],
        [Answer(status=503, body=b"x" * 10_000), Answer(status=304)],
    ],
)
async def test_one_connection_serves_answers_of_all_kinds(answers: list[Answer]) -> None:
    async with Server() as server, fetcher() as client:
        server.answers["/feed.xml"] = answers
        for _ in range(4):
            await client.fetch(FetchRequest(url=server.url("/feed.xml"), etag='"1"'))
        assert len(server.requests) >= 4
        assert server.connections == 1


async def test_a_connection_with_a_long_answer_that_nobody_wants_is_given_up() -> None:
    async with Server() as server, fetcher() as client:
        server.answers["/feed.xml"] = [Answer(status=404, chunks=_endless), Answer(body=FEED)]
        request = FetchRequest(url=server.url("/feed.xml"))
        assert failed(await client.fetch(request)).status == 404
        assert fetched(await client.fetch(request)).body == FEED
        assert server.connections == 2


async def test_a_connection_that_died_meanwhile_is_made_anew_at_once() -> None:
    """The server closes it just when the next request is on its way: that is no failure."""
    async with Server() as server, fetcher() as client:
        server.answers["/feed.xml"] = [Answer(body=FEED), Answer(raw=b""), Answer(body=FEED)]
        request = FetchRequest(url=server.url("/feed.xml"))
        for _ in range(2):
            assert fetched(await client.fetch(request)).body == FEED
        assert (server.connections, len(server.requests)) == (2, 3)


async def test_b18_a_new_connection_that_brings_nothing_is_not_tried_again() -> None:
    async with Server() as server, fetcher() as client:
        server.answers["/feed.xml"] = Answer(raw=b"")
        for count in (1, 2):
            outcome = failed(await client.fetch(FetchRequest(url=server.url("/feed.xml"))))
            assert outcome.reason == "the server closed the connection without an answer"
            assert len(server.requests) == count


async def test_b18_a_connection_that_brings_nothing_twice_is_a_failure() -> None:
    async with Server() as server, fetcher() as client:
        server.answers["/feed.xml"] = [Answer(body=FEED), Answer(raw=b"")]
        request = FetchRequest(url=server.url("/feed.xml"))
        assert fetched(await client.fetch(request)).body == FEED
        assert failed(await client.fetch(request)).status is None
        assert len(server.requests) == 3


# --- logins


@pytest.mark.parametrize(
    ("login", "headers", "sent"),
    [
        ("me:p%40ss@", (), {"authorization": "Basic bWU6cEBzcw=="}),
        ("", (("Authorization", "Bearer t"),), {"authorization": "Bearer t"}),
        ("", (("X-Api-Key", "k"), ("Cookie", "a=b")), {"x-api-key": "k", "cookie": "a=b"}),
    ],
)
async def test_b21_a_login_is_for_its_own_origin_only(
    login: str, headers: tuple[tuple[str, str], ...], sent: dict[str, str]
) -> None:
    async with Server() as here, Server() as there, fetcher() as client:
        for server in (here, there):
            server.answers["/feed.xml"] = Answer(body=FEED)
        here.answers["/same"] = redirect("/feed.xml")
        here.answers["/other"] = redirect(there.url("/feed.xml"))
        here.answers["/back"] = redirect(there.url("/back"))
        there.answers["/back"] = redirect(here.url("/feed.xml"))
        for path in ("/same", "/other", "/back"):
            url = here.url(path).replace("//", f"//{login}")
            fetched(await client.fetch(FetchRequest(url=url, headers=headers)))

        def secrets(seen: Seen) -> dict[str, str]:
            return {name: seen.headers[name] for name in sent if name in seen.headers}

        assert [secrets(seen) for seen in there.requests] == [{}, {}]
        # Once elsewhere, they do not come back: the other origin may have led anywhere.
        assert [(seen.target, secrets(seen)) for seen in here.requests] == [
            ("/same", sent),
            ("/feed.xml", sent),
            ("/other", sent),
            ("/back", sent),
            ("/feed.xml", {}),
        ]
