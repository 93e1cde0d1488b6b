"""What is given out once and stored as a hash: tokens, and what cookies hold."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from aggregator.core.text import clean_line
from aggregator.errors import UsageError
from aggregator.types import AccessToken, Scope

NAME = 100
"""Characters of a token's name at most."""
_PREFIX = "agg_"
"""So that people, and programs that look for leaked secrets, know what it is."""


def chance() -> str:
    """256 bits of chance, in letters, digits, - and _."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def new_token(name: str, scope: Scope, *, now: datetime) -> tuple[str, AccessToken]:
    """(the token, what is stored of it). Raises UsageError for what cannot be its name."""
    name = clean_line(name)
    if not 0 < len(name) <= NAME or ":" in name:
        raise UsageError(f"a token's name has 1 to {NAME} characters, and no colon")
    token = _PREFIX + chance()
    stored = AccessToken(
        token_id=0,
        name=name,
        scope=scope,
        hash=secret_hash(token),
        fever_hash=secret_hash(fever_key(name, token)),
        created_at=now,
    )
    return token, stored


def fever_key(name: str, token: str) -> str:
    """What Fever's clients send: hexadecimal, lowercase. MD5 is what they know; the token in it has
    256 bits of chance."""
    return hashlib.md5(f"{name}:{token}".encode(), usedforsecurity=False).hexdigest()
