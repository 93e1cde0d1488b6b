"""A press of many hosts, a PostgreSQL database, and processes that bring the one into the other.

What the store has is compared with what the press has published; how the press was asked, with
what politeness allows.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import chain
from pathlib import Path
from socket import gethostname

import psycopg
from manyhosts import Layout, ManyHosts, worker_of
from requestlog import hurried, overlaps, told
from workers import Crew, Process, eventually, shortened

from aggregator.storage.backends import open_storage
from aggregator.types import PostgresUrl, Worker

LEASE = 8.0
"""Seconds that a host is held by a process that says nothing more."""
HOLD = timedelta(seconds=2)
"""Before an answer that somebody is to be caught waiting for; less than the time-out."""
HOST_DELAY = 0.2
"""Seconds."""
ARRIVAL = 0.1
"""Seconds by which requests of one busy process may arrive closer together than it began them."""
SETTINGS = {
    "interval": "1h",
    "host_delay": f"{HOST_DELAY * 1000:g}ms",
    "timeout": "4s",
    "lease": f"{LEASE:g}s",
}
PROGRESS = "SELECT count(*), count(story_id) FROM articles"
TRANSACTIONS = """
    SELECT pid, xact_start FROM pg_stat_activity
    WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
"""
STORY_OF_EACH = "SELECT guid, story_id FROM articles"


class Scene:
    def __init__(self, press: ManyHosts, url: str, crew: Crew, *, delay: timedelta) -> None:
        self.press = press
        self.delay = delay
        self.url = url
        self.crew = crew

    # --- what is stored

    def progress(self) -> tuple[int, int]:
        """(articles, those of them that are in a story); zeros while nobody can be asked."""
        try:
            with psycopg.connect(self.url, autocommit=True) as connection:
                row = connection.execute(PROGRESS).fetchone()
        except psycopg.Error:
            return 0, 0
        return (row[0], row[1]) if row else (0, 0)

    def differences(self) -> list[str]:
        """What the store has otherwise than the press; empty: all is as it should be."""
        stories: dict[int | None, list[str]] = defaultdict(list)
        with psycopg.connect(self.url, autocommit=True) as connection:
            for guid, story in connection.execute(STORY_OF_EACH):
                stories[story].append(guid)
        wanted, found = self.press.guids(), Counter(chain.from_iterable(stories.values()))
        unassigned = stories.pop(None, [])
        grouped = {frozenset(guids) for guids in stories.values()}
        complete = not unassigned and found == wanted
        return [
            *(f"lost {guid}" for guid in wanted - found),
            *(f"doubled or unknown {guid}" for guid in found - wanted),
            *(f"in no story {guid}" for guid in unassigned),
            *(f"no story of {sorted(one)}" for one in self.press.stories() - grouped if complete),
        ]

    def until_all(self, *, within: float) -> None:
        """Every entry stored once and in its story."""
        wanted = self.press.guids().total()

        def look() -> str | None:
            articles, grouped = self.progress()
            done = articles >= wanted and grouped == articles
            return None if done else f"{articles} articles, {grouped} in stories, of {wanted}"

        try:
            self.crew.until(look, within=within, what="articles in stories")
        except AssertionError as error:
            raise AssertionError(f"{shortened(self.differences())}\n{error}") from error
        self.assert_complete()

    def assert_complete(self) -> None:
        left = self.differences()
        assert not left, shortened(left)

    def until_stored(self, share: float) -> None:
        """So much of everything is there: the work is under way."""
        wanted = self.press.guids().total() * share
        self.crew.until(
            lambda: self.progress()[0] < wanted, within=60, what=f"fewer than {wanted:g} articles"
        )

    def wake(self) -> None:
        """Let every feed fall due now."""
        with closing(open_storage(PostgresUrl(self.url))) as storage:
            storage.wake(None, now=storage.clock(), force=True)

    # --- who works

    def workers(self) -> list[Worker]:
        """As they report themselves."""
        with closing(open_storage(PostgresUrl(self.url), read_only=True)) as storage:
            return storage.workers()

    def until_leader(self) -> Process:
        """The one among the living that says that it leads."""
        found: list[Process] = []

        def look() -> bool:
            leading = {worker.name for worker in self.workers() if worker.leads}
            found[:] = [one for one in self.crew.alive if f"{gethostname()}:{one.pid}" in leading]
            return len(found) != 1

        self.crew.until(look, within=30, what="one leader")
        return found[0]

    def until_busy(self, process: Process) -> set[str]:
        """Makes answers slow until the process waits for some; the hosts that it waits for."""
        since = time.monotonic()
        self.press.set_delay(HOLD)
        found: set[str] = set()

        def look() -> bool:
            for one in self.press.under_way():
                if one.start > since and worker_of(one.agent) == process.name:
                    found.add(one.host)
            return not found

        self.crew.until(look, within=20, what=f"{process.name} asks nobody")
        self.press.set_delay(self.delay)
        return found

    def put_to_sleep(self, process: Process) -> set[str]:
        """Amid requests, and not amid a transaction, whose locks others would have to wait for;
        the hosts that it asks."""
        while True:
            caught = self.until_busy(process)
            process.pause()
            begun = self._transactions()
            try:
                eventually(lambda: begun & self._transactions(), within=3, what="transactions")  # noqa: B023 - called before the next round
            except AssertionError:
                process.resume()
            else:
                return caught

    def _transactions(self) -> set[tuple[object, ...]]:
        """Those that are open."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return set(connection.execute(TRANSACTIONS))

    # --- what the press saw

    def assert_polite(self) -> None:
        """No host was asked by two at once, nor sooner than the delay allows."""
        requests = self.press.requests()
        both = overlaps(requests)
        assert not both, f"two at once: {told(both)}"
        close = hurried(requests, delay=HOST_DELAY, among=HOST_DELAY - ARRIVAL)
        assert not close, f"too soon: {told(close)}"

    def assert_asked_once(self) -> None:
        """Every feed, and every page that is the text of an entry; and nothing else."""
        layout = self.press.layout
        wanted = self.press.pages()
        wanted.update({(host, "/robots.txt") for host, _ in self.press.pages()})
        wanted.update((layout.host(n), layout.feed_path(n)) for n in range(layout.feeds))
        found = Counter((one.host, one.path) for one in self.press.requests())
        assert not wanted - found, f"not asked: {list(wanted - found)[:5]}"
        assert not found - wanted, f"asked again: {list(found - wanted)[:5]}"


@contextmanager
def scene(
    url: str, folder: Path, layout: Layout, *, delay: float, concurrency: int
) -> Iterator[Scene]:
    """`delay`: seconds before each answer; `concurrency`: of each process."""
    settings = SETTINGS | {"concurrency": str(concurrency)}
    pause = timedelta(seconds=delay)
    with (
        ManyHosts(layout, folder, delay=pause) as press,
        Crew(folder, lambda name: press.feeds_yaml(url, worker=name, **settings)) as crew,
    ):
        yield Scene(press, url, crew, delay=pause)
