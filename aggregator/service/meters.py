"""What a process has done so far, counted."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from aggregator.fetch.http import Exchange
from aggregator.pipeline import (
    Event,
    FeedPolled,
    HitsCaught,
    NoticesMade,
    NoticeTried,
    StoriesAssigned,
    TextFetched,
    TextsMadeAgain,
    WorkDropped,
)
from aggregator.service.digest_sending import DigestTry
from aggregator.service.digests import DigestMade
from aggregator.types import Fetched, NotModified

_EXCHANGE = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0)
_GROUPING = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0)
_PUBLISHED = (60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0, 21600.0, 86400.0)
_TO_STORY = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 21600.0)
_REQUEST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_WAITING = 100_000
"""Articles without a story whose times are remembered."""


@dataclass(slots=True)
class Histogram:
    """How many values lie up to which bound."""

    bounds: tuple[float, ...]
    """Upper ones, ascending."""
    counts: list[int] = field(init=False)
    """Between a bound and the one before; the last one: above all of them."""
    total: float = 0.0
    """Sum of the values."""

    def __post_init__(self) -> None:
        self.counts = [0] * (len(self.bounds) + 1)

    def add(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


@dataclass(slots=True, kw_only=True)
class Meters:
    """Counts that only grow; rendered by `web.metrics`. Everything may be called from any thread;
    hold `lock` to read several that belong together. Times are seconds."""

    polls: Counter[str] = field(default_factory=Counter)
    """By outcome: news, nothing-new (the feed had changed otherwise), unchanged, failed."""
    items: Counter[str] = field(default_factory=Counter)
    """new, revised."""
    exchanges: dict[str, Histogram] = field(default_factory=dict)
    """How long, by outcome: fetched, not-modified, failed."""
    received: int = 0
    """Bytes of bodies as they came over the wire."""
    texts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Pages that were fetched, by kind ("none": nothing could be made of them), origin of the text,
    and the state after it."""
    texts_again: int = 0
    """Texts that were made again, without what recurs on their host's pages."""
    assigned: Counter[str] = field(default_factory=Counter)
    """Articles by relation."""
    grouping: Histogram = field(default_factory=lambda: Histogram(_GROUPING))
    """Of each commit with stories."""
    published: Histogram = field(default_factory=lambda: Histogram(_PUBLISHED))
    """From publication to being stored."""
    to_story: Histogram = field(default_factory=lambda: Histogram(_TO_STORY))
    """From being stored to having a story."""
    hits: int = 0
    notices: Counter[str] = field(default_factory=Counter)
    """made, for how many channels; and tries: sent, retried, dead."""
    digests: Counter[str] = field(default_factory=Counter)
    """made; and tries: sent, retried, failed."""
    dropped: int = 0
    """Work whose claim ran out."""
    job_errors: int = 0
    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Answered by the page, by route class and status."""
    request_seconds: dict[str, Histogram] = field(default_factory=dict)
    """By route class, those whose answer ends by itself."""
    pictures: Counter[str] = field(default_factory=Counter)
    """As `web.pictures` counts them."""
    ticked_at: float | None = None
    """When the service's loop last looked for work, by `timer`; None: not yet."""
    timer: Callable[[], float] = time.monotonic
    lock: Lock = field(default_factory=Lock)
    _stored: OrderedDict[int, float] = field(default_factory=OrderedDict)
    """When articles that have no story yet were stored, by `timer`."""

    def event_happened(self, event: Event) -> None:
        """Count it. Cheap."""
        with self.lock:
            match event:
                case FeedPolled():
                    self._polled(event)
                case TextFetched():
                    kind = event.kind.value if event.kind else "none"
                    self.texts[kind, event.origin.value, event.state.value] += 1
                case TextsMadeAgain():
                    self.texts_again += event.changed
                case StoriesAssigned():
                    self._assigned(event)
                case HitsCaught():
                    self.hits += event.caught
                case NoticesMade():
                    self.notices["made"] += len(event.channels)
                case NoticeTried(error=None):
                    self.notices["sent"] += 1
                case NoticeTried():
                    self.notices["dead" if event.notice.due_at is None else "retried"] += 1
                case WorkDropped():
                    self.dropped += 1

    def digest_happened(self, done: DigestMade | DigestTry) -> None:
        match done:
            case DigestMade():
                outcome = "made"
            case DigestTry(error=None):
                outcome = "sent"
            case DigestTry():
                outcome = "failed" if done.delivery.retry_at is None else "retried"
        with self.lock:
            self.digests[outcome] += 1

    def exchange_happened(self, exchange: Exchange) -> None:
        match exchange.outcome:
            case Fetched():
                outcome = "fetched"
            case NotModified():
                outcome = "not-modified"
            case _:
                outcome = "failed"
        with self.lock:
            histogram = self.exchanges.setdefault(outcome, Histogram(_EXCHANGE))
            histogram.add(exchange.elapsed.total_seconds())
            self.received += exchange.received

    def request_answered(self, route: str, status: int, seconds: float | None) -> None:
        """`seconds`: None for a stream, which lasts as long as somebody listens."""
        with self.lock:
            self.requests[route, str(status)] += 1
            if seconds is not None:
                self.request_seconds.setdefault(route, Histogram(_REQUEST)).add(seconds)

    def picture_asked(self, outcome: str) -> None:
        with self.lock:
            self.pictures[outcome] += 1

    def job_failed(self) -> None:
        with self.lock:
            self.job_errors += 1

    def ticked(self) -> None:
        """The service has looked for work."""
        self.ticked_at = self.timer()

    def _polled(self, event: FeedPolled) -> None:
        if event.error is not None:
            self.polls["failed"] += 1
        elif event.unchanged:
            self.polls["unchanged"] += 1
        else:
            self.polls["news" if event.new or event.revised else "nothing-new"] += 1
        self.items["new"] += event.new
        self.items["revised"] += event.revised
        for delay in event.delays:
            self.published.add(delay.total_seconds())
        now = self.timer()
        for article_id in event.new_ids:
            self._stored[article_id] = now
        while len(self._stored) > _WAITING:
            self._stored.popitem(last=False)

    def _assigned(self, event: StoriesAssigned) -> None:
        self.grouping.add(event.elapsed.total_seconds())
        now = self.timer()
        for one in event.assignments:
            self.assigned[one.relation.value] += 1
            stored_at = self._stored.pop(int(one.article_id), None)
            if stored_at is not None:
                self.to_story.add(now - stored_at)
