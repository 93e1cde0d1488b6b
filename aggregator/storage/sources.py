"""The list of sources: what feeds.yaml wants against what the store has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from aggregator.core.text import fold
from aggregator.core.urls import host_key
from aggregator.errors import StorageError
from aggregator.storage.rows import (
    SOURCE_COLUMNS,
    feed_state,
    from_us,
    from_us_or_none,
    source,
    span_to_us,
    to_json,
    to_us,
)
from aggregator.storage.sql import Row, Session, ids, insert
from aggregator.types import Source, SourceStatus, SyncReport

_WORDS = re.compile(r"\w+")
_DESIRED = (
    "name", "name_key", "url", "host", "tags", "language", "interval_us", "pages", "weight",
    "headers",
)  # fmt: skip
_STORED = f"SELECT id, active, {', '.join(_DESIRED)} FROM sources"  # noqa: S608 - columns from above
_UPDATE = f"UPDATE sources SET active = 1, {' = ?, '.join(_DESIRED)} = ? WHERE id = ?"  # noqa: S608 - the same
_CREATED = "INSERT INTO meta (key, value) VALUES ('created_at', ?) ON CONFLICT (key) DO NOTHING"
_MOVE = """
    UPDATE sources SET etag = NULL, last_modified = NULL, body_hash = NULL, hold_until = NULL,
      last_error = NULL, last_status = NULL, failures = 0, lease_until = NULL, next_poll_at = ?
    WHERE id = ?
"""
_HASTEN = """
    UPDATE sources SET next_poll_at = ?
    WHERE id = ? AND next_poll_at > ? AND (hold_until IS NULL OR hold_until <= ?)
"""
_ACTIVE = "SELECT {columns} FROM sources s WHERE s.active = 1"
_TOTALS = """
    SELECT source_id, count(*) AS articles, max(at) AS newest_at FROM articles GROUP BY source_id
