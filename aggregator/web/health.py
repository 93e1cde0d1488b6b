"""Whether the process is alive, and ready.

Open to everybody: a sentence, no details.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from aggregator.errors import StorageError
from aggregator.service.meters import Meters
from aggregator.web.site import Site, site_of

router = APIRouter()

PATIENCE = timedelta(seconds=1)
"""For the database."""
STUCK = timedelta(seconds=30)
"""The service looks for work every second, but for some seconds when its configuration changes."""
_ASKED = ["GET", "HEAD"]
"""Some monitors want no sentence."""
_NOT_KEPT = {"Cache-Control": "no-store"}


@router.api_route("/healthz", methods=_ASKED)
async def alive() -> Response:
    """An answer is all there is to know: the event loop, which does everything, runs."""
    return _said("alive")


@router.api_route("/readyz", methods=_ASKED)
async def ready(request: Request) -> Response:
    """Whether there is any use in asking for more."""
    site = site_of(request)
    trouble = await _trouble_of_database(request, site)
    if trouble is None and site.polls:
        trouble = _trouble_of_engine(site.meters)
    return _said("ready") if trouble is None else _said(f"not ready: {trouble}", 503)


def _said(sentence: str, status: int = 200) -> Response:
    return PlainTextResponse(sentence + "\n", status, headers=_NOT_KEPT)


async def _trouble_of_database(request: Request, site: Site) -> str | None:
    """One question at a time, however many ask us: one that is not answered takes a thread. Whether
    the database's tables are as this version wants them was looked at when it was opened."""
    state = request.app.state
    asking: asyncio.Task[object] | None = getattr(state, "database_asked", None)
    if asking is None or asking.done():
        asking = asyncio.create_task(asyncio.to_thread(site.storage.created_at))
        state.database_asked = asking
    await asyncio.wait([asking], timeout=PATIENCE.total_seconds())
    if not asking.done():
        return "the database does not answer"
    error = asking.exception()
    if error is None:
        return None
    if isinstance(error, StorageError):
        return "the database cannot be read"
    raise error


def _trouble_of_engine(meters: Meters) -> str | None:
    if meters.ticked_at is None:
        return "the service has not begun to poll"
    if meters.timer() - meters.ticked_at > STUCK.total_seconds():
        return "the service has stopped looking for work"
    return None
