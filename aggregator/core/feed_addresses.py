"""Addresses of feeds: which look like one, which mean the same one, and how people write them."""

from __future__ import annotations

import re

from aggregator.core.urls import normalise

_FEED_ADDRESS = re.compile(
    r"""
    (?: / (?: rss | atom | feeds? ) [0-9.]{0,4} (?: \.(?:xml|rdf|json|php) )? /?
    | / index \.(?:xml|rdf|atom|rss)
    | \. (?: rss | atom | rdf )
    | [_-] (?: rss | atom | feed ) \.(?:xml|json|php)
    | [?&] feed= (?: rss2? | atom | rdf )
    ) \Z
    """,
    re.VERBOSE | re.IGNORECASE,
)
_READER_SCHEME = re.compile(
    r"(?:feed|itpc|itms|pcast|podcast|rss)(?:://|:(?=https?:))", re.IGNORECASE
)
_WEB_SCHEME = re.compile(r"https?:", re.IGNORECASE)
_BARE_HOST = re.compile(r"(?:[\w-]{1,63}\.)+[a-z]{2,24}(?::[0-9]{1,5})?(?=[/?#]|\Z)", re.IGNORECASE)
_COUNTER = re.compile(r"(?:[?&](?:utm_\w+|format=xml|fmt=xml)(?:=[^&]*)?)+\Z", re.IGNORECASE)


def looks_like_feed(url: str) -> bool:
    """Whether an address ends the way addresses of feeds do; proves nothing."""
    return _FEED_ADDRESS.search(url) is not None


def feed_address(written: str, *, base: str | None = None) -> str | None:
    """The address of a feed as people write it, made one that can be fetched; None: it is none.

    Schemes that only call a reader (`feed:`) are replaced, a bare host gets https, and an "&" that
    was escaped once too often is mended. A user name and password are left out.
    """
    address = written.strip().replace("&amp;", "&")
    if match := _READER_SCHEME.match(address):
        address = address[match.end() :]
        if not _WEB_SCHEME.match(address):
            address = "http://" + address
    elif base is None and _BARE_HOST.match(address):
        address = "https://" + address
    return normalise(address, base=base)


def feed_key(url: str) -> str:
    """What the address of a feed is compared by: without scheme, "www.", a slash at the end, and
    arguments that change nothing.

    It folds less than `urls.url_key`, for which an RSS and an Atom form of one page are the same.
    """
    bare = url.partition("://")[2] or url
    bare = _COUNTER.sub("", bare.removeprefix("www."))
    return bare.rstrip("/")
