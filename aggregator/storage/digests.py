"""Digests: what an edition is made of, editions as they were made, and what was told in them.

Editions stay for ever: compressed, one takes some ten kilobytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from aggregator.codec import decode, encode
from aggregator.errors import StorageError
from aggregator.storage.edition_rows import edition_key, edition_of
from aggregator.storage.rows import from_us, span_to_us, storable, to_us
from aggregator.storage.search_pages import Finder
from aggregator.storage.sql import Row, Session, chunks, ids, insert
from aggregator.types import Edition, KeptDigest, RenderedDigest

TOLD_KEPT = timedelta(days=120)
"""How long it is known what was told: longer than a story goes on as a rule."""

_LEVEL = 9
"""Written once and kept for ever: to take the time pays."""
_COLUMNS = (
    "digest", "local_date", "slot", "title", "since_at", "until_at", "made_at", "stories",
    "singles", "left_out", "data",
)  # fmt: skip

_KEEP = insert("digests", _COLUMNS, "ON CONFLICT (digest, local_date, slot) DO NOTHING")
_TELL = insert(
    "digest_told",
    ("digest", "article_id", "told_at"),
    "ON CONFLICT (digest, article_id) DO UPDATE SET told_at = excluded.told_at "
    "WHERE excluded.told_at > digest_told.told_at",
)
_TOLD = "SELECT article_id AS id FROM digest_told WHERE digest = ? AND article_id IN {ids}"
_SEEN = "SELECT id FROM articles WHERE first_seen_at >= ? AND first_seen_at < ?"
_ONE = "SELECT * FROM digests WHERE digest = ? AND local_date = ? AND slot = ?"
_LATEST = """
    SELECT * FROM digests WHERE {conditions}
    ORDER BY until_at DESC, digest, local_date DESC, slot DESC LIMIT ?
"""
_OLD = """
    DELETE FROM digest_told WHERE told_at < (SELECT max(l.told_at) FROM digest_told l) - ?
"""
_BEYOND = """
    SELECT * FROM digests WHERE (digest, local_date, slot) > (?, ?, ?)
    ORDER BY digest, local_date, slot LIMIT ?
"""
CHECKED = 100
"""Editions that are read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """An edition, with what was rendered as it is stored."""

    kept: KeptDigest
    data: bytes = field(repr=False)


def pack(kept: KeptDigest) -> Packed:
    """To be done before the transaction begins."""
    return Packed(kept=kept, data=zlib.compress(encode(kept.rendered), _LEVEL))


def digest_matches(
    session: Session, finder: Finder, *, since: datetime, until: datetime
) -> frozenset[int]:
    """The articles of the period are listed, and held against the search: it is asked in the part
    of the index only where they are."""
    seen = session.rows(_SEEN, (to_us(since), to_us(until)))
    return frozenset(finder.among([row["id"] for row in seen]))


def told(session: Session, digest: str, article_ids: Collection[int]) -> frozenset[int]:
    return frozenset(
        row["id"]
        for chunk in chunks(sorted(article_ids))
        for row in session.rows(_TOLD.format(ids=ids(chunk)), (digest,))
    )


def keep_digest(session: Session, packed: Packed, told_ids: Collection[int]) -> KeptDigest:
    """What is told is written in one order whoever does it, so that two who do it at once do not
    wait for each other."""
    kept = packed.kept
    edition = kept.edition
    values = (
        *edition_key(edition),
        storable(kept.title),
        to_us(kept.since_at),
        to_us(kept.until_at),
        to_us(kept.made_at),
        kept.stories,
        kept.singles,
        kept.left_out,
        packed.data,
    )
    if session.run(_KEEP, values):
        at = to_us(kept.made_at)
        session.many(_TELL, [(edition.digest, one, at) for one in sorted(set(told_ids))])
    stored = digest(session, edition)
    assert stored is not None  # noqa: S101 - it was there, or is now
    return stored


def digest(session: Session, edition: Edition) -> KeptDigest | None:
    row = session.row(_ONE, edition_key(edition))
    return None if row is None else _kept(row)


def digests(
    session: Session, name: str | None, *, local_date: date | None, limit: int
) -> list[KeptDigest]:
    conditions, params = ["TRUE"], list[object]()
    if name is not None:
        conditions.append("digest = ?")
        params.append(name)
    if local_date is not None:
        conditions.append("local_date = ?")
        params.append(local_date.isoformat())
    statement = _LATEST.format(conditions=" AND ".join(conditions))
    return [_kept(row) for row in session.rows(statement, (*params, limit))]


def drop_old(session: Session) -> None:
    """What was told long ago. Times count from the latest."""
    session.run(_OLD, (span_to_us(TOLD_KEPT),))


def unreadable(session: Session) -> Iterator[str]:
    """A sentence for each edition that cannot be shown any more."""
    key: tuple[str, str, int] = ("", "", 0)
    while rows := session.rows(_BEYOND, (*key, CHECKED)):
        for row in rows:
            key = row["digest"], row["local_date"], row["slot"]
            try:
                _rendered(row)
            except StorageError as error:
                yield str(error)


def _kept(row: Row) -> KeptDigest:
    return KeptDigest(
        edition=edition_of(row),
        title=row["title"],
        since_at=from_us(row["since_at"]),
        until_at=from_us(row["until_at"]),
        made_at=from_us(row["made_at"]),
        rendered=_rendered(row),
        stories=row["stories"],
        singles=row["singles"],
        left_out=row["left_out"],
    )


def _rendered(row: Row) -> RenderedDigest:
    try:
        return decode(zlib.decompress(row["data"]), RenderedDigest)
    except (zlib.error, ValueError) as error:
        raise StorageError(
            f"the digest {row['digest']} of {row['local_date']} is damaged in the database "
            "and cannot be shown; restore a backup"
        ) from error
