"""Sources: what is followed, and how it fares; changes go into feeds.yaml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Annotated, Any

from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from aggregator.config import Config
from aggregator.config.editing import NewSource, add_sources, remove_sources, set_paused
from aggregator.config.retagging import SourceChange, change_sources
from aggregator.core.feed_addresses import feed_key
from aggregator.core.standing import Standing, next_poll_at
from aggregator.core.text import clean_line, fold
from aggregator.service.findings import addresses
from aggregator.service.shapes import widened
from aggregator.service.shapes.sources import (
    SourceDetail,
    paused_source,
    source_detail,
    source_fields,
)
from aggregator.service.update import select
from aggregator.types import Source, SourceOutline, SourceStatus
from aggregator.web.api.answers import Page, answer, done, page
from aggregator.web.api.parameters import ADMIN, READ, After, Here
from aggregator.web.api.problems import Refused, problems
from aggregator.web.api.routing import part
from aggregator.web.api.upkeep_schemas import (
    Refreshed,
    SourceChanged,
    SourceDone,
    SourcesToRefresh,
    SourceToAdd,
    SourceToChange,
)
from aggregator.web.site import Site

router = part("/sources", tag="sources")

Named = Annotated[
    str,
    Path(
        max_length=2_000,
        description="A source: its number, or its name or address as feeds.yaml has it.",
    ),
]
_CHANGES: dict[str, Any] = {
    "dependencies": ADMIN,
    "response_model": SourceChanged,
    "responses": problems(404, 409, 422),
}
"""How what changes a source is registered."""
_NUMBER = re.compile("[1-9][0-9]{0,17}")
_TROUBLED = frozenset({Standing.FAILING, Standing.RETIRED})


@router.get("", dependencies=READ, response_model=Page[SourceDetail], responses=problems(422))
def list_sources(
    request: Request,
    here: Here,
    failing: Annotated[bool, Query(description="Only those that fail, or have retired.")] = False,
    limit: Annotated[
        int | None, Query(ge=1, le=1_000, description="How many at the most; null: all.")
    ] = None,
    after: After = None,
) -> Response:
    """The sources, and how they fare, by name; those that are paused come last."""
    now = here.storage.clock()
    every = _listed(here, failing=failing, now=now)
    begin = 0 if after is None else _place(every, after) + 1
    shown = every[begin:] if limit is None else every[begin : begin + limit]
    polled = {one.source_id for one in shown if isinstance(one, SourceOutline)}
    is_whole = shown == every and not failing
    statuses = here.storage.source_statuses(only=None if is_whole else polled)
    lines = [
        widened(SourceDetail, source_fields(one, now=now), reasons=())
        for one in statuses
        if one.source_id in polled
    ]
    lines += [paused_source(one) for one in shown if isinstance(one, Source)]
    if not shown or shown[-1] is every[-1]:
        return answer(request, Page(items=tuple(lines), after=None, next=None))
    return page(request, lines, after=_key(shown[-1]))


@router.post(
    "",
    dependencies=ADMIN,
    status_code=201,
    response_model=SourceChanged,
    responses=problems(409, 422),
)
def add_source(here: Here, body: SourceToAdd) -> Response:
    """Put a source into feeds.yaml, which else stays as it is. Nothing is fetched for it: look
    first with `POST /sources/discover`. A running service takes it up by itself."""
    url = addresses(body.url)[0]
    config = here.config_in_file()
    known = next((one for one in _every(config) if feed_key(one.url) == feed_key(url)), None)
    if known is not None:
        raise Refused(409, f"{url} is followed already, as “{known.name}”.")
    new = NewSource(
        url=url,
        name=body.name or None,
        tags=tuple(body.tags),
        select=None if body.select is None else body.select.read(),
    )
    name = add_sources(here.config_path, [new], environ=here.environ)[0]
    return done(SourceChanged(name=name, url=url, done="added"), status=201)


@router.post("/refresh", dependencies=ADMIN, response_model=Refreshed, responses=problems(422))
def refresh(here: Here, body: SourcesToRefresh) -> Response:
    """Have sources polled now by the running service, due or not."""
    storage, now = here.storage, here.storage.clock()
    chosen = {one.source_id for one in select(storage.source_statuses(), body.sources or ())}
    storage.wake(chosen if body.sources else None, now=now, force=body.force)
    after = storage.source_statuses(only=chosen)
    due = [one for one in after if next_poll_at(one, now=now) == now]
    return done(
        Refreshed(
            due=tuple(one.source.name for one in due),
            waiting=tuple(one.source.name for one in after if one not in due),
        )
    )


@router.put("/{source:path}/pause", **_CHANGES)
def pause(here: Here, source: Named) -> Response:
    """Do not poll a source for the time being; its articles stay."""
    config = here.config_in_file()
    one = _source(here, config, source)
    set_paused(here.config_path, [one.url], paused=True, environ=here.environ)
    return _changed(one, "unchanged" if one in config.paused else "paused")


@router.delete("/{source:path}/pause", **_CHANGES)
def resume(here: Here, source: Named) -> Response:
    """End a pause. It also revives a source that has retired since its feed was gone."""
    config = here.config_in_file()
    one = _source(here, config, source)
    changed = one in config.paused
    set_paused(here.config_path, [one.url], paused=False, environ=here.environ)
    status = _status(here, one)
    if not changed and status is not None and status.state.retired_at is not None:
        here.storage.wake([status.source_id], now=here.storage.clock(), force=True)
        changed = True
    return _changed(one, "resumed" if changed else "unchanged")


@router.get(
    "/{source:path}",
    dependencies=READ,
    response_model=SourceDetail,
    responses=problems(404, 422),
)
def show_source(request: Request, here: Here, source: Named) -> Response:
    """Everything about a source, and why it is polled when it is."""
    one = _source(here, here.config(), source)
    status = _status(here, one)
    if status is None:
        return answer(request, paused_source(one))
    return answer(request, source_detail(status, now=here.storage.clock()))


@router.patch("/{source:path}", **_CHANGES)
def change(here: Here, source: Named, body: SourceToChange) -> Response:
    """Change the name and the tags of a source in feeds.yaml, which else stays as it is. Its
    articles stay with it. A running service takes it up by itself."""
    config = here.config_in_file()
    one = _source(here, config, source)
    name = one.name if body.name is None else clean_line(body.name)
    key = name.casefold()
    taken = next((each for each in _every(config) if each.name.casefold() == key), one)
    if taken.url != one.url:
        raise Refused(409, f"Another source is called “{taken.name}”; choose a name of its own.")
    changed = change_sources(
        here.config_path,
        lambda _: SourceChange(name=body.name, tags=body.tags),  # what is null stays
        urls=[one.url],
        environ=here.environ,
    )
    return _changed(replace(one, name=name), "changed" if changed else "unchanged")


@router.delete("/{source:path}", **_CHANGES)
def remove(here: Here, source: Named) -> Response:
    """Take a source out of feeds.yaml, which else stays as it is. Its articles stay."""
    config = here.config_in_file()
    one = _source(here, config, source)
    if len(_every(config)) == 1:
        raise Refused(409, "It is the last source; pause it, or add another first.")
    remove_sources(here.config_path, [one.url], environ=here.environ)
    return _changed(one, "removed")


# --- the list ------------------------------------------------------------------------------------


def _listed(here: Site, *, failing: bool, now: datetime) -> list[SourceOutline | Source]:
    """In its order."""
    config = here.config()
    followed = {one.url for one in config.sources}  # what is removed or paused may not be gone yet
    outlines = [one for one in here.storage.source_outlines(now=now) if one.url in followed]
    if failing:
        outlines = [one for one in outlines if one.standing in _TROUBLED]
    outlines.sort(key=lambda one: fold(one.name))  # of equal names the lower id first
    return [*outlines, *(() if failing else config.paused)]


def _place(every: Sequence[SourceOutline | Source], after: str) -> int:
    """Where a page ended. Raises Refused."""
    for place, one in enumerate(every):
        if _key(one) == after:
            return place
    raise Refused(422, "after: the list has changed since; begin with its first page.")


def _key(one: SourceOutline | Source) -> str:
    """What is given as `after`; one that is paused has no number."""
    if isinstance(one, SourceOutline):
        return str(one.source_id)
    return f"p-{blake2b(one.url.encode(), digest_size=8).hexdigest()}"


# --- one of them ---------------------------------------------------------------------------------


def _every(config: Config) -> tuple[Source, ...]:
    return (*config.sources, *config.paused)


def _source(here: Site, config: Config, named: str) -> Source:
    """By number, name or address. Raises Refused."""
    every = _every(config)
    if _NUMBER.fullmatch(named):
        known = {one.source.url for one in here.storage.source_statuses(only=[int(named)])}
        found = next((one for one in every if one.url in known), None)
        if found is not None:
            return found
    wanted = named.casefold()
    for one in every:
        if wanted in (one.name.casefold(), one.url.casefold()):
            return one
    raise Refused(404, f"No source is called “{named}”; `GET /api/v1/sources` lists them.")


def _changed(source: Source, what: SourceDone) -> Response:
    return done(SourceChanged(name=source.name, url=source.url, done=what))


def _status(here: Site, source: Source) -> SourceStatus | None:
    """None: it is not polled."""
    return next(iter(here.storage.source_statuses(url=source.url)), None)
