"""What cannot be used is refused in a sentence that names it, and never the password."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote

import psycopg
import pytest
from postgres import Postgres
from storemaker import NOW, source
from wire import OpenPostgres

from aggregator.errors import DatabaseTooNew, StorageError
from aggregator.storage.postgres import open_storage
from aggregator.storage.postgres_migrate import _refuse_unfit, migrate, steps
from aggregator.storage.postgres_pool import connect, target
from aggregator.types import PostgresUrl

SECRET = "s3cr/t@7"
QUOTED = quote(SECRET, safe="")


def refused(url: str, *, read_only: bool = False) -> str:
    with pytest.raises(StorageError) as raised:
        open_storage(PostgresUrl(url), read_only=read_only, patience=timedelta()).close()
    text = str(raised.value)
    assert SECRET not in text
    assert QUOTED not in text
    return text


def with_user(url: str, name: str) -> str:
    return url.replace("//postgres@", f"//{name}:{QUOTED}@", 1)


@pytest.fixture
def strict_server(own_server: Postgres) -> Iterator[Postgres]:
    """One that knows ann, bo and cy, asks ann for her password, and lets bo into one database."""
    rules = Path(own_server._data, "pg_hba.conf")
    before = rules.read_text()
    with psycopg.connect(own_server.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE ann LOGIN PASSWORD 'another'")
        connection.execute("CREATE ROLE bo LOGIN; CREATE ROLE cy LOGIN")
        rules.write_text(
            "local all ann scram-sha-256\nlocal postgres bo trust\nlocal all postgres,cy trust\n"
        )
        connection.execute("SELECT pg_reload_conf()")
        yield own_server
        rules.write_text(before)
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("DROP ROLE ann; DROP ROLE bo; DROP ROLE cy")


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    text = refused(f"postgresql://ann:{QUOTED}@127.0.0.1:{port}/news")
    assert f"at 127.0.0.1, port {port} (database news) cannot be reached: " in text
    assert "Connection refused; check that it runs and that this machine may connect" in text


def test_no_such_host() -> None:
    text = refused(f"postgresql://ann:{QUOTED}@nowhere.invalid/news")
    assert "at nowhere.invalid, port 5432 (database news) cannot be reached" in text


def test_no_such_socket(tmp_path: Path) -> None:
    text = refused(f"postgresql://ann:{QUOTED}@/news?host={tmp_path}")
    assert f"at {tmp_path}, port 5432 (database news) cannot be reached: No such file" in text


@pytest.mark.parametrize(
    "uri",
    [
        f"postgresql://ann:{SECRET} @/news",
        f"postgresql://ann:{QUOTED}@[::1/news",
        f"postgresql://ann:{QUOTED}@/news?nonsense=1",
        f"mysql://ann:{QUOTED}@/news",
    ],
)
def test_what_is_no_address(uri: str) -> None:
    assert "is no connection URI of PostgreSQL" in refused(uri)


def test_a_wrong_password(strict_server: Postgres) -> None:
    text = refused(with_user(strict_server.url(), "ann"))
    assert "does not let the user ann in (password authentication failed" in text


def test_an_unknown_user(strict_server: Postgres, postgres: Postgres) -> None:
    assert "knows no user nobody" in refused(with_user(postgres.url(), "nobody"))
    text = refused(with_user(strict_server.create(), "bo"))
    assert "does not let the user bo use the database aggregator_test" in text


def test_an_unknown_database(postgres_url: str) -> None:
    name = Postgres.name_of(postgres_url)
    text = refused(postgres_url.replace(name, "nowhere"))
    assert "has no database nowhere: create it there" in text


def test_a_user_who_may_not_create_tables(strict_server: Postgres) -> None:
    url = strict_server.create()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA private")
        connection.execute("GRANT USAGE ON SCHEMA private TO cy")
        text = refused(with_user(url, "cy") + "&options=-csearch_path%3Dprivate")
        assert "the user cy may not create tables in the schema private of postgresql://cy" in text
        assert "GRANT CREATE ON SCHEMA private TO cy" in text
        connection.execute("DROP SCHEMA private")


def test_another_encoding(postgres: Postgres) -> None:
    name = f"{Postgres.name_of(postgres.create())}_latin"
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
        )
    try:
        assert f"the database {name} at" in (text := refused(postgres.url(name)))
        assert "is encoded as LATIN1, and UTF8 is needed" in text
    finally:
        with psycopg.connect(postgres.url(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name}")


def test_an_old_server() -> None:
    old = SimpleNamespace(info=SimpleNamespace(server_version=130_022))
    where = target(PostgresUrl("postgresql://db.example.com/news"))
    with pytest.raises(StorageError, match="is PostgreSQL 13, and 14 or newer is needed"):
        _refuse_unfit(cast("Any", old), where)


def test_a_missing_schema(postgres_url: str) -> None:
    text = refused(f"{postgres_url}&options=-csearch_path%3Dnowhere")
    assert "has no schema named nowhere: create it" in text


def test_tables_of_another_program(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE harmless (a int)")
        connection.execute("CREATE VIEW articles AS SELECT 1 AS a")
    for read_only in (False, True):
        text = refused(postgres_url, read_only=read_only)
        assert "has tables of another program (articles): name another database" in text


def test_reading_what_is_not_there_or_not_up_to_date(postgres_url: str) -> None:
    text = refused(postgres_url, read_only=True)
    assert f"there is no database at {PostgresUrl(postgres_url)} yet" in text
    with connect(PostgresUrl(postgres_url)) as connection:
        assert connection.execute("SELECT 1 FROM pg_class WHERE relname = 'sources'").rowcount == 0
        for found in (steps()[:-1], steps()):  # the search index is missing in the end
            migrate(connection, found)
            assert "was written by an older version" in refused(postgres_url, read_only=True)


def test_a_newer_schema(open_postgres: OpenPostgres, postgres_url: str) -> None:
    open_postgres().close()
    newer = steps()[-1].number + 1
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("UPDATE aggregator_schema SET number = %s", (newer,))
    for read_only in (False, True):
        with pytest.raises(DatabaseTooNew, match=rf"\(schema {newer}, this one knows {newer - 1}"):
            open_storage(PostgresUrl(postgres_url), read_only=read_only)


def test_reading_only(open_postgres: OpenPostgres) -> None:
    open_postgres().sync_sources([source()], now=NOW)
    storage = open_postgres(read_only=True, patience=timedelta())
    assert storage.counts().sources == 1
    assert storage.check() == []
    with pytest.raises(StorageError, match="was opened for reading only"):
        storage.release_claims()
    with pytest.raises(StorageError, match="takes no writes"):
        storage._read(lambda session: session.run("DELETE FROM sources"))


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("53100", "the disk of the PostgreSQL server at .* is full"),
        ("53300", "has no connection left: raise its max_connections"),
        ("42501", "lacks a permission"),
        ("57014", "cut a statement short"),
        ("XX001", "is damaged .*: restore it from a backup"),
        ("22000", r"postgresql://.* cannot be used: oh no"),
    ],
)
def test_errors_of_the_server(open_postgres: OpenPostgres, code: str, sentence: str) -> None:
    storage = open_postgres(patience=timedelta())
    script = f"DO $$ BEGIN RAISE 'oh no' USING ERRCODE = '{code}'; END $$"
    with pytest.raises(StorageError, match=sentence):
        storage._write(lambda session: session.run(script))


def test_a_table_that_is_gone(open_postgres: OpenPostgres, postgres_url: str) -> None:
    storage = open_postgres()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP TABLE source_tags, fingerprints")
    with pytest.raises(StorageError, match=r"a table is missing .*fingerprints"):
        storage.clean_up(window=timedelta(), keep_pages=timedelta())
