"""From a URI to a database that may be used: is it there, is it ours, is it up to date.

The number of the last migration is a row of `aggregator_schema`. Everything is looked for in the
schema that the connection's search_path begins with, so that several of us fit into one database.
After the migrations the search index is made anew where it has to be, by search_rebuild.py, in many
transactions: whoever opens the database meanwhile helps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic, sleep

from aggregator.errors import StorageError
from aggregator.storage import search_rebuild
from aggregator.storage.migrate import Migration, migrations, missing, outdated, too_new
from aggregator.storage.postgres_faults import is_starting, storage_error
from aggregator.storage.postgres_pool import Connection, Error, Target, connect, target
from aggregator.storage.postgres_session import LOCK_KEY, PostgresSession
from aggregator.storage.search_rebuild import Progress, ignore
from aggregator.storage.sql import Session
from aggregator.storage.word_forms import KnownForms
from aggregator.types import PostgresUrl

OLDEST = 140_000
"""Server version 14, the oldest that is still maintained."""

_LOCK = f"SELECT pg_advisory_xact_lock({LOCK_KEY})"
_TABLE = "CREATE TABLE IF NOT EXISTS aggregator_schema (number BIGINT NOT NULL)"
# Not to_regclass, which may answer from a cache that is older than the lock we have waited for.
_IS_OURS = """
    SELECT EXISTS (
      SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = current_schema() AND c.relname = 'aggregator_schema'
    ) AS ours
"""
_NUMBER = "SELECT coalesce(max(number), 0) AS number FROM aggregator_schema"
_SAME_NAMES = """
    SELECT relname AS name FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(%s) ORDER BY relname
"""
# To fill it text by text takes several times as long as to make it in the end.
_EMPTY = ("TRUNCATE search, word_forms", "DROP INDEX IF EXISTS search_words")
_INDEX = """
    CREATE INDEX IF NOT EXISTS search_words ON search USING gin (lexemes)
    WITH (fastupdate = on, gin_pending_list_limit = 1024)
"""
_CREATED = re.compile(r"^CREATE TABLE (\w+)", re.MULTILINE)
_WHERE = "SELECT current_schema() AS schema, current_setting('search_path') AS path"
_NO_PERMISSION = "42501"
_AGAIN = 0.1
"""Seconds between looks at a server that is starting."""


def steps() -> tuple[Migration, ...]:
    """Those of this version of the program, numbered from 1."""
    return migrations("postgres")


def version(connection: Connection) -> int:
    """0: the schema holds nothing of ours."""
    row = connection.execute(_IS_OURS).fetchone()
    if row is None or not row["ours"]:
        return 0
    row = connection.execute(_NUMBER).fetchone()
    return int(row["number"]) if row else 0


def migrate(connection: Connection, wanted: Sequence[Migration]) -> None:
    """Apply what the database lacks, a transaction each.

    Processes that open the same database at once wait for each other, and each step is done once.
    """
    for step in wanted:
        if version(connection) < step.number:
            _apply(connection, step)


def _apply(connection: Connection, step: Migration) -> None:
    with connection.transaction():
        # Another default would have us see the state from before we waited.
        connection.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        connection.execute(_LOCK, ("migration",))
        if version(connection) < step.number:
            connection.execute(_TABLE)
            connection.execute(step.script.encode())
            connection.execute("DELETE FROM aggregator_schema")
            connection.execute("INSERT INTO aggregator_schema VALUES (%s)", (step.number,))


def is_up_to_date(connection: Connection) -> bool:
    """Whether tables and search index are of this version; False: also where there are none."""
    if version(connection) < steps()[-1].number:
        return False
    return not search_rebuild.is_due(PostgresSession(connection))


def index(connection: Connection, progress: Progress = ignore) -> None:
    """Make the search index if there is none of this version's words."""
    forms = KnownForms()
    total, done = 0, 0
    while search_rebuild.is_due(PostgresSession(connection)):
        session = PostgresSession(connection, forms)
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            connection.execute(_LOCK, ("migration",))
            total = total or search_rebuild.how_many(session)
            count = search_rebuild.go_on(session, emptied)
            if not count:
                connection.execute(_INDEX)
            session.finish()
        session.committed()
        done += count
        progress(min(done, total), total)


