"""No verb that runs often may look at every row: SQLite's own plans say so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alertmaker import hit, notice
from pagemaker import HOST, PAGE, made, pages, visit, with_page
from readermaker import access_token, listed, web_session
from storemaker import (
    EDITION,
    HOUR,
    LEASE,
    NOW,
    assign,
    claim,
    decision,
    delivery,
    extraction,
    joins,
    kept_digest,
    new,
    polled,
    put,
    source,
    store,
)

from aggregator.core.query import parse
from aggregator.storage.protocol import Order
from aggregator.storage.sqlite import SqliteStorage, open_storage
from aggregator.types import FeedText, NoticeState, SearchPage, WatchCursor

# Indexes that hold only what is waiting, those in the order of the answer, and small tables may be
# walked.
_FINE = re.compile(
    r"USING (COVERING )?INDEX (articles_unassigned|articles_text_due|articles_claimed|"
    r"sources_claimed|stories_by_rank|digests_by_time|deliveries_open|read_marks_unread)|"
    r"VIRTUAL TABLE|"
    r"SCAN (hosts|workers|regrouped|taken_out|watches|held_channels)\b|"
    r"SCAN (read_marks|web_password|access_tokens)\b|"
    r"SCAN (newest|known|listed|search_shards|stars|o|p|r)\b"
)
_SOURCES = re.compile("SCAN s( |$)")
"""What counts the articles of each source goes through all of them."""
_SHADOW = re.compile(r"search_[0-9]+_|fts5")
_FULL = re.compile(r"SCAN (?!CONSTANT ROW)")

EACH_SOURCE: dict[str, Callable[[SqliteStorage], object]] = {
    "mark_all_read": lambda s: s.mark_all_read(None, until=4, now=NOW),
    "unread": lambda s: s.unread(),
    "stream": lambda s: listed(s, since=NOW - HOUR, until=NOW + HOUR),
    "stream unread": lambda s: listed(s, unread=True, copies=False, newest_first=False),
    "stream read": lambda s: listed(s, unread=False),
    "search unread": lambda s: s.search(parse("text is:unread", now=NOW), limit=9),
    "search read": lambda s: s.search(parse("is:read", now=NOW), limit=9),
    "source_outlines": lambda s: s.source_outlines(now=NOW, silent_since=NOW - HOUR, tag="news"),
    "source_statuses of an address": lambda s: s.source_statuses(url=source().url),
    "daily_counts": lambda s: s.daily_counts(since=NOW - HOUR),
}
VERBS: dict[str, Callable[[SqliteStorage], object]] = {
    **EACH_SOURCE,
    "source_statuses of some": lambda s: s.source_statuses(only=[1]),
    "daily_counts of some": lambda s: s.daily_counts(since=NOW - HOUR, only=[1]),
    "due_hosts": lambda s: s.due_hosts(now=NOW, limit=9, only={1, 2}),
    "claim_feeds": lambda s: s.claim_feeds("two.example.com", now=NOW, lease=LEASE),
    "known_entries": lambda s: s.known_entries(1, {"1", "2"}),
    "record_poll": lambda s: s.record_poll(polled(claim(s), decision([new("9")]))),
    "due_text_hosts": lambda s: s.due_text_hosts(now=NOW, limit=9),
    "claim_texts": lambda s: s.claim_texts("x", now=NOW, lease=LEASE, limit=3),
    "claim_texts, again": lambda s: s.claim_texts(HOST, now=NOW, lease=LEASE, limit=3),
    "record_text": lambda s: visit(s, extraction(PAGE, furniture=b"known"), keep=pages(FeedText())),
    "furniture": lambda s: s.furniture(HOST),
    "count_kept": lambda s: s.count_kept(),
    "count_kept of a host": lambda s: s.count_kept(host=HOST, since=NOW),
    "kept_articles": lambda s: s.kept_articles(after=0, limit=9),
    "kept_articles of some": lambda s: s.kept_articles(
        after=0, limit=9, only={1}, host=HOST, since=NOW
    ),
    "record_again": lambda s: s.record_again(
        [made(one, "Read anew.", furniture=b"known") for one in s.kept_articles(after=0, limit=9)],
        now=NOW,
    ),
    "unassigned": lambda s: s.unassigned(limit=9),
    "window": lambda s: list(s.window(span=HOUR)),
    "recall": lambda s: s.recall([1, 2, 7]),
    "taken_out": lambda s: s.taken_out(),
    "grouping_state": lambda s: s.grouping_state(),
    "assign": lambda s: assign(s, joins(3, 1)),
    "place": lambda s: put(s, 2, 2),
    "place the first one": lambda s: put(s, 1, 1, 7),
    "regrouped": lambda s: s.regrouped(after=0, limit=9, since=NOW),
    "regroup": lambda s: s.regroup(
        [(one, joins(1, 1)) for one in s.recall([1])], state=s.grouping_state(), now=NOW
    ),
    "stories": lambda s: s.stories(limit=9),
    "stories since": lambda s: s.stories(since=NOW - HOUR, until=NOW + HOUR, limit=9),
    "stories of a day": lambda s: s.stories(
        since=NOW - HOUR, until=NOW + HOUR, limit=9, published=True
    ),
    "stories since, in brief": lambda s: s.stories(since=NOW - HOUR, limit=9, brief=True),
    "story": lambda s: s.story(1),
    "article": lambda s: s.article(1),
    "search": lambda s: s.search(parse("text after:3d -river", now=NOW), limit=9),
    "search ranked": lambda s: s.search(parse("text", now=NOW), limit=9, order="relevance"),
    "search by time": lambda s: s.search(parse("after:3d", now=NOW), limit=9),
    "search folded": lambda s: s.search(parse("text", now=NOW), limit=1, fold=True),
    "search further": lambda s: further(s, "text -sources:3 is:first"),
    "search further by relevance": lambda s: further(s, "text", order="relevance"),
    "search of few": lambda s: s.search(
        parse("is:copy sources:>1 story:1 is:starred", now=NOW), limit=9
    ),
    "search_counts": lambda s: s.search_counts(parse("text after:3d", now=NOW)),
    "matching": lambda s: s.matching(parse("text OR after:3d", now=NOW), limit=9),
    "matching all": lambda s: s.matching(None, beyond=2, limit=9),
    "star": lambda s: s.star([1, 2], now=NOW),
    "unstar": lambda s: s.unstar([1, 2]),
    "sync_watches": lambda s: s.sync_watches(["baku"], ["desk"], now=NOW),
    "watch_cursor": lambda s: s.watch_cursor(),
    "to_watch": lambda s: s.to_watch(
        WatchCursor(seq=0, article_id=0), limit=9, now=NOW + HOUR, patience=HOUR
    ),
    "watch_items": lambda s: s.watch_items(1, limit=9),
    "record_hits": lambda s: s.record_hits(
        [hit(1), hit(2, subject="story:1")], cursor=s.latest_cursor()
    ),
    "open_hits": lambda s: s.open_hits(["baku"]),
    "notice_items": lambda s: s.notice_items([hit(1), hit(None, subject="silent:1:1")]),
    "notice_times": lambda s: s.notice_times("baku", since=NOW),
    "put_notices": lambda s: s.put_notices([notice()], [], now=NOW),
    "due_channels": lambda s: s.due_channels(now=NOW),
    "due_notices": lambda s: s.due_notices(now=NOW, limit=9, channel="desk"),
    "record_notice": lambda s: s.record_notice(
        replace(s.due_notices(now=NOW, limit=1)[0], attempts=1), hold_until=NOW
    ),
    "notices": lambda s: s.notices(state=NoticeState.DEAD, watch="baku", limit=9),
    "retry_notices": lambda s: s.retry_notices(None, now=NOW),
    "digest_matches": lambda s: s.digest_matches(
        parse("text OR is:copy", now=NOW), since=NOW, until=NOW + HOUR
    ),
    "caught": lambda s: s.caught(since=NOW, until=NOW + HOUR),
    "told": lambda s: s.told("digest", [1, 2]),
    "keep_digest": lambda s: s.keep_digest(kept_digest(), [1, 2]),
    "digest": lambda s: s.digest(EDITION),
    "digests": lambda s: s.digests(limit=9),
    "digests of a name": lambda s: s.digests("digest", limit=1),
    "deliveries": lambda s: s.deliveries(EDITION),
    "open_deliveries": lambda s: s.open_deliveries(now=NOW),
    "prepare_deliveries": lambda s: s.prepare_deliveries([delivery()], now=NOW),
    "record_delivery": lambda s: s.record_delivery(
        replace(s.open_deliveries(now=NOW)[0], attempts=1), now=NOW
    ),
    "mark_read": lambda s: s.mark_read([1, 2], now=NOW),
    "mark_unread": lambda s: s.mark_unread([1, 2], now=NOW),
    "mark_all_read of some": lambda s: s.mark_all_read([1], until=9, now=NOW),
    "marks": lambda s: s.marks([1, 2]),
    "stream of some": lambda s: listed(s, source_ids=frozenset({1}), above=1, below=9),
    "stream starred": lambda s: listed(s, starred=True),
    "articles": lambda s: s.articles([1, 2]),
    "password_hash": lambda s: s.password_hash(),
    "token": lambda s: s.token(access_token().hash, now=NOW),
    "tokens": lambda s: s.tokens(),
    "revoke_token": lambda s: s.revoke_token("phone"),
    "session": lambda s: s.session(web_session().hash, now=NOW + HOUR),
    "sessions": lambda s: s.sessions(now=NOW),
    "close_session": lambda s: s.close_session(web_session().hash),
    "release_host": lambda s: s.release_host("x", lease_until=NOW, free_at=NOW),
    "workers": lambda s: s.workers(),
    "release_claims": lambda s: s.release_claims(),
    "clean_up": lambda s: s.clean_up(window=HOUR, keep_pages=HOUR),
}


def plans_of(storage: SqliteStorage, verb: str) -> list[tuple[str, str]]:
    """What SQLite is going to do for the statements of a verb, and the statements."""
    assert storage._writer is not None
    statements: list[str] = []
    connections = (storage._writer._connection, storage._readers._idle[0])
    for connection in connections:
        connection.set_trace_callback(statements.append)
    VERBS[verb](storage)
    for connection in connections:
        connection.set_trace_callback(None)
    assert statements != []
    return [
        (row["detail"], statement)
        for statement in statements
        if re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT)\b", statement)
        for row in connections[0].execute(f"EXPLAIN QUERY PLAN {statement}")
        # Not the index's own tables; and of RETURNING the plan says that it scans what it returns.
        if not _SHADOW.search(statement) and "RETURNING" not in statement
    ]


def further(storage: SqliteStorage, text: str, *, order: Order = "newest") -> SearchPage:
    """The second page."""
    query = parse(text, now=NOW)
    first = storage.search(query, limit=1, order=order, fold=True)
    return storage.search(query, limit=1, order=order, fold=True, after=first.after)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[SqliteStorage]:
    """With something of everything."""
    with closing(open_storage(tmp_path / "news.db")) as storage:
        store(storage, *(new(str(number)) for number in range(5)), new("p", page_host="x"))
        store(storage, with_page("live"))
        visit(storage, PAGE, keep=pages(FeedText()), retry_at=NOW)
        assign(storage, joins(1, 1), joins(2, 1), joins(7, 1))
        put(storage, 1, 7)
        storage.record_hits([hit(3)], cursor=None)
        storage.put_notices([notice("known")], [], now=NOW)
        storage.prepare_deliveries([delivery()], now=NOW)
        storage.mark_all_read(None, until=2, now=NOW)
        storage.mark_unread([1], now=NOW)
        storage.mark_read([3], now=NOW)
        storage.add_token(access_token())
        storage.open_session(web_session())
        storage.sync_sources([source(), source("Two")], now=NOW)
        yield storage


@pytest.mark.parametrize("verb", VERBS)
def test_plans(storage: SqliteStorage, verb: str) -> None:
    full = [one for one in plans_of(storage, verb) if _FULL.match(one[0])]
    if verb in {*EACH_SOURCE, "clean_up"}:
        full = [one for one in full if not _SOURCES.match(one[0])]
    assert [one for one in full if not _FINE.search(one[0])] == []


@pytest.mark.parametrize("verb", [verb for verb in VERBS if "kept" in verb])
def test_kept_pages_are_found_before_their_articles(storage: SqliteStorage, verb: str) -> None:
    """A source has articles of years, of which those of a week are kept."""
    [first, *_] = [detail for detail, _ in plans_of(storage, verb)]
    assert first.startswith("SEARCH k USING")
    assert ("kept_pages_by_host" in first) == ("host" in verb or "some" in verb)
