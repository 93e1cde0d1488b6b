"""Saved searches: what they catch, what they have sent, and what they would have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.config.editing import NewWatch, add_watch, remove_watch
from aggregator.core.query import parse
from aggregator.core.watch import why_unfit
from aggregator.core.watch_rules import watch_key
from aggregator.errors import QueryError, UsageError
from aggregator.service.rehearsing import rehearse
from aggregator.service.shapes.watches import fared
from aggregator.service.trial_notices import Trial, send_trial
from aggregator.types import Scope, Watch
from aggregator.web.access.visitor import needs
from aggregator.web.polling import promised
from aggregator.web.rendering import page
from aggregator.web.site import Site, site_of
from aggregator.web.views import watches_view
from aggregator.web.views.search_view import Mistake, mistake_of
from aggregator.web.views.sentences import sentence_of
from aggregator.web.views.times import Times, times_of

router = APIRouter()

LOOK_BACK = timedelta(days=7)
CATCHES = 20
NOTICES = 30
_ADMIN = [Depends(needs(Scope.ADMIN))]
_READ = [Depends(needs(Scope.READ))]
_Site = Annotated[Site, Depends(site_of)]
_Line = Annotated[str, Form(max_length=5000)]
_SOON = "The service follows feeds.yaml within seconds."
_DONE = {
    "added": ("good", "It is added, and looks at what comes from now on.", _SOON),
    "removed": ("good", "It is removed.", _SOON),
    "retried": ("good", "It is due again.", "It is tried within seconds."),
}
"""The kind of notice, what was done, and what a running service makes of it."""


@router.get("/watches", dependencies=_READ)
def watches(request: Request, site: _Site, query: str = "", done: str = "") -> Response:
    """`query`: that of a new one."""
    return _list(request, site, watches_view.Form(query=query), done=done)


def _typed(
    *,
    name: _Line = "",
    query: _Line = "",
    to: Annotated[list[str] | None, Form()] = None,
    address: _Line = "",
    per: _Line = "article",
    at_most: _Line = "",
    quiet: _Line = "",
    silent: _Line = "",
) -> watches_view.Form:
    return watches_view.Form(
        name=name.strip(),
        query=query.strip(),
        to=tuple(to or ()),
        address=address.strip(),
        per=per,
        at_most=at_most.strip(),
        quiet=quiet.strip(),
        silent=silent.strip(),
    )


@router.post("/watches", dependencies=_ADMIN)
def add(
    request: Request, site: _Site, form: Annotated[watches_view.Form, Depends(_typed)]
) -> Response:
    """Errors are shown with the form, as it was typed."""
    try:
        _check(form, times_of(site.config(), site.clock()))
        add_watch(site.config_path, _new(form), environ=site.environ)
    except QueryError as error:
        return _list(request, site, form, mistake=mistake_of(form.query, error))
    except UsageError as error:
        return _list(request, site, form, trouble=sentence_of(error, site.config_path))
    return RedirectResponse("/watches?done=added", 303)


@router.post("/watches/{name:path}/remove", dependencies=_ADMIN)
def remove(site: _Site, name: str) -> Response:
    remove_watch(site.config_path, name, environ=site.environ)
    return RedirectResponse("/watches?done=removed", 303)


@router.post("/watches/{name:path}/retry", dependencies=_ADMIN)
def retry(site: _Site, name: str, number: Annotated[int, Form()]) -> Response:
    """Have a message tried again that was given up."""
    site.storage.retry_notices([number], now=site.storage.clock())
    return RedirectResponse(f"{watches_view.address_of(name)}?done=retried#messages", 303)


@router.post("/watches/{name:path}/trial", dependencies=_ADMIN)
async def trial(request: Request, site: _Site, name: str) -> Response:
    """Send one message that says it is a test to each of its channels, now."""
    watch = _named(site, name)
    trials = await send_trial(site.config(), watch)
    return await run_in_threadpool(_one, request, site, watch, trials=trials)


@router.get("/watches/{name:path}", dependencies=_READ)
def watch(
    request: Request, site: _Site, name: str, rehearsal: str = "", done: str = ""
) -> Response:
    """With `rehearsal`: what it would have sent in the last days, too."""
    return _one(request, site, _named(site, name), rehearsed=bool(rehearsal), done=done)


def _named(site: Site, name: str) -> Watch:
    key = watch_key(name)
    for one in site.config().watches:
        if watch_key(one.name) == key:
            return one
    raise HTTPException(404, f"There is no watch “{name}”, or not yet.")


def _check(form: watches_view.Form, times: Times) -> None:
    """Raises QueryError, and UsageError for what is no search for a watch, and for nothing."""
    if not form.name:
        raise UsageError("give it a name")
    if form.silent and not form.channels:
        raise UsageError(
            "say where to tell of silent sources: choose a channel, or give a mail address"
        )
    if form.silent and not form.query:
        return
    unfit = why_unfit(parse(form.query, now=times.local(times.now)).root)
    if unfit is not None:
        raise UsageError(unfit)


def _new(form: watches_view.Form) -> NewWatch:
    return NewWatch(
        name=form.name,
        query=form.query,
        to=form.channels,
        per="story" if form.per == "story" and not form.silent else None,
        at_most=form.at_most or None,
        quiet=form.quiet or None,
        silent=form.silent or None,
    )


def _list(
    request: Request,
    site: Site,
    form: watches_view.Form,
    *,
    mistake: Mistake | None = None,
    trouble: str | None = None,
    done: str = "",
) -> Response:
    config, times = site.config(), times_of(site.config(), site.clock())
    how = fared(site.storage, config.watches) if config.watches else {}
    return page(
        request,
        "watches.html.j2",
        status=400 if mistake or trouble else 200,
        watches=[
            watches_view.watch_view(one, how[watch_key(one.name)], times) for one in config.watches
        ],
        channels=watches_view.channel_views(config.channels),
        form=form,
        mistake=mistake,
        trouble=trouble,
        done=promised(site, *_DONE[done]) if done in _DONE else None,
    )


def _one(
    request: Request,
    site: Site,
    watch: Watch,
    *,
    rehearsed: bool = False,
    trials: Sequence[Trial] = (),
    done: str = "",
) -> Response:
    config, storage, key = site.config(), site.storage, watch_key(watch.name)
    times = times_of(config, site.clock())
    notices = storage.notices(watch=key, limit=NOTICES)
    rehearsal = None
    if rehearsed:
        made = rehearse(
            storage,
            watch,
            since=times.now - LOOK_BACK,
            now=times.now,
            timezone=config.digest.timezone,
        )
        rehearsal = watches_view.rehearsal_view(made, times)
    return page(
        request,
        "watch.html.j2",
        one=watches_view.watch_view(watch, fared(storage, [watch])[key], times),
        catches=_catches(site, key, times),
        notices=[watches_view.notice_view(notice, times) for notice in notices],
        rehearsal=rehearsal,
        trials=[(one.channel, str(one.error) if one.error else None) for one in trials],
        days=LOOK_BACK.days,
        done=promised(site, *_DONE[done]) if done in _DONE else None,
    )


def _catches(site: Site, key: str, times: Times) -> list[watches_view.CatchView]:
    """The latest ones of the last days."""
    caught = site.storage.caught(since=times.now - LOOK_BACK, until=times.now)
    ids = sorted((number for number, names in caught.items() if key in names), reverse=True)
    shown = ids[:CATCHES]
    if not shown:
        return []
    marks = site.storage.marks(shown)
    by_id = {one.summary.article_id: one for one in site.storage.articles(shown)}
    return [
        watches_view.catch_view(by_id[number], marks, times) for number in shown if number in by_id
    ]