"""
_WAKE = "UPDATE sources SET next_poll_at = :now WHERE next_poll_at > :now AND {which}"
_AWAKE = "SELECT count(*) AS due FROM sources WHERE next_poll_at <= :now AND {which}"


def name_key(name: str) -> str:
    """The words of a name, folded, parted by single spaces."""
    return " ".join(_WORDS.findall(fold(name)))


def tag_key(tag: str) -> str:
    return " ".join(fold(tag).split())


def sync_sources(session: Session, sources: Sequence[Source], *, now: datetime) -> SyncReport:
    _refuse_twins(sources)
    session.alone("sources")
    stored = session.rows(_STORED)
    matches = _match(sources, stored)
    kept = {row["id"] for row in matches if row is not None}
    removed = [row for row in stored if row["active"] and row["id"] not in kept]
    updates = [
        (wanted, row)
        for wanted, row in zip(sources, matches, strict=True)
        if row is not None and not (row["active"] and _columns(wanted) == _stored(row))
    ]
    # Names are unique among the active: those that give theirs up do so before others take them.
    session.many(
        "UPDATE sources SET active = 0 WHERE id = ?",
        [(row["id"],) for row in (*removed, *(row for _, row in updates))],
    )
    _update(session, updates, now)
    session.run(_CREATED, (to_us(now),))
    new = [wanted for wanted, row in zip(sources, matches, strict=True) if row is None]
    _insert(session, new, now)
    back = [wanted.name for wanted, row in updates if not row["active"]]
    return SyncReport(
        added=(*(wanted.name for wanted in new), *back),
        changed=tuple(wanted.name for wanted, row in updates if row["active"]),
        removed=tuple(row["name"] for row in removed),
    )


def _refuse_twins(sources: Sequence[Source]) -> None:
    for what, values in (
        ("address", [wanted.url for wanted in sources]),
        ("name", [wanted.name for wanted in sources]),
    ):
        if len(set(values)) < len(values):
            twin = next(value for value, count in Counter(values).items() if count > 1)
            raise StorageError(f"two sources have the same {what}, {twin}: remove one of them")


def _match(sources: Sequence[Source], stored: Sequence[Row]) -> list[Row | None]:
    """The stored row of each source: by address, else by name, an active one first."""
    by_url = {row["url"]: row for row in stored}
    taken = {by_url[wanted.url]["id"] for wanted in sources if wanted.url in by_url}
    free = sorted((row for row in stored if row["id"] not in taken), key=lambda row: row["active"])
    by_name = {row["name"]: row for row in free}
    return [by_url.get(wanted.url) or by_name.get(wanted.name) for wanted in sources]


def _columns(wanted: Source) -> tuple[object, ...]:
    return (
        wanted.name,
        name_key(wanted.name),
        wanted.url,
        host_key(wanted.url),
        to_json(wanted.tags),
        wanted.language,
        span_to_us(wanted.interval),
        wanted.pages.value,
        wanted.weight,
        to_json(wanted.headers),
    )


def _stored(row: Row) -> tuple[object, ...]:
    return tuple(row[column] for column in _DESIRED)


def _insert(session: Session, new: Sequence[Source], now: datetime) -> None:
    columns = (*_DESIRED, "active", "failures", "next_poll_at")
    rows = [(*_columns(wanted), 1, 0.0, to_us(now)) for wanted in new]
    _write_tags(session, list(zip(session.add("sources", columns, rows), new, strict=True)))


def _update(session: Session, updates: Sequence[tuple[Source, Row]], now: datetime) -> None:
    session.many(_UPDATE, [(*_columns(wanted), row["id"]) for wanted, row in updates])
    moved = [row for wanted, row in updates if wanted.url != row["url"]]
    # Validators belong to the address, and so does a poll that is under way.
    session.many(_MOVE, [(to_us(now), row["id"]) for row in moved])
    hastened = [
        (to_us(now + wanted.interval), row["id"])
        for wanted, row in updates
        if wanted.url == row["url"] and span_to_us(wanted.interval) < row["interval_us"]
    ]
    session.many(_HASTEN, [(latest, row_id, latest, latest) for latest, row_id in hastened])
    retagged = [
        (row["id"], wanted) for wanted, row in updates if to_json(wanted.tags) != row["tags"]
    ]
    session.many("DELETE FROM source_tags WHERE source_id = ?", [(one,) for one, _ in retagged])
    _write_tags(session, retagged)


def _write_tags(session: Session, tagged: Sequence[tuple[int, Source]]) -> None:
    tags = {(tag_key(tag), source_id) for source_id, wanted in tagged for tag in wanted.tags}
    session.many(insert("source_tags", ("tag", "source_id")), sorted(tags))


def source_statuses(session: Session) -> list[SourceStatus]:
    totals = {row["source_id"]: row for row in session.rows(_TOTALS)}
    statuses = []
    for row in session.rows(_ACTIVE.format(columns=SOURCE_COLUMNS)):
        total = totals.get(row["id"])
        statuses.append(
            SourceStatus(
                source_id=row["id"],
                source=source(row),
                state=feed_state(row),
                articles=total["articles"] if total else 0,
                newest_at=from_us_or_none(total["newest_at"]) if total else None,
            )
        )
    return sorted(statuses, key=lambda status: (fold(status.source.name), status.source_id))


def created_at(session: Session) -> datetime | None:
    row = session.row("SELECT value FROM meta WHERE key = 'created_at'")
    return None if row is None else from_us(row["value"])


def wake(
    session: Session, source_ids: Collection[int] | None, *, now: datetime, force: bool
) -> int:
    which = "active = 1" if source_ids is None else f"active = 1 AND id IN {ids(source_ids)}"
    if not force:
        which += " AND (hold_until IS NULL OR hold_until <= :now)"
    params = {"now": to_us(now)}
    session.run(_WAKE.format(which=which), params)
    row = session.row(_AWAKE.format(which=which), params)
    return int(row["due"]) if row else 0
