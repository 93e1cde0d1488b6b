"""COMMIT 1: claiming the feeds of a host, and storing what a poll brought."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from aggregator import codec
from aggregator.core.urls import host_key
from aggregator.errors import ClaimLost
from aggregator.storage import hosts, merging
from aggregator.storage.articles import (
    add_keys,
    insert_articles,
    revise_article,
    withdraw,
)
from aggregator.storage.content import lock_articles
from aggregator.storage.rows import (
    from_us,
    from_us_or_none,
    storable,
    storable_or_none,
    to_us,
    to_us_or_none,
)
from aggregator.storage.source_rows import SOURCE_COLUMNS, feed_state, source
from aggregator.storage.sql import Session, chunks, ids, marks
from aggregator.types import (
    FeedClaim,
    FeedState,
    HostWork,
    KnownEntry,
    NewArticle,
    PollDecision,
    PollRecord,
)

# The host as an expression: the index by host would lead through every source, due or not.
_DUE_HOSTS = """
    SELECT s.host || '' AS host, count(*) AS due, min(s.next_poll_at) AS oldest_at
    FROM sources s
    WHERE s.active = 1 AND s.retired_at IS NULL AND s.next_poll_at <= :now {only}
      AND {free}
    GROUP BY 1 ORDER BY oldest_at, 1 LIMIT :limit
"""
_DUE_FEEDS = """
    SELECT {columns} FROM sources s
    WHERE s.host = :host AND s.active = 1 AND s.retired_at IS NULL
      AND s.next_poll_at <= :now {only}
    ORDER BY s.next_poll_at, s.id {locking}
"""
_CLAIM = "UPDATE sources SET lease_until = ? WHERE id IN {ids}"
_KEYS = "SELECT article_id, key FROM article_keys WHERE source_id = ? AND key IN {keys}"
_KNOWN = """
    SELECT id, guid, url, title, published_at, content_hash FROM articles
    WHERE id IN {ids} ORDER BY id
"""
# A refresh that was asked for since the request went out is kept: see `sources.wake`.
_END_CLAIM = """
    UPDATE sources SET lease_until = NULL, etag = :etag, last_modified = :last_modified,
      body_hash = :body_hash, hold_until = :hold_until, next_poll_at =
        CASE WHEN next_poll_at > :served_until AND next_poll_at < :next_poll_at
        THEN next_poll_at ELSE :next_poll_at END,
      last_poll_at = :last_poll_at, last_ok_at = :last_ok_at, last_error = :last_error,
      last_status = :last_status, failures = :failures, title = :title, site_url = :site_url,
      why = :why, not_before_at = :not_before_at, pace = :pace, hints = :hints,
      address = :address, moved_to = :moved_to, moved_times = :moved_times,
      gone_at = :gone_at, retired_at = :retired_at
    WHERE id = :id AND lease_until = :lease_until
