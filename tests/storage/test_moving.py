from __future__ import annotations

import itertools
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from movingmaker import answers, contents, filled, many, moved
from postgres import Postgres
from storemaker import HOUR, NOW, assign, joins, new, source, store

from aggregator.errors import InstanceRunning, StorageError
from aggregator.storage.backends import open_storage
from aggregator.storage.bulk import Row, open_filler, open_reader
from aggregator.storage.instance import instance_lock
from aggregator.storage.migrate import migrate, migrations
from aggregator.storage.moving import Progress, move
from aggregator.storage.protocol import Storage
from aggregator.storage.tables import TABLES, Kind, Table
from aggregator.types import Database, PostgresUrl, Worker

CHILD = Path(__file__).with_name("moving_child.py")
KINDS = ("sqlite", "postgres")
ARTICLES = 5_000
"""Three transactions for most tables."""
Place = Callable[[str], Database]


@pytest.fixture
def place(tmp_path: Path, postgres: Postgres) -> Place:
    """A new database of a kind: a file that is not there yet, or an empty one on the server."""
    numbers = itertools.count()

    def make(kind: str) -> Database:
        if kind == "postgres":
            return PostgresUrl(postgres.create())
        return tmp_path / f"place-{next(numbers)}.db"

    return make


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    return filled(tmp_path / "origin.db")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Only to be read."""
    return many(tmp_path_factory.mktemp("large") / "large.db", ARTICLES)


@contextmanager
def opened(database: Database) -> Iterator[Storage]:
    storage = open_storage(database)
    try:
        yield storage
    finally:
        storage.close()


class Stopped(Exception):
    """Somebody pressed Ctrl-C."""


def stop_at(origin: Database, destination: Database, stage: str, table: str) -> None:
    """A move that is interrupted when it comes to this table."""

    def watch(progress: Progress) -> None:
        if (progress.stage, progress.table) == (stage, table):
            raise Stopped

    with pytest.raises(Stopped):
        move(origin, destination, restart=False, watch=watch)


# --- what comes over


@pytest.mark.parametrize("back", KINDS)
@pytest.mark.parametrize("there", KINDS)
def test_there_and_back_nothing_changes(origin: Path, place: Place, there: str, back: str) -> None:
    away, home = place(there), place(back)
    first, second = moved(origin, away), moved(away, home)
    assert first.tables == second.tables
    assert first.copied == first.rows == second.copied
    assert all(table.rows for table in first.tables)
    assert contents(origin) == contents(away) == contents(home)
    assert [*answers(origin)] == [*answers(away)] == [*answers(home)]


def test_every_column_has_something_to_move(origin: Path) -> None:
    """What is empty in the origin proves nothing when it is empty in the destination too."""
    found = contents(origin)
    empty = {
        (table.name, column)
        for table in TABLES
        for place, column in enumerate(table.columns)
        if all(row[place] in (None, "", "[]", 0, b"") for row in found[table.name])
    }
    assert empty == set()


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_go_on_after_the_largest(origin: Path, place: Place, kind: str) -> None:
    destination = place(kind)
    moved(origin, destination)
    with opened(destination) as storage:
        articles = storage.counts().articles
        sources = len(storage.source_statuses())
        [article] = store(storage, new("next"), wanted=source("Later"), at=NOW + 99 * HOUR)
        assert article == articles + 1
        assert storage.source_statuses()[-1].source_id == sources + 1
        assign(storage, joins(article, article), at=NOW + 99 * HOUR)
        *_, (_, latest) = storage.window(span=timedelta(days=30))
        assert latest.article_id == article
        assert storage.check() == []


def test_an_empty_store_can_be_moved(tmp_path: Path, place: Place) -> None:
    open_storage(tmp_path / "empty.db").close()
    destination = place("postgres")
    assert moved(tmp_path / "empty.db", destination).rows == 0
    with opened(destination) as storage:
        assert store(storage, new("first")) == [1]


def test_a_minus_before_zero_is_no_difference(origin: Path, place: Place) -> None:
    """SQLite stores it as zero."""
    away, home = place("postgres"), place("sqlite")
    moved(origin, away)
    assert isinstance(away, PostgresUrl)
    with psycopg.connect(away.uri) as connection:
        connection.execute("UPDATE sources SET weight = '-0'")
    moved(away, home)
    assert {row[9] for row in contents(home)["sources"]} == {0.0}


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_in_several_transactions(large: Path, place: Place, kind: str) -> None:
    origin, destination = large, place(kind)
    told: list[Progress] = []
    done = move(origin, destination, restart=False, watch=told.append)
    assert contents(destination) == contents(origin)
    for stage, one in itertools.product(("copying", "comparing"), done.tables):
        counts = [at.done for at in told if (at.stage, at.table) == (stage, one.name)]
        assert counts[0] == 0
        assert counts == sorted(counts)
        assert counts[-1] == one.rows
    assert sum(at.stage == "copying" and at.table == "texts" for at in told) > 3
    with opened(destination) as storage:
        assert storage.check() == []


def test_schemas_of_one_database_are_databases(origin: Path, postgres_url: str) -> None:
    ends, joint = [], "&" if "?" in postgres_url else "?"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for name in ("one", "two"):
            connection.execute(f"CREATE SCHEMA {name}".encode())
            ends.append(PostgresUrl(f"{postgres_url}{joint}options=-csearch_path%3D{name}"))
    moved(origin, ends[0])
    moved(*ends)
    assert [*answers(ends[1])] == [*answers(origin)]
    with opened(ends[1]) as storage:
        assert store(storage, new("next"), at=NOW + 99 * HOUR) == [8]


# --- any value


@pytest.fixture(scope="module")
def away(postgres: Postgres) -> PostgresUrl:
    """One for all examples."""
    return PostgresUrl(postgres.create())


def start(destination: Database) -> None:
    """Empty it, as a move does that is killed at once."""
    with open_filler(destination) as filler:
        filler.start(0)


def _text(*, longest: int = 40) -> st.SearchStrategy[str]:
    odd = st.sampled_from(["\0", "\1", "\1\1", "\0\1", "\4", "\x02", "\U00010348", "\uffff", "é"])
    return st.lists(st.one_of(odd, st.text(max_size=5)), max_size=longest // 5).map("".join)


VALUES: dict[Kind, st.SearchStrategy[object]] = {
    Kind.INTEGER: st.integers(-(2**63), 2**63 - 1),
    Kind.REAL: st.floats(allow_nan=False).map(lambda value: value + 0.0),
    Kind.TEXT: _text(),
    Kind.BYTES: st.binary(max_size=40),
}
UNIQUE: dict[str, tuple[tuple[str, ...], ...]] = {
    "sources": (("url",), ("name",)),
    "assignments": (("article_id",),),
    "watch_hits": (("subject", "watch"),),
    "notices": (("key",),),
    "access_tokens": (("name",), ("hash",), ("fever_hash",)),
}
REFERS = {"source_id": "sources", "article_id": "articles", "with_id": "articles"}


def _optional() -> set[tuple[str, str]]:
    """(table, column) of what may be NULL, as the schema has it."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, migrations())
        return {
            (table.name, name)
            for table in TABLES
            for name, required, key in connection.execute(
                'SELECT name, "notnull", pk FROM pragma_table_info(?)', (table.name,)
            )
            if not required and not key
        }


