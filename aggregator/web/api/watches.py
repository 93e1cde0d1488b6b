"""Watches, and their messages; changes go into feeds.yaml."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from aggregator.config import Config
from aggregator.config.editing import NewWatch, add_watch, remove_watch
from aggregator.core.query import parse
from aggregator.core.watch import why_unfit
from aggregator.core.watch_rules import watch_key
from aggregator.service.rehearsing import rehearse
from aggregator.service.shapes.watches import (
    MessageFields,
    NoticeFields,
    WatchFields,
    fared,
    message_fields,
    notice_fields,
    watch_fields,
)
from aggregator.service.trial_notices import send_trial
from aggregator.types import NoticeState, Watch
from aggregator.web.api.answers import Items, answer, done
from aggregator.web.api.parameters import ADMIN, READ, Here, Limit, Since, when
from aggregator.web.api.problems import Refused, problems
from aggregator.web.api.routing import part
from aggregator.web.api.upkeep_schemas import (
    NoticesToRetry,
    Retried,
    TrialFields,
    WatchChanged,
    WatchToAdd,
)
from aggregator.web.views.sentences import sentence

router = part(tag="watches")

Named = Annotated[
    str, Path(max_length=200, description="The name of a watch, whatever its case and accents.")
]
_A_WEEK = timedelta(days=7)


@router.get("/watches", dependencies=READ, response_model=Items[WatchFields], responses=problems())
def list_watches(request: Request, here: Here) -> Response:
    """The watches, and how they fare."""
    watches = here.config().watches
    by_key = fared(here.storage, watches)
    listed = tuple(watch_fields(one, by_key[watch_key(one.name)]) for one in watches)
    return answer(request, Items(items=listed))


@router.post(
    "/watches",
    dependencies=ADMIN,
    status_code=201,
    response_model=WatchChanged,
    responses=problems(409, 422),
)
def add(here: Here, body: WatchToAdd) -> Response:
    """Put a watch into feeds.yaml, which else stays as it is. It looks at what comes from now on;
    a running service follows at once."""
    if _found(here.config_in_file(), body.name) is not None:
        raise Refused(409, f"There is a watch “{body.name}” already; give this one another name.")
    if body.query or body.silent is None:
        _check(body.query)
    new = NewWatch(
        name=body.name,
        query=body.query,
        to=tuple(body.to),
        per=body.per,
        at_most=body.at_most,
        quiet=body.quiet,
        timezone=body.timezone,
        silent=body.silent,
    )
    add_watch(here.config_path, new, environ=here.environ)
    return done(WatchChanged(name=body.name, done="added"), status=201)


@router.get(
    "/watches/{name:path}/rehearsal",
    dependencies=READ,
    response_model=Items[MessageFields],
    responses=problems(404, 422),
)
def show_rehearsal(request: Request, here: Here, name: Named, since: Since = None) -> Response:
    """What a watch would have sent since then (in the last seven days), and in how many messages.
    Nothing is sent."""
    config, now = here.config(), here.storage.clock()
    rehearsed = rehearse(
        here.storage,
        _watch(config, name),
        since=when(since, now=now) or now - _A_WEEK,
        now=now,
        timezone=config.digest.timezone,
    )
    told = tuple(message_fields(one, rehearsed) for one in rehearsed.messages)
    return answer(request, Items(items=told))


@router.post(
    "/watches/{name:path}/trial",
    dependencies=ADMIN,
    response_model=Items[TrialFields],
    responses=problems(404, 409, 422),
)
def send(here: Here, name: Named) -> Response:
    """Send one message that says that it is a test to each channel of a watch, now."""
    config = here.config()
    watch = _watch(config, name)
    if not watch.to:
        raise Refused(
            409,
            f"The watch “{watch.name}” has no channels to try: it sends nothing.",
        )
    trials = asyncio.run(send_trial(config, watch))
    return done(
        Items(
            items=tuple(
                TrialFields(
                    channel=one.channel,
                    sent=one.error is None,
                    error=None if one.error is None else str(one.error),
                )
                for one in trials
            )
        )
    )


@router.get(
    "/watches/{name:path}",
    dependencies=READ,
    response_model=WatchFields,
    responses=problems(404, 422),
)
def show(request: Request, here: Here, name: Named) -> Response:
    """A watch, and how it fares."""
    watch = _watch(here.config(), name)
    how = fared(here.storage, [watch])[watch_key(watch.name)]
    return answer(request, watch_fields(watch, how))


@router.delete(
    "/watches/{name:path}",
    dependencies=ADMIN,
    response_model=WatchChanged,
    responses=problems(404, 409, 422),
)
def remove(here: Here, name: Named) -> Response:
    """Take a watch out of feeds.yaml, which else stays as it is. What it has caught and not sent is
    dropped."""
    _watch(here.config_in_file(), name)
    written = remove_watch(here.config_path, name, environ=here.environ)
    return done(WatchChanged(name=written, done="removed"))


# --- messages -------------------------------------------------------------------------------------


@router.get(
    "/notices", dependencies=READ, response_model=Items[NoticeFields], responses=problems(422)
)
def list_notices(
    request: Request,
    here: Here,
    state: Annotated[NoticeState | None, Query(description="Only those that are so.")] = None,
    watch: Annotated[
        str | None, Query(max_length=200, description="Only those of this watch.")
    ] = None,
    limit: Limit = 20,
) -> Response:
    """The messages of watches, the latest first."""
    found = here.storage.notices(
        state=state, watch=None if watch is None else watch_key(watch), limit=limit
    )
    return answer(request, Items(items=tuple(map(notice_fields, found))))


@router.post("/notices/retry", dependencies=ADMIN, response_model=Retried, responses=problems(422))
def retry(here: Here, body: NoticesToRetry) -> Response:
    """Have dead messages tried again; a running service sends them within seconds."""
    chosen = None if body.notices is None else frozenset(body.notices)
    number = here.storage.retry_notices(chosen, now=here.storage.clock())
    return done(Retried(retried=number, not_dead=0 if chosen is None else len(chosen) - number))


def _found(config: Config, name: str) -> Watch | None:
    key = watch_key(name)
    return next((one for one in config.watches if watch_key(one.name) == key), None)


def _watch(config: Config, name: str) -> Watch:
    """Raises Refused."""
    found = _found(config, name)
    if found is None:
        raise Refused(404, f"There is no watch “{name}”; `GET /api/v1/watches` lists them.")
    return found


def _check(query: str) -> None:
    """Raises QueryError, and Refused for what is no search for a watch, and for nothing."""
    if not query.strip():
        raise Refused(422, "Say in `query` what to look for.")
    unfit = why_unfit(parse(query, now=datetime.now(UTC)).root)
    if unfit is not None:
        raise Refused(422, sentence(unfit))
