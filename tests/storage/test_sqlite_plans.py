"""No verb that runs often may look at every row: SQLite's own plans say so."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from storemaker import HOUR, LEASE, NOW, assign, claim, decision, joins, new, polled, source, store

from aggregator.core.query import parse
from aggregator.storage.sqlite import SqliteStorage, open_storage

# Indexes that hold only what is waiting, those in the order of the answer, and small tables may be
# walked.
_FINE = re.compile(
    r"USING (COVERING )?INDEX (articles_unassigned|articles_text_due|articles_claimed|"
    r"sources_claimed|stories_by_rank)|VIRTUAL TABLE|SCAN (hosts|workers|o)\b"
)
_FULL = re.compile(r"SCAN (?!CONSTANT ROW)")

VERBS: dict[str, Callable[[SqliteStorage], object]] = {
    "due_hosts": lambda s: s.due_hosts(now=NOW, limit=9, only={1, 2}),
    "claim_feeds": lambda s: s.claim_feeds("two.example.com", now=NOW, lease=LEASE),
    "known_entries": lambda s: s.known_entries(1, {"1", "2"}),
    "record_poll": lambda s: s.record_poll(polled(claim(s), decision([new("9")]))),
    "due_text_hosts": lambda s: s.due_text_hosts(now=NOW, limit=9),
    "claim_texts": lambda s: s.claim_texts("x", now=NOW, lease=LEASE, limit=3),
    "unassigned": lambda s: s.unassigned(limit=9),
    "window": lambda s: list(s.window(span=HOUR)),
    "assign": lambda s: assign(s, joins(3, 1)),
    "stories": lambda s: s.stories(limit=9),
    "stories since": lambda s: s.stories(since=NOW - HOUR, until=NOW + HOUR, limit=9),
    "story": lambda s: s.story(1),
    "article": lambda s: s.article(1),
    "search": lambda s: s.search(parse("text after:3d -river", now=NOW), limit=9),
    "search ranked": lambda s: s.search(parse("text", now=NOW), limit=9, order="relevance"),
    "search by time": lambda s: s.search(parse("after:3d", now=NOW), limit=9),
    "release_host": lambda s: s.release_host("x", lease_until=NOW, free_at=NOW),
    "workers": lambda s: s.workers(),
    "release_claims": lambda s: s.release_claims(),
    "clean_up": lambda s: s.clean_up(window=HOUR),
}


@pytest.mark.parametrize("verb", VERBS)
def test_plans(tmp_path: Path, verb: str) -> None:
    storage = open_storage(tmp_path / "news.db")
    store(storage, *(new(str(number)) for number in range(5)), new("p", page_host="x"))
    assign(storage, joins(1, 1), joins(2, 1))
    storage.sync_sources([source(), source("Two")], now=NOW)
    assert storage._writer is not None
    statements: list[str] = []
    connections = (storage._writer._connection, storage._readers._idle[0])
    for connection in connections:
        connection.set_trace_callback(statements.append)
    VERBS[verb](storage)
    for connection in connections:
        connection.set_trace_callback(None)
    plans = [
        (row["detail"], statement)
        for statement in statements
        if re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT)\b", statement)
        for row in connections[0].execute(f"EXPLAIN QUERY PLAN {statement}")
        # Not the index's own tables; and of RETURNING the plan says that it scans what it returns.
        if "search_" not in statement and "RETURNING" not in statement
    ]
    storage.close()
    assert [one for one in plans if _FULL.match(one[0]) and not _FINE.search(one[0])] == []
    assert statements != []
