"""A real HTTP server on loopback that is posted to, in a thread of its own.

    with hook_server([Reply(status=503), Reply()]) as hooks:
        ...
        assert hooks.received[0].headers["content-type"] == "application/json"

Each request takes the next reply, and the last one stays.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    hangs: bool = False
    """It says nothing until the test is over."""
    hangs_up: bool = False
    """It closes the connection in place of an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    method: str
    target: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class Hooks:
    def __init__(self, replies: Sequence[Reply]) -> None:
        self.received: list[Received] = []
        self.over = threading.Event()
        self.port = 0
        self._replies = replies

    def url(self, target: str = "/", *, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{target}"

    def take(self, request: Received) -> Reply:
        self.received.append(request)
        return self._replies[min(len(self.received), len(self._replies)) - 1]


@contextmanager
def hook_server(replies: Sequence[Reply] = (Reply(),)) -> Iterator[Hooks]:
    hooks = Hooks(replies)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hooks))
    hooks.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hooks
    finally:
        hooks.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(hooks: Hooks) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.answer()

        def do_GET(self) -> None:
            self.answer()

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            reply = hooks.take(
                Received(
                    method=self.command,
                    target=self.path,
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=self.rfile.read(length),
                )
            )
            if reply.hangs:
                hooks.over.wait()
            if reply.hangs or reply.hangs_up:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Nothing is logged."""

    return Handler
