"""What stands in a feeds.yaml, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

Loc = tuple[str | int, ...]
"""Where a value stands: keys and list positions from the top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A value and where it begins."""

    value: str | dict[str, Node] | list[Node] | None
    """Scalars are their text as written; None: nothing was written."""
    line: int
    """From 1. What is no text and belongs to a key has the line of the key."""
    size: int = 1
    """Values in it, aliases counted in full."""
    key_lines: dict[str, int] | None = None
    """Of a mapping; None: it is none."""
    key_starts: dict[str, int] | None = None
    """Of a mapping: where each key begins, as in `start`; None: it is none."""
    start: int = 0
    """Characters of the text before it, an anchor counted to it; a byte-order mark is none."""
    end: int = 0
    """Likewise after its last character, comments and white space left out."""
    in_brackets: bool = False
    """A list or mapping in flow style: `[…]` or `{…}`."""
    is_alias: bool = False
    """It stands elsewhere; here is only its name."""

    def plain(self) -> object:
        """Texts, dicts and lists without lines."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def find(self, loc: Loc) -> Loc:
        """The longest part of `loc` that leads somewhere, other parts left out on the way."""
        node = self
        found: Loc = ()
        for part in loc:
            child = node.child(part)
            if child is not None:
                node, found = child, (*found, part)
        return found

    def child(self, part: str | int) -> Node | None:
        """None: there is no such key or position."""
        if isinstance(self.value, dict):
            return self.value.get(part) if isinstance(part, str) else None
        if isinstance(self.value, list) and isinstance(part, int) and part < len(self.value):
            return self.value[part]
        return None

    def children(self) -> list[Node]:
        """In file order; a text has none."""
        if isinstance(self.value, dict):
            return [*self.value.values()]
        return self.value if isinstance(self.value, list) else []

    def locations(self, here: Loc = ()) -> Iterator[Loc]:
        """Where each value stands, in file order, beginning with this one."""
        yield here
        if isinstance(self.value, dict):
            for key, node in self.value.items():
                yield from node.locations((*here, key))
        elif isinstance(self.value, list):
            for position, node in enumerate(self.value):
                yield from node.locations((*here, position))

    def at(self, loc: Loc) -> Node | None:
        """None: nothing is there."""
        node: Node | None = self
        for part in loc:
            node = node.child(part) if node else None
        return node

    def key_line(self, loc: Loc) -> int:
        """The line of the key at the end of `loc`; of a list item, of the file: its own."""
        parent = self.at(loc[:-1]) if loc else None
        if parent is not None and parent.key_lines and isinstance(loc[-1], str):
            return parent.key_lines[loc[-1]]
        node = self.at(loc)
        return node.line if node else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One thing that is wrong, not yet tied to a file."""

    line: int
    loc: Loc
    message: str
