"""An article as a `tsvector` of PostgreSQL, made here so that its words are core.searchwords'.

Facets, headline and text follow one another with a gap between them, so that no phrase reaches
from one into the next; a weight says where a word stands: C, A and D. PostgreSQL has limits that
SQLite has not:

- A lexeme has at most 2,046 bytes: a host of more is cut, here and in queries.
- Positions end at 16,383, and a word has at most 255 of them. Words beyond are found all the
  same; for phrases, such an article has its pairs of neighbouring words as well. NEAR does not find
  what is near each other only there.
- All of it has less than a megabyte: a text of more is left without the pairs, and where that is
  not enough, without the last of its words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from aggregator.core.query_leaves import MAX_DISTANCE
from aggregator.core.searchwords import index_words

_Places = Mapping[str, Sequence[str]]
"""Each word, and where it stands: the position, with its weight."""

HEADLINE = "A"
FACETS = "C"
TEXT = "D"
_DEFAULT = ""
"""Is weight D, too."""

_MAX_BYTES = 2**20 - 1
_MAX_WORD = 2_046
"""Bytes."""
_MAX_POSITIONS = 255
_BEYOND = 16_383
"""The last position stands for all that have none of their own: nothing is near it."""
_LAST = _BEYOND - MAX_DISTANCE - 2


def lexeme(word: str) -> str:
    """A word or facet, not too long for PostgreSQL; there are no quotes or backslashes in them."""
    # Four bytes a character at most.
    if len(word) <= _MAX_WORD // 4:
        return word
    return word.encode()[:_MAX_WORD].decode(errors="ignore")


def pair(first: str, second: str) -> str:
    """Two neighbours as one lexeme. It begins with a blank, as no word does."""
    return lexeme(f" {first} {second}")


class Words(NamedTuple):
    """Of an article, in order."""

    title: Sequence[str]
    text: Sequence[str]
    facets: Sequence[str]

    @property
    def length(self) -> int:
        return len(self.title) + len(self.text) + len(self.facets)


def split(title: str, text: str, facets: str) -> Words:
    """`facets` as `facets.facets` gives them."""
    return Words(index_words(title), index_words(text), list(map(lexeme, facets.split())))


def tsvector(words: Words) -> str:
    """The literal; PostgreSQL takes it, whatever the texts are."""
    places: dict[str, list[str]] = {}
    start = 1
    parts = ((FACETS, words.facets), (HEADLINE, words.title), (_DEFAULT, words.text))
    for weight, part in parts:
        for at, word in enumerate(part, start):
            places.setdefault(word, []).append(f"{at}{weight}")
        start += len(part) + 1
    if start > _LAST or max(map(len, places.values()), default=0) > _MAX_POSITIONS:
        return _overlong(places, words.text)
    literal = _literal(places)
    if len(literal) <= _MAX_BYTES // 4 or _fits(places):
        return literal
    return _overlong(places, words.text)


def _literal(places: _Places) -> str:
    return " ".join(
        [f"'{word}':{','.join(at)}" if at else f"'{word}'" for word, at in places.items()]
    )


def _fits(places: _Places) -> bool:
    return sum(_size(word, at) for word, at in places.items()) <= _MAX_BYTES


def _size(word: str, places: Sequence[str]) -> int:
    """Bytes at most: a word may be followed by one that aligns its positions and their number."""
    return len(word.encode()) + 3 + 2 * len(places)


def _overlong(places: _Places, text: Sequence[str]) -> str:
    near = {word: _reachable(at) for word, at in places.items()}
    pairs: _Places = {pair(*two): () for two in pairwise(text)}
    with_pairs = {**near, **pairs}
    return _literal(with_pairs if _fits(with_pairs) else _beginning(near))


def _reachable(places: Sequence[str]) -> Sequence[str]:
    """Those that PostgreSQL can hold; one that it cannot tells of the others."""
    near = [at for at in places if int(at.rstrip(HEADLINE + FACETS)) <= _LAST]
    if len(near) < len(places):
        weight = places[len(near)].lstrip("0123456789")
        near.append(f"{_BEYOND}{weight}")
    return near[:_MAX_POSITIONS]


def _beginning(places: _Places) -> _Places:
    """As many of the words as fit: mostly all."""
    kept: dict[str, Sequence[str]] = {}
    size = 0
    for word, at in places.items():
        size += _size(word, at)
        if size > _MAX_BYTES:
            break
        kept[word] = at
    return kept
