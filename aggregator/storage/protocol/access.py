"""What a store must do about who may use the page: its password, tokens, sessions of browsers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from aggregator.types import AccessToken, WebSession


class AccessStore(Protocol):
    """See `protocol.Storage`."""

    def password_hash(self) -> str | None:
        """As argon2 writes it; None: there is no password."""

    def set_password_hash(self, value: str | None) -> None:
        """Ends all sessions."""

    def add_token(self, token: AccessToken) -> AccessToken:
        """With its id. Raises UsageError for a name that another one has."""

    def tokens(self) -> list[AccessToken]:
        """By name."""

    def revoke_token(self, name: str) -> bool:
        """False: there is none."""

    def token(self, hash_: bytes, *, now: datetime) -> AccessToken | None:
        """That with this hash or this `fever_hash`, which is used now; None: there is none."""

    def open_session(self, session: WebSession) -> None:
        """Store it."""

    def session(self, hash_: bytes, *, now: datetime) -> WebSession | None:
        """That with this hash, which is seen now; None: there is none, or it was last seen 30 days
        ago."""

    def sessions(self, *, now: datetime) -> list[WebSession]:
        """Those that are not over, the last seen first."""

    def close_session(self, hash_: bytes) -> None:
        """One that is not known is no error."""

    def close_sessions(self) -> int:
        """All of them; how many."""
