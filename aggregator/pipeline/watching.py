"""Stage 4: hold what has come against the watches, make messages of what was caught, send them.

Each of the three ends in commits of its own and goes on from what the store says:

    look      articles after the cursor → hits, with the new cursor in the same commit
    bundle    open hits of a watch that may send now → a message for each of its channels, with the
              hits marked in the same commit
    send      a message that is due, from now on unchanged → its channel → what became of it

What a watch without channels caught is marked in the same way, with no message: digests read it.

So after a crash articles are looked at again, which changes nothing, as a hit is stored once; and
a message that had been sent when its commit failed is sent again, under the same key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from aggregator.core.notice_tries import after_try
from aggregator.core.notices import content_of, latest, notices_of
from aggregator.core.query import parse
from aggregator.core.watch import Matcher
from aggregator.core.watch_rules import next_time, silent_sources, sources_of, watch_key
from aggregator.errors import DeliveryError
from aggregator.pipeline.events import Event, HitsCaught, NoticesMade, NoticeTried
from aggregator.storage.protocol import Storage
from aggregator.types import Notice, Watch, WatchHit, WatchItem

AT_A_TIME = 500
"""Articles held against the watches in one commit."""
LOOKS = 20
"""After so many, messages are made although there is more to look at."""
PATIENCE = timedelta(seconds=30)
"""How long an article may wait for its page; then the feed's text is looked at."""
STORY = 100
"""Articles of a story that are looked at when it has got a further outlet."""
SILENCE = timedelta(minutes=1)
"""Between two looks at which sources are silent."""
MOMENTS = timedelta(minutes=1)
"""How old "3d" may be in a query."""
HOLD = timedelta(minutes=15)
"""The longest for which a channel that has failed is left alone, unless it asks for more: it may
have refused that message only."""

HandOver = Callable[[Notice], Awaitable[None]]
"""Returns when the other side has it. Raises DeliveryError."""


