"""Copies of robots.txt, so that a site is asked for it once a day, whoever restarts."""

from __future__ import annotations

from aggregator.storage.rows import from_us, from_us_or_none, to_us, to_us_or_none
from aggregator.storage.sql import Session, insert
from aggregator.types import RobotsCopy

_KEEP = insert(
    "robots",
    ("origin", "asked_at", "status", "failing_since", "body"),
    "ON CONFLICT (origin) DO UPDATE SET asked_at = excluded.asked_at, status = excluded.status, "
    "failing_since = excluded.failing_since, body = excluded.body",
)


def robots_copy(session: Session, origin: str) -> RobotsCopy | None:
    row = session.row("SELECT * FROM robots WHERE origin = ?", (origin,))
    if row is None:
        return None
    return RobotsCopy(
        origin=origin,
        asked_at=from_us(row["asked_at"]),
        status=row["status"],
        body=bytes(row["body"]),
        failing_since=from_us_or_none(row["failing_since"]),
    )


def keep_robots(session: Session, copy: RobotsCopy) -> None:
    session.run(
        _KEEP,
        (
            copy.origin,
            to_us(copy.asked_at),
            copy.status,
            to_us_or_none(copy.failing_since),
            copy.body,
        ),
    )
