"""Subscriptions and labels by the Google Reader API.

A subscription is a source, a label is a tag of it. Both stand in feeds.yaml, which is edited.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from aggregator.config.opml import to_opml
from aggregator.core.greader_ids import LABEL, STARRED, StreamKind, label_of, parse_stream
from aggregator.core.standing import without_login
from aggregator.core.text import clean_line
from aggregator.errors import ConfigError, UsageError
from aggregator.types import Scope, SourceStatus
from aggregator.web.api.answers import answer, tagged
from aggregator.web.clients.following import Following, following, following_now, labels_of
from aggregator.web.clients.greader_adding import follow, found_at, import_list, unfollow
from aggregator.web.clients.greader_changes import (
    Labels,
    change,
    drop_labels,
    real,
    rename_label,
)
from aggregator.web.clients.greader_items import home_of
from aggregator.web.clients.greader_login import Reader, reader
from aggregator.web.clients.greader_streams import feed_ids
from aggregator.web.clients.parameters import Parameters, parameters
from aggregator.web.site import Site, site_of

router = APIRouter(prefix="/reader/api/0", dependencies=[Depends(reader)])

MOST_EDITED = 100

_Reader = Annotated[Reader, Depends(reader)]
_Given = Annotated[Parameters, Depends(parameters)]
_Site = Annotated[Site, Depends(site_of)]


@router.get("/subscription/list")
def subscriptions(request: Request) -> Response:
    followed = following_now(request)
    return answer(request, {"subscriptions": [_fields(one) for one in followed.sources]})


@router.get("/tag/list")
def tags(request: Request) -> Response:
    labels = following(request).labels()
    told = [{"id": STARRED}, *({"id": LABEL + one, "type": "folder"} for one in labels)]
    return answer(request, {"tags": told})


@router.get("/subscription/export")
def export(request: Request, site: _Site, who: _Reader) -> Response:
    who.must(Scope.ADMIN)
    return tagged(request, to_opml(site.config()), "text/x-opml; charset=utf-8")


@router.post("/subscription/import")
async def import_(request: Request, who: _Reader) -> Response:
    """An OPML list is the body."""
    who.must(Scope.ADMIN)
    number = await run_in_threadpool(import_list, request, await request.body())
    return PlainTextResponse(f"OK: {number}")


@router.api_route("/subscription/quickadd", methods=["GET", "POST"])
async def quickadd(request: Request, site: _Site, who: _Reader, given: _Given) -> Response:
    """`quickadd`: the address of a site, a page or a feed."""
    who.must(Scope.ADMIN)
    if request.method != "POST":
        raise HTTPException(405, "Send it by POST.", headers={"Allow": "POST"})
    address = given.one("quickadd").removeprefix("feed/")
    try:
        added = await _followed(request, site, address)
    except (UsageError, ConfigError) as error:
        # Apps show this; of a status they only tell that something failed.
        return answer(request, {"query": address, "numResults": 0, "error": str(error)})
    told = {
        "query": address,
        "numResults": 1,
        "streamId": f"feed/{added.source_id}",
        "streamName": added.source.name,
    }
    return answer(request, told)


@router.post("/subscription/edit")
async def edit(request: Request, site: _Site, who: _Reader, given: _Given) -> Response:
    """`ac`: subscribe, unsubscribe or edit; `s`: streams, `t`: their names; labels that they get
    (`a`) and lose (`r`)."""
    who.must(Scope.ADMIN)
    streams = given.all("s")[:MOST_EDITED]
    names = _names(given, len(streams))
    labels = Labels(added=_labels(given, "a"), removed=_labels(given, "r"))
    match given.one("ac"):
        case "subscribe":
            for stream, name in zip(streams, names, strict=True):
                await _subscribe(request, site, stream, name, labels)
        case "unsubscribe":
            meant = await run_in_threadpool(_meant, request, streams)
            await run_in_threadpool(unfollow, request, [one.source.url for one in meant])
        case "edit":
            meant = await run_in_threadpool(_meant, request, streams)
            called = {one.source.url: name for one, name in zip(meant, names, strict=True) if name}
            urls = [one.source.url for one in meant]
            await run_in_threadpool(change, request, urls, called, labels)
        case _:
            raise HTTPException(400, "`ac` is subscribe, unsubscribe or edit.")
    return PlainTextResponse("OK")


@router.post("/rename-tag")
async def rename_tag(request: Request, who: _Reader, given: _Given) -> Response:
    """`s`: a label, `dest`: what it is called from now on."""
    who.must(Scope.ADMIN)
    labels = [*_labels(given, "s")[:1], *_labels(given, "dest")[:1]]
    if len(labels) < 2:
        raise HTTPException(400, f"Give labels as `s` and `dest`, such as {LABEL}world.")
    await run_in_threadpool(rename_label, request, *labels)
    return PlainTextResponse("OK")


@router.post("/disable-tag")
async def disable_tag(request: Request, who: _Reader, given: _Given) -> Response:
    """`s`: labels, which all sources lose."""
    who.must(Scope.ADMIN)
    labels = _labels(given, "s")
    if not labels:
        raise HTTPException(400, f"Give a label as `s`, such as {LABEL}world.")
    await run_in_threadpool(drop_labels, request, labels)
    return PlainTextResponse("OK")


async def _followed(request: Request, site: Site, address: str) -> SourceStatus:
    """A feed that is, or is followed now. Raises UsageError and ConfigError."""
    known = (await run_in_threadpool(following_now, request)).at(address)
    if known is not None:
        return known
    found, name = await found_at(site, address)
    added = await run_in_threadpool(follow, request, found, name=name, tags=())
    if added is None:
        raise UsageError(f"{found} was added to feeds.yaml, and is followed in a moment")
    return added


async def _subscribe(request: Request, site: Site, stream: str, name: str, labels: Labels) -> None:
    """Follow a feed; one that is followed gets the name and the labels."""
    parsed = parse_stream(stream)
    if parsed is None or parsed.kind is not StreamKind.FEED:
        raise HTTPException(400, f"“{stream[:100]}” is no feed; give feed/ and its address.")
    followed = await run_in_threadpool(following_now, request)
    for source_id in feed_ids(parsed.value, followed) & followed.ids:
        known = followed.source(source_id)
        if known is not None:
            url = known.source.url
            await run_in_threadpool(change, request, [url], {url: name} if name else {}, labels)
            return
    found, own = await found_at(site, parsed.value)
    await run_in_threadpool(follow, request, found, name=name or own, tags=real(labels.added))


def _meant(request: Request, streams: list[str]) -> list[SourceStatus]:
    """The sources that are followed. Raises HTTPException 404 and 400."""
    followed = following_now(request)
    if not streams:
        raise HTTPException(400, "Give a stream as `s`, such as feed/1.")
    return [_one(followed, stream) for stream in streams]


def _one(followed: Following, stream: str) -> SourceStatus:
    parsed = parse_stream(stream)
    if parsed is not None and parsed.kind is StreamKind.FEED:
        for source_id in feed_ids(parsed.value, followed):
            found = followed.source(source_id)
            if found is not None:
                return found
    raise HTTPException(404, f"“{stream[:100]}” is not followed.")


def _names(given: Parameters, number: int) -> list[str]:
    """One for each stream; "": none is given."""
    named = [value.strip() for key, value in given.given if key == "t"][:number]
    return [*named, *[""] * (number - len(named))]


def _labels(given: Parameters, key: str) -> list[str]:
    named = (clean_line(label_of(value) or "") for value in given.all(key))
    return [label for label in named if label]


def _fields(one: SourceStatus) -> dict[str, object]:
    return {
        "id": f"feed/{one.source_id}",
        "title": one.source.name,
        "categories": [{"id": LABEL + tag, "label": tag} for tag in labels_of(one)],
        "url": without_login(one.source.url),
        "htmlUrl": home_of(one),
        "iconUrl": "",
    }