@dataclass(slots=True, kw_only=True)
class Watching:
    """The watches of a configuration at work. One thread at a time."""

    storage: Storage
    watches: Sequence[Watch]
    channels: Collection[str]
    """Names of all there are."""
    timezone: tzinfo
    """In which days in queries are days."""
    clock: Callable[[], datetime]
    report: Callable[[Event], None]
    _since: Mapping[str, int] | None = None
    """Of each watch, the last article that it does not look at; None: not asked yet."""
    _matcher: tuple[datetime, Matcher] | None = None
    """And when its queries were read."""
    _silence_at: datetime | None = None
    """When silent sources were last looked for; None: not yet."""
    _not_before: dict[str, datetime] = field(default_factory=dict)
    """When a watch that has something to tell may do so."""

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to do, ever."""
        return bool(self.watches) or self._since is None

    def set_up(self) -> None:
        """Have the store know which watches there are: new ones look at what comes from now on.

        The same again changes nothing.
        """
        self._since = self.storage.sync_watches(
            [watch_key(watch.name) for watch in self.watches], self.channels, now=self.clock()
        )

    def look(self) -> bool:
        """Hold some of what has come against the watches; False: there was nothing."""
        since = self._set_up()
        if all(watch.silent is not None for watch in self.watches):
            return False
        now = self.clock()
        cursor = self.storage.watch_cursor()
        items, after = self.storage.to_watch(cursor, limit=AT_A_TIME, now=now, patience=PATIENCE)
        if after == cursor:
            return False
        caught = self.storage.record_hits(self._caught(items, since, now), cursor=after)
        self._tell(looked_at=len(items), caught=caught)
        return True

    def look_for_silence(self) -> None:
        """Which sources are silent; now and then only."""
        self._set_up()
        now = self.clock()
        silent = [watch for watch in self.watches if watch.silent is not None]
        if not silent or (self._silence_at is not None and now < self._silence_at + SILENCE):
            return
        statuses = self.storage.source_statuses()
        hits = [
            hit
            for watch in silent
            for hit in silent_sources(statuses, watch, sources_of(watch), now=now)
        ]
        if hits:
            self._tell(looked_at=0, caught=self.storage.record_hits(hits, cursor=None))
        self._silence_at = now

    def bundle(self) -> None:
        """Make a message, for each of its channels, of what a watch has caught, if it may send."""
        now = self.clock()
        ready = {
            key: watch
            for watch in self.watches
            if self._not_before.get(key := watch_key(watch.name), now) <= now
        }
        waiting: dict[str, list[WatchHit]] = {}
        for hit in self.storage.open_hits(ready) if ready else ():
            waiting.setdefault(hit.watch, []).append(hit)
        for key, hits in waiting.items():
            self._bundle(key, ready[key], hits, now)

    def _bundle(self, key: str, watch: Watch, hits: Sequence[WatchHit], now: datetime) -> None:
        if not watch.to:
            self.storage.put_notices([], hits, now=now)
            return
        made = []
        if watch.at_most is not None:
            made = self.storage.notice_times(key, since=now - watch.at_most.span)
        at = next_time(watch, now=now, made=made)
        if at > now:
            self._not_before[key] = at
            return
        items = self.storage.notice_items(latest(hits))
        content = content_of(watch, hits, items)
        # What is gone is told to nobody, and looked at no more.
        notices = notices_of(watch, key, content, hits, now=now) if items else []
        if self.storage.put_notices(notices, hits, now=now):
            self.report(NoticesMade(watch=watch.name, items=len(hits), channels=watch.to))

    def _set_up(self) -> Mapping[str, int]:
        if self._since is None:
            self.set_up()
        return self._since or {}

    def _tell(self, *, looked_at: int, caught: int) -> None:
        if caught:
            self.report(HitsCaught(looked_at=looked_at, caught=caught))

    # --- matching

    def _caught(
        self, items: Sequence[WatchItem], since: Mapping[str, int], now: datetime
    ) -> list[WatchHit]:
        """`since`: of each watch, the last article that it does not look at.

        An article that has waited too long for its story stands for one, so that it is told in
        time; when it comes into one that was told before, that was told twice.
        """
        if not items:
            return []
        matcher = self._current_matcher(now)
        hits = [
            matcher.hit(watch, item, now=now)
            for item in items
            for watch in matcher.match(item)
            if item.article_id > since[watch_key(watch.name)]
        ]
        if matcher.needs_stories:
            # What has just come is the last of its story: a watch that looks at it sees the whole.
            last = {item.story_id: item for item in items if item.outlets > 1}
            for story_id, item in last.items():
                assert story_id is not None  # noqa: S101 - it has outlets
                members = self.storage.watch_items(story_id, limit=STORY)
                hits += [
                    matcher.hit(watch, member, now=now)
                    for watch, member in matcher.match_story(members)
                    if item.article_id > since[watch_key(watch.name)]
                ]
        return hits

    def _current_matcher(self, now: datetime) -> Matcher:
        """Made anew where queries name moments that go with the time."""
        if self._matcher is not None:
            made_at, matcher = self._matcher
            if not matcher.is_timed or now < made_at + MOMENTS:
                return matcher
        local = now.astimezone(self.timezone)
        matcher = Matcher(
            (watch, parse(watch.query, now=local)) for watch in self.watches if not watch.silent
        )
        self._matcher = now, matcher
        return matcher


async def run_watches(watching: Watching) -> None:
    """All that has come, to the messages about it. Each step is a thread's, so that one that is to
    stop is held up by one step at most."""
    looks = 0
    while await asyncio.to_thread(watching.look):
        looks += 1
        if looks % LOOKS == 0:  # who waits for news shall not wait for all of them
            await asyncio.to_thread(watching.bundle)
    await asyncio.to_thread(watching.look_for_silence)
    await asyncio.to_thread(watching.bundle)


async def send_notices(
    storage: Storage,
    channel: str,
    hand_over: HandOver,
    *,
    clock: Callable[[], datetime],
    report: Callable[[Event], None],
) -> None:
    """Try what is due to a channel, until a try fails: then the channel is left alone for a while,
    and whatever else there is for it waits."""
    while True:
        due = await asyncio.to_thread(storage.due_notices, now=clock(), limit=1, channel=channel)
        if not due:
            return
        [notice] = due
        if not await asyncio.to_thread(storage.begin_notice, notice):
            continue
        error = await _try(notice, hand_over)
        now = clock()
        tried = after_try(notice, error=error, now=now)
        hold_until = None if error is None else _hold_until(tried, error, now)
        await asyncio.to_thread(storage.record_notice, tried, hold_until=hold_until)
        report(NoticeTried(notice=tried, error=None if error is None else str(error)))
        if error is not None:
            return


async def _try(notice: Notice, hand_over: HandOver) -> DeliveryError | None:
    try:
        await hand_over(notice)
    except DeliveryError as error:
        return error
    except Exception as error:  # noqa: BLE001 - else it would be tried again at once, for ever
        return DeliveryError(
            f"The message for the channel “{notice.channel}” failed unexpectedly "
            f"({type(error).__name__}).",
            recipient=notice.channel,
            permanent=False,
        )
    return None


def _hold_until(tried: Notice, error: DeliveryError, now: datetime) -> datetime:
    if tried.due_at is None:
        return now + HOLD
    return tried.due_at if error.retry_after else min(tried.due_at, now + HOLD)
