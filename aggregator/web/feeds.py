"""Feeds out: Atom, JSON Feed and OPML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from aggregator.config import Config
from aggregator.config.opml import to_opml
from aggregator.core.query_tree import asks_marks
from aggregator.core.standing import without_login
from aggregator.storage.protocol import Storage
from aggregator.types import Scope
from aggregator.web.access.visitor import visitor_of
from aggregator.web.addresses import base_of
from aggregator.web.api.answers import tagged
from aggregator.web.feeds_access import may_read
from aggregator.web.feeds_atom import MEDIA_TYPE as ATOM
from aggregator.web.feeds_atom import to_atom
from aggregator.web.feeds_content import Entry, Feed, article_entry, story_entry, urn
from aggregator.web.feeds_json import MEDIA_TYPE as JSON
from aggregator.web.feeds_json import to_json_feed
from aggregator.web.feeds_query import Wanted, wanted
from aggregator.web.site import Site, site_of
from aggregator.web.views.times import times_of

router = APIRouter(dependencies=[Depends(may_read)])

ENTRIES = 40
MOST = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORMATS: dict[str, tuple[str, Callable[[Feed], bytes]]] = {
    "atom": (ATOM, to_atom),
    "json": (JSON, to_json_feed),
}
_READ = ["GET", "HEAD"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What stands in the address of a feed."""

    q: str = ""
    tag: str = ""
    watch: str = ""
    n: str = ""
    """Entries, at the most."""
    after: str = ""
    """What the page before gave."""

    @property
    def limit(self) -> int:
        if not (self.n.isascii() and self.n.isdigit() and len(self.n) < 6):
            return ENTRIES
        return min(max(int(self.n), 1), MOST)


def asked(q: str = "", tag: str = "", watch: str = "", n: str = "", after: str = "") -> Asked:
    """A dependency."""
    return Asked(q=q, tag=tag, watch=watch, n=n, after=after)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    entries: tuple[Entry, ...]
    after: str | None


_Asked = Annotated[Asked, Depends(asked)]
_Site = Annotated[Site, Depends(site_of)]


@router.api_route("/feeds/stories.atom", methods=_READ)
def stories_atom(request: Request, site: _Site, asked: _Asked) -> Response:
    return _answer(request, site, asked, _stories, "atom")


@router.api_route("/feeds/stories.json", methods=_READ)
def stories_json(request: Request, site: _Site, asked: _Asked) -> Response:
    return _answer(request, site, asked, _stories, "json")


@router.api_route("/feeds/articles.atom", methods=_READ)
def articles_atom(request: Request, site: _Site, asked: _Asked) -> Response:
    return _answer(request, site, asked, _articles, "atom")


@router.api_route("/feeds/articles.json", methods=_READ)
def articles_json(request: Request, site: _Site, asked: _Asked) -> Response:
    return _answer(request, site, asked, _articles, "json")


@router.api_route("/feeds.opml", methods=_READ)
def opml(request: Request, site: _Site) -> Response:
    """What is followed. Logins in addresses are for whoever may change them."""
    config = site.config()
    if visitor_of(request).scope is not Scope.ADMIN:
        config = _without_logins(config)
    return tagged(request, to_opml(config), "text/x-opml; charset=utf-8")


def _without_logins(config: Config) -> Config:
    return replace(
        config,
        sources=tuple(replace(one, url=without_login(one.url)) for one in config.sources),
        paused=tuple(replace(one, url=without_login(one.url)) for one in config.paused),
    )


# --- what is found --------------------------------------------------------------------------------


def _stories(storage: Storage, what: Wanted, asked: Asked, base: str) -> _Found:
    """Those with an article that matches, the one that has grown last first."""
    found = storage.search(
        what.query, limit=asked.limit, fold=True, after=asked.after or None, passages=False
    )
    store = storage.created_at()
    numbers = [hit.article.story_id for hit in found.hits if hit.article.story_id is not None]
    stories = filter(None, map(storage.story, dict.fromkeys(numbers)))
    return _Found(
        entries=tuple(
            story_entry(story, entry_id=urn(store, "story", story.story_id), base=base)
            for story in stories
        ),
        after=found.after,
    )


def _articles(storage: Storage, what: Wanted, asked: Asked, base: str) -> _Found:
    """Those that match, the newest first."""
    found = storage.search(what.query, limit=asked.limit, after=asked.after or None, passages=False)
    store = storage.created_at()
    numbers = [hit.article.article_id for hit in found.hits]
    known = {one.summary.article_id: one for one in storage.articles(numbers)}
    return _Found(
        entries=tuple(
            article_entry(known[number], entry_id=urn(store, "article", number), base=base)
            for number in numbers
            if number in known
        ),
        after=found.after,
    )


# --- how it is told -------------------------------------------------------------------------------


def _answer(
    request: Request,
    site: Site,
    asked: Asked,
    find: Callable[[Storage, Wanted, Asked, str], _Found],
    name: str,
) -> Response:
    config, base = site.config(), base_of(request)
    times = times_of(config, site.clock())
    what = wanted(config, times, q=asked.q, tag=asked.tag, watch=asked.watch)
    found = find(site.storage, what, asked, base)
    created_at = site.storage.created_at()
    feed = Feed(
        feed_id=urn(created_at, "feed", find.__name__, what.key),
        title=" · ".join(filter(None, (config.web.title, what.title))),
        home=base + what.home,
        self_url=_address(request, base),
        next_url=None if found.after is None else _address(request, base, after=found.after),
        updated_at=max((entry.updated_at for entry in found.entries), default=created_at or _EPOCH),
        author=config.web.title,
        entries=found.entries,
    )
    media_type, write = _FORMATS[name]
    # Marks change what is found, and no entry is newer for that.
    updated_at = None if asks_marks(what.query.root) else feed.updated_at
    return conditional(request, write(feed), media_type, updated_at)


def conditional(
    request: Request, body: bytes, media_type: str, updated_at: datetime | None
) -> Response:
    """With what readers ask again by: an entity tag, and for those that know none, a time; None:
    there is no time by which to tell whether it has changed."""
    made = tagged(request, body, media_type)
    if updated_at is None:
        return made
    if "If-None-Match" not in request.headers and _is_known(request, updated_at):
        made = Response(status_code=304, headers={"ETag": made.headers["ETag"]})
    made.headers["Last-Modified"] = format_datetime(updated_at.astimezone(UTC), usegmt=True)
    return made


def _is_known(request: Request, updated_at: datetime) -> bool:
    try:
        since = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
    except ValueError:
        return False
    if since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    return updated_at.replace(microsecond=0) <= since


def _address(request: Request, base: str, **more: str) -> str:
    """As it was asked for, with the token, without which a reader could not go on."""
    given = {**request.query_params, **more}
    return f"{base}{request.url.path}{'?' if given else ''}{urlencode(given)}"
