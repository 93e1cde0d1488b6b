"""Storing polls and searching them, beside the same texts in bare sqlite3 with FTS5.

    python benchmarks/storage.py [--polls 1000] [--threads 8] [--rounds 100]

CPU seconds are of the whole process, so that a busy machine does not matter much. Texts are made
of a vocabulary with the frequencies of a natural language (Zipf), from a fixed seed.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.core.fingerprint import fingerprint
from aggregator.core.query import parse
from aggregator.pipeline import STORIES_AT_A_TIME
from aggregator.storage.protocol import Order
from aggregator.storage.sqlite import SqliteStorage, open_storage
from aggregator.types import (
    Assignment,
    FeedClaim,
    FeedState,
    Fingerprint,
    NewArticle,
    PollDecision,
    PollRecord,
    Relation,
    Source,
    TextOrigin,
)

ENTRIES = 25
CHARACTERS = 4_000
NOW = datetime(2026, 5, 31, 12, tzinfo=UTC)
ORDERS: tuple[Order, Order] = ("newest", "relevance")
LANGUAGES = ("en", "en", "en", "de", "fr", "es")


@dataclass(frozen=True, slots=True)
class Cost:
    cpu: float
    wall: float

    def line(self, name: str, rows: int) -> str:
        return (
            f"{name:<28} {rows / self.cpu:8,.0f} rows/CPU s {rows / self.wall:8,.0f} rows/s "
            f"({self.cpu:.2f} CPU s, {self.wall:.2f} s)"
        )


def measured(work: Callable[[], object]) -> Cost:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Cost(time.process_time() - cpu, time.perf_counter() - wall)


class Words:
    """Made-up words by rank; a text draws them with probability 1 / rank."""

    def __init__(self, seed: int, size: int = 60_000) -> None:
        self._random = random.Random(seed)
        syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
        words = {
            "".join(self._random.choices(syllables, k=k)) for k in (2, 3, 4) for _ in range(size)
        }
        self.by_rank = sorted(words, key=lambda word: (len(word), word))[:size]
        self._random.shuffle(self.by_rank)
        self._weights = list(itertools.accumulate(1 / rank for rank in range(1, size + 1)))

    def draw(self, count: int) -> str:
        return " ".join(self._random.choices(self.by_rank, cum_weights=self._weights, k=count))

    def text(self) -> str:
        text = self.draw(CHARACTERS // 6)
        while len(text) < CHARACTERS:
            text += f" {self.draw(20)}"
        return text[:CHARACTERS].rsplit(" ", 1)[0]


def polls(words: Words, count: int) -> Iterator[tuple[NewArticle, ...]]:
    for poll in range(count):
        yield tuple(_article(words, f"{poll}-{entry}", poll) for entry in range(ENTRIES))


def _article(words: Words, key: str, poll: int) -> NewArticle:
    text = words.text()
    return NewArticle(
        keys=frozenset({f"g:{key}", f"u:https://news.example.com/articles/{key}"}),
        guid=key,
        url=f"https://news.example.com/articles/{key}",
        title=words.draw(9),
        authors=("Ann Author",),
        published_at=NOW + timedelta(seconds=poll) - timedelta(minutes=30),
        updated_at=None,
        language=LANGUAGES[poll % len(LANGUAGES)],
        image_url=f"https://news.example.com/images/{key}.jpg",
        categories=("news",),
        text=text,
        html="",
        text_origin=TextOrigin.CONTENT,
        content_hash=key * 4,
        page_host=None,
    )


# --- bare ----------------------------------------------------------------------------------------

BARE = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE texts (id INTEGER PRIMARY KEY, title TEXT, text TEXT);
    CREATE VIRTUAL TABLE search USING fts5 (
      title, text, content='texts', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
    );
    CREATE TRIGGER added AFTER INSERT ON texts BEGIN
      INSERT INTO search (rowid, title, text) VALUES (new.id, new.title, new.text);
    END;
"""


def bare(directory: Path, batches: list[tuple[NewArticle, ...]]) -> Cost:
    connection = sqlite3.connect(directory / "bare.db", isolation_level=None)
    connection.executescript(BARE)

    def insert_all() -> None:
        for batch in batches:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO texts (title, text) VALUES (?, ?)",
                [(article.title, article.text) for article in batch],
            )
            connection.execute("COMMIT")

    cost = measured(insert_all)
    connection.close()
    return cost


# --- ours ----------------------------------------------------------------------------------------


def claim_all(storage: SqliteStorage, count: int) -> list[FeedClaim]:
    sources = [
        Source(
            name=f"Outlet {number}",
            url=f"https://h{number}.example.com/feed",
            tags=(f"t{number % 20}",),
        )
        for number in range(count)
    ]
    storage.sync_sources(sources, now=NOW)
    return [
        storage.claim_feeds(work.host, now=NOW, lease=timedelta(hours=1))[0]
        for work in storage.due_hosts(now=NOW, limit=count)
    ]


