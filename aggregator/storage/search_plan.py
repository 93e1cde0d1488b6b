"""A parsed query as one full-text expression and conditions beside it.

Words, phrases, headlines, sources, tags and languages become one expression: sources and
languages are words of the index themselves (`articles.source_facet`). Times are conditions on the
article. An OR between words and times cannot be one expression and becomes a condition with
sub-selects. How a backend writes expressions is its `Syntax`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from aggregator.core.query import After, And, Before, Field, Node, Not, Or, Phrase, Word
from aggregator.storage.content import language_facet, source_facet
from aggregator.storage.rows import span_to_us, to_us
from aggregator.storage.sources import name_key, tag_key
from aggregator.storage.sql import Session, ids

Ranked = Word | Phrase | Field
"""A Field among them is a headline."""

_MAX_SOURCE_WORDS = 300
"""Sources looked for by the index; when a field names more, the article's row is asked."""
_CLOCK_SLACK = timedelta(days=1)
"""Far more than the time between a poll and its commit."""

_LIKE = r"LIKE ? ESCAPE '\'"
_TAGGED = "SELECT DISTINCT source_id AS id FROM source_tags WHERE tag {operator} ORDER BY 1"
_NAMED = "SELECT id FROM sources WHERE ' ' || name_key || ' ' {operator} ORDER BY id"
_LAST_SEEN = """
    SELECT id FROM articles WHERE first_seen_at < ? ORDER BY first_seen_at DESC LIMIT 1
"""


class Syntax(Protocol):
    """How a backend looks for words."""

    @property
    def matches(self) -> str:
        """SQL, true for an article `a` that matches the expression in its one parameter."""

    def expression(self, node: Node) -> str:
        """Of words, phrases, titles and And, Or and Not of them; not of a Not by itself."""


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL on `articles a`, with its parameters."""

    sql: str
    params: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    match: Node | None
    """What the full-text index is asked for; None: the conditions alone decide."""
    conditions: tuple[Condition, ...]
    first_id: int
    """Nothing before it matches."""
    ranked: tuple[Ranked, ...]
    """What of `match` weighs when it ranks; empty: nothing does."""


def plan(session: Session, root: Node, syntax: Syntax) -> Plan:
    """Compile one query; `session` knows which sources the fields name."""
    compiler = _Compiler(session, syntax)
    items = root.items if isinstance(root, And) else (root,)
    wanted: list[Node] = []
    unwanted: list[Node] = []
    conditions: list[Condition] = []
    ranked: list[Ranked] = []
    for item in items:
        match = compiler.match(item.item if isinstance(item, Not) else item)
        if match is None:
            conditions.append(compiler.condition(item))
        else:
            (unwanted if isinstance(item, Not) else wanted).append(match)
            ranked += _ranked(item)
    if not wanted:
        conditions += [
            Condition(f"NOT {syntax.matches}", (syntax.expression(match),)) for match in unwanted
        ]
    return Plan(
        match=_all([*wanted, *map(Not, unwanted)]) if wanted else None,
        conditions=tuple(conditions),
        first_id=max((compiler.first_id(item) for item in items), default=0),
        ranked=tuple(ranked),
    )


class _Compiler:
    def __init__(self, session: Session, syntax: Syntax) -> None:
        self._session = session
        self._syntax = syntax

    # --- as words of the index

    def match(self, node: Node) -> Node | None:
        """None: the node asks for something that the index does not have."""
        match node:
            case Word() | Phrase():
                return node
            case Field():
                return self._match_field(node)
            case Or():
                branches = [self.match(item) for item in node.items]
                known = [branch for branch in branches if branch is not None]
                return Or(tuple(known)) if len(known) == len(branches) else None
            case And():
                return self._match_all(node)
            case Not() | After() | Before():
                return None

    def _match_field(self, field: Field) -> Node | None:
        if field.name == "title":
            return field
        if field.name == "lang":
            return Phrase((language_facet(text_of(field.match)),))
        sources = self._sources(field)
        if len(sources) > _MAX_SOURCE_WORDS:
            return None
        # No article is of source 0: what names no source finds nothing.
        facets: list[Node] = [Phrase((source_facet(one),)) for one in sources or [0]]
        return facets[0] if len(facets) == 1 else Or(tuple(facets))

    def _match_all(self, node: And) -> Node | None:
        found: list[Node] = []
        for item in node.items:
            match = self.match(item.item if isinstance(item, Not) else item)
            if match is None:
                return None
            found.append(Not(match) if isinstance(item, Not) else match)
        return None if all(isinstance(item, Not) for item in found) else _all(found)

    def _sources(self, field: Field) -> list[int]:
        """Ids of the sources with this name or tag, whether still polled or not."""
        text = text_of(field.match)
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
        assert match is not None  # noqa: S101 - the index has every word and phrase
        return Condition(self._syntax.matches, (self._syntax.expression(match),))

    def first_id(self, node: Node) -> int:
        """Articles are never listed later than first seen, and ids follow that time: nothing
        before this id can match, and a walk through the index may end there. Of the many that
        one poll has seen at once, any may be asked for here: so it is one that cannot match."""
        if not isinstance(node, After):
            return 0
        row = self._session.row(_LAST_SEEN, (to_us(node.at) - span_to_us(_CLOCK_SLACK),))
        return 0 if row is None else int(row["id"])


def together(*conditions: Condition) -> Condition:
    """All of them; at least one."""
    return _combined(" AND ", conditions)


def text_of(match: Word | Phrase) -> str:
    return match.text if isinstance(match, Word) else " ".join(match.words)


def parted(node: And) -> tuple[list[Node], list[Node]]:
    """What it wants, and what it leaves out."""
    wanted: list[Node] = []
    unwanted: list[Node] = []
    for item in node.items:
        if isinstance(item, Not):
            unwanted.append(item.item)
        else:
            wanted.append(item)
    return wanted, unwanted


def _ranked(node: Node) -> Iterator[Ranked]:
    match node:
        case Word() | Phrase():
            yield node
        case Field() if node.name == "title":
            yield node
        case And() | Or():
            for item in node.items:
                yield from _ranked(item)
        case _:
            pass


def _all(items: Sequence[Node]) -> Node:
    return items[0] if len(items) == 1 else And(tuple(items))


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def _combined(operator: str, parts: Iterable[Condition]) -> Condition:
    parts = tuple(parts)
    return Condition(
        f"({operator.join(part.sql for part in parts)})",
        tuple(value for part in parts for value in part.params),
    )
