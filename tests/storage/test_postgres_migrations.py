from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from postgres import Postgres
from readermaker import unread
from storemaker import EDITION, HOUR, NOW, assign, delivery, joins, new, source, store
from wire import OpenPostgres

from aggregator.core.query import parse
from aggregator.errors import StorageError
from aggregator.storage import search_rebuild
from aggregator.storage.migrate import Migration
from aggregator.storage.postgres import PostgresStorage, open_storage
from aggregator.storage.postgres_migrate import emptied, migrate, steps, version
from aggregator.storage.postgres_pool import Connection, connect
from aggregator.storage.postgres_session import PostgresSession
from aggregator.types import DeliveryState, PostgresUrl

NEXT = steps()[-1].number + 1
FUTURE = Migration(
    number=NEXT,
    name="notes",
    script="""
        -- a table; with a semicolon in its comment, and 100 %
        CREATE TABLE notes (article_id BIGINT PRIMARY KEY REFERENCES articles (id));
        ALTER TABLE articles ADD COLUMN noted BIGINT NOT NULL DEFAULT 0;
        CREATE FUNCTION note_added() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          UPDATE articles SET noted = 1 WHERE id = new.article_id;
          RETURN new;
        END $$;
        CREATE TRIGGER note_added AFTER INSERT ON notes FOR EACH ROW EXECUTE FUNCTION note_added();
    """,
)
STEPS = (*steps(), FUTURE)

# Everything that makes a table what it is; columns in their order, as `SELECT *` gives them.
_SCHEMA = (
    """
    SELECT c.relname, c.relkind::text, coalesce(array_to_string(c.reloptions, ' '), '')
    FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace ORDER BY 1
    """,
    """
    SELECT c.relname, a.attnum::text, a.attname, format_type(a.atttypid, a.atttypmod),
      a.attnotnull::text, a.attidentity::text, a.attstorage::text, coalesce(l.collname, ''),
      coalesce(pg_get_expr(d.adbin, d.adrelid), '')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_collation l ON l.oid = a.attcollation
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY 1, a.attnum
    """,
    """
    SELECT tablename, indexname, indexdef FROM pg_indexes
    WHERE schemaname = current_schema() ORDER BY 1, 2
    """,
    """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = current_schema()::regnamespace ORDER BY 1, 2
    """,
    """
    SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger
    WHERE NOT tgisinternal ORDER BY 1, 2
    """,
)


@pytest.fixture
def fresh(postgres: Postgres) -> Iterator[Connection]:
    """Of an empty database."""
    with connect(PostgresUrl(postgres.create())) as connection:
        yield connection


@pytest.fixture
def migrated(postgres: Postgres) -> Iterator[Connection]:
    """Of another."""
    with connect(PostgresUrl(postgres.create())) as connection:
        yield connection


def schema(connection: Connection) -> list[tuple[object, ...]]:
    return [
        (part, *row.values())
        for part, statement in enumerate(_SCHEMA)
        for row in connection.execute(statement.encode())
    ]


def test_they_are_numbered_from_one() -> None:
    assert [step.number for step in steps()] == list(range(1, len(steps()) + 1))


@pytest.mark.parametrize("old", range(1, len(STEPS)))
def test_a_migrated_database_equals_a_fresh_one(
    fresh: Connection, migrated: Connection, old: int
) -> None:
    migrate(fresh, STEPS)
    migrate(migrated, STEPS[:old])
    assert version(migrated) == old
    assert schema(migrated) != schema(fresh)
    migrate(migrated, STEPS)
    assert schema(migrated) == schema(fresh)
    assert version(migrated) == version(fresh) == NEXT


