"""Connections to PostgreSQL: how they are made, and a bounded number of them to borrow.

The only module that imports psycopg. psycopg_pool is not used: it connects in threads of its own,
so that whoever waits learns of a wrong password only that time has passed, and after a restart of
the server it waits in steps of seconds. Here the borrower connects, and has the error.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import quote, unquote

import psycopg
from psycopg import Error, OperationalError, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo, TransactionStatus
from psycopg.rows import dict_row
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper

from aggregator.errors import StorageError
from aggregator.types import PostgresUrl

__all__ = [
    "SIZE",
    "Connection",
    "Error",
    "OperationalError",
    "Pool",
    "Target",
    "connect",
    "fresh_schema",
    "target",
]

Connection = psycopg.Connection[dict[str, Any]]

SIZE = 8
"""Connections a process has at most, beside one for each role and those of its engine."""

# It warns of what it ignores after an error, and of the error the caller knows.
logging.getLogger("psycopg").setLevel(logging.ERROR)

_DEFAULTS = {
    "connect_timeout": "10",
    # A peer that is gone without a word is noticed within half a minute, also amid an answer.
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "fallback_application_name": "aggregator",
}
"""Where the URI says nothing."""

# The server notices as soon that we are gone, and frees our locks; who stands still in the middle
# of a transaction (a machine that sleeps) frees them too. Compiling statements takes longer than
# any of ours.
_SETTINGS = """
    SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
    SET tcp_user_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s'; SET jit = off
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a URI leads, for messages."""

    name: str
    """The URI without its password."""
    host: str
    """Or the folder of its socket."""
    port: str
    database: str
    user: str
    password: str

    @property
    def place(self) -> str:
        return f"{self.host}, port {self.port}"


def target(url: PostgresUrl) -> Target:
    """Raises StorageError for what is no connection URI."""
    given = _parameters(url)
    for option in Conninfo.get_defaults():
        if option.val is not None:
            given.setdefault(option.keyword.decode(), option.val.decode())
    user = given.get("user", "")
    return Target(
        name=str(url),
        host=given.get("host") or given.get("hostaddr") or "the local socket",
        port=given.get("port", "5432"),
        database=given.get("dbname") or user,
        user=user,
        password=given.get("password", ""),
    )


def connect(url: PostgresUrl) -> Connection:
    """In autocommit mode, rows by column name. Raises Error, and StorageError as `target` does."""
    parameters = _DEFAULTS | _parameters(url) | {"client_encoding": "UTF8"}
    connection = psycopg.connect(
        make_conninfo(**parameters),
        autocommit=True,
        row_factory=dict_row,
    )
    try:
        # Every integer of the schema has 64 bits; psycopg's choice by value would have a statement
        # prepared again for every mixture of sizes.
        connection.adapters.register_dumper(int, Int8Dumper)
        connection.adapters.register_dumper(int, Int8BinaryDumper)
        connection.execute(_SETTINGS)
    except BaseException:
        connection.close()
        raise
    return connection


def _parameters(url: PostgresUrl) -> dict[str, str]:
    try:
        return {key: str(value) for key, value in conninfo_to_dict(url.uri).items()}
    except Error:
        # Not "from" it: what it says may hold the password.
        raise StorageError(
            "the address of the database is no connection URI of PostgreSQL: write it as "
            "postgresql://user:password@host:port/database, with %-codes for special characters"
        ) from None


class Pool:
    """Each borrower is alone on its connection. A broken one is closed when it comes back."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        *,
        size: int,
        busy: Callable[[], StorageError],
        closed: Callable[[], StorageError],
    ) -> None:
        """`busy` is raised for whoever has waited too long for others to give one back."""
        self._connect = connect
        self._busy_error = busy
        self._closed_error = closed
        self._idle: list[Connection] = []
        self._free = size
        """How many more may be borrowed."""
        self._changed = threading.Condition()
        self._closed = False

    @contextmanager
    def borrow(self, *, give_up_at: float) -> Iterator[Connection]:
        """A connection in no transaction, within `give_up_at` (of `monotonic`).

        Raises what connecting does. One that was left in a transaction is rolled back.
        """
        connection = self._take(give_up_at)
        try:
            if connection is None:
                connection = self._connect()
            yield connection
        finally:
            self._give_back(connection)

    def forget_idle(self) -> None:
        """One has been found broken: let no verb after it go through the others in vain."""
        with self._changed:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the closing. Raises StorageError when closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed, seconds)
            if self._closed:
                raise self._closed_error()

    def close(self) -> None:
        """Those in use are closed when they come back."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self.forget_idle()

    def _take(self, give_up_at: float) -> Connection | None:
        """None: room for a new one."""
        with self._changed:
            self._changed.wait_for(lambda: self._free or self._closed, give_up_at - monotonic())
            if self._closed:
                raise self._closed_error()
            if not self._free:
                raise self._busy_error()
            self._free -= 1
            return self._idle.pop() if self._idle else None

    def _give_back(self, connection: Connection | None) -> None:
        clean = connection is not None and _cleaned(connection)
        with self._changed:
            self._free += 1
            keep = clean and not self._closed
            if keep and connection is not None:
                self._idle.append(connection)
            self._changed.notify()
        if connection is not None and not keep:
            connection.close()


def _cleaned(connection: Connection) -> bool:
    """Whether it can be used again."""
    with suppress(Error):
        if connection.info.transaction_status is not TransactionStatus.IDLE:
            connection.rollback()
    return connection.info.transaction_status is TransactionStatus.IDLE


_MADE_HERE = "Made by aggregator; it is replaced, with all that is in it, when it is made again."
"""The comment by which a schema of ours is known."""


def fresh_schema(url: PostgresUrl, name: str) -> PostgresUrl:
    """The same database, where everything goes into an empty schema of that name.

    One that an earlier call has made is replaced. Raises Error, and StorageError for a schema that
    somebody else has made.
    """
    schema = sql.Identifier(name)
    with connect(url) as connection, connection.transaction():
        connection.execute("SET LOCAL lock_timeout = '10s'")
        row = connection.execute(
            "SELECT obj_description(oid, 'pg_namespace') AS comment "
            "FROM pg_namespace WHERE nspname = %s",
            (name,),
        ).fetchone()
        if row is not None and row["comment"] != _MADE_HERE:
            raise StorageError(
                f"{url} has a schema {name} that is not ours and stays as it is; rename it, or use "
                "another database"
            )
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
        connection.execute(sql.SQL("COMMENT ON SCHEMA {} IS {}").format(schema, _MADE_HERE))
    return PostgresUrl(_with_search_path(url.uri, name))


def _with_search_path(uri: str, name: str) -> str:
    """Beside the server options that it may have already."""
    base, _, query = uri.partition("?")
    items = query.split("&") if query else []
    given = [unquote(item.partition("=")[2]) for item in items if item.startswith("options=")]
    options = quote(" ".join([*given, f"-csearch_path={name}"]), safe="")
    others = [item for item in items if not item.startswith("options=")]
    return f"{base}?{'&'.join([*others, f'options={options}'])}"
