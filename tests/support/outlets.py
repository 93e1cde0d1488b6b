"""Outlets with feeds that carry whole texts, and a process that follows them with a real store.

with Outlets(tmp_path, "Gull", "Heron") as outlets:
    outlets.publish("Gull", ferry=text_about(1))
    outlets.publish("Heron", ferry=text_about(1))
    outlets.run()
    assert outlets.partition() == [{"Gull/ferry", "Heron/ferry"}]
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from lines import Publisher, answer, feed_of, line_of
from outletpress import Story

from aggregator.pipeline import Event, Pipeline, assign_stories, poll_host
from aggregator.storage.backends import open_storage
from aggregator.storage.protocol import Storage
from aggregator.types import Article, Manners, PagePolicy, PostgresUrl, Source

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def text_about(seed: int) -> tuple[str, str]:
    """The title and the text of an article; of other seeds they have nothing in common."""
    story = Story(random.Random(seed))
    return story.title(), " ".join(story.paragraphs(6))


class Outlets:
    """Each outlet's feed is at `<name>.example.org`."""

    def __init__(self, place: Path | PostgresUrl, *names: str) -> None:
        """`place`: a folder, or a database on a server."""
        self.database = place / "aggregator.db" if isinstance(place, Path) else place
        self.now = NOON
        self.events: list[Event] = []
        self.sources = [
            Source(name=name, url=f"https://{_host(name)}/feed", pages=PagePolicy.NEVER)
            for name in names
        ]
        self._publisher = Publisher()
        self._items: dict[str, dict[str, tuple[str, str]]] = {name: {} for name in names}
        self.storage: Storage
        self.line: Pipeline

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self.storage.close()

    def _start(self) -> None:
        self.storage = open_storage(self.database)
        self.storage.sync_sources(self.sources, now=self.now)
        self.line = line_of(
            self.storage, self._publisher, clock=lambda: self.now, report=self.events.append
        )

    def restart(self) -> None:
        """The process ends, and another one begins."""
        self.storage.close()
        self._start()

    def want(self, name: str, manners: Manners) -> None:
        """As an edited feeds.yaml would."""
        self.sources = [
            replace(one, manners=manners) if one.name == name else one for one in self.sources
        ]
        self.storage.sync_sources(self.sources, now=self.now)

    def publish(self, name: str, **items: tuple[str, str]) -> None:
        """(title, text) by slug; one that is there already is edited."""
        self._items[name].update(items)
        feed = feed_of(_host(name), *((slug, *item) for slug, item in self._items[name].items()))
        url = f"https://{_host(name)}/feed"
        self._publisher.answers[url] = answer(url, feed)

    def poll(self) -> None:
        """All feeds, in order, a minute later."""
        self.now += timedelta(minutes=1)
        self.storage.wake(None, now=self.now, force=True)
        for source in self.sources:
            asyncio.run(poll_host(self.line, _host(source.name)))

    def run(self) -> None:
        """Poll, and find stories."""
        self.poll()
        asyncio.run(assign_stories(self.line))

    def article(self, label: str) -> Article:
        """`label` is the outlet and the slug, as in "Gull/ferry"."""
        return next(one for one in self._articles() if _label(one) == label)

    def number(self, label: str) -> int:
        return self.article(label).summary.article_id

    def story(self, label: str) -> int:
        """The id of its story."""
        found = self.article(label).summary.story_id
        assert found is not None, label
        return found

    def partition(self) -> list[set[str]]:
        """The stories as sets of labels, in the order of their first articles."""
        stories: dict[int | None, set[str]] = {}
        for one in self._articles():
            stories.setdefault(one.summary.story_id, set()).add(_label(one))
        return list(stories.values())

    def _articles(self) -> list[Article]:
        found = (self.storage.article(number) for number in range(1, 1_000))
        total = self.storage.counts().articles
        return [one for one, _ in zip(filter(None, found), range(total), strict=False)]


def _host(name: str) -> str:
    return f"{name.lower()}.example.org"


def _label(article: Article) -> str:
    slug = (article.summary.url or "").rpartition("/")[2]
    return f"{article.summary.source}/{slug}"