def test_a_migration_keeps_what_is_stored(open_postgres: OpenPostgres, postgres_url: str) -> None:
    storage = open_postgres()
    ids = store(storage, new("1", text="river"), new("2"))
    assign(storage, joins(ids[0], ids[0]))
    storage.close()
    with connect(PostgresUrl(postgres_url)) as connection:
        migrate(connection, STEPS)
        connection.execute("INSERT INTO notes VALUES (1)")
        rows = connection.execute("SELECT id, noted FROM articles ORDER BY id").fetchall()
        assert [tuple(row.values()) for row in rows] == [(1, 1), (2, 0)]
        # This version knows no notes.
        connection.execute("UPDATE aggregator_schema SET number = %s", (NEXT - 1,))
    storage = open_postgres()
    assert len(storage.search(parse("river", now=NOW), limit=9).hits) == 1
    assert storage.story(ids[0]) is not None
    assert storage.check() == []


def test_messages_of_the_one_digest_there_was_stay_known(
    open_postgres: OpenPostgres, postgres: Postgres
) -> None:
    url = postgres.create()
    before = next(step.number for step in steps() if step.name == "digests") - 1
    with connect(PostgresUrl(url)) as connection:
        migrate(connection, steps()[:before])
        connection.execute(
            "INSERT INTO deliveries VALUES ('ann@example.com', '2026-05-31', '<1>', 'sent', 1, "
            "NULL, NULL, 5, 6, '\\x4fff'), ('bo@example.com', '2026-05-31', '<2>', 'failed', 1, "
            "'It was refused.', 7, 5, 6, 'Two')"
        )
    storage = open_postgres(url)
    ann, bo = storage.deliveries(EDITION)
    assert ann == delivery(message_id="<1>", message=b"O\xff", state=DeliveryState.SENT, attempts=1)
    assert (bo.recipient, bo.message, bo.error) == ("bo@example.com", b"Two", "It was refused.")
    assert storage.open_deliveries(now=NOW) == [bo]


def test_of_an_old_store_the_last_day_is_unread(
    open_postgres: OpenPostgres, postgres_url: str
) -> None:
    storage = open_postgres()
    ids = [
        store(storage, new(str(n)), wanted=source(name), at=NOW + n * HOUR)[0]
        for n, name in ((0, "One"), (1, "Two"), (24, "One"), (25, "One"))
    ]
    storage.close()
    before = next(step.number for step in steps() if step.name == "reading") - 1
    with connect(PostgresUrl(postgres_url)) as connection:
        connection.execute(
            "DROP TABLE read_until, read_marks, web_password, access_tokens, web_sessions"
        )
        connection.execute("UPDATE aggregator_schema SET number = %s", (before,))
    assert unread(open_postgres()) == ids[1:]


OLD = next(step.number for step in steps() if step.name == "search") - 1


@pytest.fixture
def old_url(postgres: Postgres) -> str:
    """Of a database of the version before the search index of today, with TEXTS texts."""
    url = postgres.create()
    with connect(PostgresUrl(url)) as connection:
        migrate(connection, steps()[:OLD])
        for statement in _OLD_TEXTS:
            connection.execute(statement.encode())
    return url


TEXTS = 2 * search_rebuild.AT_A_TIME + 20
_OLD_TEXTS = (
    """
    INSERT INTO sources (name, name_key, url, host, tags, interval_us, pages, weight, headers,
      active, next_poll_at, failures)
    VALUES ('Example', 'example', 'https://example.com/feed', 'example.com', '[]', 1, 'auto', 1,
      '[]', 1, 0, 0)
    """,
    f"""
    INSERT INTO articles (source_id, title, authors, categories, language, first_seen_at, at, words,
      content_hash, revision, revised_at, text_state, text_origin, text_attempts, url)
    SELECT 1, 'Headline', '["Jane Roe"]', '[]', 'en', n, n, 2, 'x', 1, 0, 'ready', 'content', 0,
      'https://www.example.com/' || n
    FROM generate_series(1, {TEXTS}) n
    """,
    "INSERT INTO texts SELECT id, title, 'Rivers ran.', E'\ue000s1 \ue000len', '' FROM articles",
    "INSERT INTO search SELECT id, 'rivers:4 ran:5' FROM articles",
)
SEARCHES = ("river", '"Rivers ran"', "author:roe site:example.com", "source:example lang:en")


