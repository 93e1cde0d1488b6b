"""The tables of the job queue: made, brought up to date, or refused.

They are the queue library's own, by its scripts. Which of them a database has had is kept by file
name in `engine_migrations`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from aggregator.engine import queries
from aggregator.engine.cancelling import Cancellation
from aggregator.errors import DatabaseTooNew, StorageError
from aggregator.storage.protocol import Role

_POLL = timedelta(milliseconds=50)
"""Between looks whether another process is done."""

_FORGET = "DELETE FROM engine_migrations;\n"
_NOTE = "INSERT INTO engine_migrations (name) VALUES"
RECORDED = "SELECT name FROM engine_migrations"
PRESENT = "SELECT to_regclass('procrastinate_jobs') IS NOT NULL AS present"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripts:
    """What the library brings."""

    schema: str
    """Makes everything in an empty schema."""
    migrations: Mapping[str, str]
    """By file name, in the order in which they are applied; the schema has them all."""


class Database(Protocol):
    """Where the tables are; scripts and rows are found by the connection's search_path."""

    async def rows(self, sql: str) -> Sequence[Mapping[str, Any]]:
        """Every row of a query."""

    async def run(self, script: str) -> None:
        """Execute every statement of a script in one transaction."""


async def prepare(database: Database, scripts: Scripts, role: Role) -> None:
    """Bring the tables to this version; any number of processes may do so at once.

    Raises DatabaseTooNew; StorageError for tables that somebody else made.
    """
    cancellation = Cancellation()
    if not await _steps(database, scripts):
        return
    try:
        while not await asyncio.to_thread(role.take):
            cancellation.check()
            await asyncio.sleep(_POLL.total_seconds())
        # Again, now that nobody else is at it.
        for script in await _steps(database, scripts):
            await database.run(script)
    finally:
        await asyncio.to_thread(role.drop)


async def _steps(database: Database, scripts: Scripts) -> list[str]:
    """The scripts that the database lacks, each with the note that it has been run."""
    # In this order: whoever makes the tables just now makes the note in the same transaction.
    present = bool((await database.rows(PRESENT))[0]["present"])
    recorded = {str(row["name"]) for row in await database.rows(RECORDED)}
    if unknown := sorted(recorded - scripts.migrations.keys()):
        raise DatabaseTooNew(
            f"the job queue was brought to {unknown[-1].removesuffix('.sql')} by a newer version "
            "of this program: use that version, or another database"
        )
    if not present:
        # A backup may well leave the queue's tables out.
        return [_FORGET + _step(scripts.schema, *scripts.migrations)]
    if not recorded:
        raise StorageError(
            "the database has tables of procrastinate that this program did not make: give it a "
            "database or a schema of its own"
        )
    return [
        _step(script, name) for name, script in scripts.migrations.items() if name not in recorded
    ]


def _step(script: str, *names: str) -> str:
    notes = ", ".join(f"('{name}')" for name in names)
    return f"{queries.BEGIN}{script}{queries.END}{_NOTE} {notes};\n"
