"""YAML text → a tree that knows where everything in it stands.

The tree is built from ruamel's events (YAML 1.2) and not by its constructor, for three reasons:
every duplicate key, tag and empty value is reported and not only the first; aliases cannot
multiply; and a plain scalar stays the text that stands in the file. What that text means is
decided by the key it belongs to, so `language: no` is Norwegian, `at: 7:00` a time of day and
`name: 1.10` a name, whatever YAML would make of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from aggregator.config.tree import Flaw, Loc, Node
from aggregator.core.text import clean_line

_ValueEvent = ScalarEvent | MappingStartEvent | SequenceStartEvent

_MAX_DEPTH = 20
_MAX_ALIASED = 10_000
"""Values that all aliases of a file may stand for together."""
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TEXT_TAGS = frozenset({"!", "tag:yaml.org,2002:str"})

_HINTS = {
    "'\\t'": "a tab cannot indent in YAML; use spaces",
    "cannot start any token": "put the value in quotes, for it begins with a character that YAML"
    " keeps for itself",
    "mapping values are not allowed": "the indentation is off, a space is missing after a colon"
    " just above, or a text with a colon in it needs quotes",
    "unexpected end of stream": "the quote opened here is never closed",
    "expected ',' or": "the bracket opened here is never closed, or a comma is missing",
    "unknown escape": "write \\\\ for a backslash, or use single quotes",
    "expected <block end>": "the indentation differs from that of the lines above",
    "<document start>": "the indentation differs from that of the lines above",
    "incompatible YAML": "remove the %YAML line",
}
"""What a message of the YAML reader contains → what to do."""
_AT_START = ("unexpected end of stream", "expected ',' or")


class Unreadable(Exception):
    """The text is no YAML, or not the YAML that is read here; nothing can be said beyond it."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.flaw = Flaw(line=line, loc=(), message=message)


def read(text: str) -> tuple[Node | None, list[Flaw]]:
    """The tree (None: the text holds no value) and what is wrong with it as YAML.

    Raises Unreadable at the first thing after which the rest cannot be understood.
    """
    text = text.removeprefix("\ufeff")
    builder = _Builder(text)
    try:
        root = builder.document()
    except ReaderError as error:
        raise Unreadable(
            text.count("\n", 0, error.position) + 1,
            f"the character U+{ord(text[error.position]):04X} may not stand in YAML; remove it",
        ) from None
    except MarkedYAMLError as error:
        raise _unreadable(error) from None
    except YAMLError as error:
        raise Unreadable(0, f"this is no YAML: {clean_line(str(error))}") from None
    return root, builder.flaws


def _events(text: str) -> Iterator[Event]:
    yield from YAML(typ="safe", pure=True).parse(text)


def _unreadable(error: MarkedYAMLError) -> Unreadable:
    problem = clean_line(error.problem or str(error))
    mark = error.problem_mark or error.context_mark
    if error.context_mark and any(sign in problem for sign in _AT_START):
        mark = error.context_mark
    hint = next((hint for sign, hint in _HINTS.items() if sign in problem), None)
    message = f"{hint} (YAML: {problem})" if hint else f"this is no YAML: {problem}"
    return Unreadable(mark.line + 1 if mark else 0, message)


