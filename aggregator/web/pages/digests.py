"""Digests: when each is due and to whom it goes, past editions as they were made, the next one."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.config import DigestConfig
from aggregator.config.web import ImagePolicy
from aggregator.errors import UsageError
from aggregator.notify.render import render
from aggregator.service.digest_now import edition_now, recipient_of, send_now
from aggregator.service.editions import content_of, digest_key, names_of, preview_span
from aggregator.service.shapes.digests import digest_fared
from aggregator.types import Edition, KeptDigest, Scope
from aggregator.web.access.visitor import needs
from aggregator.web.rendering import page
from aggregator.web.site import Site, site_of
from aggregator.web.views import digests_view
from aggregator.web.views.times import long_day, times_of

router = APIRouter()

EDITIONS = 30
"""On one page."""
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {images}; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
_ADMIN = [Depends(needs(Scope.ADMIN))]
_READ = [Depends(needs(Scope.READ))]
_Site = Annotated[Site, Depends(site_of)]
_DONE = {
    "sent": ("good", "It was made and handed over; below is what became of it."),
    "nothing": ("warn", "Nothing is new since the last edition, so none was made."),
}


@router.get("/digests", dependencies=_READ)
def digests(request: Request, site: _Site) -> Response:
    config, times = site.config(), times_of(site.config(), site.clock())
    fared = [digest_fared(one, site.storage, now=times.now) for one in config.digests]
    return page(
        request,
        "digests.html.j2",
        digests=[digests_view.digest_view(item, times) for item in fared],
    )


@router.get("/digests/{name:path}/preview.html", dependencies=_READ)
def preview_alone(site: _Site, name: str) -> Response:
    """The next edition as it would be now. Nothing is kept or sent."""
    config, one = site.config(), _digest(site, name)
    span = preview_span(site.storage, one, now=site.clock())
    made = render(content_of(site.storage, config, one, span))
    return _alone(site, made.html, one)


@router.get("/digests/{name:path}/preview", dependencies=_READ)
def preview(request: Request, site: _Site, name: str) -> Response:
    one, times = _digest(site, name), times_of(site.config(), site.clock())
    span = preview_span(site.storage, one, now=times.now)
    return page(
        request,
        "preview.html.j2",
        digest=one.name,
        href=digests_view.address_of(one.name),
        since=times.at(span.since_at),
    )


@router.get("/digests/{name:path}/{day}/{slot:int}.html", dependencies=_READ)
def edition_alone(site: _Site, name: str, day: str, slot: int) -> Response:
    """As it was made, byte for byte."""
    kept = _edition(site, name, day, slot)
    one = names_of(site.config().digests).get(kept.edition.digest)
    return _alone(site, kept.rendered.html, one)


@router.get("/digests/{name:path}/{day}/{slot:int}.txt", dependencies=_READ)
def edition_as_text(site: _Site, name: str, day: str, slot: int) -> Response:
    kept = _edition(site, name, day, slot)
    return Response(kept.rendered.text.encode(), media_type="text/plain; charset=utf-8")


@router.get("/digests/{name:path}/{day}/{slot:int}", dependencies=_READ)
def edition(
    request: Request,
    site: _Site,
    *,
    name: str,
    day: str,
    slot: int,
    form: str = "",
    done: str = "",
) -> Response:
    kept = _edition(site, name, day, slot)
    config, times = site.config(), times_of(site.config(), site.clock())
    deliveries = site.storage.deliveries(kept.edition)
    one = names_of(config.digests).get(kept.edition.digest)
    return page(
        request,
        "edition.html.j2",
        digest=one.name if one else kept.title,
        href=digests_view.address_of(one.name if one else kept.edition.digest),
        one=digests_view.edition_view(kept, deliveries, times),
        deliveries=digests_view.delivery_views(deliveries, times),
        may_retry={target.name for target in one.to} if one else frozenset(),
        text=kept.rendered.text if form == "text" else None,
        language=one.language if one else "",
        done=_DONE.get(done),
    )


@router.post("/digests/{name:path}/{day}/{slot:int}/send", dependencies=_ADMIN)
def send_again(
    site: _Site, *, name: str, day: str, slot: int, to: Annotated[str, Form()]
) -> Response:
    """An edition once more to somebody who has not had it."""
    kept, one = _edition(site, name, day, slot), _digest(site, name)
    return _send(site, one, kept, to=to)


@router.post("/digests/{name:path}/send", dependencies=_ADMIN)
def send(site: _Site, name: str) -> Response:
    """Make today's next edition now, and send it; nobody gets one twice."""
    one = _digest(site, name)
    if not one.to:
        raise UsageError(
            f"Nobody is to get the digest “{one.name}”; give it a “to” in feeds.yaml first."
        )
    kept = edition_now(site.storage, site.config(), one)
    if kept is None:
        return RedirectResponse(f"{digests_view.address_of(one.name)}?done=nothing", 303)
    return _send(site, one, kept)


