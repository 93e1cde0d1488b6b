"""The program itself: whether it is alive, who works, and whether all is in order."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from aggregator import __version__
from aggregator.config import load
from aggregator.errors import ConfigError
from aggregator.service.presence import workers_health
from aggregator.service.shapes.workers import WorkerFields, worker_fields
from aggregator.service.status import read_health, status_path
from aggregator.web.api.answers import Items, answer, done
from aggregator.web.api.parameters import ADMIN, READ, Here
from aggregator.web.api.problems import Mistake, problems
from aggregator.web.api.routing import part
from aggregator.web.api.upkeep_schemas import CheckFields, StatusFields

router = part(tag="program")


@router.get("/status", dependencies=READ, response_model=StatusFields, responses=problems())
def show_status(here: Here) -> Response:
    """Whether sources are polled, and how much is stored."""
    database, now = here.config().storage, here.storage.clock()
    if isinstance(database, Path):
        alive, says = read_health(status_path(database), now=now)
    else:
        alive, says = workers_health(here.storage.workers(), now=now)
    return done(
        StatusFields(
            version=__version__,
            time=now,
            polls=here.polls,
            alive=alive,
            says=says,
            counts=here.storage.counts(),
        )
    )


@router.get("/workers", dependencies=READ, response_model=Items[WorkerFields], responses=problems())
def list_workers(request: Request, here: Here) -> Response:
    """The processes that share a PostgreSQL database; none of a SQLite file."""
    now = here.storage.clock()
    listed = tuple(worker_fields(one, now=now) for one in here.storage.workers())
    return answer(request, Items(items=listed))


@router.get("/check", dependencies=ADMIN, response_model=CheckFields, responses=problems(422))
def check(
    here: Here,
    database: Annotated[
        bool, Query(description="Look at the database, too, which takes a while.")
    ] = False,
) -> Response:
    """Whether feeds.yaml, as it is now, and the database are in order."""
    wrong: tuple[Mistake, ...] = ()
    try:
        load(here.config_path, environ=here.environ)
    except ConfigError as error:
        wrong = tuple(
            Mistake(where=f"{one.line} {one.key}".strip(), message=one.message)
            for one in error.problems
        )
    damage = tuple(here.storage.check()) if database else None
    return done(CheckFields(ok=not wrong and not damage, problems=wrong, database=damage))
