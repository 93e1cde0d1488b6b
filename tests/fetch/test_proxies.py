"""HTTP and SOCKS proxies, on loopback: they look names up, and keep what is theirs."""

from __future__ import annotations

import contextlib
import socket

import pytest
from authority import Authority
from clients import FEED, failed, fetched, fetcher
from proxyserver import HttpProxy, SocksProxy
from server import Answer, Server

from aggregator.errors import UsageError
from aggregator.fetch import tunnel
from aggregator.fetch.guard import Guard
from aggregator.fetch.proxy import Proxy
from aggregator.types import FailureGrade, Fetched, FetchRequest

pytestmark = pytest.mark.anyio

AnyProxy = type[HttpProxy] | type[SocksProxy]
KINDS = pytest.mark.parametrize("kind", [HttpProxy, SocksProxy])


@KINDS
async def test_a_proxy_is_asked_for_a_name_that_it_looks_up(kind: AnyProxy) -> None:
    async with Server() as server, kind() as proxy, fetcher(proxy=proxy.url()) as client:
        server.answers["/feed.xml"] = Answer(body=FEED)
        url = server.url("/feed.xml?a=%7e", host="news.example.org")
        assert fetched(await client.fetch(FetchRequest(url=url))).body == FEED
        assert proxy.targets == [f"news.example.org:{server.port}"]
        assert server.requests[0].target == "/feed.xml?a=%7e"
        assert server.requests[0].headers["host"] == f"news.example.org:{server.port}"


@KINDS
async def test_a_proxy_carries_tls_that_only_the_server_ends(
    kind: AnyProxy, authority: Authority
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(Server(tls=authority.server()))
        proxy = await stack.enter_async_context(kind())
        client = await stack.enter_async_context(
            fetcher(proxy=proxy.url(), ca_file=authority.ca_file)
        )
        server.answers["/feed.xml"] = Answer(body=FEED)
        request = FetchRequest(url=server.url("/feed.xml", host="news.example.org"))
        for _ in range(3):
            assert fetched(await client.fetch(request)).body == FEED
        assert proxy.targets == [f"news.example.org:{server.port}"]  # one tunnel for all
        other = FetchRequest(url=server.url("/feed.xml", host="other.example.org"))
        assert "other.example.org" in failed(await client.fetch(other)).reason
        assert "is not trusted" in failed(await client.fetch(other)).reason


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("trusted", [False, True])
async def test_a_proxy_may_be_reached_over_tls(
    authority: Authority, *, secure: bool, trusted: bool
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(Server(tls=authority.server() if secure else None))
        proxy = await stack.enter_async_context(HttpProxy(tls=authority.server()))
        client = await stack.enter_async_context(
            fetcher(proxy=proxy.url(), ca_file=authority.ca_file if trusted else None)
        )
        server.answers["/feed.xml"] = Answer(body=FEED)
        url = server.url("/feed.xml", host="news.example.org")
        outcome = await client.fetch(FetchRequest(url=url))
        if trusted:
            assert fetched(outcome).body == FEED
        else:
            assert "proxy" in failed(outcome).reason
            assert "certificate" in failed(outcome).reason


@KINDS
async def test_a_login_goes_to_the_proxy_and_to_nobody_else(kind: AnyProxy) -> None:
    async with Server() as server, kind(login=b"me:p@ss:word") as proxy, fetcher() as client:
        server.answers["/feed.xml"] = Answer(body=FEED)
        url = server.url("/feed.xml", host="news.example.org")
        login = "me:p%40ss%3Aword@"
        for right, given in ((True, login), (False, "me:wrong@"), (False, "")):
            outcome = await client.fetch(FetchRequest(url=url, proxy=proxy.url(given)))
            assert isinstance(outcome, Fetched) is right, outcome
            if not isinstance(outcome, Fetched):
                outcome = failed(outcome)
                assert outcome.grade is FailureGrade.PASSING
                assert outcome.reason.startswith("the proxy ")
                assert "wrong" not in outcome.reason
        assert len(server.requests) == 1
        assert "proxy-authorization" not in server.requests[0].headers


async def test_a_request_may_name_its_own_proxy_or_none() -> None:
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(Server())
        usual = await stack.enter_async_context(HttpProxy())
        own = await stack.enter_async_context(SocksProxy())
        client = await stack.enter_async_context(fetcher(proxy=usual.url()))
        server.answers["/feed.xml"] = Answer(body=FEED)
        for proxy in (None, own.url(), own.url(), ""):
            request = FetchRequest(url=server.url("/feed.xml"), proxy=proxy)
            assert fetched(await client.fetch(request)).body == FEED
        assert (len(usual.targets), len(own.targets), len(server.requests)) == (1, 1, 4)
        assert own.connections == 1


@KINDS
async def test_redirects_go_through_the_same_proxy(kind: AnyProxy) -> None:
    async with Server() as server, kind() as proxy, fetcher(proxy=proxy.url()) as client:
        target = server.url("/real.xml", host="other.example.org")
        server.answers["/feed.xml"] = Answer(status=301, headers=[("Location", target)])
        server.answers["/real.xml"] = Answer(body=FEED)
        url = server.url("/feed.xml", host="news.example.org")
        outcome = fetched(await client.fetch(FetchRequest(url=url)))
        assert (outcome.url, outcome.moved_to) == (target, target)
        assert [name.partition(":")[0] for name in proxy.targets] == [
            "news.example.org",
            "other.example.org",
        ]


# --- the guard


@KINDS
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "localhost", "intranet"]
)
async def test_b26_a_proxy_is_not_asked_for_what_lies_inside(kind: AnyProxy, host: str) -> None:
    async with Server() as server, kind() as proxy:
        server.answers["/there.xml"] = Answer(
            status=302, headers=[("Location", server.url("/", host=host))]
        )
        async with fetcher(proxy=proxy.url(), guard=Guard.allowing()) as client:
            outcome = failed(await client.fetch(FetchRequest(url=server.url("/", host=host))))
            assert (outcome.grade, "is not asked" in outcome.reason) == (FailureGrade.HARD, True)
            assert proxy.connections == 0
            url = server.url("/there.xml", host="news.example.org")
            assert "is not asked" in failed(await client.fetch(FetchRequest(url=url))).reason
            assert len(server.requests) == len(proxy.targets) == 1


