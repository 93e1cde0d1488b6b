"""Engines of many processes for tests: a database that is ready, roles, and a quick pace."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
from postgres import Postgres

from aggregator.engine.distributed import DistributedEngine
from aggregator.engine.jobqueue import Pace
from aggregator.engine.protocol import Handler, OnError
from aggregator.errors import StorageError
from aggregator.storage.postgres_pool import connect
from aggregator.storage.postgres_role import PostgresRole
from aggregator.storage.protocol import Role
from aggregator.types import PostgresUrl

QUICK = Pace(
    poll=timedelta(milliseconds=50),
    lead=timedelta(milliseconds=50),
    heartbeat=timedelta(milliseconds=200),
    stale=timedelta(seconds=1.5),
)
"""So that a test need not wait for what takes seconds by intention."""
NOW = timedelta(0)
SOON = timedelta(seconds=20)


def shared_role(uri: str, name: str) -> Role:
    """A role as the store gives it, without the store."""

    def fault(error: Exception) -> StorageError:
        return StorageError(f"{name} cannot be had: {error}")

    def closed() -> StorageError:
        raise AssertionError(name)

    return PostgresRole(name, lambda: connect(PostgresUrl(uri)), fault=fault, closed=closed)


class SwitchedRole:
    """A role that a test gives and takes away."""

    def __init__(self, *, held: bool = True) -> None:
        self.held = held
        self.dropped = 0

    def take(self) -> bool:
        return self.held

    def drop(self) -> None:
        self.dropped += 1


def ready(postgres: Postgres) -> str:
    """The URI of a new database, as the store leaves it."""
    uri = postgres.create()
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("CREATE TABLE engine_migrations (name TEXT PRIMARY KEY)")
    return uri


async def engine(
    uri: str,
    handler: Handler,
    *,
    role: Role | None = None,
    concurrency: int = 5,
    on_error: OnError | None = None,
    on_lead: Callable[[], None] = lambda: None,
    pace: Pace = QUICK,
) -> DistributedEngine:
    """An error that no test expects ends it."""
    return await DistributedEngine.open(
        handler,
        uri=uri,
        role=role or shared_role(uri, "leader"),
        schema_role=shared_role(uri, "schema"),
        concurrency=concurrency,
        on_error=on_error or _unexpected,
        on_lead=on_lead,
        pace=pace,
    )


def _unexpected(name: str, error: BaseException) -> None:
    raise AssertionError(f"{name}: {error}") from error


async def until(condition: Callable[[], object], *, within: timedelta = SOON) -> None:
    """AssertionError when it does not come true in time."""
    deadline = time.monotonic() + within.total_seconds()
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def rows(uri: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(uri, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []
