"""Putting articles where a person wants them, and remembering it.

A placement says that an article belongs to the story of another one or, where that is the article
itself, begins a story of its own. It holds at every assignment to come. What is kept true here and
wherever articles change stories:

- An assigned article that is placed with another is in its story; one placed with itself is the
  first of its story.
- A story has the id of one of its articles, its first, which is placed with none but itself. So
  what articles are placed with, and that one with, ends at such a one: there are no circles.

When an article leaves a story, those that were placed with it there are placed with the first of
the articles that stay. That one is placed with itself if it has no placement (it `stays`), so that
the two stories are never joined again by way of their first articles.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from aggregator.errors import NotGrouped
from aggregator.storage.assignment_rows import decided
from aggregator.storage.content import lock_articles
from aggregator.storage.rows import to_us
from aggregator.storage.sql import Session, ids, insert
from aggregator.storage.stories import alone, bump, end, refresh_stories, settle
from aggregator.types import Assignment, Placed

_COMPANY = """
    SELECT id FROM articles WHERE story_id IN (
      SELECT a.story_id FROM articles a WHERE a.id IN {ids} AND a.story_id IS NOT NULL
    )
"""
_KNOWN = "SELECT id, story_id FROM articles WHERE id IN {ids}"
_IS_STORY = "SELECT id FROM stories WHERE id = ?"
_MEMBERS = """
    SELECT x.article_id, x.story_id, p.with_id
    FROM articles a
    JOIN assignments x ON x.article_id = a.id
    LEFT JOIN placements p ON p.article_id = a.id
    WHERE a.story_id IN {ids} ORDER BY x.seq
"""
_CONTINUES = "SELECT continues_id FROM assignments WHERE article_id = ? AND article_id = story_id"
_REWRITE = """
    UPDATE assignments SET story_id = ?, relation = ?, of_id = ?, score = ?, why = ?,
      continues_id = ?, assigned_at = ?
    WHERE article_id = ?
"""
_RENAME = (
    "UPDATE assignments SET story_id = {new} WHERE story_id = {old} AND article_id IN {ids}",
    "UPDATE articles SET story_id = {new} WHERE id IN {ids}",
    "UPDATE assignments SET continues_id = {new} WHERE continues_id = {old}",
)
_LEAD = """
    UPDATE assignments SET relation = 'new', of_id = NULL, score = 1, why = ?, continues_id = ?
    WHERE article_id = ?
"""
_LEADS = "It is the first of those that stayed when the story's first article was taken out."
_PLACE = insert(
    "placements",
    ("article_id", "with_id", "placed_at", "stays"),
    "ON CONFLICT (article_id) DO UPDATE SET with_id = excluded.with_id, "
    "placed_at = excluded.placed_at, stays = excluded.stays",
)
_STAY = insert(
    "placements",
    ("article_id", "with_id", "placed_at", "stays"),
    "ON CONFLICT (article_id) DO NOTHING",
)
_PLACE_ANEW = """
    UPDATE placements SET with_id = {first} WHERE with_id IN {taken} AND article_id NOT IN {moved}
