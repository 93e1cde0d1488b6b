"""Finds articles in a PostgreSQL database: the same as SQLite's search does.

The index gives all articles that have some words, in no order and not where the words stand. To
try one article costs as much as some twenty of its entries, since vectors are kept away from their
rows; the planner does not know that, so what is done in which order is said here. Where the
conditions beside the words leave few articles, these are tried. Else the newest ones are tried one
by one, and when they are not enough, the index is asked for all. By relevance, the newest of what
matches are ranked by the bm25 of FTS5 (Robertson and Zaragoza, "The Probabilistic Relevance
Framework: BM25 and Beyond", 2009).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

from aggregator.core.query_tree import Node
from aggregator.storage import tsquery
from aggregator.storage.search_conditions import THESE, Condition, fewest, together
from aggregator.storage.search_counts import ENOUGH
from aggregator.storage.search_pages import Ranking, Scored, weight_of
from aggregator.storage.search_plan import Plan, Seek, plan
from aggregator.storage.sql import CHUNK, Session, chunks, ids

MAX_RANKED = 2_000
"""Articles; older ones follow, the newest first."""

_ENTRIES = 20
"""Of the index, that are read in the time it takes to try one article."""
_TRIED = 1_000
"""When more are wanted, the index is asked at once."""
_AT_A_TIME = 100
"""Of the few that conditions leave: the first that match are often enough."""
_SAMPLE = 1_000
"""Articles whose mean length stands for that of all."""
_ALL = 1 << 62

# A plan for whatever words would not do for these, and reading a whole table never pays.
_SETTINGS = """
    SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_seqscan', 'off', true)
"""
_BY_CONDITIONS = """
    SELECT a.id AS id FROM articles a WHERE {conditions} ORDER BY a.id {direction} LIMIT ?
"""
_ONE_BY_ONE = """
    SELECT x.article_id AS id FROM search x
    WHERE x.article_id > ? AND x.article_id < ? AND x.lexemes @@ CAST(? AS tsquery)
      AND {condition}
    ORDER BY x.article_id {direction} LIMIT ?
"""
# OFFSET keeps the planner from merging the levels; each reads no more of the one within it than
# it needs.
_BY_INDEX = """
    SELECT x.article_id AS id FROM (
      SELECT f.article_id FROM (
        SELECT article_id FROM search WHERE lexemes @@ CAST(? AS tsquery) OFFSET 0
      ) f WHERE f.article_id > ? AND f.article_id < ? ORDER BY f.article_id {direction} OFFSET 0
    ) x WHERE {condition} ORDER BY x.article_id {direction} LIMIT ?
"""
_RANKED = """
    SELECT x.article_id AS id, {score} AS score
    FROM unnest(CAST(? AS bigint[])) AS x (article_id) ORDER BY score DESC, id DESC LIMIT ?
"""
_EXACT = """
    (SELECT lexemes FROM search WHERE article_id = x.article_id) @@ CAST(? AS tsquery)
"""
_ARTICLE = "(SELECT {condition} FROM articles a WHERE a.id = x.article_id)"
# `often` counts a word or phrase in the article, eightfold in its headline. setweight changes
# nothing: it fetches the vector once instead of at each use.
_SCORE = """
    (SELECT coalesce(sum(p.weight / (1 + (0.3 + 0.9 * d.length / ?) / r.often)), 0)
    FROM (
      SELECT setweight(lexemes, 'D', '{}') AS vector, length FROM search
      WHERE article_id = x.article_id OFFSET 0
    ) AS d
    CROSS JOIN unnest(
      CAST(? AS tsquery[]), CAST(? AS double precision[]), CAST(? AS double precision[])
    ) AS p (query, weight, in_text)
    CROSS JOIN LATERAL (
      SELECT 8 * ts_rank_cd(CAST(ARRAY[p.in_text, 0, 0, 1] AS real[]), d.vector, p.query, 0)
        AS often OFFSET 0
    ) AS r WHERE r.often > 0)
