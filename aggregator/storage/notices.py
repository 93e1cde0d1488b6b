"""The outbox of watches: messages, and what became of them.

A channel whose last try failed is held for a while; then one message is tried, the ones that were
tried before having precedence. What watches catch meanwhile is added to the message that waits and
was never tried, under another key: each watch has one of those. So a channel that is dead for days
has few messages waiting, and they tell all. A message is frozen before it is tried (`begin`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from aggregator import codec
from aggregator.core.notices import joined
from aggregator.errors import StorageError
from aggregator.storage.rows import (
    from_us,
    from_us_or_none,
    span_to_us,
    storable_or_none,
    to_us,
    to_us_or_none,
)
from aggregator.storage.sql import Row, Session, chunks, ids, insert, marks
from aggregator.types import Notice, NoticeContent, NoticeState, WatchHit

SENT_KEPT = timedelta(days=30)
"""As long as a bound on messages may look back."""
DEAD_KEPT = timedelta(days=90)

_COLUMNS = (
    "key", "watch", "channel", "content", "state", "attempts", "error", "due_at", "created_at",
    "sent_at",
)  # fmt: skip
_PUT = insert("notices", _COLUMNS, "ON CONFLICT (key) DO NOTHING")
_TAKEN = """
    SELECT count(*) AS open FROM watch_hits
    WHERE watch = ? AND told_at IS NULL AND subject IN {subjects}
"""
_TAKE = "UPDATE watch_hits SET told_at = ? WHERE watch = ? AND subject IN {subjects}"
_UNTRIED = """
    SELECT n.* FROM notices n JOIN held_channels c ON c.name = n.channel
    WHERE n.watch = ? AND n.channel = ? AND n.state = 'waiting' AND n.begun = 0
    ORDER BY n.id LIMIT 1
"""
_ADD = "UPDATE notices SET key = ?, content = ? WHERE id = ?"
_DUE = """
    SELECT n.* FROM notices n
    WHERE n.state = 'waiting' AND n.due_at <= :now {only} AND NOT EXISTS (
      SELECT 1 FROM held_channels c WHERE c.name = n.channel AND c.held_until > :now
    )
    ORDER BY n.begun DESC, n.due_at, n.id LIMIT :limit
"""
_DUE_CHANNELS = """
    SELECT DISTINCT n.channel FROM notices n
    WHERE n.state = 'waiting' AND n.due_at <= :now AND NOT EXISTS (
      SELECT 1 FROM held_channels c WHERE c.name = n.channel AND c.held_until > :now
    )
    ORDER BY n.channel
"""
_BEGIN = "UPDATE notices SET begun = 1 WHERE id = ? AND key = ? AND state = 'waiting'"
_RECORD = """
    UPDATE notices SET state = ?, attempts = ?, error = ?, due_at = ?, sent_at = ?
    WHERE id = ?
"""
_HOLD = """
    INSERT INTO held_channels (name, held_until) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET held_until = excluded.held_until
"""
_TIMES = """
    SELECT DISTINCT created_at FROM notices WHERE watch = ? AND created_at >= ? ORDER BY created_at
"""
_RETRY = """
    UPDATE notices SET state = 'waiting', attempts = 0, due_at = ? WHERE state = 'dead' {only}
"""
_RELEASE = """
    DELETE FROM held_channels WHERE name IN (
      SELECT channel FROM notices WHERE state = 'dead' {only}
    )
"""
_WAITING = "SELECT DISTINCT watch, channel FROM notices WHERE state = 'waiting'"
_END = """
    UPDATE notices SET state = 'dead', due_at = NULL, error = ?
    WHERE state = 'waiting' AND watch = ? AND channel = ?
"""
_OLD = """
    DELETE FROM notices WHERE state = ? AND created_at < (
      SELECT max(l.created_at) FROM notices l WHERE l.state = ?
    ) - ?
