"""Which articles a stream of the Google Reader API has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from aggregator.core.greader_ids import Stream, StreamKind, moment, parse_stream
from aggregator.storage.protocol import Storage
from aggregator.types import StreamItem, StreamQuery
from aggregator.web.clients.following import Following
from aggregator.web.clients.parameters import Parameters

_STATES = frozenset({"read", "unread", "kept-unread", "tracking-kept-unread", "fresh"})
"""All but the first mean unread."""
USUAL = 20
"""Items, where an app does not say how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    query: StreamQuery
    no_stars: bool = False
    """Without what is starred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    items: tuple[StreamItem, ...]
    continuation: str | None
    """None: there is nothing more."""


def wanted(name: str, given: Parameters, followed: Following, *, folded: bool) -> Wanted | None:
    """None: there can be nothing, as in a stream that there is not."""
    stream = parse_stream(name or "user/-/state/com.google/reading-list")
    if stream is None:
        return None
    oldest_first, last = given.one("r") == "o", _number(given.one("c"))
    found = _narrowed(
        Wanted(
            query=StreamQuery(
                copies=not folded,
                since=moment(given.one("ot")),
                until=moment(given.one("nt")),
                newest_first=not oldest_first,
                above=last if oldest_first else None,
                below=None if oldest_first else last,
            )
        ),
        stream,
        followed,
    )
    for only in map(parse_stream, given.all("it")):
        found = _narrowed(found, only, followed) if found and only else found
    for without in map(parse_stream, given.all("xt")):
        found = _without(found, without, followed) if found and without else found
    if found is None or found.query.starred or found.query.source_ids is not None:
        # What is starred was starred to be kept, also of what is followed no longer.
        return found
    return replace(found, query=replace(found.query, source_ids=followed.ids))


def page(storage: Storage, asked: Wanted | None, limit: int) -> Page:
    if asked is None:
        return Page(items=(), continuation=None)
    items: list[StreamItem] = []
    for item in _items(storage, asked, limit + 1):
        items.append(item)
        if len(items) > limit:
            break
    more = len(items) > limit
    shown = tuple(items[:limit])
    return Page(items=shown, continuation=str(shown[-1].article_id) if more else None)


def _items(storage: Storage, asked: Wanted, batch: int) -> Iterator[StreamItem]:
    """All of them, in order, so many read at once."""
    query = asked.query
    while found := storage.stream(query, limit=batch):
        yield from (item for item in found if not (asked.no_stars and item.starred))
        if len(found) < batch:
            return
        last = found[-1].article_id
        query = replace(query, below=last) if query.newest_first else replace(query, above=last)


def _number(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else None


def _narrowed(found: Wanted, stream: Stream, followed: Following) -> Wanted | None:
    """Only what is in this stream, too."""
    sources = _sources(stream, followed)
    if sources is not None:
        return _of(found, sources)
    if stream.value == "starred":
        return replace(found, query=replace(found.query, starred=True))
    if stream.value in _STATES:
        return _with_state(found, unread=stream.value != "read")
    # Of the others, as likes, we have none.
    return found if stream.value == "reading-list" else None


def _without(found: Wanted, stream: Stream, followed: Following) -> Wanted | None:
    """What is in this stream is left out."""
    sources = _sources(stream, followed)
    if sources is not None:
        return _of(found, followed.ids - sources)
    if stream.value == "starred":
        return None if found.query.starred else replace(found, no_stars=True)
    if stream.value in _STATES:
        return _with_state(found, unread=stream.value == "read")
    return None if stream.value == "reading-list" else found


def _sources(stream: Stream, followed: Following) -> frozenset[int] | None:
    """None: it is no feed and no label."""
    if stream.kind is StreamKind.STATE:
        return None
    if stream.kind is StreamKind.LABEL:
        return followed.labelled(stream.value)
    return feed_ids(stream.value, followed)


def feed_ids(feed: str, followed: Following) -> frozenset[int]:
    """The source of a number or an address; none where there is none."""
    number = _number(feed)
    if number is not None:
        return frozenset({number})
    source = followed.at(feed)
    return frozenset() if source is None else frozenset({source.source_id})


def _of(found: Wanted, sources: frozenset[int]) -> Wanted | None:
    known = found.query.source_ids
    ids = sources if known is None else sources & known
    return replace(found, query=replace(found.query, source_ids=ids)) if ids else None


def _with_state(found: Wanted, *, unread: bool) -> Wanted | None:
    if found.query.unread not in (None, unread):
        return None
    return replace(found, query=replace(found.query, unread=unread))
