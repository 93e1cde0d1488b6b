"""The queue's tables on a real PostgreSQL: fresh, migrated, refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from enginemaker import ready, rows, shared_role
from postgres import Postgres
from procrastinate.schema import SchemaManager

from aggregator.engine import jobqueue
from aggregator.engine.jobqueue import LOST, JobQueue
from aggregator.engine.reports import Reports
from aggregator.engine.schema import Scripts, prepare
from aggregator.errors import DatabaseTooNew, StorageError

pytestmark = pytest.mark.anyio

BASELINE = "03.00.00_50_post_cancel_notification.sql"
"""The last migration of procrastinate 3.0."""

CATALOGS = {
    "columns": """
        SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,
               column_default, is_identity, identity_generation
          FROM information_schema.columns WHERE table_schema = 'public'""",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace""",
    "functions": """
        SELECT regexp_replace(pg_get_functiondef(oid), '\\s+', ' ', 'g')
          FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
    "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "enums": """
        SELECT enumtypid::regtype::text, enumlabel,
               row_number() OVER (PARTITION BY enumtypid ORDER BY enumsortorder)
          FROM pg_enum""",
}


def migrations() -> dict[str, str]:
    folder = Path(SchemaManager.get_migrations_path())
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.sql"))}


def catalogs(uri: str) -> dict[str, set[tuple[object, ...]]]:
    return {name: set(rows(uri, query)) for name, query in CATALOGS.items()}


def recorded(uri: str) -> set[str]:
    return {row[0] for row in rows(uri, "SELECT name FROM engine_migrations")}


@asynccontextmanager
async def opened(uri: str) -> AsyncIterator[JobQueue]:
    heard: list[str] = []
    queue = JobQueue(
        uri,
        Reports(
            lambda name, error: heard.append(f"{name}: {error}"),
            losses=LOST,
            patience=timedelta(seconds=20),
        ),
    )
    await queue.open()
    try:
        yield queue
    finally:
        await queue.close()
    assert heard == []


async def prepared(uri: str) -> None:
    async with opened(uri) as queue:
        await queue.prepare(shared_role(uri, "schema"))


def migrated_to(uri: str, last: str) -> None:
    """As procrastinate itself migrates, and we note it."""
    for name, script in migrations().items():
        if name <= last:
            rows(uri, script)
            rows(uri, f"INSERT INTO engine_migrations VALUES ('{name}')")


async def test_fresh_equals_migrated(postgres: Postgres) -> None:
    fresh, old = ready(postgres), ready(postgres)
    await prepared(fresh)
    migrated_to(old, BASELINE)
    before = catalogs(old)
    await prepared(old)
    assert recorded(old) == recorded(fresh) == set(migrations())
    for name, found in catalogs(fresh).items():
        assert catalogs(old)[name] == found, name
    assert catalogs(old) != before


async def test_many_may_begin_at_once(postgres: Postgres) -> None:
    uri = ready(postgres)
    await asyncio.gather(*(prepared(uri) for _ in range(6)))
    assert recorded(uri) == set(migrations())
    await prepared(uri)  # nothing left to do


async def test_a_newer_queue_is_refused_and_stays_as_it_is(postgres: Postgres) -> None:
    uri = ready(postgres)
    await prepared(uri)
    rows(uri, "INSERT INTO engine_migrations VALUES ('99.00.00_01_pre_something.sql')")
    before = catalogs(uri)
    with pytest.raises(DatabaseTooNew, match=r"99\.00\.00_01_pre_something by a newer version"):
        await prepared(uri)
    assert catalogs(uri) == before


async def test_tables_of_somebody_else_are_refused(postgres: Postgres) -> None:
    uri = ready(postgres)
    rows(uri, SchemaManager.get_schema())
    with pytest.raises(StorageError, match="a schema of its own"):
        await prepared(uri)


async def test_a_backup_may_leave_the_queue_out(postgres: Postgres) -> None:
    uri = ready(postgres)
    rows(uri, "INSERT INTO engine_migrations VALUES ('00.00.00_01_initial.sql')")
    await prepared(uri)
    assert recorded(uri) == set(migrations())


async def test_a_database_without_the_stores_tables_is_an_error_in_a_sentence(
    postgres: Postgres,
) -> None:
    with pytest.raises(StorageError, match=r"tables cannot be prepared.*engine_migrations"):
        await prepared(postgres.create())


async def test_a_step_is_done_wholly_or_not_at_all(postgres: Postgres) -> None:
    uri = ready(postgres)
    await prepared(uri)
    broken = "CREATE TABLE half (id INT);\nSELECT 1 / 0;\n"
    scripts = Scripts(schema="", migrations={**migrations(), "99.sql": broken})
    before = catalogs(uri)
    async with opened(uri) as queue:
        tables = jobqueue._Scripted(queue._connector)
        with pytest.raises(LOST):
            await prepare(tables, scripts, shared_role(uri, "schema"))
        assert catalogs(uri) == before
        mended = Scripts(schema="", migrations={**migrations(), "99.sql": "SELECT '100 %';"})
        await prepare(tables, mended, shared_role(uri, "schema"))
    assert "99.sql" in recorded(uri)
