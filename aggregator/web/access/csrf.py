"""Requests that change something must come from our own pages (cross-site request forgery).

Each form holds what only our pages know, an HMAC under what a cookie holds; and browsers say from
where a request comes.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from aggregator.web.access.hosts import Origin

FIELD = "csrf"
HEADER = "x-csrf-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""


def token_under(secret: str) -> str:
    """What forms hold whose cookie holds `secret`."""
    return hmac.new(secret.encode(), b"forms", hashlib.sha256).hexdigest()


def is_token(given: str, expected: str) -> bool:
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def comes_from_elsewhere(connection: HTTPConnection, origin: Origin, url: str | None) -> bool:
    """Whether a browser says that another site sent it. `url`: where the page is as seen from
    outside."""
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    sender = connection.headers.get("origin")
    if sender is None or sender == "null":
        return False  # where pages give no referrer away, our own forms come like this, too
    if url is not None and sender.lower() == url.lower():
        return False
    return urlsplit(sender.lower()).netloc != origin.netloc
