"""The password of the page. The only importer of argon2.

A try takes 64 MiB and some hundredths of a second of each core it gets (RFC 9106, the second
choice), so only a few are made at once.
"""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from aggregator.errors import UsageError

SHORTEST = 8
LONGEST = 1000
_AT_ONCE = BoundedSemaphore(2)
_HASHER = PasswordHasher()


def hashed(password: str) -> str:
    """As it is stored. Raises UsageError for one that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(
            f"the password must have {SHORTEST} characters at least and {LONGEST} at most"
        )
    with _AT_ONCE:
        return _HASHER.hash(password)


def is_right(stored: str | None, password: str) -> bool:
    """Whether it is the one that is stored. Takes as long where none is stored at all."""
    with _AT_ONCE:
        try:
            _HASHER.verify(stored or _nobodys(), password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def is_dated(stored: str) -> bool:
    """Whether it was made with less work than is asked for today."""
    return _HASHER.check_needs_rehash(stored)


@cache
def _nobodys() -> str:
    return _HASHER.hash("the password of nobody")
