"""B26 over real connections: whatever an address, a name or a redirect says, only public servers
and opened ones are asked.

127.0.0.1 is opened here and stands for the public internet; 127.0.0.2 stands for the inside.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
from clients import FEED, Names, Script, failed, fetched, fetcher
from server import Answer, Server

from aggregator.fetch.guard import Guard
from aggregator.types import FailureGrade, Fetched, FetchFailed, FetchOutcome, FetchRequest

pytestmark = pytest.mark.anyio

PUBLIC, INSIDE = "127.0.0.1", "127.0.0.2"


@dataclass(frozen=True, slots=True)
class Net:
    public: Server
    inside: Server
    """At the same port, with the same answers: a secret."""

    def url(self, host: str, target: str = "/feed.xml") -> str:
        return self.public.url(target, host=host)


@pytest.fixture
async def net() -> AsyncIterator[Net]:
    async with contextlib.AsyncExitStack() as stack:
        public = await stack.enter_async_context(Server(address=PUBLIC))
        try:
            inside = Server(address=INSIDE, listen_port=public.port)
            await stack.enter_async_context(inside)
        except OSError:
            pytest.skip("needs a second loopback address")
        public.answers["/feed.xml"] = Answer(body=FEED)
        inside.answers["/feed.xml"] = inside.answers["/"] = Answer(body=b"secret")
        yield Net(public, inside)


async def ask(
    url: str,
    *,
    names: Script | None = None,
    allow: tuple[str, ...] = (PUBLIC,),
) -> FetchOutcome:
    guard = Guard.allowing(allow)
    async with fetcher(guard=guard, resolve=Names(names or {})) as client:
        return await client.fetch(FetchRequest(url=url))


def refused(outcome: FetchOutcome) -> FetchFailed:
    outcome = failed(outcome)
    assert outcome.grade is FailureGrade.HARD
    assert "is not asked" in outcome.reason, outcome
    return outcome


async def test_b26_a_public_host_is_asked(net: Net) -> None:
    url = net.url("news.example.org")
    outcome = await ask(url, names={"news.example.org": [[PUBLIC]]})
    assert fetched(outcome).body == FEED
    assert net.public.requests[0].headers["host"] == f"news.example.org:{net.public.port}"


async def test_b26_a_name_that_leads_inside_is_refused(net: Net) -> None:
    outcome = await ask(net.url("evil.example.org"), names={"evil.example.org": [[INSIDE]]})
    assert refused(outcome).reason == (
        "evil.example.org is not asked, for its address 127.0.0.2 is not public (loopback);"
        ' add "evil.example.org" to `allow` in the configuration to open it'
    )
    assert net.inside.connections == 0


async def test_b26_dns_rebinding_does_not_pass(net: Net) -> None:
    """The name is public when it is checked, and would be inside when it is connected to."""
    names = Names({"evil.example.org": [[PUBLIC], [INSIDE]]})
    async with fetcher(guard=Guard.allowing([PUBLIC]), resolve=names) as client:
        request = FetchRequest(url=net.url("evil.example.org"))
        assert fetched(await client.fetch(request)).body == FEED
        assert names.asked == ["evil.example.org"]
        # Over the connection that is there; to the address that was checked.
        assert fetched(await client.fetch(request)).body == FEED
        assert (names.asked, net.public.connections) == (["evil.example.org"], 1)
    async with fetcher(guard=Guard.allowing([PUBLIC]), resolve=names) as client:
        refused(await client.fetch(request))
    assert net.inside.connections == 0


async def test_b26_a_redirect_after_rebinding_does_not_pass(net: Net) -> None:
    """Between two hops to the same name the first connection is closed and the name changes."""
    net.public.answers["/feed.xml"] = Answer(
        status=302, headers=[("Location", "/secret"), ("Connection", "close")]
    )
    names = {"evil.example.org": [[PUBLIC], [INSIDE]]}
    refused(await ask(net.url("evil.example.org"), names=names))
    assert (net.public.connections, net.inside.connections) == (1, 0)


@pytest.mark.parametrize(
    "answer", [[PUBLIC, INSIDE], [INSIDE, PUBLIC], [INSIDE, "10.0.0.1", "::1", PUBLIC]]
)
async def test_b26_of_mixed_answers_only_the_public_ones_are_used(
    net: Net, answer: list[str]
) -> None:
    outcome = await ask(net.url("both.example.org"), names={"both.example.org": [answer]})
    assert fetched(outcome).body == FEED
    assert net.inside.connections == 0


async def test_b26_mixed_answers_with_a_dead_public_one_fall_back_to_nothing(net: Net) -> None:
    net.public.answers.clear()
    with socket.socket() as probe:
        probe.bind((PUBLIC, 0))
        port = probe.getsockname()[1]
    names = {"both.example.org": [[PUBLIC, INSIDE]]}
    outcome = failed(await ask(f"http://both.example.org:{port}/", names=names))
    assert outcome.reason == f"both.example.org:{port} refused the connection"


REDIRECTS_INSIDE = [
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.2:{port}/",
    "//127.0.0.2:{port}/",
    "http://[::ffff:127.0.0.2]:{port}/",
    "http://[::ffff:7f00:2]:{port}/",
    "http://[64:ff9b::127.0.0.2]:{port}/",
    "http://evil.example.org:{port}/",
    "http://127.2:{port}/",
    "http://2130706434:{port}/",
    "http://0x7f000002:{port}/",
    "http://0.0.0.0:{port}/",
    "http://[::]:{port}/",
    "http://localhost:{port}/",
    "http://example.org@127.0.0.2:{port}/",
    "http://127.0.0.2:{port}\\@example.org/",
    "http://１２７。０。０。２:{port}/",
]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", REDIRECTS_INSIDE)
async def test_b26_a_redirect_inside_is_refused(net: Net, location: str, status: int) -> None:
    target = location.format(port=net.public.port)
    net.public.answers["/feed.xml"] = Answer(
        status=status, headers=[("Location", target.encode().decode("latin-1"))]
    )
    names = {
        "evil.example.org": [[INSIDE]],
        "localhost": [[INSIDE]],
    }
    outcome = refused(await ask(net.url(PUBLIC), names=names))
    assert (len(net.public.requests), net.inside.connections) == (1, 0)
    assert outcome.url == net.url(PUBLIC)


@pytest.mark.parametrize(
    "host",
    [
        INSIDE,
        "127.2",
        "2130706434",
        "0x7f000002",
        "0x7F.0x2",
        "017700000002",
        "[::ffff:127.0.0.2]",
        "[::FFFF:7F00:2]",
        "[0:0:0:0:0:ffff:127.0.0.2]",
        "[::1]",
        "[::]",
        "0",
        "0.0.0.0",
        "１２７.０.０.２",
        "①②⑦.⓪.⓪.②",
        "127。0。0。2",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "127.0.0.2.",
        "evil.example.org",
        "evil.example.org.",
        "EVIL.example.org",
        "example.org@127.0.0.2",
        "example.org:80@127.0.0.2",
        "example.org%40@127.0.0.2",
    ],
)
async def test_b26_however_the_inside_is_written_it_is_refused(net: Net, host: str) -> None:
    names = {
        "localhost": [["::1", INSIDE]],
        "evil.example.org": [[INSIDE]],
    }
    refused(await ask(net.url(host), names=names))
    assert net.inside.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://0177.0.0.2:{port}/",
        "http://127.0.0.2%00.example.org:{port}/",
        "http://%31%32%37.0.0.2:{port}/",
        "http://[::ffff:127.0.0.2%25lo]:{port}/",
        "http://127.0.0.2 .example.org:{port}/",
        "http://1.2.3.4.5:{port}/",
        "http://[127.0.0.2]:{port}/",
        "http:///127.0.0.2:{port}/",
        "http:127.0.0.2:{port}/",
        "//127.0.0.2:{port}/",
        "127.0.0.2:{port}/",
    ],
)
async def test_b26_what_is_no_address_at_all_is_not_asked_for(net: Net, url: str) -> None:
    failed(await ask(url.format(port=net.public.port)))
    assert net.public.connections + net.inside.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://news.example.org:{port}\\@127.0.0.2/",
        "http://news.example.org:{port}/@127.0.0.2/",
        "http://news.example.org:{port}?@127.0.0.2/",
        "http://news.example.org:{port}#@127.0.0.2/",
        "http://127.0.0.2:80@news.example.org:{port}/",
    ],
)
async def test_b26_what_is_checked_is_what_is_asked(net: Net, url: str) -> None:
    """Readers that split these otherwise check one host and ask another."""
    names = Names({"news.example.org": [[PUBLIC]]})
    async with fetcher(guard=Guard.allowing([PUBLIC]), resolve=names) as client:
        await client.fetch(FetchRequest(url=url.format(port=net.public.port)))
    assert (names.asked, net.public.connections, net.inside.connections) == (
        ["news.example.org"],
        1,
        0,
    )


SCHEMES = [
    "file:///etc/passwd",
    "FILE:/etc/passwd",
    "gopher://127.0.0.2:70/_GET%20/",
    "ftp://127.0.0.2/feed.xml",
    "data:text/xml,<rss/>",
    "ws://127.0.0.2/",
    "unix:/run/docker.sock",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("url", SCHEMES)
async def test_b26_other_schemes_are_not_asked_for(url: str) -> None:
    outcome = failed(await ask(url))
    assert (outcome.grade, outcome.reason) == (
        FailureGrade.HARD,
        "the address is no http or https address",
    )


@pytest.mark.parametrize("url", SCHEMES)
async def test_b26_a_redirect_to_another_scheme_is_not_followed(net: Net, url: str) -> None:
    net.public.answers["/feed.xml"] = Answer(status=302, headers=[("Location", url)])
    outcome = failed(await ask(net.url(PUBLIC)))
    assert "redirects to what is no http or https address" in outcome.reason
    assert net.inside.connections == 0


@pytest.mark.parametrize(
    ("allow", "opened"),
    [
        (lambda port: f"{INSIDE}:{port}", True),
        (lambda port: f"{INSIDE}:{port + 1}", False),
        (lambda _: INSIDE, True),
        (lambda _: "127.0.0.0/8", True),
        (lambda _: "10.0.0.0/8", False),
        (lambda _: "intranet.example.org", True),
        (lambda port: f"intranet.example.org:{port}", True),
        (lambda port: f"intranet.example.org:{port + 1}", False),
        (lambda _: "example.org", False),
    ],
)
async def test_b26_the_allow_list_opens_hosts_addresses_networks_and_ports(
    net: Net, allow: Callable[[int], str], *, opened: bool
) -> None:
    entry = allow(net.inside.port)
    names = {"intranet.example.org": [[INSIDE]]}
    outcome = await ask(net.url("intranet.example.org"), names=names, allow=(entry,))
    assert net.inside.connections == opened
    if opened:
        assert fetched(outcome).body == b"secret"
    else:
        refused(outcome)


async def test_b26_without_a_guard_everything_is_open(net: Net) -> None:
    async with fetcher() as client:
        outcome = await client.fetch(FetchRequest(url=net.url(INSIDE)))
    assert fetched(outcome).body == b"secret"


async def test_b26_proxies_of_the_environment_are_ignored(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://{INSIDE}:{net.inside.port}")
    assert fetched(await ask(net.url(PUBLIC))).body == FEED
    assert net.inside.connections == 0


async def test_b17_a_failure_says_whether_the_server_is_a_private_one(net: Net) -> None:
    net.public.answers["/feed.xml"] = Answer(status=429)
    assert failed(await ask(net.url(PUBLIC))).private
    with socket.socket() as probe:
        probe.bind((PUBLIC, 0))
        nobody = probe.getsockname()[1]
    assert not failed(await ask(f"http://{PUBLIC}:{nobody}/")).private


# --- addresses: several, none, slow


async def test_a_second_address_is_used_when_the_first_is_dead(net: Net) -> None:
    await net.inside.__aexit__()
    names = {"news.example.org": [[INSIDE, PUBLIC]]}
    outcome = await ask(net.url("news.example.org"), names=names, allow=("127.0.0.0/8",))
    assert fetched(outcome).body == FEED


@pytest.mark.parametrize(("dead", "works"), [(9, True), (10, False)])
async def test_of_many_addresses_the_first_ten_are_tried(
    net: Net, dead: int, *, works: bool
) -> None:
    addresses = [f"127.0.0.{number}" for number in range(10, 10 + dead)]
    names = {"news.example.org": [[*addresses, PUBLIC]]}
    outcome = await ask(net.url("news.example.org"), names=names, allow=("127.0.0.0/8",))
    assert isinstance(outcome, Fetched) is works
    assert net.public.connections == works


async def test_a_name_without_an_address_is_a_failure() -> None:
    error = socket.gaierror(socket.EAI_NONAME, "unknown")
    scripts: list[Script] = [{"news.example.org": [error]}, {"news.example.org": [[]]}]
    for names in scripts:
        outcome = failed(await ask("http://news.example.org/", names=names))
        assert outcome.grade is FailureGrade.PASSING
        assert outcome.reason == "no address is known for host news.example.org"


async def test_a_name_server_that_does_not_answer_is_cut_by_the_deadline() -> None:
    async def never(_: str, __: int) -> list[str]:
        await asyncio.Event().wait()
        raise AssertionError

    async with fetcher(timeout=0.2, resolve=never) as client:
        outcome = failed(await client.fetch(FetchRequest(url="http://news.example.org/")))
    assert outcome.reason == "took longer than 0.2 s"
