"""Which shards of a SQLite file's index cannot have a phrase, without looking into them.

FTS5 finds a phrase by going through all places of its words, which takes a tenth of a millisecond
in a shard if they are common, and of hundreds of shards hardly any may have it. So each shard that
is finished has a filter (core.trigrams) of the three words in a row of its texts. What is taken out
of the index stays in the filter, which may then say "perhaps" in vain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce

from aggregator.core import trigrams
from aggregator.core.searchwords import index_words
from aggregator.storage.facets import is_facet
from aggregator.storage.search_plan import Asked, Close, Every, Seek, Some
from aggregator.storage.sql import Session, ids

LOOKED_INTO = 4
"""So many shards are looked into before filters are asked: often enough has been found by then."""
_MOST = 8
"""Trigrams of a search that are looked up; of a phrase no more than its first and its last one."""
_AT_A_TIME = 8
"""Articles."""
_BLOCK_BITS = 20
"""Of an id in the table: the block. Those above are the shard."""

_FILTERED = "SELECT number, blocks FROM search_shards WHERE blocks > 0"
_TEXTS = "SELECT title, text FROM texts WHERE article_id >= ? AND article_id < ?"
_BLOCKS = "SELECT id, bits FROM search_trigrams WHERE id IN {ids}"
_STORE = """
    INSERT INTO search_trigrams (id, bits) VALUES (?, ?)
    ON CONFLICT (id) DO UPDATE SET bits = excluded.bits
"""
_SIZE = "UPDATE search_shards SET blocks = ? WHERE number = ?"


class Phrases:
    """Those of one search."""

    def __init__(self, session: Session, asked: Asked | None) -> None:
        self._session = session
        self._asked = asked
        self._is_loaded = asked is None or not any(_keys_in(asked))
        self._filtered: Mapping[int, int] = {}
        self._lacking: set[int] = set()
        self._looked_up = 0
        self._asked_for: set[int] = set()

    def lacks(self, shard: int) -> bool:
        """Whether nothing in the shard can match."""
        if not self._is_loaded:
            self._asked_for.add(shard)
            if len(self._asked_for) > LOOKED_INTO:
                self._load()
        return shard in self._lacking

    def _load(self) -> None:
        self._is_loaded = True
        rows = self._session.rows(_FILTERED)
        self._filtered = {row["number"]: row["blocks"] for row in rows}
        if self._asked is not None:
            self._lacking = self._without(self._asked)

    def _without(self, asked: Asked) -> set[int]:
        """Shards that have nothing of it."""
        match asked:
            case Seek():
                return set().union(*map(self._without_key, _keys_of(asked)))
            case Some():
                return reduce(set[int].intersection, map(self._without, asked.items))
            case Close():
                return set().union(*map(self._without, asked.items))
            case Every():
                return set().union(*map(self._without, asked.wanted))

    def _without_key(self, key: int) -> set[int]:
        if self._looked_up == _MOST:
            return set()
        self._looked_up += 1
        blocks = [
            _id(shard, trigrams.block_of(key, blocks)) for shard, blocks in self._filtered.items()
        ]
        return {
            row["id"] >> _BLOCK_BITS
            for row in self._session.rows(_BLOCKS.format(ids=ids(blocks)))
            if not trigrams.is_in(row["bits"], key)
        }


def make(session: Session, shard: int, articles: range, words: int) -> None:
    """The filter of a shard that is finished: of these ids, with so many words."""
    blocks = made(session, articles, trigrams.blocks_for(words))
    session.many(_STORE, [(_id(shard, number), bits) for number, bits in enumerate(blocks)])
    session.run(_SIZE, (len(blocks), shard))


def made(session: Session, articles: range, blocks: int) -> list[bytes]:
    """What the texts of these articles come to."""
    # Whoever only looks for something does without numpy.
    from aggregator.core.trigram_filters import TrigramFilter  # noqa: PLC0415

    found = TrigramFilter(blocks)
    for first in articles[::_AT_A_TIME]:
        rows = session.rows(_TEXTS, (first, min(first + _AT_A_TIME, articles.stop)))
        found.add(index_words(part) for row in rows for part in (row["title"], row["text"]))
    return found.blocks()


def add(session: Session, shard: int, blocks: int, texts: Sequence[Sequence[str]]) -> None:
    """The words of more texts, to a filter of so many blocks."""
    by_block: dict[int, list[int]] = {}
    for key in (key for words in texts for key in trigrams.keys(words)):
        by_block.setdefault(_id(shard, trigrams.block_of(key, blocks)), []).append(key)
    changed: list[tuple[int, bytes]] = []
    for row in session.rows(_BLOCKS.format(ids=ids(by_block))):
        bits = bytearray(row["bits"])
        for key in by_block[row["id"]]:
            trigrams.add(bits, key)
        if bits != row["bits"]:
            changed.append((row["id"], bytes(bits)))
    session.many(_STORE, changed)


def lacks_some(session: Session, shard: int, articles: range) -> bool:
    """Whether its filter says "no" of something that its texts have."""
    blocks = {row["number"]: row["blocks"] for row in session.rows(_FILTERED)}.get(shard, 0)
    if not blocks:
        return False
    stored = {
        row["id"]: row["bits"]
        for row in session.rows(
            _BLOCKS.format(ids=ids([_id(shard, number) for number in range(blocks)]))
        )
    }
    return any(
        int.from_bytes(bits) & ~int.from_bytes(stored.get(_id(shard, number), b""))
        for number, bits in enumerate(made(session, articles, blocks))
    )


def empty(session: Session) -> None:
    session.run("DELETE FROM search_trigrams")


def _keys_in(asked: Asked) -> Iterator[int]:
    """Of what is wanted."""
    match asked:
        case Seek():
            yield from _keys_of(asked)
        case Close() | Some():
            for item in asked.items:
                yield from _keys_in(item)
        case Every():
            for item in asked.wanted:
                yield from _keys_in(item)


def _keys_of(seek: Seek) -> list[int]:
    """The first and the last one of a phrase in titles and texts; empty: it is none."""
    whole = seek.words[:-1] if seek.prefix else seek.words
    if len(whole) < trigrams.LENGTH or is_facet(whole[0]):
        return []
    ends = {whole[: trigrams.LENGTH], whole[-trigrams.LENGTH :]}
    return [key for words in sorted(ends) for key in trigrams.keys(words)]


def _id(shard: int, block: int) -> int:
    return shard << _BLOCK_BITS | block
