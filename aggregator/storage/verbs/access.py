"""The verbs about who may use the page: its password, tokens, sessions of browsers."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.errors import StorageError
from aggregator.storage.later import Later
from aggregator.storage.verbs.transactions import Transactions

if TYPE_CHECKING:
    from aggregator.storage import access as _access
    from aggregator.types import AccessToken, WebSession
else:  # each when one of its verbs is asked for
    _access = Later("access")


class AccessVerbs(Transactions):
    """See `protocol.access`."""

    def password_hash(self) -> str | None:
        return self._read(_access.password_hash)

    def set_password_hash(self, value: str | None) -> None:
        self._write(lambda session: _access.set_password_hash(session, value))

    def add_token(self, token: AccessToken) -> AccessToken:
        return self._write(lambda session: _access.add_token(session, token))

    def tokens(self) -> list[AccessToken]:
        return self._read(_access.tokens)

    def revoke_token(self, name: str) -> bool:
        return self._write(lambda session: _access.revoke_token(session, name))

    def token(self, hash_: bytes, *, now: datetime) -> AccessToken | None:
        found = self._read(lambda session: _access.token(session, hash_))
        if found is None or not _access.is_due(found.used_at, now=now):
            return found
        with suppress(StorageError):  # whoever asks does not wait for what is only noted
            self._write(lambda session: _access.use_token(session, found.token_id, now=now))
            return replace(found, used_at=now)
        return found

    def open_session(self, session: WebSession) -> None:
        self._write(lambda writer: _access.open_session(writer, session))

    def session(self, hash_: bytes, *, now: datetime) -> WebSession | None:
        found = self._read(lambda session: _access.web_session(session, hash_, now=now))
        if found is None or not _access.is_due(found.seen_at, now=now):
            return found
        with suppress(StorageError):
            self._write(lambda session: _access.see_session(session, hash_, now=now))
            return replace(found, seen_at=now)
        return found

    def sessions(self, *, now: datetime) -> list[WebSession]:
        return self._read(lambda session: _access.web_sessions(session, now=now))

    def close_session(self, hash_: bytes) -> None:
        self._write(lambda session: _access.close_session(session, hash_))

    def close_sessions(self) -> int:
        return self._write(_access.close_sessions)