"""


def put_notices(
    session: Session, notices: Sequence[Notice], hits: Sequence[WatchHit], *, now: datetime
) -> int:
    session.alone("watches")
    subjects: dict[str, list[str]] = defaultdict(list)
    for hit in hits:
        subjects[hit.watch].append(hit.subject)
    taken = [
        (watch, chunk) for watch, several in subjects.items() for chunk in chunks(sorted(several))
    ]
    if any(not _are_open(session, watch, chunk) for watch, chunk in taken):
        return 0
    for watch, chunk in taken:
        session.run(_TAKE.format(subjects=marks(chunk)), (to_us(now), watch, *chunk))
    return sum(_put(session, notice) for notice in notices)


def _are_open(session: Session, watch: str, subjects: Sequence[str]) -> bool:
    row = session.row(_TAKEN.format(subjects=marks(subjects)), (watch, *subjects))
    return row is not None and row["open"] == len(subjects)


def _put(session: Session, notice: Notice) -> int:
    untried = session.row(_UNTRIED, (notice.watch, notice.channel))
    if untried is not None:
        content = joined(codec.from_json(untried["content"], NoticeContent), notice.content)
        session.run(_ADD, (notice.key, codec.to_json(content), untried["id"]))
        return 0
    return session.run(
        _PUT,
        (
            notice.key,
            notice.watch,
            notice.channel,
            codec.to_json(notice.content),
            notice.state.value,
            notice.attempts,
            storable_or_none(notice.error),
            to_us_or_none(notice.due_at),
            to_us(notice.created_at),
            to_us_or_none(notice.sent_at),
        ),
    )


def due_notices(
    session: Session, *, now: datetime, limit: int, channel: str | None
) -> list[Notice]:
    params = {"now": to_us(now), "limit": limit}
    if channel is None:
        rows = session.rows(_DUE.format(only=""), params)
    else:
        only = "AND n.channel = :channel"
        rows = session.rows(_DUE.format(only=only), {**params, "channel": channel})
    return [_notice(row) for row in rows]


def due_channels(session: Session, *, now: datetime) -> list[str]:
    return [row["channel"] for row in session.rows(_DUE_CHANNELS, {"now": to_us(now)})]


def begin_notice(session: Session, notice: Notice) -> bool:
    session.alone("watches")
    return session.run(_BEGIN, (notice.notice_id, notice.key)) == 1


def record_notice(session: Session, notice: Notice, *, hold_until: datetime | None) -> None:
    changed = session.run(
        _RECORD,
        (
            notice.state.value,
            notice.attempts,
            storable_or_none(notice.error),
            to_us_or_none(notice.due_at),
            to_us_or_none(notice.sent_at),
            notice.notice_id,
        ),
    )
    if not changed:
        raise StorageError(
            f"there is no message {notice.notice_id} for {notice.channel}; store it before sending"
        )
    if hold_until is not None:
        session.run(_HOLD, (notice.channel, to_us(hold_until)))
    elif notice.state is NoticeState.SENT:
        session.run("DELETE FROM held_channels WHERE name = ?", (notice.channel,))


def notices(
    session: Session, *, state: NoticeState | None, watch: str | None, limit: int
) -> list[Notice]:
    wanted = {"state": None if state is None else state.value, "watch": watch}
    given = {name: value for name, value in wanted.items() if value is not None}
    where = " AND ".join(f"{name} = ?" for name in given)
    rows = session.rows(
        f"SELECT * FROM notices {f'WHERE {where}' if where else ''} "  # noqa: S608 - two names
        "ORDER BY created_at DESC, id DESC LIMIT ?",
        (*given.values(), limit),
    )
    return [_notice(row) for row in rows]


def notice_times(session: Session, watch: str, *, since: datetime) -> list[datetime]:
    return [from_us(row["created_at"]) for row in session.rows(_TIMES, (watch, to_us(since)))]


def retry_notices(session: Session, notice_ids: Collection[int] | None, *, now: datetime) -> int:
    """A person has looked at it: their channels are held no longer."""
    session.alone("watches")
    only = "" if notice_ids is None else f"AND id IN {ids(notice_ids)}"
    session.run(_RELEASE.format(only=only))
    return session.run(_RETRY.format(only=only), (to_us(now),))


def end_notices(session: Session, *, watches: Collection[str], channels: Collection[str]) -> None:
    """Give up what waits for channels that are gone, or comes from watches that are."""
    for row in session.rows(_WAITING):
        watch, channel = row["watch"], row["channel"]
        if channel not in channels:
            why = f"The channel {channel} is in feeds.yaml no longer."
        elif watch not in watches:
            # Not by its name, which is stored here without case and accents.
            why = "Its watch is in feeds.yaml no longer."
        else:
            continue
        session.run(_END, (why, watch, channel))
    for row in session.rows("SELECT name FROM held_channels"):
        if row["name"] not in channels:
            session.run("DELETE FROM held_channels WHERE name = ?", (row["name"],))


def drop_old(session: Session) -> None:
    """Times count from the latest of the kind."""
    session.alone("watches")
    for state, kept in ((NoticeState.SENT, SENT_KEPT), (NoticeState.DEAD, DEAD_KEPT)):
        session.run(_OLD, (state.value, state.value, span_to_us(kept)))


def _notice(row: Row) -> Notice:
    return Notice(
        notice_id=row["id"],
        key=row["key"],
        watch=row["watch"],
        channel=row["channel"],
        content=codec.from_json(row["content"], NoticeContent),
        state=NoticeState(row["state"]),
        attempts=row["attempts"],
        error=row["error"],
        due_at=from_us_or_none(row["due_at"]),
        created_at=from_us(row["created_at"]),
        sent_at=from_us_or_none(row["sent_at"]),
    )
