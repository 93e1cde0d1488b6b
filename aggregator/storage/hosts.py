"""Who serves a host: one task at a time, whatever it fetches there, on whatever machine.

A row is taken by one statement, so that of two who want a host at once one comes too late. It
keeps two times: until when it is held (which is also the holder's token), and from when on the
host may be asked again, which a lease that runs out leaves as it was.
"""

from __future__ import annotations

from datetime import datetime

from aggregator.storage.rows import from_us, to_us
from aggregator.storage.sql import Session

FREE = """
    NOT EXISTS (SELECT 1 FROM hosts h WHERE h.host = {host} AND h.lease_until > :now)
"""
"""A condition: nobody holds the host."""

_TAKE = """
    INSERT INTO hosts (host, lease_until, free_at) VALUES (:host, :lease_until, 0)
    ON CONFLICT (host) DO UPDATE SET lease_until = excluded.lease_until
    WHERE hosts.lease_until <= :now
"""
_FREE_AT = "SELECT free_at FROM hosts WHERE host = ?"
_RELEASE = "UPDATE hosts SET lease_until = 0, free_at = ? WHERE host = ? AND lease_until = ?"
_RELEASE_FEEDS = "UPDATE sources SET lease_until = NULL WHERE host = ? AND lease_until = ?"
# What is claimed is due; said here for the index of what is due.
_RELEASE_PAGES = """
    UPDATE articles SET text_lease_until = NULL
    WHERE page_host = ? AND text_lease_until = ? AND text_due_at IS NOT NULL
"""


def take(session: Session, host: str, *, now: datetime, lease_until: datetime) -> bool:
    """False: somebody holds it."""
    params = {"host": host, "now": to_us(now), "lease_until": to_us(lease_until)}
    return session.run(_TAKE, params) > 0


def free_at(session: Session, host: str) -> datetime | None:
    """From when on the host may be asked; None: it has not been asked yet."""
    row = session.row(_FREE_AT, (host,))
    return from_us(row["free_at"]) if row and row["free_at"] else None


def release(session: Session, host: str, *, lease_until: datetime, free_at: datetime) -> None:
    token = to_us(lease_until)
    if session.run(_RELEASE, (to_us(free_at), host, token)):
        session.run(_RELEASE_FEEDS, (host, token))
        session.run(_RELEASE_PAGES, (host, token))
