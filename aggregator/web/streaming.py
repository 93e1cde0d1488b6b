"""Server-sent events (WHATWG HTML, 9.2): stories that are new or have grown. The only importer of
sse_starlette.

One task reads the store for all who listen, as long as somebody does.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Header
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from aggregator.codec import to_json
from aggregator.core.lead_report import lead_article
from aggregator.errors import StorageError
from aggregator.pipeline.watching import PATIENCE
from aggregator.types import Story, WatchCursor, WatchItem
from aggregator.web.api.parameters import READ, Here
from aggregator.web.api.problems import Refused, problems, texts
from aggregator.web.api.routing import Route, part
from aggregator.web.mistakes import EVENT_ID
from aggregator.web.site import Site

LISTENERS = 50
"""At once."""
LOOK = timedelta(seconds=2)
"""How often the store is asked what has come."""
_HEARTBEAT = 15
"""Seconds after which something is sent although nothing has come."""
_RETRY = 3_000
"""Milliseconds after which a client whose connection has ended asks again."""
_STALLED = 30
"""Seconds that a client may take to read what it is sent."""
_AT_A_TIME = 200
_ROUNDS = 10
"""Of so many articles each, what a client has missed is told; of more it is told that it is so."""
_WAITING = 100
"""Batches that wait for a listener; one that is slower is let go, and may come again."""
_ID = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")

router = part(tag="events")
for_page = APIRouter(route_class=Route, include_in_schema=False)
"""The page listens to it as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryEvent:
    """What an event tells."""

    story: int
    what: Literal["new", "grown"]
    title: str
    """Headline of its lead report."""
    first: str
    """The source that was first."""
    outlets: int
    articles: int
    first_at: datetime
    last_at: datetime
    came: tuple[int, ...]
    """Articles that have come into it since the last event about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What has come between two looks."""

    events: tuple[StoryEvent, ...]
    cursor: WatchCursor
    """After it."""


def story_event(story: Story, came: Iterable[int]) -> StoryEvent:
    """About a story into which these articles have come."""
    numbers = {item.article.article_id for item in story.articles}
    here = tuple(sorted(numbers.intersection(came)))
    return StoryEvent(
        story=story.story_id,
        what="new" if len(here) == len(numbers) else "grown",
        title=lead_article(story).article.title,
        first=story.first.article.source,
        outlets=len(story.outlets),
        articles=len(numbers),
        first_at=story.first_at,
        last_at=story.last_at,
        came=here,
    )


def read_batch(site: Site, cursor: WatchCursor) -> Batch:
    """What has come after the cursor, a part of it where that is much. An empty one with the same
    cursor: nothing has."""
    storage = site.storage
    items, after = storage.to_watch(cursor, limit=_AT_A_TIME, now=site.clock(), patience=PATIENCE)
    came: dict[int, list[int]] = {}
    for item in items:
        _sort_in(item, came)
    stories = ((storage.story(story_id), numbers) for story_id, numbers in came.items())
    return Batch(
        events=tuple(story_event(one, numbers) for one, numbers in stories if one is not None),
        cursor=after,
    )


def _sort_in(item: WatchItem, came: dict[int, list[int]]) -> None:
    if item.story_id is not None:  # else it comes again when it has one
        came.setdefault(item.story_id, []).append(item.article_id)


class Listening:
    """Those who listen, and the task that reads for them. Of one event loop."""

    def __init__(self, site: Site, *, most: int = LISTENERS) -> None:
        self.most = most
        self._site = site
        self._queues: set[asyncio.Queue[Batch | None]] = set()
        self._task: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> int:
        return len(self._queues)

    async def batches(self, since: WatchCursor | None) -> AsyncIterator[Batch | None]:
        """What comes, from the cursor or from now on. None, once: too much has been missed to be
        told. It ends for who is too slow."""
        queue: asyncio.Queue[Batch | None] = asyncio.Queue(_WAITING)
        self._queues.add(queue)
        try:
            here = await asyncio.to_thread(self._site.storage.latest_cursor)
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._read(here))
            yield Batch(events=(), cursor=here if since is None else since)
            if since is not None and since != here:
                async for missed in self._missed(since):
                    since = since if missed is None else missed.cursor
                    yield missed
                    if missed is None:
                        since = here
            last = since or here
            while (batch := await queue.get()) is not None:
                if not _covers(last, batch.cursor):
                    yield batch
                    last = batch.cursor
        finally:
            self._queues.discard(queue)
            if not self._queues and self._task is not None:
                self._task.cancel()
                self._task = None

    async def _missed(self, since: WatchCursor) -> AsyncIterator[Batch | None]:
        for _ in range(_ROUNDS):
            batch = await asyncio.to_thread(read_batch, self._site, since)
            if batch.cursor == since:
                return
            yield batch
            since = batch.cursor
        yield None

    async def _read(self, cursor: WatchCursor) -> None:
        while True:
            try:
                batch = await asyncio.to_thread(read_batch, self._site, cursor)
            except StorageError:
                batch = Batch(events=(), cursor=cursor)  # it is asked again
            if batch.cursor == cursor:
                await asyncio.sleep(LOOK.total_seconds())
                continue
            cursor = batch.cursor
            for queue in tuple(self._queues):
                _put(queue, batch)


def _put(queue: asyncio.Queue[Batch | None], batch: Batch) -> None:
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)
    else:
        queue.put_nowait(batch)


def _covers(last: WatchCursor, other: WatchCursor) -> bool:
    return other.seq <= last.seq and other.article_id <= last.article_id


def listening_of(request: Request, site: Site) -> Listening:
    """That of the application."""
    state = request.app.state
    found = getattr(state, "listening", None)
    if not isinstance(found, Listening):
        found = state.listening = Listening(site)
    return found


async def _events(
    listening: Listening, since: WatchCursor | None
) -> AsyncIterator[ServerSentEvent]:
    begun = False
    async for batch in listening.batches(since):
        if batch is None:
            yield ServerSentEvent(event="missed", data="{}")
            continue
        place = f"{batch.cursor.seq}-{batch.cursor.article_id}"
        if not begun:
            begun = True
            yield ServerSentEvent(event="ready", data="{}", id=place, retry=_RETRY)
            continue
        for event in batch.events:
            # Only the last has an identifier: who is cut off before it gets all of them again.
            is_last = event is batch.events[-1]
            yield ServerSentEvent(event="story", data=to_json(event), id=place if is_last else None)


@for_page.get("/events", dependencies=READ, response_class=Response)
@router.get(
    "/events",
    dependencies=READ,
    response_class=Response,
    responses={
        **texts(
            "A stream that does not end. `ready` comes first, then a `story` for each story that is"
            " new or has grown, with a StoryEvent as JSON; `missed` when too much has come since"
            " `Last-Event-ID` to be told.",
            "text/event-stream",
        ),
        **problems(422),
    },
)
async def events(
    request: Request,
    here: Here,
    last_event_id: Annotated[
        str | None,
        Header(
            pattern=EVENT_ID,
            description="The last event that was received: what has come since is told first.",
        ),
    ] = None,
) -> Response:
    """Stories as they come and grow, as server-sent events."""
    listening = listening_of(request, here)
    if listening.listeners >= listening.most:
        raise Refused(
            503,
            f"{listening.most} are listening already; try again.",
            headers={"Retry-After": "30"},
        )
    match = _ID.fullmatch(last_event_id or "")
    since = WatchCursor(seq=int(match[1]), article_id=int(match[2])) if match else None
    return EventSourceResponse(_events(listening, since), ping=_HEARTBEAT, send_timeout=_STALLED)
