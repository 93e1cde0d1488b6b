"""Makes the index anew: of an older version's database, or when words are not what they were.

Words may be split or stemmed otherwise now (CURRENT). The index is made in transactions of
AT_A_TIME texts, and each says how far it has come; so whoever opens the database after one that was
killed meanwhile goes on there. Nobody uses it until it is done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from aggregator.core.searchwords import WORDS_VERSION
from aggregator.core.stemming import STEMS_VERSION
from aggregator.storage import search_shards
from aggregator.storage.facets import facets_of
from aggregator.storage.sql import Session

VERSION: Final = "words_version"
"""A key of `meta`: how the words of the index were split and stemmed, once it is whole."""
CURRENT: Final = 1_000 * WORDS_VERSION + STEMS_VERSION
REACHED: Final = "words_indexed"
"""A key of `meta`: the index is being made, and has come to this article."""
AT_A_TIME = 500

Progress = Callable[[int, int], None]
"""Told how many are done, and of how many."""

_TEXTS = """
    SELECT t.article_id, t.title, t.text, t.facets, a.source_id, a.language, a.image_url, a.url,
      a.authors
    FROM texts t JOIN articles a ON a.id = t.article_id
    WHERE t.article_id > ? ORDER BY t.article_id LIMIT ?
"""
_FACETS = "UPDATE texts SET facets = ? WHERE article_id = ?"
_SET = """
    INSERT INTO meta (key, value) VALUES (?, ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value
"""
_VALUE = "SELECT value FROM meta WHERE key = ?"
_HOW_MANY = "SELECT count(*) AS texts FROM texts"


def ignore(done: int, total: int) -> None:
    """Where nobody watches."""


def is_due(session: Session) -> bool:
    return _value(session, VERSION) != CURRENT


def how_many(session: Session) -> int:
    """Texts there are."""
    row = session.row(_HOW_MANY)
    return 0 if row is None else int(row["texts"])


def set_up(session: Session) -> None:
    """The index, which is empty, is one of this version."""
    session.run("DELETE FROM meta WHERE key = ?", (REACHED,))
    session.run(_SET, (VERSION, CURRENT))


def go_on(session: Session, empty: Callable[[Session], None] = search_shards.empty) -> int:
    """The next texts, in one transaction; how many there were, 0: all are done."""
    if not is_due(session):
        return 0
    reached = _value(session, REACHED)
    if reached is None:
        empty(session)
        session.run("DELETE FROM meta WHERE key = ?", (VERSION,))
        session.run(_SET, (REACHED, 0))
        reached = 0
    rows = session.rows(_TEXTS, (reached, AT_A_TIME))
    if not rows:
        set_up(session)
        return 0
    said = [facets_of(row, row["source_id"]) for row in rows]
    session.many(
        _FACETS,
        [
            (now, row["article_id"])
            for row, now in zip(rows, said, strict=True)
            if now != row["facets"]
        ],
    )
    session.index(
        [
            (row["article_id"], row["title"], row["text"], now)
            for row, now in zip(rows, said, strict=True)
        ],
    )
    session.run(_SET, (REACHED, rows[-1]["article_id"]))
    return len(rows)


def _value(session: Session, key: str) -> int | None:
    row = session.row(_VALUE, (key,))
    return None if row is None else int(row["value"])
