"""A wire to a PostgreSQL server that loses an answer when it is told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from enum import Enum
from typing import Protocol, Self
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from aggregator.storage.postgres import PostgresStorage


class OpenPostgres(Protocol):
    def __call__(
        self, url: str | None = None, *, patience: timedelta = ..., read_only: bool = ...
    ) -> PostgresStorage:
        """`url`: None for the test's one database. Closed when the test ends."""


class Loss(Enum):
    """When the connection breaks."""

    BEFORE = "before"
    """The server never gets the message."""
    AFTER = "after"
    """The server has acted upon it; its answer is lost."""


class Wire:
    """Forwards what clients of `url` say to the server of the URI it is made with."""

    def __init__(self, server: str) -> None:
        given = conninfo_to_dict(server)
        self._host, self._port = str(given.get("host", "")), int(given.get("port") or 5432)
        self._listener = socket.create_server(("127.0.0.1", 0))
        user, password = (quote(str(given.get(key) or "")) for key in ("user", "password"))
        self.url = (
            f"postgresql://{user}:{password}@127.0.0.1:{self._listener.getsockname()[1]}"
            f"/{given['dbname']}?sslmode=disable&gssencmode=disable"
        )
        self._lock = threading.Lock()
        self._loss: tuple[bytes, Loss] | None = None
        self.losses = 0
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def lose(self, message: bytes, loss: Loss) -> None:
        """Break the connection that says this next, once."""
        self._loss = (message, loss)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._sockets:
            _cut(one)
        for thread in self._threads:
            thread.join()

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        self._threads.append(threading.Thread(target=target, args=arguments, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._host.startswith("/"):
                server = socket.socket(socket.AF_UNIX)
                server.connect(f"{self._host}/.s.PGSQL.{self._port}")
            else:
                server = socket.create_connection((self._host, self._port))
            self._sockets += [client, server]
            self._start(self._up, client, server)
            self._start(self._down, client, server)

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                loss = self._matching(data)
                if loss is Loss.BEFORE:
                    break
                if loss is Loss.AFTER:
                    client.shutdown(socket.SHUT_RDWR)  # first: the answer finds nobody
                    server.sendall(data)
                    server.shutdown(socket.SHUT_WR)
                    return
                server.sendall(data)
        _cut(client)
        _cut(server)

    def _down(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
        _cut(client)
        _cut(server)

    def _matching(self, data: bytes) -> Loss | None:
        with self._lock:
            if self._loss is None or self._loss[0] not in data:
                return None
            loss, self._loss = self._loss[1], None
            self.losses += 1
            return loss


def _cut(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


def waiting(url: str) -> list[int]:
    """Process ids of the database's connections that wait for a lock."""
    with psycopg.connect(url, autocommit=True) as connection:
        return [
            row[0]
            for row in connection.execute(
                "SELECT pid FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        ]
