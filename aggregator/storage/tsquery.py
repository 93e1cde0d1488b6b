"""Expressions of PostgreSQL's full-text search (tsquery), which match what FTS5's do.

Whatever a user types has been split into words of the index, and none holds a quote. The index
knows which words an article has, not where. `loose` asks for no more than that, and finds every
article that `expression` matches.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from aggregator.errors import UsageError
from aggregator.storage.facets import is_facet
from aggregator.storage.search_plan import Asked, Close, Every, Seek, Some
from aggregator.storage.tsvector import HEADLINE, TEXT, lexeme, pair

_MOST = 500_000
"""Characters: a dozen words at the largest distance. PostgreSQL takes about a million."""

matches = "EXISTS (SELECT 1 FROM search WHERE article_id = a.id AND lexemes @@ CAST(? AS tsquery))"


def expression(asked: Asked) -> str:
    """Raises UsageError for a NEAR of so much that PostgreSQL would not take it."""
    found = _expression(asked)
    if len(found) > _MOST:
        raise UsageError(
            "this search has too much in NEAR for PostgreSQL: give fewer words, or let them be "
            "closer together"
        )
    return found


def _expression(asked: Asked) -> str:
    match asked:
        case Seek():
            return _found(asked)
        case Close():
            # The words first: to compare places is dear.
            places = _joined(" | ", (_near(asked, weight) for weight in (HEADLINE, TEXT)))
            return _joined(" & ", [loose(asked), places])
        case Some():
            return _joined(" | ", map(_expression, asked.items))
        case Every():
            left_out = [f"!{_expression(item)}" for item in asked.unwanted]
            return _joined(" & ", [*map(_expression, asked.wanted), *left_out])


def loose(asked: Asked) -> str:
    """Equal to `expression(asked)` where the index can tell."""
    match asked:
        case Seek():
            return _joined(" & ", _words(asked))
        case Close():
            return _joined(" & ", [word for item in asked.items for word in _words(item)])
        case Some():
            return _joined(" | ", map(loose, asked.items))
        case Every():
            told = [item for item in asked.unwanted if loose(item) == _expression(item)]
            left_out = [f"!{loose(item)}" for item in told]
            return _joined(" & ", [*map(loose, asked.wanted), *left_out])


def adjacent(seek: Seek) -> str:
    """Its words one after the other, as far as positions reach."""
    return _joined(" <-> ", _words(seek, HEADLINE if seek.title else ""))


def _found(seek: Seek) -> str:
    """Also where positions do not reach: there by pairs of neighbours (see tsvector.py)."""
    if len(seek.words) < 2 or seek.title or is_facet(seek.words[0]):
        return adjacent(seek)
    pairs = [f"'{pair(*two)}'" for two in pairwise(seek.words)]
    if seek.prefix:
        pairs[-1] += ":*"
    return _joined(" | ", [adjacent(seek), _joined(" & ", pairs)])


def _words(seek: Seek, weight: str = "") -> list[str]:
    words = [f"'{lexeme(word)}'" for word in seek.words]
    labels = [weight] * len(words)
    if seek.prefix:
        labels[-1] = f"*{weight}"
    return [f"{word}:{label}" if label else word for word, label in zip(words, labels, strict=True)]


# --- near each other


def _near(close: Close, weight: str) -> str:
    """All in the part of `weight`.

    Whatever begins first, each of the others begins so many words later. The last one may do so
    `distance` words after the end of any: that is one bound for items of one length, and is tried
    out where a longer one begins first.
    """
    shortest = min(len(item.words) for item in close.items)
    ways: list[str] = []
    for number, first in enumerate(close.items):
        others = [item for other, item in enumerate(close.items) if other != number]
        head, whole = _words(first, weight)[0], _joined(" <-> ", _words(first, weight))
        for last in range(shortest + close.distance, len(first.words) + close.distance + 1):
            after = [
                _after(first, item, max(0, last - len(item.words) - close.distance), last, weight)
                for item in others
            ]
            # Operands of <0> are compared by where they begin.
            ways.append(f"({head} <0> {_joined(' & ', [whole, *after])})")
    return _joined(" | ", ways)


def _after(first: Seek, item: Seek, least: int, most: int, weight: str) -> str:
    """`item` begins from `least` to `most` words after `first`; it begins where `first` does."""
    head, whole = _words(first, weight)[0], _joined(" <-> ", _words(item, weight))
    if not _may_begin_together(first, item):
        least = max(least, 1)
    return _joined(" | ", (f"({head} <{words}> {whole})" for words in range(least, most + 1)))


def _may_begin_together(one: Seek, other: Seek) -> bool:
    """Whether one word may be the first of both."""
    first, second = one.words[0], other.words[0]
    return (
        first == second
        or (_is_prefix(one) and second.startswith(first))
        or (_is_prefix(other) and first.startswith(second))
    )


def _is_prefix(seek: Seek) -> bool:
    """Whether its first word may go on."""
    return seek.prefix and len(seek.words) == 1


def _joined(operator: str, parts: Iterable[str]) -> str:
    """At least one part."""
    parts = list(parts)
    return f"({operator.join(parts)})" if len(parts) > 1 else parts[0]
