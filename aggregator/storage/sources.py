"""The list of sources: what feeds.yaml wants against what the store has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from aggregator import codec
from aggregator.core.source_keys import name_key, tag_key
from aggregator.core.urls import host_key
from aggregator.errors import StorageError
from aggregator.storage import hosts, merging
from aggregator.storage.rows import from_us, span_to_us, to_json, to_us
from aggregator.storage.sql import Row, Session, ids, insert
from aggregator.storage.stories import bump
from aggregator.types import Source, SyncReport

_DESIRED = (
    "name", "name_key", "url", "host", "tags", "language", "interval_us", "pages", "weight",
    "headers", "max_interval_us", "respect_robots", "proxy", "selectors", "rules", "grouped",
    "never_join",
)  # fmt: skip
_STORED = f"SELECT id, active, address, {', '.join(_DESIRED)} FROM sources"  # noqa: S608 - columns from above
_UPDATE = f"UPDATE sources SET active = 1, {' = ?, '.join(_DESIRED)} = ? WHERE id = ?"  # noqa: S608 - the same
_CREATED = "INSERT INTO meta (key, value) VALUES ('created_at', ?) ON CONFLICT (key) DO NOTHING"
_MOVE = """
    UPDATE sources SET etag = NULL, last_modified = NULL, body_hash = NULL, hold_until = NULL,
      last_error = NULL, last_status = NULL, failures = 0, lease_until = NULL, why = '',
      pace = NULL, hints = NULL, next_poll_at = ?
    WHERE id = ?
"""
# Of a source that is new here, comes back or is asked to be tried again.
_REVIVE = """
    UPDATE sources SET address = NULL, moved_to = NULL, moved_times = 0, gone_at = NULL,
      retired_at = NULL
    WHERE id IN {ids} AND {which}
"""
_RETIRED = "retired_at IS NOT NULL"
# Never earlier than the publisher asks for, nor than failures and pauses allow.
_HASTEN = """
    UPDATE sources SET next_poll_at =
      CASE WHEN not_before_at > :latest THEN not_before_at ELSE :latest END
    WHERE id = :id AND next_poll_at > :latest AND failures = 0
      AND (hold_until IS NULL OR hold_until <= :latest)
"""
# Of a source whose user has changed how it is asked or read: what failed may work now.
_TRY_AGAIN = """
    UPDATE sources SET failures = 0, next_poll_at = CASE
      WHEN last_poll_at + interval_us > :now THEN last_poll_at + interval_us ELSE :now END
    WHERE id = :id AND failures > 0 AND (hold_until IS NULL OR hold_until <= :now)
"""
# A poll that is under way reads it as it was, and would have that count as read.
_READ_ANEW = """
    UPDATE sources SET etag = NULL, last_modified = NULL, body_hash = NULL, lease_until = NULL
    WHERE id = :id
"""
_HOW = ("headers", "proxy", "selectors")
"""Columns that say how it is asked and read."""
_IN_STORIES = ("name", "grouped", "never_join")
"""Columns that say how its articles are put into stories."""
# A look-up for each source that is asked about, however many hosts there are.
_FREE = "coalesce((SELECT h.free_at FROM hosts h WHERE h.host = sources.host), 0) <= :soon"
_FREE_HOSTS = """
    UPDATE hosts SET free_at = 0
    WHERE free_at > :soon AND host IN (SELECT host FROM sources WHERE {which})
"""
# What is being polled is due already; by its later time the end of that poll tells a new wish.
_WAKE = """
    UPDATE sources SET next_poll_at = :now
    WHERE (next_poll_at > :now OR lease_until IS NOT NULL) AND {which}
