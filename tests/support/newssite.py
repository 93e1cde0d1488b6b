"""A site on loopback that answers as a test tells it to, for commands that look for feeds.

with NewsSite() as site:
    site.pages["/"] = Page(PAGE.encode(), type="text/html")
    ...
    assert site.asked == ["/", "/feed.xml"]
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self


@dataclass(frozen=True, slots=True)
class Page:
    body: bytes = b""
    type: str = "application/rss+xml"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    """A request that names it is answered 304."""


@dataclass(slots=True)
class Request:
    path: str
    at: float
    """Monotonic seconds."""
    headers: Mapping[str, str]
    """Names in lower case."""


@dataclass(slots=True)
class NewsSite:
    address: str = "127.0.0.1"
    pages: dict[str, Page] = field(default_factory=dict)
    """By path; all others are 404."""
    requests: list[Request] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None
    _thread: Thread | None = None

    def __enter__(self) -> Self:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.requests.append(Request(self.path, time.monotonic(), headers))
                page = site.pages.get(self.path.partition("?")[0], Page(status=404))
                same = page.etag is not None and headers.get("if-none-match") == page.etag
                body = b"" if same else page.body
                self.send_response(304 if same else page.status)
                if page.etag:
                    self.send_header("ETag", page.etag)
                for name, value in page.headers.items():
                    self.send_header(name, value)
                if not same:
                    self.send_header("Content-Type", page.type)
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing: the tests' output is theirs."""

        self._server = ThreadingHTTPServer((self.address, 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        assert self._thread is not None
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def host(self) -> str:
        """With its port, also when the site is closed."""
        assert self._server is not None
        return f"{self.address}:{self._server.server_port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}{path}"

    @property
    def asked(self) -> list[str]:
        return [request.path for request in self.requests]


def rss(
    title: str,
    items: Iterable[str] = ("Pier opens", "Ferry late", "Fish market moves"),
    *,
    newest: timedelta = timedelta(hours=3),
    channel: str = "",
    text: str = "A short report.",
) -> bytes:
    """A feed with an item a day, the newest of that age; `channel`: further elements of it."""
    now = datetime.now(UTC)
    rows = "".join(
        f"<item><title>{item}</title><link>https://news.example.org/{title}/{number}</link>"
        f"<guid>{title}-{number}</guid><description>{text}</description>"
        f"<pubDate>{format_datetime(now - newest - timedelta(days=number))}</pubDate></item>"
        for number, item in enumerate(items)
    )
    return (
        f"<rss version='2.0'><channel><title>{title}</title><link>https://news.example.org/</link>"
        f"{channel}{rows}</channel></rss>"
    ).encode()


def html(head: str = "", body: str = "") -> Page:
    text = f"<!doctype html><html><head><title>Harbour</title>{head}</head><body>{body}</body>"
    return Page(text.encode(), type="text/html; charset=utf-8")


def announced(href: str, title: str = "") -> str:
    """The element of a page's head that announces a feed."""
    return f"<link rel='alternate' type='application/rss+xml' href='{href}' title='{title}'>"
