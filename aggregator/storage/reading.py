"""What people look at: stories with their articles, one article with its past, totals."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.core.text import shorten
from aggregator.core.timeline import arrange
from aggregator.storage.assignment_rows import ASSIGNMENT_COLUMNS, assignment
from aggregator.storage.rows import (
    SUMMARY_COLUMNS,
    from_us,
    from_us_or_none,
    objects,
    strings,
    summary,
    to_us,
)
from aggregator.storage.search_pages import Finder
from aggregator.storage.sql import Row, Session, chunks, ids
from aggregator.types import (
    Article,
    Counts,
    Link,
    Media,
    PastRevision,
    Relation,
    Story,
    StoryArticle,
    TextOrigin,
    TextState,
)
from aggregator.types.stories import StoryLink

EXCERPT = 300
"""Characters."""

_RANKED = """
    SELECT o.id FROM stories o WHERE o.outlets >= ? {within}
    ORDER BY {first} DESC, o.last_at DESC, o.id DESC LIMIT ?
"""
_WITHIN = """
    AND o.id IN (SELECT a.story_id FROM articles a WHERE {conditions} AND +a.story_id IS NOT NULL)
"""
_MANY_WITHIN = "SELECT a.id FROM articles a WHERE {conditions} LIMIT 1 OFFSET ?"
_BY_RANK, _BY_PERIOD = "o.outlets", "+o.outlets"
"""As an expression it is not what the index is ordered by: the stories of the period are sorted."""
_FEW = 100_000
"""Articles of a period whose stories are sorted. Those of a longer one are looked for in the index
of all stories by rank; of a short one, it may have none but far down."""
_MEMBERS = """
    SELECT {columns}, s.weight, a.words, a.credits, a.dateline, a.utc_offset, a.unseen_at,
      a.image_url, a.image_alt,
      CASE WHEN p.stays = 0 THEN p.placed_at END AS placed_at, {excerpt} AS excerpt
    FROM articles a
    JOIN assignments x ON x.article_id = a.id
    JOIN sources s ON s.id = a.source_id
    {texts}
    LEFT JOIN placements p ON p.article_id = a.id
    WHERE a.story_id IN {ids} ORDER BY a.id
"""
_BEGINNING = "substr(t.text, 1, 600)"
_OF_TEXTS = "JOIN texts t ON t.article_id = a.id"
_BEGINNINGS = f"""
    SELECT t.article_id AS id, {_BEGINNING} AS excerpt FROM texts t WHERE t.article_id IN {{ids}}
"""  # noqa: S608 - the parts are above
# The first article of a story by time, as `arrange` has it.
_LINK = """
    SELECT {story} AS story, o.id, o.first_at, (
      SELECT a.title FROM articles a WHERE a.story_id = o.id
      ORDER BY a.at, a.first_seen_at, a.id LIMIT 1
    ) AS title
    FROM assignments x JOIN stories o ON o.id = {other}
    WHERE {story} IN {ids} AND x.continues_id IS NOT NULL ORDER BY o.first_at, o.id
"""
_ARTICLES = """
    SELECT {columns}, a.guid, a.authors, a.updated_at, a.image_url, a.categories, a.text_state,
      a.text_origin, a.text_error, a.revision, a.media, a.links, a.withdrawn_at,
      a.kind_why, a.text_why, a.confidence, a.utc_offset, a.image_alt, a.site_name,
      a.canonical_url, a.dateline, a.credits, t.text, t.html
    FROM articles a
    JOIN sources s ON s.id = a.source_id
    JOIN texts t ON t.article_id = a.id
    LEFT JOIN assignments x ON x.article_id = a.id
    WHERE a.id IN {ids} ORDER BY a.id
