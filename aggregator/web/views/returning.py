"""Where a form leads back to."""

from __future__ import annotations

from urllib.parse import urlsplit

from aggregator.core.text import clean_line

_LONGEST = 2_000


def local_path(address: str, *, otherwise: str = "/") -> str:
    """The address if it is a path of this site, with its query and fragment; else `otherwise`.

    A browser reads `//example.org`, `/\\example.org` and what has controls in it as another site.
    """
    if not address.startswith("/") or address.startswith("//") or "\\" in address:
        return otherwise
    if len(address) > _LONGEST or clean_line(address) != address:
        return otherwise
    try:
        parts = urlsplit(address)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else address
