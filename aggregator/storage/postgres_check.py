"""What of a PostgreSQL database can be checked beyond what its constraints keep."""

from __future__ import annotations

from collections.abc import Iterator

from aggregator.storage.housekeeping import drifts
from aggregator.storage.sql import CHUNK, Session
from aggregator.storage.tsvector import split, tsvector

_ENOUGH = 10
"""Problems of a kind that are told."""

_UNINDEXED = """
    SELECT t.article_id FROM texts t LEFT JOIN search v ON v.article_id = t.article_id
    WHERE v.article_id IS NULL ORDER BY t.article_id LIMIT ?
"""
_TEXTS = """
    SELECT article_id, title, text, facets FROM texts WHERE article_id > ?
    ORDER BY article_id LIMIT ?
"""
_DIFFERENT = """
    SELECT v.article_id
    FROM unnest(CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS tsvector[]))
      AS w (id, length, lexemes)
    JOIN search v ON v.article_id = w.id
    WHERE v.lexemes <> w.lexemes OR v.length <> w.length ORDER BY v.article_id
"""
_INVALID = """
    SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND NOT i.indisvalid ORDER BY c.relname
"""


def problems(session: Session) -> list[str]:
    """A sentence each. Rows without the rows they belong to are impossible: foreign keys."""
    invalid = session.rows(_INVALID)
    unindexed = session.rows(_UNINDEXED, (_ENOUGH,))
    return [
        *(f"the index {row['name']} is not valid: REINDEX it" for row in invalid),
        *drifts(session),
        *(f"article {row['article_id']} cannot be searched for" for row in unindexed),
        *(f"the search index does not fit the text of article {one}" for one in _outdated(session)),
    ]


def _outdated(session: Session) -> list[int]:
    """Articles whose text is another than the one that was indexed."""
    found: list[int] = []
    for computed in _computed(session):
        found += [row["article_id"] for row in session.rows(_DIFFERENT, computed)]
        if len(found) >= _ENOUGH:
            break
    return found[:_ENOUGH]


def _computed(session: Session) -> Iterator[tuple[list[int], list[int], list[str]]]:
    """Of some texts at a time: articles, lengths, vectors."""
    last = 0
    while rows := session.rows(_TEXTS, (last, CHUNK)):
        last = rows[-1]["article_id"]
        words = [split(row["title"], row["text"], row["facets"]) for row in rows]
        yield (
            [row["article_id"] for row in rows],
            [one.length for one in words],
            list(map(tsvector, words)),
        )
