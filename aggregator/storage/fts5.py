"""Expressions of SQLite's full-text search (FTS5).

Whatever a user types has been split into words of the index, and each stands in a quoted string:
nothing of it is an operator.
"""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.storage.facets import language_of
from aggregator.storage.search_plan import Asked, Close, Every, Seek, Some

SHARD = "{shard}"
"""Stands in a condition for the table that the index of an article is in."""

matches = f"a.id IN (SELECT rowid FROM {SHARD} WHERE {SHARD} MATCH ?)"  # noqa: S608 - from above


def expression(asked: Asked) -> str:
    match asked:
        case Seek():
            return f"title : {_string(asked)}" if asked.title else _string(asked)
        case Close():
            return f"NEAR({' '.join(map(_string, asked.items))}, {asked.distance})"
        case Some():
            return _joined(" OR ", asked.items)
        case Every():
            wanted = _joined(" AND ", asked.wanted)
            if not asked.unwanted:
                return wanted
            return f"({wanted} NOT {_joined(' OR ', asked.unwanted)})"


def loose(asked: Asked) -> Asked:
    """What finds all that `asked` finds, whatever the language of a form of a word."""
    match asked:
        case Some():
            return Some(tuple(map(_in_any_language, asked.items)))
        case Every():
            return Every(tuple(map(loose, asked.wanted)), asked.unwanted)
        case _:
            return asked


def _in_any_language(asked: Asked) -> Asked:
    match asked:
        case Every(wanted=(forms, languages), unwanted=()) if is_language(languages):
            return forms
        case _:
            return loose(asked)


def is_language(asked: Asked) -> bool:
    match asked:
        case Seek():
            return bool(language_of(asked.words[0]))
        case Some():
            return all(map(is_language, asked.items))
        case _:
            return False


def seeks(asked: Asked) -> int:
    """How many words and phrases are looked up."""
    match asked:
        case Seek():
            return 1
        case Close() | Some():
            return sum(map(seeks, asked.items))
        case Every():
            return sum(map(seeks, (*asked.wanted, *asked.unwanted)))


def has_prefix(asked: Asked) -> bool:
    """Whether words that begin so are looked for: their entries are gathered at each question."""
    match asked:
        case Seek():
            return asked.prefix
        case Close() | Some():
            return any(map(has_prefix, asked.items))
        case Every():
            return any(map(has_prefix, (*asked.wanted, *asked.unwanted)))


def _string(seek: Seek) -> str:
    string = '"' + " ".join(seek.words).replace('"', '""') + '"'
    return string + " *" * seek.prefix


def _joined(operator: str, items: Iterable[Asked]) -> str:
    parts = list(map(expression, items))
    return parts[0] if len(parts) == 1 else f"({operator.join(parts)})"
