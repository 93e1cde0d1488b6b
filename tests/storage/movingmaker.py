"""A store with something in every table, and what it answers, for the tests of moving."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from storemaker import (
    DAY,
    HOUR,
    LEASE,
    NOW,
    assign,
    claim,
    decision,
    delivery,
    fetched,
    joins,
    new,
    polled,
    record,
    record_page,
    revise,
    source,
    store,
)

from aggregator.core.query import parse
from aggregator.storage.backends import open_storage
from aggregator.storage.bulk import Row, open_reader
from aggregator.storage.moving import Move, Progress, move
from aggregator.storage.protocol import Storage
from aggregator.storage.tables import TABLES
from aggregator.types import (
    ArticleText,
    Database,
    TextOrigin,
    Worker,
)

_SCRIPTS = "Δελτίο · गेहूँ · 小麦 · 🌾 \U00010348"


def moved(origin: Database, destination: Database, *, restart: bool = False) -> Move:
    return move(origin, destination, restart=restart, watch=_ignore)


def _ignore(progress: Progress) -> None:
    """For tests that do not look."""


def filled(path: Path) -> Path:
    """A SQLite file with something in every table."""
    storage = open_storage(path)
    try:
        fill(storage)
    finally:
        storage.close()
    return path


def fill(storage: Storage) -> None:
    harbour = source("Harbour", tags=("Sea", "Trade"), language="en", weight=0.1 + 0.2)
    inland = source("Inland", headers=(("X-Key", "väl\tue"),), interval=timedelta(minutes=7))
    first = store(
        storage,
        new("wheat", title=_SCRIPTS, text=f"Wheat prices rise. {_SCRIPTS}", categories=("Grain",)),
        new("ferry", text="The ferry is back.", published_at=NOW - HOUR, authors=("Ada", "Bo")),
        new("old", text="First version.", guid=None, language=None),
        wanted=harbour,
    )
    second = store(
        storage,
        new("copy", text=f"Wheat prices rise. {_SCRIPTS}", url="https://example.org/copy"),
        new("page", page_host="pages.example.org", text_origin=TextOrigin.SUMMARY),
        new("lost", page_host="pages.example.org", url="https://pages.example.org/lost"),
        wanted=inland,
        at=NOW + HOUR,
    )
    storage.sync_sources([harbour], now=NOW + HOUR)  # the other one keeps its history
    revise(storage, first[2], new("old", text="Second version, longer."), at=NOW + 2 * HOUR)
    storage.sync_sources([harbour, inland], now=NOW + 2 * HOUR)
    pages = storage.claim_texts("pages.example.org", now=NOW + 2 * HOUR, lease=LEASE, limit=1)
    page = ArticleText(title="The page", text="Its full text.", html="<p>Its full text.</p>")
    record_page(storage, "pages.example.org", fetched(pages[0], page, at=NOW + 2 * HOUR))
    assign(
        storage,
        joins(first[0], first[0]),
        joins(second[0], first[0]),
        joins(first[1], first[1]),
        at=NOW + 2 * HOUR,
    )
    deliveries = [
        delivery(recipient, message=bytes(range(256)), retry_at=NOW)
        for recipient in ("ada@example.org", "bo@example.org")
    ]
    storage.prepare_deliveries(deliveries, now=NOW)
    # Under way when the process died.
    storage.wake(None, now=NOW + 3 * HOUR, force=True)
    storage.claim_feeds("harbour.example.com", now=NOW + 3 * HOUR, lease=LEASE)
    storage.claim_texts("pages.example.org", now=NOW + 3 * HOUR, lease=LEASE, limit=9)
    storage.report_worker(
        Worker(
            name="machine-1",
            machine="machine",
            version="0",
            started_at=NOW,
            seen_at=NOW,
            jobs=1,
            leads=True,
        )
    )


def many(path: Path, articles: int) -> Path:
    """A SQLite file whose tables take several transactions to copy."""
    storage = open_storage(path)
    try:
        for start in range(0, articles, 1_000):
            batch = [new(str(n), text=f"Word{n} of many.") for n in range(start, start + 1_000)]
            claimed = claim(storage, source(), at=NOW + start * HOUR)
            ids = record(storage, polled(claimed, decision(batch), at=NOW + start * HOUR))
            assign(storage, *(joins(one, one) for one in ids[:20]))
    finally:
        storage.close()
    return path


def contents(database: Database) -> dict[str, list[Row]]:
    """Every row of every table."""
    with open_reader(database) as reader:
        return {table.name: [*reader.rows(table)] for table in TABLES}


def answers(database: Database) -> Iterator[tuple[str, object]]:
    """What the store says, a name and a value each; `check` finds nothing wrong."""
    storage = open_storage(database)
    try:
        assert storage.check() == []
        yield "created", storage.created_at()
        yield "sources", storage.source_statuses()
        yield "counts", storage.counts()
        yield "stories", storage.stories(limit=99)
        yield "window", [*storage.window(span=timedelta(days=30))]
        yield "unassigned", storage.unassigned(limit=99)
        yield "deliveries", (storage.deliveries(DAY), storage.open_deliveries(now=NOW + HOUR))
        later = NOW + 99 * HOUR
        yield (
            "due",
            (storage.due_hosts(now=later, limit=9), storage.due_text_hosts(now=later, limit=9)),
        )
        for query in ("wheat", "小麦", "title:page", "ferry OR version", "tag:sea", "lang:en"):
            yield query, storage.search(parse(query, now=NOW), limit=99)
        for number in range(1, 20):
            yield f"article {number}", storage.article(number)
    finally:
        storage.close()
