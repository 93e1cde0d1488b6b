"""The mark of a database that `aggregator migrate` is filling, or has not filled to the end.

It is a row of `meta`, so that any program of this schema sees it, and it goes in the transaction
that makes the database usable. Its value tells which store is being moved.
"""

from __future__ import annotations

from aggregator.errors import StorageError
from aggregator.storage.sql import Session

UNFINISHED = "unfinished_move"
"""A key of `meta`: the database is being filled, and nobody may use it."""


def marked(session: Session) -> int | None:
    """Which store is being moved here (see `moving.identity`); None: no move is unfinished."""
    row = session.row("SELECT value FROM meta WHERE key = ?", (UNFINISHED,))
    return None if row is None else int(row["value"])


def mark(session: Session, identity: int) -> None:
    session.run("INSERT INTO meta (key, value) VALUES (?, ?)", (UNFINISHED, identity))


def unmark(session: Session) -> None:
    session.run("DELETE FROM meta WHERE key = ?", (UNFINISHED,))


def refuse(session: Session, name: str) -> None:
    """Raises StorageError for a database that is being filled; `name` is how to call it."""
    if marked(session) is not None:
        raise StorageError(
            f"{name} is not complete yet: `aggregator migrate` is filling it. Wait for it; if it "
            "was stopped, give the same command again to go on, or with --restart to start over"
        )