def ours(
    storage: SqliteStorage, batches: list[tuple[NewArticle, ...]], threads: int
) -> tuple[Cost, float]:
    """And the longest that one poll waited for its commit, in seconds."""
    claims = claim_all(storage, len(batches))
    records = [
        PollRecord(
            claim=claim,
            state=FeedState(next_poll_at=NOW + timedelta(hours=1), last_poll_at=NOW),
            polled_at=NOW + timedelta(seconds=number),
            decision=PollDecision(new=batch, revised=(), new_keys=(), unchanged=0),
        )
        for number, (claim, batch) in enumerate(zip(claims, batches, strict=True))
    ]

    def record(record: PollRecord) -> float:
        began = time.perf_counter()
        stored = len(storage.record_poll(record))
        if stored != ENTRIES:
            raise AssertionError(f"{stored} of {ENTRIES} stored")
        return time.perf_counter() - began

    spans: list[float] = []

    def record_all() -> None:
        with ThreadPoolExecutor(threads) as pool:
            spans.extend(pool.map(record, records))

    return measured(record_all), max(spans)


def assign_all(storage: SqliteStorage, mark: Fingerprint) -> None:
    """As stage 3 does, but for making fingerprints and finding stories: each article of a poll
    joins the first one."""
    first = 0
    while waiting := storage.unassigned(limit=STORIES_AT_A_TIME):
        assigned = []
        for item in waiting:
            if item.article_id % ENTRIES == 1:
                first = item.article_id
            assigned.append((item.printed(mark), _joins(item.article_id, first)))
        storage.assign(assigned, now=NOW)


def window(storage: SqliteStorage, rows: int) -> None:
    found = sum(1 for _ in storage.window(span=timedelta(days=3)))
    if found != rows:
        raise AssertionError(f"{found} of {rows} in the window")


def _joins(article_id: int, first: int) -> Assignment:
    new = article_id == first
    return Assignment(
        article_id=article_id,
        story=first,
        relation=Relation.NEW if new else Relation.COPY,
        of=None if new else first,
        score=1.0,
        why="It shares nine words of ten with the first.",
    )


# --- searching -----------------------------------------------------------------------------------


def queries(words: Words, count: int) -> dict[str, list[str]]:
    pick = random.Random(7)

    def common() -> str:
        return words.by_rank[pick.randrange(20)]

    def middle() -> str:
        return words.by_rank[pick.randrange(100, 2_000)]

    def rare() -> str:
        return words.by_rank[pick.randrange(5_000, 40_000)]

    kinds: dict[str, Callable[[], str]] = {
        "rare word": rare,
        "common word": common,
        "two words": lambda: f"{middle()} {common()}",
        "phrase": lambda: f'"{common()} {common()}"',
        "prefix": lambda: f"{middle()[:3]}*",
        "word, source": lambda: f'{common()} source:"Outlet {pick.randrange(500)}"',
        "word, tag": lambda: f"{common()} tag:t{pick.randrange(20)}",
        "word, language": lambda: f"{common()} lang:de",
        "word, after": lambda: f"{common()} after:2026-05-31",
        "word, without": lambda: f"{middle()} -{common()}",
        "headline": lambda: f"title:{common()}",
    }
    return {kind: [make() for _ in range(count)] for kind, make in kinds.items()}


def search(storage: SqliteStorage, texts: list[str], order: Order) -> str:
    spans = []
    for text in texts:
        query = parse(text, now=NOW + timedelta(hours=1))
        began = time.perf_counter()
        storage.search(query, limit=20, order=order)
        spans.append((time.perf_counter() - began) * 1000)
    hundredths = statistics.quantiles(spans, n=100)
    return f"{hundredths[49]:7.2f} / {hundredths[94]:7.2f}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--polls", type=int, default=1_000)
    options.add_argument("--threads", type=int, default=8)
    options.add_argument("--rounds", type=int, default=100, help="searches of each kind")
    chosen = options.parse_args()
    words = Words(seed=1)
    batches = list(polls(words, chosen.polls))
    rows = chosen.polls * ENTRIES
    print(f"{rows:,} articles of {CHARACTERS:,} characters, {ENTRIES} a poll")
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        plain = bare(directory, batches)
        print(plain.line("bare sqlite3 + FTS5", rows))
        path = directory / "news.db"
        storage = open_storage(path)
        cost, longest = ours(storage, batches, chosen.threads)
        print(cost.line(f"record_poll, {chosen.threads} threads", rows))
        by_cpu, by_wall = plain.cpu / cost.cpu, plain.wall / cost.wall
        print(f"{by_cpu:.0%} of bare by CPU, {by_wall:.0%} by wall clock")
        print(f"the slowest poll took {longest:.2f} s")
        mark = fingerprint("A headline", words.draw(CHARACTERS // 6), "en")
        print(measured(lambda: assign_all(storage, mark)).line("unassigned, assign", rows))
        print(measured(lambda: window(storage, rows)).line("window", rows))
        storage.clean_up(window=timedelta(days=3), keep_pages=timedelta())
        megabytes = {one: (directory / one).stat().st_size / 1e6 for one in ("bare.db", "news.db")}
        print(f"{megabytes['news.db']:,.0f} MB, bare {megabytes['bare.db']:,.0f} MB")
        print("search of 20 with snippets, p50 / p95 ms: newest first, by relevance")
        for kind, texts in queries(words, chosen.rounds).items():
            newest, relevance = (search(storage, texts, order) for order in ORDERS)
            print(f"  {kind:<16} {newest}   {relevance}")
        storage.close()


if __name__ == "__main__":
    main()
