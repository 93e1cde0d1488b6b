"""Assignments made anew: they are kept aside until all are there, and then replace the present ones
at once.

The articles keep their places in the order of assignment. Each run has a number of its own, by
which it notices that another one has begun meanwhile; the last to begin wins. What a crashed run
has left, the next one drops.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from aggregator.storage.assignment_rows import DECIDED, decided
from aggregator.storage.placing import rename
from aggregator.storage.printed import to_data
from aggregator.storage.rows import to_us
from aggregator.storage.sql import CHUNK, Row, Session, chunks, ids, insert
from aggregator.storage.stories import (
    OWN_STORY,
    bump,
    end,
    grouping_state,
    put_with,
    refresh_stories,
    unassign,
)
from aggregator.types import Assignment, GroupInput, Relation

Staged = tuple[object, ...]
"""A row of `regrouped`."""

# CROSS has SQLite begin with what is regrouped, however many articles there are.
_RUN = "SELECT value FROM meta WHERE key = 'regrouping'"
_SET_RUN = """
    INSERT INTO meta (key, value) VALUES ('regrouping', ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value
"""
_EMPTY = "DELETE FROM regrouped"
# A chunk may be stored twice: see postgres_transactions.py.
_STAGE = insert(
    "regrouped",
    ("article_id", "version", *DECIDED, "at", "data"),
    "ON CONFLICT (article_id) DO NOTHING",
)
_LOCK = """
    SELECT count(*) AS locked FROM (
      SELECT a.id FROM articles a WHERE a.id IN (SELECT r.article_id FROM regrouped r)
      ORDER BY a.id {locking}
    ) x
"""
# Those that have left their stories since, and await others already.
_GONE = """
    DELETE FROM regrouped WHERE NOT EXISTS (
      SELECT 1 FROM articles a WHERE a.id = regrouped.article_id AND a.story_id IS NOT NULL
    )
"""
_OUTDATED = """
    SELECT r.article_id FROM regrouped r CROSS JOIN articles a
    WHERE a.id = r.article_id AND a.text_version <> r.version
"""
_DROP = "DELETE FROM regrouped WHERE article_id IN {ids}"
_CHANGED = """
    FROM regrouped r CROSS JOIN assignments x
    WHERE x.article_id = r.article_id AND x.story_id <> r.story_id
"""
_TOUCHED = f"SELECT x.story_id AS id {_CHANGED} UNION SELECT r.story_id AS id {_CHANGED}"
_REPLACE = (
    """
    UPDATE assignments SET story_id = r.story_id, relation = r.relation, of_id = r.of_id,
      score = r.score, why = r.why, continues_id = r.continues_id, assigned_at = :now
    FROM regrouped r WHERE r.article_id = assignments.article_id
    """,
    """
    UPDATE articles SET story_id = (
      SELECT r.story_id FROM regrouped r WHERE r.article_id = articles.id
    )
    WHERE id IN (
      SELECT r.article_id FROM regrouped r CROSS JOIN articles a
      WHERE a.id = r.article_id AND a.story_id <> r.story_id
    )
    """,
    """
    INSERT INTO fingerprints (article_id, at, data)
    SELECT r.article_id, r.at, r.data FROM regrouped r WHERE TRUE
    ON CONFLICT (article_id) DO UPDATE SET at = excluded.at, data = excluded.data
      WHERE fingerprints.data <> excluded.data OR fingerprints.at <> excluded.at
    """,
)
# A story whose first article is in another one, or in none.
_HEADLESS = """
    SELECT x.article_id, x.story_id, a.at, r.article_id AS regrouped, p.with_id
    FROM assignments x
    JOIN articles a ON a.id = x.article_id
    LEFT JOIN regrouped r ON r.article_id = x.article_id
    LEFT JOIN placements p ON p.article_id = x.article_id
    WHERE x.article_id IN (SELECT m.id FROM articles m WHERE m.story_id IN {ids})
      AND NOT EXISTS (
        SELECT 1 FROM assignments f WHERE f.article_id = x.story_id AND f.story_id = x.story_id
      )
    ORDER BY x.seq
"""
_MISPLACED = """
    SELECT x.article_id, x.story_id, p.with_id, w.story_id AS home
    FROM placements p
    JOIN assignments x ON x.article_id = p.article_id
    LEFT JOIN assignments w ON w.article_id = p.with_id
    WHERE w.story_id IS NULL OR w.story_id <> x.story_id
      OR (p.with_id = p.article_id AND x.story_id <> p.article_id)
"""
_MOVE = (
    """
    UPDATE assignments SET story_id = :home, relation = :relation, of_id = :of, score = 1,
      why = :why, continues_id = NULL WHERE article_id = :id
    """,
    "UPDATE articles SET story_id = :home WHERE id = :id",
)
_UNTIED = """
    UPDATE assignments SET continues_id = NULL
    WHERE continues_id IS NOT NULL AND (
      article_id <> story_id OR continues_id = story_id OR NOT EXISTS (
        SELECT 1 FROM assignments f
        WHERE f.article_id = assignments.continues_id AND f.story_id = f.article_id
      )
    )
"""
_ROUNDS = 100
"""More than the longest row of articles of which each is placed with the next."""
_LIVING = "SELECT DISTINCT story_id FROM articles WHERE story_id IN {ids}"


def begin(session: Session, *, state: int) -> int | None:
    """The number of a new run; None: the stories have changed already."""
    session.alone("regrouped")
    if grouping_state(session) != state:
        return None
    run = abs(_run(session)) + 1
    session.run(_SET_RUN, (run,))
    session.run(_EMPTY)
    return run


def _run(session: Session) -> int:
    """The last that began; negative: it has replaced the assignments."""
    row = session.row(_RUN)
    return 0 if row is None else int(row["value"])


def staged(assigned: Iterable[tuple[GroupInput, Assignment]]) -> Iterator[list[Staged]]:
    """As rows, some at a time."""
    items = iter(assigned)
    while chunk := list(islice(items, CHUNK)):
        yield [_row(one, item) for one, item in chunk]


def _row(one: GroupInput, item: Assignment) -> Staged:
    return int(item.article_id), one.version, *decided(item), to_us(one.at), to_data(one)


def stage(session: Session, *, rows: Sequence[Staged], run: int, state: int) -> bool:
    """False: it is in vain, as another run has begun or the stories have changed."""
    session.alone("regrouped")
    if _run(session) != run or grouping_state(session) != state:
        return False
    session.many(_STAGE, rows)
    return True


def drop(session: Session, *, run: int) -> None:
    """What a run has left that comes to nothing."""
    session.alone("regrouped")
    if _run(session) == run:
        session.run(_EMPTY)


def swap(session: Session, *, run: int, state: int, now: datetime, since: datetime | None) -> bool:
    """Articles are locked before the stories are: see `articles`."""
    session.alone("regrouped")
    found = _run(session)
    if found == -run:  # it has been done, and only the answer was lost
        return True
    if found != run:
        return False
    if session.locking:
        session.row(_LOCK.format(locking=session.locking))
    session.alone("stories")
    if grouping_state(session) != state:
        return False
    _replace(session, now, None if since is None else to_us(since))
    session.run(_EMPTY)
    session.run(_SET_RUN, (-run,))
    bump(session)
    return True


def _replace(session: Session, now: datetime, since: int | None) -> None:
    session.run(_GONE)
    outdated = [row["article_id"] for row in session.rows(_OUTDATED)]
    session.run(_DROP.format(ids=ids(outdated)))
    touched = {row["id"] for row in session.rows(_TOUCHED)}
    session.run(_REPLACE[0], {"now": to_us(now)})
    for statement in _REPLACE[1:]:
        session.run(statement)
    mending = _Mending(session, touched, since)
    mending.take_out(outdated)
    for _ in range(_ROUNDS):  # each may leave something to do for the other
        if not (mending.place() or mending.lead()):
            break
    session.run(_UNTIED)
    for chunk in chunks(sorted(touched)):
        living = {row["story_id"] for row in session.rows(_LIVING.format(ids=ids(chunk)))}
        end(session, [one for one in chunk if one not in living])
        refresh_stories(session, living)


@dataclass(slots=True)
class _Mending:
    """Brings what was decided into line with what has happened meanwhile, and with placements."""

    session: Session
    touched: set[int]
    """Stories to be counted again."""
    since: int | None

    def take_out(self, article_ids: Collection[int]) -> None:
        """Have them assigned anew."""
        statement = "SELECT story_id FROM assignments WHERE article_id IN {ids}"
        for chunk in chunks(tuple(article_ids)):
            rows = self.session.rows(statement.format(ids=ids(chunk)))
            self.touched.update(row["story_id"] for row in rows)
            unassign(self.session, chunk)

    def place(self) -> bool:
        """Put articles where a person has put them; whether there was something to do.

        Those whose company awaits a story await one, too.
        """
        rows = self.session.rows(_MISPLACED)
        self.take_out([row["article_id"] for row in rows if row["home"] is None])
        for row in rows:
            if row["home"] is not None:
                self._move(row)
        return bool(rows)

    def _move(self, row: Row) -> None:
        article_id, other = row["article_id"], row["with_id"]
        begins = article_id == other
        home = article_id if begins else row["home"]
        self.touched |= {row["story_id"], home}
        params = {
            "id": article_id,
            "home": home,
            "relation": (Relation.NEW if begins else Relation.REPORT).value,
            "of": None if begins else other,
            "why": OWN_STORY if begins else put_with(other),
        }
        for statement in _MOVE:
            self.session.run(statement, params)

    def lead(self) -> bool:
        """Give stories whose first article has left another first one; whether there was any.

        One that was assigned meanwhile, and has nobody to stay with, is assigned anew.
        """
        headless: dict[int, list[Row]] = {}
        for chunk in chunks(sorted(self.touched)):
            for row in self.session.rows(_HEADLESS.format(ids=ids(chunk))):
                headless.setdefault(row["story_id"], []).append(row)
        for story, rows in headless.items():
            members = [row["article_id"] for row in rows]
            if any(self._is_settled(row) for row in rows):
                others = set(members)
                first = next(row["article_id"] for row in rows if row["with_id"] not in others)
                rename(self.session, story, first, members)
                self.touched.add(first)
            else:
                self.take_out(members)
        return bool(headless)

    def _is_settled(self, row: Row) -> bool:
        """Whether it has been looked at, or was not to be."""
        older = self.since is not None and row["at"] < self.since
        return row["regrouped"] is not None or older
