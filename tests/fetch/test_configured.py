"""What feeds.yaml says of the network reaches it, through the installed program."""

from __future__ import annotations

import asyncio
import json
import os
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from authority import Authority
from program import PROGRAM
from proxyserver import HttpProxy, SocksProxy
from server import Answer, Seen, Server

FEED = (
    b"<rss version='2.0'><channel><title>Quay</title><item><title>Crane back in use</title>"
    b"<guid>crane</guid><description>The crane works again.</description></item></channel></rss>"
)
OK = Answer(body=FEED, headers=[("Content-Type", "application/rss+xml")])

pytestmark = pytest.mark.anyio


async def update(folder: Path, settings: str, source: str, **environ: str) -> dict[str, Any]:
    """One pass with one source; its summary."""
    text = f"host_delay: 0s\ntimeout: 10s\n{settings}\nsources:\n  - {source}\n"
    (folder / "feeds.yaml").write_text(text)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AGGREGATOR_")}
    process = await asyncio.create_subprocess_exec(
        PROGRAM, "update", "--force", "--json",
        cwd=folder, env=kept | environ,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode in {0, 1}, err.decode()
    summary: dict[str, Any] = json.loads(out)
    return summary


def why(summary: dict[str, Any]) -> str:
    """Why the one source failed."""
    (failed,) = summary["failed"]
    return str(failed["error"])


async def test_b31_an_internal_authority_is_trusted_when_it_is_named(
    tmp_path: Path, authority: Authority
) -> None:
    async with Server(tls=authority.server()) as server:
        server.answers["/feed.xml"] = OK
        source = f"{{url: '{server.url('/feed.xml', host='localhost')}', name: Quay}}"
        refused = await update(tmp_path, "allow: [localhost]", source)
        named = await update(
            tmp_path, f"allow: [localhost]\nca_file: '{authority.ca_file}'", source
        )
    assert "certificate" in why(refused)
    assert (named["new"], named["failed"]) == (1, [])


async def test_a_login_and_a_header_come_from_secret_files(tmp_path: Path) -> None:
    expected = "Basic " + b64encode(b"desk:s3cret w\xc3\xb6rd").decode()

    def guarded(seen: Seen) -> Answer:
        right = seen.headers.get("authorization") == expected
        return OK if right and seen.headers.get("x-api-key") == "k-42" else Answer(status=401)

    (tmp_path / "password").write_text("s3cret wörd\n", encoding="utf-8")
    (tmp_path / "key").write_text("k-42\n")
    async with Server() as server:
        server.answers["/feed.xml"] = guarded
        url = server.url("/feed.xml")
        without = await update(tmp_path, "allow: [127.0.0.1]", f"{{url: '{url}', name: Quay}}")
        source = (
            f"{{url: '{url}', name: Quay, login: {{username: desk, password_file: password}}, "
            "headers: {X-Api-Key: {file: key}}}"
        )
        summary = await update(tmp_path, "allow: [127.0.0.1]", source)
    assert "401" in why(without)
    assert (summary["new"], summary["failed"]) == (1, [])


@pytest.mark.parametrize("kind", [HttpProxy, SocksProxy])
async def test_a_proxy_is_used_unless_the_source_wants_none(
    tmp_path: Path, kind: type[HttpProxy | SocksProxy]
) -> None:
    async with Server() as server, kind() as proxy:
        server.answers["/feed.xml"] = OK
        url = f"http://news.example.org:{server.port}/feed.xml"
        through = await update(tmp_path, f"proxy: {proxy.url()}", f"{{url: '{url}', name: Quay}}")
        targets = list(proxy.targets)
        direct = await update(
            tmp_path,
            f"proxy: {proxy.url()}\nallow: [127.0.0.1]",
            f"{{url: '{server.url('/feed.xml')}', name: Quay, proxy: none}}",
        )
        assert proxy.targets == targets == [f"news.example.org:{server.port}"]
    assert (through["new"], through["failed"]) == (1, [])
    assert direct["failed"] == []


async def test_b26_proxies_of_the_environment_do_not_count(tmp_path: Path) -> None:
    async with Server() as server, HttpProxy() as proxy:
        server.answers["/feed.xml"] = OK
        names = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy")
        summary = await update(
            tmp_path,
            "allow: [127.0.0.1]",
            f"{{url: '{server.url('/feed.xml')}', name: Quay}}",
            **dict.fromkeys(names, proxy.url()),
        )
        assert proxy.connections == 0
    assert summary["failed"] == []


async def test_ipv6_is_asked_like_any_other(tmp_path: Path) -> None:
    try:
        server = await Server(address="::1").__aenter__()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    try:
        server.answers["/feed.xml"] = OK
        source = f"{{url: '{server.url('/feed.xml')}', name: Quay}}"
        summary = await update(tmp_path, 'allow: ["::1"]', source)
    finally:
        await server.__aexit__()
    assert (summary["new"], summary["failed"]) == (1, [])


async def test_b26_what_is_private_is_refused_by_default_with_the_cure(tmp_path: Path) -> None:
    async with Server() as server:
        server.answers["/feed.xml"] = OK
        source = f"{{url: '{server.url('/feed.xml')}', name: Quay}}"
        summary = await update(tmp_path, "", source)
        assert server.requests == []
    assert "loopback" in why(summary)
    assert "`allow`" in why(summary)


async def test_b26_the_page_of_an_article_is_guarded_as_its_feed_is(tmp_path: Path) -> None:
    """Only the port of the feed is open: a page, and where a page redirects to, are not."""
    async with Server() as server, Server() as inner:
        redirect = Answer(status=302, headers=[("Location", inner.url("/secret"))])
        server.answers["/moved"] = redirect
        server.answers["/robots.txt"] = Answer(status=404)
        items = "".join(
            f"<item><title>{name}</title><guid>{name}</guid><link>{link}</link></item>"
            for name, link in (("Direct", inner.url("/page")), ("Moved", server.url("/moved")))
        )
        body = f"<rss version='2.0'><channel><title>Quay</title>{items}</channel></rss>"
        server.answers["/feed.xml"] = Answer(body=body.encode())
        source = f"{{url: '{server.url('/feed.xml')}', name: Quay}}"
        summary = await update(tmp_path, f"allow: ['127.0.0.1:{server.port}']", source)
        assert inner.connections == 0
    assert (summary["new"], summary["texts_failed"]) == (2, 2)
