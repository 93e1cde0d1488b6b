"""What could be followed: looking at an address before it is followed, and lists of feeds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Annotated

from fastapi import Body, Query
from starlette.requests import Request
from starlette.responses import Response

from aggregator.config.editing import add_sources
from aggregator.config.opml import to_opml, unfollowed
from aggregator.core.opml import parse_opml
from aggregator.fetch.gate import HostGate
from aggregator.sandbox import Sandbox
from aggregator.service.findings import Findings, FoundFeed
from aggregator.service.probing import Probe, probe
from aggregator.service.seeking import seeking
from aggregator.service.shapes.found import found_fields
from aggregator.web.api.answers import done, tagged
from aggregator.web.api.parameters import ADMIN, READ, Here
from aggregator.web.api.problems import Refused, problems, texts
from aggregator.web.api.routing import part
from aggregator.web.api.upkeep_schemas import (
    AddressToLookAt,
    Discovered,
    FoundItem,
    Imported,
    ImportProblem,
    ImportReport,
    Probed,
)
from aggregator.web.site import Site

router = part("/sources", tag="sources")

_AT_ONCE = BoundedSemaphore(2)
"""Looks at addresses: each has a process of its own, and makes requests."""
_SHOWN = 10
_LONGEST = 5_000_000
"""Bytes of a list."""
_OPML = "text/x-opml"


@router.post(
    "/discover", dependencies=ADMIN, response_model=Discovered, responses=problems(422, 502)
)
def discover(here: Here, body: AddressToLookAt) -> Response:
    """Look for the feeds of a site, or at the items that selectors find on a page, and change
    nothing. That makes some requests (16 at the most), and takes as long as they do."""
    with _turn():
        found, followed = asyncio.run(_look(body, here))
    shape = found_fields(found)
    items = found.feeds[0].parsed.entries[:_SHOWN] if found.feeds else ()
    return done(
        Discovered(
            url=shape.url,
            requests=shape.requests,
            error=shape.error,
            candidates=shape.candidates,
            misses=shape.misses,
            items=tuple(
                FoundItem(title=one.title, url=one.url, published_at=one.published_at)
                for one in items
            ),
            followed_as=followed,
        )
    )


@router.post("/probe", dependencies=ADMIN, response_model=Probed, responses=problems(422, 502))
def try_out(here: Here, body: AddressToLookAt) -> Response:
    """Poll an address, or a source by its name, once, with each step explained, and keep nothing.
    No secret is shown."""
    if body.select is not None:
        raise Refused(422, "`select` is for `POST /sources/discover`; leave it out.")
    with _turn():
        probed = asyncio.run(_probe(body.url, here))
    return done(Probed(url=probed.url, ok=probed.went_well, steps=probed.lines))


@router.get(
    "/opml",
    dependencies=READ,
    response_class=Response,
    responses={**texts("The sources as OPML 2.0.", _OPML), **problems()},
)
def list_as_opml(request: Request, here: Here) -> Response:
    """The sources as a list for other readers."""
    return tagged(request, to_opml(here.config()), f"{_OPML}; charset=utf-8")


@router.post("/opml", dependencies=ADMIN, response_model=ImportReport, responses=problems(409, 422))
async def import_opml(
    here: Here,
    body: Annotated[
        bytes,
        Body(
            media_type=_OPML,
            max_length=_LONGEST,
            description="OPML in whatever state it is, or a text with one address a line.",
        ),
    ],
    dry_run: Annotated[bool, Query(description="Only report what would be added.")] = False,
) -> Response:
    """Add the feeds of a list to feeds.yaml. What is followed already is left as it is."""
    return await asyncio.to_thread(_import, here, body, dry_run)


def _import(here: Site, body: bytes, dry_run: bool) -> Response:
    read = parse_opml(body)
    new = unfollowed(read.entries, here.config_path, environ=here.environ)
    if dry_run:
        names = tuple(one.name or one.url for one in new)
    else:
        names = add_sources(here.config_path, new, environ=here.environ)
    added = {one.url: name for one, name in zip(new, names, strict=True)}
    return done(
        ImportReport(
            feeds=tuple(
                Imported(
                    name=added.get(one.url, one.title),
                    url=one.url,
                    tags=tuple(one.tags),
                    line=one.line,
                    known=one.url not in added,
                    added=one.url in added and not dry_run,
                )
                for one in read.entries
            ),
            problems=tuple(
                ImportProblem(problem=one.message, line=one.line) for one in read.problems
            ),
        )
    )


@contextmanager
def _turn() -> Iterator[None]:
    """Raises Refused when others are looking."""
    if not _AT_ONCE.acquire(blocking=False):
        raise Refused(
            503, "Other addresses are being looked at; try again.", headers={"Retry-After": "10"}
        )
    try:
        yield
    finally:
        _AT_ONCE.release()


async def _look(body: AddressToLookAt, here: Site) -> tuple[Findings, str | None]:
    """What was found, and the name of the source that its first feed is already."""
    async with seeking(here.config()) as seeker:
        if body.select is None:
            found = await seeker.find(body.url, tell=lambda _: None)
        else:
            found = _watched(body.url, await seeker.watch(body.url, body.select.read()))
        followed = await seeker.followed_as(found.feeds[0]) if found.feeds else None
        return found, followed


def _watched(typed: str, page: FoundFeed) -> Findings:
    return Findings(typed=typed, url=page.url, feeds=(page,), misses=(), requests=1, trouble=None)


async def _probe(wanted: str, here: Site) -> Probe:
    config = here.config()
    async with Sandbox(workers=1) as sandbox:
        return await probe(
            wanted,
            config=config,
            sandbox=sandbox,
            gate=HostGate(config.host_delay),
            clock=here.clock,
        )