"""
_BEYOND = "SELECT id FROM articles WHERE id > ? ORDER BY id LIMIT ?"
_AT_A_TIME = 50
_MOST_TEXT = 4_000_000
"""Characters that are read for one answer, about."""


def stories(
    session: Session,
    *,
    since: datetime | None,
    until: datetime | None,
    min_sources: int,
    limit: int,
    brief: bool,
    published: bool = False,
) -> list[Story]:
    bounds, params = list[str](), list[object]()
    clock = "a.at" if published else "a.first_seen_at"
    for condition, bound in ((f"{clock} >= ?", since), (f"{clock} < ?", until)):
        if bound is not None:
            bounds.append(condition)
            params.append(to_us(bound))
    within, first = "", _BY_RANK
    if bounds:
        conditions = " AND ".join(bounds)
        within = _WITHIN.format(conditions=conditions)
        if session.row(_MANY_WITHIN.format(conditions=conditions), (*params, _FEW)) is None:
            first = _BY_PERIOD
    statement = _RANKED.format(within=within, first=first)
    rows = session.rows(statement, (min_sources, *params, limit))
    return _with_articles(session, [row["id"] for row in rows], brief=brief)


def story(session: Session, story_id: int) -> Story | None:
    found = _with_articles(session, [story_id], brief=False)
    return found[0] if found else None


def _with_articles(session: Session, story_ids: Sequence[int], *, brief: bool) -> list[Story]:
    """`brief`: with an excerpt of the first article of each only; texts are what takes long."""
    members = _members(session, story_ids, brief=brief)
    arranged = {story_id: arrange(articles) for story_id, articles in members.items()}
    if brief:
        arranged = _with_excerpts(session, arranged)
    earlier = _links(session, story_ids, story="x.article_id", other="x.continues_id")
    later = _links(session, story_ids, story="x.continues_id", other="x.article_id")
    return [
        Story(
            story_id=story_id,
            articles=arranged[story_id],
            continues=tuple(earlier.get(story_id, ())),
            continued_by=tuple(later.get(story_id, ())),
        )
        for story_id in story_ids
        if story_id in arranged
    ]


def _members(
    session: Session, story_ids: Sequence[int], *, brief: bool
) -> Mapping[int, Sequence[StoryArticle]]:
    members: dict[int, list[StoryArticle]] = {}
    statement = _MEMBERS.format(
        columns=f"{SUMMARY_COLUMNS}, {ASSIGNMENT_COLUMNS}",
        excerpt="''" if brief else _BEGINNING,
        texts="" if brief else _OF_TEXTS,
        ids="{ids}",
    )
    for chunk in chunks(story_ids):
        for row in session.rows(statement.format(ids=ids(chunk))):
            members.setdefault(row["story_id"], []).append(_story_article(row))
    return members


def _with_excerpts(
    session: Session, stories: Mapping[int, tuple[StoryArticle, ...]]
) -> dict[int, tuple[StoryArticle, ...]]:
    firsts = sorted(articles[0].article.article_id for articles in stories.values())
    excerpts = {
        row["id"]: shorten(row["excerpt"], EXCERPT)
        for chunk in chunks(firsts)
        for row in session.rows(_BEGINNINGS.format(ids=ids(chunk)))
    }
    return {
        story_id: (replace(first, excerpt=excerpts[first.article.article_id]), *others)
        for story_id, (first, *others) in stories.items()
    }


def _links(
    session: Session, story_ids: Sequence[int], *, story: str, other: str
) -> Mapping[int, Sequence[StoryLink]]:
    """By the ids of the stories; only the assignment of the article that a story has its id of
    says what it continues."""
    links: dict[int, list[StoryLink]] = {}
    for chunk in chunks(story_ids):
        for row in session.rows(_LINK.format(story=story, other=other, ids=ids(chunk))):
            link = StoryLink(
                story_id=row["id"], title=row["title"], first_at=from_us(row["first_at"])
            )
            links.setdefault(row["story"], []).append(link)
    return links


def _story_article(row: Row) -> StoryArticle:
    return StoryArticle(
        article=summary(row),
        relation=Relation(row["relation"]),
        of=row["of_id"],
        score=row["score"],
        why=row["why"],
        weight=row["weight"],
        words=row["words"],
        excerpt=shorten(row["excerpt"], EXCERPT),
        credits=strings(row["credits"]),
        dateline=row["dateline"],
        utc_offset=_minutes(row["utc_offset"]),
        unseen_at=from_us_or_none(row["unseen_at"]),
        placed_at=from_us_or_none(row["placed_at"]),
        image_url=row["image_url"],
        image_alt=row["image_alt"],
    )


def article(session: Session, article_id: int) -> Article | None:
    found = _articles(session, [article_id])
    return replace(found[0], revisions=_revisions(session, article_id)) if found else None


def matching(session: Session, finder: Finder | None, *, beyond: int, limit: int) -> list[Article]:
    """See `protocol.Storage`; None finds all."""
    if finder is None:
        found = [row["id"] for row in session.rows(_BEYOND, (beyond, limit))]
    else:
        found = finder.oldest(beyond=beyond, limit=limit)
    articles: list[Article] = []
    size = 0
    for chunk in chunks(found, _AT_A_TIME):
        if size > _MOST_TEXT:
            break
        part = _articles(session, chunk)
        size += sum(len(one.text) + len(one.html) for one in part)
        articles += part
    return articles


def articles(session: Session, article_ids: Collection[int]) -> list[Article]:
    return [one for chunk in chunks(sorted(set(article_ids))) for one in _articles(session, chunk)]


def _articles(session: Session, article_ids: Sequence[int]) -> list[Article]:
    """By id, without former revisions."""
    columns = f"{SUMMARY_COLUMNS}, {ASSIGNMENT_COLUMNS}"
    rows = session.rows(_ARTICLES.format(columns=columns, ids=ids(article_ids)))
    return list(map(_article, rows))


def _article(row: Row) -> Article:
    return Article(
        summary=summary(row),
        guid=row["guid"],
        authors=strings(row["authors"]),
        updated_at=from_us_or_none(row["updated_at"]),
        image_url=row["image_url"],
        categories=strings(row["categories"]),
        text=row["text"],
        html=row["html"],
        text_state=TextState(row["text_state"]),
        text_origin=TextOrigin(row["text_origin"]),
        text_error=row["text_error"],
        revision=row["revision"],
        revisions=(),
        assignment=None if row["story"] is None else assignment(row),
        media=objects(row["media"], tuple[Media, ...]),
        links=objects(row["links"], tuple[Link, ...]),
        withdrawn_at=from_us_or_none(row["withdrawn_at"]),
        kind_why=row["kind_why"],
        text_why=row["text_why"],
        confidence=row["confidence"],
        utc_offset=_minutes(row["utc_offset"]),
        image_alt=row["image_alt"],
        site_name=row["site_name"],
        canonical_url=row["canonical_url"],
        dateline=row["dateline"],
        credits=strings(row["credits"]),
    )


def _minutes(offset: int | None) -> timedelta | None:
    return None if offset is None else timedelta(minutes=offset)


def _revisions(session: Session, article_id: int) -> tuple[PastRevision, ...]:
    rows = session.rows(
        "SELECT number, title, text, seen_at FROM revisions WHERE article_id = ? ORDER BY number",
        (article_id,),
    )
    return tuple(
        PastRevision(
            number=row["number"],
            title=row["title"],
            text=row["text"],
            seen_at=from_us(row["seen_at"]),
        )
        for row in rows
    )


def counts(session: Session) -> Counts:
    row = session.row("""
        SELECT (SELECT count(*) FROM sources WHERE active = 1) AS sources,
          (SELECT count(*) FROM articles) AS articles,
          (SELECT count(*) FROM stories) AS stories,
          (SELECT count(*) FROM articles WHERE text_state = 'pending') AS pending_texts,
          (SELECT count(*) FROM articles
           WHERE story_id IS NULL AND text_state <> 'pending') AS unassigned
    """)
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    return Counts(
        sources=row["sources"],
        articles=row["articles"],
        stories=row["stories"],
        pending_texts=row["pending_texts"],
        unassigned=row["unassigned"],
    )