"""
_IN_TEXT = 0.125
"""What a word in the text weighs by one in the headline."""
_HOW_MANY = """
    SELECT (
      SELECT count(*) FROM (SELECT article_id FROM search WHERE lexemes @@ p.query OFFSET 0) x
      WHERE x.article_id <= ?
    ) AS articles
    FROM unnest(CAST(? AS tsquery[])) WITH ORDINALITY AS p (query, number) ORDER BY p.number
"""
_MEAN_LENGTH = """
    SELECT coalesce(avg(length), 1)::float8 AS words FROM (
      SELECT length FROM search WHERE article_id <= ? ORDER BY article_id DESC LIMIT ?
    ) AS x
"""
_WITHIN = "SELECT a.id AS id FROM articles a WHERE {condition}"


class PostgresFinder:
    """Implements `search_pages.Finder`."""

    def __init__(self, session: Session, root: Node) -> None:
        session.row(_SETTINGS)
        self._session = session
        self._plan = plan(session, root, tsquery)
        self._times = _times(self._plan)
        self._few = self._listed()
        match = self._plan.match
        self._loose = "" if match is None else tsquery.loose(match)
        self._expression = "" if match is None else tsquery.expression(match)

    @property
    def is_ranked(self) -> bool:
        return bool(self._plan.ranked)

    def newest(self, *, below: int, limit: int) -> list[int]:
        return self._found(self._plan.first_id - 1, below, limit, rising=False)

    def oldest(self, *, beyond: int, limit: int) -> list[int]:
        return self._found(max(beyond, self._plan.first_id - 1), _ALL, limit, rising=True)

    def among(self, article_ids: Collection[int]) -> set[int]:
        return {
            one
            for chunk in chunks(sorted(article_ids))
            for one in self._of(chunk, CHUNK, rising=True)
        }

    def ranked(self, *, top: int, floor: int | None, most: int) -> Ranking:
        beyond = self._plan.first_id - 1
        if floor is None:
            found = self._found(beyond, top + 1, MAX_RANKED + 1, rising=False)
            floor = found[MAX_RANKED - 1] if len(found) > MAX_RANKED else 0
            found = found[:MAX_RANKED]
        else:
            found = self._found(max(beyond, floor - 1), top + 1, _ALL, rising=False)
        scored = self._scored(found, top, most)
        return Ranking(
            scored=scored, floor=floor, unsettled=top + 1, complete=len(scored) == len(found)
        )

    def walk(self) -> Iterator[tuple[int, str, tuple[object, ...]]]:
        """Up to `ENOUGH` of what matches at a time, the newest first: the lowest id, and a
        statement for the ids."""
        below = _ALL
        while found := self.newest(below=below, limit=ENOUGH):
            below = found[-1]
            yield below, THESE.format(ids=ids(found)), ()

    # --- which match

    def _found(self, beyond: int, below: int, limit: int, *, rising: bool) -> list[int]:
        """Ids in the order that is asked for."""
        if limit <= 0 or below <= beyond + 1:
            return []
        if self._few is not None:
            few = sorted((one for one in self._few if beyond < one < below), reverse=not rising)
            return self._of_few(few, limit, rising=rising)
        if self._plan.match is None:
            within = Condition("a.id > ? AND a.id < ?", (beyond, below))
            return self._by_conditions([within], limit, rising=rising)
        if limit > _TRIED:
            return self._by_index(beyond, below, limit, rising=rising)
        return self._tried(beyond, below, limit, rising=rising)

    def _tried(self, beyond: int, below: int, limit: int, *, rising: bool) -> list[int]:
        """As many as cost no more than the index does for a word that is too rare to be found so
        are tried before it is asked."""
        last = self._last_id()
        tried = math.isqrt(limit * last // _ENTRIES) + limit
        if rising:
            first, end = beyond, min(beyond + tried + 1, below)
        else:
            end = min(below, last + 1)
            first = max(beyond, end - tried - 1)
        statement = _ONE_BY_ONE.format(
            condition=self._condition.sql, direction=_direction(rising=rising)
        )
        asked = (first, end, self._expression, *self._condition.params, limit)
        found = self._ids(statement, *asked)
        left = limit - len(found)
        if rising:
            rest = self._by_index(end - 1, below, left, rising=rising) if end <= last else []
        else:
            rest = self._by_index(beyond, first + 1, left, rising=rising)
        return found + rest

    def _by_index(self, beyond: int, below: int, limit: int, *, rising: bool) -> list[int]:
        if limit <= 0 or below <= beyond + 1:
            return []
        conditions = [self._condition]
        if self._loose != self._expression:
            conditions.append(Condition(_EXACT, (self._expression,)))
        condition = together(*conditions)
        statement = _BY_INDEX.format(condition=condition.sql, direction=_direction(rising=rising))
        return self._ids(statement, self._loose, beyond, below, *condition.params, limit)

    def _of_few(self, few: Sequence[int], limit: int, *, rising: bool) -> list[int]:
        found: list[int] = []
        for chunk in chunks(few, _AT_A_TIME):
            found += self._of(chunk, limit - len(found), rising=rising)
            if len(found) >= limit:
                break
        return found

    def _of(self, article_ids: Collection[int], limit: int, *, rising: bool) -> list[int]:
        """Those of them that match; words and all."""
        conditions = [Condition(f"a.id IN {ids(article_ids)}")]
        if self._plan.match is not None:
            conditions.append(Condition(tsquery.matches, (self._expression,)))
        return self._by_conditions(conditions, limit, rising=rising)

    def _by_conditions(
        self, conditions: Sequence[Condition], limit: int, *, rising: bool
    ) -> list[int]:
        every = together(*conditions, *self._times, *self._plan.conditions)
        statement = _BY_CONDITIONS.format(conditions=every.sql, direction=_direction(rising=rising))
        return self._ids(statement, *every.params, limit)

    @property
    def _condition(self) -> Condition:
        """On `x.article_id`, beside the words."""
        conditions = (*self._times, *self._plan.conditions)
        if not conditions:
            return Condition("TRUE")
        article = together(*conditions)
        return Condition(_ARTICLE.format(condition=article.sql), article.params)

    def _listed(self) -> set[int] | None:
        """Articles among which all that match are; None: they are many."""
        listings = list(self._plan.few)
        if self._times:
            within = together(*self._times)
            listings.append(Condition(_WITHIN.format(condition=within.sql), within.params))
        return fewest(self._session, listings)

    # --- how well

    def _scored(self, found: Sequence[int], top: int, most: int) -> list[Scored]:
        """The best of them, best first."""
        if not found:
            return []
        items = self._plan.ranked
        statement = _RANKED.format(score=_SCORE)
        asked = (
            self._mean_length(top),
            list(map(tsquery.adjacent, items)),
            self._weights(items, top),
            [0.0 if item.title else _IN_TEXT for item in items],
            list(found),
            most,
        )
        rows = self._session.rows(statement, asked)
        return [Scored(-row["score"], row["id"]) for row in rows]

    def _mean_length(self, top: int) -> float:
        row = self._session.row(_MEAN_LENGTH, (top, _SAMPLE))
        return float(row["words"] if row else 1)

    def _weights(self, items: Sequence[Seek], top: int) -> list[float]:
        """The fewer articles have it, the more it tells; for one alone all weights are alike."""
        if len(items) == 1:
            return [1.0]
        rows = self._session.rows(_HOW_MANY, (top, list(map(tsquery.loose, items))))
        return [weight_of(row["articles"], top) for row in rows]

    def _last_id(self) -> int:
        row = self._session.row("SELECT article_id AS id FROM search ORDER BY 1 DESC LIMIT 1")
        return row["id"] if row else 0

    def _ids(self, statement: str, *params: object) -> list[int]:
        return [row["id"] for row in self._session.rows(statement, params)]


def _times(compiled: Plan) -> Sequence[Condition]:
    bounds = (("a.at >= ?", compiled.since), ("a.at < ?", compiled.until))
    return [Condition(sql, (at,)) for sql, at in bounds if at is not None]


def _direction(*, rising: bool) -> str:
    return "ASC" if rising else "DESC"
