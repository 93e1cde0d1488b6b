"""How the requests of webhooks are signed: as the Standard Webhooks specification says.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

    webhook-id          the notice's key, the same at every try
    webhook-timestamp   when this try was made, in seconds since 1970
    webhook-signature   v1, and the HMAC-SHA256 of "id.timestamp.body" in base64
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from datetime import datetime

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_:-]{1,120}")
_PREFIX = "whsec_"
_KEY_BYTES = range(24, 65)


def signature(key: str, body: bytes, *, secret: str, now: datetime) -> list[tuple[str, str]]:
    """The three headers. `secret` as `signing_key` reads it."""
    stamp = str(int(now.timestamp()))
    signed = b".".join((key.encode(), stamp.encode(), body))
    digest = hmac.digest(signing_key(secret), signed, hashlib.sha256)
    return [
        ("webhook-id", key),
        ("webhook-timestamp", stamp),
        ("webhook-signature", "v1," + base64.b64encode(digest).decode("ascii")),
    ]


def signing_key(secret: str) -> bytes:
    """The bytes that a secret stands for: base64, with or without "whsec_" before it.

    Raises ValueError, with a sentence that does not repeat it.
    """
    try:
        key = base64.b64decode(secret.strip().removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) not in _KEY_BYTES:
        raise ValueError(
            "must be 24 to 64 random bytes in base64, with or without whsec_ before them;"
            " `openssl rand -base64 32` makes such a secret"
        )
    return key


def header_key(key: str) -> str:
    """The notice's key as a header can carry it, and without the dots that part what is signed."""
    if _PLAIN_KEY.fullmatch(key):
        return key
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
