"""Answers of SQLite's full-text search.

Newest first is the order of insertion: walking the index backwards costs no sorting, however
common the word. (Sorting by a column costs as much as ranking does.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aggregator.core.query import Node, Query
from aggregator.core.text import clean_line
from aggregator.storage import fts5
from aggregator.storage.protocol import Order
from aggregator.storage.rows import SUMMARY_COLUMNS, summary
from aggregator.storage.search_plan import Condition, Plan, plan, together
from aggregator.storage.sql import Row, Session
from aggregator.types import SearchHit

# CROSS JOIN keeps the index as the outer loop: its order is the order of the answer. The ranking
# weighs headline, text and facets.
_BY_INDEX = """
    SELECT {columns}, {snippet} AS snippet
    FROM search
    CROSS JOIN articles a ON a.id = search.rowid
    CROSS JOIN sources s ON s.id = a.source_id
    WHERE search MATCH ? AND {conditions} ORDER BY {order} LIMIT ? OFFSET ?
"""
_RANKED = Condition("search.rank MATCH 'bm25(8.0, 1.0, 0.0)'")
_BY_CONDITIONS = """
    SELECT {columns}, substr(t.text, 1, 240) AS snippet
    FROM articles a
    CROSS JOIN sources s
    CROSS JOIN texts t
    WHERE s.id = a.source_id AND t.article_id = a.id AND {conditions}
    ORDER BY a.id DESC LIMIT ? OFFSET ?
"""
_BLANKS = re.compile(r"\s+")
_MARKS = re.compile("([\x02\x03])")


def search(
    session: Session, query: Query, *, limit: int, offset: int, order: Order
) -> list[SearchHit]:
    """What has no words to rank by comes newest first in either order."""
    compiled = plan(session, query.root, fts5)
    if compiled.match is None:
        rows = by_conditions(session, compiled, limit, offset)
    else:
        ranked = order == "relevance" and bool(compiled.ranked)
        rows = _by_index(session, compiled, compiled.match, limit, offset, ranked=ranked)
    return [hit(row, row["snippet"]) for row in rows]


def by_conditions(session: Session, compiled: Plan, limit: int, offset: int) -> Sequence[Row]:
    """Without the index, for every backend."""
    condition = together(Condition("a.id >= ?", (compiled.first_id,)), *compiled.conditions)
    statement = _BY_CONDITIONS.format(columns=SUMMARY_COLUMNS, conditions=condition.sql)
    return session.rows(statement, (*condition.params, limit, offset))


def hit(row: Row, snippet: str) -> SearchHit:
    """`snippet` as the index or the text has it."""
    return SearchHit(article=summary(row), snippet=_snippet(snippet))


def _by_index(
    session: Session, compiled: Plan, match: Node, limit: int, offset: int, *, ranked: bool
) -> Sequence[Row]:
    condition = together(
        Condition("search.rowid >= ?", (compiled.first_id,)),
        *compiled.conditions,
        *([_RANKED] if ranked else []),
    )
    statement = _BY_INDEX.format(
        columns=SUMMARY_COLUMNS,
        snippet=fts5.SNIPPET,
        conditions=condition.sql,
        order="search.rank" if ranked else "search.rowid DESC",
    )
    return session.rows(statement, (fts5.expression(match), *condition.params, limit, offset))


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