OPTIONAL = _optional()


@st.composite
def stores(draw: st.DrawFn) -> dict[str, Sequence[Row]]:
    """Rows for every table, with any values that the schema lets in."""
    made: dict[str, Sequence[Row]] = {}
    for table in TABLES:
        columns = [_column(table, name, kind, made) for name, kind in table.columns.items()]
        if None in columns:
            made[table.name] = []
            continue
        rows = draw(st.lists(st.tuples(*[one for one in columns if one is not None]), max_size=6))
        for names in (table.key, *UNIQUE.get(table.name, ())):
            places = [[*table.columns].index(name) for name in names]
            rows = [*{tuple(row[at] for at in places): row for row in rows}.values()]
        made[table.name] = rows
    return made


def _column(
    table: Table, name: str, kind: Kind, made: dict[str, Sequence[Row]]
) -> st.SearchStrategy[object] | None:
    """None: there is nothing that it could refer to."""
    if name in REFERS and table.name != REFERS[name]:
        known = [row[0] for row in made[REFERS[name]]]
        return st.sampled_from(known) if known else None
    if (table.name, name) == ("articles", "id"):
        return st.integers(1, 2**63 - 1)  # the search index is in parts by their numbers
    return st.none() | VALUES[kind] if (table.name, name) in OPTIONAL else VALUES[kind]


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # an example is small, and takes long
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=stores())
def test_every_value_survives(
    away: PostgresUrl, place: Place, rows: dict[str, Sequence[Row]]
) -> None:
    first, home = place("sqlite"), place("sqlite")
    start(away)
    with open_filler(first) as filler:
        filler.start(0)
        for table in TABLES:
            filler.write(table, rows[table.name])
        filler.finish()
    assert moved(first, away, restart=True).tables == moved(away, home).tables
    before = contents(first)
    assert before == contents(home)
    assert {name: sorted(found, key=repr) for name, found in before.items()} == {
        name: sorted(wanted, key=repr) for name, wanted in rows.items()
    }


