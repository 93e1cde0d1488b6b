"""One HTTP/1.1 server of an outlet on the loopback interface."""

from __future__ import annotations

import gzip
import hashlib
import re
import socket
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aggregator.demo.routes import Answer

HOST = "127.0.0.1"

_COMPRESSIBLE = 600
"""Bytes from which a body is compressed for those who accept it."""
_ETAG = re.compile(r'"[^"]*"')
_GZIP = re.compile(r"(?:^|[\s,])gzip(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)
_STOP_WITHIN = 5.0


class OutletServer(ThreadingHTTPServer):
    """Answers until it is stopped; every request is told to `log(path, status)`."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self, port: int, answer: Callable[[str], Answer], log: Callable[[str, int], None]
    ) -> None:
        self.answer = answer
        self.log = log
        self.stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._idle = threading.Condition()
        super().__init__((HOST, port), _Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def start(self) -> None:
        threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
        ).start()

    def stop(self) -> None:
        """Take no more connections, end those that are open, and free the port."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._idle:
            for connection in self._connections:
                _hang_up(connection)
            self._idle.wait_for(lambda: not self._connections, _STOP_WITHIN)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._idle:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._idle:
            self._connections.discard(request)
            self._idle.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in mid-answer is no error of the press."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:  # the client has hung up already
        return


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "LoopbackPress/1"
    disable_nagle_algorithm = True
    server: OutletServer

    def do_GET(self) -> None:
        self._respond(with_body=True)

    def do_HEAD(self) -> None:
        self._respond(with_body=False)

    def log_message(self, *_: Any) -> None:
        """Requests are counted, not printed."""

    def _respond(self, *, with_body: bool) -> None:
        answer = self.server.answer(self.path)
        if answer.delay:
            self.server.stopping.wait(answer.delay)
        body, headers = _encoded(answer, self.headers.get("Accept-Encoding", ""))
        status = answer.status
        if answer.modified_at is not None and self._is_unchanged(
            headers["ETag"], answer.modified_at
        ):
            status, body = 304, b""
        self.server.log(self.path, status)
        self.send_response(status)
        for name, value in headers.items():
            if status != 304 or name not in {"Content-Type", "Content-Encoding"}:
                self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _is_unchanged(self, etag: str, modified_at: datetime) -> bool:
        """If-None-Match goes before If-Modified-Since (RFC 9110, section 13.2.2)."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return tags.strip() == "*" or etag in _ETAG.findall(tags)
        since = self.headers.get("If-Modified-Since")
        if since is None:
            return False
        try:
            return modified_at.replace(microsecond=0) <= parsedate_to_datetime(since)
        except (ValueError, TypeError):  # no date, or one without a zone: to be ignored
            return False


def _encoded(answer: Answer, accept_encoding: str) -> tuple[bytes, dict[str, str]]:
    """Body and headers, compressed if the client likes that; each form has its own ETag."""
    body = answer.body
    headers = {"Content-Type": answer.content_type}
    tag = hashlib.blake2b(body, digest_size=8).hexdigest()
    if len(body) >= _COMPRESSIBLE:
        headers["Vary"] = "Accept-Encoding"
        if _GZIP.search(accept_encoding):
            body = gzip.compress(body, compresslevel=6, mtime=0)
            headers["Content-Encoding"] = "gzip"
            tag += "-gzip"
    if answer.modified_at is not None:
        headers["ETag"] = f'"{tag}"'
        headers["Last-Modified"] = format_datetime(answer.modified_at, usegmt=True)
    if answer.location is not None:
        headers["Location"] = answer.location
    return body, headers
