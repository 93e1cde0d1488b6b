"""An article as a `tsvector` of PostgreSQL, made here so that its words are FTS5's.

Facets, headline and text follow one another with a gap between them, so that no phrase reaches
from one into the next; a weight says where a word stands: C, A and D. PostgreSQL has limits that
SQLite has not:

- A word has at most 2,046 bytes: longer ones are cut, here and in queries.
- Positions end at 16,383, and a word has at most 255 of them. Words beyond are found all the
  same; for phrases, such an article has its pairs of neighbouring words as well.
- All of it has less than a megabyte: a text of more is left without the pairs, and where that is
  not enough, without the last of its words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from aggregator.storage.tokens import tokens

_Places = Mapping[str, Sequence[str]]
"""Each word, and where it stands: the position, with its weight."""

HEADLINE = "A"
FACETS = "C"
_TEXT = ""
"""Is weight D."""

_MAX_BYTES = 2**20 - 1
_MAX_WORD = 2_046
"""Bytes."""
_MAX_POSITIONS = 255
_BEYOND = 16_383
"""The last position stands for all that have none of their own: nothing is next to it."""
_LAST = _BEYOND - 2


def lexemes(text: str) -> list[str]:
    """Its words, none too long for PostgreSQL; there are no quotes or backslashes in words."""
    words = tokens(text)
    # Four bytes a character at most.
    return list(map(_cut, words)) if len(text) > _MAX_WORD // 4 else words


def pair(first: str, second: str) -> str:
    """Two neighbours as one lexeme. It begins with a blank, as no word does."""
    return _cut(f" {first} {second}")


def tsvector(title: str, text: str, facets: str) -> str:
    """The literal; PostgreSQL takes it, whatever the texts are."""
    places: dict[str, list[str]] = {}
    body = lexemes(text)
    start = 1
    for weight, words in ((FACETS, lexemes(facets)), (HEADLINE, lexemes(title)), (_TEXT, body)):
        for at, word in enumerate(words, start):
            places.setdefault(word, []).append(f"{at}{weight}")
        start += len(words) + 1
    if start > _LAST or max(map(len, places.values()), default=0) > _MAX_POSITIONS:
        return _overlong(places, body)
    literal = _literal(places)
    if len(literal) <= _MAX_BYTES // 4 or _fits(places):
        return literal
    return _overlong(places, body)


def _cut(word: str) -> str:
    if len(word) <= _MAX_WORD // 4:
        return word
    return word.encode()[:_MAX_WORD].decode(errors="ignore")


def _literal(places: _Places) -> str:
    return " ".join(
        [f"'{word}':{','.join(at)}" if at else f"'{word}'" for word, at in places.items()]
    )


def _fits(places: _Places) -> bool:
    return sum(_size(word, at) for word, at in places.items()) <= _MAX_BYTES


def _size(word: str, places: Sequence[str]) -> int:
    """Bytes at most: a word may be followed by one that aligns its positions and their number."""
    return len(word.encode()) + 3 + 2 * len(places)


def _overlong(places: _Places, body: Sequence[str]) -> str:
    near = {word: _reachable(at) for word, at in places.items()}
    pairs: _Places = {pair(*two): () for two in pairwise(body)}
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
