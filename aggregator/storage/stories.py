"""COMMIT 3: the assignments, and what becomes of a story when its articles change.

`assignments` is the truth; `articles.story_id` and the table `stories` follow it in the same
transaction, so that lists of stories need not look at every article. A fingerprint comes with its
assignment, keeps the time by which the article was assigned, and stays until there is a new one:
who has a window in memory needs it to take the article out (`taken_out`). A story has the id of an
article of its own, and only that one's assignment says which story it continues.

Where a person has put an article (`placements`, see placing.py) outlives its assignments and wins
over whatever is decided about it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.storage.assignment_rows import DECIDED, decided
from aggregator.storage.grouping import newest
from aggregator.storage.printed import to_data
from aggregator.storage.rows import to_us
from aggregator.storage.sql import Session, ids, insert
from aggregator.types import Assignment, GroupInput, Relation

_PUT_FINGERPRINT = insert(
    "fingerprints",
    ("article_id", "at", "data"),
    "ON CONFLICT (article_id) DO UPDATE SET at = excluded.at, data = excluded.data",
)
_AWAITING = """
    SELECT id, text_version FROM articles WHERE id IN {ids} AND story_id IS NULL
    ORDER BY id {locking}
"""
_HOMES = "SELECT id, story_id FROM articles WHERE id IN {ids} AND story_id IS NOT NULL"
_PLACEMENTS = "SELECT article_id, with_id FROM placements WHERE article_id IN {ids}"
_SETTLE = "UPDATE articles SET story_id = ? WHERE id = ?"
_INSERT = insert("assignments", ("article_id", *DECIDED, "assigned_at"))
_REFRESH = """
    INSERT INTO stories (id, articles, outlets, first_at, last_at)
    SELECT a.story_id, count(*), count(DISTINCT a.source_id), min(a.at), max(a.at)
    FROM articles a WHERE a.story_id IN {ids} GROUP BY a.story_id
    ON CONFLICT (id) DO UPDATE SET articles = excluded.articles, outlets = excluded.outlets,
      first_at = excluded.first_at, last_at = excluded.last_at
"""
_MEMBERS = "SELECT id FROM articles WHERE story_id IN {ids}"
_TAKE_OUT = (
    """
    INSERT INTO taken_out (article_id) SELECT f.article_id FROM fingerprints f
    WHERE f.article_id IN {ids} ON CONFLICT (article_id) DO NOTHING
    """,
    "DELETE FROM assignments WHERE article_id IN {ids}",
    "UPDATE articles SET story_id = NULL WHERE id IN {ids}",
)
_BACK = "DELETE FROM taken_out WHERE article_id IN {ids}"
_END = (
    "DELETE FROM stories WHERE id IN {ids}",
    "UPDATE assignments SET continues_id = NULL WHERE continues_id IN {ids}",
)
_DAY = 24 * 60 * 60 * 1_000_000
OWN_STORY = "A person has given it a story of its own."
_STATE = "SELECT value FROM meta WHERE key = 'grouping_state'"
_BUMP = """
    INSERT INTO meta (key, value) VALUES ('grouping_state', 1)
    ON CONFLICT (key) DO UPDATE SET value = meta.value + 1
