"""Sources, polls and articles in a few words, for the tests of the store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from aggregator.core.fingerprint import fingerprint
from aggregator.core.urls import host_key
from aggregator.storage.protocol import Storage
from aggregator.types import (
    Article,
    ArticleText,
    Assignment,
    Delivery,
    DeliveryState,
    Edition,
    Extraction,
    FeedClaim,
    FeedState,
    GroupInput,
    KeptDigest,
    NewArticle,
    PageKind,
    Placed,
    PollDecision,
    PollRecord,
    Relation,
    RenderedDigest,
    Revision,
    Source,
    TextClaim,
    TextOrigin,
    TextRecord,
    TextState,
)

OpenStore = Callable[[], Storage]

NOW = datetime(2026, 5, 31, 12, 0, 0, 123456, tzinfo=UTC)
LEASE = timedelta(minutes=10)
HOUR = timedelta(hours=1)
DAY = date(2026, 5, 31)
"""The local date of a digest."""
EDITION = Edition(digest="digest", local_date=DAY, slot=1)


def source(name: str = "Example", url: str | None = None, **fields: object) -> Source:
    return replace(
        Source(name=name, url=url or f"https://{name.lower().replace(' ', '-')}.example.com/feed"),
        **fields,  # type: ignore[arg-type]  # the fields of a Source, by name
    )


def new(
    key: str, *, title: str | None = None, text: str | None = None, **fields: object
) -> NewArticle:
    """An article whose text is ready, unless `page_host` is given."""
    title = f"Headline {key}" if title is None else title
    text = f"Text of {key}." if text is None else text
    article = NewArticle(
        keys=frozenset({key}),
        guid=key,
        url=f"https://example.com/{key}",
        title=title,
        authors=(),
        published_at=None,
        updated_at=None,
        language="en",
        image_url=None,
        categories=(),
        text=text,
        html=f"<p>{text}</p>",
        text_origin=TextOrigin.CONTENT,
        content_hash=hashlib.sha256(f"{title}\0{text}".encode()).hexdigest(),
        page_host=None,
    )
    return replace(article, **fields)  # type: ignore[arg-type]  # the same


def decision(
    articles: Iterable[NewArticle] = (),
    *,
    revised: Iterable[Revision] = (),
    new_keys: Iterable[tuple[int, str]] = (),
) -> PollDecision:
    return PollDecision(
        new=tuple(articles), revised=tuple(revised), new_keys=tuple(new_keys), unchanged=0
    )


def polled(
    claim: FeedClaim, what: PollDecision | None = None, *, at: datetime = NOW, **state: object
) -> PollRecord:
    after = FeedState(next_poll_at=at + HOUR, last_poll_at=at, last_ok_at=at)
    return PollRecord(
        claim=claim,
        state=replace(after, **state),  # type: ignore[arg-type]  # the fields of a FeedState
        polled_at=at,
        decision=what,
    )


def claim(storage: Storage, wanted: Source | None = None, *, at: datetime = NOW) -> FeedClaim:
    """Claim the one due feed; with `wanted`, store that source as the only one first."""
    if wanted is not None:
        storage.sync_sources([wanted], now=at)
    [work] = storage.due_hosts(now=at, limit=10)
    [taken] = storage.claim_feeds(work.host, now=at, lease=LEASE)
    return taken


def store(
    storage: Storage, *articles: NewArticle, wanted: Source | None = None, at: datetime = NOW
) -> list[int]:
    """Poll one source, added to those that are there, and store the articles; their ids."""
    wanted = wanted or source()
    sources = [status.source for status in storage.source_statuses()]
    if wanted not in sources:
        storage.sync_sources([*sources, wanted], now=at)
    one = {source_id(storage, wanted.name)}
    storage.wake(one, now=at, force=True)
    [work] = storage.due_hosts(now=at, limit=10, only=one)
    [taken] = storage.claim_feeds(work.host, now=at, lease=LEASE, only=one)
    return record(storage, polled(taken, decision(articles), at=at))


def record(storage: Storage, what: PollRecord) -> list[int]:
    """Record a poll and give its host back."""
    stored = storage.record_poll(what)
    release(storage, what.claim, at=what.polled_at)
    return stored


def record_page(storage: Storage, host: str, what: TextRecord) -> None:
    """Record a page and give its host back."""
    storage.record_text(what)
    storage.release_host(host, lease_until=what.claim.lease_until, free_at=what.at)


def release(storage: Storage, taken: FeedClaim, *, at: datetime = NOW) -> None:
    """Give back the host of a claim."""
    host = host_key(taken.source.url)
    storage.release_host(host, lease_until=taken.lease_until, free_at=at)


def revise(storage: Storage, article_id: int, article: NewArticle, *, at: datetime) -> None:
    storage.wake(None, now=at, force=True)
    revision = Revision(article_id=article_id, article=article)
    record(storage, polled(claim(storage, at=at), decision(revised=[revision]), at=at))


def extraction(page: ArticleText, **fields: object) -> Extraction:
    """Of an article's page, unless another kind is given."""
    plain = Extraction(
        article=page,
        kind=PageKind.ARTICLE,
        kind_why="It is one text.",
        origin=TextOrigin.PAGE,
        why="The page has the whole text.",
    )
    return replace(plain, **fields)  # type: ignore[arg-type]  # the fields of an Extraction


