"""Pages that are kept, so that their texts can be made again.

They are compressed before the transaction begins, and unpacked a few at a time: a page is a hundred
kilobytes as a rule, and may be megabytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.codec import decode, encode
from aggregator.storage.rows import object_or_none, to_us
from aggregator.storage.sql import Row, Session, ids, insert
from aggregator.types import FeedText, KeptArticle, KeptPages, PageRules

_LEVEL = 4
"""A fifth of the page is left after a millisecond; a higher one takes longer for little."""
_MOST = 4 * 1024 * 1024
"""Bytes of pages that are unpacked at once, about."""
_KEEP = insert(
    "kept_pages",
    ("article_id", "host", "kept_at", "size", "data"),
    "ON CONFLICT (article_id) DO UPDATE SET host = excluded.host, kept_at = excluded.kept_at, "
    "size = excluded.size, data = excluded.data",
)
# Kept pages first, which is what SQLite makes of CROSS: articles are there from years.
_OF_ARTICLES = """
    FROM kept_pages k CROSS JOIN articles a
    WHERE a.id = k.article_id AND k.article_id > :after {conditions}
"""
_COUNT = f"SELECT count(*) AS kept {_OF_ARTICLES}"
_SIZES = f"SELECT k.article_id, k.size {_OF_ARTICLES} ORDER BY k.article_id LIMIT :limit"
_KEPT = """
    SELECT a.id, a.title, a.text_version, k.host, k.data, s.rules
    FROM kept_pages k
    JOIN articles a ON a.id = k.article_id
    JOIN sources s ON s.id = a.source_id
    WHERE k.article_id IN {ids} ORDER BY k.article_id
"""
_LATEST = "SELECT max(kept_at) AS at FROM kept_pages"
_DROP = """
    DELETE FROM kept_pages WHERE article_id IN (
      SELECT k.article_id FROM kept_pages k WHERE k.kept_at < ? ORDER BY k.kept_at LIMIT ?
    )
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Pages as they are stored."""

    size: int
    """Bytes before they were compressed."""
    data: bytes = field(repr=False)


def pack(pages: KeptPages) -> Packed:
    data = encode(pages)
    return Packed(size=len(data), data=zlib.compress(data, _LEVEL))


def _unpack(data: bytes) -> KeptPages:
    return decode(zlib.decompress(data), KeptPages)


def keep(session: Session, article_id: int, host: str, packed: Packed, at: datetime) -> None:
    """In place of what was kept of the article; whoever calls has locked it."""
    session.run(_KEEP, (article_id, host, to_us(at), packed.size, packed.data))


def forget(session: Session, article_id: int) -> None:
    """The publisher has replaced what the pages belong to."""
    session.run("DELETE FROM kept_pages WHERE article_id = ?", (article_id,))


def feed_text(session: Session, article_id: int) -> FeedText | None:
    """What the feed said when the pages were fetched; None: they are not kept."""
    row = session.row("SELECT data FROM kept_pages WHERE article_id = ?", (article_id,))
    return None if row is None else _unpack(row["data"]).feed


def count_kept(
    session: Session,
    *,
    only: Collection[int] | None,
    host: str | None,
    since: datetime | None,
) -> int:
    conditions, params = _conditions(only, host, since)
    row = session.row(_COUNT.format(conditions=conditions), {"after": 0, **params})
    return 0 if row is None else int(row["kept"])


def kept_articles(
    session: Session,
    *,
    after: int,
    limit: int,
    only: Collection[int] | None,
    host: str | None,
    since: datetime | None,
) -> list[KeptArticle]:
    conditions, params = _conditions(only, host, since)
    found = session.rows(
        _SIZES.format(conditions=conditions), {"after": after, "limit": limit, **params}
    )
    wanted = ids(_first_of(found))
    return [
        KeptArticle(
            article_id=row["id"],
            host=row["host"],
            title=row["title"],
            kept=_unpack(row["data"]),
            rules=object_or_none(row["rules"], PageRules),
            version=row["text_version"],
        )
        for row in session.rows(_KEPT.format(ids=wanted))
    ]


def _conditions(
    only: Collection[int] | None, host: str | None, since: datetime | None
) -> tuple[str, dict[str, object]]:
    """And their parameters."""
    conditions, params = [], dict[str, object]()
    if only is not None:
        conditions.append(f"AND a.source_id IN {ids(only)}")
    if host is not None:
        conditions.append("AND k.host = :host")
        params["host"] = host
    if since is not None:
        conditions.append("AND a.first_seen_at >= :since")
        params["since"] = to_us(since)
    return " ".join(conditions), params


def _first_of(sizes: Collection[Row]) -> list[int]:
    """As many as fit into the memory, one at least."""
    first: list[int] = []
    size = 0
    for row in sizes:
        size += row["size"]
        if first and size > _MOST:
            break
        first.append(row["article_id"])
    return first


def latest(session: Session) -> int | None:
    """When a page was last kept; None: none is."""
    row = session.row(_LATEST)
    return None if row is None else row["at"]


def drop(session: Session, *, before: int, limit: int) -> int:
    """Drop up to `limit` that were kept before a time, the oldest first; how many those were."""
    return session.run(_DROP, (before, limit))
