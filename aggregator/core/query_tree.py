"""A search as a syntax tree: what `core.query.parse` makes of what a user types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

FieldName = Literal["title", "source", "lang", "tag", "author"]


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    """As typed, without white space; a store may see several words in it, side by side ("e-mail").
    By itself never AND, OR or NOT: these are words in quotes and in fields only."""
    prefix: bool = False
    """True: words that begin with it."""


@dataclass(frozen=True, slots=True)
class Phrase:
    words: tuple[str, ...]
    """At least one, as typed; each has a word of an index in it."""


@dataclass(frozen=True, slots=True)
class Field:
    name: FieldName
    match: Word | Phrase
    """Of lang: a Word without prefix, which is a language tag."""


@dataclass(frozen=True, slots=True)
class After:
    at: datetime
    """Aware UTC; this moment is included."""


@dataclass(frozen=True, slots=True)
class Before:
    at: datetime
    """Aware UTC; this moment is not included."""


@dataclass(frozen=True, slots=True)
class Not:
    item: Node


@dataclass(frozen=True, slots=True)
class And:
    items: tuple[Node, ...]
    """At least two; no And among them, and at least one that is no Not where one is needed."""


@dataclass(frozen=True, slots=True)
class Or:
    items: tuple[Node, ...]
    """At least two; no Or among them; each names something to look for, not only exclusions."""


@dataclass(frozen=True, slots=True)
class Near:
    """All of them in one field of an article, in any order, with no more than `distance` words
    between the first and the last one that are none of them."""

    items: tuple[Word | Phrase, ...]
    """At least two; words may be prefixes."""
    distance: int
    """0 to 100."""


@dataclass(frozen=True, slots=True)
class Site:
    """Articles whose address is on this host, or on one below it."""

    host: str
    """In lower case, as it is in addresses; without www."""


@dataclass(frozen=True, slots=True)
class InStory:
    story_id: int


Kind = Literal[
    "first", "same", "copy", "rewrite", "report", "translation", "starred", "read", "unread"
]
_MARKS: frozenset[Kind] = frozenset({"starred", "read", "unread"})


@dataclass(frozen=True, slots=True)
class Is:
    """first: none of its story is earlier; starred: a person has marked it; read, unread: a person
    has read it, or has not; else its relation to the article of its story that it resembles
    most."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Has:
    what: Literal["image"]


Operator = Literal["<", "<=", "=", ">=", ">"]


@dataclass(frozen=True, slots=True)
class Outlets:
    """Articles of stories that so many outlets ran."""

    operator: Operator
    count: int


Leaf = Word | Phrase | Near | Field | Site | InStory | Is | Has | Outlets | After | Before
Node = Leaf | Not | And | Or


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    text: str
    """As typed."""
    root: Node
    """Never only exclusions: a store can always start from something to look for."""


def nodes_of(node: Node) -> Iterator[Node]:
    """The node itself and all below it."""
    yield node
    match node:
        case And() | Or():
            for item in node.items:
                yield from nodes_of(item)
        case Not():
            yield from nodes_of(node.item)
        case _:
            pass


def asks_marks(node: Node) -> bool:
    """Whether what it finds changes when a person reads or marks something."""
    return any(isinstance(one, Is) and one.kind in _MARKS for one in nodes_of(node))


def told_by_reading(node: Node) -> Kind | None:
    """What it asks of whether a person has read an article, negated or not; None: nothing."""
    for one in nodes_of(node):
        if isinstance(one, Is) and one.kind in _MARKS - {"starred"}:
            return one.kind
    return None


def joined(kind: type[And | Or], items: Iterable[Node | None]) -> Node | None:
    """As one, without what is None, and with none of its own kind in it; None: nothing is left."""
    kept: list[Node] = []
    for item in items:
        if isinstance(item, And | Or) and isinstance(item, kind):
            kept += item.items
        elif item is not None:
            kept.append(item)
    return kind(tuple(kept)) if len(kept) > 1 else next(iter(kept), None)


def finds(node: Node) -> bool:
    """Whether it names something to look for, not only what to leave out."""
    match node:
        case Not():
            return False
        case And():
            return any(map(finds, node.items))
        case _:
            return True
