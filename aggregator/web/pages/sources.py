"""What is followed and how it fares, and what can be done about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.config.editing import remove_sources, set_paused
from aggregator.config.retagging import set_name, set_tags
from aggregator.core.standing import next_poll_at
from aggregator.core.text import fold
from aggregator.types import Scope, Source, SourceOutline, SourceStatus
from aggregator.web.access.visitor import needs
from aggregator.web.pages.marking_all import latest_article
from aggregator.web.polling import IDLE, polls, promised
from aggregator.web.rendering import page
from aggregator.web.site import Site, site_of
from aggregator.web.views import sources_view
from aggregator.web.views.query_terms import field_term
from aggregator.web.views.sources_view import Asked, RowView, State
from aggregator.web.views.times import Times, times_of

router = APIRouter()

ROWS = 50
"""On one page."""
TAGS = 20
"""Offered, those that most sources have."""
_ADMIN = [Depends(needs(Scope.ADMIN))]
_Url = Annotated[str, Form(max_length=5000)]
_SOON = "The service follows feeds.yaml within seconds."
_DONE = {
    "refreshed": ("good", "It is due now.", "It is polled within seconds."),
    "held": ("warn", "Its publisher asked to be left alone, so it is not polled yet.", ""),
    "paused": ("good", "It is paused.", _SOON),
    "resumed": ("good", "Its pause is over.", _SOON),
    "removed": ("good", "It is removed; its articles stay.", _SOON),
    "tagged": ("good", "Its tags are changed.", _SOON),
    "renamed": ("good", "Its name is changed.", _SOON),
    "added": ("good", "It is added.", "It is polled within seconds."),
}
"""The kind of notice, what was done, and what a running service makes of it."""


def _asked(*, state: str = "all", tag: str = "", name: str = "", number: str = "") -> Asked:
    return Asked(
        state=State(state) if state in tuple(State) else State.ALL,
        tag=tag,
        name=name.strip(),
        number=int(number) if number.isdecimal() and len(number) < 6 else 1,
    )


@router.get("/sources", dependencies=[Depends(needs(Scope.READ))])
def sources(
    request: Request,
    site: Annotated[Site, Depends(site_of)],
    asked: Annotated[Asked, Depends(_asked)],
    done: str = "",
) -> Response:
    config, times = site.config(), times_of(site.config(), site.clock())
    is_named, is_tagged = sources_view.named_by(asked), sources_view.tagged_by(asked)
    paused = [one for one in config.paused if is_named(one) and is_tagged(one)]
    known = site.storage.source_outlines(
        now=times.now, silent_since=times.now - sources_view.SILENT_AFTER
    )
    addresses = {one.url for one in config.sources if is_tagged(one)}
    outlines = [one for one in known if one.url in addresses and is_named(one)]
    # What feeds.yaml has, and nobody has taken up yet.
    new_ones = addresses - {one.url for one in known}
    new = [one for one in config.sources if one.url in new_ones and is_named(one)]
    groups: dict[State, Sequence[SourceOutline | Source]] = {
        State.ALL: [*outlines, *new],
        State.FAILING: [one for one in outlines if sources_view.is_failing(one.standing)],
        State.SILENT: [one for one in outlines if one.is_silent],
        State.PAUSED: [],
    }
    left = paused if asked.state in (State.ALL, State.PAUSED) else []
    every: list[SourceOutline | Source] = [*groups[asked.state], *left]
    every.sort(key=lambda one: fold(one.name))
    shown, pages = sources_view.page_of(every, asked.number, size=ROWS)
    at = shown.start // ROWS + 1
    return page(
        request,
        "sources.html.j2",
        asked=asked,
        rows=_rows(site, every[shown], times, new_ones),
        states=[
            (
                one.value,
                len(groups[one]) + (len(paused) if one in (State.ALL, State.PAUSED) else 0),
                replace(asked, state=one, number=1).address,
                one is asked.state,
            )
            for one in State
        ],
        tags=[
            (text, count, replace(asked, tag=text, number=1).address)
            for text, count in sources_view.tags_of((*config.sources, *config.paused), most=TAGS)
        ],
        without_tag=replace(asked, tag="", number=1).address,
        newer=replace(asked, number=at - 1).address if at > 1 else None,
        older=replace(asked, number=at + 1).address if at < pages else None,
        number=at,
        pages=pages,
        total=len(config.sources) + len(config.paused),
        done=_notice(site, done),
        idle=None if polls(site) else IDLE,
    )


@router.get("/sources/{source_id:int}", dependencies=[Depends(needs(Scope.READ))])
def source(
    request: Request,
    site: Annotated[Site, Depends(site_of)],
    source_id: int,
    done: str = "",
) -> Response:
    times = times_of(site.config(), site.clock())
    status = _status(site, source_id)
    counts = site.storage.daily_counts(since=_since(times), only=[source_id]).get(source_id, {})
    is_listed = status.source.url in {one.url for one in site.config().sources}
    return page(
        request,
        "source.html.j2",
        one=sources_view.detail_view(status, counts, times),
        is_listed=is_listed,
        latest=latest_article(site.storage) if status.articles else 0,
        search=f"/search?{urlencode({'q': field_term('source', status.source.name)})}",
        done=_notice(site, done),
        idle=None if polls(site) else IDLE,
    )


@router.post("/sources/{source_id:int}/refresh", dependencies=_ADMIN)
def refresh(
    site: Annotated[Site, Depends(site_of)], source_id: int, force: Annotated[str, Form()] = ""
) -> Response:
    """Make it due now; with `force` also where its publisher asked to be left alone."""
    now = site.storage.clock()
    _status(site, source_id)
    site.storage.wake({source_id}, now=now, force=bool(force))
    due = next_poll_at(_status(site, source_id), now=now)
    done = "refreshed" if due is not None and due <= now else "held"
    return _back(f"/sources/{source_id}?done={done}")


@router.post("/sources/{source_id:int}/pause", dependencies=_ADMIN)
def pause(site: Annotated[Site, Depends(site_of)], source_id: int) -> Response:
    url = _status(site, source_id).source.url
    set_paused(site.config_path, [url], paused=True, environ=site.environ)
    return _back("/sources?state=paused&done=paused")


@router.post("/sources/{source_id:int}/resume", dependencies=_ADMIN)
def resume(site: Annotated[Site, Depends(site_of)], source_id: int) -> Response:
    """Of one that was given up, since its feed is gone; or that has just been paused."""
    status = _status(site, source_id)
    set_paused(site.config_path, [status.source.url], paused=False, environ=site.environ)
    if status.state.retired_at is not None:
        site.storage.wake({source_id}, now=site.storage.clock(), force=True)
    return _back(f"/sources/{source_id}?done=resumed")


@router.post("/sources/{source_id:int}/remove", dependencies=_ADMIN)
def remove(site: Annotated[Site, Depends(site_of)], source_id: int) -> Response:
    url = _status(site, source_id).source.url
    remove_sources(site.config_path, [url], environ=site.environ)
    return _back("/sources?done=removed")


@router.post("/sources/{source_id:int}/tags", dependencies=_ADMIN)
def retag(
    site: Annotated[Site, Depends(site_of)],
    source_id: int,
    tags: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    url = _status(site, source_id).source.url
    set_tags(site.config_path, url, tags.split(","), environ=site.environ)
    return _back(f"/sources/{source_id}?done=tagged")


@router.post("/sources/{source_id:int}/name", dependencies=_ADMIN)
def rename(
    site: Annotated[Site, Depends(site_of)],
    source_id: int,
    name: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    url = _status(site, source_id).source.url
    set_name(site.config_path, url, name, environ=site.environ)
    return _back(f"/sources/{source_id}?done=renamed")


@router.post("/sources/resume", dependencies=_ADMIN)
def resume_paused(site: Annotated[Site, Depends(site_of)], url: _Url) -> Response:
    """Of one that is paused, which is known by its address."""
    set_paused(site.config_path, [url], paused=False, environ=site.environ)
    return _back("/sources?done=resumed")


@router.post("/sources/remove", dependencies=_ADMIN)
def remove_paused(site: Annotated[Site, Depends(site_of)], url: _Url) -> Response:
    remove_sources(site.config_path, [url], environ=site.environ)
    return _back("/sources?state=paused&done=removed")


def _status(site: Site, source_id: int) -> SourceStatus:
    for one in site.storage.source_statuses(only=[source_id]):
        return one
    raise HTTPException(404, "This source is not polled, or no longer; its articles stay.")


def _notice(site: Site, done: str) -> tuple[str, str] | None:
    return promised(site, *_DONE[done]) if done in _DONE else None


def _rows(
    site: Site, shown: Sequence[SourceOutline | Source], times: Times, new: Collection[str]
) -> list[RowView]:
    """One that is polled no longer since it was listed is left out. `new`: addresses of those that
    nobody has taken up."""
    polled = [one.source_id for one in shown if isinstance(one, SourceOutline)]
    statuses = {one.source_id: one for one in site.storage.source_statuses(only=polled)}
    counts = site.storage.daily_counts(since=_since(times), only=polled)
    rows = []
    for one in shown:
        if isinstance(one, Source):
            make = sources_view.new_row if one.url in new else sources_view.paused_row
            rows.append(make(one))
        elif (status := statuses.get(one.source_id)) is not None:
            rows.append(sources_view.row_view(status, counts.get(one.source_id, {}), times))
    return rows


def _since(times: Times) -> datetime:
    return times.now - timedelta(days=sources_view.DAYS)


def _back(address: str) -> Response:
    return RedirectResponse(address, 303)
