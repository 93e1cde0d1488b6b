"""Connections break, servers restart, transactions collide: verbs outlast it, and change things
once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from time import monotonic, sleep

import psycopg
import pytest
from pagemaker import all_kept, made, pages
from postgres import Postgres
from readermaker import access_token, unread, web_session
from storemaker import (
    EDITION,
    HOUR,
    LEASE,
    NOW,
    claim,
    decision,
    delivery,
    fetched,
    get,
    group_input,
    grouped,
    joins,
    kept_digest,
    new,
    polled,
    singles,
    source,
    store,
)
from wire import Loss, OpenPostgres, Wire, waiting

from aggregator.errors import ClaimLost, DatabaseBusy, StorageError
from aggregator.storage.postgres_pool import SIZE
from aggregator.storage.protocol import Storage
from aggregator.storage.sql import Session
from aggregator.types import (
    ArticleText,
    Assignment,
    DeliveryState,
    GroupInput,
    Placed,
    Revision,
    SyncReport,
)

SHORT = timedelta(milliseconds=300)
COMMIT = b"COMMIT\0"


@pytest.fixture
def wire(postgres_url: str) -> Iterator[Wire]:
    with Wire(postgres_url) as running:
        yield running


def until_waiting(url: str) -> list[int]:
    deadline = monotonic() + 20
    while not (pids := waiting(url)):
        assert monotonic() < deadline
        sleep(0.01)
    return pids


# --- the answer to COMMIT


def test_a_commit_that_never_arrived_is_done_again(open_postgres: OpenPostgres, wire: Wire) -> None:
    storage = open_postgres(wire.url)
    wire.lose(COMMIT, Loss.BEFORE)
    assert storage.sync_sources([source()], now=NOW) == SyncReport(added=("Example",))
    wire.lose(COMMIT, Loss.BEFORE)
    [taken] = storage.claim_feeds("example.example.com", now=NOW, lease=LEASE)
    wire.lose(COMMIT, Loss.BEFORE)
    ids = storage.record_poll(polled(taken, decision([new("1"), new("2")])))
    assert len(ids) == 2
    made = grouped(storage, *(joins(one, one) for one in ids))
    wire.lose(COMMIT, Loss.BEFORE)
    assert len(storage.assign(made, now=NOW)) == 2
    assert wire.losses == 4
    assert (storage.counts().articles, storage.counts().stories) == (2, 2)
    assert storage.check() == []


def test_a_commit_whose_answer_is_lost_doubles_nothing(
    open_postgres: OpenPostgres, wire: Wire
) -> None:
    """What postgres_transactions says of each verb."""
    storage = open_postgres(wire.url)
    host = "example.example.com"
    wire.lose(COMMIT, Loss.AFTER)
    assert storage.sync_sources([source()], now=NOW) == SyncReport()
    wire.lose(COMMIT, Loss.AFTER)
    assert storage.claim_feeds(host, now=NOW, lease=LEASE) == []
    assert storage.due_hosts(now=NOW, limit=9) == []
    later = NOW + LEASE
    [taken] = storage.claim_feeds(host, now=later, lease=LEASE)
    wire.lose(COMMIT, Loss.AFTER)
    with pytest.raises(ClaimLost):
        storage.record_poll(polled(taken, decision([new("1"), new("2", page_host="x")]), at=later))
    wire.lose(COMMIT, Loss.AFTER)
    storage.release_host(host, lease_until=taken.lease_until, free_at=later)
    [page] = storage.claim_texts("x", now=later, lease=LEASE, limit=9)
    wire.lose(COMMIT, Loss.AFTER)
    with pytest.raises(ClaimLost):
        storage.record_text(
            fetched(page, ArticleText(title="", text="The page."), keep=pages(page.feed))
        )
    read_anew = [made(one, "The page, read anew.") for one in all_kept(storage)]
    assert len(read_anew) == 1
    wire.lose(COMMIT, Loss.AFTER)
    assert storage.record_again(read_anew, now=NOW) == 0
    waiting = [item.article_id for item in storage.unassigned(limit=9)]
    decided = grouped(storage, *(joins(one, one) for one in waiting))
    wire.lose(COMMIT, Loss.AFTER)
    assert storage.assign(decided, now=NOW) == []
    wire.lose(COMMIT, Loss.AFTER)
    one, two = waiting
    assert storage.place([joins(two, one)], now=NOW) == Placed(
        story=one, moved=(), renamed=(), ended=()
    )
    assert storage.regroup(nothing_but(wire), state=storage.grouping_state(), now=NOW)
    assert regrouped_alone(storage, wire, waiting)
    wire.lose(COMMIT, Loss.AFTER)
    assert storage.wake(None, now=later, force=True) == 1
    wire.lose(COMMIT, Loss.AFTER)
    assert storage.clean_up(window=HOUR, keep_pages=HOUR).fingerprints == 0
    assert wire.losses == 12
    assert get(storage, page.article_id).text == "The page, read anew."
    assert (storage.counts().articles, storage.counts().stories) == (2, 1)
    assert [work.host for work in storage.due_hosts(now=later, limit=9)] == [host]
    assert storage.check() == []


def nothing_but(wire: Wire) -> Iterator[tuple[GroupInput, Assignment]]:
    """The answer to the commit that replaces the assignments, of which there are none, is lost."""
    wire.lose(COMMIT, Loss.AFTER)
    yield from ()


def regrouped_alone(storage: Storage, wire: Wire, article_ids: list[int]) -> bool:
    """Each in a story of its own; the answer to the commit of a chunk is lost."""
    inputs = [group_input(storage, one) for one in article_ids]
    found = [one.article for one in storage.regrouped(after=0, limit=9)]
    versions = {one.article_id: one.version for one in found}
    inputs = [replace(one, version=versions[int(one.article_id)]) for one in inputs]
    state = storage.grouping_state()

    def given() -> Iterator[tuple[GroupInput, Assignment]]:
        wire.lose(COMMIT, Loss.AFTER)
        for one in inputs:
            yield one, joins(int(one.article_id), int(one.article_id))

    return storage.regroup(given(), state=state, now=NOW)


def test_marks_and_tokens_whose_answers_are_lost_are_there_once(
    open_postgres: OpenPostgres, wire: Wire
) -> None:
    storage = open_postgres(wire.url)
    ids = store(storage, *(new(str(number)) for number in range(4)))
    wire.lose(COMMIT, Loss.BEFORE)
    assert storage.mark_read(ids[:2], now=NOW) == 2
    wire.lose(COMMIT, Loss.AFTER)
    assert storage.mark_read(ids[2:3], now=NOW) == 0
    assert unread(storage) == ids[3:]
    wire.lose(COMMIT, Loss.AFTER)
    assert storage.mark_all_read(None, until=ids[3], now=NOW) == 0
    wire.lose(COMMIT, Loss.AFTER)
    assert storage.mark_unread(ids[:1], now=NOW) == 0
    assert unread(storage) == ids[:1]
    wire.lose(COMMIT, Loss.AFTER)
    token = storage.add_token(access_token())
    assert storage.tokens() == [token]
    wire.lose(COMMIT, Loss.AFTER)
    storage.open_session(web_session())
    assert storage.sessions(now=NOW) == [web_session()]
    assert wire.losses == 6


def test_a_digest_whose_answers_are_lost_is_one_digest(
    open_postgres: OpenPostgres, wire: Wire
) -> None:
    storage = open_postgres(wire.url)
    [article_id] = store(storage, new("1"))
    kept = kept_digest()
    wire.lose(COMMIT, Loss.AFTER)
    assert storage.keep_digest(kept, [article_id]) == kept
    wire.lose(COMMIT, Loss.BEFORE)
    tomorrow = replace(kept, edition=replace(EDITION, slot=2))
    assert storage.keep_digest(tomorrow, [article_id + 1]) == tomorrow
    assert storage.told(EDITION.digest, [article_id, article_id + 1, 9]) == {
        article_id,
        article_id + 1,
    }
    prepared = delivery()
    sent = replace(prepared, state=DeliveryState.SENT, attempts=1)
    wire.lose(COMMIT, Loss.AFTER)
    assert storage.prepare_deliveries([prepared], now=NOW) == 0
    assert storage.open_deliveries(now=NOW) == [prepared]
    wire.lose(COMMIT, Loss.AFTER)
    storage.record_delivery(sent, now=NOW)
    assert storage.deliveries(EDITION) == [sent]
    assert wire.losses == 4


def test_a_broken_connection_begins_the_verb_again(open_postgres: OpenPostgres, wire: Wire) -> None:
    storage = open_postgres(wire.url)
    taken = claim(storage, source())
    for message in (b"BEGIN", b"UPDATE sources", b"INSERT INTO articles", b"INSERT INTO search"):
        for loss in Loss:
            wire.lose(message, loss)
            ids = storage.record_poll(polled(taken, decision([new(f"{message!r}{loss}")])))
            assert len(ids) == 1
            storage.release_host("example.example.com", lease_until=NOW + LEASE, free_at=NOW)
            storage.wake(None, now=NOW, force=True)
            taken = claim(storage)
    assert wire.losses == 8
    assert storage.counts().articles == 8
    assert storage.check() == []


# --- connections that are killed


def test_killed_connections_are_replaced(postgres: Postgres, open_postgres: OpenPostgres) -> None:
    storage = open_postgres()
    with ThreadPoolExecutor(SIZE) as pool:  # several connections
        list(pool.map(lambda _: storage.counts(), range(4 * SIZE)))
    postgres.kill_connections()
    store(storage, new("1"))
    postgres.kill_connections()
    assert storage.counts().articles == 1


def test_a_verb_that_waits_is_begun_again_on_another_connection(
    postgres_url: str, open_postgres: OpenPostgres
) -> None:
    storage = open_postgres()
    storage.sync_sources([source()], now=NOW)
    claims = partial(storage.claim_feeds, "example.example.com", now=NOW, lease=LEASE)
    with psycopg.connect(postgres_url) as other, ThreadPoolExecutor(1) as pool:
        other.execute("LOCK TABLE hosts")
        claimed = pool.submit(claims)
        [first] = until_waiting(postgres_url)
        other.execute("SELECT pg_terminate_backend(%s, 20000)", (first,))
        [second] = until_waiting(postgres_url)
        assert second != first
        other.rollback()
        assert len(claimed.result()) == 1
    assert claims() == []


def test_a_window_that_breaks_off_says_so(postgres: Postgres, open_postgres: OpenPostgres) -> None:
    storage = open_postgres()
    ids = store(storage, *(new(str(number)) for number in range(600)))
    like = group_input(storage, ids[0])
    storage.assign([(replace(like, article_id=one), joins(one, one)) for one in ids], now=NOW)
    window = storage.window(span=HOUR)
    next(window)
    postgres.kill_connections()
    with pytest.raises(StorageError, match="cannot be reached"):
        list(window)
    assert len(list(storage.window(span=HOUR))) == 600


# --- servers that restart


@pytest.mark.parametrize("at_once", [False, True])
def test_a_restart_amid_everything_loses_nothing(
    own_server: Postgres, open_postgres: OpenPostgres, at_once: bool
) -> None:
    storage = open_postgres(own_server.create())
    sources = [source(f"S{number}") for number in range(4)]
    storage.sync_sources(sources, now=NOW)
    claims = {
        work.host: storage.claim_feeds(work.host, now=NOW, lease=LEASE)[0]
        for work in storage.due_hosts(now=NOW, limit=9)
    }
    stop = threading.Event()

    def work(host: str) -> int:
        """How many polls were recorded."""
        taken, recorded = claims[host], 0
        while not stop.is_set():
            now = taken.lease_until - LEASE
            with suppress(ClaimLost):  # recorded, when the answer was lost
                storage.record_poll(polled(taken, decision([new(f"{now}")]), at=now))
            recorded += 1
            storage.release_host(host, lease_until=taken.lease_until, free_at=now)
            while not (found := storage.claim_feeds(host, now=now + 2 * HOUR, lease=LEASE)):
                now += 2 * HOUR  # claimed, when the answer was lost: until the lease ends
            [taken] = found
        return recorded

    with ThreadPoolExecutor(4) as pool:
        workers = [pool.submit(work, host) for host in claims]
        try:
            for _ in range(2):
                before = storage.counts().articles
                own_server.restart(at_once=at_once)
                deadline = monotonic() + 20
                while storage.counts().articles <= before:
                    assert monotonic() < deadline
                    sleep(0.01)
        finally:
            stop.set()
        recorded = sum(worker.result() for worker in workers)
    assert storage.counts().articles == recorded
    assert storage.check() == []


def test_patience_ends(own_server: Postgres, open_postgres: OpenPostgres) -> None:
    storage = open_postgres(own_server.create(), patience=SHORT)
    own_server.stop()
    try:
        for verb in (storage.counts, storage.release_claims):
            with pytest.raises(StorageError, match=r"cannot be reached: .*\(tried for 0\.3 s\)"):
                verb()
    finally:
        own_server.start()
    assert storage.release_claims() == 0


def test_closing_ends_the_waiting(own_server: Postgres, open_postgres: OpenPostgres) -> None:
    storage = open_postgres(own_server.create())
    own_server.stop()
    try:
        with ThreadPoolExecutor(1) as pool:
            waits = pool.submit(storage.counts)
            sleep(0.05)
            storage.close()
            with pytest.raises(StorageError, match="has been closed"):
                waits.result()
    finally:
        own_server.start()


# --- transactions that collide


def lock(session: Session, article_id: int) -> None:
    session.run("UPDATE articles SET words = words + 1 WHERE id = ?", (article_id,))


def test_of_two_that_wait_for_each_other_one_begins_again(open_postgres: OpenPostgres) -> None:
    storage = open_postgres()
    ids = store(storage, new("1", text="one"), new("2", text="two"))
    both = threading.Barrier(2)
    begun: list[int] = []

    def work(order: list[int], session: Session) -> None:
        begun.append(order[0])
        lock(session, order[0])
        if len(begun) <= 2:
            both.wait()
        lock(session, order[1])

    with ThreadPoolExecutor(2) as pool:
        orders = (ids, ids[::-1])
        list(pool.map(lambda order: storage._write(partial(work, order)), orders))
    assert len(begun) == 3
    words = storage._read(lambda session: session.rows("SELECT words FROM articles"))
    assert [row["words"] for row in words] == [3, 3]


def test_stories_and_articles_are_locked_in_one_order(
    postgres_url: str, open_postgres: OpenPostgres
) -> None:
    """Deadlocks are survived, but each costs a second: those who assign and those who revise
    come to none."""
    one, other = open_postgres(), open_postgres()
    for number in range(15):
        now = NOW + number * 3 * HOUR
        keys = [f"{number}-{place}" for place in range(12)]
        ids = store(one, *map(new, keys), at=now)
        singles(one, ids[9:])
        made = grouped(one, *(joins(article_id, article_id) for article_id in ids[:9]))
        one.wake(None, now=now, force=True)
        feed = claim(one, at=now)
        revised = [
            Revision(article_id=article_id, article=new(key, text="Newer."))
            for article_id, key in zip(ids[::-1], keys[::-1], strict=True)
        ]
        poll = polled(feed, decision(revised=revised), at=now)
        with ThreadPoolExecutor(3) as pool:
            recorded = pool.submit(other.record_poll, poll)
            assigned = [
                pool.submit(one.assign, made[place : place + 3], now=now) for place in (0, 3, 6)
            ]
            cleaned = pool.submit(one.clean_up, window=HOUR, keep_pages=HOUR)
        assert recorded.result() == []
        assert sum(len(future.result()) for future in assigned) <= 9
        cleaned.result()
        one.release_host("example.example.com", lease_until=feed.lease_until, free_at=now)
        singles(one, ids)
    one.close()
    other.close()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        deadline = monotonic() + 20
        while _connections(connection) > 1:  # they count when they end
            assert monotonic() < deadline
            sleep(0.01)
        statement = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        assert connection.execute(statement).fetchall() == [(0,)]


def test_those_that_collide_for_ever_are_told(open_postgres: OpenPostgres) -> None:
    def collide(session: Session) -> None:
        session.run("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")

    with pytest.raises(DatabaseBusy, match="try again"):
        open_postgres(patience=SHORT)._write(collide)


def test_what_fails_undoes_itself(open_postgres: OpenPostgres) -> None:
    storage = open_postgres()
    storage.sync_sources([source()], now=NOW)

    def fail(session: Session) -> None:
        session.run("DELETE FROM sources")
        raise ZeroDivisionError

    for _ in range(2 * SIZE):
        with pytest.raises(ZeroDivisionError):
            storage._write(fail)
        with pytest.raises(StorageError, match=r"cannot be used: .*nonsense"):
            storage._write(lambda session: session.run("SELECT nonsense"))
    assert storage.counts().sources == 1


# --- the pool


def test_a_process_takes_no_more_connections_than_it_says(
    postgres_url: str, postgres: Postgres, open_postgres: OpenPostgres
) -> None:
    storage = open_postgres()
    ready, go = threading.Semaphore(0), threading.Event()

    def read(session: Session) -> int:
        ready.release()
        assert go.wait(20)
        row = session.row("SELECT pg_backend_pid() AS pid")
        assert row is not None
        return int(row["pid"])

    with ThreadPoolExecutor(2 * SIZE) as pool:
        reads = [pool.submit(storage._read, read) for _ in range(2 * SIZE)]
        for _ in range(SIZE):
            assert ready.acquire(timeout=20)
        assert not ready.acquire(timeout=0.1)
        go.set()
        assert len({one.result() for one in reads}) == SIZE
    storage.close()
    with psycopg.connect(postgres_url) as other:
        deadline = monotonic() + 20
        while _connections(other) > 1:
            assert monotonic() < deadline
            sleep(0.01)


def _connections(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    connection.rollback()
    row = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    ).fetchone()
    assert row is not None
    return int(str(row[0]))


def test_who_waits_too_long_for_a_connection_is_told(open_postgres: OpenPostgres) -> None:
    storage: Storage = open_postgres(patience=SHORT)
    singles(storage, store(storage, new("1")))
    windows = [storage.window(span=HOUR) for _ in range(SIZE)]
    for window in windows:
        next(window)
    with pytest.raises(StorageError, match=f"all {SIZE} connections"):
        storage.counts()
    for window in windows:
        assert list(window) == []
    assert storage.counts().articles == 1
