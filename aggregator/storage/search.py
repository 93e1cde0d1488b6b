"""Finds articles in a SQLite file: shard by shard, from the newest to the oldest.

Newest first is the order of insertion: walking an index backwards costs no sorting, however common
the word. Ranking costs a microsecond for each article that matches, so that only the newest ones
are ranked. A shard's words are weighed by how often they are in it, as bm25 has it; its scores are
divided by the weight of all of them, so that those of different shards compare. Where the
conditions beside the words leave few articles, each shard is asked for these only.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from aggregator.core.query_tree import Node
from aggregator.storage import fts5
from aggregator.storage.search_conditions import THESE, Condition, fewest
from aggregator.storage.search_pages import Ranking, Scored, weight_of
from aggregator.storage.search_plan import Seek, plan
from aggregator.storage.search_shards import (
    BITS,
    SIZE,
    by_shard,
    first_of,
    shard_of,
    shards,
    table_of,
)
from aggregator.storage.search_trigrams import Phrases
from aggregator.storage.sql import Row, Session, ids

ENOUGH_RANKED = 5_000
"""Articles; the shard that makes them enough is ranked as a whole."""
A_SHARD, NO_SHARD = 40, 10
"""As many could be ranked instead of looking into a shard; where nothing is found it is one of so
many parts of the work."""
COUNTED, PUT_TOGETHER = 16, 4
"""So many articles that have a word are counted in the time in which one is ranked, and so many
are looked at for a phrase."""
LOOKED_UP, FREE = 10, 8
"""As many could be ranked instead of looking up one more word than so many."""
ASKED = 2
"""As many could be ranked instead of asking a row whether it fulfils conditions, and ranking it."""
MOST_COUNTED = 12
"""Words and phrases whose share in that is asked for."""
MOST_TERMS = 4
"""Of a search, by which the scores of different shards are made comparable."""
COMMON = SIZE // 5
"""Articles of a shard, beyond which the weight of a word is small, and differs much by chance."""
_FEW_OF_A_SHARD = 256
_READ = 1_000
"""Ids in a row that are read in the time in which one article is asked for."""

_BY_INDEX = """
    SELECT f.rowid AS id{score} FROM {shard} f {articles}
    WHERE {shard} MATCH ? AND {conditions} {end}
"""
_ARTICLES = "CROSS JOIN articles a ON a.id = f.rowid"
# By id: no other index gives their order.
_BY_CONDITIONS = "SELECT a.id AS id FROM articles a NOT INDEXED WHERE {conditions} {end}"
_SCORE = ", bm25({shard}, 8.0, 1.0, 0.0) AS score"
"""The ranking weighs headline, text and facets."""
_HOW_MANY = "SELECT count(*) AS articles FROM {table} WHERE {table} MATCH ? AND rowid <= ?"
_TIMES = f"""
    SELECT (SELECT min(at) FROM articles WHERE id >> {BITS} = :shard) AS first,
      (SELECT max(at) FROM articles WHERE id >> {BITS} = :shard) AS last
"""  # noqa: S608 - a number
_WITHIN = f"""
    SELECT id FROM articles WHERE id >> {BITS} = ? AND at >= ? AND at < ? LIMIT ?