def emptied(session: Session) -> None:
    """Drop what the search index holds, and what was learnt with it."""
    for statement in _EMPTY:
        session.run(statement)


@contextmanager
def opened(
    url: PostgresUrl,
    *,
    read_only: bool = False,
    patience: timedelta = timedelta(),
    progress: Progress = ignore,
) -> Iterator[Connection]:
    """A connection to a database of ours that is up to date, made so unless `read_only`.

    Raises StorageError: no server, no database, no permission, another program's tables, a server
    that is too old, another encoding; DatabaseTooNew. A server that is just starting is waited
    for. What goes wrong in the block comes out as StorageError too.
    """
    where = target(url)
    try:
        with _connected(url, patience) as connection:
            _refuse_unfit(connection, where)
            _refuse_foreign(connection, where, steps()[-1].number)
            if read_only:
                _refuse_outdated(connection, where)
            else:
                _bring_up_to_date(connection, where, progress)
            yield connection
    except Error as error:
        raise storage_error(error, where) from error


@contextmanager
def _connected(url: PostgresUrl, patience: timedelta) -> Iterator[Connection]:
    """As psycopg connects, but a server that is only just starting is waited for."""
    give_up_at = monotonic() + patience.total_seconds()
    while True:
        try:
            connection = connect(url)
            break
        except Error as error:
            if not is_starting(error) or monotonic() > give_up_at:
                raise
        sleep(_AGAIN)
    try:
        yield connection
    finally:
        connection.close()


def _refuse_unfit(connection: Connection, where: Target) -> None:
    server = connection.info.server_version
    if server < OLDEST:
        raise StorageError(
            f"the server at {where.place} is PostgreSQL {server // 10_000}, and "
            f"{OLDEST // 10_000} or newer is needed: upgrade it, or name another"
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StorageError(
            f"the database {where.database} at {where.place} is encoded as {encoding}, and UTF8 "
            "is needed: create one with ENCODING 'UTF8' TEMPLATE template0"
        )
    row = connection.execute(_WHERE).fetchone()
    if row is None or row["schema"] is None:
        path = "" if row is None else row["path"]
        raise StorageError(
            f"the database {where.database} at {where.place} has no schema named {path}: create "
            "it there (CREATE SCHEMA), or name another search_path"
        )


def _refuse_foreign(connection: Connection, where: Target, newest: int) -> None:
    with connection.transaction():  # one state: another process may be creating the tables
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        found = version(connection)
        names = [name for step in steps() for name in _CREATED.findall(step.script)]
        taken = connection.execute(_SAME_NAMES, (names,)).fetchall() if not found else []
    if taken:
        raise StorageError(
            f"{where.name} has tables of another program ({taken[0]['name']}): name another "
            "database, or a schema of its own by ?options=-csearch_path%3Dname"
        )
    if found > newest:
        raise too_new(where.name, found, newest)


def _refuse_outdated(connection: Connection, where: Target) -> None:
    if not version(connection):
        raise missing(where.name)
    if not is_up_to_date(connection):
        raise outdated(where.name)


def _bring_up_to_date(connection: Connection, where: Target, progress: Progress) -> None:
    try:
        migrate(connection, steps())
        index(connection, progress)
    except Error as error:
        if error.sqlstate != _NO_PERMISSION:
            raise
        row = connection.execute(_WHERE).fetchone()
        schema = row["schema"] if row else ""
        raise StorageError(
            f"the user {where.user} may not create tables in the schema {schema} of "
            f"{where.name}: let its owner GRANT CREATE ON SCHEMA {schema} TO {where.user}, or "
            "name a database of that user"
        ) from error
