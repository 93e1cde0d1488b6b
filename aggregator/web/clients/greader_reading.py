"""What is to be read, by the Google Reader API: streams, items, and how many are unread."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.core.greader_ids import (
    LABEL,
    READING_LIST,
    item_number,
    long_id,
    microseconds,
    seconds,
)
from aggregator.types import Article, Marks, StreamQuery, Unread
from aggregator.web.addresses import base_of
from aggregator.web.api.answers import answer, tagged
from aggregator.web.clients.following import Following, following
from aggregator.web.clients.greader_items import item_fields
from aggregator.web.clients.greader_login import Reader, reader
from aggregator.web.clients.greader_streams import USUAL, Page, page, wanted
from aggregator.web.clients.parameters import Parameters, parameters
from aggregator.web.feeds_atom import MEDIA_TYPE as ATOM
from aggregator.web.feeds_atom import to_atom
from aggregator.web.feeds_content import Feed, article_entry
from aggregator.web.site import Site, site_of

router = APIRouter(dependencies=[Depends(reader)])

MOST_ITEMS = 1_000
MOST_IDS = 10_000
MOST_COUNTED = 100_000
"""Unread articles that are counted without copies; of more, the newest."""
_UNMARKED = Marks(read=False, starred=False)

_Reader = Annotated[Reader, Depends(reader)]
_Given = Annotated[Parameters, Depends(parameters)]
_Site = Annotated[Site, Depends(site_of)]
_READ = ["GET", "POST"]


@router.api_route("/reader/api/0/stream/items/ids", methods=_READ)
def item_ids(request: Request, site: _Site, who: _Reader, given: _Given) -> Response:
    found = _page(request, site, who, given, given.one("s"), most=MOST_IDS)
    told: dict[str, object] = {
        "itemRefs": [
            {
                "id": str(item.article_id),
                "directStreamIds": [f"feed/{item.source_id}"],
                "timestampUsec": str(microseconds(item.first_seen_at)),
            }
            for item in found.items
        ]
    }
    return answer(request, _continued(told, found))


@router.api_route("/reader/api/0/stream/items/contents", methods=_READ)
def item_contents(request: Request, site: _Site, given: _Given) -> Response:
    """Of the items that are named, in this order; without those that do not exist."""
    ids = numbers(given)[:MOST_ITEMS]
    return answer(request, _contents(request, site, READING_LIST, ids))


@router.api_route("/reader/api/0/stream/contents", methods=_READ)
@router.api_route("/reader/api/0/stream/contents/{stream:path}", methods=_READ)
def stream_contents(
    request: Request, site: _Site, who: _Reader, given: _Given, stream: str = ""
) -> Response:
    name = stream or given.one("s", READING_LIST)
    found = _page(request, site, who, given, name, most=MOST_ITEMS)
    ids = [item.article_id for item in found.items]
    return answer(request, _continued(_contents(request, site, name, ids), found))


@router.get("/reader/atom/{stream:path}")
def stream_atom(
    request: Request, site: _Site, who: _Reader, given: _Given, stream: str
) -> Response:
    """The same as a feed, which is how Google Reader began and newsboat reads it."""
    found = _page(request, site, who, given, stream, most=MOST_ITEMS)
    base, known = base_of(request), _articles(site, [one.article_id for one in found.items])
    entries = tuple(
        article_entry(
            known[item.article_id],
            entry_id=long_id(item.article_id),
            base=base,
            states=("read" if item.read else "fresh", *(["starred"] if item.starred else [])),
        )
        for item in found.items
        if item.article_id in known
    )
    updated_at = max((one.updated_at for one in entries), default=site.clock())
    made = Feed(
        feed_id=f"tag:google.com,2005:reader/{stream}",
        title=_title(following(request), stream, site.config().web.title),
        home=f"{base}/",
        self_url=f"{base}{request.url.path}",
        next_url=None,
        updated_at=updated_at,
        author=site.config().web.title,
        entries=entries,
    )
    # Marks change it as well, so a time does not tell whether it is the same.
    return tagged(request, to_atom(made), ATOM)


@router.get("/reader/api/0/unread-count")
def unread_count(request: Request, site: _Site, who: _Reader) -> Response:
    followed = following(request)
    unread = _unread(site, followed, folded=who.folded)
    told = [_count(f"feed/{source_id}", [one]) for source_id, one in unread.items()]
    for label, ids in followed.labels().items():
        told.append(_count(LABEL + label, [unread[one] for one in sorted(ids & unread.keys())]))
    told.append(_count(READING_LIST, unread.values()))
    total = sum(one.articles for one in unread.values())
    return answer(request, {"max": total, "unreadcounts": told})


# --- which ----------------------------------------------------------------------------------------


def numbers(given: Parameters) -> list[int]:
    """Of the items that are named, each once. Raises HTTPException 400 for what is no name."""
    found: dict[int, None] = {}
    for name in given.all("i"):
        number = item_number(name)
        if number is None:
            raise HTTPException(400, f"“{name[:100]}” is no item of ours.")
        found[number] = None
    return list(found)


def _page(
    request: Request, site: Site, who: Reader, given: Parameters, name: str, *, most: int
) -> Page:
    asked = wanted(name, given, following(request), folded=who.folded)
    return page(site.storage, asked, given.number("n", USUAL, most=most))


def _articles(site: Site, ids: Collection[int]) -> dict[int, Article]:
    return {one.summary.article_id: one for one in site.storage.articles(ids)} if ids else {}


def _unread(site: Site, followed: Following, *, folded: bool) -> dict[int, Unread]:
    if not folded:
        return {key: one for key, one in site.storage.unread().items() if key in followed.ids}
    found: dict[int, Unread] = {}
    query = StreamQuery(source_ids=followed.ids, unread=True, copies=False)
    for item in site.storage.stream(query, limit=MOST_COUNTED):
        known = found.get(item.source_id)
        newest_at = item.first_seen_at
        found[item.source_id] = Unread(
            articles=1 + (known.articles if known else 0),
            newest_at=max(newest_at, known.newest_at) if known else newest_at,
        )
    return found


# --- how it is told -------------------------------------------------------------------------------


def _contents(request: Request, site: Site, stream: str, ids: Collection[int]) -> dict[str, object]:
    followed, base = following(request), base_of(request)
    known = _articles(site, ids)
    marks = site.storage.marks(ids) if ids else {}
    sources = {one.source_id: one for one in followed.sources}
    items = [
        item_fields(
            known[number],
            marks.get(number, _UNMARKED),
            sources.get(known[number].summary.source_id),
            base=base,
        )
        for number in ids
        if number in known
    ]
    newest = max((one.summary.first_seen_at for one in known.values()), default=site.clock())
    return {
        "id": stream,
        "direction": "ltr",
        "title": _title(followed, stream, site.config().web.title),
        "updated": seconds(newest),
        "items": items,
    }


def _title(followed: Following, stream: str, otherwise: str) -> str:
    number = stream.removeprefix("feed/")
    source = followed.source(int(number)) if number.isascii() and number.isdigit() else None
    return otherwise if source is None else source.source.name


def _continued(told: dict[str, object], found: Page) -> dict[str, object]:
    return told if found.continuation is None else {**told, "continuation": found.continuation}


def _count(name: str, unread: Iterable[Unread]) -> dict[str, object]:
    every = list(unread)
    newest = max((microseconds(one.newest_at) for one in every), default=0)
    return {
        "id": name,
        "count": sum(one.articles for one in every),
        "newestItemTimestampUsec": str(newest),
    }
