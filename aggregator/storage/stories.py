"""COMMIT 3: which articles await a story, what they are compared with, and the assignments.

`assignments` is the truth; `articles.story_id` and the table `stories` follow it in the same
transaction, so that lists of stories need not look at every article. A fingerprint comes and goes
with its assignment, and keeps the time by which the article was assigned.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.codec import decode, encode
from aggregator.storage.rows import (
    ASSIGNMENT_COLUMNS,
    assignment,
    from_us,
    span_to_us,
    storable,
    to_us,
)
from aggregator.storage.sql import Row, Session, chunks, ids, insert
from aggregator.types import Assignment, Fingerprint, GroupInput, Relation, Unassigned

# The order first: sorting would carry the texts along.
_UNASSIGNED = """
    SELECT a.id, s.name, a.title, a.url, a.at, a.text_version,
      coalesce(s.language, a.language) AS language
    FROM articles a JOIN sources s ON s.id = a.source_id
    WHERE a.story_id IS NULL AND a.text_state <> 'pending'
    ORDER BY a.at, s.name, coalesce(a.url, ''), a.title, a.id LIMIT ?
"""
_TEXTS = "SELECT article_id, text FROM texts WHERE article_id IN {ids}"
_TEXTS_AT_A_TIME = 20
_MOST_TEXT = 2_000_000
"""Characters taken at once, about: a feed may bring thousands of long texts."""
_NEWEST = "SELECT max(at) AS at FROM fingerprints"
_WINDOW = """
    SELECT x.article_id FROM assignments x
    WHERE x.article_id IN (SELECT f.article_id FROM fingerprints f WHERE f.at >= ?) ORDER BY x.seq
"""
_WINDOW_CHUNK = """
    SELECT a.id, s.name, a.title, a.url, f.at, f.data, {columns} FROM assignments x
    JOIN articles a ON a.id = x.article_id
    JOIN sources s ON s.id = a.source_id
    JOIN fingerprints f ON f.article_id = a.id
    WHERE x.article_id IN {ids} ORDER BY x.seq
"""
_INSERT_FINGERPRINT = insert("fingerprints", ("article_id", "at", "data"))
_AWAITING = """
    SELECT id, text_version FROM articles WHERE id IN {ids} AND story_id IS NULL
    ORDER BY id {locking}
"""
_HOMES = "SELECT id, story_id FROM articles WHERE id IN {ids} AND story_id IS NOT NULL"
_SETTLE = "UPDATE articles SET story_id = ? WHERE id = ?"
_INSERT = insert(
    "assignments",
    ("article_id", "story_id", "relation", "of_id", "score", "why", "assigned_at"),
)
_REFRESH = """
    INSERT INTO stories (id, articles, outlets, first_at, last_at)
    SELECT a.story_id, count(*), count(DISTINCT a.source_id), min(a.at), max(a.at)
    FROM articles a WHERE a.story_id IN {ids} GROUP BY a.story_id
    ON CONFLICT (id) DO UPDATE SET articles = excluded.articles, outlets = excluded.outlets,
      first_at = excluded.first_at, last_at = excluded.last_at
"""
_MEMBERS = "SELECT id FROM articles WHERE story_id IN {ids}"
_TAKE_OUT = (
    "DELETE FROM fingerprints WHERE article_id IN {ids}",
    "DELETE FROM assignments WHERE article_id IN {ids}",
    "UPDATE articles SET story_id = NULL WHERE id IN {ids}",
)
_END = "DELETE FROM stories WHERE id IN {ids}"


def unassigned(session: Session, *, limit: int) -> list[Unassigned]:
    waiting = session.rows(_UNASSIGNED, (limit,))
    texts: dict[int, str] = {}
    size = 0
    for chunk in chunks(waiting, _TEXTS_AT_A_TIME):
        if size > _MOST_TEXT:
            break
        for row in session.rows(_TEXTS.format(ids=ids([row["id"] for row in chunk]))):
            texts[row["article_id"]] = row["text"]
            size += len(row["text"])
    return [
        Unassigned(
            article_id=row["id"],
            source=row["name"],
            title=row["title"],
            url=row["url"],
            at=from_us(row["at"]),
            language=row["language"],
            text=texts[row["id"]],
            version=row["text_version"],
        )
        for row in waiting
        if row["id"] in texts
    ]


def beyond(session: Session, span: timedelta) -> int:
    """The time before which no fingerprint is needed: `span` before the newest article's."""
    row = session.row(_NEWEST)
    newest = None if row is None else row["at"]
    return 0 if newest is None else int(newest) - span_to_us(span)