@router.get("/digests/{name:path}/{day}", dependencies=_READ)
def day_of(request: Request, site: _Site, name: str, day: str) -> Response:
    """The last edition of a day."""
    local_date = _date(day)
    if local_date is None:  # a name may have a slash in it
        return digest(request, site, f"{name}/{day}")
    found = site.storage.digests(digest_key(name), local_date=local_date, limit=1)
    if not found:
        raise HTTPException(404, f"“{name}” has no edition of {long_day(local_date)}.")
    return RedirectResponse(digests_view.edition_address(found[0].edition), 303)


@router.get("/digests/{name:path}", dependencies=_READ)
def digest(request: Request, site: _Site, name: str, number: str = "", done: str = "") -> Response:
    """Also one that is no longer in feeds.yaml, as long as it has editions."""
    config, storage, key = site.config(), site.storage, digest_key(name)
    times = times_of(config, site.clock())
    at = max(int(number), 1) if number.isdecimal() and len(number) < 5 else 1
    found = storage.digests(key, limit=at * EDITIONS + 1)
    one = names_of(config.digests).get(key)
    if one is None and not found:
        raise HTTPException(404, f"There is no digest “{name}”.")
    shown = found[(at - 1) * EDITIONS : at * EDITIONS]
    href = digests_view.address_of(one.name if one else key)
    return page(
        request,
        "digest.html.j2",
        one=(
            digests_view.digest_view(digest_fared(one, storage, now=times.now), times)
            if one
            else None
        ),
        name=one.name if one else found[0].title,
        href=href,
        editions=[
            digests_view.edition_view(kept, storage.deliveries(kept.edition), times)
            for kept in shown
        ],
        newer=f"{href}?number={at - 1}" if at > 1 else None,
        older=f"{href}?number={at + 1}" if len(found) > at * EDITIONS else None,
        done=_DONE.get(done),
    )


def _send(site: Site, one: DigestConfig, kept: KeptDigest, *, to: str | None = None) -> Response:
    only = None if to is None else recipient_of(one, to)
    asyncio.run(send_now(site.storage, site.config(), one, kept, only, report=lambda _: None))
    return RedirectResponse(
        f"{digests_view.edition_address(kept.edition)}?done=sent#deliveries", 303
    )


def _digest(site: Site, name: str) -> DigestConfig:
    one = names_of(site.config().digests).get(digest_key(name))
    if one is None:
        raise HTTPException(404, f"There is no digest “{name}” in feeds.yaml.")
    return one


def _edition(site: Site, name: str, day: str, slot: int) -> KeptDigest:
    local_date = _date(day)
    kept = None
    if local_date is not None and slot < 10_000:
        wanted = Edition(digest=digest_key(name), local_date=local_date, slot=slot)
        kept = site.storage.digest(wanted)
    if kept is None:
        raise HTTPException(404, f"“{name}” has no edition {slot} of {day}.")
    return kept


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _alone(site: Site, html: str, one: DigestConfig | None) -> Response:
    """A mail as a page of its own, or in a frame of ours: it runs nothing, and loads at most
    pictures, if its digest has them and the page's are loaded from outlets, too."""
    direct = site.config().web.images is ImagePolicy.DIRECT
    images = "https:" if direct and one is not None and one.images else "'none'"
    return Response(
        html.encode(),
        media_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": _POLICY.format(images=images)},
    )