"""


def grouping_state(session: Session) -> int:
    """0: nothing has happened yet."""
    row = session.row(_STATE)
    return 0 if row is None else int(row["value"])


def bump(session: Session) -> None:
    """Have whoever has a window in memory read it anew."""
    session.alone("stories")
    session.run(_BUMP)


def assign(
    session: Session,
    assigned: Sequence[tuple[GroupInput, Assignment]],
    *,
    now: datetime,
    state: int | None,
) -> list[Assignment]:
    """Articles are locked before the stories are, here and wherever both are: see `articles`.

    One that a person has placed with an article that has no story, not even by what comes before
    it in `assigned`, is left out too: it waits (see grouping.py).
    """
    waiting = _waiting(session, {int(item.article_id) for _, item in assigned})
    session.alone("stories")  # what _homes says holds until all is stored
    if state is not None and state != grouping_state(session):
        return []
    placements = _placements(session, waiting)
    regarded = {
        int(one) for _, item in assigned for one in (item.of, item.continues) if one is not None
    }
    homes = _homes(session, regarded | set(placements.values()))
    kept: list[tuple[GroupInput, Assignment]] = []
    for group_input, wanted in assigned:
        article_id = int(wanted.article_id)
        if waiting.get(article_id) != group_input.version:
            continue
        item = _settled(wanted, placements.get(article_id), homes)
        if item is not None:
            del waiting[article_id]
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


def _placements(session: Session, article_ids: Collection[int]) -> dict[int, int]:
    """With which article each is placed."""
    rows = session.rows(_PLACEMENTS.format(ids=ids(article_ids)))
    return {row["article_id"]: row["with_id"] for row in rows}


def _store(session: Session, kept: Sequence[tuple[GroupInput, Assignment]], at: int) -> None:
    settle(session, [item for _, item in kept])
    session.many(_INSERT, [(int(item.article_id), *decided(item), at) for _, item in kept])
    session.run(_BACK.format(ids=ids({int(item.article_id) for _, item in kept})))
    session.many(
        _PUT_FINGERPRINT,
        [(int(one.article_id), to_us(one.at), to_data(one)) for one, _ in kept],
    )


def settle(session: Session, items: Collection[Assignment]) -> None:
    """Have the articles say in which story they are."""
    session.many(_SETTLE, [(int(item.story), int(item.article_id)) for item in items])


def _homes(session: Session, article_ids: Collection[int]) -> dict[int, int]:
    """The stories of those that have one."""
    rows = session.rows(_HOMES.format(ids=ids(article_ids)))
    return {row["id"]: row["story_id"] for row in rows}


def _settled(
    wanted: Assignment, placed_with: int | None, homes: Mapping[int, int]
) -> Assignment | None:
    """Where it belongs by what is so now; None: nowhere yet."""
    if placed_with is None:
        item = _with_its_like(wanted, homes)
    elif placed_with == wanted.article_id:
        item = alone(wanted)
    elif (home := homes.get(placed_with)) is not None:
        item = wanted if wanted.story == home else beside(wanted, placed_with, home)
    else:
        return None
    if item.continues is None:
        return item
    earlier = int(item.continues)
    begins = item.story == item.article_id != earlier
    return item if begins and homes.get(earlier) == earlier else replace(item, continues=None)


def alone(item: Assignment) -> Assignment:
    """As the first of a story because a person wants it so."""
    if item.story == item.article_id and item.of is None and item.relation is Relation.NEW:
        return item
    return replace(
        item,
        story=item.article_id,
        relation=Relation.NEW,
        of=None,
        score=1.0,
        why=OWN_STORY,
    )


def beside(item: Assignment, placed_with: int, home: int) -> Assignment:
    """With what a person has placed it with, which it need not resemble."""
    return replace(
        item,
        story=home,
        relation=Relation.REPORT,
        of=placed_with,
        score=1.0,
        why=put_with(placed_with),
        continues=None,
    )


def put_with(article_id: int) -> str:
    """Why an article is where another one is."""
    return f"A person has put it into the story of article {article_id}."


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
    before = newest(session)
    unassign(session, [article_id])
    end(session, [story_id])
    after = newest(session)
    if before is not None and (after is None or after // _DAY < before // _DAY):
        bump(session)  # the window ends with another day, and so it begins with another one
    return True


def take_apart(session: Session, story_ids: Collection[int]) -> None:
    """Take every article out of these stories; whoever calls has locked them."""
    bump(session)
    members = session.rows(_MEMBERS.format(ids=ids(story_ids)))
    unassign(session, [row["id"] for row in members])
    end(session, story_ids)


def unassign(session: Session, article_ids: Collection[int]) -> None:
    """Have them assigned anew; their stories are left to whoever calls."""
    members = ids(article_ids)
    for statement in _TAKE_OUT:
        session.run(statement.format(ids=members))


def end(session: Session, story_ids: Collection[int]) -> None:
    """Of stories that have no article any more: nothing is counted, and none continues them."""
    ended = ids(story_ids)
    for statement in _END:
        session.run(statement.format(ids=ended))
