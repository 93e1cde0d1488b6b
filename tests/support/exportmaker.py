"""Articles to be exported, and stores that have them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import cast

from aggregator.core.fingerprint import fingerprint
from aggregator.core.html import to_text
from aggregator.core.query_tree import After, InStory, Query
from aggregator.core.urls import host_key
from aggregator.storage.protocol import Storage
from aggregator.types import (
    Article,
    ArticleSummary,
    Assignment,
    Counts,
    FeedState,
    GroupInput,
    NewArticle,
    PollDecision,
    PollRecord,
    Relation,
    SearchHit,
    SearchPage,
    Source,
    Story,
    TextOrigin,
    TextState,
)

NOON = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def article(number: int = 1, **given: object) -> Article:
    """As a store gives it; `given` are fields of Article and of its summary."""
    summary = ArticleSummary(
        article_id=number,
        source_id=1,
        source="The Quay Post",
        url=f"https://quay.example.org/{number}",
        title=f"The bridge opens, part {number}",
        published_at=NOON + timedelta(minutes=number),
        first_seen_at=NOON + HOUR + timedelta(minutes=number),
        language="en",
        story_id=None,
    )
    of_summary = {name: given.pop(name) for name in [*given] if hasattr(summary, name)}
    text = f"The bridge of number {number} is open."
    plain = Article(
        summary=replace(summary, **of_summary),  # type: ignore[arg-type]  # its fields, by name
        guid=None,
        authors=(),
        updated_at=None,
        image_url=None,
        categories=(),
        text=text,
        html=f"<p>{text}</p>",
        text_state=TextState.READY,
        text_origin=TextOrigin.CONTENT,
        text_error=None,
        revision=1,
    )
    return replace(plain, **given)  # type: ignore[arg-type]  # its fields, by name


def published(title: str, html: str, *, hours: float = 0, **fields: object) -> NewArticle:
    """As a feed gives it, published so long after noon."""
    text = to_text(html)
    slug = hashlib.sha256(f"{title}{html}".encode()).hexdigest()
    plain = NewArticle(
        keys=frozenset({slug}),
        guid=slug[:8],
        url=f"https://quay.example.org/{slug[:8]}",
        title=title,
        authors=(),
        published_at=NOON + hours * HOUR,
        updated_at=None,
        language="en",
        image_url=None,
        categories=(),
        text=text,
        html=html,
        text_origin=TextOrigin.CONTENT,
        content_hash=slug,
        page_host=None,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]  # its fields, by name


def store(
    storage: Storage, name: str, *articles: NewArticle, at: datetime = NOON + 48 * HOUR
) -> list[int]:
    """Poll a source of that name, and find these; their ids."""
    source = Source(name=name, url=f"https://{name.lower().replace(' ', '-')}.example.org/feed")
    others = [status.source for status in storage.source_statuses()]
    if source not in others:
        storage.sync_sources([*others, source], now=at)
    of_source = {
        one.source_id for one in storage.source_statuses() if one.source.name == source.name
    }
    storage.wake(of_source, now=at, force=True)
    [claim] = storage.claim_feeds(host_key(source.url), now=at, lease=HOUR, only=of_source)
    record = PollRecord(
        claim=claim,
        state=FeedState(next_poll_at=at + HOUR, last_poll_at=at, last_ok_at=at),
        polled_at=at,
        decision=PollDecision(new=articles, revised=(), new_keys=(), unchanged=0),
    )
    stored = storage.record_poll(record)
    storage.release_host(host_key(source.url), lease_until=claim.lease_until, free_at=at)
    return stored


def join(storage: Storage, *article_ids: int, relation: Relation = Relation.COPY) -> None:
    """Put them into one story, that of the first; they have none yet."""
    first = article_ids[0]
    waiting = {one.article_id: one for one in storage.unassigned(limit=1_000)}
    storage.assign(
        [
            (
                _input(storage, one, waiting[one].version),
                Assignment(
                    article_id=one,
                    story=first,
                    relation=Relation.NEW if one == first else relation,
                    of=None if one == first else first,
                    score=1.0,
                    why="It is the first." if one == first else "Its words are the same.",
                ),
            )
            for one in article_ids
        ],
        now=NOON + 49 * HOUR,
    )


def _input(storage: Storage, number: int, version: int) -> GroupInput:
    found = storage.article(number)
    assert found is not None
    summary = found.summary
    return GroupInput(
        article_id=number,
        source=summary.source,
        title=summary.title,
        url=summary.url,
        at=summary.at,
        fingerprint=fingerprint(summary.title, found.text, summary.language),
        version=version,
    )


@dataclass
class Shelf:
    """Articles in the order of their ids, with the verbs of a store that exports need.

    Each answer is short.
    """

    articles: Sequence[Article]
    at_once: int = 7
    """Articles of an answer at the most."""
    given: list[int] = field(default_factory=list)
    """How many each answer of `matching` had."""

    @property
    def storage(self) -> Storage:
        return cast("Storage", self)

    def matching(self, query: Query | None, *, beyond: int = 0, limit: int) -> list[Article]:
        left = (one for one in self._found(query) if one.summary.article_id > beyond)
        answer = [one for one, _ in zip(left, range(min(limit, self.at_once)), strict=False)]
        self.given.append(len(answer))
        return answer

    def search(
        self,
        query: Query,
        *,
        limit: int,
        after: str | None = None,
        passages: bool,  # noqa: ARG002 - there are none
    ) -> SearchPage:
        newest = [*self._found(query)][::-1]
        start = int(after or 0)
        end = start + min(limit, self.at_once)
        hits = tuple(SearchHit(article=one.summary, snippet="") for one in newest[start:end])
        return SearchPage(hits=hits, after=str(end) if end < len(newest) else None)

    def counts(self) -> Counts:
        found = len(self.articles)
        return Counts(sources=1, articles=found, stories=0, pending_texts=0, unassigned=found)

    def story(self, story_id: int) -> Story | None:  # noqa: ARG002 - there is none
        return None

    def _found(self, query: Query | None) -> Iterable[Article]:
        if query is None:
            return self.articles
        match query.root:
            case After(at):
                return [one for one in self.articles if one.summary.at >= at]
            case InStory(story_id):
                return [one for one in self.articles if one.summary.story_id == story_id]
            case _:
                raise NotImplementedError
