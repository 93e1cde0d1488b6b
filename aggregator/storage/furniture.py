"""What is known of the recurring text of the pages of a host: bytes that core reads and writes."""

from __future__ import annotations

from datetime import datetime

from aggregator.storage.rows import to_us
from aggregator.storage.sql import Session, insert

_KEEP = insert(
    "furniture",
    ("host", "seen_at", "data"),
    "ON CONFLICT (host) DO UPDATE SET seen_at = excluded.seen_at, data = excluded.data",
)
_SEEN = "UPDATE furniture SET seen_at = :at WHERE host = :host AND seen_at < :at"
_OLD = "DELETE FROM furniture WHERE seen_at < (SELECT max(o.seen_at) FROM furniture o) - ?"


def furniture(session: Session, host: str) -> bytes:
    row = session.row("SELECT data FROM furniture WHERE host = ?", (host,))
    return b"" if row is None else bytes(row["data"])


def learn(session: Session, host: str, data: bytes, *, at: datetime) -> None:
    """A page of the host has come; `data` is empty when nothing was learned from it."""
    if data:
        session.run(_KEEP, (host, to_us(at), data))
    else:
        session.run(_SEEN, {"host": host, "at": to_us(at)})


def drop(session: Session, *, unseen_us: int) -> None:
    """That of hosts whose last page is older than the newest of all by more than that."""
    session.run(_OLD, (unseen_us,))