"""
_AWAKE = "SELECT count(*) AS due FROM sources WHERE next_poll_at <= :now AND {which}"


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
        if row is not None and not (row["active"] and _columns(wanted, row) == _stored(row))
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
    if new or updates:
        merging.settle(session, at=now)
    if any(_regards_stories(wanted, row) for wanted, row in updates):
        bump(session)
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


def _columns(wanted: Source, row: Row | None = None) -> tuple[object, ...]:
    """`row`: as it is stored; one that has moved for good is on the host where it has gone."""
    moved = row["address"] if row is not None and row["url"] == wanted.url else None
    return (
        wanted.name,
        name_key(wanted.name),
        wanted.url,
        host_key(moved or wanted.url),
        to_json(wanted.tags),
        wanted.language,
        span_to_us(wanted.interval),
        wanted.pages.value,
        wanted.weight,
        to_json(wanted.headers),
        None if wanted.max_interval is None else span_to_us(wanted.max_interval),
        int(wanted.respect_robots),
        wanted.proxy,
        None if wanted.selectors is None else codec.to_json(wanted.selectors),
        None if wanted.rules is None else codec.to_json(wanted.rules),
        int(wanted.manners.grouped),
        to_json(sorted(wanted.manners.never_join)),
    )


def _stored(row: Row) -> tuple[object, ...]:
    return tuple(row[column] for column in _DESIRED)


def _insert(session: Session, new: Sequence[Source], now: datetime) -> None:
    columns = (*_DESIRED, "active", "failures", "next_poll_at")
    rows = [(*_columns(wanted), 1, 0.0, to_us(now)) for wanted in new]
    _write_tags(session, list(zip(session.add("sources", columns, rows), new, strict=True)))


def _update(session: Session, updates: Sequence[tuple[Source, Row]], now: datetime) -> None:
    revived = ids([row["id"] for wanted, row in updates if _begins_anew(wanted, row)])
    session.run(_REVIVE.format(ids=revived, which="TRUE"))
    session.many(_UPDATE, [_update_of(wanted, row) for wanted, row in updates])
    moved = [row for wanted, row in updates if wanted.url != row["url"]]
    # Validators belong to the address, and so does a poll that is under way.
    session.many(_MOVE, [(to_us(now), row["id"]) for row in moved])
    for wanted, row in updates:
        if wanted.url == row["url"]:
            _reconsider(session, wanted, row, now)
    retagged = [
        (row["id"], wanted) for wanted, row in updates if to_json(wanted.tags) != row["tags"]
    ]
    session.many("DELETE FROM source_tags WHERE source_id = ?", [(one,) for one, _ in retagged])
    _write_tags(session, retagged)


def _reconsider(session: Session, wanted: Source, row: Row, now: datetime) -> None:
    """What a change of how often a source is asked, how, and how it is read means for the rest."""
    if (latest := _sooner(wanted, row, now)) is not None:
        session.run(_HASTEN, {"latest": to_us(latest), "id": row["id"]})
    columns = dict(zip(_DESIRED, _columns(wanted), strict=True))
    changed = [name for name in _HOW if columns[name] != row[name]]
    if changed:
        session.run(_TRY_AGAIN, {"now": to_us(now), "id": row["id"]})
    if "selectors" in changed:  # the same page has other items now
        session.run(_READ_ANEW, {"id": row["id"]})


def _regards_stories(wanted: Source, row: Row) -> bool:
    """Whether a window in memory holds what is no longer so."""
    columns = dict(zip(_DESIRED, _columns(wanted), strict=True))
    return any(columns[name] != row[name] for name in _IN_STORIES)


def _sooner(wanted: Source, row: Row, now: datetime) -> datetime | None:
    """When a source is due at the latest, now that it is to be polled more often; None: it is
    not."""
    longest = wanted.max_interval or wanted.interval
    before = row["max_interval_us"] or row["interval_us"]
    if span_to_us(longest) < before:
        return now + longest
    return now + wanted.interval if span_to_us(wanted.interval) < row["interval_us"] else None


def _begins_anew(wanted: Source, row: Row) -> bool:
    """Whether what was found out about where it is, and whether it is at all, is forgotten."""
    return not row["active"] or wanted.url != row["url"]


def _update_of(wanted: Source, row: Row) -> tuple[object, ...]:
    known = None if _begins_anew(wanted, row) else row
    return (*_columns(wanted, known), row["id"])


def _write_tags(session: Session, tagged: Sequence[tuple[int, Source]]) -> None:
    tags = {(tag_key(tag), source_id) for source_id, wanted in tagged for tag in wanted.tags}
    session.many(insert("source_tags", ("tag", "source_id")), sorted(tags))


def created_at(session: Session) -> datetime | None:
    row = session.row("SELECT value FROM meta WHERE key = 'created_at'")
    return None if row is None else from_us(row["value"])


def wake(
    session: Session, source_ids: Collection[int] | None, *, now: datetime, force: bool
) -> int:
    which = "active = 1" if source_ids is None else f"active = 1 AND id IN {ids(source_ids)}"
    params = hosts.moment(now)
    if force:
        session.run(_FREE_HOSTS.format(which=which), params)
        if source_ids is not None:
            session.run(_REVIVE.format(ids=ids(source_ids), which=_RETIRED))
    else:
        which += f" AND (hold_until IS NULL OR hold_until <= :now) AND {_FREE}"
    which += " AND retired_at IS NULL"
    session.run(_WAKE.format(which=which), params)
    row = session.row(_AWAKE.format(which=which), params)
    return int(row["due"]) if row else 0