"""


@dataclass(slots=True, kw_only=True)
class _Left:
    """What a story loses and what stays of it."""

    story: int
    taken: list[int] = field(default_factory=list)
    stay: list[int] = field(default_factory=list)
    """In the order of assignment."""
    anchors: dict[int, int] = field(default_factory=dict)
    """What those that stay are placed with."""

    @property
    def first(self) -> int:
        """Of those that stay: the former first, else the one assigned next, among those that are
        placed with none of the others."""
        if self.story in self.stay:
            return self.story
        others = set(self.stay)
        return next(one for one in self.stay if self.anchors.get(one, one) not in others - {one})


def place(session: Session, assignments: Sequence[Assignment], *, now: datetime) -> Placed:
    """`assignments`: at least one, and all of one story."""
    wanted = {int(item.article_id): item for item in assignments}
    [target] = {int(item.story) for item in assignments}
    session.alone("placing")  # else two would wait for each other, each with articles of the other
    company = session.rows(_COMPANY.format(ids=ids(wanted))) if session.locking else ()
    lock_articles(session, {*wanted, *(row["id"] for row in company)})
    session.alone("stories")
    homes = _homes(session, wanted)
    if target not in wanted and session.row(_IS_STORY, (target,)) is None:
        raise NotGrouped(
            f"there is no story {target}: `aggregator stories` lists those that there are"
        )
    left = _left(session, wanted, homes, target)
    stay = [one for one in left if one.stay]
    renamed = {one.story: one.first for one in stay if one.first != one.story}
    ended = [one.story for one in left if not one.stay]
    session.many(_PLACE, [(article_id, target, to_us(now), 0) for article_id in wanted])
    for one in stay:
        _keep(session, one, wanted, to_us(now))
    continues = _continues(session, wanted, target, renamed, ended=ended)
    if continues is None and homes.get(target) == target and target not in renamed:
        continues = _continued_by(session, target)  # it is the same story, and goes on as before
    _rewrite(session, wanted.values(), continues, to_us(now))
    end(session, [*(old for old in renamed if old != target), *ended])
    refresh_stories(session, {target, *(one.first for one in stay)})
    bump(session)
    taken = {article_id for one in left for article_id in one.taken}
    return Placed(
        story=target,
        moved=tuple(article_id for article_id in wanted if article_id in taken),
        renamed=tuple(sorted(renamed.items())),
        ended=tuple(sorted(ended)),
    )


def _homes(session: Session, article_ids: Collection[int]) -> dict[int, int]:
    """The stories they are in. Raises NotGrouped."""
    rows = session.rows(_KNOWN.format(ids=ids(article_ids)))
    found = {row["id"]: row["story_id"] for row in rows}
    for article_id in article_ids:
        if article_id not in found:
            raise NotGrouped(
                f"there is no article {article_id}: `aggregator search` shows the numbers of those "
                "that there are"
            )
        if found[article_id] is None:
            raise NotGrouped(
                f"article {article_id} has no story yet: try again after the next "
                "`aggregator update`"
            )
    return found


def _left(
    session: Session, wanted: Collection[int], homes: Mapping[int, int], target: int
) -> list[_Left]:
    """Of every story that articles are taken out of.

    The target is one of them, too, when its own first article begins it anew without all the
    others.
    """
    left = {story: _Left(story=story) for story in homes.values()}
    for row in session.rows(_MEMBERS.format(ids=ids(left))):
        one = left[row["story_id"]]
        (one.taken if row["article_id"] in wanted else one.stay).append(row["article_id"])
        if row["with_id"] is not None:
            one.anchors[row["article_id"]] = row["with_id"]
    if target in left and (target not in wanted or not left[target].stay):
        del left[target]
    return [left[story] for story in sorted(left)]


def _keep(session: Session, one: _Left, wanted: Collection[int], at: int) -> None:
    """Have what stays of a story go on, with a first article of its own."""
    first = one.first
    if first != one.story:
        rename(session, one.story, first, one.stay)
    session.run(_PLACE_ANEW.format(first=first, taken=ids(one.taken), moved=ids(wanted)))
    session.many(_STAY, [(first, first, at, 1)])


def rename(session: Session, old: int, new: int, members: Collection[int]) -> None:
    """Have articles of a story go on under the id of one of them, which is its first now."""
    continues = _continued_by(session, old)
    for statement in _RENAME:
        session.run(statement.format(old=old, new=new, ids=ids(members)))
    session.run(_LEAD, (_LEADS, continues, new))


def _continued_by(session: Session, story: int) -> int | None:
    row = session.row(_CONTINUES, (story,))
    return None if row is None else row["continues_id"]


def _continues(
    session: Session,
    wanted: Mapping[int, Assignment],
    target: int,
    renamed: Mapping[int, int],
    *,
    ended: Collection[int],
) -> int | None:
    """The story that the target is to continue, if that is another one and still there."""
    given = None if target not in wanted else wanted[target].continues
    if given is None:
        return None
    earlier = renamed.get(int(given), int(given))
    if earlier == target or earlier in ended:
        return None
    row = session.row(_KNOWN.format(ids=ids([earlier])))
    return earlier if row is not None and row["story_id"] == earlier else None


def _rewrite(
    session: Session, items: Collection[Assignment], continues: int | None, at: int
) -> None:
    """`continues`: of the one that is the first of its story."""
    settled = [
        replace(alone(item), continues=continues)
        if item.article_id == item.story
        else replace(item, continues=None)
        for item in items
    ]
    session.many(_REWRITE, [(*decided(one), at, int(one.article_id)) for one in settled])
    settle(session, settled)
