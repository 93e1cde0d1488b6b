"""Processes that open an empty database at once: one makes the tables, the others wait."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg
from workers import eventually

from aggregator.storage.postgres_migrate import migrate, steps, version
from aggregator.storage.postgres_pool import connect
from aggregator.types import PostgresUrl

WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def test_one_that_waited_sees_what_the_other_has_made(postgres_url: str) -> None:
    # The second one has looked for the tables before they were there, and waits for the first
    # inside its transaction: it must not go by what it saw then.
    url = PostgresUrl(postgres_url)
    with (
        closing(connect(url)) as first,
        closing(connect(url)) as second,
        psycopg.connect(postgres_url, autocommit=True) as watching,
        ThreadPoolExecutor(1) as thread,
    ):

        def waiting() -> bool:
            row = watching.execute(WAITING).fetchone()
            return row is not None and row[0] == 1

        with first.transaction():
            migrate(first, steps())
            late = thread.submit(migrate, second, steps())
            eventually(lambda: not waiting(), within=20, what="the second one to wait")
        late.result(timeout=20)
        assert version(second) == steps()[-1].number
