"""What grouping has in memory is what it would read from the store, whatever publishers change."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest
from insides import same
from lines import Publisher, line_of
from newscases import Article, one_stream
from storemaker import (
    HOUR,
    LEASE,
    NOW,
    decision,
    get,
    new,
    polled,
    record,
    source,
    source_id,
    store,
)

from aggregator.pipeline import Event, Pipeline, assign_stories
from aggregator.pipeline.grouping import rebuilt
from aggregator.storage.protocol import Storage
from aggregator.types import NewArticle, Revision

DAY = timedelta(days=1)


class Newsroom:
    """A pipeline whose articles come and change by chance over some weeks."""

    def __init__(self, storage: Storage, seed: int) -> None:
        self.storage = storage
        self.rng = random.Random(seed)
        self.now = NOW
        self.ids: list[int] = []
        self.events: list[Event] = []
        self.articles = one_stream()
        self.line: Pipeline = line_of(
            storage,
            Publisher(),
            clock=lambda: self.now,
            report=self.events.append,
            copy_window=3 * DAY,
            event_window=2 * DAY,
        )

    def come(self) -> None:
        """Some of them late; the text of some is awaited."""
        start = self.rng.randrange(len(self.articles))
        wanted = source(f"Outlet {self.rng.randrange(3)}")
        for article in self.articles[start : start + self.rng.randrange(1, 9)]:
            made = self.as_new(article, str(len(self.ids)))
            self.ids += store(self.storage, made, wanted=wanted, at=self.now)

    def as_new(self, article: Article, key: str) -> NewArticle:
        return new(
            key,
            title=article.title,
            text=article.text,
            language=article.language,
            published_at=self.now - self.rng.choice([0, 1, 20, 100]) * HOUR,
            page_host="example.com" if self.rng.random() < 0.05 else None,
        )

    def change(self) -> None:
        """A publisher changes an article, in a third of all cases its headline alone."""
        number = self.rng.randrange(len(self.ids))
        before = get(self.storage, self.ids[number])
        other = self.rng.choice(self.articles)
        made = self.as_new(other, str(number))
        if self.rng.random() < 0.3:
            made = new(str(number), title=other.title, text=before.text)
        only = {source_id(self.storage, before.summary.source)}
        self.storage.wake(only, now=self.now, force=True)
        [work] = self.storage.due_hosts(now=self.now, limit=9, only=only)
        [taken] = self.storage.claim_feeds(work.host, now=self.now, lease=LEASE, only=only)
        revision = Revision(article_id=self.ids[number], article=made)
        record(self.storage, polled(taken, decision(revised=[revision]), at=self.now))

    def assign(self) -> None:
        asyncio.run(assign_stories(self.line))

    def look(self) -> None:
        grouper = self.line.grouper
        if grouper is not None and self.line.grouping_state == self.storage.grouping_state():
            for article_id in self.storage.taken_out():
                grouper.forget(article_id)
            same(grouper, rebuilt(self.line))


@pytest.mark.parametrize("seed", range(3))
def test_what_is_in_memory_is_what_is_stored(storage: Storage, seed: int) -> None:
    room = Newsroom(storage, seed)
    for _ in range(24):
        room.come()
        room.assign()
        room.look()
        for _ in range(room.rng.randrange(4)):
            room.change()
            room.look()
        room.storage.clean_up(window=5 * DAY, keep_pages=DAY)
        room.now += room.rng.choice([1, 5, 30]) * HOUR
    room.assign()
    room.look()
    assert room.line.grouper is not None
    assert storage.check() == []
