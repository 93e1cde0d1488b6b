"""What processes that share a database share: roles, the clock; and what they do not: schemas."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import psycopg
import pytest
from postgres import Postgres
from storemaker import NOW, new, source, source_id, store
from wire import Loss, OpenPostgres, Wire

from aggregator.core.query import parse
from aggregator.errors import StorageError
from aggregator.storage.postgres_clock import ServerClock
from aggregator.storage.protocol import Role

# --- roles


def take(role: Role) -> None:
    """Soon: the server ends a session whose connection is gone when it notices."""
    deadline = monotonic() + 20
    while not role.take():
        assert monotonic() < deadline
        sleep(0.01)


def test_a_role_falls_to_another_with_its_holders_connection(
    postgres: Postgres, open_postgres: OpenPostgres
) -> None:
    one, two = open_postgres().role("leader"), open_postgres().role("leader")
    for _ in range(3):
        assert one.take()
        assert not two.take()
        postgres.kill_connections()
        take(two)  # on a new connection
        assert not one.take()
        assert two.take()
        two.drop()
        assert one.take()
        assert one.take()
        one.drop()


def test_a_holder_learns_that_it_was_lost_and_may_take_it_again(
    postgres: Postgres, open_postgres: OpenPostgres
) -> None:
    one, two = open_postgres().role("leader"), open_postgres().role("leader")
    assert one.take()
    postgres.kill_connections()
    assert not one.take()
    take(one)
    assert not two.take()


def test_who_cannot_reach_the_database_does_not_have_the_role(
    postgres_url: str, open_postgres: OpenPostgres
) -> None:
    other = open_postgres().role("leader")
    with Wire(postgres_url) as wire:
        role = open_postgres(wire.url).role("leader")
        assert role.take()
        assert not other.take()
    assert not role.take()
    with pytest.raises(StorageError, match="cannot be reached"):
        role.take()
    take(other)


def test_an_answer_that_is_lost_is_asked_for_again(
    postgres_url: str, open_postgres: OpenPostgres
) -> None:
    with Wire(postgres_url) as wire:
        storage = open_postgres(wire.url)
        role = storage.role("leader")
        wire.lose(b"advisory", Loss.AFTER)
        with pytest.raises(StorageError):  # the connection was new: the server is in trouble
            role.take()
        take(role)
        wire.lose(b"SELECT 1", Loss.AFTER)
        take(role)
        assert wire.losses == 2
        storage.close()


def test_closing_the_store_drops_its_roles(open_postgres: OpenPostgres) -> None:
    first = open_postgres()
    one, two = first.role("leader"), open_postgres().role("leader")
    assert one.take()
    first.close()
    assert two.take()  # at once
    with pytest.raises(StorageError, match="has been closed"):
        one.take()
    with pytest.raises(StorageError, match="has been closed"):
        first.role("other").take()
    one.drop()


def test_roles_have_names(open_postgres: OpenPostgres) -> None:
    one, two = open_postgres(), open_postgres()
    assert one.role("leader").take()
    assert two.role("other").take()


def test_a_role_holds_no_verb_up(open_postgres: OpenPostgres) -> None:
    """Locks of transactions and of roles are apart, whatever they are called."""
    storage = open_postgres()
    assert storage.role("stories").take()
    assert storage.role("sources").take()
    store(open_postgres(), new("1"))
    assert storage.check() == []


# --- schemas


@pytest.fixture
def schemas(postgres_url: str) -> tuple[str, str]:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA one; CREATE SCHEMA two")
    return (
        f"{postgres_url}&options=-csearch_path%3Done",
        f"{postgres_url}&options=-csearch_path%3Dtwo%2Cpublic",
    )


def test_stores_in_two_schemas_know_nothing_of_each_other(
    schemas: tuple[str, str], open_postgres: OpenPostgres, postgres_url: str
) -> None:
    one, two = (open_postgres(url) for url in schemas)
    store(one, new("1", text="A river."), wanted=source("One"))
    store(two, new("1", text="A lake."), wanted=source("Two"))
    assert [status.source.name for status in one.source_statuses()] == ["One"]
    assert source_id(two, "Two") == 1
    assert len(one.search(parse("river", now=NOW), limit=9).hits) == 1
    assert two.search(parse("river", now=NOW), limit=9).hits == ()
    assert one.role("leader").take()
    assert two.role("leader").take()
    assert (one.check(), two.check()) == ([], [])
    # Theirs are no foreign tables either.
    assert open_postgres(postgres_url).counts().articles == 0
    assert open_postgres(schemas[1]).counts().articles == 1


# --- the clock


def test_the_clock_is_the_servers(open_postgres: OpenPostgres, postgres_url: str) -> None:
    storage = open_postgres()
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    assert abs(storage.clock() - row[0]) < timedelta(minutes=1)
    assert storage.clock().tzinfo is UTC


class Clocks:
    """A wall clock and a steady one, moved by hand."""

    def __init__(self) -> None:
        self.wall = self.ticks = 1_000.0

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.ticks += seconds

    def server(self) -> ServerClock:
        return ServerClock(wall=lambda: self.wall, ticks=lambda: self.ticks)


def at(seconds: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def test_a_clock_that_is_wrong_is_corrected() -> None:
    clocks = Clocks()
    clock = clocks.server()
    assert clock.is_stale()

    def ask() -> float:
        clocks.pass_(2)  # a slow answer: it was given half-way
        return 5_000.0

    clock.measure(ask)
    assert not clock.is_stale()
    assert clock.now() == at(5_001)
    clocks.pass_(50)
    assert clock.now() == at(5_051)
    assert not clock.is_stale()
    clocks.pass_(20)
    assert clock.is_stale()


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_a_clock_that_is_set_asks_again(seconds: int) -> None:
    clocks = Clocks()
    clock = clocks.server()
    clock.measure(lambda: 1_000.0)
    clocks.wall += seconds
    assert clock.is_stale()
    clock.measure(lambda: 1_000.0)
    assert clock.now() == at(1_000)


def test_a_measurement_that_fails_changes_nothing() -> None:
    clocks = Clocks()
    clock = clocks.server()
    clock.measure(lambda: 2_000.0)
    with pytest.raises(ValueError, match="oh no"):
        clock.measure(lambda: float("oh no"))
    assert clock.now() == at(2_000)
    clock.measure(lambda: 3_000.0)
    assert clock.now() == at(3_000)
