"""Expressions of SQLite's full-text search (FTS5).

Whatever a user types is inside quoted strings, so that nothing of it is an operator.
"""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.core.query import And, Field, Node, Or, Phrase, Word
from aggregator.storage.search_plan import parted, text_of

matches = "a.id IN (SELECT rowid FROM search WHERE search MATCH ?)"

SNIPPET = "snippet(search, 1, char(2), char(3), '…', 24)"
"""Of the text (column 1), 24 words at most, with the matches marked."""


def expression(node: Node) -> str:
    match node:
        case Word() | Phrase():
            return _quoted(node)
        case Field():
            return f"title : {_quoted(node.match)}"
        case Or():
            return _any([expression(item) for item in node.items])
        case And():
            wanted, unwanted = parted(node)
            return _without(list(map(expression, wanted)), list(map(expression, unwanted)))
        case _:
            raise ValueError(f"no expression of the index: {node}")


def _quoted(match: Word | Phrase) -> str:
    """A string: the tokeniser reads it, the parser of expressions does not."""
    string = '"' + text_of(match).replace('"', '""') + '"'
    return string + "*" * (isinstance(match, Word) and match.prefix)


def _any(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _without(wanted: Sequence[str], unwanted: Sequence[str]) -> str:
    together = wanted[0] if len(wanted) == 1 else f"({' AND '.join(wanted)})"
    return f"({together} NOT {_any(unwanted)})" if unwanted else together
