"""From an address to a source in feeds.yaml, with a look at it before; and lists of feeds."""

from __future__ import annotations

import asyncio
from threading import BoundedSemaphore
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, UploadFile
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.config.editing import NewSource, add_sources
from aggregator.config.opml import unfollowed
from aggregator.core.opml import parse_opml
from aggregator.core.text import clean_line
from aggregator.errors import ConfigError, SandboxError, UsageError
from aggregator.service.findings import Findings, addresses
from aggregator.service.seeking import seeking
from aggregator.types import Scope
from aggregator.web.access.visitor import needs
from aggregator.web.rendering import page
from aggregator.web.site import Site, site_of
from aggregator.web.views import adding_view
from aggregator.web.views.adding_view import FoundView, Wanted
from aggregator.web.views.sentences import sentence_of
from aggregator.web.views.times import times_of

router = APIRouter()

PATIENCE = 90.0
"""Seconds for all that is asked of one address."""
_AT_ONCE = BoundedSemaphore(3)
"""Addresses that are looked at at the same time: each takes a process of its own."""
_PROBLEMS = 50
"""Of a list, that are told."""
_ADMIN = [Depends(needs(Scope.ADMIN))]
_Site = Annotated[Site, Depends(site_of)]
_Line = Annotated[str, Form(max_length=5000)]


def _wanted(
    *,
    url: _Line = "",
    item: _Line = "",
    title: _Line = "",
    link: _Line = "",
    date: _Line = "",
    summary: _Line = "",
) -> Wanted:
    return Wanted(url=url, item=item, title=title, link=link, date=date, summary=summary)


_Wanted = Annotated[Wanted, Depends(_wanted)]


@router.get("/sources/add", dependencies=_ADMIN)
def ask(request: Request, url: str = "") -> Response:
    return _page(request, Wanted(url=url))


@router.post("/sources/add", dependencies=_ADMIN)
async def look(request: Request, site: _Site, wanted: _Wanted) -> Response:
    """Ask the site, and show what could be followed. Nothing is added."""
    if not _AT_ONCE.acquire(blocking=False):
        trouble = "Other addresses are being looked at; try again in a moment."
        return await run_in_threadpool(_page, request, wanted, trouble=trouble, status=503)
    try:
        async with asyncio.timeout(PATIENCE):
            found = await _found(wanted, site)
    except UsageError as error:
        return await run_in_threadpool(
            _page, request, wanted, trouble=sentence_of(error), status=400
        )
    except SandboxError as error:
        return await run_in_threadpool(
            _page, request, wanted, trouble=sentence_of(error), status=502
        )
    except TimeoutError:
        trouble = "The site takes too long to answer; try again later."
        return await run_in_threadpool(_page, request, wanted, trouble=trouble, status=504)
    finally:
        _AT_ONCE.release()
    return await run_in_threadpool(_page, request, wanted, found=found)


@router.post("/sources/add/follow", dependencies=_ADMIN)
def follow(
    request: Request,
    site: _Site,
    wanted: _Wanted,
    name: Annotated[str, Form(max_length=500)] = "",
    tags: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Put it into feeds.yaml."""
    new = NewSource(
        url=wanted.url,
        name=clean_line(name) or None,
        tags=tuple(tags.split(",")),
        select=wanted.selectors,
    )
    try:
        add_sources(site.config_path, [new], environ=site.environ)
    except UsageError as error:
        return _page(request, wanted, trouble=sentence_of(error, site.config_path), status=400)
    return RedirectResponse("/sources?done=added", 303)


@router.get("/sources/opml", dependencies=[Depends(needs(Scope.READ))])
def lists(request: Request) -> Response:
    return page(request, "opml.html.j2", report=None, trouble=None)


@router.post("/sources/opml", dependencies=_ADMIN)
def take_in(request: Request, site: _Site, file: Annotated[UploadFile, File()]) -> Response:
    """Add the feeds of a list. What is followed already is left as it is."""
    read = parse_opml(file.file.read())
    try:
        new = unfollowed(read.entries, site.config_path, environ=site.environ)
        names = add_sources(site.config_path, new, environ=site.environ)
    except (UsageError, ConfigError) as error:
        trouble = sentence_of(error, site.config_path)
        return page(request, "opml.html.j2", status=400, report=None, trouble=trouble)
    return page(
        request,
        "opml.html.j2",
        status=200 if read.entries else 400,
        report={
            "title": read.title,
            "read": len(read.entries),
            "added": list(zip(names, new, strict=True)),
            "known": len(read.entries) - len(new),
            "problems": read.problems[:_PROBLEMS],
            "more": max(len(read.problems) - _PROBLEMS, 0),
        },
        trouble=None,
    )


async def _found(wanted: Wanted, site: Site) -> FoundView:
    """Raises UsageError, and SandboxError for what cannot be read."""
    addresses(wanted.url)  # before a process is started for what is none
    config = site.config()
    selectors = wanted.selectors
    async with seeking(config) as seeker:
        if selectors is None:
            found = await seeker.find(wanted.url, tell=lambda _: None)
        else:
            watched = await seeker.watch(wanted.url, selectors)
            found = Findings(
                typed=wanted.url,
                url=watched.url,
                feeds=(watched,),
                misses=(),
                requests=1,
                trouble=None,
            )
        names = [(feed.url, await seeker.followed_as(feed)) for feed in found.feeds]
    followed = {url: name for url, name in names if name is not None}
    return adding_view.found_view(found, followed, times_of(config, site.clock()))


def _page(
    request: Request,
    wanted: Wanted,
    *,
    found: FoundView | None = None,
    trouble: str | None = None,
    status: int = 200,
) -> Response:
    return page(request, "add.html.j2", status=status, wanted=wanted, found=found, trouble=trouble)
