"""COMMIT 2: claiming the article pages of a host, and storing what a page yielded."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from aggregator.core.page_headers import page_headers
from aggregator.errors import ClaimLost
from aggregator.storage import furniture, hosts, kept
from aggregator.storage.content import (
    as_stored,
    begin_revision,
    content_of,
    replace_content,
    stored_article,
)
from aggregator.storage.extracted import with_extraction
from aggregator.storage.rows import (
    from_us,
    object_or_none,
    pairs,
    storable_or_none,
    to_us,
    to_us_or_none,
)
from aggregator.storage.sql import Row, Session, ids
from aggregator.types import (
    Extraction,
    FeedText,
    HostWork,
    PageKind,
    PageRules,
    TextClaim,
    TextOrigin,
    TextRecord,
    TextState,
)

_DUE_HOSTS = """
    SELECT a.page_host, count(*) AS due, min(a.text_due_at) AS oldest_at
    FROM articles a
    WHERE a.text_due_at <= :now {only} AND {free}
    GROUP BY a.page_host ORDER BY oldest_at, a.page_host LIMIT :limit
"""
_DUE_TEXTS = """
    SELECT a.id FROM articles a
    WHERE a.page_host = :host AND a.text_due_at <= :now {only}
    ORDER BY a.id DESC LIMIT :limit {locking}
"""
_PAGES = """
    SELECT a.id, a.source_id, a.url, a.title, a.text_attempts, a.text_origin, a.kind,
      a.first_seen_at, a.revised_at, t.text, t.html,
      s.url AS feed_url, s.site_url, s.headers, s.respect_robots, s.proxy, s.rules,
      coalesce(s.language, a.language) AS language
    FROM articles a
    JOIN sources s ON s.id = a.source_id
    JOIN texts t ON t.article_id = a.id
    WHERE a.id IN {ids} ORDER BY a.id DESC
"""
_CLAIM = "UPDATE articles SET text_lease_until = ? WHERE id IN {ids}"
_END_CLAIM = """
    UPDATE articles SET text_state = ?, text_error = ?, text_attempts = ?, text_due_at = ?,
      text_lease_until = NULL
    WHERE id = ?
"""


def due_text_hosts(
    session: Session, *, now: datetime, limit: int, only: Collection[int] | None
) -> list[HostWork]:
    statement = _DUE_HOSTS.format(only=_only(only), free=hosts.FREE.format(host="a.page_host"))
    rows = session.rows(statement, {"limit": limit, **hosts.moment(now)})
    return [
        HostWork(host=row["page_host"], due=row["due"], oldest_at=from_us(row["oldest_at"]))
        for row in rows
    ]


def claim_texts(
    session: Session,
    host: str,
    *,
    now: datetime,
    lease: timedelta,
    limit: int,
    only: Collection[int] | None,
) -> list[TextClaim]:
    """As `polls.claim_feeds`."""
    lease_until = now + lease
    if not hosts.take(session, host, now=now, lease_until=lease_until):
        return []
    free_at = hosts.free_at(session, host)
    due = session.rows(
        _DUE_TEXTS.format(only=_only(only), locking=session.locking),
        {"host": host, "now": to_us(now), "limit": limit},
    )
    if not due:
        hosts.release(session, host, lease_until=lease_until, free_at=free_at or now)
        return []
    claimed = ids([row["id"] for row in due])
    session.run(_CLAIM.format(ids=claimed), (to_us(lease_until),))
    return [
        _claim(session, row, lease_until, free_at)
        for row in session.rows(_PAGES.format(ids=claimed))
    ]


def _claim(
    session: Session, row: Row, lease_until: datetime, free_at: datetime | None
) -> TextClaim:
    rules = object_or_none(row["rules"], PageRules)
    return TextClaim(
        article_id=row["id"],
        source_id=row["source_id"],
        url=row["url"],
        title=row["title"],
        language=row["language"],
        feed=_feed(session, row),
        attempts=row["text_attempts"],
        # Meant for the servers of feeds.yaml, wherever the feed has moved since.
        headers=page_headers(
            row["url"],
            feed_url=row["feed_url"],
            site_url=row["site_url"],
            headers=pairs(row["headers"]),
            rules=rules,
        ),
        lease_until=lease_until,
        free_at=free_at,
        respect_robots=bool(row["respect_robots"]),
        proxy=row["proxy"],
        rules=rules,
        kind=PageKind(row["kind"]),
        origin=TextOrigin(row["text_origin"]),
        text=row["text"],
        first_seen_at=from_us(row["first_seen_at"]),
        revised_at=from_us(row["revised_at"]),
    )


def _feed(session: Session, row: Row) -> FeedText:
    """The stored text while that is the feed's; else what was kept with the page."""
    origin = TextOrigin(row["text_origin"])
    if origin.is_feed:
        return FeedText(title=row["title"], text=row["text"], html=row["html"], origin=origin)
    return kept.feed_text(session, row["id"]) or FeedText(title=row["title"])


def _only(source_ids: Collection[int] | None) -> str:
    return "" if source_ids is None else f"AND a.source_id IN {ids(source_ids)}"


def record_text(session: Session, record: TextRecord, packed: kept.Packed | None) -> None:
    """`packed` is `record.keep`."""
    claim, page = record.claim, record.extracted
    row = stored_article(session, claim.article_id)
    if row is None or row["text_lease_until"] != to_us(claim.lease_until):
        raise ClaimLost(
            f"the page {claim.url} took longer than its lease, or its article changed meanwhile; "
            "nothing of it was stored"
        )
    if record.hold_host_until is not None and row["page_host"] is not None:
        hosts.hold(session, row["page_host"], record.hold_host_until)
    session.run(
        _END_CLAIM,
        (
            record.state.value,
            storable_or_none(record.error),
            row["text_attempts"] + 1 if _failed(record) else 0,
            to_us_or_none(record.retry_at),
            claim.article_id,
        ),
    )
    if packed is not None:
        kept.keep(session, claim.article_id, row["page_host"], packed, record.at)
    if page is not None:
        _store(session, row, record, page)


def _failed(record: TextRecord) -> bool:
    """A later visit to a page that is ready may fail, too."""
    return record.state in (TextState.RETRY, TextState.FAILED) or record.error is not None


def _store(session: Session, row: Row, record: TextRecord, page: Extraction) -> None:
    furniture.learn(session, row["page_host"], page.furniture, at=record.at)
    before = content_of(row)
    content = as_stored(with_extraction(before, page, revises=record.revises))
    if record.revises and (content.title, content.text) != (before.title, before.text):
        begin_revision(session, row, record.at)
    replace_content(session, row, content)