def _group_input(row: Row) -> GroupInput:
    return GroupInput(
        article_id=row["id"],
        source=row["name"],
        title=row["title"],
        url=row["url"],
        at=from_us(row["at"]),
        fingerprint=decode(row["data"], Fingerprint),
    )


def window(session: Session, *, span: timedelta) -> Iterator[tuple[GroupInput, Assignment]]:
    """The order first, from the indexes alone; then the fingerprints, a chunk at a time."""
    order = [row["article_id"] for row in session.rows(_WINDOW, (beyond(session, span),))]
    for chunk in chunks(order):
        for row in session.rows(_WINDOW_CHUNK.format(columns=ASSIGNMENT_COLUMNS, ids=ids(chunk))):
            yield _group_input(row), assignment(row)


def assign(
    session: Session, assigned: Sequence[tuple[GroupInput, Assignment]], *, now: datetime
) -> list[Assignment]:
    """Articles are locked before the stories are, here and wherever both are: see `articles`."""
    waiting = _waiting(session, {int(item.article_id) for _, item in assigned})
    session.alone("stories")  # what _homes says holds until all is stored
    homes = _homes(session, {int(item.of) for _, item in assigned if item.of is not None})
    kept: list[tuple[GroupInput, Assignment]] = []
    for group_input, decided in assigned:
        article_id = int(decided.article_id)
        if waiting.get(article_id) == group_input.version:
            del waiting[article_id]
            item = _with_its_like(decided, homes)
            homes[article_id] = int(item.story)
            kept.append((group_input, item))
    _store(session, kept, to_us(now))
    items = [item for _, item in kept]
    refresh_stories(session, {int(item.story) for item in items})
    return items


def _waiting(session: Session, article_ids: Collection[int]) -> dict[int, int]:
    """Those without a story, with the version of their text, which stays what it is."""
    statement = _AWAITING.format(ids=ids(article_ids), locking=session.locking)
    return {row["id"]: row["text_version"] for row in session.rows(statement)}


def _store(session: Session, kept: Sequence[tuple[GroupInput, Assignment]], at: int) -> None:
    session.many(_SETTLE, [(int(item.story), int(item.article_id)) for _, item in kept])
    session.many(
        _INSERT,
        [
            (
                int(item.article_id),
                int(item.story),
                item.relation.value,
                None if item.of is None else int(item.of),
                item.score,
                storable(item.why),
                at,
            )
            for _, item in kept
        ],
    )
    session.many(
        _INSERT_FINGERPRINT,
        [(int(one.article_id), to_us(one.at), encode(one.fingerprint)) for one, _ in kept],
    )


def _homes(session: Session, article_ids: Collection[int]) -> dict[int, int]:
    """The stories of those that have one."""
    rows = session.rows(_HOMES.format(ids=ids(article_ids)))
    return {row["id"]: row["story_id"] for row in rows}


def _with_its_like(item: Assignment, homes: Mapping[int, int]) -> Assignment:
    """In the story of the article it resembles, wherever that is by now; else in one of its own.

    It is decided upon what `window` said and upon decisions before it, while a publisher's change
    may take an article out of its story.
    """
    home = item.article_id if item.of is None else homes.get(int(item.of))
    if home is None:
        return replace(
            item,
            story=item.article_id,
            relation=Relation.NEW,
            of=None,
            why="What it resembled has been changed by its publisher since.",
        )
    return item if home == item.story else replace(item, story=home)


def refresh_stories(session: Session, story_ids: Collection[int]) -> None:
    """Count these stories' articles again."""
    session.alone("stories")
    session.run(_REFRESH.format(ids=ids(story_ids)))


def dissolve_single(session: Session, article_id: int, story_id: int) -> bool:
    """Take the article out of its story if it is alone there, and say whether it was."""
    session.alone("stories")
    row = session.row("SELECT articles FROM stories WHERE id = ?", (story_id,))
    if row is None or row["articles"] != 1:
        return False
    _take_out(session, [article_id], [story_id])
    return True


def take_apart(session: Session, story_ids: Collection[int]) -> None:
    """Take every article out of these stories; whoever calls has locked them."""
    session.alone("stories")
    members = session.rows(_MEMBERS.format(ids=ids(story_ids)))
    _take_out(session, [row["id"] for row in members], story_ids)


def _take_out(session: Session, article_ids: Collection[int], story_ids: Collection[int]) -> None:
    """`article_ids` are all that belong to the stories."""
    members = ids(article_ids)
    for statement in _TAKE_OUT:
        session.run(statement.format(ids=members))
    session.run(_END.format(ids=ids(story_ids)))
