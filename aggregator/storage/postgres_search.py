"""Answers of PostgreSQL's full-text search: what SQLite's gives on the same articles.

Words are split as FTS5 splits them (tokens.py), and it is FTS5 that cuts the snippets.

The index gives all articles that have some words, in no order and not where the words stand. To
try one article costs as much as some twenty of its entries, since vectors are kept away from their
rows; the planner does not know that, so what is done in which order is said here. Newest first, the
newest articles are tried one by one, and when they are not enough, the index is asked for all. By
relevance, the index is asked, and the newest of what it has are ranked by the bm25 of FTS5
(Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from aggregator.core.query import Node, Query
from aggregator.storage import fts5, tsquery
from aggregator.storage.protocol import Order
from aggregator.storage.rows import SUMMARY_COLUMNS
from aggregator.storage.search import by_conditions, hit
from aggregator.storage.search_plan import Condition, Plan, Ranked, plan, together
from aggregator.storage.snippets import snippets
from aggregator.storage.sql import Session, ids
from aggregator.types import SearchHit

MAX_RANKED = 10_000
"""Articles that are ranked; older ones follow, the newest first."""

_ENTRIES = 20
"""Of the index, that are read in the time it takes to try one article."""
_SAMPLE = 1_000
"""Articles whose mean length stands for that of all."""
_BESIDE_THE_TEXT = 12
"""Words of an article's headline and facets, about."""

# A plan for whatever words would not do for these, and reading a whole table never pays.
_SETTINGS = """
    SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_seqscan', 'off', true)
"""
_LAST_ID = "SELECT article_id AS id FROM search ORDER BY article_id DESC LIMIT 1"
_ONE_BY_ONE = """
    SELECT x.article_id AS id FROM search x
    WHERE x.article_id > ? AND x.vector @@ CAST(? AS tsquery) AND {condition}
    ORDER BY x.article_id DESC LIMIT ? OFFSET ?
"""
# OFFSET keeps the planner from merging the levels; each reads no more of the one within it than
# it needs.
_CANDIDATES = """
    SELECT x.article_id FROM (
      SELECT article_id FROM search WHERE vector @@ CAST(? AS tsquery) OFFSET 0
    ) x WHERE {condition} ORDER BY x.article_id DESC
"""
_NEWEST = """
    SELECT x.article_id AS id FROM ({candidates} OFFSET ?) x
    WHERE {exact} ORDER BY x.article_id DESC LIMIT ? OFFSET ?
"""
_RANKED = """
    SELECT x.article_id AS id FROM ({candidates} LIMIT ?) x
    WHERE {exact} ORDER BY {score} DESC, x.article_id LIMIT ?
"""
_EXACT = """
    (SELECT vector FROM search WHERE article_id = x.article_id) @@ CAST(? AS tsquery)
"""
_ARTICLE = "(SELECT {condition} FROM articles a WHERE a.id = x.article_id)"
# `often` counts a word or phrase in the article, eightfold in its headline; `share` is that by the
# article's length. setweight changes nothing: it fetches the vector once instead of at each use.
_SCORE = """
    (SELECT coalesce(sum(p.weight / (1 + 0.3 / r.often + 0.9 / (r.share * ?))), 0)
    FROM (
      SELECT setweight(vector, 'D', '{}') AS vector FROM search
      WHERE article_id = x.article_id OFFSET 0
    ) AS d
    CROSS JOIN unnest(CAST(? AS tsquery[]), CAST(? AS double precision[])) AS p (query, weight)
    CROSS JOIN LATERAL (
      SELECT 8 * ts_rank_cd('{0.125, 0, 0, 1}', d.vector, p.query, 0) AS often,
        8 * ts_rank_cd('{0.125, 0, 0, 1}', d.vector, p.query, 2) AS share OFFSET 0
    ) AS r WHERE r.often > 0)
"""
_HOW_MANY = """
    SELECT (SELECT count(*) FROM search WHERE vector @@ p.query) AS articles
    FROM unnest(CAST(? AS tsquery[])) WITH ORDINALITY AS p (query, number) ORDER BY p.number
"""
_MEAN_LENGTH = """
    SELECT coalesce(avg(words), 0) AS words
    FROM (SELECT words FROM articles ORDER BY id DESC LIMIT ?) AS x
"""
_HITS = """
    SELECT {columns}, t.text, t.facets FROM articles a CROSS JOIN sources s CROSS JOIN texts t
    WHERE s.id = a.source_id AND t.article_id = a.id AND a.id IN {ids}
"""


