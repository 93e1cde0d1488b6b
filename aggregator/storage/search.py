"""Answers of SQLite's full-text search.

Newest first is the order of insertion: walking the index backwards costs no sorting, however
common the word. (Sorting by a column costs as much as ranking does.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aggregator.core.query import Query
from aggregator.core.text import clean_line
from aggregator.storage.fts5 import Condition, Plan, plan
from aggregator.storage.protocol import Order
from aggregator.storage.rows import SUMMARY_COLUMNS, summary
from aggregator.storage.sql import Row, Session
from aggregator.types import SearchHit

# CROSS JOIN keeps the index as the outer loop: its order is the order of the answer. The ranking
# weighs headline, text and facets.
_BY_INDEX = """
    SELECT {columns}, snippet(search, 1, char(2), char(3), '…', 24) AS snippet
    FROM search
    CROSS JOIN articles a ON a.id = search.rowid
    CROSS JOIN sources s ON s.id = a.source_id
    WHERE search MATCH ? AND {conditions} ORDER BY {order} LIMIT ? OFFSET ?
"""
_RANKED = Condition("search.rank MATCH 'bm25(8.0, 1.0, 0.0)'")
_BY_CONDITIONS = """
    SELECT {columns}, substr(t.text, 1, 240) AS snippet
    FROM articles a
    CROSS JOIN sources s ON s.id = a.source_id
    CROSS JOIN texts t ON t.article_id = a.id
    WHERE {conditions} ORDER BY a.id DESC LIMIT ? OFFSET ?
"""
_BLANKS = re.compile(r"\s+")
_MARKS = re.compile("([\x02\x03])")


def search(
    session: Session, query: Query, *, limit: int, offset: int, order: Order
) -> list[SearchHit]:
    """What has no words to rank by comes newest first in either order."""
    compiled = plan(session, query.root)
    if compiled.match is None:
        rows = _by_conditions(session, compiled, limit, offset)
    else:
        ranked = order == "relevance" and compiled.has_words
        rows = _by_index(session, compiled, limit, offset, ranked=ranked)
    return [SearchHit(article=summary(row), snippet=_snippet(row["snippet"])) for row in rows]


def _by_index(
    session: Session, compiled: Plan, limit: int, offset: int, *, ranked: bool
) -> Sequence[Row]:
    conditions = [Condition("search.rowid >= ?", (compiled.first_id,)), *compiled.conditions]
    if ranked:
        conditions.append(_RANKED)
    statement = _BY_INDEX.format(
        columns=SUMMARY_COLUMNS,
        conditions=" AND ".join(item.sql for item in conditions),
        order="search.rank" if ranked else "search.rowid DESC",
    )
    params = [value for item in conditions for value in item.params]
    return session.rows(statement, (compiled.match, *params, limit, offset))


def _by_conditions(session: Session, compiled: Plan, limit: int, offset: int) -> Sequence[Row]:
    conditions = [Condition("a.id >= ?", (compiled.first_id,)), *compiled.conditions]
    statement = _BY_CONDITIONS.format(
        columns=SUMMARY_COLUMNS, conditions=" AND ".join(item.sql for item in conditions)
    )
    params = [value for item in conditions for value in item.params]
    return session.rows(statement, (*params, limit, offset))


def _snippet(text: str) -> str:
    """One line of plain text; the marks stay where they are."""
    parts = _MARKS.split(_BLANKS.sub(" ", text))
    return "".join(part if _MARKS.fullmatch(part) else _clean(part) for part in parts).strip()


def _clean(part: str) -> str:
    """Blanks at its ends part it from the marked words."""
    body = clean_line(part)
    if not body:
        return " " * bool(part)
    return " " * part.startswith(" ") + body + " " * part.endswith(" ")
