"""Expressions of PostgreSQL's full-text search (tsquery) that match what FTS5's do.

Whatever a user types has been split into words, as texts are (tokens.py); no word holds a quote.
The index knows which words an article has, not where. `loose` asks for no more than that, and
finds every article that `expression` matches.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from aggregator.core.query import And, Field, Node, Or, Phrase, Word
from aggregator.storage.content import source_facet
from aggregator.storage.search_plan import Ranked, parted, text_of
from aggregator.storage.tsvector import HEADLINE, lexemes, pair

matches = "EXISTS (SELECT 1 FROM search WHERE article_id = a.id AND vector @@ CAST(? AS tsquery))"

_NOTHING = f"'{source_facet(0)}'"
"""No article is of source 0. Like FTS5, what has no word in it matches nothing."""


def expression(node: Node) -> str:
    match node:
        case Word() | Phrase():
            return _anywhere(node)
        case Field():
            return adjacent(node)
        case Or():
            return _joined(" | ", map(expression, node.items))
        case And():
            wanted, unwanted = parted(node)
            left_out = [f"!{expression(item)}" for item in unwanted]
            return _joined(" & ", [*map(expression, wanted), *left_out])
        case _:
            raise ValueError(f"no expression of the index: {node}")


def loose(node: Node) -> str:
    """Equal to `expression(node)` where the index can tell."""
    match node:
        case Word() | Phrase() | Field():
            words = _words(node.match if isinstance(node, Field) else node)
            return _joined(" & ", words) or _NOTHING
        case Or():
            return _joined(" | ", map(loose, node.items))
        case And():
            wanted, unwanted = parted(node)
            left_out = [f"!{loose(item)}" for item in unwanted if loose(item) == expression(item)]
            return _joined(" & ", [*map(loose, wanted), *left_out])
        case _:
            raise ValueError(f"no expression of the index: {node}")


def adjacent(item: Ranked) -> str:
    """Its words one after the other, as far as positions reach."""
    match, weight = (item.match, HEADLINE) if isinstance(item, Field) else (item, "")
    return _joined(" <-> ", _words(match, weight)) or _NOTHING


def _anywhere(match: Word | Phrase) -> str:
    """Also where positions do not reach: there by pairs of neighbours (see tsvector.py)."""
    words = lexemes(text_of(match))
    if len(words) < 2:
        return adjacent(match)
    pairs = [f"'{pair(*two)}'" for two in pairwise(words)]
    if _is_prefix(match):
        pairs[-1] += ":*"
    return _joined(" | ", [adjacent(match), _joined(" & ", pairs)])


def _words(match: Word | Phrase, weight: str = "") -> list[str]:
    words = [f"'{word}'" for word in lexemes(text_of(match))]
    labels = [weight] * len(words)
    if words and _is_prefix(match):
        labels[-1] = f"*{weight}"
    return [f"{word}:{label}" if label else word for word, label in zip(words, labels, strict=True)]


def _is_prefix(match: Word | Phrase) -> bool:
    return isinstance(match, Word) and match.prefix


def _joined(operator: str, parts: Iterable[str]) -> str:
    """ "" for no parts."""
    parts = list(parts)
    return f"({operator.join(parts)})" if len(parts) > 1 else "".join(parts)