def search(
    session: Session, query: Query, *, limit: int, offset: int, order: Order
) -> list[SearchHit]:
    """What has no words to rank by comes newest first in either order."""
    session.row(_SETTINGS)
    compiled = plan(session, query.root, tsquery)
    if compiled.match is None:
        rows = by_conditions(session, compiled, limit, offset)
        return [hit(row, row["snippet"]) for row in rows]
    asked = _Asked(session, compiled, compiled.match)
    if order == "relevance" and compiled.ranked:
        found = asked.by_relevance(compiled.ranked, limit, offset)
    else:
        found = asked.newest(limit, offset)
    return _hits(session, compiled.match, found)


class _Asked:
    """One search for words; its answers are ids of articles."""

    def __init__(self, session: Session, compiled: Plan, match: Node) -> None:
        self._session = session
        self._first_id = compiled.first_id
        self._expression = tsquery.expression(match)
        self._loose = tsquery.loose(match)
        self._condition = _condition(compiled)
        is_exact = self._loose == self._expression
        self._exact = Condition("TRUE") if is_exact else Condition(_EXACT, (self._expression,))

    def newest(self, limit: int, offset: int) -> list[int]:
        last = self._last_id()
        # As many as cost no more than the index does for a word that is too rare to be found so.
        first = last - math.isqrt((limit + offset) * last // _ENTRIES) - limit - offset
        statement = _ONE_BY_ONE.format(condition=self._condition.sql)
        found = self._ids(
            statement, first, self._expression, *self._condition.params, limit, offset
        )
        if len(found) == limit or first < max(self._first_id, 1):
            return found
        return self._newest_after(0, limit, offset)

    def by_relevance(self, items: Sequence[Ranked], limit: int, offset: int) -> list[int]:
        statement = _RANKED.format(candidates=self._candidates, exact=self._exact.sql, score=_SCORE)
        found = self._ids(
            statement,
            self._loose,
            *self._condition.params,
            MAX_RANKED,
            *self._exact.params,
            self._mean_length(),
            [tsquery.adjacent(item) for item in items],
            self._weights(items),
            limit + offset,
        )
        ranked = found[offset:]
        if len(ranked) == limit:
            return ranked
        older = max(offset - len(found), 0)
        return [*ranked, *self._newest_after(MAX_RANKED, limit - len(ranked), older)]

    def _newest_after(self, skipped: int, limit: int, offset: int) -> list[int]:
        statement = _NEWEST.format(candidates=self._candidates, exact=self._exact.sql)
        asked = (self._loose, *self._condition.params, skipped, *self._exact.params)
        return self._ids(statement, *asked, limit, offset)

    @property
    def _candidates(self) -> str:
        return _CANDIDATES.format(condition=self._condition.sql)

    def _ids(self, statement: str, *params: object) -> list[int]:
        return [row["id"] for row in self._session.rows(statement, params)]

    def _last_id(self) -> int:
        row = self._session.row(_LAST_ID)
        return row["id"] if row else 0

    def _mean_length(self) -> float:
        row = self._session.row(_MEAN_LENGTH, (_SAMPLE,))
        return _BESIDE_THE_TEXT + float(row["words"] if row else 0)

    def _weights(self, items: Sequence[Ranked]) -> list[float]:
        """The fewer articles have it, the more it tells; for one alone all weights are alike."""
        if len(items) == 1:
            return [1.0]
        total = self._last_id()
        rows = self._session.rows(_HOW_MANY, ([tsquery.loose(item) for item in items],))
        return [_weight(row["articles"], total) for row in rows]


def _weight(articles: int, total: int) -> float:
    """As FTS5 has it: never negative."""
    ratio = (total - articles + 0.5) / (articles + 0.5)
    return max(math.log(ratio), 1e-6) if ratio > 0 else 1e-6


def _condition(compiled: Plan) -> Condition:
    """On `x.article_id`."""
    first = Condition("x.article_id >= ?", (compiled.first_id,))
    if not compiled.conditions:
        return first
    article = together(*compiled.conditions)
    return together(first, Condition(_ARTICLE.format(condition=article.sql), article.params))


def _hits(session: Session, match: Node, article_ids: Sequence[int]) -> list[SearchHit]:
    rows = {
        row["id"]: row
        for row in session.rows(_HITS.format(columns=SUMMARY_COLUMNS, ids=ids(article_ids)))
    }
    texts = [(row["id"], row["title"], row["text"], row["facets"]) for row in rows.values()]
    cut = snippets(fts5.expression(match), texts)
    return [hit(rows[one], cut.get(one, rows[one]["text"][:240])) for one in article_ids]
