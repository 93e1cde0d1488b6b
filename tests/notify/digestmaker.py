"""Digests to render: invented outlets and events, any number of stories."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from aggregator.types import (
    ArticleSummary,
    Digest,
    DigestSection,
    DigestStory,
    Edition,
    FeedState,
    PageKind,
    Relation,
    Source,
    SourceStatus,
    Story,
    StoryArticle,
)

UNTIL = datetime(2026, 3, 30, 5, 0, tzinfo=UTC)
SINCE = datetime(2026, 3, 29, 5, 0, tzinfo=UTC)

PLACES = ("Aldermoor", "Breitbrück", "Castelverde", "Dunhollow", "Esker Bay", "Fjordvik")
EVENTS = (
    "reopens its harbour bridge after the flood",
    "votes to keep the night train",
    "finds a second source of drinking water under the old quarry",
    "closes two schools and builds a larger one",
    "raises the fine for empty shops",
)


def article(
    number: int,
    source: str,
    title: str,
    *,
    at: datetime = UNTIL - timedelta(hours=3),
    url: str | None = "made up",
    language: str | None = "en",
    relation: Relation = Relation.NEW,
    of: int | None = None,
    excerpt: str = "The council met in the morning. It took the decision without a vote against.",
    words: int = 320,
    kind: PageKind = PageKind.ARTICLE,
) -> StoryArticle:
    host = "".join(char for char in source.lower() if char.isascii() and char.isalnum())
    return StoryArticle(
        article=ArticleSummary(
            article_id=number,
            source_id=1,
            source=source,
            url=f"https://{host or 'news'}.example.org/{number}" if url == "made up" else url,
            title=title,
            published_at=at,
            first_seen_at=at,
            language=language,
            story_id=1,
            kind=kind,
        ),
        relation=relation,
        of=of,
        score=0.9,
        why="made up",
        weight=1.0,
        words=words,
        excerpt=excerpt,
    )


def credit(item: StoryArticle, *names: str) -> StoryArticle:
    """The same, naming these as its origin."""
    return replace(item, credits=names)


def story(number: int) -> Story:
    """A story of four outlets: first, a report, a translation, a copy."""
    base = number * 10
    at = UNTIL - timedelta(hours=1 + number % 20, minutes=7 * number % 60)
    title = f"{PLACES[number % 6]} {EVENTS[number % 5]}"
    lead = article(
        base,
        "The Harbour Post",
        title,
        at=at,
        excerpt=(
            f"{PLACES[number % 6]} made it official on Sunday. The mayor spoke of a good day for "
            "everyone who had waited since the autumn, and thanked the crews who worked through "
            "the winter. Traffic is expected to"
        ),
    )
    report = article(
        base + 1,
        "Northern Ledger",
        f"What the decision in {PLACES[number % 6]} means",
        at=at + timedelta(minutes=34),
        relation=Relation.REPORT,
        of=base,
    )
    translated = article(
        base + 2,
        "Diario del Puerto",
        "El puente vuelve a abrir",
        at=at + timedelta(minutes=52),
        language="es",
        relation=Relation.TRANSLATION,
        of=base,
    )
    copied = article(
        base + 3,
        "Wire & Mirror",
        title,
        at=at + timedelta(minutes=58),
        relation=Relation.COPY,
        of=base,
    )
    return Story(story_id=base, articles=(lead, report, translated, copied))


def told(whole: Story, *ids: int, points: float = 1.0) -> DigestStory:
    """As a digest has it; former editions told the articles of these ids."""
    return DigestStory(story=whole, points=points, told=frozenset(ids))


def section(
    *stories: Story, title: str | None = None, brief: tuple[Story, ...] = (), left_out: int = 0
) -> DigestSection:
    """The first story has the most points."""
    ranked = [
        told(whole, points=float(1_000 - number)) for number, whole in enumerate((*stories, *brief))
    ]
    return DigestSection(
        title=title,
        stories=tuple(ranked[: len(stories)]),
        brief=tuple(ranked[len(stories) :]),
        left_out=left_out,
    )


def digest(
    stories: int,
    *,
    items: int = 0,
    troubles: int = 0,
    left_out: int = 0,
    brief: int = 0,
    language: str = "en",
    slot: int = 1,
) -> Digest:
    singles = tuple(
        article(10_000 + number, f"Gazette {number // 4 + 1}", f"{PLACES[number % 6]} in brief")
        for number in range(items)
    )
    whole = section(
        *map(story, range(stories)),
        brief=tuple(map(story, range(stories, stories + brief))),
        left_out=left_out,
    )
    return Digest(
        edition=Edition(digest="morning", local_date=date(2026, 3, 30), slot=slot),
        title="Morning news",
        since_at=SINCE,
        until_at=UNTIL,
        timezone="Europe/Berlin",
        language=language,
        sections=(whole,) if stories or brief else (),
        singles=singles,
        singles_left_out={"Gazette 1": left_out} if left_out and items else {},
        troubles=tuple(failing(f"Broken Bugle {number}") for number in range(troubles)),
        sites={f"Gazette {number}": f"https://gazette{number}.example.org/" for number in (1, 2)},
    )


def of_stories(*stories: Story, language: str = "en") -> Digest:
    """A digest of just these."""
    return replace(digest(0, language=language), sections=(section(*stories),))


def with_article(item: StoryArticle) -> Digest:
    """A digest of one story in which `item` leads and is copied."""
    copied = replace(
        item,
        article=replace(item.article, article_id=item.article.article_id + 1, source="Mirror"),
        relation=Relation.COPY,
        of=item.article.article_id,
    )
    return of_stories(Story(story_id=1, articles=(item, copied)))


def failing(name: str, path: str = "feed.xml") -> SourceStatus:
    return SourceStatus(
        source_id=7,
        source=Source(name=name, url=f"https://bugle.example.com/{path}"),
        state=FeedState(
            next_poll_at=UNTIL,
            last_poll_at=UNTIL - timedelta(hours=1),
            last_error="The server answers 404 Not Found; look for the feed's new address.",
            last_status=404,
            failures=2.0,
        ),
        articles=12,
        newest_at=UNTIL - timedelta(days=3),
    )
