"""Sources: what is followed, and how it fares; changes go into feeds.yaml."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from aggregator.config import Config, load
from aggregator.config.editing import NewSource, add_sources, remove_sources, set_paused
from aggregator.config.retagging import SourceChange, change_sources
from aggregator.core.feed_addresses import feed_key
from aggregator.core.standing import Standing, next_poll_at
from aggregator.core.text import clean_line
from aggregator.service.findings import addresses
from aggregator.service.shapes.sources import source_detail, source_fields
from aggregator.service.update import select
from aggregator.types import Source, SourceStatus
from aggregator.web.api.answers import Items, answer, done
from aggregator.web.api.described import widened
from aggregator.web.api.parameters import ADMIN, READ, Here
from aggregator.web.api.problems import Refused, problems
from aggregator.web.api.routing import part
from aggregator.web.api.upkeep_schemas import (
    Refreshed,
    SourceChanged,
    SourceLine,
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
_TROUBLED = frozenset({Standing.FAILING, Standing.RETIRED})


@router.get("", dependencies=READ, response_model=Items[SourceLine], responses=problems(422))
def list_sources(
    request: Request,
    here: Here,
    failing: Annotated[bool, Query(description="Only those that fail, or have retired.")] = False,
) -> Response:
    """The sources, and how they fare; those that are paused come last."""
    now = here.storage.clock()
    listed = [
        widened(SourceLine, shape, reasons=())
        for shape in (source_fields(one, now=now) for one in here.storage.source_statuses())
        if not failing or shape.state in _TROUBLED
    ]
    listed += [] if failing else map(_paused_line, here.config().paused)
    return answer(request, Items(items=tuple(listed)))


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
    config = _config_now(here)
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
    after = [one for one in storage.source_statuses() if one.source_id in chosen]
    due = [one for one in after if next_poll_at(one, now=now) == now]
    return done(
        Refreshed(
            due=tuple(one.source.name for one in due),
            waiting=tuple(one.source.name for one in after if one not in due),
        )
    )


@router.put(
    "/{source:path}/pause",
    dependencies=ADMIN,
    response_model=SourceChanged,
    responses=problems(404, 409, 422),
)
def pause(here: Here, source: Named) -> Response:
    """Do not poll a source for the time being; its articles stay."""
    config = _config_now(here)
    one = _source(here, config, source)
    set_paused(here.config_path, [one.url], paused=True, environ=here.environ)
    what = "unchanged" if one in config.paused else "paused"
    return done(SourceChanged(name=one.name, url=one.url, done=what))  # type: ignore[arg-type]


@router.delete(
    "/{source:path}/pause",
    dependencies=ADMIN,
    response_model=SourceChanged,
    responses=problems(404, 409, 422),
)
def resume(here: Here, source: Named) -> Response:
    """End a pause. It also revives a source that has retired since its feed was gone."""
    config = _config_now(here)
    one = _source(here, config, source)
    changed = one in config.paused
    set_paused(here.config_path, [one.url], paused=False, environ=here.environ)
    status = _status(here, one)
    if not changed and status is not None and status.state.retired_at is not None:
        here.storage.wake([status.source_id], now=here.storage.clock(), force=True)
        changed = True
    what = "resumed" if changed else "unchanged"
    return done(SourceChanged(name=one.name, url=one.url, done=what))  # type: ignore[arg-type]


@router.get(
    "/{source:path}",
    dependencies=READ,
    response_model=SourceLine,
    responses=problems(404, 422),
)
def show_source(request: Request, here: Here, source: Named) -> Response:
    """Everything about a source, and why it is polled when it is."""
    one = _source(here, here.config(), source)
    status = _status(here, one)
    if status is None:
        return answer(request, _paused_line(one))
    shape = source_detail(status, now=here.storage.clock())
    return answer(request, widened(SourceLine, shape))


@router.patch(
    "/{source:path}",
    dependencies=ADMIN,
    response_model=SourceChanged,
    responses=problems(404, 409, 422),
)
def change(here: Here, source: Named, body: SourceToChange) -> Response:
    """Change the name and the tags of a source in feeds.yaml, which else stays as it is. Its
    articles stay with it. A running service takes it up by itself."""
    config = _config_now(here)
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
    what = "changed" if changed else "unchanged"
    return done(SourceChanged(name=name, url=one.url, done=what))  # type: ignore[arg-type]


@router.delete(
    "/{source:path}",
    dependencies=ADMIN,
    response_model=SourceChanged,
    responses=problems(404, 409, 422),
)
def remove(here: Here, source: Named) -> Response:
    """Take a source out of feeds.yaml, which else stays as it is. Its articles stay."""
    config = _config_now(here)
    one = _source(here, config, source)
    if len(_every(config)) == 1:
        raise Refused(409, "It is the last source; pause it, or add another first.")
    remove_sources(here.config_path, [one.url], environ=here.environ)
    return done(SourceChanged(name=one.name, url=one.url, done="removed"))


def _every(config: Config) -> tuple[Source, ...]:
    return (*config.sources, *config.paused)


def _config_now(here: Site) -> Config:
    """As the file is, which the running service may not have read yet. Raises ConfigError."""
    return load(here.config_path, environ=here.environ, secrets=False)


def _source(here: Site, config: Config, named: str) -> Source:
    """By number, name or address. Raises Refused."""
    every = _every(config)
    if named.isascii() and named.isdigit():
        known = {str(one.source_id): one.source.url for one in here.storage.source_statuses()}
        found = next((one for one in every if one.url == known.get(named)), None)
        if found is not None:
            return found
    wanted = named.casefold()
    for one in every:
        if wanted in (one.name.casefold(), one.url.casefold()):
            return one
    raise Refused(404, f"No source is called “{named}”; `GET /api/v1/sources` lists them.")


def _status(here: Site, source: Source) -> SourceStatus | None:
    """None: it is not polled."""
    statuses = here.storage.source_statuses()
    return next((one for one in statuses if one.source.url == source.url), None)


def _paused_line(source: Source) -> SourceLine:
    return SourceLine(
        id=None,
        name=source.name,
        url=source.url,
        address=source.url,
        state=Standing.PAUSED.value,
        title=None,
        site_url=None,
        tags=source.tags,
        articles=0,
        newest_at=None,
        last_poll_at=None,
        last_ok_at=None,
        last_status=None,
        last_error=None,
        failures=0.0,
        hold_until=None,
        retired_at=None,
        next_poll_at=None,
        why="It is paused.",
        etag=None,
        last_modified=None,
        reasons=(),
    )
