"""No verb that runs often may read every row: PostgreSQL's own counters say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta

import psycopg
import pytest
from pagemaker import made
from postgres import Postgres
from storemaker import (
    EDITION,
    HOUR,
    LEASE,
    NOW,
    decision,
    fetched,
    grouped,
    joins,
    kept_digest,
    new,
    polled,
)

from aggregator.core.fingerprint import fingerprint
from aggregator.core.query import parse
from aggregator.core.query_tree import Node
from aggregator.storage import (
    again,
    deliveries,
    digests,
    furniture,
    grouping,
    hits,
    hosts,
    housekeeping,
    kept,
    marks,
    placing,
    polls,
    reading,
    regrouping,
    source_listing,
    sources,
    stories,
    streams,
    texts,
)
from aggregator.storage.kept import pack
from aggregator.storage.postgres import PostgresStorage, open_storage
from aggregator.storage.postgres_search import PostgresFinder
from aggregator.storage.rows import to_us
from aggregator.storage.sql import Session
from aggregator.types import (
    ArticleText,
    FeedClaim,
    FeedText,
    KeptArticle,
    KeptPages,
    PostgresUrl,
    Revision,
    StreamQuery,
    TextClaim,
)

ARTICLES, SOURCES = 20_000, 2_000
MOST = 700
"""Rows that a verb may read; due are 5 feeds and 40 pages, 30 articles await a story."""
PACKED = pack(KeptPages(feed=FeedText(), pages=()))
DIGEST = digests.pack(kept_digest()).data

# Every tenth source of 400 hosts has been removed; each has 10 articles, two of three in a story
# of two, one fingerprint in twenty is still there,
# and the page of every one. A watch has caught them all, and a digest told them.
_FILL = f"""
    INSERT INTO sources (name, name_key, url, host, tags, interval_us, pages, weight, headers,
      active, next_poll_at, failures)
    SELECT 'S' || n, 's' || n, 'https://h' || n / 5 || '.example.com/' || n,
      'h' || n / 5 || '.example.com', '[]', 60000000, 'auto', 1, '[]', (n % 10 <> 0)::int,
      {to_us(NOW)} + CASE WHEN n < 6 THEN 0 ELSE n * 1000000::bigint END, 0
    FROM generate_series(1, {SOURCES}) n;
    INSERT INTO hosts SELECT DISTINCT host, 0, 1 FROM sources;
    INSERT INTO articles (source_id, story_id, title, authors, categories, first_seen_at, at, words,
      content_hash, revision, revised_at, text_state, text_origin, text_attempts, page_host,
      text_due_at, url)
    SELECT n % {SOURCES} + 1, CASE WHEN n <= {ARTICLES} - 30 THEN n - n % 2 END, 'Headline ' || n,
      '[]', '[]', {to_us(NOW)} - ({ARTICLES} - n) * 60000000::bigint,
      {to_us(NOW)} - ({ARTICLES} - n) * 60000000::bigint, 100, 'x', 1, 0, 'ready', 'content', 0,
      'h' || n / 50 || '.example.com', CASE WHEN n % 500 = 0 THEN {to_us(NOW)} END,
      'https://h' || n / 50 || '.example.com/page/' || n
    FROM generate_series(1, {ARTICLES}) n;
    INSERT INTO texts SELECT id, title, 'Text of the river ' || id, '', '' FROM articles;
    INSERT INTO search SELECT id, 5, to_tsvector('simple', 'text of the river ' || id)
    FROM articles;
    INSERT INTO article_keys SELECT source_id, 'k' || id, id FROM articles;
    INSERT INTO assignments (article_id, story_id, relation, score, why, assigned_at)
    SELECT id, story_id, 'new', 1, '', 0 FROM articles WHERE story_id IS NOT NULL ORDER BY id;
    INSERT INTO stories SELECT story_id, count(*), 1 + story_id % 2, min(at), max(at) FROM articles
    WHERE story_id IS NOT NULL GROUP BY story_id;
    INSERT INTO fingerprints SELECT id, at, '' FROM articles
    WHERE id > {ARTICLES} * 0.95 AND story_id IS NOT NULL;
    INSERT INTO kept_pages SELECT id, page_host, at, {PACKED.size}, '\\x{PACKED.data.hex()}'
    FROM articles;
    INSERT INTO watch_hits (watch, subject, article_id, source_id, snippet, at)
    SELECT 'baku', 'article:' || id, id, source_id, '', at FROM articles;
    INSERT INTO digest_told SELECT 'digest', id, at FROM articles;
    INSERT INTO digests SELECT 'd' || n % 10, (date '2020-01-01' + n / 10)::text, 1, '', 0, n, n, 0,
      0, 0, '\\x{DIGEST.hex()}'
    FROM generate_series(1, 2000) n;
    INSERT INTO deliveries (digest, local_date, slot, recipient, message_id, state, attempts,
      prepared_at, recorded_at, message)
    SELECT digest, local_date, slot, 'ann', '', 'sent', 1, until_at, until_at, '' FROM digests;
    INSERT INTO read_until SELECT id, {ARTICLES} - 100, 1 FROM sources;
    INSERT INTO read_marks SELECT n, (n > {ARTICLES} - 100)::int, 1
    FROM generate_series({ARTICLES} - 190, {ARTICLES} - 10, 10) n;
    INSERT INTO furniture SELECT DISTINCT page_host, 1, ''::bytea FROM articles;
    VACUUM ANALYZE;