@KINDS
async def test_b26_what_is_opened_is_asked_for_through_a_proxy_too(kind: AnyProxy) -> None:
    async with Server() as server, kind() as proxy:
        server.answers["/feed.xml"] = Answer(body=FEED)
        guard = Guard.allowing([f"127.0.0.1:{server.port}"])
        async with fetcher(proxy=proxy.url(), guard=guard) as client:
            outcome = await client.fetch(FetchRequest(url=server.url("/feed.xml")))
            assert fetched(outcome).body == FEED


# --- failures


@KINDS
async def test_a_proxy_that_is_not_there_is_named_without_its_password(kind: AnyProxy) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    scheme = "http" if kind is HttpProxy else "socks5"
    proxy = f"{scheme}://me:secret@127.0.0.1:{port}"
    async with fetcher(proxy=proxy) as client:
        outcome = failed(await client.fetch(FetchRequest(url="http://news.example.org/")))
    assert outcome.grade is FailureGrade.PASSING
    assert outcome.reason == f"the proxy {scheme}://127.0.0.1:{port} refused the connection"


async def test_a_proxy_that_refuses_a_tunnel_says_why() -> None:
    async with HttpProxy(refusal="503 Service Unavailable") as proxy, fetcher() as client:
        request = FetchRequest(url="https://news.example.org/", proxy=proxy.url())
        outcome = failed(await client.fetch(request))
    assert (outcome.grade, outcome.reason, outcome.status) == (
        FailureGrade.PASSING,
        "the proxy answered 503 Service Unavailable",
        None,
    )


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "the proxy closed the connection"),
        (b"HTTP/1.1 200", "the proxy closed the connection"),
        (b"SSH-2.0-example\r\n\r\n", "the proxy does not speak HTTP"),
        (b"HTTP/1.1 403 Forbidden\r\nX-Any: y\r\n\r\n", "the proxy answered 403 Forbidden"),
        (b"HTTP/1.0 502\r\n\r\n", "the proxy answered 502"),
        (
            b"HTTP/1.1 200 OK\r\nX-Any: " + b"y" * 40_000,
            "the proxy sends a header that is too large",
        ),
    ],
)
async def test_what_is_no_http_proxy_is_named(raw: bytes, reason: str) -> None:
    async with HttpProxy(raw=raw) as proxy, fetcher(proxy=proxy.url()) as client:
        outcome = failed(await client.fetch(FetchRequest(url="https://news.example.org/")))
    assert (outcome.reason, outcome.status) == (reason, None)


