"""The fetcher over HTTP/2, which servers choose in the TLS handshake."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import h2.config
import h2.connection
import h2.events

from aggregator.fetch.http import Fetcher
from aggregator.types import Fetched, FetchOutcome, FetchRequest, NotModified


@dataclass(slots=True)
class Http2Server(asyncio.Protocol):
    """Answers every request with the same; one connection."""

    status: int
    body: bytes
    seen: list[dict[str, str]] = field(default_factory=list)
    _state: h2.connection.H2Connection = field(
        default_factory=lambda: h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        )
    )
    _transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._state.initiate_connection()
        transport.write(self._state.data_to_send())

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        for event in self._state.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                assert event.headers is not None
                assert event.stream_id is not None
                self.seen.append({str(name): str(value) for name, value in event.headers})
                fields = [(":status", str(self.status)), ("etag", 'W/"2"'), ("x-name", "a")]
                self._state.send_headers(event.stream_id, fields)
                self._state.send_data(event.stream_id, self.body, end_stream=True)
        self._transport.write(self._state.data_to_send())


def _fetch(server: Http2Server, certificate: Path, *, etag: str | None = None) -> FetchOutcome:
    async def main() -> FetchOutcome:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        context.set_alpn_protocols(["h2"])
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(lambda: server, "127.0.0.1", 0, ssl=context)
        port = listening.sockets[0].getsockname()[1]
        client = Fetcher(
            user_agent="aggregator/9",
            timeout=timedelta(seconds=5),
            connections=1,
            ca_file=Path(f"{certificate}.crt"),
        )
        async with listening, client:
            url = f"https://localhost:{port}/feed.xml?q=%7e"
            return await client.fetch(FetchRequest(url=url, accept="text/xml", etag=etag))

    return asyncio.run(main())


def test_a_200_over_http2(certificate: Path) -> None:
    server = Http2Server(200, b"<rss/>" * 1_000)
    outcome = _fetch(server, certificate)
    assert isinstance(outcome, Fetched), outcome
    assert (outcome.body, outcome.etag) == (server.body, 'W/"2"')
    assert outcome.headers["x-name"] == "a"
    (seen,) = server.seen
    assert seen[":path"] == "/feed.xml?q=%7e"
    assert seen[":authority"].startswith("localhost:")
    assert (seen["user-agent"], seen["accept"]) == ("aggregator/9", "text/xml")
    assert "host" not in seen


def test_b02_a_304_over_http2(certificate: Path) -> None:
    server = Http2Server(304, b"")
    outcome = _fetch(server, certificate, etag='"1-gzip"')
    assert isinstance(outcome, NotModified), outcome
    assert server.seen[0]["if-none-match"] == '"1-gzip"'