"""
_READ = """
    SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint AS read
    FROM pg_stat_xact_user_tables WHERE relname <> ALL (CAST(? AS text[]))
"""


@pytest.fixture(scope="module")
def filled(postgres: Postgres) -> Iterator[PostgresStorage]:
    url = postgres.create()
    with closing(open_storage(PostgresUrl(url))) as storage:
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in _FILL.split(";\n"):
                connection.execute(statement.encode())
        yield storage


def first_source(session: Session) -> FeedClaim:
    [taken, *_] = polls.claim_feeds(session, "h1.example.com", now=NOW, lease=LEASE, only=None)
    return taken


def first_page(session: Session) -> TextClaim:
    [taken, *_] = texts.claim_texts(
        session, "h10.example.com", now=NOW, lease=LEASE, limit=9, only=None
    )
    return taken


def kept_some(session: Session, host: str | None = None) -> list[KeptArticle]:
    return kept.kept_articles(session, after=500, limit=9, only=None, host=host, since=None)


def regroup_some(session: Session) -> None:
    state = stories.grouping_state(session)
    run = regrouping.begin(session, state=state)
    assert run is not None
    some = grouping.regrouped(session, after=0, limit=9, since=None)
    like = fingerprint("Headline", "Text of the river", None)
    pairs = [
        (
            one.article.printed(like),
            joins(one.article.article_id, one.article.article_id),
        )
        for one in some
    ]
    for rows in regrouping.staged(pairs):
        assert regrouping.stage(session, rows=rows, run=run, state=state)
    assert regrouping.swap(session, run=run, state=state, now=NOW, since=None)


def asked(text: str) -> Node:
    return parse(text, now=NOW).root


def outlined(session: Session) -> None:
    """Every source is read without trouble, so that of each it is asked whether it is silent."""
    session.run("UPDATE sources SET last_ok_at = 1, last_poll_at = 1")
    found = source_listing.source_outlines(session, now=NOW, silent_since=NOW - HOUR, tag=None)
    assert {one.is_silent for one in found} == {True, False}


def search(session: Session, text: str, *, below: int = ARTICLES + 1) -> list[int]:
    found = PostgresFinder(session, asked(text)).newest(below=below, limit=9)
    assert found
    return found


VERBS: dict[str, Callable[[Session], object]] = {
    "due_hosts": lambda s: polls.due_hosts(s, now=NOW, limit=9, only=None),
    "claim_feeds": first_source,
    "known_entries": lambda s: polls.known_entries(s, 7, {f"k{n}" for n in range(50)}),
    "record_poll": lambda s: polls.record_poll(
        s,
        polled(
            first_source(s),
            decision([new("k"), new("l")], revised=[Revision(article_id=4, article=new("k4"))]),
        ),
    ),
    "release_host": lambda s: hosts.release(
        s,
        "h1.example.com",
        lease_until=first_source(s).lease_until,
        free_at=NOW,
    ),
    "due_text_hosts": lambda s: texts.due_text_hosts(s, now=NOW, limit=9, only=None),
    "record_text": lambda s: texts.record_text(s, fetched(first_page(s), None), None),
    "record_text, to be kept": lambda s: texts.record_text(
        s, fetched(first_page(s), ArticleText(title="", text="The page."), at=NOW), PACKED
    ),
    "furniture": lambda s: furniture.furniture(s, "h10.example.com"),
    "kept_articles": lambda s: kept_some(s, host=None),
    "kept_articles of a host": lambda s: kept_some(s, host="h10.example.com"),
    "count_kept of a host": lambda s: kept.count_kept(
        s, only=None, host="h10.example.com", since=None
    ),
    "record_again": lambda s: again.record_again(
        s, [made(one, "Read anew.", furniture=b"known") for one in kept_some(s)[:5]], now=NOW
    ),
    "unassigned": lambda s: grouping.unassigned(s, limit=30),
    "window, its beginning": lambda s: s.rows(grouping._WINDOW, (grouping.beyond(s, HOUR),)),
    "recall": lambda s: grouping.recall(s, range(500, 520)),
    "taken_out": grouping.taken_out,
    "grouping_state": stories.grouping_state,
    "place": lambda s: placing.place(s, [joins(500, 500), joins(501, 500)], now=NOW),
    "regrouped": lambda s: grouping.regrouped(s, after=100, limit=9, since=None),
    "regroup": regroup_some,
    "stories": lambda s: reading.stories(
        s, since=None, until=None, min_sources=1, limit=9, brief=False
    ),
    "stories since": lambda s: reading.stories(
        s, since=NOW - HOUR, until=NOW, min_sources=1, limit=9, brief=True
    ),
    "story": lambda s: reading.story(s, 500),
    "article": lambda s: reading.article(s, 500),
    "created_at": sources.created_at,
    "source_outlines": outlined,
    "source_statuses of some": lambda s: source_listing.source_statuses(s, only=[3, 4], url=None),
    "wake": lambda s: sources.wake(s, {3, 4}, now=NOW, force=False),
    "digest_matches": lambda s: digests.digest_matches(
        s, PostgresFinder(s, asked("river")), since=NOW - HOUR, until=NOW
    ),
    "caught": lambda s: hits.caught(s, since=NOW - HOUR, until=NOW),
    "told": lambda s: digests.told(s, "digest", range(5_000, 5_020)),
    "digest": lambda s: digests.digest(s, EDITION),
    "digests": lambda s: digests.digests(s, None, local_date=None, limit=9),
    "digests of a name": lambda s: digests.digests(s, "digest", local_date=None, limit=1),
    "keep_digest": lambda s: digests.keep_digest(
        s, digests.pack(kept_digest(EDITION)), range(5_000, 5_020)
    ),
    "mark_read": lambda s: marks.mark_read(s, range(19_000, 19_020), now=NOW),
    "mark_all_read of some": lambda s: marks.mark_all_read(s, {3, 4}, until=ARTICLES, now=NOW),
    "marks": lambda s: marks.marks(s, range(19_000, 19_020)),
    "unread": marks.unread,
    "stream": lambda s: streams.stream(s, StreamQuery(since=NOW - HOUR), limit=20),
    "stream of some": lambda s: streams.stream(
        s, StreamQuery(source_ids=frozenset({3, 4})), limit=20
    ),
    "stream unread": lambda s: streams.stream(
        s, StreamQuery(unread=True, copies=False, newest_first=False), limit=20
    ),
    "articles": lambda s: reading.articles(s, range(19_000, 19_020)),
    "daily_counts": lambda s: streams.daily_counts(s, since=NOW - HOUR, only=None),
    "daily_counts of some": lambda s: streams.daily_counts(s, since=NOW - HOUR, only=[3, 4]),
    "clean_up, of digests": housekeeping.drop_delivered,
    "open_deliveries": lambda s: deliveries.open_deliveries(s, now=NOW),
    "clean_up": lambda s: housekeeping.clean_up(s, window=1_000 * HOUR),
    "clean_up, of pages": lambda s: housekeeping.drop_pages(
        s, keep_pages=timedelta(minutes=ARTICLES - 100)
    ),
    "search": lambda s: search(s, "river"),
    "search, older ones": lambda s: search(s, "river", below=ARTICLES // 2),
    "search for what is rare": lambda s: search(s, "12345"),
    "search by time": lambda s: search(s, "after:1h"),
    "search by words and time": lambda s: search(s, "river after:1h"),
    "search in a story": lambda s: search(s, "river story:500"),
    "search of old times": lambda s: search(s, "river before:2026-05-18 after:2026-05-17T20:00"),
    "search of what is unread": lambda s: search(s, "is:unread"),
    "search of what is unread, by words": lambda s: search(s, "river is:unread"),
    "search of what is read": lambda s: search(s, "river is:read"),
    "search from the oldest on": lambda s: PostgresFinder(s, asked("river")).oldest(
        beyond=0, limit=9
    ),
}
SMALL = {
    "clean_up": ["hosts"],
    "unassigned": ["sources"],
    "recall": ["sources"],
    "regrouped": ["sources"],
    "stories since": ["stories"],
    "mark_read": ["read_until"],
    "marks": ["read_until"],
    "unread": ["sources", "read_until", "read_marks"],
    "stream": ["sources", "read_until"],
    "stream unread": ["sources", "read_until"],
    "daily_counts": ["sources"],
    "source_outlines": ["sources", "hosts"],
    "search of what is unread": ["sources", "read_until", "read_marks"],
    "search of what is unread, by words": ["sources", "read_until", "read_marks"],
}
"""Tables that are read as a whole while they are as small as here."""


class Undone(Exception):
    """So that the next test finds the same."""


def rows_read(storage: PostgresStorage, verb: Callable[[Session], object], small: list[str]) -> int:
    """Of tables that are not `small`; nothing of it stays."""
    read: list[int] = []

    def work(session: Session) -> None:
        session.run("SET LOCAL enable_indexonlyscan = off")  # what it reads is not counted
        for action in (lambda _: None, verb):
            action(session)
            row = session.row(_READ, (small,))
            assert row is not None
            read.append(row["read"])
        raise Undone

    with pytest.raises(Undone):
        storage._write(work)
    return read[1] - read[0]


@pytest.mark.parametrize("verb", VERBS)
def test_few_rows_are_read(filled: PostgresStorage, verb: str) -> None:
    assert rows_read(filled, VERBS[verb], SMALL.get(verb, [])) <= MOST


def test_what_is_assigned_is_read_alone(filled: PostgresStorage) -> None:
    waiting = filled.unassigned(limit=20)
    made = grouped(filled, *(joins(one.article_id, one.article_id) for one in waiting))
    assert (
        rows_read(filled, lambda session: stories.assign(session, made, now=NOW, state=None), [])
        <= MOST
    )


def test_the_counter_counts(filled: PostgresStorage) -> None:
    assert rows_read(filled, reading.counts, ["stories"]) >= ARTICLES