"""  # noqa: S608 - a number
_BEST = "ORDER BY score, f.rowid DESC LIMIT ?"
_ALWAYS, _NEVER_BEFORE = 1 << 62, -(1 << 62)
_ANY_TIME: Collection[int] = ()
_OF_ROW = re.compile(r"\ba\.")


class SqliteFinder:
    """Implements `search_pages.Finder`."""

    def __init__(self, session: Session, root: Node) -> None:
        self._session = session
        self._plan = plan(session, root, fts5)
        match = self._plan.match
        self._expression = None if match is None else fts5.expression(match)
        loose = None if match is None else fts5.loose(match)
        # bm25 counts whatever is asked for, and languages are words of very many articles.
        self._loose = None if loose is None or loose == match else fts5.expression(loose)
        self._terms = [fts5.expression(term) for term in self._plan.terms[:MOST_TERMS]]
        self._phrases = Phrases(session, match)
        self._has_prefix = match is not None and fts5.has_prefix(match)
        few = fewest(session, self._plan.few)
        self._few = None if few is None else by_shard(few)
        self._all_common: bool | None = None
        self._forms: dict[tuple[str, str, bool], str] = {}
        self._counted: dict[tuple[int, str | None], int] = {}
        self._id = "a.id" if self._expression is None else "f.rowid"
        self._between = f"{self._id} > ? AND {self._id} < ?"
        timeless = self._plan.since is None and self._plan.until is None
        # Not without the index: all articles have one table.
        self._is_plain = self._few is None and timeless and self._expression is not None
        self._shards = [
            shard for shard in shards(session) if shard >= shard_of(self._plan.first_id)
        ]

    @property
    def is_ranked(self) -> bool:
        return bool(self._plan.ranked)

    def newest(self, *, below: int, limit: int) -> list[int]:
        found: list[int] = []
        for shard in self._possible():
            if first_of(shard) >= below:
                continue
            found += self._in_shard(shard, below=below, limit=limit - len(found))
            if len(found) >= limit:
                break
        return found

    def oldest(self, *, beyond: int, limit: int) -> list[int]:
        found: list[int] = []
        for shard in self._possible(rising=True):
            if first_of(shard + 1) <= beyond + 1:
                continue
            found += self._in_shard(shard, beyond=beyond, limit=limit - len(found), rising=True)
            if len(found) >= limit:
                break
        return found

    def among(self, article_ids: Collection[int]) -> set[int]:
        known = set(self._shards)
        return {
            one
            for shard, asked in by_shard(article_ids).items()
            if shard in known
            for one in self._in_shard(shard, only=asked)
        }

    def ranked(self, *, top: int, floor: int | None, most: int) -> Ranking:
        scored: list[tuple[float, int]] = []
        complete = True
        a_shard = self._cost(top) if floor is None else 0
        each = ASKED if self._plan.conditions else 1
        cost = 0
        lowest = 0
        for shard in self._possible():
            if first_of(shard) > top:
                continue
            if floor is not None and first_of(shard) < floor:
                break
            if floor is None and cost >= ENOUGH_RANKED:
                lowest = first_of(shard + 1)
                break
            found, looked_at = self._ranked_in(shard, top, most)
            complete = complete and len(found) < most
            scored += found
            cost += each * looked_at + a_shard if looked_at else a_shard // NO_SHARD
        scored.sort()
        return Ranking(
            scored=[Scored(score, -negative) for score, negative in scored[:most]],
            floor=lowest if floor is None else floor,
            unsettled=first_of(shard_of(top)),
            complete=complete and len(scored) <= most,
        )

    def walk(self) -> Iterator[tuple[int, str, tuple[object, ...]]]:
        """Of each shard that may have articles that match, the newest first: its lowest id, and a
        statement for the ids of all that do, with its parameters."""
        for shard in self._possible():
            part = self._part(shard)
            if part is None:
                continue
            if part.only is None:
                statement, params = self._statement(shard, part.conditions, "")
                yield first_of(shard), statement, params
            else:
                found = THESE.format(ids=ids(self._in_shard(shard)))
                yield first_of(shard), found, ()

    def _possible(self, *, rising: bool = False) -> Iterator[int]:
        """Shards that may have something that matches, the newest first."""
        for shard in reversed(self._shards) if rising else self._shards:
            if not self._phrases.lacks(shard):
                yield shard

    # --- one shard

    def _in_shard(
        self,
        shard: int,
        *,
        below: int = _ALWAYS,
        beyond: int = -1,
        only: Collection[int] | None = None,
        limit: int = SIZE,
        rising: bool = False,
    ) -> list[int]:
        """Ids that match, `only` among these."""
        part = self._part(shard, below=below, beyond=beyond, only=only)
        if part is None:
            return []
        end = f"ORDER BY {self._id} {'ASC' if rising else 'DESC'} LIMIT ?"
        statement, params = self._statement(shard, part.conditions, end)
        rows = self._session.rows(statement, (*params, limit if part.only is None else SIZE))
        return part.kept([row["id"] for row in rows])[:limit]

    def _ranked_in(self, shard: int, top: int, most: int) -> tuple[list[tuple[float, int]], int]:
        """The best of a shard, as scores and negative ids, and how many had to be looked at."""
        part = self._part(shard, below=top + 1)
        if part is None:
            return [], 0
        rows, looked_at = self._scored(shard, part, top, most)
        if not rows:
            return [], looked_at
        weight = self._weight(shard, top)
        return [(row["score"] / weight, -row["id"]) for row in rows][:most], looked_at

    def _scored(self, shard: int, part: _Part, top: int, most: int) -> tuple[list[Row], int]:
        """`id` and `score` of the best, and how many had to be looked at."""
        is_all = not self._plan.conditions and len(part.conditions) == 1
        if self._loose is None:
            statement, params = self._statement(shard, part.conditions, _BEST, is_scored=True)
            limit = most if part.only is None else SIZE
            rows = list(self._session.rows(statement, (*params, limit)))
            if part.only is not None:
                rows = [row for row in rows if row["id"] in part.only]
            if is_all and len(rows) < most:
                return rows, len(rows)
        else:
            statement, params = self._statement(shard, part.conditions, "")
            found = {row["id"] for row in self._session.rows(statement, params)}
            if part.only is not None:
                found &= set(part.only)
            rows = self._loosely_scored(shard, found, most) if found else []
            if is_all:
                return rows, len(found)
        return rows, self._how_many(shard, self._expression, top)

    def _loosely_scored(self, shard: int, found: Collection[int], most: int) -> list[Row]:
        """The best of those that were found, at least `most` if there are so many."""
        form = self._form(self._between, _BEST, is_scored=True)
        statement = form.replace(fts5.SHARD, table_of(shard))
        bounds = (self._loose, min(found) - 1, max(found) + 1)
        # Most of them are of their language: a few more are enough.
        for limit in (min(most * 4, SIZE), SIZE):
            rows = self._session.rows(statement, (*bounds, limit))
            kept = [row for row in rows if row["id"] in found]
            if len(kept) >= most or len(rows) < limit:
                break
        return kept

    def _weight(self, shard: int, top: int) -> float:
        """What a shard's scores are divided by: the weight of all that is looked for, as bm25 has
        it. Where something of it is not common, its weight is about the same in all shards, and
        outweighs what the others' is here or there: then it is 1."""
        if self._all_common is None:
            sample = shard_of(top) - 1
            self._all_common = sample in self._shards and all(
                self._how_many(sample, term, top) > COMMON for term in self._terms
            )
        if not self._all_common:
            return 1.0
        total = min(SIZE, top + 1 - first_of(shard))
        return sum(weight_of(self._how_many(shard, term, top), total) for term in self._terms)

    def _cost(self, top: int) -> int:
        """Of looking into a shard, as articles that could be ranked instead: each thing that is
        looked for is counted in it, and where it is several words, or how words begin, it is put
        together from what a shard has of these."""
        sample = shard_of(top) - 1
        match = self._plan.match
        seeks = 0 if match is None else fts5.seeks(match)
        cost = A_SHARD + LOOKED_UP * max(seeks - FREE, 0)
        if sample not in self._shards:
            return cost
        for seek in self._plan.ranked[:MOST_COUNTED]:
            often = min(self._how_many(sample, fts5.expression(one), top) for one in _single(seek))
            cost += often // (PUT_TOGETHER if seek.prefix or len(seek.words) > 1 else COUNTED)
        return cost

    def _how_many(self, shard: int, expression: str | None, top: int) -> int:
        """Articles up to `top` that have it."""
        known = self._counted.get((shard, expression))
        if known is None:
            row = self._session.row(_HOW_MANY.format(table=table_of(shard)), (expression, top))
            known = self._counted[shard, expression] = 0 if row is None else int(row["articles"])
        return known

    def _statement(
        self, shard: int, conditions: Sequence[Condition], end: str, *, is_scored: bool = False
    ) -> tuple[str, tuple[object, ...]]:
        every = (*conditions, *self._plan.conditions)
        joined = " AND ".join([one.sql for one in every])
        form = self._form(joined, end, is_scored=is_scored)
        params = [value for one in every for value in one.params]
        if self._expression is not None:
            params.insert(0, self._expression)
        return form.replace(fts5.SHARD, table_of(shard)), tuple(params)

    def _form(self, conditions: str, end: str, *, is_scored: bool) -> str:
        """A statement for any shard."""
        key = conditions, end, is_scored
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = self._written(conditions, end, is_scored=is_scored)
        return form

    def _written(self, conditions: str, end: str, *, is_scored: bool) -> str:
        if self._expression is None:
            return _BY_CONDITIONS.format(conditions=conditions, end=end)
        return _BY_INDEX.format(
            shard=fts5.SHARD,
            score=_SCORE.format(shard=fts5.SHARD) if is_scored else "",
            articles=_ARTICLES if _OF_ROW.search(conditions) else "",
            conditions=conditions,
            end=end,
        )

    def _part(
        self,
        shard: int,
        *,
        below: int = _ALWAYS,
        beyond: int = -1,
        only: Collection[int] | None = None,
    ) -> _Part | None:
        """What of a shard is to be asked for; None: nothing in it can match."""
        if only is None and self._is_plain:
            return _Part([Condition(self._between, (beyond, below))], None)
        below, beyond = min(below, first_of(shard + 1)), max(beyond, first_of(shard) - 1)
        few = None if only is None else set(only)
        if self._few is not None:
            listed = self._few.get(shard, set())
            few = listed if few is None else few & listed
        conditions = [Condition(self._between, (beyond, below))]
        times = self._times(shard)
        if times is None:
            return None
        if isinstance(times, Condition):
            conditions.append(times)
        elif times is not _ANY_TIME:
            few = set(times) if few is None else few.intersection(times)
        if few is None:
            return _Part(conditions, None)
        few = {one for one in few if beyond < one < below}
        if not few:
            return None
        one_by_one = len(few) <= 1 + (max(few) - min(few)) // _READ and not self._has_prefix
        if self._expression is None or one_by_one:
            conditions.append(Condition(f"{self._id} IN {ids(sorted(few))}"))
            return _Part(conditions, None)
        conditions[0] = Condition(f"{self._id} BETWEEN ? AND ?", (min(few), max(few)))
        return _Part(conditions, few)

    def _times(self, shard: int) -> Condition | Collection[int] | None:
        """Which of its articles are of the times that are asked for: ids if they are few, _ANY_TIME
        if all are, None if none is."""
        since, until = self._plan.since, self._plan.until
        if since is None and until is None:
            return _ANY_TIME
        since = _NEVER_BEFORE if since is None else since
        until = _ALWAYS if until is None else until
        ends = self._session.row(_TIMES, {"shard": shard})
        if ends is None or ends["first"] is None or ends["last"] < since or ends["first"] >= until:
            return None
        if ends["first"] >= since and ends["last"] < until:
            return _ANY_TIME
        rows = self._session.rows(_WITHIN, (shard, since, until, _FEW_OF_A_SHARD + 1))
        if len(rows) > _FEW_OF_A_SHARD:
            return Condition("a.at >= ? AND a.at < ?", (since, until))
        return {row["id"] for row in rows} or None


class _Part(NamedTuple):
    conditions: list[Condition]
    only: Collection[int] | None
    """What is found counts only if it is one of these."""

    def kept(self, found: list[int]) -> list[int]:
        return found if self.only is None else [one for one in found if one in self.only]


def _single(seek: Seek) -> list[Seek]:
    """Its words, each by itself."""
    *whole, last = seek.words
    return [*(Seek((word,)) for word in whole), Seek((last,), prefix=seek.prefix)]