def assert_found(storage: PostgresStorage) -> None:
    for query in SEARCHES:
        assert len(storage.search(parse(query, now=NOW), limit=9_999).hits) == TEXTS
    assert storage.search_counts(parse("river", now=NOW)).articles == TEXTS
    assert storage.check() == []


def test_texts_of_an_older_version_are_found(open_postgres: OpenPostgres, old_url: str) -> None:
    """Their index is made when the database is opened, by however many open it."""
    with pytest.raises(StorageError, match="older version"):
        open_postgres(old_url, read_only=True)
    with ThreadPoolExecutor(4) as pool:
        for storage in pool.map(lambda _: open_postgres(old_url), range(4)):
            assert_found(storage)


def test_an_index_that_is_half_made_is_finished(open_postgres: OpenPostgres, old_url: str) -> None:
    with connect(PostgresUrl(old_url)) as connection:
        migrate(connection, steps())
        with connection.transaction():
            session = PostgresSession(connection)
            assert search_rebuild.go_on(session, emptied) == search_rebuild.AT_A_TIME
            session.finish()
    with pytest.raises(StorageError, match="older version"):
        open_postgres(old_url, read_only=True)
    assert_found(open_postgres(old_url))


def test_an_index_of_other_words_is_made_again(
    open_postgres: OpenPostgres, postgres_url: str
) -> None:
    storage = open_postgres()
    store(storage, new("1", text="Rivers."), new("2"))
    storage.close()
    with connect(PostgresUrl(postgres_url)) as connection:
        connection.execute("UPDATE search SET lexemes = 'other'; TRUNCATE word_forms")
        connection.execute("UPDATE meta SET value = value - 1 WHERE key = 'words_version'")
        with pytest.raises(StorageError, match="older version"):
            open_postgres(read_only=True)
        before = schema(connection)
        storage = open_postgres()
        assert schema(connection) == before
    [hit] = storage.search(parse("river", now=NOW), limit=9).hits
    assert hit.article.article_id == 1
    assert storage.check() == []


def test_what_is_left_running_of_an_older_version_writes_no_old_words(
    open_postgres: OpenPostgres, postgres_url: str
) -> None:
    storage = open_postgres()
    store(storage, new("1"))
    with connect(PostgresUrl(postgres_url)) as connection:
        for statement in (
            "INSERT INTO search (article_id, vector) VALUES (2, 'old')",
            "UPDATE search SET vector = 'old' WHERE article_id = 1",
        ):
            with pytest.raises(psycopg.errors.UndefinedColumn):
                connection.execute(statement.encode())


def test_a_migration_that_fails_changes_nothing(fresh: Connection) -> None:
    migrate(fresh, steps())
    before = schema(fresh)
    broken = Migration(
        number=NEXT, name="broken", script="CREATE TABLE a (b INT);\nCREATE TABLE a (b INT);"
    )
    with pytest.raises(psycopg.errors.DuplicateTable):
        migrate(fresh, (*steps(), broken))
    assert (schema(fresh), version(fresh)) == (before, NEXT - 1)
    # Also the very first.
    first = Migration(number=1, name="broken", script=broken.script)
    fresh.execute("CREATE SCHEMA other; SET search_path = other")
    with pytest.raises(psycopg.errors.DuplicateTable):
        migrate(fresh, (first,))
    assert (schema(fresh), version(fresh)) == ([], 0)


def test_many_may_open_a_new_database_at_once(postgres: Postgres) -> None:
    urls = [PostgresUrl(postgres.create()) for _ in range(3)]

    def open_it(number: int) -> int:
        storage = open_storage(urls[number // 8])
        try:
            return storage.counts().articles
        finally:
            storage.close()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(open_it, range(3 * 8))) == [0] * 3 * 8


def test_tables_of_others_are_left_alone(open_postgres: OpenPostgres, postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE theirs AS SELECT 7 AS a")
        open_postgres()
        assert connection.execute("SELECT a FROM theirs").fetchall() == [(7,)]
