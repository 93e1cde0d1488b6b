"""The names that the Google Reader API has for items, streams and times.

An item is called `tag:google.com,2005:reader/item/` and 16 hexadecimal digits, or by its number in
decimal; a stream `feed/…`, `user/-/label/…` or `user/-/state/com.google/…`, where apps put a user's
name or number for the hyphen. There is no document of it by Google; what is here is what FreshRSS,
Miniflux and The Old Reader agree upon.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

ITEM = "tag:google.com,2005:reader/item/"
LABEL = "user/-/label/"
STATE = "user/-/state/com.google/"
READING_LIST = f"{STATE}reading-list"
READ = f"{STATE}read"
STARRED = f"{STATE}starred"

_HEX = re.compile(r"[0-9a-fA-F]{16}\Z")
_DECIMAL = re.compile(r"-?[0-9]{1,19}\Z")
_MOST = 2**63
_STREAM = re.compile(r"user/[^/]+/(label|state/com\.google)/(.+)\Z", re.DOTALL)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)
_UNITS = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3))
"""What is at least so much counts in such parts of a second: no time of ours is in another year."""


class StreamKind(StrEnum):
    FEED = "feed"
    LABEL = "label"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Stream:
    kind: StreamKind
    value: str
    """The number or the address of a feed, a label, or a state such as "starred"."""


def long_id(number: int) -> str:
    """Of an item."""
    return f"{ITEM}{number:016x}"


def item_number(name: str) -> int | None:
    """Of any form of an item's name; None: it is none, or none of ours, which are above 0."""
    name = name.strip()
    digits = name.removeprefix(ITEM)
    if _HEX.match(digits):
        number = int(digits, 16)
    elif _DECIMAL.match(name):
        number = int(name)
    else:
        return None
    return number if 0 < number < _MOST else None


def parse_stream(name: str) -> Stream | None:
    """None: it is no stream's name."""
    name = name.strip()
    if name.startswith("feed/") and len(name) > 5:
        return Stream(StreamKind.FEED, name[5:])
    match = _STREAM.match(name)
    if match is None:
        return None
    return Stream(StreamKind.LABEL if match[1] == "label" else StreamKind.STATE, match[2])


def label_of(name: str) -> str | None:
    """The label that is named; None: something else is."""
    stream = parse_stream(name)
    return stream.value if stream and stream.kind is StreamKind.LABEL else None


def moment(written: str) -> datetime | None:
    """A time in seconds since 1970, or in thousandths, millionths or billionths of them, as its
    size tells. None: it is none, or none that a calendar has."""
    if not _DECIMAL.match(written.strip()):
        return None
    number = int(written)
    if number <= 0:
        return None
    parts = next((parts for least, parts in _UNITS if number >= least), 1)
    seconds, rest = divmod(number, parts)
    if seconds >= _LAST:
        return None
    return _EPOCH + timedelta(seconds=seconds, microseconds=rest * 1_000_000 // parts)


def seconds(at: datetime) -> int:
    """Since 1970."""
    return (at - _EPOCH) // timedelta(seconds=1)


def microseconds(at: datetime) -> int:
    """Since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)
