"""A syntax tree written as a search again: what the parser must read as the same tree."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator.core.query_marks import closing_quote
from aggregator.core.query_tree import (
    After,
    And,
    Before,
    Field,
    Has,
    InStory,
    Is,
    Near,
    Node,
    Not,
    Or,
    Outlets,
    Phrase,
    Site,
    Word,
)

_QUOTES = (('"', '"'), ("«", "»"), ("「", "」"), ("『", "』"), ("»", "«"))


def written(root: Node) -> str:
    """What `core.query.parse` reads as this tree, whatever time it is then.

    It may be longer than what was typed: dates are written to the microsecond, and a field is
    repeated for each of its words. Raises ValueError for a tree that no search has.
    """
    match root:
        case Or(items=items):
            return " OR ".join(map(written, items))
        case And(items=items):
            return " ".join(
                f"({written(item)})" if isinstance(item, Or) else written(item) for item in items
            )
        case Not(item=item):
            return f"-({written(item)})" if isinstance(item, And | Or) else f"-{written(item)}"
        case Word() | Phrase():
            return _text(root)
        case Near(items=items, distance=distance):
            return f"NEAR({' '.join(map(_text, items))}, {distance})"
        case _:
            return _field(root)


def _field(leaf: Field | Site | InStory | Is | Has | Outlets | After | Before) -> str:
    name: str
    match leaf:
        case Field():
            name, value = leaf.name, _text(leaf.match)
        case Site():
            name, value = "site", leaf.host
        case InStory():
            name, value = "story", str(leaf.story_id)
        case Is():
            name, value = "is", leaf.kind
        case Has():
            name, value = "has", leaf.what
        case Outlets():
            name, value = "sources", f"{leaf.operator.removeprefix('=')}{leaf.count}"
        case After():
            name, value = "after", _moment(leaf.at)
        case Before():
            name, value = "before", _moment(leaf.at)
    return f"{name}:{value}"


def _text(match: Word | Phrase) -> str:
    if isinstance(match, Word):
        return match.text + "*" * match.prefix
    words = " ".join(match.words)
    for opening, closing in _QUOTES:
        text = opening + words + closing
        if closing_quote(text, 0) == len(text) - 1:
            return text
    raise ValueError(f"the phrase has quotes of every kind in it: {words}")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