# --- interrupted


@pytest.mark.parametrize("kind", KINDS)
def test_killed_again_and_again_it_goes_on(large: Path, place: Place, kind: str) -> None:
    origin, destination, undisturbed = large, place(kind), place(kind)
    wanted = moved(origin, undisturbed)
    name = destination.uri if isinstance(destination, PostgresUrl) else str(destination)
    chance = random.Random(kind)
    for _ in range(8):
        child = subprocess.Popen(
            [sys.executable, CHILD, origin, name], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        with child.stdout as output:
            # What it does just then is up to chance.
            heard = [*itertools.islice(output, chance.randint(1, 24))]
            child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL, heard
        with pytest.raises(StorageError, match="--restart to start over"):
            open_storage(destination)
    done = moved(origin, destination)
    assert done.tables == wanted.tables
    assert done.copied < done.rows
    assert contents(destination) == contents(undisturbed)
    with opened(destination) as storage:
        assert storage.check() == []
        assert len(storage.story(1).articles) == 1  # type: ignore[union-attr]  # it is there


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_there_is_not_copied_again(large: Path, place: Place, kind: str) -> None:
    destination = place(kind)
    stop_at(large, destination, "copying", "texts")
    done = moved(large, destination)
    small = {"meta", "sources", "source_tags", "hosts", "articles", "article_keys"}
    assert done.copied == sum(one.rows for one in done.tables if one.name not in small)


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_uses_a_database_that_is_half_filled(origin: Path, place: Place, kind: str) -> None:
    destination = place(kind)
    stop_at(origin, destination, "comparing", "deliveries")
    sentence = "is not complete yet.*same command again.*--restart"
    for read_only in (False, True):
        with pytest.raises(StorageError, match=sentence):
            open_storage(destination, read_only=read_only)
    with pytest.raises(StorageError, match=sentence):
        moved(destination, place("sqlite"))
    assert moved(origin, destination).copied == 0
    with opened(destination) as storage:
        assert storage.counts().articles


@pytest.mark.parametrize("kind", KINDS)
def test_a_move_that_ended_unheard_is_found_complete(origin: Path, place: Place, kind: str) -> None:
    destination = place(kind)
    first = moved(origin, destination)
    again = moved(origin, destination)
    assert (again.tables, again.copied) == (first.tables, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_starting_over(origin: Path, place: Place, kind: str) -> None:
    destination = place(kind)
    stop_at(origin, destination, "copying", "revisions")
    with opened(origin) as storage:
        store(storage, new("meanwhile", text="An armadillo."), at=NOW + 9 * HOUR)
    with pytest.raises(StorageError, match=r"or from this one before it was changed.*--restart"):
        moved(origin, destination)
    done = moved(origin, destination, restart=True)
    assert done.copied == done.rows
    assert contents(destination) == contents(origin)
    assert [*answers(destination)] == [*answers(origin)]


@pytest.mark.parametrize("kind", KINDS)
def test_another_stores_half_move_is_left_alone(
    origin: Path, place: Place, tmp_path: Path, kind: str
) -> None:
    destination, other = place(kind), tmp_path / "other.db"
    with opened(other) as storage:
        store(storage, new("other"), at=NOW - HOUR)
    stop_at(other, destination, "copying", "deliveries")
    with pytest.raises(StorageError, match="is half filled from another database"):
        moved(origin, destination)
    assert moved(other, destination).rows


def test_a_lost_connection_ends_it_and_the_next_goes_on(
    large: Path, postgres: Postgres, place: Place
) -> None:
    destination = place("postgres")

    def watch(progress: Progress) -> None:
        if progress.table == "texts" and progress.done:
            postgres.kill_connections()

    with pytest.raises(StorageError, match="cannot be reached"):
        move(large, destination, restart=False, watch=watch)
    assert moved(large, destination).copied < ARTICLES
    assert contents(destination) == contents(large)


# --- compared


@pytest.mark.parametrize("kind", KINDS)
def test_a_difference_is_named(origin: Path, place: Place, kind: str) -> None:
    destination = place(kind)
    stop_at(origin, destination, "comparing", "meta")
    with open_filler(destination) as filler, filler.ask() as session:
        session.run("UPDATE articles SET title = ? WHERE id IN (?, ?)", ("Another", 3, 4))
    with pytest.raises(StorageError, match=r"the table articles differs .*, first at id 3; "):
        moved(origin, destination)
    with pytest.raises(StorageError, match="is not complete yet"):
        open_storage(destination)
    moved(origin, destination, restart=True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_too_many_or_too_few_is_named(origin: Path, place: Place, kind: str) -> None:
    destination = place(kind)
    stop_at(origin, destination, "comparing", "meta")
    with open_filler(destination) as filler, filler.ask() as session:
        session.run("DELETE FROM source_tags WHERE tag = ?", ("sea",))
    with pytest.raises(StorageError, match=r"source_tags .* first at tag sea, source_id 1; "):
        moved(origin, destination)
    with open_filler(destination) as filler, filler.ask() as session:
        session.run("INSERT INTO source_tags VALUES (?, ?)", ("sea", 1))
        session.run("INSERT INTO source_tags VALUES (?, ?)", ("zoo", 1))
    with pytest.raises(StorageError, match=r"source_tags .* first at tag zoo, source_id 1; "):
        moved(origin, destination)


# --- where it may go


@pytest.mark.parametrize("kind", KINDS)
def test_a_database_in_use_is_never_emptied(origin: Path, place: Place, kind: str) -> None:
    destination = place(kind)
    with opened(destination) as storage:
        store(storage, new("precious"))
    for restart in (False, True):
        with pytest.raises(StorageError, match="is in use: it holds 1 article"):
            moved(origin, destination, restart=restart)
    with opened(destination) as storage:
        assert storage.counts().articles == 1


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_was_moved_and_used_since_is_in_use(origin: Path, place: Place, kind: str) -> None:
    destination = place(kind)
    moved(origin, destination)
    with opened(destination) as storage:
        storage.sync_sources([source("Harbour")], now=NOW + 50 * HOUR)
    for restart in (False, True):
        with pytest.raises(StorageError, match="is in use: it holds 7 articles"):
            moved(origin, destination, restart=restart)


@pytest.mark.parametrize("kind", KINDS)
def test_sources_without_articles_make_way(origin: Path, place: Place, kind: str) -> None:
    """As `aggregator run` leaves them in a new database."""
    destination = place(kind)
    with opened(destination) as storage:
        storage.sync_sources([source("Other"), source("Harbour")], now=NOW)
    moved(origin, destination)
    assert contents(destination) == contents(origin)


def test_a_store_is_not_moved_to_itself(origin: Path, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(origin)
    for same in (origin, tmp_path / "link.db"):
        with pytest.raises(StorageError, match="cannot be moved to itself"):
            moved(origin, same)


def test_what_is_not_there_is_not_made(place: Place, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="there is no database at"):
        moved(tmp_path / "typo.db", tmp_path / "new.db")
    assert [*tmp_path.iterdir()] == []
    empty = place("postgres")
    with pytest.raises(StorageError, match="there is no database at"):
        moved(empty, tmp_path / "new.db")
    assert not (tmp_path / "new.db").exists()


# --- nobody else


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_somebody_works_on(origin: Path, place: Place, kind: str) -> None:
    with instance_lock(origin), pytest.raises(InstanceRunning, match="stop it first"):
        moved(origin, place(kind))
    target = place("sqlite")
    assert isinstance(target, Path)
    with instance_lock(target), pytest.raises(InstanceRunning, match="stop it first"):
        moved(origin, target)


@pytest.mark.parametrize("side", ["source", "destination"])
def test_a_server_that_somebody_works_on(origin: Path, place: Place, side: str) -> None:
    database, spare = place("postgres"), place("sqlite")
    moved(origin, database)
    ends = (database, spare) if side == "source" else (spare, database)
    if side == "destination":
        moved(origin, spare)
    now = datetime.now(UTC)
    worker = Worker(
        name="quay-7",
        machine="quay",
        version="1",
        started_at=now,
        seen_at=now,
        jobs=0,
        leads=False,
    )
    with opened(database) as storage:
        storage.report_worker(worker)
        with pytest.raises(InstanceRunning, match=r"quay-7 worked on .* stop every aggregator"):
            moved(*ends)
        storage.report_worker(replace(worker, seen_at=now - timedelta(minutes=2)))
        leader = storage.role("leader")
        assert leader.take()
        with pytest.raises(InstanceRunning, match="aggregator workers"):
            moved(*ends)
        leader.drop()
    moved(*ends)


def test_a_server_is_not_written_to_while_it_is_read(origin: Path, place: Place) -> None:
    database = place("postgres")
    assert isinstance(database, PostgresUrl)
    moved(origin, database)
    with psycopg.connect(database.uri) as connection:
        with open_reader(database):
            connection.execute("SET lock_timeout = '100ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                connection.execute("UPDATE hosts SET free_at = 1")
            connection.rollback()
        connection.execute("UPDATE hosts SET free_at = 1")
        with pytest.raises(InstanceRunning, match="is writing to"), open_reader(database):
            pass


def test_the_source_is_only_read(origin: Path, place: Place) -> None:
    before = origin.read_bytes()
    moved(origin, place("postgres"))
    assert origin.read_bytes() == before
    assert origin.with_name(f"{origin.name}-wal").read_bytes() == b""


def test_a_source_of_an_older_version_is_brought_up_to_date(place: Place, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        migrate(connection, migrations()[:1])
        connection.execute("INSERT INTO meta VALUES ('created_at', 7)")
    destination = place("postgres")
    moved(old, destination)
    assert contents(destination)["meta"] == [("created_at", 7)]


def test_a_source_whose_index_is_unfinished_is_brought_up_to_date(origin: Path) -> None:
    with closing(sqlite3.connect(origin, isolation_level=None)) as connection:
        connection.execute("DELETE FROM meta WHERE key = 'words_version'")
    with pytest.raises(StorageError, match="older version"):
        open_storage(origin, read_only=True)
    with open_reader(origin):
        pass
    open_storage(origin, read_only=True).close()