class _Builder:
    """Recursive descent over the events of one document."""

    def __init__(self, text: str) -> None:
        self.flaws: list[Flaw] = []
        self._text = text
        self._events = _events(text)
        self._anchors: dict[str, Node] = {}
        self._aliased = 0
        self._last: Event  # that ended the latest collection

    def document(self) -> Node | None:
        root: Node | None = None
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                if root is not None:
                    raise Unreadable(
                        _line(event), "a second document begins here; remove the line `---`"
                    )
            elif isinstance(event, AliasEvent | _ValueEvent):
                root = self._node(event, ())
        return root

    def _node(self, event: Event, loc: Loc) -> Node:
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if not isinstance(event, _ValueEvent):
            raise TypeError(f"{event!r} begins no value")
        if len(loc) > _MAX_DEPTH:
            raise Unreadable(_line(event), "this is nested too deeply; nothing here needs that")
        self._check_tag(event, loc)
        if isinstance(event, ScalarEvent):
            empty = event.value in _NULLS and event.style is None
            node = Node(
                value=None if empty else event.value,
                line=_line(event),
                start=event.start_mark.index,
                end=self._end(event),
            )
        elif isinstance(event, MappingStartEvent):
            node = self._mapping(event, loc)
        else:
            node = self._sequence(event, loc)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: AliasEvent) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            name = clean_line(event.anchor)
            raise Unreadable(_line(event), f"there is no &{name} above for *{name} to repeat")
        self._aliased += node.size
        if self._aliased > _MAX_ALIASED:
            raise Unreadable(
                _line(event),
                f"the aliases of this file stand for more than {_MAX_ALIASED:,} values;"
                " write them out",
            )
        return replace(
            node,
            line=_line(event),
            start=event.start_mark.index,
            end=event.end_mark.index,
            is_alias=True,
        )

    def _mapping(self, event: MappingStartEvent, loc: Loc) -> Node:
        values: dict[str, Node] = {}
        lines: dict[str, int] = {}
        starts: dict[str, int] = {}
        size, end = 1, event.end_mark.index
        for key_event in self._until(MappingEndEvent):
            if not isinstance(key_event, ScalarEvent):
                raise Unreadable(_line(key_event), "a key must be a plain word")
            key, line = key_event.value, _line(key_event)
            node = self._node(next(self._events), (*loc, key))
            size, end = size + node.size, max(key_event.end_mark.index, node.end)
            if key in values:
                self._flaw(
                    line, (*loc, key), f"is given already on line {lines[key]}; keep one of the two"
                )
                continue
            if not isinstance(node.value, str):
                node = replace(node, line=line)
            if node.value is None:
                self._flaw(line, (*loc, key), "is empty; give a value or remove the line")
            values[key], lines[key], starts[key] = node, line, key_event.start_mark.index
        return Node(
            value=values,
            line=_line(event),
            size=size,
            key_lines=lines,
            key_starts=starts,
            start=event.start_mark.index,
            end=self._last.end_mark.index if event.flow_style else end,
            in_brackets=bool(event.flow_style),
        )

    def _sequence(self, event: SequenceStartEvent, loc: Loc) -> Node:
        items: list[Node] = []
        size, end = 1, event.end_mark.index
        for item_event in self._until(SequenceEndEvent):
            here = (*loc, len(items))
            node = self._node(item_event, here)
            size, end = size + node.size, node.end
            if node.value is None:
                self._flaw(node.line, here, "is empty; give a value or remove the line")
            items.append(node)
        return Node(
            value=items,
            line=_line(event),
            size=size,
            start=event.start_mark.index,
            end=self._last.end_mark.index if event.flow_style else end,
            in_brackets=bool(event.flow_style),
        )

    def _until(self, end: type[Event]) -> Iterator[Event]:
        while not isinstance(event := next(self._events), end):
            yield event
        self._last = event

    def _end(self, event: ScalarEvent) -> int:
        """A block scalar takes the empty lines below it along, and an empty one nothing."""
        end = int(event.end_mark.index)
        while end > event.start_mark.index and self._text[end - 1].isspace():
            end -= 1
        return end

    def _check_tag(self, event: _ValueEvent, loc: Loc) -> None:
        tag = str(event.tag or "")
        if tag and tag not in _TEXT_TAGS:
            shown = clean_line(re.sub(r"^tag:yaml\.org,2002:", "!!", tag))
            self._flaw(_line(event), loc, f"has the YAML tag {shown}, which means nothing here;"
                       " remove it")  # fmt: skip

    def _flaw(self, line: int, loc: Loc, message: str) -> None:
        self.flaws.append(Flaw(line=line, loc=loc, message=message))


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1
