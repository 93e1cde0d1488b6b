"""The Fever API: one address, which answers what its parameters name.

Everything goes by numbers that grow, fifty items at a time: an app begins at 0 and asks until
nothing comes. That would be years of articles here, so it is told of the last thirty days, in
which articles are unread; what is starred, and what it names, it gets whatever its age.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from aggregator.core.fever_ids import EVERYTHING, group_number, numbers_in
from aggregator.core.greader_ids import moment
from aggregator.types import Scope, StreamQuery
from aggregator.web.access.clients import visitor_of_fever
from aggregator.web.access.visitor import Visitor
from aggregator.web.addresses import base_of
from aggregator.web.clients import fever_view as view
from aggregator.web.clients.following import Following, following
from aggregator.web.clients.parameters import Parameters, parameters
from aggregator.web.site import Site, site_of

router = APIRouter()

VERSION = 3
ITEMS = 50
"""In one answer."""
MOST_IDS = 50_000
"""In lists of what is unread and saved; the newest."""
SPAN = timedelta(days=30)
_INSTANT = timedelta(seconds=1)


@router.api_route("/fever", methods=["GET", "POST"])
@router.api_route("/fever/", methods=["GET", "POST"])
def fever(
    request: Request,
    site: Annotated[Site, Depends(site_of)],
    given: Annotated[Parameters, Depends(parameters)],
) -> Response:
    """Always 200: whether the key is known stands in the answer."""
    # What stands in an address is written down on the way: a key is taken in a form only.
    key = given.one("api_key") if "api_key" in given.form else ""
    visitor = visitor_of_fever(site, key) if key else None
    if visitor is None:
        return JSONResponse({"api_version": VERSION, "auth": 0})
    followed = following(request)
    _mark(site, visitor, given, followed)
    told: dict[str, object] = {
        "api_version": VERSION,
        "auth": 1,
        "last_refreshed_on_time": view.refreshed(followed),
    }
    for name, answer in _ANSWERS.items():
        if given.has(name):
            told |= answer(request, site, given, followed)
    if given.has("mark"):
        told |= _after(given.one("as"), site, followed)
    return JSONResponse(told)


# --- what is asked for ----------------------------------------------------------------------------

_Answer = Callable[[Request, Site, Parameters, Following], dict[str, object]]


def _groups(
    _request: Request, _site: Site, _given: Parameters, followed: Following
) -> dict[str, object]:
    return {"groups": view.groups(followed), "feeds_groups": view.feeds_groups(followed)}


def _feeds(
    _request: Request, _site: Site, _given: Parameters, followed: Following
) -> dict[str, object]:
    return {"feeds": view.feeds(followed), "feeds_groups": view.feeds_groups(followed)}


def _favicons(
    _request: Request, _site: Site, _given: Parameters, _followed: Following
) -> dict[str, object]:
    """None are kept."""
    return {"favicons": []}


def _links(
    _request: Request, _site: Site, _given: Parameters, _followed: Following
) -> dict[str, object]:
    """Hot links are Fever's own; what is hot here are stories, which have feeds."""
    return {"links": []}


def _items(
    request: Request, site: Site, given: Parameters, followed: Following
) -> dict[str, object]:
    ids = _item_ids(site, given, followed)
    known = {one.summary.article_id: one for one in site.storage.articles(ids)} if ids else {}
    marks = site.storage.marks(ids) if ids else {}
    base = base_of(request)
    items = [view.item(known[one], marks.get(one), base=base) for one in ids if one in known]
    counts = site.storage.daily_counts(since=site.clock() - SPAN)
    total = sum(sum(counts.get(one, {}).values()) for one in followed.ids)
    return {"total_items": total, "items": items}


def _item_ids(site: Site, given: Parameters, followed: Following) -> list[int]:
    if given.has("with_ids"):
        return numbers_in(given.one("with_ids"), most=ITEMS)
    since_id = numbers_in(given.one("since_id"), most=1)
    max_id = numbers_in(given.one("max_id"), most=1)
    query = StreamQuery(
        source_ids=followed.ids,
        above=since_id[0] if since_id and not max_id else None,
        below=max_id[0] if max_id and max_id[0] > 0 else None,
        since=site.clock() - SPAN,
        newest_first=bool(max_id),
    )
    return [one.article_id for one in site.storage.stream(query, limit=ITEMS)]


def _unread_ids(site: Site, followed: Following) -> str:
    query = StreamQuery(source_ids=followed.ids, unread=True)
    found = site.storage.stream(query, limit=MOST_IDS)
    return view.joined(one.article_id for one in found)


def _saved_ids(site: Site) -> str:
    found = site.storage.stream(StreamQuery(starred=True), limit=MOST_IDS)
    return view.joined(one.article_id for one in found)


_ANSWERS: dict[str, _Answer] = {
    "groups": _groups,
    "feeds": _feeds,
    "favicons": _favicons,
    "items": _items,
    "links": _links,
    "unread_item_ids": lambda _request, site, _given, followed: {
        "unread_item_ids": _unread_ids(site, followed)
    },
    "saved_item_ids": lambda _request, site, _given, _followed: {
        "saved_item_ids": _saved_ids(site)
    },
}


# --- marks ----------------------------------------------------------------------------------------


def _mark(site: Site, visitor: Visitor, given: Parameters, followed: Following) -> None:
    """`mark`: item, feed or group; `as`: read, unread, saved or unsaved; `before`: only what came
    until then. Raises HTTPException 403 and 400."""
    what, done = given.one("mark"), given.one("as")
    if not what:
        return
    if visitor.scope is None or not visitor.scope.includes(Scope.MARK):
        raise HTTPException(403, f"This takes a token with the right “{Scope.MARK.value}”.")
    ids = _number(given.one("id"))
    if ids is None or (what, done) not in _MARKS:
        raise HTTPException(400, "An item, a feed or a group is marked, by its number.")
    if what == "item":
        _mark_item(site, ids, done)
    else:
        _mark_list(site, what, ids, given.one("before"), followed)


_MARKS = frozenset(
    {("item", done) for done in ("read", "unread", "saved", "unsaved")}
    | {("feed", "read"), ("group", "read")}
)


def _number(written: str) -> int | None:
    if written.isascii() and written.isdigit() and len(written) < 19:
        return int(written)
    return None


def _mark_item(site: Site, number: int, done: str) -> None:
    storage, now = site.storage, site.clock()
    match done:
        case "read":
            storage.mark_read([number], now=now)
        case "unread":
            storage.mark_unread([number], now=now)
        case "saved":
            storage.star([number], now=now)
        case _:
            storage.unstar([number])


def _mark_list(site: Site, what: str, number: int, before: str, followed: Following) -> None:
    at = moment(before)
    last = site.storage.stream(StreamQuery(until=at + _INSTANT if at else None), limit=1)
    if not last:
        return
    ids: frozenset[int] | None
    if what == "feed":
        ids = frozenset({number})
    elif number == EVERYTHING:
        ids = None
    else:
        labels = followed.labels()
        ids = next((labels[tag] for tag in labels if group_number(tag) == number), frozenset())
    if ids is None or ids:
        site.storage.mark_all_read(ids, until=last[0].article_id, now=site.clock())


def _after(done: str, site: Site, followed: Following) -> dict[str, object]:
    """How it is after a mark."""
    if done in ("read", "unread"):
        return {"unread_item_ids": _unread_ids(site, followed)}
    if done in ("saved", "unsaved"):
        return {"saved_item_ids": _saved_ids(site)}
    return {}
