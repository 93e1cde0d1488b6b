"""Compares the search index of a SQLite file with the texts.

The index holds no texts, so SQLite cannot compare them. Of each shard the articles, the length of
each part, how often each word occurs and in how many articles are compared; and some articles are
looked for by their words.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from aggregator.core.searchwords import index_words
from aggregator.storage import faults, fts5, search_rebuild, search_trigrams
from aggregator.storage.search_plan import Seek
from aggregator.storage.search_shards import (
    BITS,
    articles_of,
    first_of,
    numbers,
    shards,
    table_of,
    totals,
)
from aggregator.storage.sql import Row, Session

_NAMED = 3
"""Articles that a sentence names."""
_SAMPLED = 61
"""Of so many articles one is looked for by its words."""
_WORDS = 8

_TEXTS = """
    SELECT article_id, title, text, facets FROM texts WHERE article_id >= ? AND article_id < ?
    ORDER BY article_id
"""
_SHARDS = f"SELECT DISTINCT article_id >> {BITS} AS shard FROM texts ORDER BY 1"  # noqa: S608 - a number
_SIZES = "SELECT id, sz FROM {table}_docsize"
_VOCABULARY = "CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab (main, '{table}', 'col')"
_TERMS = "SELECT term, col, doc, cnt FROM temp.vocabulary"
_DROP = "DROP TABLE temp.vocabulary"
_FOUND = "SELECT 1 FROM {table} WHERE {table} MATCH ? AND rowid = ?"
_COLUMNS = ("title", "text", "facets")


def problems(session: Session) -> list[str]:
    if search_rebuild.is_due(session):
        return ["the search index is not finished: run `aggregator update` once to finish it"]
    known = set(shards(session))
    needed = {row["shard"] for row in session.rows(_SHARDS)}
    found = [
        f"there is no search index of the articles from {first_of(shard)} on"
        for shard in sorted(needed - known)
    ]
    for shard in sorted(known):
        found += _of_shard(session, shard)
    return found


def _of_shard(session: Session, shard: int) -> Iterator[str]:
    texts = session.rows(_TEXTS, (first_of(shard), first_of(shard + 1)))
    try:
        yield from _compared(session, shard, texts)
    except sqlite3.DatabaseError as error:
        if faults.code(error) not in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR}:
            raise
        yield f"the search index of the articles from {first_of(shard)} on is damaged ({error})"


def _compared(session: Session, shard: int, texts: Sequence[Row]) -> Iterator[str]:
    table = table_of(shard)
    sizes = {row["id"]: numbers(row["sz"]) for row in session.rows(_SIZES.format(table=table))}
    expected: dict[int, list[int]] = {}
    often = {column: Counter[str]() for column in _COLUMNS}
    articles = {column: Counter[str]() for column in _COLUMNS}
    unfound: list[int] = []
    for row in texts:
        article_id = row["article_id"]
        parts = (index_words(row["title"]), index_words(row["text"]), row["facets"].split())
        expected[article_id] = list(map(len, parts))
        for column, words in zip(_COLUMNS, parts, strict=True):
            often[column].update(words)
            articles[column].update(set(words))
        if article_id % _SAMPLED == 0 and not _is_found(session, table, article_id, parts):
            unfound.append(article_id)
    yield from _listed("is not in the search index", expected.keys() - sizes.keys())
    yield from _listed(
        "is in the search index, but there is no such text", sizes.keys() - expected.keys()
    )
    changed = {one for one, size in sizes.items() if expected.get(one, size) != size}
    yield from _listed("is in the search index with another text", {*changed, *unfound})
    counted = [len(texts), *map(sum, zip(*expected.values(), strict=True))]
    if totals(session, shard) != counted:
        yield (
            f"the search index of the articles from {first_of(shard)} on counts its articles or "
            "words wrongly"
        )
    if search_trigrams.lacks_some(session, shard, articles_of(shard)):
        yield (
            f"the filter of phrases of the articles from {first_of(shard)} on lacks some of them: "
            "they are not found"
        )
    wrong = _differing(session, table, often, articles)
    if wrong:
        yield (
            f"the search index of the articles from {first_of(shard)} on does not fit the texts: "
            f"{wrong} words are in it more or less often than in them"
        )


def _is_found(
    session: Session, table: str, article_id: int, parts: Sequence[Sequence[str]]
) -> bool:
    for words in parts:
        if words:
            phrase = fts5.expression(Seek(tuple(words[:_WORDS])))
            if session.row(_FOUND.format(table=table), (phrase, article_id)) is None:
                return False
    return True


def _differing(
    session: Session,
    table: str,
    often: Mapping[str, Mapping[str, int]],
    articles: Mapping[str, Mapping[str, int]],
) -> int:
    """How many words occur otherwise than they should."""
    session.run(_VOCABULARY.format(table=table))
    try:
        known, wrong = 0, 0
        for row in session.rows(_TERMS):
            term, column = row["term"], row["col"]
            known += 1
            wrong += (row["doc"], row["cnt"]) != (
                articles[column].get(term),
                often[column].get(term),
            )
        missing = sum(map(len, often.values())) - known
        return max(wrong, abs(missing))
    finally:
        session.run(_DROP)


def _listed(what: str, article_ids: set[int]) -> Iterator[str]:
    for article_id in sorted(article_ids)[:_NAMED]:
        yield f"article {article_id} {what}"
    if len(article_ids) > _NAMED:
        yield f"and {len(article_ids) - _NAMED} more: each {what}"
