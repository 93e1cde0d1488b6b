"""Who may ask for the page: its password, tokens of programs, sessions of browsers.

Only hashes are stored. When something was last used is kept as of some minutes, so that asking for
a page writes nothing as a rule.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from aggregator.errors import UsageError
from aggregator.storage.rows import from_us, from_us_or_none, span_to_us, storable, to_us
from aggregator.storage.sql import Row, Session, insert
from aggregator.types import AccessToken, Scope, WebSession

SESSION_KEPT = timedelta(days=30)
"""A session that was last seen so long ago is over."""
EXACT = timedelta(minutes=5)
"""How exactly it is known when a token was last used, or a session last seen."""

_PASSWORD = "SELECT hash FROM web_password"  # noqa: S105 - SQL
_SET_PASSWORD = insert(
    "web_password", ("id", "hash"), "ON CONFLICT (id) DO UPDATE SET hash = excluded.hash"
)
_TOKEN = ("name", "scope", "hash", "fever_hash", "created_at", "used_at")
_ADD_TOKEN = insert("access_tokens", _TOKEN, "ON CONFLICT (name) DO NOTHING")
_BY_NAME = "SELECT * FROM access_tokens WHERE name = ?"
_BY_HASH = "SELECT * FROM access_tokens WHERE hash = ? OR fever_hash = ?"
_USE = """
    UPDATE access_tokens SET used_at = :now
    WHERE id = :id AND (used_at IS NULL OR used_at < :now)
"""
_OPEN = insert(
    "web_sessions", ("hash", "created_at", "seen_at", "agent"), "ON CONFLICT (hash) DO NOTHING"
)
_SESSION = "SELECT * FROM web_sessions WHERE hash = ? AND seen_at > ?"
_SEE = "UPDATE web_sessions SET seen_at = :now WHERE hash = :hash AND seen_at < :now"
_SESSIONS = "SELECT * FROM web_sessions WHERE seen_at > ? ORDER BY seen_at DESC, hash"
_OVER = "DELETE FROM web_sessions WHERE seen_at <= (SELECT max(n.seen_at) FROM web_sessions n) - ?"


# --- the password


def password_hash(session: Session) -> str | None:
    row = session.row(_PASSWORD)
    return None if row is None else str(row["hash"])


def set_password_hash(session: Session, value: str | None) -> None:
    if value is None:
        session.run("DELETE FROM web_password")
    else:
        session.run(_SET_PASSWORD, (1, value))
    close_sessions(session)


# --- tokens


def add_token(session: Session, token: AccessToken) -> AccessToken:
    """One whose storing was answered by nobody, and is done again, is found stored."""
    used = None if token.used_at is None else to_us(token.used_at)
    name = storable(token.name)
    values = (name, token.scope.value, token.hash, token.fever_hash, to_us(token.created_at), used)
    session.run(_ADD_TOKEN, values)
    row = session.row(_BY_NAME, (name,))
    if row is None or bytes(row["hash"]) != token.hash:
        raise UsageError(
            f"there is a token called {token.name} already: choose another name, or revoke that "
            "one first"
        )
    return _token(row)


def tokens(session: Session) -> list[AccessToken]:
    return [_token(row) for row in session.rows("SELECT * FROM access_tokens ORDER BY name")]


def revoke_token(session: Session, name: str) -> bool:
    return session.run("DELETE FROM access_tokens WHERE name = ?", (storable(name),)) > 0


def token(session: Session, hash_: bytes) -> AccessToken | None:
    row = session.row(_BY_HASH, (hash_, hash_))
    return None if row is None else _token(row)


def use_token(session: Session, token_id: int, *, now: datetime) -> None:
    session.run(_USE, {"id": token_id, "now": to_us(now)})


def _token(row: Row) -> AccessToken:
    return AccessToken(
        token_id=row["id"],
        name=row["name"],
        scope=Scope(row["scope"]),
        hash=bytes(row["hash"]),
        fever_hash=bytes(row["fever_hash"]),
        created_at=from_us(row["created_at"]),
        used_at=from_us_or_none(row["used_at"]),
    )


# --- sessions


def open_session(session: Session, opened: WebSession) -> None:
    values = (
        opened.hash,
        to_us(opened.created_at),
        to_us(opened.seen_at),
        storable(opened.agent),
    )
    session.run(_OPEN, values)


def web_session(session: Session, hash_: bytes, *, now: datetime) -> WebSession | None:
    row = session.row(_SESSION, (hash_, to_us(now - SESSION_KEPT)))
    return None if row is None else _session(row)


def see_session(session: Session, hash_: bytes, *, now: datetime) -> None:
    session.run(_SEE, {"hash": hash_, "now": to_us(now)})


def web_sessions(session: Session, *, now: datetime) -> list[WebSession]:
    return [_session(row) for row in session.rows(_SESSIONS, (to_us(now - SESSION_KEPT),))]


def close_session(session: Session, hash_: bytes) -> None:
    session.run("DELETE FROM web_sessions WHERE hash = ?", (hash_,))


def close_sessions(session: Session) -> int:
    return session.run("DELETE FROM web_sessions")


def drop_over(session: Session) -> None:
    """Sessions that are over. Times count from the latest."""
    session.run(_OVER, (span_to_us(SESSION_KEPT),))


def is_due(last: datetime | None, *, now: datetime) -> bool:
    """Whether to store that something was used again."""
    return last is None or now - last >= EXACT


def _session(row: Row) -> WebSession:
    return WebSession(
        hash=bytes(row["hash"]),
        created_at=from_us(row["created_at"]),
        seen_at=from_us(row["seen_at"]),
        agent=row["agent"],
    )