async def test_a_proxy_that_speaks_before_us_is_named() -> None:
    """Nothing that it puts in front of the server's answer is taken for that."""
    written: list[bytes] = []

    async def write(data: bytes) -> None:
        written.append(data)

    async def read(_: int) -> bytes:
        return b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n<rss/>"

    with pytest.raises(tunnel.TunnelError, match="speaks before we do"):
        await tunnel.connect(read, write, host="2001:db8::1", port=443, login=(b"me", b"secret"))
    assert b"".join(written).splitlines() == [
        b"CONNECT [2001:db8::1]:443 HTTP/1.1",
        b"Host: [2001:db8::1]:443",
        b"Proxy-Authorization: Basic bWU6c2VjcmV0",
        b"",
    ]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (2, "the proxy does not allow it"),
        (4, "the proxy cannot reach the host"),
        (5, "the proxy had its connection refused"),
        (99, "the proxy answers with the unknown code 99"),
    ],
)
async def test_a_socks_proxy_says_why_it_does_not_connect(reply: int, reason: str) -> None:
    async with SocksProxy(reply=reply) as proxy, fetcher(proxy=proxy.url()) as client:
        outcome = failed(await client.fetch(FetchRequest(url="http://news.example.org/")))
    assert (outcome.grade, outcome.reason) == (FailureGrade.PASSING, reason)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "the proxy closed the connection"),
        (b"\x05", "the proxy closed the connection"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "the proxy does not speak SOCKS 5"),
        (b"\x05\x02", "the proxy asks for a login"),
        (b"\x05\xff", "the proxy asks for a login"),
    ],
)
async def test_what_is_no_socks_proxy_is_named(raw: bytes, reason: str) -> None:
    async with SocksProxy(raw=raw) as proxy, fetcher(proxy=proxy.url()) as client:
        outcome = failed(await client.fetch(FetchRequest(url="http://news.example.org/")))
    assert outcome.reason == reason


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "news.example.org"])
async def test_replies_of_a_socks_proxy_may_come_in_pieces(host: str) -> None:
    """httpcore's own takes each read for a whole reply."""
    login = b"me:secret"
    async with Server() as server, SocksProxy(login=login, piece=1) as proxy, fetcher() as client:
        server.answers["/feed.xml"] = Answer(body=FEED)
        url = server.url("/feed.xml", host=host)
        request = FetchRequest(url=url, proxy=proxy.url("me:secret@"))
        assert fetched(await client.fetch(request)).body == FEED
        assert proxy.targets == [f"{host.strip('[]')}:{server.port}"]


async def test_a_proxy_that_says_nothing_is_cut_by_the_deadline() -> None:
    async with Server() as server, fetcher(timeout=0.3) as client:
        request = FetchRequest(
            url="http://news.example.org/", proxy=f"socks5://127.0.0.1:{server.port}"
        )
        assert failed(await client.fetch(request)).reason == "took longer than 0.3 s"


WRONG = [
    "secret.example.org:3128",
    "ftp://secret.example.org",
    "socks4://secret.example.org",
    "http://:secret@",
    "http://me:secret@proxy.example.org:port",
    "http://proxy.example.org/secret",
]


@pytest.mark.parametrize("url", WRONG)
async def test_an_address_that_is_no_proxy_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(UsageError, match=r"the proxy cannot be used; give one such as") as error:
        fetcher(proxy=url)
    assert "secret" not in str(error.value)
    async with fetcher() as client:
        outcome = await client.fetch(FetchRequest(url="http://example.org/", proxy=url))
    assert "the proxy cannot be used; give one such as" in failed(outcome).reason


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://me:secret@Proxy.Example.org", "http://proxy.example.org:80"),
        ("https://proxy.example.org/", "https://proxy.example.org:443"),
        ("socks5://me:secret@[::1]", "socks5://[::1]:1080"),
        ("socks5h://127.0.0.1:9050", "socks5://127.0.0.1:9050"),
    ],
)
async def test_a_proxy_is_shown_without_its_password(url: str, shown: str) -> None:
    proxy = Proxy.parse(url)
    assert str(proxy) == shown
    assert "secret" not in repr(proxy) + repr(FetchRequest(url="http://example.org/", proxy=url))


@KINDS
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
async def test_a_proxy_is_given_an_address_as_it_is(
    kind: AnyProxy, host: str, authority: Authority
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(Server(tls=authority.server()))
        proxy = await stack.enter_async_context(kind())
        client = await stack.enter_async_context(
            fetcher(proxy=proxy.url(), ca_file=authority.ca_file)
        )
        server.answers["/feed.xml"] = Answer(body=FEED)
        request = FetchRequest(url=server.url("/feed.xml", host=host))
        assert fetched(await client.fetch(request)).body == FEED
        shown = host if kind is HttpProxy else host.strip("[]")
        assert proxy.targets == [f"{shown}:{server.port}"]


@KINDS
async def test_tunnels_that_came_to_nothing_leave_room_for_others(
    kind: AnyProxy, authority: Authority
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(Server(tls=authority.server()))
        plain = await stack.enter_async_context(Server())
        proxy = await stack.enter_async_context(kind())
        client = await stack.enter_async_context(
            fetcher(proxy=proxy.url(), ca_file=authority.ca_file, connections=1, timeout=1)
        )
        server.answers["/feed.xml"] = Answer(body=FEED)
        untrusted = server.url("/feed.xml", host="other.example.org")
        silent = plain.url("/feed.xml", host="news.example.org").replace("http:", "https:")
        for url, reason in [(untrusted, "not trusted"), (silent, "took longer than 1 s")] * 2:
            assert reason in failed(await client.fetch(FetchRequest(url=url))).reason
        url = server.url("/feed.xml", host="news.example.org")
        assert fetched(await client.fetch(FetchRequest(url=url))).body == FEED
