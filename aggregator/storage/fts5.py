"""A parsed query as an expression of SQLite's full-text search (FTS5) and conditions beside it.

Words, phrases, headlines, sources, tags and languages become one FTS5 expression: each of them is
a quoted string in it, so that nothing a user types is an operator. Sources and languages are
words of the index themselves (`articles.source_facet`). Times are conditions on the article. An
OR between words and times cannot be one expression and becomes a condition with sub-selects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aggregator.core.query import After, And, Before, Field, Node, Not, Or, Phrase, Word
from aggregator.storage.articles import language_facet, source_facet
from aggregator.storage.rows import span_to_us, to_us
from aggregator.storage.sources import name_key, tag_key
from aggregator.storage.sql import Session, ids

_MAX_SOURCE_WORDS = 300
"""Sources looked for by the index; when a field names more, the article's row is asked."""
_CLOCK_SLACK = timedelta(days=1)
"""Far more than the time between a poll and its commit."""

_LIKE = r"LIKE ? ESCAPE '\'"
_TAGGED = "SELECT DISTINCT source_id AS id FROM source_tags WHERE tag {operator} ORDER BY 1"
_NAMED = "SELECT id FROM sources WHERE ' ' || name_key || ' ' {operator} ORDER BY id"
_FIRST_SEEN = "SELECT id FROM articles WHERE first_seen_at >= ? ORDER BY first_seen_at LIMIT 1"
_MATCHES = "a.id IN (SELECT rowid FROM search WHERE search MATCH ?)"


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL on `articles a`, with its parameters."""

    sql: str
    params: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    match: str | None
    """An FTS5 expression; None: the conditions alone decide."""
    conditions: tuple[Condition, ...]
    first_id: int
    """Nothing before it matches."""
    has_words: bool
    """Whether there is anything to rank by."""


def plan(session: Session, root: Node) -> Plan:
    """Compile one query; `session` knows which sources the fields name."""
    compiler = _Compiler(session)
    items = root.items if isinstance(root, And) else (root,)
    wanted: list[str] = []
    unwanted: list[str] = []
    conditions: list[Condition] = []
    for item in items:
        match = compiler.match(item.item if isinstance(item, Not) else item)
        if match is None:
            conditions.append(compiler.condition(item))
        else:
            (unwanted if isinstance(item, Not) else wanted).append(match)
    if not wanted:
        conditions += [Condition(f"NOT {_MATCHES}", (match,)) for match in unwanted]
    return Plan(
        match=_without(wanted, unwanted) if wanted else None,
        conditions=tuple(conditions),
        first_id=max((compiler.first_id(item) for item in items), default=0),
        has_words=any(_has_words(item) for item in items),
    )


class _Compiler:
    def __init__(self, session: Session) -> None:
        self._session = session

    # --- as an FTS5 expression

    def match(self, node: Node) -> str | None:
        """None: the node asks for something that the index does not have."""
        match node:
            case Word() | Phrase():
                return _quoted(node)
            case Field():
                return self._match_field(node)
            case Or():
                branches = [self.match(item) for item in node.items]
                known = [branch for branch in branches if branch is not None]
                return _any(known) if len(known) == len(branches) else None
            case And():
                return self._match_all(node)
            case Not() | After() | Before():
                return None

    def _match_field(self, field: Field) -> str | None:
        if field.name == "title":
            return f"title : {_quoted(field.match)}"
        if field.name == "lang":
            return _string(language_facet(_text(field.match)))
        sources = self._sources(field)
        if len(sources) > _MAX_SOURCE_WORDS:
            return None
        # No article is of source 0: what names no source finds nothing.
        return _any([_string(source_facet(one)) for one in sources or [0]])

    def _match_all(self, node: And) -> str | None:
        wanted: list[str] = []
        unwanted: list[str] = []
        for item in node.items:
            match = self.match(item.item if isinstance(item, Not) else item)
            if match is None:
                return None
            (unwanted if isinstance(item, Not) else wanted).append(match)
        return _without(wanted, unwanted) if wanted else None

    def _sources(self, field: Field) -> list[int]:
        """Ids of the sources with this name or tag, whether still polled or not."""
        text = _text(field.match)
        prefix = isinstance(field.match, Word) and field.match.prefix
        if field.name == "tag":
            statement = _TAGGED.format(operator=_LIKE)
            pattern = f"{_escaped(tag_key(text))}{'%' * prefix}"
        else:
            statement = _NAMED.format(operator=_LIKE)
            whole = "" if isinstance(field.match, Phrase) else "%"
            pattern = f"{whole} {_escaped(name_key(text))}{'' if prefix else ' '}{whole}"
        return [row["id"] for row in self._session.rows(statement, (pattern,))]

    # --- as SQL on the article

    def condition(self, node: Node) -> Condition:
        match node:
            case After():
                return Condition("a.at >= ?", (to_us(node.at),))
            case Before():
                return Condition("a.at < ?", (to_us(node.at),))
            case Not():
                inner = self.condition(node.item)
                return Condition(f"NOT ({inner.sql})", inner.params)
            case And():
                return _combined(" AND ", map(self.condition, node.items))
            case Or():
                return _combined(" OR ", map(self.condition, node.items))
            case Word() | Phrase() | Field():
                return self._text_condition(node)

    def _text_condition(self, node: Word | Phrase | Field) -> Condition:
        match = self.match(node)
        if match is None and isinstance(node, Field):
            return Condition(f"a.source_id IN {ids(self._sources(node))}")
        return Condition(_MATCHES, (match,))

    def first_id(self, node: Node) -> int:
        """Articles are never listed later than first seen, and ids follow that time: nothing
        before this id can match, and a walk through the index may end there."""
        if not isinstance(node, After):
            return 0
        row = self._session.row(_FIRST_SEEN, (to_us(node.at) - span_to_us(_CLOCK_SLACK),))
        return 2**63 - 1 if row is None else int(row["id"])


def _has_words(node: Node) -> bool:
    match node:
        case Word() | Phrase():
            return True
        case Field():
            return node.name == "title"
        case And() | Or():
            return any(_has_words(item) for item in node.items)
        case Not() | After() | Before():
            return False


def _text(match: Word | Phrase) -> str:
    return match.text if isinstance(match, Word) else " ".join(match.words)


def _string(text: str) -> str:
    """An FTS5 string: the tokeniser reads it, the query parser does not."""
    return '"' + text.replace('"', '""') + '"'


def _quoted(match: Word | Phrase) -> str:
    return _string(_text(match)) + "*" * (isinstance(match, Word) and match.prefix)


def _any(matches: Sequence[str]) -> str:
    return matches[0] if len(matches) == 1 else f"({' OR '.join(matches)})"


def _without(wanted: Sequence[str], unwanted: Sequence[str]) -> str:
    together = wanted[0] if len(wanted) == 1 else f"({' AND '.join(wanted)})"
    return f"({together} NOT {_any(unwanted)})" if unwanted else together


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def _combined(operator: str, parts: Iterable[Condition]) -> Condition:
    parts = tuple(parts)
    return Condition(
        f"({operator.join(part.sql for part in parts)})",
        tuple(value for part in parts for value in part.params),
    )
