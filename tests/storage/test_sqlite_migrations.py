from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from readermaker import unread
from storemaker import EDITION, HOUR, NOW, assign, delivery, joins, new, source, store

from aggregator.core.query import parse
from aggregator.storage.migrate import Migration, migrate, migrations, statements, version
from aggregator.storage.sqlite import open_storage
from aggregator.types import DeliveryState

NEXT = migrations()[-1].number + 1
FUTURE = Migration(
    number=NEXT,
    name="marks",
    script="""
        -- a table; with a semicolon in its comment
        CREATE TABLE marks (article_id INTEGER PRIMARY KEY REFERENCES articles (id)) STRICT;
        ALTER TABLE articles ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;
        CREATE TRIGGER mark_added AFTER INSERT ON marks BEGIN
          UPDATE articles SET marked = 1 WHERE id = new.article_id;
          UPDATE articles SET marked = 1 WHERE id = new.article_id;
        END;
    """,
)
STEPS = (*migrations(), FUTURE)


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[object]:
    opened: list[sqlite3.Connection] = []

    def connect_one(name: str) -> sqlite3.Connection:
        opened.append(sqlite3.connect(tmp_path / name, isolation_level=None, timeout=20))
        return opened[-1]

    yield connect_one
    for one in opened:
        one.close()


def schema(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    return connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
    ).fetchall()


def test_they_are_numbered_from_one() -> None:
    assert [step.number for step in migrations()] == list(range(1, len(migrations()) + 1))


@pytest.mark.parametrize("old", range(1, len(STEPS)))
def test_a_migrated_database_equals_a_fresh_one(connect: object, tmp_path: Path, old: int) -> None:
    assert callable(connect)
    fresh, migrated = connect("fresh.db"), connect("migrated.db")
    migrate(fresh, STEPS)
    migrate(migrated, STEPS[:old])
    assert version(migrated) == old
    migrate(migrated, STEPS)
    assert schema(migrated) == schema(fresh)
    assert version(migrated) == version(fresh) == NEXT
    assert migrated.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_migration_keeps_what_is_stored(connect: object, tmp_path: Path) -> None:
    assert callable(connect)
    storage = open_storage(tmp_path / "news.db")
    ids = store(storage, new("1", text="river"), new("2"))
    assign(storage, joins(ids[0], ids[0]))
    storage.close()
    connection = connect("news.db")
    migrate(connection, STEPS)
    connection.execute("INSERT INTO marks VALUES (1)")
    assert connection.execute("SELECT id, marked FROM articles").fetchall() == [(1, 1), (2, 0)]
    connection.execute(f"PRAGMA user_version = {NEXT - 1}")  # this version knows no marks
    storage = open_storage(tmp_path / "news.db")
    assert len(storage.search(parse("river", now=NOW), limit=9).hits) == 1
    assert storage.story(ids[0]) is not None
    assert storage.check() == []
    storage.close()


def test_messages_of_the_one_digest_there_was_stay_known(connect: object, tmp_path: Path) -> None:
    assert callable(connect)
    connection = connect("news.db")
    before = next(step.number for step in migrations() if step.name == "digests") - 1
    migrate(connection, migrations()[:before])
    connection.executemany(
        "INSERT INTO deliveries VALUES (?, '2026-05-31', ?, ?, 1, ?, ?, 5, 6, ?)",
        [
            ("ann@example.com", "<1>", "sent", None, None, b"One \xff"),
            ("bo@example.com", "<2>", "failed", "It was refused.", 7, b"Two"),
        ],
    )
    connection.close()
    storage = open_storage(tmp_path / "news.db")
    ann, bo = storage.deliveries(EDITION)
    assert ann == delivery(
        message_id="<1>", message=b"One \xff", state=DeliveryState.SENT, attempts=1
    )
    assert (bo.recipient, bo.message, bo.error) == ("bo@example.com", b"Two", "It was refused.")
    assert storage.open_deliveries(now=NOW) == [bo]
    assert storage.check() == []
    storage.close()


def test_of_an_old_store_the_last_day_is_unread(connect: object, tmp_path: Path) -> None:
    assert callable(connect)
    storage = open_storage(tmp_path / "news.db")
    ids = [
        store(storage, new(str(n)), wanted=source(name), at=NOW + n * HOUR)[0]
        for n, name in ((0, "One"), (1, "Two"), (24, "One"), (25, "One"))
    ]
    storage.close()
    connection = connect("news.db")
    before = next(step.number for step in migrations() if step.name == "reading") - 1
    for name in ("read_until", "read_marks", "web_password", "access_tokens", "web_sessions"):
        connection.execute(f"DROP TABLE {name}")
    connection.execute(f"PRAGMA user_version = {before}")
    connection.close()
    storage = open_storage(tmp_path / "news.db")
    assert unread(storage) == ids[1:]
    assert storage.check() == []
    storage.close()


def test_a_migration_that_fails_changes_nothing(connect: object) -> None:
    assert callable(connect)
    connection = connect("news.db")
    migrate(connection, migrations())
    before = schema(connection)
    broken = Migration(
        number=NEXT, name="broken", script="CREATE TABLE a (b);\nCREATE TABLE a (b);"
    )
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, (*migrations(), broken))
    assert (schema(connection), version(connection)) == (before, NEXT - 1)
    assert not connection.in_transaction


def test_many_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    def open_it(number: int) -> int:
        storage = open_storage(tmp_path / f"{number // 16}.db")
        try:
            return storage.counts().articles
        finally:
            storage.close()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(open_it, range(16 * 8))) == [0] * 16 * 8


def test_an_unfinished_script_is_refused() -> None:
    assert list(statements("SELECT 1;\n-- the end\n")) == ["SELECT 1;\n"]
    with pytest.raises(ValueError, match="unfinished statement: SELECT 2"):
        list(statements("SELECT 1;\nSELECT 2\n"))