def fetched(
    taken: TextClaim,
    page: ArticleText | Extraction | None,
    *,
    state: TextState = TextState.READY,
    at: datetime = NOW,
    **fields: object,
) -> TextRecord:
    record = TextRecord(
        claim=taken,
        at=at,
        state=state,
        extracted=extraction(page) if isinstance(page, ArticleText) else page,
        error=None,
        retry_at=None,
    )
    return replace(record, **fields)  # type: ignore[arg-type]  # the fields of a TextRecord


def joins(article_id: int, story: int, *, of: int | None = None) -> Assignment:
    first = article_id == story
    return Assignment(
        article_id=article_id,
        story=story,
        relation=Relation.NEW if first else Relation.COPY,
        of=None if first else (of or story),
        score=1.0 if first else 0.9,
        why="It is the first." if first else "Nine words of ten are the same.",
    )


def grouped(storage: Storage, *assignments: Assignment) -> list[tuple[GroupInput, Assignment]]:
    """With their articles as they are now."""
    return [(group_input(storage, int(one.article_id)), one) for one in assignments]


def kept_digest(edition: Edition = EDITION, **fields: object) -> KeptDigest:
    plain = KeptDigest(
        edition=edition,
        title="News digest",
        since_at=NOW - 24 * HOUR,
        until_at=NOW,
        made_at=NOW + HOUR,
        rendered=RenderedDigest(
            subject="The ferry is back",
            text="The ferry is back.\r\n",
            html="<p>The ferry is back. \0 \U0001f33e</p>",
            short="1 story",
        ),
        stories=1,
        singles=2,
        left_out=3,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]  # the fields of a KeptDigest


def delivery(recipient: str = "ann@example.com", **fields: object) -> Delivery:
    plain = Delivery(
        edition=EDITION,
        recipient=recipient,
        message_id=f"<{recipient}>",
        message=b"Subject: x\r\n\r\n\x00\xff",
        state=DeliveryState.SENDING,
        attempts=0,
        error=None,
        retry_at=None,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]  # the fields of a Delivery


def get(storage: Storage, article_id: int) -> Article:
    article = storage.article(article_id)
    assert article is not None
    return article


def group_input(storage: Storage, article_id: int) -> GroupInput:
    article = get(storage, article_id)
    summary = article.summary
    return GroupInput(
        article_id=article_id,
        source=summary.source,
        title=summary.title,
        url=summary.url,
        at=summary.at,
        fingerprint=fingerprint(summary.title, article.text, summary.language),
        version=next(
            (
                one.version
                for one in storage.unassigned(limit=10_000)
                if one.article_id == article_id
            ),
            0,
        ),
    )


def assign(storage: Storage, *assignments: Assignment, at: datetime = NOW) -> None:
    storage.assign(grouped(storage, *assignments), now=at)


def singles(storage: Storage, article_ids: Iterable[int]) -> None:
    """Assign each to a story of its own."""
    assign(storage, *(joins(article_id, article_id) for article_id in article_ids))


def put(storage: Storage, story: int, *article_ids: int, at: datetime = NOW) -> Placed:
    """As a person does who puts them there."""
    return storage.place([joins(one, story) for one in article_ids], now=at)


def arrangement(storage: Storage) -> dict[int, list[int]]:
    """The articles of every story, by id."""
    return {
        story.story_id: sorted(item.article.article_id for item in story.articles)
        for story in storage.stories(limit=10_000)
    }


def placements(storage: Storage, article_ids: Sequence[int]) -> dict[int, int | str]:
    """With which article each of these is placed that has a fingerprint and a placement."""
    return {
        int(one.article_id): one.placed_with
        for one in storage.recall(article_ids)
        if one.placed_with is not None
    }


def source_id(storage: Storage, name: str) -> int:
    return next(one.source_id for one in storage.source_statuses() if one.source.name == name)


def names(sources: Sequence[Source]) -> list[str]:
    return [one.name for one in sources]
