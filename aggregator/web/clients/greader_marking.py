"""Marks by the Google Reader API: read, unread, starred, everything read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from aggregator.core.greader_ids import (
    READING_LIST,
    Stream,
    StreamKind,
    moment,
    parse_stream,
)
from aggregator.types import Scope, StreamQuery
from aggregator.web.clients.following import following
from aggregator.web.clients.greader_login import Reader, reader
from aggregator.web.clients.greader_reading import numbers
from aggregator.web.clients.greader_streams import feed_ids
from aggregator.web.clients.parameters import Parameters, parameters
from aggregator.web.site import Site, site_of

router = APIRouter()

_UNREAD = frozenset({"kept-unread", "unread"})
_NOTHING_OF_OURS = frozenset({"tracking-kept-unread", "broadcast", "like", "reading-list", "fresh"})
"""States that apps set beside the others."""
_STATES = {"read", "starred"} | _UNREAD | _NOTHING_OF_OURS
_INSTANT = timedelta(microseconds=1)

_Reader = Annotated[Reader, Depends(reader)]
_Given = Annotated[Parameters, Depends(parameters)]
_Site = Annotated[Site, Depends(site_of)]


@router.post("/reader/api/0/edit-tag")
def edit_tag(site: _Site, who: _Reader, given: _Given) -> Response:
    """`i`: items; `a` and `r`: states that they get and lose."""
    who.must(Scope.MARK)
    ids = numbers(given)
    added = {_state(name) for name in given.all("a")}
    removed = {_state(name) for name in given.all("r")}
    now, storage = site.clock(), site.storage
    if "read" in added:
        storage.mark_read(ids, now=now)
    elif added & _UNREAD or "read" in removed:
        storage.mark_unread(ids, now=now)
    if "starred" in added:
        storage.star(ids, now=now)
    elif "starred" in removed:
        storage.unstar(ids)
    return PlainTextResponse("OK")


@router.post("/reader/api/0/mark-all-as-read")
def mark_all_as_read(request: Request, site: _Site, who: _Reader, given: _Given) -> Response:
    """`s`: a stream; `ts`: only what came until then. Copies are read with the others, also where
    they are not listed."""
    who.must(Scope.MARK)
    stream = parse_stream(given.one("s", READING_LIST))
    if stream is None:
        raise HTTPException(400, "Give a stream as `s`, such as feed/1.")
    until = _until(site, given.one("ts"))
    if until is not None:
        _mark_all(request, site, stream, until)
    return PlainTextResponse("OK")


def _mark_all(request: Request, site: Site, stream: Stream, until: int) -> None:
    followed, now = following(request), site.clock()
    ids: Collection[int] | None
    match stream.kind, stream.value:
        case StreamKind.FEED, feed:
            ids = feed_ids(feed, followed)
        case StreamKind.LABEL, label:
            ids = followed.labelled(label)
        case _, "reading-list" | "kept-unread" | "unread":
            ids = None
        case _, "starred":
            starred = StreamQuery(starred=True, unread=True, below=until + 1)
            found = site.storage.stream(starred, limit=100_000)
            site.storage.mark_read([one.article_id for one in found], now=now)
            return
        case _:
            return  # what has nothing unread
    if ids is None or ids:
        site.storage.mark_all_read(ids, until=until, now=now)


def _until(site: Site, written: str) -> int | None:
    """The last article that is meant; None: there is none. Raises HTTPException 400."""
    at = moment(written) if written not in ("", "0") else None
    if at is None and written not in ("", "0"):
        raise HTTPException(400, "`ts` is a time in seconds or microseconds since 1970.")
    return last_article(site, StreamQuery(until=None if at is None else at + _INSTANT))


def last_article(site: Site, query: StreamQuery) -> int | None:
    found = site.storage.stream(query, limit=1)
    return found[0].article_id if found else None


def _state(name: str) -> str:
    """One that we have, or that means nothing here. Raises HTTPException 400."""
    stream = parse_stream(name)
    if stream is not None and stream.kind is StreamKind.STATE and stream.value in _STATES:
        return stream.value
    raise HTTPException(
        400,
        f"“{name[:100]}” cannot be set: articles are read or not and starred or not, and have no"
        " labels but the tags of their source in feeds.yaml.",
    )
