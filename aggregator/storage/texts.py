"""COMMIT 2: claiming the article pages of a host, and storing what a page yielded."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from aggregator.core.urls import same_server
from aggregator.errors import ClaimLost
from aggregator.storage import hosts
from aggregator.storage.articles import Content, replace_content, stored_article
from aggregator.storage.rows import (
    from_us,
    pairs,
    storable_or_none,
    to_json,
    to_us,
    to_us_or_none,
)
from aggregator.storage.sql import Row, Session, ids
from aggregator.types import ArticleText, HostWork, TextClaim, TextOrigin, TextRecord, TextState

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
    SELECT a.id, a.source_id, a.url, a.title, a.text_attempts, t.text,
      s.url AS feed_url, s.headers, s.respect_robots, s.proxy,
      coalesce(s.language, a.language) AS language
    FROM articles a
    JOIN sources s ON s.id = a.source_id
    JOIN texts t ON t.article_id = a.id
    WHERE a.id IN {ids} ORDER BY a.id DESC
"""
_CLAIM = "UPDATE articles SET text_lease_until = ? WHERE id IN {ids}"


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
        TextClaim(
            article_id=row["id"],
            source_id=row["source_id"],
            url=row["url"],
            title=row["title"],
            language=row["language"],
            feed_text=row["text"],
            attempts=row["text_attempts"],
            # Meant for the server of feeds.yaml, wherever the feed has moved since.
            headers=pairs(row["headers"]) if same_server(row["feed_url"], row["url"]) else (),
            lease_until=lease_until,
            free_at=free_at,
            respect_robots=bool(row["respect_robots"]),
            proxy=row["proxy"],
        )
        for row in session.rows(_PAGES.format(ids=claimed))
    ]


def _only(source_ids: Collection[int] | None) -> str:
    return "" if source_ids is None else f"AND a.source_id IN {ids(source_ids)}"


def record_text(session: Session, record: TextRecord) -> None:
    claim = record.claim
    row = stored_article(session, claim.article_id)
    if row is None or row["text_lease_until"] != to_us(claim.lease_until):
        raise ClaimLost(
            f"the page {claim.url} took longer than its lease, or its article changed meanwhile; "
            "nothing of it was stored"
        )
    if record.hold_host_until is not None and row["page_host"] is not None:
        hosts.hold(session, row["page_host"], record.hold_host_until)
    failed = record.state in (TextState.RETRY, TextState.FAILED)
    session.run(
        "UPDATE articles SET text_state = ?, text_error = ?, text_attempts = text_attempts + ?, "
        "text_due_at = ?, text_lease_until = NULL WHERE id = ?",
        (
            record.state.value,
            storable_or_none(record.error),
            int(failed),
            to_us_or_none(record.retry_at),
            claim.article_id,
        ),
    )
    replace_content(session, row, _content(row, record.extracted))


def _content(row: Row, page: ArticleText | None) -> Content:
    """The page's text, and the rest from it only where the feed gave none."""
    if page is None:
        page = ArticleText(title="", text=row["text"], html=row["html"])
        origin = row["text_origin"]
    else:
        origin = TextOrigin.PAGE.value
    published, updated = to_us_or_none(page.published_at), to_us_or_none(page.updated_at)
    return Content(
        title=row["title"] or page.title,
        text=page.text,
        html=page.html,
        authors=to_json(page.authors) if row["authors"] == "[]" else row["authors"],
        language=row["language"] or page.language,
        image_url=row["image_url"] or page.image_url,
        published_at=published if row["published_at"] is None else row["published_at"],
        updated_at=updated if row["updated_at"] is None else row["updated_at"],
        text_origin=origin,
    )
