"""Who serves a host: one task at a time, whatever it fetches there, on whatever machine.

A row is taken by one statement, so that of two who want a host at once one comes too late. It
keeps two times: until when it is held (which is also the holder's token), and from when on the
host may be asked again, which a lease that runs out leaves as it was. Whoever takes a host waits
for that second time; one that wants to be left alone for long is not due meanwhile.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from aggregator.storage.rows import from_us, to_us
from aggregator.storage.sql import Session

PATIENCE = timedelta(minutes=1)
"""A host that may be asked after that time at the latest is taken, and waited for."""

FREE = """
    NOT EXISTS (
      SELECT 1 FROM hosts h
      WHERE h.host = {host} AND (h.lease_until > :now OR h.free_at > :soon)
    )
"""
"""A condition: nobody holds the host, and it may be asked soon (parameters: `moment`)."""

_TAKE = """
    INSERT INTO hosts (host, lease_until, free_at) VALUES (:host, :lease_until, 0)
    ON CONFLICT (host) DO UPDATE SET lease_until = excluded.lease_until
    WHERE hosts.lease_until <= :now AND hosts.free_at <= :soon
"""
_FREE_AT = "SELECT free_at FROM hosts WHERE host = ?"
_RELEASE = """
    UPDATE hosts SET lease_until = 0,
      free_at = CASE WHEN free_at > :free_at THEN free_at ELSE :free_at END
    WHERE host = :host AND lease_until = :token
"""
_HOLD = "UPDATE hosts SET free_at = :until WHERE host = :host AND free_at < :until"
_RELEASE_FEEDS = "UPDATE sources SET lease_until = NULL WHERE host = ? AND lease_until = ?"
# What is claimed is due; said here for the index of what is due.
_RELEASE_PAGES = """
    UPDATE articles SET text_lease_until = NULL
    WHERE page_host = ? AND text_lease_until = ? AND text_due_at IS NOT NULL
"""


def moment(now: datetime) -> dict[str, object]:
    """The parameters of `FREE`."""
    return {"now": to_us(now), "soon": to_us(now + PATIENCE)}


def take(session: Session, host: str, *, now: datetime, lease_until: datetime) -> bool:
    """False: somebody holds it."""
    params = {"host": host, "lease_until": to_us(lease_until), **moment(now)}
    return session.run(_TAKE, params) > 0


def hold(session: Session, host: str, until: datetime) -> None:
    """Let nobody ask the host before then; for whoever has taken it."""
    session.run(_HOLD, {"host": host, "until": to_us(until)})


def free_at(session: Session, host: str) -> datetime | None:
    """From when on the host may be asked; None: it has not been asked yet."""
    row = session.row(_FREE_AT, (host,))
    return from_us(row["free_at"]) if row and row["free_at"] else None


def release(session: Session, host: str, *, lease_until: datetime, free_at: datetime) -> None:
    token = to_us(lease_until)
    params = {"free_at": to_us(free_at), "host": host, "token": token}
    if session.run(_RELEASE, params):
        session.run(_RELEASE_FEEDS, (host, token))
        session.run(_RELEASE_PAGES, (host, token))