"""


def due_hosts(
    session: Session, *, now: datetime, limit: int, only: Collection[int] | None
) -> list[HostWork]:
    statement = _DUE_HOSTS.format(only=_only(only), free=hosts.FREE.format(host="s.host"))
    rows = session.rows(statement, {"limit": limit, **hosts.moment(now)})
    return [
        HostWork(host=row["host"], due=row["due"], oldest_at=from_us(row["oldest_at"]))
        for row in rows
    ]


def claim_feeds(
    session: Session, host: str, *, now: datetime, lease: timedelta, only: Collection[int] | None
) -> list[FeedClaim]:
    """The due feeds are read after the host is taken: nobody else takes them meanwhile.

    They are locked, so that a poll under a lease that ran out is recorded before or not at all.
    """
    lease_until = now + lease
    if not hosts.take(session, host, now=now, lease_until=lease_until):
        return []
    free_at = hosts.free_at(session, host)
    rows = session.rows(
        _DUE_FEEDS.format(columns=SOURCE_COLUMNS, only=_only(only), locking=session.locking),
        {"host": host, "now": to_us(now)},
    )
    if not rows:
        hosts.release(session, host, lease_until=lease_until, free_at=free_at or now)
        return []
    session.run(_CLAIM.format(ids=ids([row["id"] for row in rows])), (to_us(lease_until),))
    return [
        FeedClaim(
            source_id=row["id"],
            source=source(row),
            state=feed_state(row),
            lease_until=lease_until,
            free_at=free_at,
        )
        for row in rows
    ]


def _only(source_ids: Collection[int] | None) -> str:
    return "" if source_ids is None else f"AND s.id IN {ids(source_ids)}"


def known_entries(session: Session, source_id: int, keys: Collection[str]) -> list[KnownEntry]:
    """`keys` of each answer are those that were asked for."""
    asked = {storable(key): key for key in keys}
    found: dict[int, set[str]] = {}
    for chunk in chunks(sorted(asked)):
        for row in session.rows(_KEYS.format(keys=marks(chunk)), (source_id, *chunk)):
            found.setdefault(row["article_id"], set()).add(asked[row["key"]])
    return [
        KnownEntry(
            article_id=row["id"],
            keys=frozenset(found[row["id"]]),
            guid=row["guid"],
            url=row["url"],
            title=row["title"],
            published_at=from_us_or_none(row["published_at"]),
            content_hash=row["content_hash"],
        )
        for row in session.rows(_KNOWN.format(ids=ids(found)))
    ]


def record_poll(session: Session, record: PollRecord) -> list[int]:
    _end_claim(session, record)
    if record.hold_host_until is not None:
        hosts.hold(session, host_key(record.claim.url), record.hold_host_until)
    stored = _store(session, record, record.decision) if record.decision else []
    claim, address = record.claim, record.state.address
    if address != claim.state.address:
        where = address or claim.source.url
        merging.moved(session, claim.source_id, where, at=record.polled_at)
    return stored


def _store(session: Session, record: PollRecord, decision: PollDecision) -> list[int]:
    source_id = record.claim.source_id
    add_keys(session, source_id, decision.new_keys)
    new = _without_known(session, source_id, decision)
    stored = insert_articles(
        session, source_id, new, record.polled_at, unseen_at=_read_before(record.claim.state)
    )
    lock_articles(session, [revision.article_id for revision in decision.revised])
    for revision in decision.revised:
        revise_article(session, source_id, revision, record.polled_at)
    withdraw(session, source_id, decision.withdrawn, record.polled_at)
    return stored


def _read_before(state: FeedState) -> datetime | None:
    """When what is polled was last read; None: never, or only at another address or otherwise."""
    return None if state.body_hash is None else state.last_ok_at


def _end_claim(session: Session, record: PollRecord) -> None:
    claim, state = record.claim, record.state
    # A pause that this very answer asks for is nothing that a wish amid the poll could know of.
    is_held = state.hold_until not in (None, claim.state.hold_until)
    served_until = state.next_poll_at if is_held else record.polled_at
    changed = session.run(
        _END_CLAIM,
        {
            "id": claim.source_id,
            "lease_until": to_us(claim.lease_until),
            "etag": storable_or_none(state.etag),
            "last_modified": storable_or_none(state.last_modified),
            "body_hash": storable_or_none(state.body_hash),
            "next_poll_at": to_us(state.next_poll_at),
            "served_until": to_us(served_until),
            "hold_until": to_us_or_none(state.hold_until),
            "last_poll_at": to_us_or_none(state.last_poll_at),
            "last_ok_at": to_us_or_none(state.last_ok_at),
            "last_error": storable_or_none(state.last_error),
            "last_status": state.last_status,
            "failures": state.failures,
            "title": storable_or_none(state.title),
            "site_url": storable_or_none(state.site_url),
            "why": storable(state.why),
            "not_before_at": to_us_or_none(state.not_before_at),
            "pace": None if state.pace is None else codec.to_json(state.pace),
            "hints": None if state.hints is None else codec.to_json(state.hints),
            "address": storable_or_none(state.address),
            "moved_to": storable_or_none(state.moved_to),
            "moved_times": state.moved_times,
            "gone_at": to_us_or_none(state.gone_at),
            "retired_at": to_us_or_none(state.retired_at),
        },
    )
    if not changed:
        raise ClaimLost(
            f"the poll of {claim.source.name} took longer than its lease and was given to "
            "somebody else; nothing of it was stored"
        )


def _without_known(
    session: Session, source_id: int, decision: PollDecision
) -> Sequence[NewArticle]:
    """The new articles none of whose keys is taken; further keys of the others are kept."""
    keys = {key for article in decision.new for key in article.keys}
    taken = {
        key: known.article_id
        for known in known_entries(session, source_id, keys)
        for key in known.keys
    }
    new: list[NewArticle] = []
    seen: set[str] = set()
    for article in decision.new:
        owners = [taken[key] for key in article.keys if key in taken]
        if owners:
            add_keys(session, source_id, [(min(owners), key) for key in article.keys])
        elif seen.isdisjoint(article.keys):
            seen |= article.keys
            new.append(article)
    return new
